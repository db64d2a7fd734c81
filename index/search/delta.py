"""Search by meaning in a generation: in a base that it shares with others, and in what was added since.

The base is a Chroma collection, or several on a server, and finds approximately. What was added is compared exactly,
with vectors from the archive; what is gone is still in the base, and left out of what that finds.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Protocol

import numpy as np

from index.search.metadata import HASH_DIGITS, parse_key, record_key, within
from index.store.archive import Archive, Row
from index.store.database import Database
from index.store.folder import Base as SharedBase
from index.store.folder import Folder
from index.values import Hit, Scope

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MORE = 4
"""How many times as many records to ask for when too few of those found are left. Chosen, not measured: what is
gone lies together where a story was edited often."""


class Added:
    """Chunks that are compared one by one with a vector."""

    def __init__(self, rows: Iterable[Row]) -> None:
        some = [*rows]
        self._rows = [replace(row, text="", title="", vector=b"") for row in some]
        vectors = np.frombuffer(b"".join(row.vector for row in some), "<f4")
        self._vectors = vectors.reshape(len(some), -1 if some else 0)
        self._places = lru_cache(maxsize=16)(self._within)  # of scopes: a conversation keeps to one

    def __len__(self) -> int:
        return len(self._rows)

    def ids(self) -> list[str]:
        """Return their ids."""
        return [row.chunk_id for row in self._rows]

    def keys(self) -> list[str]:
        """Return the names that their records would have in a base."""
        return [record_key(row) for row in self._rows]

    def search(self, vector: "NDArray[np.float32]", k: int, scope: Scope) -> list[Hit]:
        """Return the k chunks in the scope with the highest cosine, best first."""
        places = self._places(scope)
        if not len(places):
            return []
        vectors = self._vectors if len(places) == len(self) else self._vectors[places]
        # Not `@`: from 2,000 rows on BLAS has threads of its own, and waits 20 ms for them on a busy machine, not 0.8
        scores = np.einsum("ij,j->i", vectors, vector)
        best = np.argsort(-scores, kind="stable")[:k]
        return [Hit(self._rows[places[at]].chunk_id, float(scores[at])) for at in best]

    def _within(self, scope: Scope) -> "NDArray[np.intp]":
        return np.array([place for place, row in enumerate(self._rows) if within(scope, row)], np.intp)


class Base(Protocol):
    """Records that are searched by meaning."""

    def query(self, vectors: "NDArray[np.float32]", k: int, scope: Scope) -> list[list[tuple[str, float]]]:
        """Return the k records nearest to each unit vector, with their cosines, best first."""

    def count(self) -> int:
        """Return how many records it has."""

    def keys(self) -> Iterator[str]:
        """Yield the name of every record."""

    def differing(self, rows: Iterable[tuple[str, Row]]) -> list[str]:
        """Return the chunks of the rows, given with their records' names, that it has otherwise or not."""


class BaseAndDelta:
    """A generation's search by meaning; `close` it when no search is under way.

    `gone` are article versions that the base has, each with the number of its chunks; None says that its records do not
    name their articles, as those of older generations, which have all of them.
    """

    def __init__(self, base: Base, added: Added, gone: Mapping[str, int] | None, close: Callable[[], None]) -> None:
        self._base, self._added, self._close = base, added, close
        self._gone = {article[:HASH_DIGITS] for article in gone or ()}
        self._held, self._gone_count = base.count(), sum((gone or {}).values())
        self._key: Callable[[Row], str] = attrgetter("chunk_id") if gone is None else record_key

    @classmethod
    def open(
        cls, folder: Folder, number: int, shared: SharedBase | None, base: Base, close: Callable[[], None]
    ) -> "BaseAndDelta":
        """Return the search of a folder's generation whose base is open; `close` is called when it is closed."""
        if shared is None:
            return cls(base, Added(()), None, close)
        with Database.open(folder.archive) as database:
            archive = Archive(database)
            held = archive.held(number)
            lacking = [version for article, version in held.items() if article not in shared.chunks]
            added = Added(archive.rows_of(lacking, folder.about(number)[0].vectors) if lacking else ())
        return cls(base, added, {article: shared.chunks[article] for article in shared.chunks.keys() - held}, close)

    def close(self) -> None:
        """Release the base."""
        self._close()

    def count(self) -> int:
        """Return how many chunks it has."""
        return self._held - self._gone_count + len(self._added)

    def ids(self) -> Iterator[str]:
        """Yield the id of every chunk."""
        keys = map(parse_key, self._base.keys())
        yield from (chunk_id for chunk_id, article in keys if article not in self._gone)
        yield from self._added.ids()

    def differing(self, rows: Iterable[Row]) -> list[str]:
        """Return the ids of the rows that the base should have, and has otherwise or not."""
        added = {*self._added.keys()}
        named = ((self._key(row), row) for row in rows)
        return self._base.differing((key, row) for key, row in named if key not in added)

    def search(self, vector: Sequence[float], k: int, scope: Scope) -> list[Hit]:
        """Return the k chunks nearest to a unit vector by cosine, best first."""
        return self._search(np.asarray([vector], np.float32), k, scope)[0]

    def nearest(self, vectors: "NDArray[np.float32]", k: int) -> list[list[str]]:
        """Return the ids of the k chunks nearest to each unit vector."""
        return [[hit.chunk_id for hit in hits] for hits in self._search(vectors, k, Scope())]

    def _search(self, vectors: "NDArray[np.float32]", k: int, scope: Scope) -> list[list[Hit]]:
        based = self._search_base(vectors, k, scope)
        if not len(self._added):
            return based
        added = [self._added.search(vector, k, scope) for vector in vectors]
        return [sorted(one + other, key=lambda hit: -hit.score)[:k] for one, other in zip(based, added, strict=True)]

    def _search_base(self, vectors: "NDArray[np.float32]", k: int, scope: Scope) -> list[list[Hit]]:
        """Return the k chunks of the base nearest to each vector, without those that are gone."""
        left = self._held - self._gone_count
        if not left:
            return [[] for _ in vectors]
        found: list[list[Hit]] = [[]] * len(vectors)
        lacking, asked = [*range(len(vectors))], -(-k * self._held // left)  # what is gone is asked for too
        while lacking:
            asked = min(asked, self._held)
            given = self._base.query(vectors[lacking], asked, scope)
            for place, records in zip(lacking, given, strict=True):
                found[place] = self._left(records)[:k]
            more = [len(records) == asked < self._held for records in given]  # no filter, and no end, has come first
            lacking = [place for place, go_on in zip(lacking, more, strict=True) if go_on and len(found[place]) < k]
            asked *= _MORE
        return found

    def _left(self, records: Iterable[tuple[str, float]]) -> list[Hit]:
        """Return the records that are not gone, as the chunks they stand for."""
        named = ((*parse_key(key), score) for key, score in records)
        return [Hit(chunk_id, score) for chunk_id, article, score in named if article not in self._gone]
