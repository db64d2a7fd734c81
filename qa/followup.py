"""Resolve a follow-up ("And Qatar?", "When did he say that?"): what has to be searched so that it stands alone.

Rules, without a model: does the question lean on what was said before, and which words of it does it need?
What this module does not know: who "he" is. It adds the names and rare words of the last turns, and leaves it to
the search which of them matter.
"""

import re
from collections.abc import Callable, Sequence

from index.lexical import terms
from qa.values import Turn

Rarity = Callable[[Sequence[str]], Sequence[float]]
"""From analysed terms to the inverse document frequency of each."""

MOST_CARRIED = 10
_LOOKED_AT = 4
_FADE = 0.8
_NAME = 1.5
_SHORT = 2
_WORD = re.compile(r"\w+(?:['’]\w+)?")
_OPENS = re.compile(r"(?:and|but|or|so|then|also|what about|how about|what else|who else|really)\b", re.IGNORECASE)
_POINTS = re.compile(
    r"\b(?:he|she|it|they|him|her|them|his|hers|its|their|theirs|himself|herself|itself|themselves"
    r"|this|that|these|those|there|then|ones?|others?|another|same|such|former|latter|so)\b",
    re.IGNORECASE,
)
_FUNCTION = frozenset(
    """a about after again all also am an and any are as at be because been before being both but by can could did do
    does doing down during each else ever few for from further had has have having he her here hers herself him
    himself his how i if in into is it its itself just let may me might more most must my no nor not now of off on
    once one ones only or other others our ours out over own really same shall she should so some such than that the
    their theirs them themselves then there these they this those through to too under until up upon us very was we
    were what when where which while who whom whose why will with would yes you your yours s t don isn""".split()  # noqa: SIM905  (one word a line would be a page)
)


def rewrite(question: str, history: Sequence[Turn], rarity: Rarity) -> str:
    """Return what to search: the question itself when it stands alone, else with words of earlier turns behind it."""
    if not history or not hangs(question):
        return question
    carried = _carried(question, history[-_LOOKED_AT:], rarity)
    return " ".join([question, *carried])


def hangs(question: str) -> bool:
    """Say whether a question leans on what was said before it."""
    words = [word for word in _WORD.findall(question) if word.lower() not in _FUNCTION]
    return bool(len(words) <= _SHORT or _OPENS.match(question) or _POINTS.search(question))


def _carried(question: str, history: Sequence[Turn], rarity: Rarity) -> list[str]:
    """Return the words of the history that tell most, in their order: names and rare words, the latest first."""
    known = set(terms(question))
    found: dict[str, tuple[str, float]] = {}
    for age, turn in enumerate(reversed(history)):
        for word in _WORD.findall(turn.content):
            term = " ".join(terms(word))
            if word.lower() not in _FUNCTION and term not in known and term not in found:
                found[term] = word, _FADE**age * (_NAME if word[0].isupper() or word[0].isdigit() else 1.0)
    rare = rarity([term.split(" ")[0] for term in found])
    told = {term: weight * value for (term, (_, weight)), value in zip(found.items(), rare, strict=True)}
    best = sorted(told, key=lambda term: -told[term])[:MOST_CARRIED]
    return [word for term, (word, _) in found.items() if term in best]
