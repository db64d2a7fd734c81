"""Weigh the names and words of earlier turns: which of them may a follow-up lack, and whom does "she" mean?"""

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from index.search.lexical import terms
from qa.facts.persons import full_names, is_person, without_owner
from qa.intent.mentions import Mention, mentions
from qa.values import Turn

_FADE = 0.7
"""What a turn counts of the turn after it."""
_BRIEF = 8
"""A turn with as many mentions counts half of a very brief one: in a long answer each name says less."""
_NAME, _PERSON = 2.0, 4.0
"""How often a name counts as a word, and a person where the question says "he" or "she"."""
_NO_THING = 0.25
"""What a person counts where the question says "it"."""
_ASKED_OF = 3
"""How many places a person whom a question for somebody names stands behind."""
_MOST_CARRIED = 8  # words; chosen, not measured: more would outweigh the question
_MOST_WEIGHED = 100  # candidates; chosen, not measured: bounds the time for very long answers

PERSONAL = re.compile(r"(?i:\b(?:he|she|him|hers?|his|(?:him|her)self)\b)")
_THING = re.compile(r"(?i:\b(?:it|its|itself)\b)")
_ASKS_WHO = re.compile(r"^\W*(?:and )?(?:who|whom|whose|which)\b(?!(?:['’]s| is| was) (?-i:[A-Z]))", re.IGNORECASE)
_ACRONYM = re.compile(r"^[A-Z]{2,} \w+$|^\w+ [A-Z]{2,}$")  # "HBO Max"
_MANY = re.compile(r" (?:have|are|were)\b")
"""Behind a name, it is that of several: "Port Ellery Rovers have …"."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A name or word of an earlier turn, and how much it says (`value`). `place` orders them as they were said."""

    words: str
    terms: frozenset[str]
    place: tuple[int, int]
    value: float
    named: bool
    person: bool


def candidates(question: str, history: Sequence[Turn], rarity: Mapping[str, float], held: str = "") -> list[Candidate]:
    """Return the names and words of the turns, the most telling first: rare, late, in brief turns, often said.

    For "he" or "she", persons count, above all `held`, or else those that a turn names first: the subject of its first
    sentence, or whom the answer to a question for somebody names.
    """
    personal = bool(PERSONAL.search(question))
    things = not personal and bool(_THING.search(question))
    rarest = max(rarity.values(), default=0.0)
    persons, found = _Persons.of(history), dict[frozenset[str], Candidate]()
    turns = [list(mentions(turn.content)) for turn in reversed(history)]
    names = {part: name for said in turns for name in said if name.named for part in name.words.split(" ")}
    for age, said in enumerate(turns):
        brief = _FADE**age * _BRIEF / (_BRIEF + len(said))
        # The first word of a sentence may be a name that is known.
        meant = [mention if mention.named else names.get(mention.words, mention) for mention in said]
        order = persons.in_order(said, meant, len(history) - 1 - age) if personal else {}
        for mention, name in zip(said, meant, strict=True):
            of = frozenset(terms(mention.words))
            value = brief * max((rarity.get(term, 0.0) for term in of), default=0.0) * (_NAME if name.named else 1.0)
            person = persons.hold(name, of)
            if personal and person and value:
                # As rare as anything: a name that every article has is still the person meant.
                value = brief * rarest * _PERSON / (1 + order[persons.in_full(of)])
            elif things and person:
                value *= _NO_THING
            before = found.get(of, Candidate(mention.words, of, (-age, mention.start), 0.0, name.named, person))
            found[of] = replace(before, value=before.value + value)
    ranked = sorted((one for one in found.values() if one.value > 0.0), key=_first)[:_MOST_WEIGHED]
    full = sorted(_merged(ranked), key=_first)
    if not personal:
        return full
    # Whoever "he" is comes first, however often a country is named since.
    same = (one for one in full if one.person and without_owner(one.words) == held)
    first = next(same, next((one for one in full if one.person), None))
    return sorted(full, key=lambda one: one is not first)


def first_of(
    ranked: Sequence[Candidate], missing: float, known: AbstractSet[str], rarity: Mapping[str, float]
) -> list[Candidate]:
    """Return the first candidates that have new words, until these are as rare as what is missing."""
    carried: list[Candidate] = []
    for candidate in ranked:
        if missing <= 0.0 or len(carried) == _MOST_CARRIED:
            break
        if new := candidate.terms - known:
            carried.append(candidate)
            known |= new
            missing -= sum(rarity.get(term, 0.0) for term in new)
    return carried


@dataclass(frozen=True, slots=True)
class _Persons:
    """Which names of the turns are persons'; `full` has the terms of each full name, and those of its surname."""

    history: Sequence[Turn]
    full: Mapping[frozenset[str], frozenset[str]]
    places: frozenset[frozenset[str]]

    @classmethod
    def of(cls, history: Sequence[Turn]) -> "_Persons":
        named = (person for turn in history for person in full_names(turn.content))
        full = {frozenset(terms(person.name)): frozenset(terms(person.surname)) for person in named}
        places = {frozenset(terms(m.words)) for turn in history for m in mentions(turn.content) if m.place}
        return cls(history, full, frozenset(places))

    def hold(self, name: Mention, of: frozenset[str]) -> bool:
        """Say whether a name with these terms is a person's."""
        # "Ukraine", after "in Ukraine", is none, and neither are "Port Ellery Rovers" after "in Port Ellery".
        if not name.person or any(place == of or (len(place) > 1 and place <= of) for place in self.places):
            return False
        texts = [turn.content for turn in self.history]
        if _ACRONYM.search(name.words) or any(
            self._is_thing(text, *match.span()) for text in texts for match in re.finditer(re.escape(name.words), text)
        ):
            return False
        if self.in_full(of) != of:
            return True
        if " " in name.words and not any(full <= of for full in self.full):
            return is_person(name.words.rsplit(" ", 1)[-1], texts)  # "Skipper Peel"
        return is_person(name.words, texts)

    def _is_thing(self, text: str, start: int, end: int) -> bool:
        """Say whether a name in a text is that of several, or of an agency: "Rovers have …", "(Northline Wire)"."""
        return bool(_MANY.match(text, end)) or (text[start - 1 : start] == "(" and text[end : end + 1] == ")")

    def in_full(self, of: frozenset[str]) -> frozenset[str]:
        """Return the terms of the full name of which these are the surname, if there is just one."""
        longer = [full for full, last in self.full.items() if of == last and of < full]
        return longer[0] if len(longer) == 1 else of

    def in_order(self, said: Sequence[Mention], names: Sequence[Mention], turn: int) -> dict[frozenset[str], int]:
        """Return the place of each person of a turn: as named, or in the answer to who did something the nearest to it.

        "Ada Lind wants Bo Hart to lead the port" says of Hart who will lead it. Whom the question names is not meant.
        """
        asked = self._asked_of(turn)
        of = [frozenset(terms(mention.words)) for mention in said]
        told = [at for at, mention in enumerate(said) if not mention.named and not asked.isdisjoint(of[at])]
        people = [(at, self.in_full(of[at])) for at, name in enumerate(names) if self.hold(name, of[at])]
        ranked = sorted(people, key=lambda one: (
            self._is_named(one[1], asked), min((abs(one[0] - at) for at in told), default=0), one[0]
        ))  # fmt: skip
        order = dict.fromkeys(person for _, person in ranked)
        return {person: at + (_ASKED_OF if self._is_named(person, asked) else 0) for at, person in enumerate(order)}

    def _is_named(self, person: frozenset[str], asked: frozenset[str]) -> bool:
        """Say whether a question names a person, in full or by a surname that is not another's in it."""
        last = self.full.get(person, person)
        another = any(full <= asked and surname == last for full, surname in self.full.items() if full != person)
        return person <= asked or (last <= asked and not another)

    def _asked_of(self, place: int) -> frozenset[str]:
        """Return the terms of the question for somebody that a turn is, or answers; none, if it is no such question."""
        asking = [turn for turn in self.history[max(0, place - 1) : place + 1] if turn.role == "user"][-1:]
        return frozenset(term for turn in asking if _ASKS_WHO.search(turn.content) for term in terms(turn.content))


def _first(candidate: Candidate) -> tuple[float, tuple[int, int]]:
    """Return the key that sorts by falling value, then the latest turn first."""
    return -candidate.value, (-candidate.place[0], candidate.place[1])


def _merged(found: Sequence[Candidate]) -> Iterator[Candidate]:
    """Yield the candidates; a part of just one longer name ("Colbeck") adds to that one instead."""
    names = [one for one in found if one.named]
    longer = {one.terms: [name for name in names if one.named and one.terms < name.terms] for one in names}
    for one in found:
        if len(longer.get(one.terms, ())) != 1:  # of two longer names, nobody can tell which
            yield replace(one, value=one.value + sum(p.value for p in names if longer[p.terms] == [one]))
