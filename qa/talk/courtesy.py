"""Recognise polite phrases ("thanks", "ok, great"): they ask nothing, so nothing is searched.

Only a text that consists of such words from end to end is one: "Thanks to whom did they win?" is a question.
"""

import re

_FOR = r"(?: for (?:that|this|(?:the|your) (?:answer|help)))?"
_COURTESY = re.compile(
    rf"(?:(?:no,? )?(?:many |a )?thanks(?: (?:a lot|so much|very much|again|anyway))?{_FOR}"
    rf"|thank you(?: (?:so much|very much|again|kindly))?{_FOR}|thx|ty|cheers"
    r"|ok(?:ay)?(?: then)?|k|alright|all right|fine|got it|i see|understood|i understand|makes sense|good to know"
    r"|great|cool|perfect|excellent|wonderful|brilliant|awesome|interesting|good|wow"
    r"|hi(?: there)?|hello(?: there)?|hey|good (?:morning|afternoon|evening|night)|(?:good ?)?bye|see you)",
    re.IGNORECASE,
)
_ASKS = r"(?=(?:and|but|so|who|what|when|where|why|how|which|did|does|is|was)\b)"
_BEFORE = re.compile(
    rf"^\s*(?:{_COURTESY.pattern}(?:\s*[.!…]+\s+|,\s+(?={_COURTESY.pattern}\b)|,\s+{_ASKS})|ok(?:ay)?\s+{_ASKS})+",
    re.IGNORECASE,
)
"""Only with a mark behind it, or it may be part of the question: "Good and bad news?"."""
_BETWEEN = re.compile(r"[\s,.;!…–—-]*")
_MOST_CHARACTERS = 80  # chosen, not measured: longer thanks may ask something too


def is_courtesy(text: str) -> bool:
    """Say whether a text is thanks, a greeting or an acknowledgement, and nothing else."""
    at, said = _skip(text, 0), False
    while at < len(text) <= _MOST_CHARACTERS:
        found = _COURTESY.match(text, at)
        if not found or text[found.end() : found.end() + 1].isalnum():  # "finest" does not begin with "fine"
            return False
        at, said = _skip(text, found.end()), True
    return said and at == len(text)


def without_courtesy(text: str) -> str:
    """Return a question without the thanks and the like before it: "Who lost?" of "Great, thanks. Who lost?"."""
    found = _BEFORE.match(text)
    return text[found.end() :] if found and text[found.end() :].strip() else text


def _skip(text: str, at: int) -> int:
    found = _BETWEEN.match(text, at)
    return found.end() if found else at
