"""Where passages are embedded: in this process, or by Ray on several CPUs and machines (index/embed/cluster.py)."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Protocol

from index.batch import batched
from index.embed.model import SentenceEmbeddings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Text = tuple[bytes, str]
"""The digest that a vector is stored under, and the text to embed."""
Vectors = tuple[list[bytes], "NDArray[np.float32]"]
"""Digests, and their texts' unit vectors, shape (digests, dimension)."""
BATCH = 64
"""How many vectors are returned and stored at once: what a killed run may lose, two seconds of work (decision 0004)."""


class Engine(Protocol):
    """Embeds texts with the model of an index."""

    def embed(self, embeddings: SentenceEmbeddings, windows: Iterable[list[Text]]) -> Iterator[Vectors]:
        """Yield the vectors of all texts, a few at a time, in any order."""


class Local:
    """Embeds in this process."""

    def embed(self, embeddings: SentenceEmbeddings, windows: Iterable[list[Text]]) -> Iterator[Vectors]:
        """Yield the vectors of all texts in their order."""
        for window in windows:
            for batch in batched(window, BATCH):
                yield [key for key, _ in batch], embeddings.encode([text for _, text in batch])
