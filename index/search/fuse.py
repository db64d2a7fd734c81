"""Fuse the scores of searches by meaning and by words into one, on a scale that holds across corpora.

docs/decisions/0005 compares it with scaling by the best hit and with rank fusion.
"""

import math
from collections.abc import Mapping, Sequence

LEXICAL_WEIGHT = 0.6
"""MRR@10 at .55, .6, .7: rtqa_dev .802, .813, .827; squad2 .949, .945, .947; clapnq .985, .982, .976 (decision 0005).
The first set's questions were matched to their evidence by words, which favours more."""
_K1 = 1.2  # tantivy's own, which cannot be set


def idf(frequency: int, total: int) -> float:
    """Return BM25's inverse document frequency of a term that `frequency` of `total` chunks hold."""
    return math.log(1.0 + (total - frequency + 0.5) / (frequency + 0.5))


def ceiling(weights: Sequence[float]) -> float:
    """Return the highest BM25 score that a chunk could reach for terms of these idf weights."""
    return sum(weights) * (_K1 + 1.0)


def fuse(
    dense: Mapping[str, float],
    lexical: Mapping[str, float],
    *,
    highest: float,
    weight: float = LEXICAL_WEIGHT,
) -> dict[str, float]:
    """Return the fused score of every chunk that either search found.

    Cosines are taken as they are; BM25 scores as the share of the `highest` that the question allows. So a score
    means the same for every question, unlike ranks or scores scaled by the best hit.
    """
    scale = 1.0 / highest if highest > 0 else 0.0
    return {
        id_: (1.0 - weight) * max(0.0, dense.get(id_, 0.0)) + weight * min(1.0, lexical.get(id_, 0.0) * scale)
        for id_ in dense.keys() | lexical.keys()
    }
