"""The settings of Chroma's collections, the names and fields of their records, and a scope as a condition on these."""

import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from index.store.archive import Row
from index.store.contents import day_number
from index.values import Scope

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PART = 10_000
"""The most records that are written to Chroma's graph at once. Chosen, not measured: they wait in its log."""
_EF_CONSTRUCTION = 200
"""Candidates that an insertion keeps; Chroma's default is 100. With twice as many, 200 questions over 95,087 passages
find all of the exact ten instead of .992, for 89 s of CPU instead of some 47; to embed these passages takes over an
hour (November 2026, docs/decisions/0044)."""
_EF_SEARCH, _EF_SEARCH_LARGE, _LARGE = 400, 1000, 100_000
"""Candidates that a search keeps, in a base of more than `_LARGE` records too; Chroma's default is 100. With 200, 400
and 1000, the same questions find .994, .995 to all and all of the exact ten (two graphs), in 1.5, 2.6 and 4.3 ms of
CPU; points half way between two passages, which are hardest, .939, .955 and .982. Over the 99,505 passages of
`benchmarks.scale`, most of them near-copies, questions find .9945, .9975 and all, points half way .9945, .9995 and
.9995, in 9, 14 and 24 ms beside another program. Larger bases are not measured, and a graph finds less the larger it is
(November 2026, docs/decisions/0044)."""
_BUSY_SECONDS = 30.0
"""Seconds for which a database that another program writes to is waited for. Chosen, not measured."""
_SAME_COSINE = 0.9999
"""Normalising again moves a vector by 1.5e-8 (docs/decisions/0008); chosen far from that, and from another text's."""


HASH_DIGITS = 16
"""Digits of a hash that tell the versions of one article apart."""


def record_key(row: Row) -> str:
    """Return the name of a row's record."""
    return f"{row.chunk_id}-{row.article[:HASH_DIGITS]}"


def parse_key(key: str) -> tuple[str, str]:
    """Return the chunk that a record is of, and the first digits of its article version's hash.

    These are "" in collections that were made for one generation.
    """
    chunk_id, _, article = key.partition("-")
    return chunk_id, article


def metadata(row: Row) -> dict[str, str | int]:
    """Return the fields of a chunk that filters use."""
    fields: dict[str, str | int] = {"source": row.source, "category": row.category}
    return fields if row.day is None else {**fields, "day": row.day}


def same_vector(written: bytes, returned: "NDArray[np.float32]") -> bool:
    """Say whether Chroma returned the vector that was written. It normalises vectors again, so bytes may differ."""
    return float(np.dot(np.frombuffer(written, "<f4"), returned)) > _SAME_COSINE


def is_record(row: Row, vector: "NDArray[np.float32] | None", fields: object) -> bool:
    """Say whether a record's vector and fields are those of a row."""
    return vector is not None and fields == metadata(row) and same_vector(row.vector, vector)


def where(scope: Scope) -> Any:
    """Return Chroma's condition for a scope, None for all."""
    conditions: list[dict[str, Any]] = []  # an article without a day has no such field, and meets no condition on it
    if scope.since:
        conditions.append({"day": {"$gte": day_number(scope.since)}})
    if scope.until:
        conditions.append({"day": {"$lte": day_number(scope.until)}})
    if scope.sources:
        conditions.append({"source": {"$in": list(scope.sources)}})
    if scope.categories:
        conditions.append({"category": {"$in": list(scope.categories)}})
    return {"$and": conditions} if len(conditions) > 1 else next(iter(conditions), None)


def within(scope: Scope, row: Row) -> bool:
    """Say whether a row meets that condition."""
    day = row.day
    return (
        (not scope.since or (day is not None and day >= (day_number(scope.since) or 0)))
        and (not scope.until or (day is not None and day <= (day_number(scope.until) or 0)))
        and (not scope.sources or row.source in scope.sources)
        and (not scope.categories or row.category in scope.categories)
    )


def ef_search(count: int) -> int:
    """Return how many candidates a search keeps in a base of so many records."""
    return _EF_SEARCH_LARGE if count > _LARGE else _EF_SEARCH


def hnsw(count: int) -> dict[str, Any]:
    """Return the settings of a collection that is built with `count` records at once.

    Chroma keeps records short of a whole `sync_threshold` in its log, and inserts them again whenever the collection is
    opened: so the threshold is made to divide the count. `max_neighbors` is four times the default: with fewer, some of
    many near-copies cannot be reached at all (docs/decisions/0011).
    `batch_size` is Chroma's default.
    """
    threshold = max(1, count // max(1, -(-count // _PART)))
    return {
        "space": "cosine", "ef_construction": _EF_CONSTRUCTION, "ef_search": ef_search(count), "max_neighbors": 64,
        "sync_threshold": threshold, "batch_size": 100,
    }  # fmt: skip


def additions(rows: Iterable[Row], count: int, most: int) -> Iterator[list[Row]]:
    """Yield the `count` rows in additions of at most `most`, each `sync_threshold` of them ending with an addition.

    Chroma writes its graph after the addition that reaches the threshold, and starts counting again.
    """
    remaining, threshold = iter(rows), hnsw(count)["sync_threshold"]
    for start in range(0, count, threshold):
        end = min(start + threshold, count)
        for done in range(start, end, most):
            yield list(islice(remaining, min(most, end - done)))


def stored(path: Path) -> int | None:
    """Return how many records a folder of Chroma has by its database, read without Chroma; None if it cannot be read.

    Chroma takes a second to load, and a damaged folder can end the process that opens it.
    """
    try:
        uri = f"{(path / 'chroma.sqlite3').resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            ((count,),) = connection.execute("SELECT count(*) FROM embeddings")
    except sqlite3.Error:
        return None
    return int(count)


def copy_database(source: Path, path: Path) -> None:
    """Copy Chroma's database as SQLite does it: a reader that opens the collection writes to it. Raises `OSError`."""
    until = time.monotonic() + _BUSY_SECONDS

    def require_unlocked(status: int, *_: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and time.monotonic() > until:
            raise OSError(f"{source} is locked")  # SQLite would try for ever

    try:
        with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(path)) as written:
            read.backup(written, progress=require_unlocked)
    except sqlite3.Error as error:
        raise OSError(f"{source}: {error}") from error
