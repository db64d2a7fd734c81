"""Search by meaning and by words, and fuse both into one ranking (docs/decisions/0005)."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from index.search.fuse import ceiling, fuse, idf
from index.search.lexical import terms
from index.values import Article, Chunk, Hit, Scope

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CANDIDATES = 50
"""How many chunks each of the two searches gives. Chosen, not measured: five times the passages of an answer."""
EVEN: Mapping[str, float] = MappingProxyType({})
"""Weights under which every term counts 1."""


@dataclass(frozen=True, slots=True)
class Match:
    """A chunk with its article and its scores: `score` fuses the cosine `dense` and the BM25 score `lexical`."""

    chunk: Chunk
    article: Article
    score: float
    dense: float
    lexical: float


@dataclass(frozen=True, slots=True)
class Matches:
    """What a search found, best first, with the question's unit vector and the seconds of each stage."""

    found: tuple[Match, ...]
    vector: tuple[float, ...]
    timings: Mapping[str, float]


class Embedder(Protocol):
    """What makes a question a unit vector."""

    def embed_query(self, text: str) -> list[float]:
        """Return the unit vector."""


class Engines(Protocol):
    """What is searched: a `Generation`."""

    @property
    def embeddings(self) -> Embedder:
        """Return the model that made the chunks' vectors."""

    @property
    def chunks_count(self) -> int:
        """Return how many chunks there are."""

    def dense(self, vector: Sequence[float], k: int, scope: Scope) -> list[Hit]:
        """Return the k chunks nearest to a vector."""

    def lexical(self, text: str, k: int, scope: Scope, weights: Mapping[str, float] | None = None) -> list[Hit]:
        """Return the k chunks with the highest BM25 score."""

    def frequencies(self, terms: Sequence[str]) -> list[int]:
        """Return how many chunks contain each analysed term."""

    def vectors(self, ids: Sequence[str]) -> "dict[str, NDArray[np.float32]]":
        """Return the unit vectors of chunks."""

    def chunks(self, ids: Sequence[str]) -> dict[str, tuple[Chunk, Article]]:
        """Return chunks with their articles."""


def search(engines: Engines, question: str, k: int, scope: Scope, weights: Mapping[str, float] = EVEN) -> Matches:
    """Return the k chunks that match a question best.

    `weights` says how much an analysed term counts in the search by words; one that it does not name counts 1.
    """
    clock = time.perf_counter
    started = clock()
    vector = engines.embeddings.embed_query(question)
    embedded = clock()
    dense = {hit.chunk_id: hit.score for hit in engines.dense(vector, CANDIDATES, scope)}
    searched = clock()
    lexical = {hit.chunk_id: hit.score for hit in engines.lexical(question, CANDIDATES, scope, weights)}
    matched = clock()
    for id_, other in engines.vectors([id_ for id_ in lexical if id_ not in dense]).items():
        dense[id_] = float(other @ vector)
    fused = fuse(dense, lexical, highest=_highest(engines, question, weights))
    best = sorted(fused, key=lambda id_: (-fused[id_], id_))[:k]
    chunks = engines.chunks(best)
    found = tuple(
        Match(*chunks[id_], score=fused[id_], dense=dense.get(id_, 0.0), lexical=lexical.get(id_, 0.0))
        for id_ in best
        if id_ in chunks
    )
    timings = {"embed": embedded - started, "dense": searched - embedded, "lexical": matched - searched,
               "fuse": clock() - matched}  # fmt: skip
    return Matches(found, tuple(vector), timings)


def _highest(engines: Engines, question: str, weights: Mapping[str, float]) -> float:
    """Return the highest BM25 score that any chunk could have for the question."""
    words = list(dict.fromkeys(terms(question)))
    return ceiling(
        [
            idf(frequency, engines.chunks_count) * weights.get(word, 1.0)
            for word, frequency in zip(words, engines.frequencies(words), strict=True)
        ]
    )
