"""A question with its options, checked; and how it is worded for the search."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypedDict

from index import Scope
from qa.arguments import PASSAGES, day_of, passages_count, question_text, scope_of
from qa.history import History, turns
from qa.values import Turn


class AskOptions(TypedDict, total=False):
    """The keyword arguments of `Assistant.ask` and all that passes them on. `Assistant.ask` says what they mean."""

    history: History
    since: date | str | None
    until: date | str | None
    sources: Sequence[str]
    categories: Sequence[str]
    asked_on: date | str | None
    k: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question with the options of `Assistant.ask`, each of its final type. `asked_on` None is today."""

    question: str
    history: tuple[Turn, ...]
    scope: Scope
    asked_on: date | None
    k: int

    @classmethod
    def of(
        cls,
        question: str,
        *,
        history: History = (),
        since: date | str | None = None,
        until: date | str | None = None,
        sources: Sequence[str] = (),
        categories: Sequence[str] = (),
        asked_on: date | str | None = None,
        k: int = PASSAGES,
    ) -> "Query":
        """Return the arguments of `Assistant.ask` as one value, or raise `BadRequestError` for one of them."""
        return cls(
            question=question_text(question),
            history=turns(history),
            k=passages_count(k),
            scope=scope_of(since=since, until=until, sources=sources, categories=categories),
            asked_on=day_of("asked_on", asked_on),
        )


@dataclass(frozen=True, slots=True)
class Wording:
    """How a question is searched and read. For a question that stands alone all three texts are that question.

    `question` is the question as put, or as a language model restated it. `text` adds words of earlier turns, and
    `weights` says how much each analysed term of it counts in the search by words (1 where it is not named). `spoken`
    is a question to read, with a name for its pronoun. `points_back`: the question means nothing without the turns.
    """

    question: str
    text: str
    spoken: str
    weights: Mapping[str, float] = field(default_factory=dict)
    points_back: bool = False
