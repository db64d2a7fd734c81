"""The contract of an answerer: a LangChain runnable from evidence to an answer, which may also stream.

An answerer may be anybody's code, so `write` checks the type of everything that it gives. Whether its citations hold
is checked afterwards (qa/answer/verify.py).
"""

import math
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import UnionType
from typing import Any, TypeVar, get_args

from langchain_core.runnables import Runnable, RunnableConfig

from index import DatelineError
from qa.evidence import Evidence
from qa.values import (
    Answer,
    Citation,
    Event,
    PassagesFound,
    Statement,
    StatementChecked,
    Support,
    TextPiece,
    Usage,
)

_Part = TypeVar("_Part")


class AnswererError(DatelineError):
    """Raised when an answerer fails or gives something other than an `Answer`."""


class Answerer(Runnable[Evidence, Answer]):
    """A runnable from `Evidence` to `Answer` that yields its words as they come."""

    @abstractmethod
    def events(self, evidence: Evidence, config: RunnableConfig | None = None) -> Iterator[Event]:
        """Yield the text of each statement in pieces, each statement once checked, and the whole `Answer` last."""

    def invoke(self, input: Evidence, config: RunnableConfig | None = None, **_: Any) -> Answer:  # noqa: A002
        """Return the whole answer."""
        *_pieces, answer = self.events(input, config)
        assert isinstance(answer, Answer)  # the contract of `events`
        return answer


def write(evidence: Evidence, answerer: Runnable[Evidence, Answer]) -> Iterator[TextPiece | StatementChecked | Answer]:
    """Yield what an answerer writes: pieces and statements, if it streams, and its answer last.

    The answer gets the question, passages and generation of the evidence, whatever it says itself. Raises
    `AnswererError` when the answerer fails, ends without an answer, or gives something that is none.
    """
    name = _name(answerer)
    try:
        for event in answerer.events(evidence) if isinstance(answerer, Answerer) else (answerer.invoke(evidence),):
            if isinstance(event, PassagesFound):
                continue  # the assistant has sent this event already
            yield _well_formed(event, evidence)
            if isinstance(event, Answer):
                return
    except DatelineError:
        raise
    except _MalformedError as error:
        raise AnswererError(f"The answerer {name} gave {error}. It has to give an Answer (see qa.Answer).") from error
    except Exception as error:  # whatever foreign code raises is its failure, and is named as that
        raise AnswererError(f"The answerer {name} failed: {type(error).__name__}: {error}") from error
    raise AnswererError(f"The answerer {name} ended without an Answer. It has to give one as its last event.")


class _MalformedError(Exception):
    """Raised for a part of the wrong type; the message names what was given instead."""


def _name(answerer: object) -> str:
    return str(getattr(answerer, "name", None) or type(answerer).__name__)


def _well_formed(event: object, evidence: Evidence) -> TextPiece | StatementChecked | Answer:
    """Return the event with every part of the kind that it should be."""
    if isinstance(event, Answer):
        return _answer(event, evidence)
    if isinstance(event, StatementChecked):
        return StatementChecked(_statement(event.statement), _all(Citation, event.citations))
    _require(event, TextPiece)
    assert isinstance(event, TextPiece)
    _require(event.text, str)
    return event


def _answer(answer: Answer, evidence: Evidence) -> Answer:
    for value, kind in (
        (answer.timings, Mapping),
        (answer.support, int | float),
        (answer.model, str),
        (answer.notice, str),
        (answer.usage, Usage | None),
    ):
        _require(value, kind)
    if not math.isfinite(answer.support):
        raise _MalformedError(f"the support {answer.support}")
    # What was asked and found is the evidence's to say, whatever an answerer puts there.
    return replace(
        answer,
        question=evidence.question,
        statements=tuple(map(_statement, _all(Statement, answer.statements))),
        citations=_all(Citation, answer.citations),
        passages=evidence.passages,
        generation=evidence.generation,
        rewritten=evidence.rewritten,
        period=evidence.period,
        notice=" ".join(filter(None, (evidence.notice, answer.notice))),
    )


def _statement(statement: Statement) -> Statement:
    _require(statement, Statement)
    _require(statement.text, str)
    _require(statement.lead_in, str)
    if statement.support not in get_args(Support):
        raise _MalformedError(f"the support {statement.support!r}")
    _require(statement.citations, tuple | list)
    # Plain texts: a class of its own could call itself equal to the quote.
    text, led = str.__str__(statement.text), str.__str__(statement.lead_in)
    return replace(
        statement, text=text, lead_in=led, citations=tuple(statement.citations)
    )  # which of them are numbers: `qa.answer.verify`


def _all(kind: type[_Part], values: object) -> tuple[_Part, ...]:
    """Return the values as a tuple, if all are of the kind."""
    if not isinstance(values, tuple | list):
        raise _MalformedError(_called(values))
    for value in values:
        _require(value, kind)
    return tuple(values)


def _require(value: object, kind: type | UnionType) -> None:
    if not isinstance(value, kind):
        raise _MalformedError(_called(value))


def _called(value: object) -> str:
    """Return words for a value that should not be there."""
    return "nothing (None)" if value is None else f"a {type(value).__name__}"
