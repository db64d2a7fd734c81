"""Answer with the articles' own sentences: the default, which needs no language model.

Takes the best supported sentence, then others that add something, up to about sixty words. The same news told
by another article becomes a second citation of the same statement, not a second statement.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from langchain_core.runnables import RunnableConfig

from qa.answerer import Answerer
from qa.evidence import THRESHOLD, Evidence, Sentence, similar
from qa.values import Answer, Citation, TextPiece
from qa.verify import cite

MOST_WORDS = 60
MOST_STATEMENTS = 3
_MARGIN = 4.0
_SAME = 0.8


@dataclass(slots=True)
class _Statement:
    """A sentence that is part of the answer, and the sentences of other articles that say the same."""

    sentence: Sentence
    copies: list[Sentence] = field(default_factory=list)


class Extractive(Answerer):
    """Answers with sentences of the passages. Where none has the `threshold` of support, nothing is found."""

    def __init__(self, *, threshold: float = THRESHOLD) -> None:
        self._threshold = threshold

    def events(
        self,
        evidence: Evidence,
        config: RunnableConfig | None = None,  # noqa: ARG002  (there is no model to pass it to)
    ) -> Iterator[TextPiece | Answer]:
        """Yield the statements one by one, then the answer."""
        started = time.perf_counter()
        statements = select(evidence.sentences, self._threshold)
        parts, citations = write(statements)
        yield from (TextPiece(part) for part in parts)
        yield Answer(
            question=evidence.question,
            status="answered" if statements else "not_found",
            text="".join(parts),
            citations=citations,
            passages=evidence.passages,
            as_of=max((c.published for c in citations if c.published), default=None),
            support=evidence.sentences[0].support if evidence.sentences else 0.0,
            generation=evidence.generation,
            timings={**evidence.timings, "answer": time.perf_counter() - started},
        )


def select(judged: Sequence[Sentence], threshold: float) -> list[_Statement]:
    """Return the statements of the answer, best first: each supported nearly as well as the best, none twice."""
    statements: list[_Statement] = []
    words = 0
    for sentence in judged:
        if sentence.support < threshold or sentence.evidence < judged[0].evidence - _MARGIN:
            break
        same = next((s for s in statements if similar(s.sentence.text, sentence.text) >= _SAME), None)
        length = len(sentence.text.split())
        if same is not None:
            if all(s.article.id != sentence.article.id for s in (same.sentence, *same.copies)):
                same.copies.append(sentence)
        elif len(statements) < MOST_STATEMENTS and (not statements or words + length <= MOST_WORDS):
            statements.append(_Statement(sentence))
            words += length
    return statements


def write(statements: list[_Statement]) -> tuple[list[str], tuple[Citation, ...]]:
    """Return the answer's text in pieces with citation numbers, and the citations.

    Statements of one article stand together in the article's own order, the best article first.
    """
    articles = list(dict.fromkeys(s.sentence.article.id for s in statements))
    ordered = sorted(statements, key=lambda s: (articles.index(s.sentence.article.id), s.sentence.start))
    citations: list[Citation] = []
    parts: list[str] = []
    for statement in ordered:
        marks = ""
        for sentence in (statement.sentence, *statement.copies):
            citations.append(cite(len(citations) + 1, sentence.article, sentence.start, sentence.end))
            marks += f"[{len(citations)}]"
        parts.append(f"{' ' if parts else ''}{statement.sentence.text} {marks}")
    return parts, tuple(citations)
