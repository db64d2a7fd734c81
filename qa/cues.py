"""What kind of sentence a question asks for, where the reader does not see it or its training had none of the kind.

A sentence that states a condition gains, when the question asks for conditions; one that asks, or is none, loses. It is
doubted as an answer that has no figure of the kind asked for, does not deny what the question denies, or round which a
name of the question is missing.
What this module does not know: English grammar. It looks for words.
"""

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Literal

from index.lexical import terms

Kind = Literal["day", "number"]

_ASKS_CONDITIONS = re.compile(
    r"\b(?:(?:pre)?conditions?|prerequisites?|demands?|demanding|requirements?|ultimatum|on what terms)\b",
    re.IGNORECASE,
)
_STATES_CONDITIONS = re.compile(
    r"\b(?:(?:pre)?conditions?|unless|until|only (?:if|when|after)|provided that|must|insist(?:s|ed)?"
    r"|demand(?:s|ed)?|require[sd]?|prerequisites?)\b",
    re.IGNORECASE,
)
_ASKS_DAY = re.compile(r"\b(?:when|(?:which|what) (?:day|date|month|year)|since when|until when)\b", re.IGNORECASE)
_ASKS_NUMBER = re.compile(
    r"\b(?:how (?:many|much|old|high|long|large|big|far|heavy|tall|deep|fast|often|wide|strong)"
    r"|what (?:number|percentage|share|age|price|sum|amount|cost|fine|rate|score)"
    r"|(?:price|cost|number|total|toll|amount) (?:tag )?of|costs?|turnout)\b",
    re.IGNORECASE,
)
_TELLS: dict[Kind, re.Pattern[str]] = {
    "day": re.compile(
        r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|may|june|july|august|september"
        r"|october|november|december|1\d\d\d|20\d\d|century|years?|later|when|after|before|during|until|since)\b",
        re.IGNORECASE,
    ),
    "number": re.compile(
        r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty"
        r"|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|dozens?|half|third|quarter|twice|first"
        r"|second|single|an?)\b",
        re.IGNORECASE,
    ),
}
_DENIES = re.compile(
    r"\b(?:not|no|never|none|neither|nor|without|cannot|un\w+ed|fail\w*|refus\w*|except)\b|n['’]t\b", re.IGNORECASE
)
_NO_STATEMENT = re.compile(r"[?:–—-][\"'”’)\]]*$|^\W*(?:\w+\W+){0,2}\w*\W*$")
"""A question, the place and agency before a story, a heading, or three words and fewer."""
_WORD = re.compile(r"[\w'’-]+")
_CONDITION, _NOTHING, _NO_DENIAL, _NO_FIGURE, _NO_NAME = 5.0, 8.0, 4.0, 2.0, 2.0
"""Logits. What they are worth: docs/decisions/0013."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a question asks for: conditions, a kind of figure, something denied; and the names and numbers in it."""

    conditions: bool
    kind: Kind | None
    denies: bool
    names: frozenset[str]

    @classmethod
    def of(cls, question: str) -> "Wish":
        """Return what the question asks for."""
        words = _WORD.findall(question)
        named = [word for place, word in enumerate(words) if (place and word[0].isupper()) or _digits(word)]
        return cls(
            conditions=bool(_ASKS_CONDITIONS.search(question)),
            kind=asks_for(question),
            denies=bool(_DENIES.search(question)),
            names=frozenset(term for word in named for term in terms(word)),
        )

    def bonus(self, sentence: str) -> float:
        """Return what a sentence gains or loses, in logits: what states nothing loses."""
        if _NO_STATEMENT.search(sentence):
            return -_NOTHING
        return _CONDITION if self.conditions and _STATES_CONDITIONS.search(sentence) else 0.0

    def doubt(self, sentence: str, around: AbstractSet[str]) -> float:
        """Return what speaks against a sentence as an answer, in logits.

        `around` are the terms of the sentence, its neighbours and its title.
        """
        doubt = 0.0 if self.names <= around else _NO_NAME
        if self.denies and not _DENIES.search(sentence):
            doubt += _NO_DENIAL
        if self.kind and not _TELLS[self.kind].search(sentence):
            doubt += _NO_FIGURE
        return doubt


def asks_for(question: str) -> Kind | None:
    """Return which kind of figure a question asks for, if any."""
    if _ASKS_DAY.search(question):
        return "day"
    return "number" if _ASKS_NUMBER.search(question) else None


def _digits(word: str) -> bool:
    return any(character.isdigit() for character in word)
