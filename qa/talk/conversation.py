"""A conversation: questions asked one after another, each with those before it as its history."""

import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from index import BadRequestError
from qa.answer.restore import restored
from qa.arguments import day_of
from qa.values import Answer, Event, Turn

_FORM = 1  # of saved conversations: raise it when `from_dict` cannot read older ones
_OPTIONS = ("since", "until", "sources", "categories", "articles", "authors", "languages", "as_of", "k")


class Answering(Protocol):
    """What a conversation asks: an `Assistant`."""

    @property
    def stream(self) -> Callable[..., Generator[Event, None, None]]:
        """Return the function that yields the events of a question, the verified `Answer` last."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question as it was put, and its answer."""

    question: str
    answer: Answer

    @property
    def turns(self) -> tuple[Turn, Turn]:
        """Return both as turns of a history; the answer's has the supported statements without citation numbers."""
        said = " ".join(statement.introduced for statement in self.answer.supported)
        return Turn("user", self.question), Turn("assistant", said)


class Conversation:
    """Questions and answers that follow each other. `options` are those of `Assistant.ask`, for every question.

    Thread-safe without waiting: two questions put at once see the same history, and both are kept in the order in
    which they end. A stream that is given up, or fails, leaves nothing in the history.
    """

    def __init__(self, assistant: Answering, *, exchanges: tuple[Exchange, ...] = (), **options: Any) -> None:
        if unknown := sorted(options.keys() - set(_OPTIONS)):
            raise BadRequestError(f"A conversation has no option {unknown[0]!r}. There are: {', '.join(_OPTIONS)}.")
        self._assistant = assistant
        self._exchanges = exchanges
        self._adding = threading.Lock()
        days: dict[str, Any] = {
            name: day_of(name, options[name]) for name in ("since", "until", "as_of") if name in options
        }
        self.options: Mapping[str, Any] = {**options, **days}

    @property
    def history(self) -> tuple[Exchange, ...]:
        """Return the questions so far with their answers, the oldest first."""
        return self._exchanges

    def ask(self, question: str, **options: Any) -> Answer:
        """Return what the articles say to a question or follow-up. `options` hold for this question alone."""
        *_, answer = self.stream(question, **options)
        assert isinstance(answer, Answer)  # the last event
        return answer

    def stream(self, question: str, **options: Any) -> Generator[Event, None, None]:
        """Yield the events of `Assistant.stream` for a question or follow-up."""
        turns = [turn for exchange in self._exchanges for turn in exchange.turns]
        # Closed at once when the caller stops early: the generation is released, and a model is stopped.
        with closing(self._assistant.stream(question, history=turns, **{**self.options, **options})) as events:
            for event in events:
                if isinstance(event, Answer):
                    # Read and replaced as one: two answers that end together would lose one of them otherwise.
                    with self._adding:
                        self._exchanges = (*self._exchanges, Exchange(question, event))
                yield event

    def to_dict(self) -> dict[str, Any]:
        """Return the conversation as JSON values, answers with everything that they were made of."""
        return {
            "form": _FORM,
            "options": {name: _plain(value) for name, value in self.options.items()},
            "exchanges": [{"question": e.question, "answer": e.answer.to_dict()} for e in self._exchanges],
        }

    @classmethod
    def from_dict(cls, assistant: Answering, data: Mapping[str, Any]) -> "Conversation":
        """Return the conversation that `to_dict` gave, to go on with. Raises `BadRequestError` if `data` is none."""
        if not isinstance(data, Mapping) or data.get("form") != _FORM:
            raise BadRequestError(f"This is no saved conversation of the form {_FORM}.")
        options, exchanges = data.get("options"), data.get("exchanges")
        if not isinstance(options, Mapping) or not isinstance(exchanges, list):
            raise BadRequestError('A saved conversation has "options" and a list of "exchanges".')
        return cls(assistant, exchanges=tuple(map(_exchange, exchanges)), **options)


def _exchange(data: object) -> Exchange:
    if not isinstance(data, Mapping) or not isinstance(data.get("question"), str):
        raise BadRequestError('Each of the "exchanges" has a "question" and an "answer".')
    return Exchange(data["question"], restored(data.get("answer", {})))


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
