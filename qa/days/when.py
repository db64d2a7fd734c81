"""Read which period a question speaks of: "on 9 May 2025", "in March", "as of 3 June", "since May 2024", "last week".

Articles of those days, and of the days just after, are preferred; where a period is named in full they are searched
first. Its words are then left out of the search and the reader's question: an article gives its day as its date, and
"in March 2025" in the question lowered the support of a sentence without it from .98 to .49.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from index import Scope
from index.text.chunk import spoken_date
from qa.days.dates import Point, month_end, moved, points

_PART = r"(?:end|start|beginning|middle|evening|morning|night|afternoon|week|weekend|month|summer|spring|autumn|winter)"
_LED = re.compile(
    r"\b(?P<by>until|till|up to|before|by|as of|as at|prior to|since|after|from|in|on|of|during|throughout|within"
    rf"|between|over|at) (?:(?:the )?(?:very )?{_PART}(?: of)? )?(?P<the>the )?$",
    re.IGNORECASE,
)
# "Before dawn on 3 May" is of that day; "before the election on 3 May" is not.
_EVENT = re.compile(
    r"\b(?P<by>before|until|till|since|after) (?!dawn|noon|midday|midnight|sun)(?:[\w'’-]+ ){1,5}?(?:on|of|in)"
    r" (?:the )?$",
    re.IGNORECASE,
)
"""What stands before the day in "before the election on 3 May"."""
_UNTIL = frozenset(("until", "till", "up to", "before", "by", "as of", "as at", "prior to"))
_SINCE = frozenset(("since", "after"))
_OPENS = re.compile(r"\b(?:from|between) (?:the )?$", re.IGNORECASE)
_JOINS = re.compile(r",? ?(?:and|to|until|till|through|[–-]) ?(?:the )?", re.IGNORECASE)
_ALONE = re.compile(r"(?:last|this|early|mid|late)\b", re.IGNORECASE)
_GOES_ON = re.compile(
    r"['’]s\b|[ -](?!(?:in|on|at|of|to|by|for|from|with|and|or|as|about|after|before|between|during|over|when|that"
    r"|which|who|what|why|how|where|did|do|does|was|were|is|are|has|have|had|the|a|an|his|her|their|its)\b)[^\W\d_]",
    re.IGNORECASE,
)
"""A word behind days that makes them part of a name: "the 9 May flood", "January 6 committee"."""
# "Is opening" looks ahead, but "during", "evening" and "morning" end like such a verb.
_AHEAD = re.compile(
    r"\b(?:will|won['’]t|shall|upcoming|plans?|hopes?|intends?|next (?:week|month|year)|(?:is|are) to"
    r"|(?:is|are|am) (?:\w+ ){0,4}?(?:set|due|expected|scheduled|headed|planned|slated|forecast)"
    r"|(?:is|are|am) (?:\w+ ){0,3}?(?!during|evening|morning)\w{2,}ing)\b|\w['’]ll\b",
    re.IGNORECASE,
)
"""A question for what is to come: its days are those of the event, the reports are older and name the day."""
_REPORTED, _KNOWN, _UP_TO = 7, 1, 14
"""Days. Events are reported for a week: within it 51 of 57 questions of rtqa_tune_2023 that name days have their
article, within a month no more; periods that are named in full hold it for 131 of 132 questions of it and of
rtqa_dev_2022H2 (November 2026). What came before a day is reported by the next morning (but "as of" a day means its own
reports), and best in the two weeks up to it; these two are chosen, not measured."""


@dataclass(frozen=True, slots=True)
class Days:
    """A run of days, both ends included; None is an open end."""

    first: date | None
    last: date | None

    def hold(self, day: date | None) -> bool:
        """Say whether a day is one of them."""
        return day is not None and (self.first or date.min) <= day <= (self.last or date.max)


@dataclass(frozen=True, slots=True)
class Period:
    """Days that a question names by its words `question[start:end]`.

    `reported` are the days of articles that may report them, `best` those of the likeliest. `explicit`: named in full,
    or relative to the day of the question. `apart`: the words can be left out, since they are no part of a name ("the
    9 May flood") and not a day to come ("will open on 9 May"). `year_alone`: no month or day is named.
    """

    days: Days
    reported: Days
    best: Days
    start: int
    end: int
    explicit: bool
    apart: bool
    year_alone: bool = False


def before(day: date) -> Days:
    """Return the days whose news a question of that day is likeliest to mean: the month before it."""
    return Days(moved(day, -30), day)


def periods_of(question: str, today: date) -> tuple[Period, ...]:
    """Return the periods that a question names, in its order."""
    ahead = _AHEAD.search(question) is not None
    named = [point for point in points(question, today, ahead=ahead) if not point.bare or _is_led(question, point)]
    return tuple(_period(question, *run, ahead=ahead) for run in _runs(question, named))


def without(question: str, periods: Sequence[Period]) -> str:
    """Return the question without the words of these periods."""
    # From the end, so that the places of the others stay right.
    left = question
    for period in sorted(periods, key=lambda period: -period.start):
        left = f"{left[: period.start].rstrip(' ,')} {left[period.end :].lstrip(' ,')}"
    left = re.sub(r"\s+(?=[?!.,;:]|$)", "", left).strip()
    return left[:1].upper() + left[1:] if question[:1].isupper() else left


def label(days: Days) -> str:
    """Return days as words: "May 2025", "3 May 2025 to 9 May 2025", "until 14 August 2023"."""
    if days.first is None or days.last is None:
        return f"since {spoken_date(days.first)}" if days.first else f"until {spoken_date(days.last)}"
    if days.first == days.last:
        return spoken_date(days.first)
    if days.first.day == 1 and days.last == month_end(days.first):
        return f"{days.first:%B %Y}"
    if (days.first, days.last) == (date(days.first.year, 1, 1), date(days.first.year, 12, 31)):
        return str(days.first.year)
    return f"{spoken_date(days.first)} to {spoken_date(days.last)}"


def narrowed(scope: Scope, days: Days) -> Scope | None:
    """Return the scope within these days; None if that leaves no day."""
    since = max(filter(None, (scope.since, days.first)), default=None)
    until = min(filter(None, (scope.until, days.last)), default=None)
    return None if since and until and since > until else replace(scope, since=since, until=until)


def _is_led(question: str, point: Point) -> bool:
    """Say whether what stands before a month or year alone makes it a time, as in "in May", "last March"."""
    return bool(_LED.search(question[: point.start]) or _ALONE.match(question, point.start))


def _runs(question: str, named: Sequence[Point]) -> Iterator[tuple[Point, Point]]:
    """Yield the first and the last point of each period: two of them make one in "between 3 May and 9 June"."""
    joined = {
        number
        for number, (one, other) in enumerate(pairwise(named), 1)
        if _JOINS.fullmatch(question, one.end, other.start) and _OPENS.search(question[: one.start])
    }
    for number, point in enumerate(named):
        if number not in joined:
            yield point, named[number + 1] if number + 1 in joined else point


def _period(question: str, first: Point, last: Point, *, ahead: bool) -> Period:
    """Return the period from the first point to the last."""
    ahead_of = question[: first.start]
    led, event = _LED.search(ahead_of), _EVENT.search(ahead_of)
    word = (event or led or {"by": ""})["by"].lower()
    # In "from 3 March to 9 May 2025" the year stands once, behind the second day.
    since = first.first if first.dated or not last.dated else _of_year(first.first, last.last)
    apart = not ahead and (_is_adverb(led) or not _GOES_ON.match(question, last.end))
    explicit = apart and last.dated and not last.bare
    start = led.start() if led else first.start
    year = first.bare and first.dated
    if word in _UNTIL:
        days = Days(None, last.last)
        reported = Days(None, moved(last.last, 0 if word.startswith("as ") else _KNOWN))
        best = Days(moved(last.last, -_UP_TO), reported.last)
        return Period(days, reported, best, start, last.end, explicit, apart, year)
    if word in _SINCE:
        days = Days(since, None)
        return Period(days, days, days, start, last.end, explicit, apart, year)
    reported = Days(since, moved(last.last, _REPORTED))
    return Period(Days(since, last.last), reported, reported, start, last.end, explicit, apart, year)


def _is_adverb(led: re.Match[str] | None) -> bool:
    """Say whether a preposition stands right before the days: "on 9 May", and not "on the 9 May march"."""
    return led is not None and not led["the"]


def _of_year(first: date, last: date) -> date:
    """Return the day "3 March" in "from 3 March to 9 May 2025": the last such before the other."""
    years = (year for year in (last.year, last.year - 1) if date(year, first.month, 1) <= last)
    # 29 February is not in every year
    return next((date(year, first.month, min(first.day, 28)) for year in years), first)
