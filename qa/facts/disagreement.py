"""Say whether two sentences give different figures for what a question asks.

"How many homes were flooded?" asks for a number of homes: 412 homes and 340 homes differ, 1,500 crowns for each home is
no such number, and a ticket for children is not the ticket asked about. Two events of one kind look like two reports of
one event here; qa/judge/reports.py also looks at how far apart in time they were.
"""

import re
from calendar import month_name
from collections.abc import Iterable
from dataclasses import dataclass

from index.search.lexical import terms
from qa.facts.comparison import comparable, may_be
from qa.facts.figures import Day, days
from qa.facts.kinds import Kind, asks_for
from qa.facts.quantities import PEOPLE, Quantity, following, is_money, quantities
from qa.facts.wording import canonical, names, words

Figure = Day | Quantity
_COUNT = re.compile(r"\bhow many\b|\b(?:number|total|toll) of\b", re.IGNORECASE)
_UNITS = (
    (
        re.compile(
            r"\b(?:costs?|price|fares?|fine|pay|pays|paid|earn|worth|expensive|sum"
            r"|how much (?:is|are|was|were|do|does|did|will|would|has|have|money))\b",
            re.IGNORECASE,
        ),
        "money",
    ),
    (re.compile(r"\b(?:percentage|per ?cent|share|turnout|proportion|interest rate)\b", re.IGNORECASE), "percent"),
    (re.compile(r"\b(?:how old|what age)\b", re.IGNORECASE), "age"),
    (re.compile(r"\bhow (?:high|tall|wide|deep|far)\b", re.IGNORECASE), "length"),
    (re.compile(r"\bhow heavy\b", re.IGNORECASE), "weight"),
)
_REVISES = re.compile(
    r"\b(?:instead|postponed|put (?:off|back)|delayed|brought forward|moved|rescheduled|revised|new date|no longer"
    r"|now)\b",
    re.IGNORECASE,
)
"""A report that says so is on the matter of the one that it revises, though it need not repeat its verb."""
_FOR = re.compile(r"\b(\w+) for (?:the |a |an )?(\w+)")
_NEARLY = 0.1
"""By this share "about 400" may be off. Chosen, not measured."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What figure a question asks for: a day, or a number of a unit or of things; and the other words of the matter."""

    kind: Kind | None
    unit: str
    counted: frozenset[str]
    matter: frozenset[str]

    @classmethod
    def of(cls, question: str) -> "Sought":
        """Return what a question asks for."""
        count = _COUNT.search(question)
        counted = _terms(terms(" ".join(following(question[count.end() :])))) if count else frozenset[str]()
        # "How many" asks for a number of things, even where a word of money stands beside it.
        unit = "" if count else next((unit for pattern, unit in _UNITS if pattern.search(question)), "")
        matter = frozenset(words(question)) - names(question) - counted - _ASKING
        return cls(asks_for(question), unit, counted, matter)

    def figures(self, text: str) -> tuple[Figure, ...]:
        """Return the days, or the quantities, of a text that are of the kind asked for."""
        if self.kind == "day":
            return tuple(sorted(days(text), key=str))  # by text, since None and numbers do not compare
        return tuple(quantity for quantity in quantities(text) if self.kind and self._is_of_this_kind(quantity))

    def _is_of_this_kind(self, quantity: Quantity) -> bool:
        if self.unit == "money":
            return is_money(quantity.unit)
        if self.unit or quantity.unit in ("rank", "clock", "year"):
            return quantity.unit == self.unit
        if quantity.unit or not self.counted:
            return False  # where the question leaves the unit open, no two numbers are sure to be of one thing
        known = _terms(quantity.counted)
        # "How many people" may be answered in passengers, residents or victims.
        people = not self.counted.isdisjoint(PEOPLE) and not known.isdisjoint(PEOPLE)
        return not known or people or not known.isdisjoint(self.counted)

    def same_matter(self, one: str, other: str) -> bool:
        """Say whether a text is on the same matter of the question as another one, which may have its title before it.

        What of it the first one holds the second one must hold, too, and neither may be of some of the things only.
        """
        missing = self.matter & set(words(one)) - set(words(other))
        return (not missing or bool(_REVISES.search(other))) and self._limits(one) == self._limits(other)

    def is_named_in(self, text: str) -> bool:
        """Say whether a text has a word of the matter, or of what is counted: "It costs £9.7 million" has none."""
        known = self.matter | self.counted
        return not known or not known.isdisjoint(words(text)) or bool(_REVISES.search(text))

    def _limits(self, text: str) -> frozenset[str]:
        """Return whom or what the things asked for are meant for, where a text says so and the question does not."""
        asked = self.matter | self.counted
        return frozenset(
            limit
            for thing, whom in _FOR.findall(text)
            for limit in words(whom)
            if asked.intersection(words(thing)) and limit not in asked
        )


_ASKING = frozenset(words("how many much what which number total cost costs price take does"))


def _terms(found: Iterable[str]) -> frozenset[str]:
    return frozenset(map(canonical, found))


def disjoint(some: Iterable[Figure], others: Iterable[Figure]) -> bool:
    """Say whether two texts have figures that can be compared, and none in common."""
    pairs = [(one, other) for one in some for other in others if _comparable(one, other)]
    return bool(pairs) and not any(_agree(one, other) for one, other in pairs)


def _comparable(one: Figure, other: Figure) -> bool:
    if isinstance(one, Quantity) and isinstance(other, Quantity):
        people = not one.counted.isdisjoint(PEOPLE) and not other.counted.isdisjoint(PEOPLE)
        return people or comparable(one, other)
    return True


def _agree(one: Figure, other: Figure) -> bool:
    if isinstance(one, Quantity) and isinstance(other, Quantity):
        # "About 400" and "412" agree; two exact figures agree only where they are the same.
        near = _NEARLY * max(one.value, other.value) if one.about or other.about else 0.0
        return abs(one.value - other.value) <= near
    return isinstance(one, tuple) and isinstance(other, tuple) and may_be(one, other)


def adds_figure(known: Iterable[Figure], others: Iterable[Figure]) -> bool:
    """Say whether one of the other figures can be compared with the known ones and agrees with none."""
    figures = list(known)
    return any(
        any(_comparable(one, other) for one in figures) and not any(_agree(one, other) for one in figures)
        for other in _explicit(others)
    )


def _explicit(found: Iterable[Figure]) -> list[Figure]:
    """Return those of the figures that say what they count, if any does: "412 homes", not the "40" of "40 of them"."""
    figures = list(found)
    return [one for one in figures if isinstance(one, tuple) or one.counted or one.unit] or figures


def figure(found: Iterable[Figure]) -> str:
    """Return the first figure in short words: "412 homes", "£5.20", "9 May 2025"."""
    first = _explicit(found)[0]
    if isinstance(first, Quantity):
        return first.said
    year, month, day = first
    return " ".join(str(part) for part in (day, month_name[month], year) if part)
