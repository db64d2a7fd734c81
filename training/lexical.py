"""Stems and idf of words: what the network's exact-match features and the nearest passages are made of."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

STOP_WORDS = frozenset(
    "a an the of in on at to for from by with and or but not no as is are was were be been being am do does did "
    "done has have had having it its he she they them his her their him we you i me my our your this that these "
    "those there here what which who whom whose when where why how than then so if into about over under after "
    "before during between through out up down off again can could will would shall should may might must also "
    "just only such some any all each both more most other very s t ' re ve ll d m".split()
)
_ENDINGS = ("ing", "edly", "ies", "ied", "ed", "es", "ly", "s", "e", "y")
_SHORTEST_STEM = 3


def stem(word: str) -> str:
    """Return a crude English stem, only used to see that two word pieces are the same word."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word[: -len(ending)]
    return word


def words(text: str) -> list[str]:
    """Return the lower-case stems of the content words of a text."""
    return [stem(word) for word in re.findall(r"[a-z0-9]+", text.lower()) if word not in STOP_WORDS]


class Bm25:
    """BM25 over short texts in memory."""

    def __init__(self, texts: Sequence[str], k1: float = 1.2, b: float = 0.75) -> None:
        documents = [Counter(words(text)) for text in texts]
        sizes = np.array([sum(document.values()) for document in documents], np.float32)
        norms = k1 * (1 - b + b * sizes / sizes.mean())
        self._count = len(texts)
        self._postings: dict[str, tuple[list[int], list[float]]] = defaultdict(lambda: ([], []))
        for row, document in enumerate(documents):
            for word, frequency in document.items():
                rows, weights = self._postings[word]
                rows.append(row)
                weights.append(frequency * (k1 + 1) / (frequency + float(norms[row])))
        self.idf = {word: self._idf(len(rows)) for word, (rows, _) in self._postings.items()}

    def scores(self, query: str) -> NDArray[np.float32]:
        """Return the score of every text, shape (texts,)."""
        scores = np.zeros(self._count, np.float32)
        for word in set(words(query)) & self.idf.keys():
            rows, weights = self._postings[word]
            scores[rows] += np.asarray(weights, np.float32) * self.idf[word]
        return scores

    def _idf(self, frequency: int) -> float:
        return math.log(1 + (self._count - frequency + 0.5) / (frequency + 0.5))
