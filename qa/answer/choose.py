"""Choose the sentences of an answer by the form that the question asks for: at most what helps.

One fact gets the best sentence, and a second one that is nearly as well supported. Each part of a question, and each
side of a comparison, gets its own sentence; a summary the sentences that its reports begin with.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from qa.evidence import Evidence, Sentence
from qa.intent.form import Form, form
from qa.judge.compare import confirms, shown

MOST_WORDS = 80
MOST_STATEMENTS = 2
_MOST_OF_A_LIST = 3
_CLOSE = 2.0
_CLOSER: Mapping[Form, float] = MappingProxyType({"cause": 1.0, "way": 1.0, "comparison": 4.0})
"""How far, in logits, a second statement may be behind the first; less where it seldom adds something, more where two
things are compared. Mean grades of natural_dev (170), a third set (69) and our own (76): 1.447, 1.420, 1.671, with .49,
.49, .32 unhelpful statements an answer. Against that, 1.0 for verdicts: -2, 0, -2 grade points; 2.0 for comparisons: 0,
0, -1; 3.0 for facts: +4, 0, 0, but .02, .04, .04 unhelpful statements more; 1.0 for facts: -4, 0, 0; 2.0 for ways: +1,
0, 0, and .02, .03, 0 more; for causes: 0, 0, 0, and .01 more in each (November 2026)."""


_SURE, _UNSURE_CLOSE = 8.0, 0.5
"""Evidence below which the best is as good as alone: a second statement behind it seldom helps. Unhelpful statements an
answer: natural_dev .50 instead of .54, no grade changes; our own .31 instead of .32, none changes; a third set of 69
.49 instead of .51, one is worse. With 10, three of natural_dev are worse."""
_MOST_WORDS_OF_A_LIST = 100
"""natural_dev: lists 1.73 instead of 1.55 (11 questions), with 120 the same."""


@dataclass(slots=True)
class Chosen:
    """A sentence that is part of the answer, and the sentences of other articles that say the same."""

    sentence: Sentence
    copies: list[Sentence] = field(default_factory=list)

    def add(self, copy: Sentence) -> None:
        """Take a sentence that says the same as a second source, if it is another article's."""
        if all(known.article.id != copy.article.id for known in (self.sentence, *self.copies)):
            self.copies.append(copy)


@dataclass(frozen=True, slots=True)
class Limits:
    """How many statements an answer has at most, how far in logits one is behind the best, and in how many words."""

    most: int = MOST_STATEMENTS
    close: float = _CLOSE
    words: int = MOST_WORDS

    @classmethod
    def of(cls, asked: Form, found: Sequence[Sentence]) -> "Limits":
        """Return the limits of an answer of this form, of which the first sentence found is the best."""
        close = _CLOSER.get(asked, _CLOSE)
        if found and found[0].evidence < _SURE:
            close = min(close, _UNSURE_CLOSE)
        if asked == "list":
            return cls(_MOST_OF_A_LIST, close, _MOST_WORDS_OF_A_LIST)
        return cls(close=close)

    def leave_room(self, chosen: Sequence[Chosen], sentence: Sentence, differs: bool) -> bool:
        """Say whether a sentence may follow those that are chosen, the best first; `differs` if reports do."""
        words = sum(len(text.split()) for text in (*(one.sentence.text for one in chosen), sentence.text))
        near = differs or sentence.evidence >= chosen[0].sentence.evidence - self.close
        return len(chosen) < self.most and near and words <= self.words


def choose(evidence: Evidence, threshold: float) -> list[Chosen]:
    """Return the statements of the answer, in the order in which they are written; none, if nothing is supported."""
    if evidence.parts:
        return _each_part(evidence, threshold)
    if evidence.leads:
        return [Chosen(lead) for lead in evidence.leads if lead.support >= threshold]
    found = shown(evidence.sentences, threshold)
    return in_order(select(found, Limits.of(form(evidence.searched), found), evidence.differing))


def select(
    sentences: Sequence[Sentence], limits: Limits | None = None, differing: Sequence[Sentence] = ()
) -> list[Chosen]:
    """Return the statements of one question, best first: each supported nearly as well as the best, none twice.

    A report that differs from the best one may be further behind.
    """
    limits = limits or Limits()
    chosen: list[Chosen] = []
    for sentence in sentences:
        same = next((one for one in chosen if confirms(sentence, one.sentence)), None)
        if same is not None:
            same.add(sentence)
        elif any(confirms(one.sentence, sentence) for one in chosen):
            continue  # it says less than what is said already: neither another statement nor a source of that one
        elif not chosen or limits.leave_room(chosen, sentence, any(_is(sentence, one) for one in differing)):
            chosen.append(Chosen(sentence))
    return chosen


def in_order(chosen: Sequence[Chosen]) -> list[Chosen]:
    """Return the statements, those of one article together in its own order, the best article first."""
    # Sentences of one article refer to each other; in its own order they can be read on.
    articles = list(dict.fromkeys(choice.sentence.article.id for choice in chosen))
    return sorted(chosen, key=lambda c: (articles.index(c.sentence.article.id), c.sentence.start))


def _each_part(evidence: Evidence, threshold: float) -> list[Chosen]:
    """Return the best statement for each part; one that is shown already gives way to the next, if that is near."""
    found: list[Chosen] = []
    for part in evidence.parts:
        # Two, so that there is another one where the first is shown for an earlier part.
        best = select(shown(part.sentences, threshold))
        new = [choice for choice in best if not any(_same(choice.sentence, one.sentence) for one in found)]
        found += new[:1]
    return found


def _same(one: Sentence, other: Sentence) -> bool:
    return _is(one, other) or confirms(one, other)


def _is(one: Sentence, other: Sentence) -> bool:
    """Say whether two are the same sentence of the same article, however they were judged."""
    return (one.article.id, one.start) == (other.article.id, other.start)
