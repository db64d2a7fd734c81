"""Read which days a question speaks of: "on 9 May 2025", "in March", "in 2022", "last week".

Articles of those days, and of the days just after, are likelier to answer. The question may mean the day of the event
or of the report, so its days only favour passages and exclude none.
"""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = tuple(name.lower() for name in calendar.month_name)
_NAMES = "|".join(_MONTHS[1:])
_YEAR = r"(?:19|20)\d\d"
_DAY = re.compile(
    rf"\b(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<month>{_NAMES})\b|(?P<month2>{_NAMES}) (?P<day2>\d{{1,2}})"
    rf"(?:st|nd|rd|th)?\b)(?:,? (?P<year>{_YEAR}))?",
    re.IGNORECASE,
)
_MONTH = re.compile(
    rf"\b(?:(?:in|of|during|since|by|last|this|early|late|mid) |mid-)(?P<month>{_NAMES})\b(?:,? (?P<year>{_YEAR}))?",
    re.IGNORECASE,
)
_IN_YEAR = re.compile(rf"\b(?:in|of|during|for) (?P<year>{_YEAR})\b", re.IGNORECASE)
_RELATIVE = re.compile(
    r"\b(?P<what>yesterday|today|tonight|(?P<which>this|last|past) (?P<unit>week(?:end)?|month|year))\b", re.IGNORECASE
)
_REACH = {"week": 7, "weekend": 7, "month": 31, "year": 366}
_AFTER = timedelta(days=7)
"""Events of a day are reported for as long."""
_VERBS = ("may", "march")
_BEFORE_DAY = re.compile(r"(?:\b(?:on|of|in|by|since|until|till|before|after|from|to|and|or|between)|[,(–—-]) ?$", re.I)


@dataclass(frozen=True, slots=True)
class Days:
    """A run of days, both ends included."""

    first: date
    last: date

    def hold(self, day: date | None) -> bool:
        """Say whether an article of that day may report events of these days."""
        return day is not None and self.first <= day <= _moved(self.last, _AFTER)


def before(day: date) -> Days:
    """Return the days whose news a question of that day is likeliest to mean: the month before it."""
    return Days(_moved(day, -timedelta(days=30)), _moved(day, -_AFTER))


def days_of(question: str, today: date) -> tuple[Days, ...]:
    """Return the days that a question speaks of. One without a year is the last such before the end of `today`."""
    found = list(_days(question, today)) or list(_months(question, today)) or list(_years(question))
    return (*found, *_relative(question, today))


def _days(question: str, today: date) -> Iterator[Days]:
    for match in _DAY.finditer(question):
        if match["month2"] in _VERBS and not _BEFORE_DAY.search(question[: match.start()]):
            continue  # "How many may 12 buses carry?"
        month = _MONTHS.index((match["month"] or match["month2"]).lower())
        number = int(match["day"] or match["day2"])
        years = [int(match["year"])] if match["year"] else [today.year, today.year - 1]
        known = [day for year in years if (day := _day(year, month, number)) and (match["year"] or day <= today)]
        if known:
            yield Days(known[0], known[0])


def _months(question: str, today: date) -> Iterator[Days]:
    for match in _MONTH.finditer(question):
        month = _MONTHS.index(match["month"].lower())
        year = int(match["year"]) if match["year"] else max(1, today.year - (month > today.month))
        yield Days(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))


def _years(question: str) -> Iterator[Days]:
    for match in _IN_YEAR.finditer(question):
        yield Days(date(int(match["year"]), 1, 1), date(int(match["year"]), 12, 31))


def _relative(question: str, today: date) -> Iterator[Days]:
    for match in _RELATIVE.finditer(question):
        reach = _REACH[match["unit"].lower()] if match["unit"] else 1
        if match["which"] and match["which"].lower() == "last":
            reach *= 2
        yield Days(_moved(today, -timedelta(days=reach)), today)


def _day(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None


def _moved(day: date, by: timedelta) -> date:
    """Return the day so much later or earlier, or the calendar's last or first one."""
    try:
        return day + by
    except OverflowError:
        return date.max if by > timedelta() else date.min
