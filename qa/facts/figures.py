"""Say which numbers, dates and quoted words of a statement its source does not hold.

Numbers are compared by value ("1,200", "1.2 thousand", "twelve hundred"), dates by their parts ("March 3",
"2026-03-03"). What is counted is looked at elsewhere (qa/facts/quantities.py).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from qa.facts.locate import fold_text

ONES = """\
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
eighteen nineteen
"""
_ORDINALS = """\
zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth
fifteenth sixteenth seventeenth eighteenth nineteenth
"""
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_SMALL = {word: float(value) for words in (ONES, _ORDINALS) for value, word in enumerate(words.split())}
_SMALL |= {word: 10.0 * value for value, word in enumerate(TENS.split(), 2)}
_SMALL |= {f"{word[:-1]}ieth": 10.0 * value for value, word in enumerate(TENS.split(), 2)}
_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "dozen": 12.0}
_SHORT_SCALES = {"k": 1e3, "m": 1e6, "mn": 1e6, "bn": 1e9, "b": 1e9, "tn": 1e12}
_RANKS = frozenset(_ORDINALS.split()) | {f"{word[:-1]}ieth" for word in TENS.split()}
# Digits with commas come first, or "1,200" would end at its comma. Every other word is matched, too: it ends a number.
_NUMBER_WORDS = re.compile(
    r"(?P<digits>\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?:(?P<scale>k|mn?|bn?|tn)\b|(?P<suffix>st|nd|rd|th)\b)?"
    r"|\bhalf an? (?P<half>hundred|thousand|million|billion|trillion|dozen)\b|[a-z]+",
    re.IGNORECASE,
)
_ONE = re.compile(r"\b(?:a|an|single|sole|one)\b", re.IGNORECASE)
# In these a one counts nothing.
_NO_COUNT = re.compile(r"\b(?:no one|one (?:of|another)|at first|first of all|for one)\b", re.IGNORECASE)

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\b(?![:.,]\d)"  # not the 3 of "3.50" or "3:30"
_YEAR = r"(?P<year>(?:19|20)\d\d)\b"
# The fullest first: each takes its words out of the text before the next one looks.
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
Day = tuple[int | None, int, int | None]
"""Year, month and day of the month; None is left open."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text: `text[start:end]` says it. An `ordinal` is a place in a row: "third", "9th"."""

    value: float
    start: int
    end: int
    ordinal: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """What a statement may take its facts from: cited words, with the title and day of their article."""

    quote: str
    title: str = ""
    published: date | None = None


def invented_figures(statement: str, source: Source) -> list[str]:
    """Return the numbers, dates and words in quotation marks of a statement that the source does not hold."""
    stated = fold_text(statement)
    given = fold_text(f"{source.quote}\n{source.title}")
    days, rest = _take_dates(stated)
    known, given_rest = _take_dates(given)
    if source.published:
        # A report says "on Monday" for its own days.
        known.append((source.published.year, source.published.month, source.published.day))
    year = source.published.year if source.published else None
    values = set(_values(given_rest)) | {float(day[0]) for day in known if day[0]}
    # "A boat sank" supports "one boat sank".
    if _ONE.search(given_rest):
        values.add(1.0)
    wrong = [" ".join(str(part) for part in day if part) for day in days if not _holds_day(day, known, year)]
    wrong += [f"{value:g}" for value in _values(_NO_COUNT.sub(" ", rest)) if value not in values]
    spoken = given.casefold()
    return wrong + [said for said in _QUOTED.findall(stated) if said.strip(" .,").casefold() not in spoken]


@lru_cache(maxsize=4096)
def days(text: str) -> frozenset[Day]:
    """Return the dates in a text as (year, month, day), each without what it leaves open."""
    return frozenset(_take_dates(fold_text(text))[0])


def without_dates(text: str) -> str:
    """Return a text, folded, with its dates replaced by a semicolon: nothing is counted across it."""
    return _take_dates(fold_text(text))[1]


def _take_dates(text: str) -> tuple[list[Day], str]:
    """Return the dates in a text as (year, month, day), and the text without them."""
    found: list[Day] = []

    def take(match: re.Match[str]) -> str:
        parts = match.groupdict()
        month = int(parts["number"]) if parts.get("number") else _MONTHS.index(parts["month"][:3].lower()) + 1
        found.append((_integer(parts.get("year")), month, _integer(parts.get("day"))))
        return " ; "

    for pattern in _DATES:
        text = pattern.sub(take, text)
    return found, text


def _integer(digits: str | None) -> int | None:
    return int(digits) if digits else None


def _holds_day(day: Day, known: Sequence[Day], year: int | None) -> bool:
    """Say whether one of the known dates has all parts of this one. A date without a year is of the article's."""
    return any(
        month == day[1] and day[2] in (None, number) and day[0] in (None, own or year) for own, month, number in known
    )


def _values(text: str) -> Iterator[float]:
    """Yield the numbers of a text, whether in digits or in words."""
    return (number.value for number in numbers(text))


def numbers(text: str) -> Iterator[Number]:
    """Yield the numbers of a text, whether in digits or in words: "1,200", "twelve hundred", "half a million"."""
    run = _Run()
    for match in _NUMBER_WORDS.finditer(text):
        word = match[0].lower()
        if match["half"]:
            yield from run.ended()
            run.add(_SCALES[match["half"].lower()] / 2, match)
        elif match["digits"] or word in _SMALL:
            value = _SMALL[word] if word in _SMALL else _digits(match)
            if not run.joins(value, digits=bool(match["digits"])):
                yield from run.ended()
            run.add(value, match)
        elif word in _SCALES:
            run.scale(_SCALES[word], match)
        # "Two hundred and six" is one number; every other word between numbers parts them.
        elif word != "and" or not run.pending:
            yield from run.ended()
    yield from run.ended()


@dataclass(slots=True)
class _Run:
    """The words of one number so far: "two hundred and" …"""

    total: float = 0.0
    current: float = 0.0
    pending: bool = False
    ordinal: bool = False
    start: int = 0
    end: int = 0

    def joins(self, value: float, *, digits: bool) -> bool:
        """Say whether a number goes on with this one: "two hundred" with "six", "twenty" with "six"."""
        if not self.pending or digits:
            return False
        return self.current % 100 == 0 or (self.current % 10 == 0 and value < 10)

    def add(self, value: float, match: re.Match[str]) -> None:
        """Take a number as the first of this one, or add it."""
        self._reach(match)
        self.current += value
        self.ordinal = match[0].lower() in _RANKS or bool(match["suffix"])

    def scale(self, factor: float, match: re.Match[str]) -> None:
        """Multiply by "hundred", "million" …"""
        self._reach(match)
        self.current = (self.current or 1.0) * factor
        # A "hundred" or "dozen" may be multiplied again ("two hundred thousand"); a "thousand" ends a part.
        if factor > 100:
            self.total, self.current = self.total + self.current, 0.0

    def ended(self) -> Iterator[Number]:
        """Yield the number, if there is one, and begin anew."""
        if self.pending:
            yield Number(self.total + self.current, self.start, self.end, ordinal=self.ordinal)
        self.total = self.current = 0.0
        self.pending = self.ordinal = False

    def _reach(self, match: re.Match[str]) -> None:
        if not self.pending:
            self.start = match.start()
        self.pending, self.end = True, match.end()


def _digits(match: re.Match[str]) -> float:
    return float(match["digits"].replace(",", "")) * _SHORT_SCALES.get((match["scale"] or "").lower(), 1.0)
