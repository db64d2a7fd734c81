"""Whether the server takes questions, and how many it is answering. Knows nothing of HTTP."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Lifecycle:
    """The state of one server process. Thread-safe."""

    def __init__(self) -> None:
        self.stopping = False
        self._answering = 0
        self._changed = threading.Condition()

    @property
    def answering(self) -> int:
        """Return how many questions are being answered now."""
        return self._answering

    @contextmanager
    def answer(self) -> Iterator[None]:
        """Count a question as being answered while the block runs."""
        with self._changed:
            self._answering += 1
        try:
            yield
        finally:
            with self._changed:
                self._answering -= 1
                self._changed.notify_all()

    def drain(self, seconds: float) -> bool:
        """Take no more questions, and wait for those being answered; say whether all were within the time."""
        self.stopping = True
        end = time.monotonic() + seconds
        with self._changed:
            return self._changed.wait_for(lambda: not self._answering, timeout=max(0.0, end - time.monotonic()))
