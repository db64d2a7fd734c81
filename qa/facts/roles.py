"""Say whether words that two sentences share play another part in one of them.

Two things may change places round a verb: who beat whom, who left where for where. And small words give others another
part: "rose to 5 percent" is not "rose by 5 percent", "from Monday" not "until Monday", and neither "agreed to close",
"the mayor's brother", "a friend of the mayor" nor "the school bus" is what it has one word more than.

There is no grammar here. Any small word may be the verb, which is safe because two things must cross it; and what looks
like another part is one, since two statements where one would do cost a reader only a line.
"""

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from qa.facts.calendar import MONTH, WEEKDAY
from qa.facts.figures import numbers
from qa.facts.locate import fold_text
from qa.facts.polarity import opposed, spelt_out
from qa.facts.wording import without_figures, words

_TOKEN = re.compile(r"[^\W_](?:[\w'.-]*\w)?")
# A word behind one of these is a place: it plays no part in what was done.
_WHERE = frozenset(("in", "at", "near", "of", "on", "inside", "outside", "across", "around", "during", "throughout"))
_DIRECTIONS = frozenset(("from", "to", "by", "over", "against"))
_BE = frozenset(("is", "are", "was", "were", "be", "been", "being", "get", "gets", "got"))
_ATTRIBUTION = re.compile(
    r",? (?:[A-Z][\w'-]+ ){1,3}(?:said|says|told|added|announced)\b|^(?:[A-Z][\w'-]+ ){1,4}(?:said|says|told|added)\b"
)
_BOUNDS = {
    "until": "until", "till": "until", "through": "until", "from": "from", "since": "from", "after": "after",
    "before": "before", "to": "to",
}  # fmt: skip
_BOUND = re.compile(
    rf"\b({'|'.join(_BOUNDS)})\s+(?:(?:the|an?|about|around|nearly|almost|some|only|early|late|mid|next|last|this)\s+)*"
    rf"(?:(?i:{MONTH})\s+)?[£$€¥₹]?$",
    re.IGNORECASE,
)
_DAY = re.compile(rf"\b(?:{WEEKDAY}|{MONTH}|noon|midnight|today|tomorrow|yesterday|tonight)\b")
_NOT_DONE = re.compile(
    r"\bto ([a-z]+)\b|\b(?:of|on|for|from|about|against|stop(?:s|ped)?|start(?:s|ed)?|beg[aiu]ns?|resum(?:e|es|ed)|quit"
    r"|delay(?:s|ed)?|resist(?:s|ed)?|back(?:s|ed)?|support(?:s|ed)?|discuss(?:es|ed)?|suggest(?:s|ed)?"
    r"|recommend(?:s|ed)?|risk(?:s|ed)?|mull(?:s|ed)?) ([a-z]+ing)\b"
)
_OWNER = re.compile(r"\b([^\W\d_][\w-]*)'s\b|\b([^\W\d_][\w-]*s)'(?=\s)")
_RATE = re.compile(
    r"\b(?:an?|per|each|every) (second|minute|hour|day|night|week|month|quarter|season|year|person|head|household|home"
    r"|family|pupil|ticket|mile|kilomet(?:re|er)|km|tonne|litre)\b(?! (?:ago|earlier|later|before|after|old|long))",
    re.IGNORECASE,
)
_WORD_OR_MARK = re.compile(r"[^\W_](?:[\w'.-]*\w)?|[^\w\s]")
# They say more of what is before them, and are no second half of its name.
_ADDED = frozenset(
    "off near against under over above below across along among amid between beyond despite down inside outside onto "  # noqa: SIM905
    "toward towards through throughout up via within per upon back away here there again already soon later early late "
    "twice once overnight nearby abroad together alone instead too either yet still only even almost because if unless "
    "until since before after during without like".split()
)
_PREPOSITIONS = frozenset("about against at behind by for from in into near of off on onto over to under with".split())  # noqa: SIM905
_ARTICLES = frozenset(("the", "a", "an", "its", "their", "his", "her", "our"))
_OPENS = _ADDED | frozenset("in on at by for from with as to when while although though where of".split())  # noqa: SIM905
_SAYS = re.compile(
    r"\b(?:sa(?:id|ys?)|told|tells?|announced?|report(?:ed|s)?|confirm(?:ed|s)?|show(?:ed|s)?|found|finds?|reveal(?:ed|s)?"
    r"|emerged|according)\b",
    re.IGNORECASE,
)
_MEASURES = re.compile(
    r"\b(?:groups?|numbers?|crowds?|teams?|pairs?|couple|dozens|hundreds|thousands|tens|scores|members?|all|both) of\b",
    re.IGNORECASE,
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


def other_parts(one: str, other: str) -> bool:
    """Say whether a word, number or day that two texts share may have another part in one of them."""
    shared = set(words(one)) & set(words(other))
    return (
        _rates(one) != _rates(other)
        or _other_bounds(_bounds(one), _bounds(other))
        or any(word in shared for _, word in _marks(one) ^ _marks(other))
        or _other_bounds(_leads(one, shared), _leads(other, shared))
        or _belongs_to_others(one, shared)
        or _belongs_to_others(other, shared)
    )


def _rates(text: str) -> frozenset[str]:
    return frozenset(_RATE.findall(text.lower()))


def _other_bounds(mine: Mapping[str, Set[str]], theirs: Mapping[str, Set[str]]) -> bool:
    return any(mine[what].isdisjoint(theirs[what]) for what in mine.keys() & theirs.keys())


@lru_cache(maxsize=4096)
def _bounds(text: str) -> Mapping[str, Set[str]]:
    """Return for each number and day of a text which words like "until" stand before it; "" for none."""
    plain = fold_text(text)
    places = [(f"{number.value:g}", number.start) for number in numbers(plain)]
    found: dict[str, set[str]] = {}
    for what, start in (*places, *((match[0], match.start()) for match in _DAY.finditer(plain))):
        led = _BOUND.search(plain[:start])
        found.setdefault(what, set()).add(_BOUNDS[led[1].lower()] if led else "")
    return found


@lru_cache(maxsize=4096)
def _marks(text: str) -> frozenset[tuple[str, str]]:
    """Return the words of a text that may not be done yet, as in "agreed to close", and those that own something."""
    plain = fold_text(spelt_out(text))
    found = {("done", word) for pair in _NOT_DONE.findall(plain) for part in pair for word in words(part)}
    return frozenset(
        found | {("owns", word) for pair in _OWNER.findall(plain) for part in pair for word in words(part)}
    )


def _leads(text: str, shared: Set[str]) -> Mapping[str, Set[str]]:
    """Return for each shared word of a text which prepositions stand before it; "" for none."""
    found: dict[str, set[str]] = {}
    led: list[str] = []
    for token in _tokens(text):
        if meant := words(token):
            for word in shared & set(meant):
                found.setdefault(word, set()).add(" ".join(led))
            led = []
        elif token.lower() in _PREPOSITIONS:
            led.append(token.lower())
        elif not token[0].isalnum():
            led = []
    return found


def _tokens(text: str) -> Sequence[str]:
    """Return the words and marks of a text, with a mark for each number, day and "thousands of"."""
    return _WORD_OR_MARK.findall(_MEASURES.sub(" ; ", without_figures(text, " ; ")))


def _belongs_to_others(text: str, shared: Set[str]) -> bool:
    """Say whether what two texts share is in this one the second half of a name, or comes behind another subject.

    "The church hall" is no church, and in "a friend of the mayor resigned" it is not the mayor who did.
    """
    tokens = _tokens(text)
    # What is not shared, though it has a meaning: nothing else can make another thing of a word.
    known = [not own or bool(shared & set(own)) for own in map(words, tokens)]
    meant = [bool(own) and known[at] for at, own in enumerate(map(words, tokens))]
    if True not in meant:
        return False
    return _behind_a_subject(tokens, known, meant.index(True)) or any(
        meant[at - 1] and not known[at] and not _says_more(tokens[at], tokens[at + 1 : at + 2])
        for at in range(1, len(tokens))
    )


def _says_more(token: str, following: Sequence[str]) -> bool:
    """Say whether a word is no second half of the name before it: "quickly", "off", the "Ida" of "Mayor Ida Marsh"."""
    first_name = token[0].isupper() and any(other[0].isupper() for other in following)
    return first_name or token.endswith("ly") or token.lower() in _ADDED


def _behind_a_subject(tokens: Sequence[str], known: Sequence[bool], first: int) -> bool:
    """Say whether other words stand before the first shared one, but for its adjectives, and who says so and when."""
    start = first
    while start and (not known[start - 1] or tokens[start - 1].lower() in _ARTICLES):
        start -= 1
    if all(known[:start]) or tokens[start - 1] in ",;:.-" or tokens[0].lower() in _OPENS:
        return False
    return not _SAYS.search(" ".join(tokens[:start]))
