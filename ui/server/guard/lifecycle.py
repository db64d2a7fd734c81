"""Whether the server accepts questions, and how many it is answering."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Lifecycle:
    """The state of one server process. Thread-safe."""

    def __init__(self) -> None:
        self.stopping = False
        self._answering = 0
        self._lock = threading.Lock()

    @property
    def answering(self) -> int:
        """Return how many questions are being answered now."""
        return self._answering

    @contextmanager
    def answer(self) -> Iterator[None]:
        """Count a question as being answered while the block runs."""
        with self._lock:
            self._answering += 1
        try:
            yield
        finally:
            with self._lock:
                self._answering -= 1
