"""The server's assistant: it counts each question, limits its length, and makes its errors fit to be shown."""

import time
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from index import BadRequestError
from qa import Answer, Assistant, Event
from ui.faults import presentable
from ui.server.guard.lifecycle import Lifecycle

Outcome = Literal["answered", "not_found", "no_question", "refused", "failed", "stopped"]
"""How a question ended: "refused" is a bad request, "stopped" was ended by the reader."""


class Observer(Protocol):
    """A function that is called once for each question, when it is over."""

    def __call__(self, outcome: Outcome, seconds: float, answer: Answer | None) -> None:
        """Record the outcome of a question."""


def _unobserved(outcome: Outcome, seconds: float, answer: Answer | None) -> None:
    """Record nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Where an `ObservedAssistant` reports to, and the longest question it takes, in characters."""

    observer: Observer = _unobserved
    lifecycle: Lifecycle = field(default_factory=Lifecycle)
    question_limit: int = 1000


class ObservedAssistant(Assistant):
    """An `Assistant` with an observer. Errors other than `BadRequestError` are logged and become a `ServerError`."""

    watch = Watch()

    def stream(self, question: str, **options: Any) -> Generator[Event, None, None]:
        """Yield what `Assistant.stream` yields."""
        started = time.perf_counter()
        outcome: Outcome = "stopped"  # stays, if the generator is closed before the answer
        answer: Answer | None = None
        with self.watch.lifecycle.answer():
            try:
                self._admit(question)
                for event in super().stream(question, **options):
                    if isinstance(event, Answer):
                        answer, outcome = event, event.status
                    yield event
            except BadRequestError:
                outcome = "refused"
                raise
            except Exception as error:  # noqa: BLE001  (whatever it is, the reader gets an id and the log the rest)
                outcome = "failed"
                raise presentable(error) from None
            finally:
                self.watch.observer(outcome, time.perf_counter() - started, answer)

    def _admit(self, question: object) -> None:
        # What is no text is refused by the assistant.
        if isinstance(question, str) and len(question) > self.watch.question_limit:
            raise BadRequestError(
                f"The question has {len(question)} characters; {self.watch.question_limit} are the most here."
            )
