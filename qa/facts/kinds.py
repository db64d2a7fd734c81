"""Which kind of figure a question asks for: a day, or a number."""

import re
from typing import Literal

Kind = Literal["day", "number"]

_ASKS_DAY = re.compile(
    r"(?:^\W*|\b(?:and|or|but|since|until|till|from|by|so|exactly) |[,;:.?!] ?)when"
    r" (?:am|is|are|was|were|do|does|did|has|have|had|will|would|can|could|should|shall|must|may|might|\w+n['’]t)\b"
    r"|\b(?:since|until|till|from|by|tell me|tell us|know) when\b|\bwhen\W*$|\b(?:which|what) (?:day|date|month"
    r"|year)\b",
    re.IGNORECASE,
)
"""Not "what did she say when …", which names a time and asks for none."""
_ASKS_NUMBER = re.compile(
    r"\b(?:how (?:many|much|old|high|long|large|big|far|heavy|tall|deep|fast|often|wide|strong)"
    r"|what (?:number|percentage|share|age|price|sum|amount|cost|fine|rate|score)"
    r"|(?:price|cost|number|total|toll|amount) (?:tag )?of|costs?|turnout)\b",
    re.IGNORECASE,
)


def asks_for(question: str) -> Kind | None:
    """Return which kind of figure a question asks for, if any."""
    # "When did the price go up?" asks for a day first, whatever else it names.
    if _ASKS_DAY.search(question):
        return "day"
    return "number" if _ASKS_NUMBER.search(question) else None
