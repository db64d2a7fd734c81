"""Rate limits: a token bucket for each client."""

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

# Chosen, not measured: together they bound memory to a few MB.
_MOST_CLIENTS = 10_000
_LONGEST_KEY = 100  # characters


class RateLimit:
    """A limit of `burst` uses at once and `per_minute` in the long run, for each client. Thread-safe."""

    def __init__(self, *, per_minute: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._refill, self._burst, self._clock = per_minute / 60, float(burst), clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def times(self, factor: int) -> "RateLimit":
        """Return another limit, this many times as high."""
        return RateLimit(per_minute=self._refill * 60 * factor, burst=int(self._burst) * factor, clock=self._clock)

    def take(self, client: str) -> float:
        """Take a token and return 0, or return the seconds until there is one."""
        if not self._refill:
            return 0.0
        now, key = self._clock(), _bounded(client)
        with self._lock:
            left, since = self._buckets.pop(key, (self._burst, now))
            left = min(self._burst, left + (now - since) * self._refill)  # refilled here, so that no timer is needed
            wait = 0.0 if left >= 1 else (1 - left) / self._refill
            self._buckets[key] = (left if wait else left - 1, now)
            if len(self._buckets) > _MOST_CLIENTS:  # the one unused for longest, which is most likely full anyway
                self._buckets.popitem(last=False)
        return wait

    def forget(self, client: str) -> None:
        """Fill a client's bucket again."""
        with self._lock:
            self._buckets.pop(_bounded(client), None)


def _bounded(client: str) -> str:
    """Return a key of bounded length: a client's name may be as long as a request, and thousands are kept."""
    if len(client) <= _LONGEST_KEY:
        return client
    return hashlib.sha256(client.encode("utf-8", "surrogatepass")).hexdigest()
