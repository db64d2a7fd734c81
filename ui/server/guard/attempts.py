"""Limits on sign-in attempts: guessing is slow, and yet nobody can lock somebody else out.

Attempts count by address and name, and by address. A name that is tried from very many addresses is delayed instead of
refused, except from addresses where its user has signed in before.
"""

import time
from collections import OrderedDict
from collections.abc import Callable

from ui.server.guard.limits import RateLimit

SLOWEST = 5.0  # seconds; chosen, not measured: guessing is slow, and the user can still sign in
_MOST_KNOWN = 10_000  # names with their addresses; chosen, not measured: some 2 MB


class SignInAttempts:
    """The sign-in attempts at one server process. Thread-safe."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        # By address and name against guessing one password, by address against trying many names, and by name against
        # guessing from many addresses. Only the last may hit the user as well: it delays and never refuses.
        self._pair = RateLimit(per_minute=10, burst=10, clock=clock)
        self._address = RateLimit(per_minute=30, burst=30, clock=clock)
        self._name = RateLimit(per_minute=1, burst=60, clock=clock)
        self._known: OrderedDict[str, None] = OrderedDict()

    def refused(self, address: str, name: str) -> float:
        """Count an attempt, and return 0 if it is allowed, or the seconds until the next one is."""
        return max(self._pair.take(_pair(address, name)), self._address.take(address))

    def delay(self, address: str, name: str) -> float:
        """Return by how many seconds an allowed attempt is delayed before the password is checked."""
        if _pair(address, name) in self._known:
            return 0.0
        return min(self._name.take(name), SLOWEST)

    def succeeded(self, address: str, name: str) -> None:
        """Record that the password was right: from this address, the user is not delayed any more."""
        pair = _pair(address, name)
        self._pair.forget(pair)
        self._known[pair] = None
        self._known.move_to_end(pair)
        if len(self._known) > _MOST_KNOWN:
            self._known.popitem(last=False)


def _pair(address: str, name: str) -> str:
    return f"{address} {name}"
