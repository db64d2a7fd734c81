"""Which process an object belongs to. What engines and models hold (threads, locks, files) does not survive a fork.

In the child, a call would wait for ever for threads and locks that only the parent has, so it is refused.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from index.errors import ForkedProcessError

_uses: dict[object, int] = {}
"""The uses of engines and models that are under way, each with its thread's identifier."""
_locked_for_ever = False


class Home:
    """The process in which an object was made. `what` is what it is called in the error.

    Raises `ForkedProcessError` in a child that was forked in the middle of another thread's use: the libraries' own
    locks (SQLite's, ONNX Runtime's) stay closed there, and nothing can be opened.
    """

    def __init__(self, what: str) -> None:
        if _locked_for_ever:
            raise ForkedProcessError(
                f"Process {os.getpid()} was forked while another thread of its parent used an index, and cannot open "
                f"its own {what}. Fork when no question is under way, or start it with spawn or forkserver."
            )
        self._what = what
        self._pid = os.getpid()

    @property
    def is_here(self) -> bool:
        """Say whether this is that process."""
        return os.getpid() == self._pid

    def require(self) -> None:
        """Raise `ForkedProcessError` in any other process. Call it before any lock: another thread may have held it."""
        if not self.is_here:
            raise ForkedProcessError(
                f"This {self._what} was opened in process {self._pid}, and process {os.getpid()} is a fork of it: "
                "engines and models do not survive a fork. Open it in the child, with Assistant.open(…)."
            )


@contextmanager
def using() -> Iterator[None]:
    """Record that this thread uses engines or models, while the block runs."""
    use = object()
    _uses[use] = threading.get_ident()
    try:
        yield
    finally:
        _uses.pop(use, None)  # it is gone in a forked child


def _forked() -> None:
    global _locked_for_ever  # noqa: PLW0603  (it is a state of the process)
    _locked_for_ever = _locked_for_ever or any(thread != threading.get_ident() for thread in _uses.values())
    _uses.clear()


os.register_at_fork(after_in_child=_forked)
