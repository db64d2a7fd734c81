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
_CLOSER: Mapping[Form, float] = MappingProxyType({"cause": 1.0, "way": 1.0, "verdict": 1.0})
"""How far, in logits, a second statement may be behind the first; less where it seldom adds something (57 questions of
these forms: mean grade 1.28 with either, .58 unhelpful statements instead of .77). Natural questions, 170 and 69 of
other articles: mean grade 1.38 and 1.41 with .54 unhelpful statements an answer; with 1.0 for all 1.35 and 1.39, .47;
with 4.0 1.44 and 1.39, .69 and .77; three statements 1.37 and 1.41, .65 (November 2026)."""


@dataclass(slots=True)
class Chosen:
    """A sentence that is part of the answer, and the sentences of other articles that say the same."""

    sentence: Sentence
    copies: list[Sentence] = field(default_factory=list)

    def add(self, copy: Sentence) -> None:
        """Take a sentence that says the same as a second source, if it is another article's."""
        if all(known.article.id != copy.article.id for known in (self.sentence, *self.copies)):
            self.copies.append(copy)


def choose(evidence: Evidence, threshold: float) -> list[Chosen]:
    """Return the statements of the answer, in the order in which they are written; none, if nothing is supported."""
    if evidence.parts:
        return _each_part(evidence, threshold)
    if evidence.leads:
        return [Chosen(lead) for lead in evidence.leads if lead.support >= threshold]
    asked = form(evidence.searched)
    most = _MOST_OF_A_LIST if asked == "list" else MOST_STATEMENTS
    close = _CLOSER.get(asked, _CLOSE)
    return in_order(select(shown(evidence.sentences, threshold), most, close, evidence.differing))


def select(
    sentences: Sequence[Sentence],
    most: int = MOST_STATEMENTS,
    close: float = _CLOSE,
    differing: Sequence[Sentence] = (),
) -> list[Chosen]:
    """Return the statements of one question, best first: each supported nearly as well as the best, none twice.

    A report that differs from the best one may be further behind.
    """
    chosen: list[Chosen] = []
    words = 0
    for sentence in sentences:
        same = next((one for one in chosen if confirms(sentence, one.sentence)), None)
        length = len(sentence.text.split())
        if same is not None:
            same.add(sentence)
        elif any(confirms(one.sentence, sentence) for one in chosen):
            continue  # it says less than what is said already: neither another statement nor a source of that one
        elif not chosen or (
            len(chosen) < most
            and (
                sentence.evidence >= chosen[0].sentence.evidence - close or any(_is(sentence, one) for one in differing)
            )
            and words + length <= MOST_WORDS
        ):
            chosen.append(Chosen(sentence))
            words += length
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
        best = select(shown(part.sentences, threshold), 2)
        new = [choice for choice in best if not any(_same(choice.sentence, one.sentence) for one in found)]
        found += new[:1]
    return found


def _same(one: Sentence, other: Sentence) -> bool:
    return _is(one, other) or confirms(one, other)


def _is(one: Sentence, other: Sentence) -> bool:
    """Say whether two are the same sentence of the same article, however they were judged."""
    return (one.article.id, one.start) == (other.article.id, other.start)
