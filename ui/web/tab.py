"""One browser tab: its session, which one event at a time reads and changes, and the answer that is made for it.

A browser sends events whenever it likes, and Gradio handles them at once, in threads. If two of them read the same
session, the change of one would be lost.
"""

import contextvars
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from typing import Any

from ui.web.session import Session
from ui.web.turns import PageTurn


class Tab:
    """The state of one browser tab. Thread-safe.

    `session` is set inside `changing` only. `changes` numbers what is sent of the tab's conversation: by it the script
    sees that a change was lost, or came late.
    """

    def __init__(self) -> None:
        self.session = Session()
        self.changes = 0
        self._lock = threading.RLock()
        self._answering: _Answering | None = None

    def __deepcopy__(self, memo: dict[int, Any]) -> "Tab":
        """Return a new tab: Gradio gives each visitor a copy of a state's first value."""
        return Tab()

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Wait until no other event of the tab is handled. An answer that nobody awaits any more is left after it."""
        with self._lock:
            yield
            if self._answering and not self._awaits(self._answering.number):
                self._answering.leave()

    def next_change(self) -> int:
        """Return the number of a change of the conversation that is being sent."""
        self.changes += 1
        return self.changes

    def follow(
        self,
        answer: Callable[[Session], Generator[PageTurn, None, None]],
        put: Callable[[Session, PageTurn], Session],
    ) -> Iterator[tuple[Session, int]]:
        """Yield the session and the number of the change whenever more of the answer to its last question is there.

        `answer` makes the answer to a session, and `put` returns the session with it. Ends without a last word when the
        answer is not awaited any more, and at once if nothing waits, or another event makes this answer already.
        """
        with self._lock:
            if not self.session.waiting or (self._answering and self._awaits(self._answering.number)):
                return
            answering = self._answering = _Answering(self.session.number, answer(self.session))
        try:
            for turn in answering:
                with self._lock:
                    if not self._awaits(answering.number):
                        return
                    session = self.session = put(self.session, turn)
                    change = self.next_change()
                yield session, change
        finally:
            answering.leave()
            with self._lock:
                if self._answering is answering:
                    self._answering = None

    def _awaits(self, number: int) -> bool:
        return self.session.waiting and self.session.number == number


class _Answering:
    """An answer that is made in a thread of its own: so it can be left while it is still searched or generated."""

    def __init__(self, number: int, steps: Generator[PageTurn, None, None]) -> None:
        self.number = number
        self._steps, self._left = steps, False
        self._arrived: SimpleQueue[PageTurn | None] = SimpleQueue()
        context = contextvars.copy_context()  # telemetry keeps what called it there
        threading.Thread(target=context.run, args=(self._run,), daemon=True, name="answer").start()

    def __iter__(self) -> Iterator[PageTurn]:
        return iter(self._arrived.get, None)

    def leave(self) -> None:
        """End the iteration. The thread ends with its present step."""
        self._left = True
        self._arrived.put(None)

    def _run(self) -> None:
        try:
            for turn in self._steps:
                self._arrived.put(turn)
                if self._left:
                    return
        finally:
            self._steps.close()
            self._arrived.put(None)
