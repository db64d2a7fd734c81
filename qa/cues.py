"""What kind of sentence a question asks for, where the reader's training questions had none of the kind.

What this module does not know: English grammar. It looks for words.
"""

import re

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


def bonus(question: str, sentence: str) -> float:
    """Return what a sentence gains, in logits: one that states a condition, when the question asks for conditions."""
    asked = _ASKS_CONDITIONS.search(question) and _STATES_CONDITIONS.search(sentence)
    return _BONUS if asked else 0.0
