"""What kind of sentence a question asks for, where the reader does not see it or its training had none of the kind.

A sentence that asks, or is none, loses. It is doubted as an answer that has no figure of the kind asked for, does not
deny what the question denies, or round which a name of the question is missing.
It looks for words; there is no grammar here.
"""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from index.search.lexical import terms
from qa.facts.calendar import MONTH, WEEKDAY
from qa.facts.kinds import Kind, asks_for
from qa.facts.names import is_national
from qa.intent.form import Form, form
from qa.intent.wanted import Wanted
from qa.judge.places import names_another, places_of
from qa.judge.predicates import asked_of
from qa.judge.statements import is_finished, is_statement

_TELLS: dict[Kind, re.Pattern[str]] = {
    # Wide on purpose: only a sentence in which nothing at all could tell a day, or a number, is doubted.
    "day": re.compile(
        rf"\b(?:{WEEKDAY}|{MONTH}|1\d\d\d|20\d\d|century|years?|later|when|after|before|during|until|since)\b",
        re.IGNORECASE,
    ),
    "number": re.compile(
        r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty"
        r"|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|dozens?|half|third|quarter|twice|first"
        r"|second|single|once)\b",
        re.IGNORECASE,
    ),
}
# Not "un…ed": "United" and "unveiled" deny nothing (docs/decisions/0013).
_DENIES = re.compile(
    r"\b(?:not|no|never|none|neither|nor|without|cannot|fail\w*|refus\w*|except)\b|n['’]t\b", re.IGNORECASE
)
# With capitals only: "may" and "march" are words.
_TIME = re.compile(
    rf"\b(?:{WEEKDAY}|{MONTH})s?\b(?:,? \d{{1,2}}(?:st|nd|rd|th)?\b)?(?:,? (?:19|20)\d\d\b)?"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?(?= (?:of )?{MONTH}\b)"
    r"|\b(?:in|since|until|by|of|during|before|after|,) (?:19|20)\d\d\b",
)
_SMALL = ("the", "in", "is", "are", "was", "were", "of", "did", "does", "do", "to", "for", "and", "on", "at")
"""Where one of these has a capital within a question, all words have."""
_WORD = re.compile(r"[\w'’-]+")
_OWNER = re.compile(r"['’](?:s|m|d|ve|ll|re)?$")
_NO_NAMES = frozenset(("I", "AI", "CEO", "DNA", "MP", "PM", "SUV", "TV"))
"""Words in capitals for which a report has others: a chief executive, an electric car. With these, peoples and
countries (whose own news does not name them) and "'s" no longer asked for, natural_dev answers one question more and a
fourth set four of 107; near misses: 30 of 50 as before, and 17 instead of 18 of 33. AUROC of squad2: .763 instead of
.758 (November 2026)."""
_NO_END = 3.0
"""A heading, a caption, the title of another story; but also the row of a list, which may be what is asked for."""
_FITS: dict[Form, tuple[re.Pattern[str], float]] = {
    "speech": (re.compile(r"[“”\"]"), 2.0),
    "cause": (
        re.compile(
            r"\b(?:because|due to|as a result|caused by|blam\w+|cit(?:ing|ed)|reasons?|so that|thanks to|owing to"
            r"|prompted|stem(?:s|med)|attribut\w+)\b",
            re.IGNORECASE,
        ),
        1.0,
    ),
}
"""What a sentence of the form asked for has, and the logits that it gains: somebody's words, a cause. Of 34 questions
why of natural_dev, of our own and of a third set, the cause answers one better and none worse (November 2026). With
"after", "since" and "amid" among its words one is answered worse."""
_NOT_WANTED = 13.0
"""No sum where a price is asked for, no day, no other name … natural_dev: 8 of 50 near misses, 1 of 170 others, whose
answer was wrong (November 2026)."""
_NOT_REPORTED = 16.0
_ELSEWHERE = 13.0
"""Nothing of the kind of event asked about, or another place (docs/decisions/0035): with both, and what else an answer
must hold, 26 of the 50 near misses are silent instead of 18, and no answer to the others changes."""
_NOTHING, _NO_DENIAL, _NO_FIGURE, _NO_NAME = 8.0, 4.0, 2.0, 2.0
"""Penalties in logits; measured in docs/decisions/0013."""
_NONE_OF_ITS_NAMES = 4.0
"""Where a sentence and its neighbours hold no name of the question at all. natural_dev: .02 fewer statements that help
nobody; 8 would refuse two questions more that are answered."""


@dataclass(frozen=True, slots=True)
class Cues:
    """The cues of a question: which kind of figure it asks for, whether it denies, and its names and numbers."""

    kind: Kind | None
    denies: bool
    names: frozenset[str]
    wanted: Wanted
    form: Form
    events: tuple[re.Pattern[str], ...] = ()
    places: tuple[frozenset[str], ...] = ()

    @classmethod
    def of(cls, question: str) -> "Cues":
        """Return the cues of a question."""
        return cls(
            kind=asks_for(question),
            denies=bool(_DENIES.search(question)),
            names=frozenset(term for word in _named(question) for term in terms(word)),
            wanted=Wanted.of(question),
            form=form(question),
            events=asked_of(question),
            places=places_of(question),
        )

    def bonus(self, sentence: str) -> float:
        """Return what a sentence gains or loses, in logits: what states nothing loses, what fits the form gains."""
        if not is_statement(sentence):
            return -_NOTHING
        bonus = 0.0 if is_finished(sentence) else -_NO_END
        fit, gain = _FITS.get(self.form, (None, 0.0))
        return bonus + gain if fit and fit.search(sentence) else bonus

    def doubt(self, sentence: str, around: AbstractSet[str], beside: str = "", title: str = "") -> float:
        """Return the penalty of a sentence as an answer, in logits.

        `around` are the terms of the sentence, its neighbours and its title, and `beside` is the text of these.
        """
        doubt = 0.0 if self.names <= around else _NO_NAME if not self.names.isdisjoint(around) else _NONE_OF_ITS_NAMES
        # Not the other way round: a plain question is often answered by a denial.
        if self.denies and not _DENIES.search(sentence):
            doubt += _NO_DENIAL
        if self.kind and not _TELLS[self.kind].search(sentence):
            doubt += _NO_FIGURE
        if not all(event.search(beside or sentence) for event in self.events):
            doubt += _NOT_REPORTED
        if any(not place <= around for place in self.places) and names_another(
            f"{sentence} {title}", self.wanted.asked
        ):
            doubt += _ELSEWHERE
        return doubt if self.wanted.held_by(sentence) else doubt + _NOT_WANTED


def _named(question: str) -> Iterator[str]:
    """Yield the words of a question that an answer should have near it: names and numbers.

    Not those of a time, which a report tells by its own date, nor any of a question in capitals; nor of a people or
    country, which its own news does not name.
    """
    words = [_OWNER.sub("", word) for word in _WORD.findall(_TIME.sub(" ", question))]
    shouted = any(word[:1].isupper() and word.lower() in _SMALL for word in words[1:])
    for place, word in enumerate(words):
        if word in _NO_NAMES or is_national(word):
            continue
        if any(character.isdigit() for character in word) or (place and word[:1].isupper() and not shouted):
            yield word
