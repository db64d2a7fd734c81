"""Answer with the articles' own sentences: the default, which needs no language model.

Takes the best supported sentence, then others that add something, up to about sixty words. The same news
in another article becomes a second citation of the same statement, not a second statement.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

from langchain_core.runnables import RunnableConfig

from qa.answer.answerer import Answerer
from qa.answer.verify import cite
from qa.evidence import THRESHOLD, Evidence, Sentence
from qa.judge.compare import confirms, shown
from qa.values import Answer, Citation, Event, Statement, StatementChecked, TextPiece

MOST_WORDS = 60
MOST_STATEMENTS = 3
"""Both keep an answer short; with them answers have 42 words in the mean (docs/decisions/0007)."""


@dataclass(slots=True)
class _Chosen:
    """A sentence that is part of the answer, and the sentences of other articles that say the same."""

    sentence: Sentence
    copies: list[Sentence] = field(default_factory=list)

    def add(self, copy: Sentence) -> None:
        """Take a sentence that says the same as a second source, if it is another article's."""
        if all(known.article.id != copy.article.id for known in (self.sentence, *self.copies)):
            self.copies.append(copy)


class Extractive(Answerer):
    """Answers with sentences of the passages. Where none has the `threshold` of support, nothing is found."""

    def __init__(self, *, threshold: float = THRESHOLD) -> None:
        self._threshold = threshold

    def events(
        self,
        evidence: Evidence,
        config: RunnableConfig | None = None,  # noqa: ARG002  (there is no model to pass it to)
    ) -> Iterator[Event]:
        """Yield the statements one by one, then the answer."""
        started = time.perf_counter()
        citations: list[Citation] = []
        statements: list[Statement] = []
        for statement, cited in write(select(evidence.sentences, self._threshold)):
            yield TextPiece(statement.text)
            yield StatementChecked(statement, cited)
            statements.append(statement)
            citations += cited
        yield Answer(
            question=evidence.question,
            status="answered" if statements else "not_found",
            statements=tuple(statements),
            citations=tuple(citations),
            passages=evidence.passages,
            support=evidence.sentences[0].support if evidence.sentences else 0.0,
            generation=evidence.generation,
            timings={**evidence.timings, "answer": time.perf_counter() - started},
        )


def select(judged: Sequence[Sentence], threshold: float) -> list[_Chosen]:
    """Return the statements of the answer, best first: each supported nearly as well as the best, none twice."""
    chosen: list[_Chosen] = []
    words = 0
    for sentence in shown(judged, threshold):
        same = next((one for one in chosen if confirms(sentence, one.sentence)), None)
        length = len(sentence.text.split())
        if same is not None:
            same.add(sentence)
        elif any(confirms(one.sentence, sentence) for one in chosen):
            continue  # it says less than what is said already: neither another statement nor a source of that one
        elif len(chosen) < MOST_STATEMENTS and (not chosen or words + length <= MOST_WORDS):
            chosen.append(_Chosen(sentence))
            words += length
    return chosen


def write(chosen: Sequence[_Chosen]) -> Iterator[tuple[Statement, tuple[Citation, ...]]]:
    """Yield each statement with its citations, numbered through the whole answer.

    Statements of one article stand together in the article's own order, the best article first.
    """
    articles = list(dict.fromkeys(choice.sentence.article.id for choice in chosen))
    number = count(1)
    for choice in sorted(chosen, key=lambda c: (articles.index(c.sentence.article.id), c.sentence.start)):
        cited = tuple(cite(next(number), s.article, s.start, s.end) for s in (choice.sentence, *choice.copies))
        numbers = tuple(citation.number for citation in cited)
        yield Statement(text=choice.sentence.text, support="verbatim", citations=numbers), cited
