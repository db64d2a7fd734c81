"""Say which numbers, dates and quoted words of a statement its source does not hold.

Numbers are compared by value ("1,200", "1.2 thousand", "twelve hundred"), dates by their parts ("March 3",
"2026-03-03"). What this module does not know: what is counted or happens then.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from qa.locate import fold

_ONES = """\
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
eighteen nineteen
"""
_ORDINALS = """\
zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth
fifteenth sixteenth seventeenth eighteenth nineteenth
"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_SMALL = {word: float(value) for words in (_ONES, _ORDINALS) for value, word in enumerate(words.split())}
_SMALL |= {word: 10.0 * value for value, word in enumerate(_TENS.split(), 2)}
_SMALL |= {f"{word[:-1]}ieth": 10.0 * value for value, word in enumerate(_TENS.split(), 2)}
_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "dozen": 12.0}
_SHORT_SCALES = {"k": 1e3, "m": 1e6, "mn": 1e6, "bn": 1e9, "b": 1e9, "tn": 1e12}
_NUMBER_WORDS = re.compile(r"(?P<digits>\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?P<scale>(?:k|mn?|bn?|tn)\b)?|[a-z]+")
_ONE = re.compile(r"\b(?:a|an|single|sole|one)\b", re.IGNORECASE)
_NO_COUNT = re.compile(r"\b(?:no one|one (?:of|another)|at first|first of all|for one)\b", re.IGNORECASE)

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\b(?![:.,]\d)"
_YEAR = r"(?P<year>(?:19|20)\d\d)\b"
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        r"\b(?P<year>\d{4})-(?P<number>\d\d)-(?P<day>\d\d)\b",
        rf"\b(?:the )?{_DAY}(?: of)? {_MONTH}(?:,? {_YEAR})?",
        rf"\b{_MONTH} (?:the )?{_DAY}(?:,? {_YEAR})?",
        rf"\b{_MONTH},? {_YEAR}",
    )
)

_QUOTED = re.compile(r'"([^"]{8,})"')
_Day = tuple[int | None, int, int | None]


@dataclass(frozen=True, slots=True)
class Source:
    """What a statement may take its facts from: cited words, with the title and day of their article."""

    quote: str
    title: str = ""
    published: date | None = None


def invented_figures(statement: str, source: Source) -> list[str]:
    """Return the numbers, dates and words in quotation marks of a statement that the source does not hold."""
    told = fold(statement).text
    given = fold(f"{source.quote}\n{source.title}").text
    days, rest = _take_dates(told)
    known, given_rest = _take_dates(given)
    if source.published:
        known.append((source.published.year, source.published.month, source.published.day))
    year = source.published.year if source.published else None
    values = set(_values(given_rest)) | {float(day[0]) for day in known if day[0]}
    if _ONE.search(given_rest):
        values.add(1.0)
    wrong = [" ".join(str(part) for part in day if part) for day in days if not _holds_day(day, known, year)]
    wrong += [f"{value:g}" for value in _values(_NO_COUNT.sub(" ", rest)) if value not in values]
    spoken = given.casefold()
    return wrong + [said for said in _QUOTED.findall(told) if said.strip(" .,").casefold() not in spoken]


def days_and_numbers(text: str) -> tuple[frozenset[tuple[int | None, int, int | None]], frozenset[float]]:
    """Return the dates in a text as (year, month, day), and the numbers that are in none of them."""
    days, rest = _take_dates(fold(text).text)
    return frozenset(days), frozenset(_values(rest))


def _take_dates(text: str) -> tuple[list[_Day], str]:
    """Return the dates in a text as (year, month, day), and the text without them."""
    found: list[_Day] = []

    def take(match: re.Match[str]) -> str:
        parts = match.groupdict()
        month = int(parts["number"]) if parts.get("number") else _MONTHS.index(parts["month"][:3].lower()) + 1
        found.append((_integer(parts.get("year")), month, _integer(parts.get("day"))))
        return " "

    for pattern in _DATES:
        text = pattern.sub(take, text)
    return found, text


def _integer(digits: str | None) -> int | None:
    return int(digits) if digits else None


def _holds_day(day: _Day, known: Sequence[_Day], year: int | None) -> bool:
    """Say whether one of the known dates has all parts of this one. A date without a year is of the article's."""
    return any(
        month == day[1] and day[2] in (None, number) and day[0] in (None, own or year) for own, month, number in known
    )


def _values(text: str) -> Iterator[float]:
    """Yield the numbers of a text, whether in digits or in words."""
    total = current = 0.0
    pending = False
    for match in _NUMBER_WORDS.finditer(text.casefold()):
        word = match[0]
        if match["digits"] or word in _SMALL:
            value = _SMALL[word] if word in _SMALL else _digits(match)
            joins = pending and not match["digits"] and (current % 100 == 0 or (current % 10 == 0 and value < 10))
            if pending and not joins:
                yield total + current
                total = current = 0.0
            current, pending = current + value if joins else value, True
        elif word in _SCALES:
            current, pending = (current if pending else 1.0) * _SCALES[word], True
            if _SCALES[word] > 100:
                total, current = total + current, 0.0
        elif pending and word != "and":
            yield total + current
            total, current, pending = 0.0, 0.0, False
    if pending:
        yield total + current


def _digits(match: re.Match[str]) -> float:
    return float(match["digits"].replace(",", "")) * _SHORT_SCALES.get(match["scale"] or "", 1.0)
