"""Search by meaning in the shards of a generation on a server, asked side by side."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from index.batch import batched
from index.search.metadata import is_record, where
from index.server.chroma import SEARCHING, TRANSFER, ChromaServer
from index.server.published import Shard, unusable
from index.server.texts import ROWS, listed
from index.store.archive import Row
from index.values import Scope

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_T = TypeVar("_T")
Records = list[tuple[str, float]]
"""Names of records, each with its cosine, best first."""


class Shards:
    """Shards of vectors with `dimension` numbers, as `index.search.dense.Dense` is a folder's base; `close` it."""

    def __init__(self, server: ChromaServer, shards: Iterable[Shard], dimension: int) -> None:
        self._server, self._dimension = server, dimension
        self._ids = [shard.id for shard in shards]
        self._threads = ThreadPoolExecutor(len(self._ids), "shard") if len(self._ids) > 1 else None

    def close(self) -> None:
        """End its threads; the connections belong to the `ChromaServer`."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)

    def query(self, vectors: "NDArray[np.float32]", k: int, scope: Scope) -> list[Records]:
        """Return the k records of all shards nearest to each unit vector, approximately (HNSW), best first."""
        asked, condition = vectors.tolist(), where(scope)
        most = min(k, self._server.address.most_results or k)
        timeout = SEARCHING if len(asked) == 1 else TRANSFER  # many are not a reader's question, but a check
        found = self._each(lambda id_: self._query(id_, asked, most, condition, timeout))
        return [
            list(islice(merge(*(each[place] for each in found), key=lambda record: -record[1]), k))
            for place in range(len(asked))
        ]

    def count(self) -> int:
        """Return how many records the shards say they have."""
        return sum(self._each(self._server.count))

    def keys(self) -> Iterator[str]:
        """Yield the name of every record."""
        for id_ in self._ids:
            yield from listed(self._server, id_)

    def differing(self, rows: Iterable[tuple[str, Row]]) -> list[str]:
        """Return the chunks of the rows, given with their records' names, that are missing or have another vector or
        field.
        """
        wrong = []
        for some in batched(rows, ROWS):
            found = {key: record for id_ in self._ids for key, record in self._records(id_, [key for key, _ in some])}
            wrong += [row.chunk_id for key, row in some if not is_record(row, *found.get(key, (None, None)))]
        return wrong

    def _query(self, id_: str, vectors: list[list[float]], k: int, condition: Any, timeout: Any) -> list[Records]:
        found = self._server.query(id_, vectors, k, where=condition, timeout=timeout)
        assert found.distances is not None  # they were asked for, and checked
        # Chroma's cosine distance is 1 - cosine
        return [
            [(key, 1.0 - distance) for key, distance in zip(keys, distances, strict=True)]
            for keys, distances in zip(found.ids, found.distances, strict=True)
        ]

    def _records(self, id_: str, keys: list[str]) -> Iterator[tuple[str, tuple["NDArray[np.float32]", Any]]]:
        import numpy as np

        records = self._server.get(id_, include=("embeddings", "metadatas"), ids=keys)
        rows = records.embeddings or []
        if any(len(row) != self._dimension for row in rows):
            raise unusable(self._server.address, f"not all of its vectors have {self._dimension} numbers")
        vectors = (np.array(row, np.float32) for row in rows)
        yield from zip(records.ids, zip(vectors, records.metadatas or [], strict=True), strict=True)

    def _each(self, ask: Callable[[str], _T]) -> list[_T]:
        """Return what each shard answers."""
        return [*(map if self._threads is None else self._threads.map)(ask, self._ids)]
