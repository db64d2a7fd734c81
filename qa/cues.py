"""What kind of sentence a question asks for, where the reader's training questions had none of the kind.

What this module does not know: English grammar. It looks for words.
"""

import re
from typing import Literal

Kind = Literal["day", "number"]

_ASKS_DAY = re.compile(r"\b(?:when|(?:which|what) (?:day|date|month|year)|since when|until when)\b", re.IGNORECASE)
_ASKS_NUMBER = re.compile(
    r"\b(?:how (?:many|much|old|high|long|large|big|far|heavy|tall|deep|fast|often|wide|strong)"
    r"|what (?:number|percentage|share|age|price|sum|amount|cost|fine|rate|score)"
    r"|(?:price|cost|number|total|toll|amount) (?:tag )?of|costs?)\b",
    re.IGNORECASE,
)
_ASKS_CONDITIONS = re.compile(
    r"\b(?:(?:pre)?conditions?|prerequisites?|demands?|demanding|requirements?|ultimatum|on what terms)\b",
    re.IGNORECASE,
)
_STATES_CONDITIONS = re.compile(
    r"\b(?:(?:pre)?conditions?|unless|until|only (?:if|when|after)|provided that|must|insist(?:s|ed)?"
    r"|demand(?:s|ed)?|require[sd]?|prerequisites?)\b",
    re.IGNORECASE,
)
_BONUS = 5.0


def asks_for(question: str) -> Kind | None:
    """Return which kind of figure a question asks for, if any."""
    if _ASKS_DAY.search(question):
        return "day"
    return "number" if _ASKS_NUMBER.search(question) else None


def bonus(question: str, sentence: str) -> float:
    """Return what a sentence gains, in logits: one that states a condition, when the question asks for conditions."""
    asked = _ASKS_CONDITIONS.search(question) and _STATES_CONDITIONS.search(sentence)
    return _BONUS if asked else 0.0
