"""Find the day that a date names, in the forms that news files use; strict, since a wrong day is worse than none.

In English, German, French and Spanish. A form that leaves the day open (a month, a week, 03/05/2024) names no day. The
day is the one that is written, in the zone in which it is written; a number of seconds or milliseconds since 1970 is
taken in UTC.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime

_MONTHS = {
    name: number
    for number, names in enumerate((
        "january jan januar jänner janvier janv enero ene", "february feb febr februar février févr fév febrero",
        "march mar märz mär mrz mars marzo", "april apr avril avr abril abr", "may mai mayo",
        "june jun juni juin junio",
        "july jul juli juillet juil julio", "august aug août aout agosto ago",
        "september sept sep septembre septiembre setiembre", "october oct oktober okt octobre octubre",
        "november nov novembre noviembre", "december dec dezember dez décembre déc diciembre dic",
    ), 1)
    for name in names.split()
}  # fmt: skip
MONTH_NAMES = "|".join(sorted(_MONTHS, key=len, reverse=True))
"""A pattern of the months, those of several letters first."""
WEEKDAY_NAMES = (
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?"
    r"|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|sonnabend|mo|di|mi|do|fr|sa|so"
    r"|(?:lun|mar|mercre|jeu|vendre|same)di|dimanche|lun|mar|mer|jeu|ven|sam|dim"
    r"|lunes|martes|miércoles|jueves|viernes|sábado|domingo|mié|jue|vie|sáb|dom"
)
_MONTH = f"(?P<month>{MONTH_NAMES})" + r"\b\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|º)?"
_YEAR = r"(?P<year>\d{4})"
_WEEKDAY = rf"(?:(?:{WEEKDAY_NAMES})\.?,?\s+(?:den\s+)?)?"
_ZONE = (
    r"(?:\s*\(?(?:z|(?:utc|gmt)?\s*[+\-−]\d{1,2}(?::?\d{2})?|[a-z]{1,5}t|utc|bst|cest|europe/\w+|america/\w+)\)?){0,2}"
)
_TIME = (
    r"(?:\d{1,2}(?:[:.]|\s?h\s?)\d{2}(?:[:.]\d{2}(?:[.,]\d{1,9})?)?\s*(?:[ap]\.?m\b\.?|uhr\b|h\b)?"
    r"|\d{1,2}\s*(?:[ap]\.?m\b\.?|uhr\b|h\b)|noon|midnight)" + _ZONE
)
_DAYS = (
    rf"{_YEAR}(?P<sign>[-/.])(?P<number>\d{{1,2}})(?P=sign)(?P<day>\d{{1,2}})",
    rf"{_YEAR}(?P<number>\d{{2}})(?P<day>\d{{2}})",
    rf"{_DAY}(?:\s+(?:of|de)\s+|[\s.-]+|/){_MONTH}(?:,?\s+(?:del?\s+)?|[-/]){_YEAR}",
    rf"{_MONTH}[\s-]*{_DAY}(?:,\s*|\s+|-){_YEAR}",
    rf"{_YEAR}(?:,?\s+|[-/]){_MONTH}[\s/-]*{_DAY}",
    rf"{_DAY} {_MONTH} (?P<short>\d{{2}}) (?=\d\d:\d\d(?::\d\d)? (?:[+-]\d{{4}}|[A-Z]{{1,5}})$)(?:[\d:]+)",  # RFC 822
    rf"{_MONTH}\s+{_DAY}\s+{_TIME}\s+{_YEAR}",  # as the command `date` and old web services write it
)
_EITHER = r"(?P<first>\d{1,2})(?P<sign>[-/.])(?P<second>\d{1,2})(?P=sign)(?P<year>\d{4})"
_LABEL = (
    r"(?:(?:(?:first |last |zuletzt )?(?:published|posted|updated|dated?|veröffentlicht|erschienen|aktualisiert|stand"
    r"|publié|paru|modifié|mis à jour|publicado|actualizado)(?: on| at| am| le| el)?|datum|fecha)\s*:?\s*"
    r"|(?:on|am|den|le|el)\s+)?"
)
_BEFORE = rf"{_LABEL}(?:{_TIME},?\s*(?:on\s+)?)?{_WEEKDAY}"
_BETWEEN = r"(?:\s*,\s*|,?\s+(?:at|um|à|a las)\s+|\s*t\s*|\s*[|·•@–-]\s*|:|\s+)"
_AFTER = rf"(?:{_BETWEEN}{_TIME}|t(?:\d{{2}}|\d{{6}}){_ZONE}|{_ZONE})"
_FORMS = tuple(re.compile(f"{_BEFORE}{day}{_AFTER}\\.?", re.IGNORECASE) for day in (*_DAYS, _EITHER))

_NOTHING = re.compile(
    r"(?:null|none|n/?a|nan|nat|undefined|unknown|-+|~|0{4}-00-00(?:[ T]00:00(?::00)?Z?)?"
    r"|(?:1970|0001)-01-01[T ]00:00:00(?:\.0+)?(?:Z|\+00:00)?)?",  # what programs write for a time never set
    re.IGNORECASE,
)
_EPOCH = re.compile(r"(\d{9,10}|\d{12,13})(?:\.\d{1,9})?")
# Newspapers begin about 1605. No clock is asked, so that the same file always gives the same article.
_CENTURY = 70
_YEARS = range(1600, 2101)
_FIRST_SECOND, _LAST_SECOND = 315_532_800, 4_102_444_800  # 1980 to 2100; older numbers are other things
_LONGEST = 100  # characters; chosen, not measured: no form of a date is as long


def parse_date(value: object) -> date | None:
    """Return the day that the value names; None when it names none, or one that cannot be told or cannot be."""
    if isinstance(value, date):
        day = value.date() if isinstance(value, datetime) else value
        return day if day.year in _YEARS else None
    text = _written(value)
    if _NOTHING.fullmatch(text):
        return None
    days = {_epoch(text)} if _EPOCH.fullmatch(text) else set(_days(text))
    return days.pop() if len(days) == 1 else None


def first_date(values: Iterable[object]) -> tuple[date | None, tuple[str, ...]]:
    """Return the first day that one of the values names; where none does, a warning for the first that should have."""
    warning: tuple[str, ...] = ()
    for value in values:
        if (day := parse_date(value)) is not None:
            return day, ()
        text = _written(value)
        if not warning and not _NOTHING.fullmatch(text):
            warning = (f"no date: {text!r} {_fault(text)}; write it as YYYY-MM-DD",)
    return None, warning


def _written(value: object) -> str:
    """Return the value as it was written, in one line and not longer than a date can be."""
    if value is None or value != value:  # noqa: PLR0124  (not a number)
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float | date):
        return f"a {type(value).__name__}"
    if isinstance(value, int | float):
        return f"{value:.10g}" if abs(value) < 10**10 else f"{value:.0f}" if abs(value) < 10**14 else "a number"
    return " ".join(str(value)[: 2 * _LONGEST].split())[:_LONGEST]


def _days(text: str) -> Iterator[date]:
    """Yield every day that the text may mean: 03/05/2024 means two."""
    for form in _FORMS:
        if match := form.fullmatch(text):
            found = match.groupdict()
            for month, day in _readings(found):
                try:
                    read = date(_year(found), month, day)
                except ValueError:
                    continue
                if read.year in _YEARS:
                    yield read


def _year(found: dict[str, str | None]) -> int:
    """Return the year of a matched form; of two digits those from 70 on are of the last century, as in mail."""
    if short := found.get("short"):
        return int(short) + (1900 if int(short) >= _CENTURY else 2000)
    return int(found["year"] or 0)


def _readings(found: dict[str, str | None]) -> list[tuple[int, int]]:
    """Return the months and days that a matched form may mean."""
    if "first" in found:
        first, second = int(found["first"] or 0), int(found["second"] or 0)
        return [(first, second), (second, first)]
    month = found.get("number") or _MONTHS[(found.get("month") or "").lower()]
    return [(int(month), int(found["day"] or 0))]


def _epoch(text: str) -> date | None:
    digits = text.partition(".")[0]
    seconds = int(digits) // (1000 if len(digits) > 10 else 1)  # ten digits of seconds last until 2286
    return datetime.fromtimestamp(seconds, UTC).date() if _FIRST_SECOND <= seconds < _LAST_SECOND else None


def _fault(text: str) -> str:
    return "can be read in two ways" if len(set(_days(text))) > 1 else "cannot be read"
