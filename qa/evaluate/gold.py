"""Find in the index what a question's evidence names: the articles, the quotes' offsets, the chunks round them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from index.generation import Generation
from index.text.chunk import Span
from index.text.clean import visible
from qa.evaluate.questions import Question


@dataclass(frozen=True, slots=True)
class Gold:
    """The evidence of a question as the index holds it.

    `spans` are the offsets of the quotes by article, and `chunks` the ids of all chunks that overlap one. `absent`
    are the articles that the index does not hold, `lost` the quotes that are not found in their articles.
    """

    spans: Mapping[str, tuple[Span, ...]]
    articles: frozenset[str]
    chunks: frozenset[str]
    absent: tuple[str, ...]
    lost: tuple[str, ...]

    def overlaps(self, article_id: str, start: int, end: int) -> bool:
        """Say whether the span of the article shares a character with a quote."""
        return any(start < stop and first < end for first, stop in self.spans.get(article_id, ()))


def gold_of(question: Question, generation: Generation) -> Gold:
    """Return where the index holds the evidence of a question."""
    spans: dict[str, tuple[Span, ...]] = {}
    chunks: set[str] = set()
    absent: list[str] = []
    lost: list[str] = []
    for evidence in question.quotes:
        article = generation.article(evidence.article_id)
        if article is None:
            absent.append(evidence.article_id)
        elif found := occurrences(article.text, evidence.quote):
            spans[article.id] = (*spans.get(article.id, ()), *found)
        else:
            lost.append(evidence.quote)
    for article_id, inside in spans.items():
        chunks.update(
            chunk.id
            for chunk in generation.chunks_of(article_id)
            if any(chunk.start < end and start < chunk.end for start, end in inside)
        )
    named = {evidence.article_id for evidence in question.quotes}
    return Gold(spans, frozenset(named - set(absent)), frozenset(chunks), tuple(dict.fromkeys(absent)), tuple(lost))


def occurrences(text: str, quote: str) -> Sequence[Span]:
    """Return every place where the text holds the quote, whatever white space stands between its words."""
    words = visible(quote).split()
    if not words:
        return []
    # Line breaks within a quote are those of whoever copied it, not of the article.
    return [found.span() for found in re.finditer(r"\s+".join(map(re.escape, words)), text)]
