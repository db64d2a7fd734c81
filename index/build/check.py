"""Check one generation: `python -m index.build.check INDEX NUMBER [--every]`. Exit code 0 and silence when all is well.

Runs as a process of its own: Chroma's engine can crash on damaged files, and a crash is a failed check too.
"""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from index.batch import batched
from index.errors import DatelineError, IndexDamagedError
from index.search.lexical import Lexical
from index.store.archive import Archive
from index.store.contents import Contents
from index.store.database import Database
from index.store.folder import Folder

if TYPE_CHECKING:
    from numpy.typing import NDArray

SAMPLE = 200
"""Unchanged chunks that are sought: enough to find a graph that lost its links (docs/decisions/0009). Only the doctor
seeks all: of 9,918 chunks that takes 10 s of CPU instead of 2 (benchmarks/README.md)."""
_BATCH = 500  # a query of so many vectors; chosen, not measured: few calls, little memory
_REACH = 10
"""Nearest chunks among which a sought one has to be, and then 50 times as many: docs/decisions/0011 counts both."""
_OUT_OF_REACH = 1000
"""One chunk in so many may be out of reach: 2 of 49,547 near-copies were (docs/decisions/0011)."""
_COMPARED = 50  # searches between chunks; chosen, not measured: 500 hits, so that a share of 0.9 means something
_RECALL = 0.9
"""Share of the exact nearest 10 that has to be found; a sound graph finds .998 to 1 of them (docs/decisions/0011)."""
_TOLERANCE = 1e-4  # of dot products: the same vectors embedded in other batches differ by 1e-7 (docs/decisions/0011)


def check(folder: Folder, number: int, *, sample: int | None = SAMPLE) -> None:
    """Raise `IndexDamagedError` unless the engines hold exactly the archive's chunks and find them.

    Searches by its own vector for each chunk that is new since the served generation, and for about `sample` others;
    None searches for all, and compares every vector and field in Chroma with the archive.
    """
    from index.search.dense import Dense  # only a folder's check needs Chroma itself, and it takes a second to load

    fingerprint, about = folder.about(number)
    folder.require_intact(number)
    with Database.open(folder.archive) as database:
        archive = Archive(database)
        chunks = {row.chunk_id: row.vector for row in archive.rows(number, fingerprint.vectors)}
        _, expected = archive.counts(number)
        changed = archive.chunks_beside(number, folder.served())
        for _ in Contents(database, number, fingerprint).articles():
            pass  # each is checked as it comes
        dense = Dense.open(folder.generation(number) / "chroma")
        if sample is None and (other := dense.differing(archive.rows(number, fingerprint.vectors))):
            raise IndexDamagedError(f"Chroma has {len(other)} chunks other than the archive has them, first {other[0]}")
    lexical = Lexical.open(folder.generation(number) / "tantivy")
    _same("chunks with a vector in the archive", len(chunks), expected)
    _same("chunks in about.json", about["chunks"], expected)
    _same("chunks in Chroma", dense.count(), expected)
    _same("chunks in tantivy", lexical.count(), expected)
    if set(dense.ids()) != chunks.keys():
        raise IndexDamagedError("Chroma holds other chunks than the archive")
    if set(lexical.ids()) != chunks.keys():
        raise IndexDamagedError("tantivy holds other chunks than the archive")
    step = 1 if sample is None else max(1, len(chunks) // sample)
    require_reachable(
        dense, {id_: chunks[id_] for place, id_ in enumerate(chunks) if place % step == 0 or id_ in changed}
    )
    require_recall(dense, chunks)
    dense.close()


class Finder(Protocol):
    """Something that finds the chunks nearest to vectors."""

    def nearest(self, vectors: "NDArray[np.float32]", k: int) -> list[list[str]]:
        """Return for each vector the ids of the k nearest chunks."""


def require_reachable(dense: Finder, chunks: Mapping[str, bytes]) -> None:
    """Search for chunks by their own vectors, given by id; raise `IndexDamagedError` when too many are not found.

    Copies of a text share one vector, so the chunk may be among several. One in a thousand may be out of reach, since
    HNSW can isolate one of many near-copies (docs/decisions/0011).
    """
    lost = [*chunks]
    for reach in (_REACH, 50 * _REACH):  # HNSW is approximate, and more than ten chunks may share one text
        found = [
            near for ids in batched(lost, _BATCH) for near in dense.nearest(_matrix(chunks[id_] for id_ in ids), reach)
        ]
        lost = [id_ for id_, near in zip(lost, found, strict=True) if id_ not in near]
    if len(lost) > len(chunks) // _OUT_OF_REACH:
        raise IndexDamagedError(f"{len(lost)} chunks are not found by their own vectors, first {lost[0]}")


def require_recall(dense: Finder, chunks: Mapping[str, bytes]) -> None:
    """Search for points between chunks; raise `IndexDamagedError` unless nearly all exact results are found.

    A graph that has lost links may still find each chunk by its own vector.
    """
    if not chunks:
        return
    vectors = _matrix(chunks.values())
    places = np.linspace(0, len(chunks) - 1, min(_COMPARED, len(chunks))).astype(int)
    asked = vectors[places] + vectors[places[::-1]]
    exact = asked @ vectors.T
    k = min(_REACH, len(chunks))
    least = np.partition(exact, -k, axis=1)[:, -k]
    at = {id_: place for place, id_ in enumerate(chunks)}
    found = [[at[id_] for id_ in near] for near in dense.nearest(asked, k)]
    right = sum(int((exact[row, near] >= least[row] - _TOLERANCE).sum()) for row, near in enumerate(found))
    if right < _RECALL * k * len(places):
        raise IndexDamagedError(
            f"only {right} of the {k * len(places)} nearest chunks of {len(places)} vectors are found"
        )


def _matrix(vectors: Iterable[bytes]) -> "NDArray[np.float32]":
    """Return the vectors as rows."""
    some = [*vectors]
    return np.frombuffer(b"".join(some), "<f4").reshape(len(some), -1)


def _same(what: str, found: int, expected: int) -> None:
    if found != expected:
        raise IndexDamagedError(f"{found} {what}, {expected} expected")


if __name__ == "__main__":
    try:
        check(Folder(Path(sys.argv[1])), int(sys.argv[2]), sample=None if "--every" in sys.argv else SAMPLE)
    except DatelineError as error:
        sys.exit(str(error))
