"""Check one generation: `python -m index.check INDEX NUMBER [--every]`. Exit code 0 and silence when all is well.

Run as a process of its own: Chroma's engine can crash on damaged files, and a crash is an answer too.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from index.archive import Archive
from index.contents import Contents
from index.database import Database
from index.errors import DatelineError, IndexDamagedError
from index.generation import Folder
from index.lexical import Lexical

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SAMPLE = 200
_REACH = 10


def check(folder: Folder, number: int, *, sample: int | None = _SAMPLE) -> None:
    """Raise `IndexDamagedError` unless the engines hold just the archive's chunks and find them.

    `sample` bounds how many chunks are sought by their own vectors; None seeks all, and compares all that Chroma has.
    """
    from index.dense import Dense  # only a folder's check needs Chroma itself, and it takes a second to load

    fingerprint, about = folder.about(number)
    folder.require_intact(number)
    with Database.open(folder.archive) as database:
        archive = Archive(database)
        ids, vectors = [], []
        for row in archive.rows(number, fingerprint.vectors):
            ids.append(row.chunk_id)
            vectors.append(row.vector)
        _, expected = archive.counts(number)
        for _ in Contents(database, number, fingerprint).articles():
            pass  # each is checked as it comes
        dense = Dense.open(folder.generation(number) / "chroma")
        if sample is None and (other := dense.differing(archive.rows(number, fingerprint.vectors))):
            raise IndexDamagedError(f"Chroma has {len(other)} chunks other than the archive has them, first {other[0]}")
    lexical = Lexical.open(folder.generation(number) / "tantivy")
    _same("chunks with a vector in the archive", len(ids), expected)
    _same("chunks in about.json", about["chunks"], expected)
    _same("chunks in Chroma", dense.count(), expected)
    _same("chunks in tantivy", lexical.count(), expected)
    if set(dense.ids()) != set(ids):
        raise IndexDamagedError("Chroma holds other chunks than the archive")
    if set(lexical.ids()) != set(ids):
        raise IndexDamagedError("tantivy holds other chunks than the archive")
    find(dense, ids, vectors, sample=sample)
    dense.close()


class Finder(Protocol):
    """Something that finds the chunks nearest to vectors."""

    def nearest(self, vectors: "NDArray[np.float32]", k: int) -> list[list[str]]:
        """Return for each vector the ids of the k nearest chunks."""


def find(dense: Finder, ids: list[str], vectors: list[bytes], *, sample: int | None = _SAMPLE) -> None:
    """Seek chunks by their own vectors, all or about `sample` of them; raise `IndexDamagedError` when one is lost.

    Copies of a text share one vector, so the chunk may be among several.
    """
    step = 1 if sample is None else max(1, len(ids) // sample)
    ids, vectors = ids[::step], vectors[::step]
    if not ids:
        return
    matrix = np.frombuffer(b"".join(vectors), "<f4").reshape(len(vectors), -1)
    for start in range(0, len(ids), 500):
        nearest = dense.nearest(matrix[start : start + 500], _REACH)
        lost = [id_ for id_, found in zip(ids[start:], nearest, strict=False) if id_ not in found]
        # HNSW is approximate, and more than ten chunks may share one text: ask again for more before saying so
        if lost:
            again = dense.nearest(matrix[[ids.index(id_) for id_ in lost]], 50 * _REACH)
            lost = [id_ for id_, found in zip(lost, again, strict=True) if id_ not in found]
        if lost:
            raise IndexDamagedError(f"{len(lost)} chunks are not found by their own vectors, first {lost[0]}")


def _same(what: str, found: int, expected: int) -> None:
    if found != expected:
        raise IndexDamagedError(f"{found} {what}, {expected} expected")


if __name__ == "__main__":
    try:
        check(Folder(Path(sys.argv[1])), int(sys.argv[2]), sample=None if "--every" in sys.argv else _SAMPLE)
    except DatelineError as error:
        sys.exit(str(error))
