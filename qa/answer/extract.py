"""Answer with the articles' own sentences: the default, which needs no language model.

Which sentences are taken: qa/answer/choose.py. The same news in another article becomes a second citation of the same
statement, not a second statement.
"""

import time
from collections.abc import Iterator, Sequence
from itertools import count

from langchain_core.runnables import RunnableConfig

from qa.answer.answerer import Answerer
from qa.answer.choose import Chosen, choose
from qa.answer.lead_in import lead_in
from qa.answer.verify import cite
from qa.evidence import THRESHOLD, Evidence, Sentence
from qa.judge.compare import shown
from qa.values import Answer, Citation, Event, Statement, StatementChecked, TextPiece


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
        chosen = choose(evidence, self._threshold)
        for statement, cited in write(chosen):
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
            # A part or a lead may be better supported than the best sentence for the whole question.
            support=max((s.support for s in (*(one.sentence for one in chosen), *evidence.sentences[:1])), default=0.0),
            generation=evidence.generation,
            notice=_unanswered(evidence, self._threshold) if statements else "",
            timings={**evidence.timings, "answer": time.perf_counter() - started},
        )


def write(chosen: Sequence[Chosen]) -> Iterator[tuple[Statement, tuple[Citation, ...]]]:
    """Yield each statement with its citations, numbered through the whole answer."""
    number = count(1)
    for choice in chosen:
        cited = tuple(cite(next(number), s.article, s.start, s.end) for s in (choice.sentence, *choice.copies))
        numbers = tuple(citation.number for citation in cited)
        best = choice.sentence
        yield (
            Statement(
                text=best.text,
                support="verbatim",
                citations=numbers,
                highlight=_highlight(best),
                lead_in=lead_in(best.article.text, best.start, best.end),
            ),
            cited,
        )


def _unanswered(evidence: Evidence, threshold: float) -> str:
    """Return which parts of a question, or sides of a comparison, no article found answers; "" if all are answered."""
    silent = [part.question for part in evidence.parts if not shown(part.sentences, threshold)]
    return f"The articles found do not say: {' · '.join(f'“{part}”' for part in silent)}" if silent else ""


def _highlight(sentence: Sentence) -> tuple[int, int] | None:
    """Return the offsets in the sentence of the words that answer, if they are known."""
    start, end = sentence.words
    return (start - sentence.start, end - sentence.start) if start < end else None
