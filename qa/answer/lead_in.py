"""Find who speaks in a quote, or who "he" is at its start: the name in brackets before it.

Taken from the article's own sentences before the quote, only where one person alone can be meant. What is not certain
is left away: a wrong name would put words into somebody's mouth.
"""

import re
from dataclasses import dataclass

from index.text.chunk import sentences
from qa.facts.names import PLAIN_OPENERS
from qa.facts.persons import SPEECH, Person, full_names, is_shown, named_in

_BACK = 1500
"""Characters before a quote that are read for sentences: some ten of them."""
_NAMED = 20_000
"""Characters before it in which a person is named in full, and round it in which the text shows that it is one."""
_FAR = 3
"""Sentences that the same "he" may begin one after the other."""
_OPENED, _CLOSED = re.compile(r"[“\"]"), re.compile(r"[”\"]")
_OPEN_BEFORE = re.compile(r"(?:^|\s)[“\"‘]\s*$")
_QUOTED = re.compile(r"[“\"][^”\"]*(?:[”\"]|$)")
_PRONOUN = re.compile(r"^(He|She)\b")
_SAYS = re.compile(rf"\b(he|she) {SPEECH}\b|\b{SPEECH} (he|she)\b", re.IGNORECASE)
_SPEAKS = re.compile(rf"\b{SPEECH}\b")
_OTHER_SEX = {
    "he": re.compile(r"\b(?:she|her|hers|herself|Ms|Mrs|Miss)\b", re.I),
    "she": re.compile(r"\b(?:he|him|his|himself|Mr)\b", re.I),
}
_HE = re.compile(r"\b(?:he|she|him|her|his)\b", re.IGNORECASE)
_BEFALLS = re.compile(
    r"\bhim\b|\bher(?: (?:an?|the|to|in|on|at|for|from|with|and|or|that|after|before|when|as|by|about)\b|\W*$|[,.;])"
)
_SOMEBODY = re.compile(
    r"\b(?:man|woman|boy|girl|father|mother|son|daughter|husband|wife|brother|sister|uncle|aunt|suspect|victim|driver"
    r"|officer|gunman|teenager|student|patient|player|friend|boyfriend|girlfriend|colleague|neighbou?r|partner|spokesman"
    r"|spokeswoman|spokesperson|doctor|nurse|teacher|lawyer|attorney|owner|resident|witness|predecessor|successor"
    r"|opponent|rival)\b",
    re.IGNORECASE,
)


def lead_in(text: str, start: int, end: int) -> str:
    """Return the name that belongs before `text[start:end]`, a sentence of an article; "" if none does for certain."""
    sentence = text[start:end]
    outside = _outside(sentence)
    if he := _pronoun(outside):
        if _is_open(sentence) or _OPEN_BEFORE.search(text[max(0, start - 5) : start]):
            return ""  # within the words of somebody else
        context = _Context.of(text, start)
        # It may name somebody itself.
        return "" if named_in(sentence, context.persons)[0] else context.called(context.meant(he))
    return _Context.of(text, start).called_speaker(text, start, end) if _is_quote(sentence, outside) else ""


@dataclass(frozen=True, slots=True)
class _Context:
    """What stands before a sentence: the sentences, the nearest last, and the persons named so far."""

    sentences: tuple[tuple[str, bool], ...]
    """Each with whether a new paragraph begins after it."""
    persons: tuple[Person, ...]
    text: str

    @classmethod
    def of(cls, text: str, start: int) -> "_Context":
        begin = max(0, text.rfind("\n", 0, max(0, start - _BACK)) + 1) if start > _BACK else 0
        spans = [span for span in sentences(text, begin, start) if span[0] < start]
        ends = [one[0] for one in (*spans[1:], (start, start))][: len(spans)]
        said = tuple((text[a:b], "\n" in text[b:after]) for (a, b), after in zip(spans, ends, strict=True))
        named: dict[str, Person] = {}
        for person in full_names(text[max(0, start - _NAMED) : start]):
            known = named.setdefault(person.name, person)
            if known.called == known.name:  # named without a title first
                named[person.name] = person
        return cls(said, tuple(named.values()), text[max(0, start - _NAMED) : start + _NAMED])

    def called(self, person: Person | None) -> str:
        """Return how a person is called in full; "" if another one has the surname."""
        if person is None or sum(one.surname == person.surname for one in self.persons) > 1:
            return ""
        return person.called if is_shown(person, self.text) else ""

    def meant(self, he: str, at: int | None = None, far: int = _FAR) -> Person | None:
        """Return whom "he" or "she" means at the start of sentence `at`, or of the one behind them all."""
        at = len(self.sentences) if at is None else at
        before = [sentence for sentence, _ in self.sentences[max(0, at - 2) : at]]
        if not before or not far or any(_OTHER_SEX[he].search(sentence) for sentence in before):
            return None
        outside = _outside(before[-1])
        named, others = named_in(before[-1], self.persons)
        if others or len(named) > 1 or _SOMEBODY.search(outside):
            return None
        if not named:
            return self.meant(he, at - 1, far - 1) if he == _pronoun(outside) else None
        (person,) = named
        if _HE.search(outside):
            # "Lind gave her a hug. She …", "He was ill, Ada Lind said. He …": two persons, though one name.
            earlier = [named_in(sentence, self.persons)[0] - named for sentence in before[:-1]]
            one = _begins(person, outside) and not any(earlier) and not _BEFALLS.search(outside)
            return person if one else None
        return person if _acts(person, outside) else None

    def called_speaker(self, text: str, start: int, end: int) -> str:
        """Return who says a quote that has nobody beside it; "" if that is not certain."""
        if _is_open(text[start:end]) and _SPEAKS.search(after := _behind_quote(text, end)):
            return self.called(self._one(after, len(self.sentences)))  # who says it stands where it closes
        if not self.sentences:
            return ""
        sentence, breaks = self.sentences[-1]
        outside = _outside(sentence)
        goes_on = not breaks or sentence.endswith(":") or (_OPENED.match(sentence) and _is_whole_line(text, start, end))
        if not _SPEAKS.search(outside) or not goes_on:
            return ""
        return self.called(self._one(outside, len(self.sentences) - 1))

    def _one(self, outside: str, at: int) -> Person | None:
        """Return the one person whom words outside of quotes name as speaking."""
        named, others = named_in(outside, self.persons)
        he = _pronoun(outside)
        if others or len(named) > 1 or (named and he):
            return None
        if named:
            (person,) = named
            return person if _acts(person, outside) else None
        return self.meant(he, at) if he else None


def _pronoun(outside: str) -> str:
    """Return "he" or "she", if a sentence begins with it or says that "he said"; what it quotes is left out."""
    found = _SAYS.search(outside) or _PRONOUN.match(outside)
    return next((group.lower() for group in found.groups() if group), "") if found else ""


def _is_whole_line(text: str, start: int, end: int) -> bool:
    """Say whether the paragraph round a quote holds nothing beside quotes: who says it was told before."""
    first, last = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    return not re.search(r"[^\W\d_]", _outside(text[first : last if last >= 0 else len(text)]))


def _behind_quote(text: str, end: int) -> str:
    """Return what stands behind the quotation that is still open at `end`, up to the end of the sentence."""
    rest, _, _ = text[end : end + _BACK].partition("\n")
    closing = _CLOSED.search(rest)
    return re.split(r"(?<=[.!?])\s|[“\"]", rest[closing.end() :], maxsplit=1)[0] if closing else ""


def _acts(person: Person, outside: str) -> bool:
    """Say whether a sentence is about the person: it begins with the name, or reports what the person said."""
    name = _either(person)
    return _begins(person, outside) or bool(
        re.search(rf"\b{name},? {SPEECH}\b|\b{name}, [^,]{{2,80}}, {SPEECH}\b", outside)
        # Not "the senator said Lind and her allies had lost".
        or re.search(
            rf"\b{SPEECH} (?:[A-Z]\w+\.? )*{name}(?=\W*$|[.,;]| (?:in|on|at|during|after|of|who|when|while)\b)", outside
        )
    )


def _begins(person: Person, outside: str) -> bool:
    opener = r"(?:(?:But|And|Yet|So|Still|Also|Then),? )?"
    found = re.match(rf"^\W*{opener}((?:[A-Z]\w+\.? )*){_either(person)}(?![’'-]\w)", outside)
    return found is not None and PLAIN_OPENERS.isdisjoint(found[1].lower().split())


def _either(person: Person) -> str:
    return rf"(?:{re.escape(person.name)}|{re.escape(person.surname)})"


def _outside(sentence: str) -> str:
    """Return the words of a sentence that are in no quotation."""
    return _QUOTED.sub(" ", sentence)


def _is_quote(sentence: str, outside: str) -> bool:
    """Say whether a sentence is somebody's words and says nothing beside them."""
    return bool(_OPENED.match(sentence)) and not re.search(r"[^\W\d_]", outside)


def _is_open(sentence: str) -> bool:
    """Say whether a quotation begins before the sentence, or goes on behind it."""
    return sentence.count("”") != sentence.count("“") or sentence.count('"') % 2 == 1
