"""Check one generation: `python -m index.build.check INDEX NUMBER [--every]`. Exit code 0 and silence when all is well.

Runs as a process of its own: Chroma's engine can crash on damaged files, and a crash is a failed check too.
"""

import sys
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from index.batch import batched
from index.errors import DatelineError, IndexDamagedError
from index.search.lexical import Lexical
from index.store.archive import Archive
from index.store.contents import Contents
from index.store.database import Database
from index.store.folder import Base, Folder

if TYPE_CHECKING:
    from numpy.typing import NDArray

SAMPLE = 200
"""Unchanged chunks to check. Chosen, not measured: a damaged file shows in most of its chunks."""
_SOUGHT = 2000
"""Chunks of a new base that are sought by their vectors: enough to find a graph that lost its links, and to tell one in
a thousand that is out of reach. Only the doctor seeks all, since one of 100,000 takes 2 ms (benchmarks/README.md)."""
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

    Checks each article that is new since the served generation, and about `sample` chunks of the others; None checks
    all. A base that the served generation shares was checked when it was made, and is searched only for None.
    """
    folder.require_intact(number)
    with Database.open(folder.archive) as database:
        archive = Archive(database)
        looked = _looked_at(folder, archive, number, sample)
        Contents(database, number, folder.about(number)[0]).require_sound(looked)
        _check_words(folder, archive, number, looked, every=sample is None)
        served, base = _served_base(folder, number), folder.base(number)
        if sample is None or base is None or served is None or base.number != served.number:
            copied = served is not None and base is not None and base.copied == served.number
            _check_meaning(folder, archive, number, sample, held=served.chunks if served and copied else {})


def _looked_at(folder: Folder, archive: Archive, number: int, sample: int | None) -> set[int]:
    """Return the article versions of a generation to look at."""
    members, served = archive.members(number), folder.served()
    if sample is None or served in (None, number):
        return members
    others = sorted(members & archive.members(served))
    return members.difference(others) | {*others[:: max(1, len(others) // sample)]}


def _check_words(folder: Folder, archive: Archive, number: int, looked: set[int], *, every: bool) -> None:
    fingerprint, about = folder.about(number)
    _, expected = archive.counts(number)
    lexical = Lexical.open(folder.lexical(number))
    _same("chunks in about.json", about["chunks"], expected)
    _same("chunks in tantivy", lexical.count(), expected)
    ids = [row.chunk_id for row in archive.rows_of(looked, fingerprint.vectors)]
    _same("chunks with a vector in the archive", len(ids), sum(archive.chunk_counts(looked).values()))
    if lost := [id_ for id_ in ids if not lexical.holds(id_)]:
        raise IndexDamagedError(f"tantivy does not hold {len(lost)} chunks, first {lost[0]}")
    if every and {*lexical.ids()} != {*ids}:
        raise IndexDamagedError("tantivy holds other chunks than the archive")


def _served_base(folder: Folder, number: int) -> Base | None:
    """Return the base of the served generation, if it is another one and has such."""
    try:
        served = folder.served()
        return None if served in (None, number) else folder.base(served)
    except IndexDamagedError:
        return None


def _check_meaning(folder: Folder, archive: Archive, number: int, sample: int | None, held: Mapping[str, int]) -> None:
    """Check a base. `held` are the article versions that it has of a base that was checked, and copied."""
    from index.search.delta import BaseAndDelta
    from index.search.dense import Dense  # takes a second to load

    folder.require_base_intact(folder.base(number))
    model = folder.about(number)[0].vectors
    dense = Dense.open(folder.chroma(number))
    with closing(BaseAndDelta.open(folder, number, folder.base(number), dense, dense.close)) as meaning:
        rows = [(row.chunk_id, row.vector, row.article in held) for row in archive.rows(number, model)]
        chunks = {id_: vector for id_, vector, _ in rows}
        _same("chunks in Chroma", meaning.count(), len(chunks))
        if {*meaning.ids()} != chunks.keys():
            raise IndexDamagedError("Chroma holds other chunks than the archive")
        new = (row for row in archive.rows(number, model) if row.article not in held)
        if other := meaning.differing(new):
            raise IndexDamagedError(f"Chroma has {len(other)} chunks other than the archive has them, first {other[0]}")
        some = [id_ for id_, _, old in rows if not old], [id_ for id_, _, old in rows if old]
        most = (_SOUGHT, SAMPLE) if sample is not None else (len(rows), len(rows))
        sought = [id_ for ids, few in zip(some, most, strict=True) for id_ in ids[:: max(1, len(ids) // max(1, few))]]
        require_reachable(meaning, {id_: chunks[id_] for id_ in sought})
        require_recall(meaning, chunks)


class Finder(Protocol):
    """Something that finds the chunks nearest to vectors."""

    def nearest(self, vectors: "NDArray[np.float32]", k: int) -> list[list[str]]:
        """Return the ids of the k chunks nearest to each vector."""


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
    # Half way between two chunks, where a graph with few links leads astray first.
    asked = vectors[places] + vectors[places[::-1]]
    asked /= np.maximum(np.linalg.norm(asked, axis=1, keepdims=True), _TOLERANCE)
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
