"""A circuit breaker: a failing model is not called for a while, so that no question waits in vain."""

import time

_REST = 30.0
"""Seconds. Chosen, not measured: a server that restarts takes about as long."""


class CircuitBreaker:
    """Opens after so many failures in a row, and stays open for half a minute."""

    def __init__(self, *, after: int) -> None:
        self._after = after
        self._failures = 0
        self._open_until = 0.0

    @property
    def is_open(self) -> bool:
        """Say whether the breaker is open: the model is not to be called now."""
        return time.monotonic() < self._open_until

    def record(self, *, failed: bool) -> None:
        """Count a failure, or forget all of them after a success."""
        # Without a lock: where two threads count at once a failure may be lost, and the next one opens it.
        self._failures = self._failures + 1 if failed else 0
        if self._failures >= self._after:
            self._open_until = time.monotonic() + _REST
