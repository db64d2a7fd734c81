"""Judge the sentences of the retrieved passages: how well does each answer the question?

What this module does not know: whether a sentence is true, or newer than another.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from index import Article
from index.chunk import sentences
from index.lexical import terms
from qa.retrieve import Evidence

CANDIDATES = 24


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an article, `support` telling how well it answers (0 to 1), and the score of its passage."""

    article: Article
    start: int
    end: int
    passage: float
    support: float = 0.0

    @property
    def text(self) -> str:
        """Return the words."""
        return self.article.text[self.start : self.end]


class Judge(Protocol):
    """Give each sentence its support for the question, best first."""

    def __call__(self, evidence: Evidence) -> list[Sentence]: ...


def split(evidence: Evidence) -> list[Sentence]:
    """Return the sentences of all passages, the best passage's first."""
    return [
        Sentence(passage.article, start, end, passage.score)
        for passage in evidence.passages
        for start, end in sentences(passage.article.text, passage.chunk.start, passage.chunk.end)
    ]


def words_and_meaning(evidence: Evidence) -> list[Sentence]:
    """Judge by the question's idf-weighted words in the sentence and by the cosine of both vectors."""
    found = split(evidence)
    covered = {sentence: _coverage(sentence, evidence.weights) for sentence in found}
    chosen = sorted(found, key=lambda s: -(covered[s] + s.passage))[:CANDIDATES]
    embed = evidence.generation.embeddings.embed_query
    question = np.asarray(embed(evidence.question))
    judged = [
        Sentence(s.article, s.start, s.end, s.passage, _support(covered[s], float(question @ embed(s.text))))
        for s in chosen
    ]
    return sorted(judged, key=lambda s: (-s.support, -s.passage, s.article.id, s.start))


def _support(coverage: float, cosine: float) -> float:
    return max(0.0, 0.5 * coverage + 0.5 * cosine)


def _coverage(sentence: Sentence, weights: dict[str, float]) -> float:
    """Return the share of the question's idf weight that the sentence holds, its title counting half."""
    total = sum(weights.values())
    if total == 0:
        return 0.0
    held, headline = set(terms(sentence.text)), set(terms(sentence.article.title))
    return sum(w if t in held else w / 2 if t in headline else 0.0 for t, w in weights.items()) / total


def similar(one: str, other: str) -> float:
    """Return the share of words that two texts have in common, of all the words of the shorter."""
    first, second = set(terms(one)), set(terms(other))
    return len(first & second) / max(1, min(len(first), len(second)))
