"""Detect that a sentence is about another place than the question.

"How many homes were flooded in Wendle?" is not answered by the homes that were flooded in Tarn.
"""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from index.search.lexical import terms
from qa.facts.calendar import MONTH, WEEKDAY
from qa.facts.letters import CAPITAL
from qa.facts.names import is_national

_NAME = rf"(?:the )?({CAPITAL}[\w'’-]+(?: {CAPITAL}[\w'’-]+)*)"
_ASKED = re.compile(rf"\b(?:in|at|near) {_NAME}")
_TOLD = re.compile(rf"\b(?:[Ii]n|[Aa]t|[Nn]ear|[Tt]hrough|[Aa]cross|[Ii]nto|[Oo]utside|[Oo]ver) {_NAME}")
_TIME = re.compile(rf"\b(?:{MONTH}|{WEEKDAY})")


def places_of(question: str) -> tuple[frozenset[str], ...]:
    """Return the terms of each place that a question names; a country goes without saying in its own news."""
    return tuple(frozenset(terms(name)) for name in _named(_ASKED, question) if not any(map(is_national, name.split())))


def names_another(text: str, asked: AbstractSet[str]) -> bool:
    """Say whether a text names a place none of whose words is among the terms asked."""
    return any(asked.isdisjoint(terms(name)) for name in _named(_TOLD, text))


def _named(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    return (name for name in pattern.findall(text) if not _TIME.match(name))
