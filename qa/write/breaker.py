"""A circuit breaker: leave a failing model alone for a while, so that no question waits for it in vain."""

import time

_REST = 30.0
"""Seconds; chosen, not measured."""


class CircuitBreaker:
    """Opens after so many failures in a row, and stays open for half a minute."""

    def __init__(self, *, after: int) -> None:
        self._after = after
        self._failures = 0
        self._open_until = 0.0

    @property
    def is_open(self) -> bool:
        """Say whether the model is to be left alone now."""
        return time.monotonic() < self._open_until

    def record(self, *, failed: bool) -> None:
        """Count a failure, or forget all of them after a success."""
        # Without a lock: where two threads count at once a failure may be lost, and the next one opens it.
        self._failures = self._failures + 1 if failed else 0
        if self._failures >= self._after:
            self._open_until = time.monotonic() + _REST
