"""Find what happened at all: the largest stories of a time, for a question that names nothing but days.

"What happened in May 2025?" has no words to search for. A story is large when many articles begin like it.
"""

from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from index import Article, Scope
from index.generation import Generation
from index.text.chunk import sentences
from index.values import Chunk
from qa.evidence import Evidence
from qa.values import Passage

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MOST = 400
"""How many of the newest articles to group. Chosen, not measured: each is compared with all others."""
_LEAST_WORDS = 8
"""A lead has as many; fewer are a heading or a credit ("Staff and wire reports")."""
_ALIKE = 0.6
"""Cosine of the first passages of two articles on one story. Chosen, not measured."""


def overview(question: str, generation: Generation, scope: Scope, k: int) -> Evidence:
    """Return the leads of the largest stories in the scope, at most k, each by its newest article."""
    articles = list(islice(generation.articles(scope, most=_MOST), _MOST))
    firsts = {a.id: chunks[0] for a in articles if (chunks := generation.chunks_of(a.id))}
    vectors = generation.vectors([chunk.id for chunk in firsts.values()])
    known = [article for article in articles if article.id in firsts and firsts[article.id].id in vectors]
    if not known:
        return Evidence(question, (), (), generation.number, dict.fromkeys(("embed", "dense", "lexical", "fuse"), 0.0))
    # Vectors of unit length: a product is a cosine.
    matrix = np.array([vectors[firsts[article.id].id] for article in known])
    chosen = _largest(matrix @ matrix.T >= _ALIKE, k)
    passages = tuple(_lead(known[at], firsts[known[at].id]) for at in chosen)
    # The question has no matter to be near to; in its place, leads are held against the middle of the stories.
    centre = matrix[chosen].mean(axis=0)
    return Evidence(
        question,
        passages,
        (),
        generation.number,
        dict.fromkeys(("embed", "dense", "lexical", "fuse"), 0.0),
        vector=tuple((centre / np.linalg.norm(centre)).tolist()),
    )


def _largest(alike: "NDArray[np.bool_]", k: int) -> list[int]:
    """Return the first of each of the k largest groups of articles that are alike, the largest first."""
    left = np.ones(len(alike), bool)
    chosen: list[int] = []
    while left.any() and len(chosen) < k:
        sizes = (alike & left).sum(axis=1) * left  # of those that are left, how many are alike
        group = alike[int(sizes.argmax())] & left
        chosen.append(int(group.argmax()))
        # What is told in one story begins no other.
        left &= ~group
    return chosen


def _lead(article: Article, first: Chunk) -> Passage:
    """Return the first sentence of an article as a passage that answers as well as one can."""
    spans = [*sentences(article.text, first.start, first.end), (first.start, first.end)]
    start, end = next((span for span in spans if len(article.text[slice(*span)].split()) >= _LEAST_WORDS), spans[0])
    lead = Chunk(first.id, article.id, start, end, article.text[start:end])
    return Passage(lead, article, 1.0, {"dense": 1.0, "lexical": 0.0})
