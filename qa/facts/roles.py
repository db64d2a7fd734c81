"""Say whether two things change places round a verb: who beat whom, who left where for where.

There is no grammar here: any small word may be the verb, and the rule is safe because two things must cross it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from qa.facts.locate import fold_text
from qa.facts.polarity import opposed, spelt_out
from qa.facts.wording import words

_TOKEN = re.compile(r"[^\W_](?:[\w'.-]*\w)?")
# A word behind one of these is a place: it plays no part in what was done.
_WHERE = frozenset(("in", "at", "near", "of", "on", "inside", "outside", "across", "around", "during", "throughout"))
_DIRECTIONS = frozenset(("from", "to", "by", "over", "against"))
_BE = frozenset(("is", "are", "was", "were", "be", "been", "being", "get", "gets", "got"))
_ATTRIBUTION = re.compile(
    r",? (?:[A-Z][\w'-]+ ){1,3}(?:said|says|told|added|announced)\b|^(?:[A-Z][\w'-]+ ){1,4}(?:said|says|told|added)\b"
)


def turned_roles(one: str, other: str) -> bool:
    """Say whether two things change places round a verb: who beat whom. "Was beaten by" turns them round again."""
    first, second = _Order.of(one), _Order.of(other)
    shared = set(first.places) & set(second.places)
    return any(
        first.apart(second, shared - {verb, same}, verb, same)
        and second.apart(first, shared - {verb, same}, same, verb)
        for verb, token in first.verbs.items()
        for same, other_token in second.verbs.items()
        if (verb == same or opposed(token, other_token)) and verb not in first.open and same not in second.open
    ) or any(
        first.before.get(a) == second.before.get(b) != second.before.get(a) == first.before.get(b)
        for a, b in combinations(shared & set(first.before) & set(second.before), 2)
    )


@dataclass(frozen=True, slots=True)
class _Order:
    """Where the words of a clause stand, which may be its verb, and which of these "by" turns into the passive.

    `open` are words like "banned" in "are banned", which do not tell who acts; `before` holds the word "from", "to" …
    before a word that has one.
    """

    places: dict[str, int]
    verbs: dict[str, str]
    passive: frozenset[str]
    open: frozenset[str]
    before: dict[str, str]

    @classmethod
    @lru_cache(maxsize=1024)
    def of(cls, text: str) -> "_Order":
        """Return the order of a text's words, without who reports and where."""
        tokens = _TOKEN.findall(_ATTRIBUTION.sub(" ", fold_text(spelt_out(text))))
        passive = frozenset(_passives(tokens))
        order = cls({}, {}, passive, frozenset(_participles(tokens)) - passive, {})
        for at, token in enumerate(tokens):
            led = tokens[at - 1].lower() if at else ""
            for word in words(token) if led not in _WHERE else ():
                order.places.setdefault(word, at)  # the first place counts
                if token[0].islower():  # with a capital it is a name
                    order.verbs.setdefault(word, token)
                if led in _DIRECTIONS:
                    order.before.setdefault(word, led)
        return order

    def apart(self, other: "_Order", shared: set[str], verb: str, same: str) -> bool:
        """Say whether one of the shared words acts here and is acted upon there."""
        return any(self._acts(word, verb) and not other._acts(word, same) for word in shared)

    def _acts(self, word: str, verb: str) -> bool:
        """Say whether a word is on the side of the one who acts: before the verb, or behind its "by"."""
        return (self.places[word] > self.places[verb]) == (verb in self.passive)


def _participles(tokens: Sequence[str]) -> Iterator[str]:
    """Yield the words that may be the participle behind a "was"."""
    for at, token in enumerate(tokens):
        if token.endswith(("ed", "en", "wn", "ght", "ld", "ot", "ut")) and _BE & {
            *map(str.lower, tokens[max(0, at - 3) : at])
        }:
            yield from words(token)


def _passives(tokens: Sequence[str]) -> Iterator[str]:
    """Yield the words that stand between "was" and "by", or just before "by"."""
    for by in (at for at, word in enumerate(tokens[:-1]) if word == "by"):
        # "The goal scored by Ann" has no "was": then it is the word before "by".
        start = next((at for at in range(by, -1, -1) if tokens[at].lower() in _BE), by - 2)
        for token in tokens[max(0, start + 1) : by]:
            yield from words(token)
