"""Read days, months, seasons and years in a question, by the calendar alone: "9 May 2025", "May 9", "summer 2023".

What the words round them say ("since", "before") is read in qa/days/when.py.
"""

import calendar
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from qa.facts.calendar import SHORT_MONTH, WEEKDAY

_MONTHS = tuple(name.lower() for name in calendar.month_name)
_FULL = "|".join(_MONTHS[1:])
# "may" is a verb too: `_day` decides.
_MONTH = rf"(?P<month>{_FULL}|{SHORT_MONTH}\b\.?)(?!\w)"
_YEAR = r"(?P<year>(?:19|20)\d\d)(?![\w-])"
_NUMBER = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?(?!\w)"
_WEEKDAY = rf"\b(?:{WEEKDAY},? )?"
_PART = r"\b(?:(?:early|mid|late|last|this)[ -])?"
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_COUNTS = {word: number for number, word in enumerate("two three four five six seven eight nine ten".split(), 2)}  # noqa: SIM905
_REACH = {"day": 1, "week": 7, "weekend": 7, "month": 31, "year": 366}
_VERBS = ("may", "march")
_BEFORE_DAY = re.compile(r"(?:\b(?:on|of|in|by|since|until|till|before|after|from|to|and|or|between)|[,(–—-]) ?$", re.I)


@dataclass(frozen=True, slots=True)
class Point:
    """Days that a text names by its words `text[start:end]`: from `first` to `last`.

    `dated`: with a year, or reckoned from today. `bare`: a month or year alone, which may be another word or number.
    """

    first: date
    last: date
    start: int
    end: int
    dated: bool = True
    bare: bool = False


def points(text: str, today: date, *, ahead: bool = False) -> list[Point]:
    """Return the days that a text names, in its order.

    Those without a year are the last such before the end of `today`, or the next such if the text looks `ahead`.
    """
    found: list[Point] = []
    for pattern, read in _KINDS:
        for match in pattern.finditer(text):
            taken = any(one.start < match.end() and match.start() < one.end for one in found)
            if not taken and (days := read(match, today, ahead)):
                found.append(days)
    return sorted(found, key=lambda point: point.start)


def moved(day: date, days: int) -> date:
    """Return the day so many days later, or earlier, or the calendar's last or first one."""
    try:
        return day + timedelta(days)
    except OverflowError:
        return date.max if days > 0 else date.min


def month_end(first: date) -> date:
    """Return the last day of a month that begins on `first`."""
    return date(first.year, first.month, calendar.monthrange(first.year, first.month)[1])


def _iso(match: re.Match[str], _: date, __: bool) -> Point | None:
    try:
        day = date.fromisoformat(match[0])
    except ValueError:
        return None
    return Point(day, day, *match.span())


def _day(match: re.Match[str], today: date, ahead: bool) -> Point | None:
    verb = match["month"].lower() in _VERBS and match.start("month") < match.start("day")
    if verb and not match["month"][0].isupper() and not _BEFORE_DAY.search(match.string[: match.start()]):
        return None  # "How many may 12 buses carry?"
    month, number = _month_number(match["month"]), int(match["day"])
    known = [day for year in _years(match, today, ahead) if (day := _date(year, month, number))]
    day = _nearest(known, known, today, ahead) if match["year"] is None else next(iter(known), None)
    if day is None:
        return None
    first = _date(day.year, month, int(match["from"])) if match.groupdict().get("from") else day
    return Point(first if first and first < day else day, day, *match.span(), dated=match["year"] is not None)


def _month(match: re.Match[str], today: date, ahead: bool) -> Point | None:
    month, dated = _month_number(match["month"]), match.groupdict().get("year") is not None
    firsts = [date(year, month, 1) for year in _years(match, today, ahead)]
    lasts = [month_end(first) for first in firsts]
    # The month that today is in counts either way: it has begun, and is not over.
    ends = lasts if ahead else firsts
    first = firsts[0] if dated else _nearest(firsts, ends, today, ahead)
    return Point(first, month_end(first), *match.span(), dated=dated, bare=not dated) if first else None


def _season(match: re.Match[str], _: date, __: bool) -> Point | None:
    first = date(int(match["year"]), _SEASONS[match["season"].lower()], 1)
    return Point(first, moved(first, 91), *match.span())  # three months, as near as need be


def _year(match: re.Match[str], _: date, __: bool) -> Point | None:
    year = int(match["year"])
    return Point(date(year, 1, 1), date(year, 12, 31), *match.span(), bare=True)


def _relative(match: re.Match[str], today: date, _: bool) -> Point | None:
    if match[0][0].isupper() and match.start():
        return None  # "Business Today"
    if match["unit"] and match["unit"].lower() == "year" and not match["count"]:
        # "Last year" is a year of the calendar; "the last two years" are counted back from today.
        year = max(date.min.year, today.year - (match["which"].lower() != "this"))
        return Point(date(year, 1, 1), min(today, date(year, 12, 31)), *match.span(), bare=True)
    reach = _REACH[match["unit"].lower()] if match["unit"] else 1
    count = (match["count"] or "1").lower()
    reach *= int(count) if count.isdigit() else _COUNTS[count]
    if match["which"] and match["which"].lower() == "last" and not match["count"]:
        reach *= 2  # "last week" is the one before this one, and what was reported then may be reported again
    return Point(moved(today, -reach), today, *match.span())


_KINDS: Sequence[tuple[re.Pattern[str], Callable[[re.Match[str], date, bool], Point | None]]] = tuple(
    (re.compile(pattern, re.IGNORECASE), read)
    for pattern, read in (
        (r"\b(?:19|20)\d\d-[01]\d-[0-3]\d\b", _iso),
        (
            rf"{_WEEKDAY}(?:(?P<from>\d{{1,2}})(?: ?[–-] ?| to | and | until ))?{_NUMBER}(?: of)? {_MONTH}"
            rf"(?:,? {_YEAR})?",
            _day,
        ),
        (rf"{_WEEKDAY}{_MONTH} {_NUMBER}(?:,? {_YEAR})?", _day),
        (rf"{_PART}{_MONTH}(?: of|,)? {_YEAR}", _month),
        (rf"{_PART}(?P<month>{_FULL})(?!\w)", _month),
        (rf"\b(?P<season>spring|summer|autumn|fall|winter)(?: of|,)? {_YEAR}", _season),
        (rf"{_PART}{_YEAR}", _year),
        (
            r"\b(?:yesterday|today|tonight|last night|this (?:morning|afternoon|evening)"
            r"|(?:the )?(?P<which>this|last|past) (?:(?P<count>\d{1,3}|two|three|four|five|six|seven|eight|nine|ten) )?"
            r"(?P<unit>day|week(?:end)?|month|year)s?)\b",
            _relative,
        ),
    )
)
"""The kinds of days, the fullest first: what one has read is not read again."""


def _years(match: re.Match[str], today: date, ahead: bool) -> list[int]:
    """Return the year that was named, or those that may be meant, the likeliest first."""
    if year := match.groupdict().get("year"):
        return [int(year)]
    years = [today.year, today.year + (1 if ahead else -1)]
    return [year for year in years if date.min.year <= year <= date.max.year]


def _nearest(days: Sequence[date], ends: Sequence[date], today: date, ahead: bool) -> date | None:
    """Return the first of the days whose end is not on the wrong side of today."""
    sided = (day for day, end in zip(days, ends, strict=True) if (end >= today if ahead else end <= today))
    return next(sided, None)


def _month_number(name: str) -> int:
    return next(number for number, full in enumerate(_MONTHS) if number and full.startswith(name.lower()[:3]))


def _date(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None
