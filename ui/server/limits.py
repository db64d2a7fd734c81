"""How often a client may ask: a token bucket for each. Knows nothing of HTTP."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

_MOST_CLIENTS = 10_000


class Rate:
    """Allows `burst` uses at once and `per_minute` in the long run, for each client. Thread-safe."""

    def __init__(self, *, per_minute: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._refill, self._burst, self._clock = per_minute / 60, float(burst), clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def times(self, factor: int) -> "Rate":
        """Return another rate, this many times as high."""
        return Rate(per_minute=self._refill * 60 * factor, burst=int(self._burst) * factor, clock=self._clock)

    def take(self, client: str) -> float:
        """Take a use, and return 0; or return the seconds until there is one again."""
        if not self._refill:
            return 0.0
        now = self._clock()
        with self._lock:
            left, since = self._buckets.pop(client, (self._burst, now))
            left = min(self._burst, left + (now - since) * self._refill)
            wait = 0.0 if left >= 1 else (1 - left) / self._refill
            self._buckets[client] = (left if wait else left - 1, now)
            if len(self._buckets) > _MOST_CLIENTS:
                self._buckets.popitem(last=False)
        return wait
