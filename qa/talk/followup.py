"""Resolve a follow-up ("And Qatar?", "When did he say that?"): what has to be searched so that it stands alone.

Rules, without a model (docs/decisions/0015, 0045). A question that points back, or that says little by itself, gets
names and rare words of the turns before it, the more the less it says: until both together would single out a passage
of this index. Who "he" is remains a guess, so the search decides which of the words matter.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from index.search.fuse import idf
from index.search.lexical import terms
from qa.facts.letters import CAPITAL
from qa.facts.persons import without_owner
from qa.intent.fragment import asks_who_said, completed, corrected, fragment, is_keywords
from qa.intent.mentions import content, mentions
from qa.talk.candidates import PERSONAL, candidates, first_of
from qa.talk.courtesy import is_courtesy, without_courtesy
from qa.values import Turn

_ENOUGH = 2.5
_LEAST = 1.0
"""How much a question has to say, and the least that is added to one that points back; both in words that only one
passage has (docs/decisions/0015)."""
_LIGHT = 0.5
"""The weight of a carried word in a question that does not point back."""
_LITTLE = 1.3
"""What a question says less than, in such words, is asked of the story of the conversation first."""
_LOOKED_AT = 6  # turns: three questions with their answers

_OPENS = re.compile(r"(?:and|but|or|so|then|also|(?:what|how) about|(?:what|who|where) else|really)\b", re.IGNORECASE)
_JOINS = re.compile(r"and|but|or|so", re.IGNORECASE)
# "Her" owns what follows ("her plan") unless that is a small word ("asked her about").
_OWNS = re.compile(
    r" (?!(?:to|in|on|at|for|from|with|and|or|that|after|before|when|as|by|about)\b)[^\W\d_]", re.IGNORECASE
)
_PRONOUN = re.compile(r"(?i:\b(?:he|she|him|hers?|his|(?:him|her)self|it|its|itself|they|them|theirs?|themselves)\b)")
_HIS = frozenset(("he", "him", "his", "himself"))
# "That" points back unless it opens a clause ("said that the …"), "there" unless it is only there to begin with
# ("is there"), "this" unless it names a time ("this year").
_POINTS = re.compile(
    r"(?i:\b(?:these|those|then|another|others?(?! than)|same|such|former|latter)\b|\bso\W*$"
    rf"|(?<!ed )(?<!say )(?<!said )\bthat\b(?! is,)(?! (?-i:the|an?|he|she|it|they|there|his|her|their|{CAPITAL}))"
    r"|\bthis\b(?! (?:year|month|week|morning|summer|season|spring|autumn|winter)\b)"
    r"|\bthat(?=\W*$)"
    r"|(?<!\bis )(?<!\bare )(?<!\bwas )(?<!\bwere )(?<!\bbe )\bthere\b(?! (?:is|are|was|were|will|has|have)\b))"
)
_ONE = re.compile(
    r"(\b(?:and|or|than|from|with) )?(?:the )?\b(?:the|which|any|last|first|next|new|old) ones?\b", re.IGNORECASE
)
_ASKS = re.compile(r"\b(?:do|does|did|are|were|have|had|will|would|can|could|should|may|might|must)\s$", re.IGNORECASE)
_PLURAL = re.compile(r"\b(?!does\b)\w{3,}s\b|\b(?:people|children|men|women)\b", re.IGNORECASE)
_LONGEST_SAID = 300  # characters of an answer whose speaker is asked for; chosen, not measured
_ENOUGH_BEFORE = 2  # content words before a pronoun: one of them can be what it means
_OFFICES = frozenset(("MVP", "CEO", "CFO", "COO", "CTO", "PM", "VP", "DA", "MP"))
"""They are somebody's of every story: "Who was the MVP?" names none."""
_ORDINALS = frozenset(("first", "second", "third", "last", "next"))  # "the first bus" of which line?
_ARTICLE = re.compile(r"\b(?:the|an?) $", re.IGNORECASE)
_TOGETHER = 0.8
"""Of two words' rarity against that of a word that only one passage has: so "the new hospital" of articles/ counts."""
_QUESTION = re.compile(
    r"(?:who|whom|whose|what|when|where|why|which|how|is|are|was|were|do|does|did|has|have|had|will|would|can|could)\b",
    re.IGNORECASE,
)


class Vocabulary(Protocol):
    """What is known of the words of an index."""

    @property
    def chunks_count(self) -> int:
        """Return how many passages there are."""

    def frequencies(self, terms: Sequence[str]) -> list[int]:
        """Return how many passages contain each analysed term."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A question, and the words of earlier turns that it is searched with: each counts `weight` of one of its own.

    `person` is the one of them that "he" or "she" most likely means, if there is one; `after` the earlier question that
    most of them are from. `continues`: the question says so little that it most likely goes on with the same story.
    `whole` is an earlier question asked of something else, where this is only a fragment of one.
    """

    question: str
    carried: tuple[str, ...] = ()
    weight: float = 1.0
    person: str = ""
    after: str = ""
    continues: bool = False
    whole: str = ""

    @property
    def text(self) -> str:
        """Return what is searched, as one text."""
        return " ".join((self.question, *self.carried))

    @property
    def leans(self) -> bool:
        """Say whether the question cannot be read without what was carried, since it points back."""
        return self.weight == 1.0

    @property
    def spoken(self) -> str:
        """Return a question that can be read: with the person in place of the pronoun, else what is searched.

        One that does not point back is read as it was put: words behind it mislead the reader.
        """
        if self.whole or not self.leans:
            return self.whole or self.question
        pronoun = PERSONAL.search(self.question)
        if not (pronoun and self.person):
            return self.text
        before, after = self.question[: pronoun.start()], self.question[pronoun.end() :]
        owns = pronoun[0].lower() in ("his", "hers") or (pronoun[0].lower() == "her" and _OWNS.match(after))
        return f"{before}{self.person}{'’s' if owns else ''}{after}"

    @property
    def shown(self) -> str:
        """Return what is searched as a question for people: with the person, or the question that it follows."""
        if self.leans and self.spoken != self.text and not self.whole:
            return self.spoken
        return f"{self.question} (after “{self.after}”)" if self.carried and self.after else self.text

    @property
    def weights(self) -> dict[str, float]:
        """Return how much each analysed term counts in a search by words, where that is not 1."""
        if not self.carried:
            return {}
        own = _terms(content(self.question))
        said = set(terms(self.question))
        return dict.fromkeys(said - own, 0.0) | dict.fromkeys(_terms(self.carried) - own, self.weight)


def resolve(question: str, history: Sequence[Turn], vocabulary: Vocabulary) -> Resolved:
    """Return the question with the words of earlier turns that it needs: none when it stands alone."""
    if not history:
        return Resolved(question)
    question = _put(question)
    latest = [turn for turn in history if turn.content.strip() and not is_courtesy(turn.content)][-_LOOKED_AT:]
    if answer := _last_answer(latest) if asks_who_said(question) else "":
        return Resolved(question, (answer,), after=_after(latest, (answer,)), whole=f"Who said “{answer}”?")
    rarity = _rarities([question, *(turn.content for turn in latest)], vocabulary)
    own, back = _terms(content(question)), points_back(question)
    one = idf(1, vocabulary.chunks_count)
    keywords = is_keywords(question)
    if not back and (_names_something(question, rarity) or _is_complete(question, rarity, one)):
        return Resolved(question)
    if keywords and not any(rarity[term] for term in own):
        return Resolved(question)  # no word of it is known: "asdf" asks nothing of what was said
    whole, instead = _whole(question, latest, vocabulary)
    # What points back gets something however much it says: its own words do not say what it points at.
    said = sum(rarity[term] for term in own)
    missing = max(_ENOUGH * one - said, _LEAST * one if back else 0.0)
    ranked = candidates(question, latest, rarity, _held(question, latest, vocabulary))
    carried = first_of(ranked, missing, own | set(terms(instead)), rarity)
    # In the order in which they were said, since the embedding model reads them as a sentence.
    words = tuple(candidate.words for candidate in sorted(carried, key=lambda candidate: candidate.place))
    persons = (without_owner(candidate.words) for candidate in carried if candidate.person)
    person = next(persons, "") if _means_another(PERSONAL, question) else ""
    continues = bool(words) and not back and not keywords and said < _LITTLE * one
    return Resolved(question, words, 1.0 if back else _LIGHT, person, _after(latest, words), continues, whole)


def _put(question: str) -> str:
    """Return a question without thanks before it, and with what is meant where it corrects the one before."""
    question = without_courtesy(question)
    meant = corrected(question)
    return f"And {meant}" if meant and not points_back(meant) and fragment(f"and {meant}") else meant or question


def _last_answer(history: Sequence[Turn]) -> str:
    """Return the beginning of the last answer; "" if there is none."""
    return next((turn.content[:_LONGEST_SAID] for turn in reversed(history) if turn.role == "assistant"), "")


def _whole(question: str, history: Sequence[Turn], vocabulary: Vocabulary) -> tuple[str, str]:
    """Return the earlier question that a fragment asks of something else, and what of it this replaces."""
    rest = fragment(question)
    for at in reversed(range(len(history))) if rest else ():
        asked = history[at]
        if asked.role == "user" and not fragment(asked.content):
            before = resolve(asked.content, history[:at], vocabulary)
            if before.person or not points_back(asked.content):
                return completed(before.spoken, rest)
    return "", ""


def _held(question: str, history: Sequence[Turn], vocabulary: Vocabulary) -> str:
    """Return whom the question before this one meant by the same pronoun; "" if it had none."""
    asked = next((at for at in reversed(range(len(history))) if history[at].role == "user"), None)
    if asked is None or not _means_another(PERSONAL, question):
        return ""
    now, then = PERSONAL.search(question), PERSONAL.search(history[asked].content)
    same = now and then and (now[0].lower() in _HIS) == (then[0].lower() in _HIS)
    return resolve(history[asked].content, history[:asked], vocabulary).person if same else ""


def points_back(question: str) -> bool:
    """Say whether a question leans on what was said before it.

    A pronoun that may mean something which the question itself names before it does not count.
    """
    opens = _OPENS.match(question)
    # "And how many seats will the stadium have?" says what it asks; "and who lost?" does not.
    if opens and not (_JOINS.fullmatch(opens[0]) and _says_enough(question[opens.end() :])):
        return True
    if _POINTS.search(question) or not content(question):
        return True
    one = _ONE.search(question)
    # In "the old bridge and the new one" that is the bridge; in "how old is the new one" nothing says what it is.
    if one and not (one[1] and len(content(question[: one.start()])) >= _ENOUGH_BEFORE):
        return True
    return _means_another(_PRONOUN, question)


def _says_enough(question: str) -> bool:
    return bool(_QUESTION.match(question.lstrip(" ,"))) and len(content(question)) >= _ENOUGH_BEFORE


def _names_something(question: str, rarity: Mapping[str, float]) -> bool:
    """Say whether a question holds a name that some passage has. Its first word is written with a capital anyway."""
    names = (m.words for m in mentions(question) if m.named and (m.start > 0 or " " in m.words))
    return any(rarity.get(term) for name in names if name not in _OFFICES for term in terms(name))


def _is_complete(question: str, rarity: Mapping[str, float], one: float) -> bool:
    """Say whether a question asks for something that it names by two words together: "Who runs the night ferry?".

    Both are words of the index, and together nearly as telling as one that only one passage has: "the old man" is not.
    """
    said = [mention for mention in mentions(question) if not mention.named]
    pairs = (
        (a, b)
        for a, b in pairwise(said)
        if question[a.start + len(a.words) : b.start] in (" ", "-") and _ARTICLE.search(question[: a.start])
        if a.words.lower() not in _ORDINALS
    )
    values = ((_telling(a.words, rarity), _telling(b.words, rarity)) for a, b in pairs)
    return bool(_QUESTION.match(question)) and any(min(both) > 0.0 and sum(both) >= _TOGETHER * one for both in values)


def _telling(word: str, rarity: Mapping[str, float]) -> float:
    """Return how rare a word is; 0 if no passage has it."""
    return max((rarity.get(term, 0.0) for term in terms(word)), default=0.0)


def _after(history: Sequence[Turn], carried: Sequence[str]) -> str:
    """Return the earlier question that has most of the carried words, the latest of several."""
    known = _terms(carried)
    asked = [turn.content for turn in reversed(history) if turn.role == "user"]
    return max(asked, key=lambda text: len(known & set(terms(text))), default="") if known else ""


def _means_another(pronoun: re.Pattern[str], question: str) -> bool:
    """Say whether a pronoun stands in the question, and nothing before it that it could mean."""
    found = pronoun.search(question)
    if not found or any(mention.named for mention in mentions(question[: found.start()])):
        return False
    before = question[: found.start()]
    # In "the port and its cranes" the port owns them; "and its cranes?" needs the turns before.
    if found[0].lower() in ("its", "their"):
        return len(content(before)) < _ENOUGH_BEFORE
    return found[0].lower() != "they" or bool(_ASKS.search(before)) or not _PLURAL.search(before)


def _rarities(texts: Sequence[str], vocabulary: Vocabulary) -> dict[str, float]:
    """Return the inverse document frequency of every term of the texts; of one that no passage has, zero."""
    found = list(dict.fromkeys(_each(word for text in texts for word in content(text))))
    total = vocabulary.chunks_count
    return {
        term: idf(frequency, total) if frequency else 0.0
        for term, frequency in zip(found, vocabulary.frequencies(found), strict=True)
    }


def _terms(words: Sequence[str]) -> set[str]:
    return set(_each(words))


def _each(words: Sequence[str] | Iterator[str]) -> Iterator[str]:
    return (term for word in words for term in terms(word))
