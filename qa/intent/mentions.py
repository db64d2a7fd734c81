"""Find what a text is about: its names, and its words that say something.

A name is a run of capitalised words; there is no grammar here, and no list of names.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qa.facts.calendar import MONTH, WEEKDAY
from qa.facts.letters import CAPITAL
from qa.facts.persons import NO_PERSON

_WORD = re.compile(r"\w+(?:['’]\w+)*")
_NAME = re.compile(rf"{CAPITAL}\w*(?:['’.-]\w+)*(?: {CAPITAL}\w*(?:['’.-]\w+)*)*")
# Behind these, a name is a thing, place or day.
_THING = re.compile(r"\b(?:the|an?|of|in|on|at|from|to|into|near|since|until|last|next|this)(?: \d+)?$", re.IGNORECASE)
# Behind one of these it is never a person: "of", "to" and "from" may stand before anybody.
_PLACE = re.compile(r"\b(?:the|an?|in|at|into|near)$", re.IGNORECASE)
_DAY = re.compile(f"{WEEKDAY}|{MONTH}")
_OWNER = ("'s", "’s")
_SHORT = 4  # words of a text that is an answer rather than a sentence; chosen, not measured
_FUNCTION = frozenset(
    "a about after again all also am an and any anybody anyone anything are as at be because been before being "  # noqa: SIM905
    "both but by can could did do does doing don down during each else ever everybody everyone everything few for "
    "from further had has have having he her here hers herself him himself his how i if in into is isn it its "
    "itself just let may me might more most must my no nobody nor not nothing now of off on once one ones only or "
    "other others our ours out over own please really s same shall she should so some somebody someone something "
    "sorry such t than thank thanks that the their theirs them themselves then there these they this those "
    "through to too under until up upon us very was we were what when where which while who whom whose why will "
    "with would yes you your yours".split()
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A name, or another word that says something.

    `person` is a name that no article or place word stands before, `place` one that surely is no person's.
    """

    words: str
    start: int
    named: bool = False
    person: bool = False
    place: bool = False


def content(text: str) -> list[str]:
    """Return the words that say something, function words left out."""
    return [mention.words for mention in _plain(text, 0, len(text))]


def mentions(text: str) -> Iterator[Mention]:
    """Yield the names and the other words that say something, in their order.

    A single capitalised word that opens a sentence is no name, unless the text is so short that it is an answer.
    A text in capitals has no names.
    """
    at = 0
    for found in () if text.isupper() else _NAME.finditer(text):
        start = _begin(text, found.start(), found.end())
        if start is None:
            continue
        yield from _plain(text, at, start)
        before, words = text[max(0, start - 9) : start].rstrip(), text[start : found.end()]
        led = _PLACE.search(before) and not words.endswith(_OWNER)  # "in Colbeck's office"
        place = bool(led or NO_PERSON.search(words) or _DAY.match(words))
        yield Mention(words, start, named=True, person=not (place or _THING.search(before)), place=place)
        at = found.end()
    yield from _plain(text, at, len(text))


def _begin(text: str, start: int, end: int) -> int | None:
    """Return where a run of capitalised words becomes a name, or None if it does not."""
    words = text[start:end].split(" ")
    opens = text[max(0, start - 3) : start].rstrip(" \"“'‘")[-1:] in ("", ".", "!", "?", ":")
    if opens and len(words) == 1 and len(text.split()) > _SHORT:
        return None
    # "When Anna Lee" is the name Anna Lee.
    while words and words[0].lower() in _FUNCTION:
        start += len(words.pop(0)) + 1
    return start if words else None


def _plain(text: str, start: int, end: int) -> Iterator[Mention]:
    for found in _WORD.finditer(text, start, end):
        if found.group().lower() not in _FUNCTION:
            yield Mention(found.group(), found.start())
