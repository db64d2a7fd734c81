"""Resolve a follow-up ("And Qatar?", "When did he say that?"): what has to be searched so that it stands alone.

Rules, without a model. A question that points back, or that says little by itself, gets names and rare words of the
turns before it, the more the less it says: until both together would single out a passage of this index. What this
module does not know: who "he" is. It leaves it to the search which of the words matter.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from index.lexical import terms
from qa.fuse import idf
from qa.values import Turn

_ENOUGH = 2.5
_LEAST = 1.0
"""How much a question has to say, and the least that is added to one that points back; both in words that only one
passage has (docs/decisions/0013)."""
_LIGHT = 0.5
_LOOKED_AT = 6
_FADE = 0.7
_BRIEF = 8
_NAME = 2.0
_MOST_CARRIED = 8

_WORD = re.compile(r"\w+(?:['’]\w+)*")
_NAMED = re.compile(r"[A-Z]\w*(?:['’.-]\w+)*(?: [A-Z]\w*(?:['’.-]\w+)*)*")
_OPENS = re.compile(r"(?:and|but|or|so|then|also|(?:what|how) about|(?:what|who|where) else|really)\b", re.IGNORECASE)
_POINTS = re.compile(
    r"\b(?:he|she|it|they|him|her|them|his|hers|its|theirs?|(?:him|her|it)self|themselves|this|that|these|those"
    r"|there|then|ones?|others?|another|same|such|former|latter)\b",
    re.IGNORECASE,
)
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


class Vocabulary(Protocol):
    """What is known of the words of an index."""

    @property
    def chunks_count(self) -> int:
        """Return how many passages there are."""

    def frequencies(self, terms: Sequence[str]) -> list[int]:
        """Return for each analysed term how many passages hold it."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A question, and the words of earlier turns that it is searched with: each counts `weight` of one of its own."""

    question: str
    carried: tuple[str, ...] = ()
    weight: float = 1.0

    @property
    def text(self) -> str:
        """Return what is searched, as one text."""
        return " ".join((self.question, *self.carried))

    @property
    def weights(self) -> dict[str, float]:
        """Return how much each analysed term counts in a search by words, where that is not 1."""
        if not self.carried:
            return {}
        own = {term for word in _content(self.question) for term in terms(word)}
        carried = {term: self.weight for words in self.carried for term in terms(words) if term not in own}
        return {term: 0.0 for term in terms(self.question) if term not in own} | carried


def rewrite(question: str, history: Sequence[Turn], vocabulary: Vocabulary) -> str:
    """Return what to search: the question itself when it stands alone, else with words of earlier turns behind it."""
    return resolve(question, history, vocabulary).text


def resolve(question: str, history: Sequence[Turn], vocabulary: Vocabulary) -> Resolved:
    """Return the question with the words of earlier turns that it needs: none when it stands alone."""
    if not history:
        return Resolved(question)
    rarity = _rarities([question, *(turn.content for turn in history[-_LOOKED_AT:])], vocabulary)
    own = {term for word in _content(question) for term in terms(word)}
    one = idf(1, vocabulary.chunks_count)
    back = points_back(question)
    missing = max(_ENOUGH * one - sum(rarity[term] for term in own), _LEAST * one if back else 0.0)
    carried: list[tuple[int, int, str]] = []
    for place, words, known in _told(history[-_LOOKED_AT:], own, rarity):
        if missing <= 0.0 or len(carried) == _MOST_CARRIED:
            break
        carried.append((*place, words))
        missing -= sum(rarity[term] for term in known)
    return Resolved(question, tuple(words for _, _, words in sorted(carried)), 1.0 if back else _LIGHT)


def points_back(question: str) -> bool:
    """Say whether a question leans on what was said before it."""
    return bool(_OPENS.match(question) or _POINTS.search(question) or not list(_content(question)))


def _content(text: str) -> Iterator[str]:
    """Yield the words that say something, function words left out."""
    return (word for word in _WORD.findall(text) if word.lower() not in _FUNCTION)


def _rarities(texts: Sequence[str], vocabulary: Vocabulary) -> Mapping[str, float]:
    """Return the inverse document frequency of every term of the texts; of one that no passage has, zero."""
    found = list(dict.fromkeys(term for text in texts for word in _content(text) for term in terms(word)))
    frequencies = vocabulary.frequencies(found)
    total = vocabulary.chunks_count
    return {term: idf(n, total) if n else 0.0 for term, n in zip(found, frequencies, strict=True)}


def _told(
    history: Sequence[Turn], own: set[str], rarity: Mapping[str, float]
) -> list[tuple[tuple[int, int], str, set[str]]]:
    """Return the names and words of the turns with their places and terms, those that tell most first."""
    found: dict[frozenset[str], tuple[float, tuple[int, int], str]] = {}
    for age, turn in enumerate(reversed(history)):
        pieces = list(_pieces(turn.content))
        brief = _FADE**age * _BRIEF / (_BRIEF + len(pieces))
        for start, words, named in pieces:
            known = frozenset(terms(words)) - own
            value = brief * (_NAME if named else 1.0) * max((rarity.get(term, 0.0) for term in known), default=0.0)
            if value > 0.0:
                before = found.get(known)
                found[known] = (
                    value + (before[0] if before else 0.0),
                    before[1] if before else (-age, start),
                    before[2] if before else words,
                )
    ranked = sorted(found.items(), key=lambda item: (-item[1][0], item[1][1]))
    chosen: list[tuple[tuple[int, int], str, set[str]]] = []
    seen: set[str] = set()
    for known, (_, place, words) in ranked:
        if new := known - seen:
            chosen.append((place, words, new & rarity.keys()))
            seen |= known
    return chosen


def _pieces(text: str) -> Iterator[tuple[int, str, bool]]:
    """Yield where each name and each other word that says something stands, and whether it is a name."""
    short = len(text.split()) <= 4
    at = 0
    for named in _NAMED.finditer(text):
        words = named.group().split(" ")
        opens = not short and text[: named.start()].rstrip()[-1:] in ("", ".", "!", "?", ":", "“", '"')
        while words and words[0].lower() in _FUNCTION:
            words.pop(0)
        if not words or (opens and len(words) == 1 == len(named.group().split(" "))):
            continue
        start = named.end() - len(" ".join(words))
        yield from ((at + m.start(), m.group(), False) for m in _WORD.finditer(text[at:start]) if _says(m.group()))
        yield start, " ".join(words), True
        at = named.end()
    yield from ((at + m.start(), m.group(), False) for m in _WORD.finditer(text[at:]) if _says(m.group()))


def _says(word: str) -> bool:
    return word.lower() not in _FUNCTION
