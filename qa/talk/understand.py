"""The first step of a question: word it so that it can be searched without the conversation before it.

Restated by a language model (if there is one), spelt as the index spells, read for its period, completed by the turns
before it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Protocol

from qa.days.when import Period, periods_of, without
from qa.find.latest import wants_latest
from qa.find.spelling import Words, corrected
from qa.intent.general import is_general
from qa.intent.language import language_notice
from qa.query import Query, Wording
from qa.talk.followup import Vocabulary, resolve
from qa.values import Turn

Restate = Callable[[str, Sequence[Turn]], str]
"""From a question and the turns before it to a question that stands alone; "" when there is none to trust."""


class IndexStatistics(Vocabulary, Words, Protocol):
    """What is known of an index: a `Generation`."""

    def days(self) -> Mapping[date, int]:
        """Return how many articles each day has, for the days that have any."""


def understand(query: Query, known: IndexStatistics, restate: Restate | None = None) -> Wording:
    """Return how to search a question."""
    restated = restate(query.question, query.history) if query.history and restate else ""
    put = restated or query.question
    # Spelling first, as a month may be misspelt; then the days, whose words no passage needs to hold; the turns
    # last, since what they add depends on how much is left.
    if not query.exact and not language_notice(put):  # the words of another language are no mistakes
        put = corrected(put, known)
    periods = () if query.exact else _with_reports(periods_of(put, query.today), known)
    question = without(put, [period for period in periods if period.apart])
    resolved = resolve(question, query.history, known)
    return Wording(
        put=put,
        question=resolved.question,
        text=resolved.text,
        spoken=resolved.spoken,
        shown=put if resolved.text == question else resolved.shown,
        weights=resolved.weights,
        points_back=resolved.leans,
        continues=resolved.continues,
        latest=not query.exact and not periods and wants_latest(put),
        general=is_general(resolved.text, of_article=len(query.scope.articles) == 1),
        periods=periods,
    )


def _with_reports(periods: Sequence[Period], known: IndexStatistics) -> tuple[Period, ...]:
    """Return those of the periods that an article of the index may tell of: what has no report is only words."""
    days = known.days() if periods else {}
    return tuple(_carried(period, days) for period in periods if any(map(period.reported.hold, days)))


def _carried(period: Period, days: Mapping[date, int]) -> Period:
    """Return the period, its words left out only if the days of articles tell as much.

    A year may be one of many that articles tell of ("the 2022 marathon"), unless most articles are of it.
    """
    inside = sum(count for day, count in days.items() if period.days.hold(day))
    return period if not period.year_alone or 2 * inside > sum(days.values()) else replace(period, apart=False)
