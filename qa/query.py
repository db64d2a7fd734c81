"""A question with its options, checked; and how it is understood: worded for the search, and of which days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TypedDict

from index import Scope
from qa.arguments import PASSAGES, flag, one_day, passages_count, question_text, scope_of
from qa.days.when import Period
from qa.history import History, turns
from qa.values import Turn


class AskOptions(TypedDict, total=False):
    """The keyword arguments of `Assistant.ask` and all that passes them on. `Assistant.ask` says what they mean."""

    history: History
    since: date | str | None
    until: date | str | None
    sources: Sequence[str]
    categories: Sequence[str]
    articles: Sequence[str]
    authors: Sequence[str]
    languages: Sequence[str]
    asked_on: date | str | None
    as_of: date | str | None
    exact: bool
    k: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question with the options of `Assistant.ask`, each of its final type. Without `asked_on` there is no bound."""

    question: str
    history: tuple[Turn, ...]
    scope: Scope
    asked_on: date | None
    exact: bool
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
        articles: Sequence[str] = (),
        authors: Sequence[str] = (),
        languages: Sequence[str] = (),
        asked_on: date | str | None = None,
        as_of: date | str | None = None,
        exact: bool = False,
        k: int = PASSAGES,
    ) -> "Query":
        """Return the arguments of `Assistant.ask` as one value, or raise `BadRequestError` for one of them."""
        return cls(
            question=question_text(question),
            history=turns(history),
            k=passages_count(k),
            scope=scope_of(
                since=since,
                until=until,
                sources=sources,
                categories=categories,
                articles=articles,
                authors=authors,
                languages=languages,
            ),
            asked_on=one_day(asked_on=asked_on, as_of=as_of),
            exact=flag("exact", exact),
        )

    @property
    def today(self) -> date:
        """Return the day that "last week" is reckoned from."""
        # The clock of this machine: whoever asks means their own day, not that of Greenwich.
        return self.asked_on or datetime.now().astimezone().date()


@dataclass(frozen=True, slots=True)
class Wording:
    """How a question is searched and read. For a question that stands alone all five texts are that question.

    `put` is the question as put, or as a language model restated it; `question` leaves out words of its `periods`.
    `text` adds words of earlier turns, and `weights` says how much each analysed term of it counts in the search by
    words (1 where it is not named). `spoken` is a question for the reader, with a name for its pronoun; `shown` one for
    people, with everything that is searched. `latest`: it asks for the newest state of things, `general`: what happened
    at all. `points_back`: the question means nothing without the turns; `continues`: it says so little that it
    is asked of their story first.
    """

    put: str
    question: str
    text: str
    spoken: str
    shown: str
    weights: Mapping[str, float] = field(default_factory=dict)
    points_back: bool = False
    continues: bool = False
    latest: bool = False
    general: bool = False
    periods: tuple[Period, ...] = ()

    @property
    def only(self) -> Period | None:
        """Return the period whose articles are searched first, without the others."""
        return self.periods[0] if len(self.periods) == 1 and self.periods[0].explicit else None

    def alone(self) -> "Wording":
        """Return how to search the question without the turns before it."""
        return replace(self, text=self.question, spoken=self.question, shown=self.put, weights={}, continues=False)

    def of_any_day(self) -> "Wording":
        """Return how to search the question over all days: the words of its periods count again."""
        # What was carried from earlier turns stands behind the question, and stays there.
        full = (f"{self.put}{text.removeprefix(self.question)}" for text in (self.text, self.spoken))
        text, spoken = (
            new if old.startswith(self.question) else old
            for new, old in zip(full, (self.text, self.spoken), strict=True)
        )
        return replace(self, question=self.put, text=text, spoken=spoken, periods=())
