"""Search by meaning: a Chroma collection of chunk vectors, with the fields that filters use.

Chroma holds no text: a build is three times as fast, the folder a quarter of the size, and a deleted article leaves
nothing behind (docs/decisions/0003). A collection is built once from cached vectors and then only read.
"""

import ctypes
import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import chromadb
import numpy as np
from chromadb.config import Settings
from chromadb.errors import ChromaError

from index.batch import batched
from index.errors import DatelineError, IndexDamagedError
from index.search.metadata import additions, hnsw, metadata, same_vector, where
from index.store.archive import Row
from index.store.space import full
from index.values import Hit, Scope

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection
    from numpy.typing import NDArray

_NAME = "chunks"
_BATCH = 1000  # records a call; chosen, not measured
_PAGE = 10_000  # ids a call; chosen, not measured


class Dense:
    """An open Chroma collection; `close` it when no search is under way."""

    def __init__(self, collection: "Collection", path: Path, resources: ExitStack) -> None:
        self._collection = collection
        self._path = path
        self._resources = resources

    @classmethod
    def build(cls, path: Path, rows: Iterable[Row], count: int) -> None:
        """Write a collection of the rows, all of it on disk when this returns. `count` is the number of rows."""
        configuration: Any = {"hnsw": hnsw(count)}
        with _client(path) as client, _damage(path):
            collection = client.create_collection(_NAME, embedding_function=None, configuration=configuration)
            for some in additions(rows, count, _BATCH):
                collection.add(
                    ids=[row.chunk_id for row in some],
                    embeddings=np.frombuffer(b"".join(row.vector for row in some), "<f4").reshape(len(some), -1),
                    metadatas=[metadata(row) for row in some],
                )
            collection.count()
            collection.get(limit=1, include=["metadatas"])  # the first read clears the log

    @classmethod
    def open(cls, path: Path) -> "Dense":
        """Open the collection at `path`."""
        if not (path / "chroma.sqlite3").is_file():
            raise _damaged(path, "it is missing")
        with ExitStack() as resources, _damage(path):
            collection = resources.enter_context(_client(path)).get_collection(_NAME, embedding_function=None)
            return cls(collection, path, resources.pop_all())

    def close(self) -> None:
        """Release the memory and files."""
        self._resources.close()

    def search(self, vector: Sequence[float], k: int, scope: Scope) -> list[Hit]:
        """Return the k chunks nearest to a unit vector by cosine, approximately (HNSW), best first."""
        with _damage(self._path):
            found = self._collection.query(
                query_embeddings=[vector], n_results=k, where=where(scope), include=["distances"]
            )
        distances = found["distances"] or [[]]
        # Chroma's cosine distance is 1 - cosine
        return [Hit(id_, 1.0 - distance) for id_, distance in zip(found["ids"][0], distances[0], strict=True)]

    def count(self) -> int:
        """Return how many chunks the collection says it has."""
        with _damage(self._path):
            return self._collection.count()

    def ids(self) -> Iterator[str]:
        """Yield the id of every chunk."""
        for offset in range(0, self.count(), _PAGE):
            with _damage(self._path):
                yield from self._collection.get(limit=_PAGE, offset=offset, include=[])["ids"]

    def differing(self, rows: Iterable[Row]) -> list[str]:
        """Return the ids of the rows whose vector or fields differ in the collection, or are missing."""
        wrong = []
        for some in batched(rows, _BATCH):
            with _damage(self._path):
                got: Any = self._collection.get(ids=[row.chunk_id for row in some], include=["embeddings", "metadatas"])
            found = dict(zip(got["ids"], zip(got["embeddings"], got["metadatas"], strict=True), strict=True))
            wrong += [row.chunk_id for row in some if not _equal(row, *found.get(row.chunk_id, (None, None)))]
        return wrong

    def nearest(self, vectors: "NDArray[np.float32]", k: int) -> list[list[str]]:
        """Return for each vector the ids of the k nearest chunks."""
        with _damage(self._path):
            return self._collection.query(query_embeddings=vectors, n_results=k, include=[])["ids"]


@contextmanager
def _client(path: Path) -> Iterator["Client"]:
    """Yield a client with an engine of its own.

    All clients of one path share one engine, even if another folder is at that path by now. So a path that is open
    already is written in another way: "/." after it leads to the same folder.
    """
    name = str(path)
    with _opening:
        while name in _open:
            name += "/."
        _open.add(name)
    with _damage(path):  # a name that could not be opened is not used again: Chroma keeps what is left of it
        client = cast("Client", chromadb.PersistentClient(name, settings=Settings(anonymized_telemetry=False)))
    try:
        _clients[name] = client
        with client:
            yield client
    finally:
        _clients.pop(name, None)
        _open.discard(name)


_open: set[str] = set()
_clients: dict[str, "Client"] = {}
_opening = threading.Lock()


def _keep_for_ever() -> None:
    """Keep a forked child from freeing the parent's engines: Chroma would wait for threads that are not there."""
    for client in _clients.values():
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(vars(client._server)["bindings"]))


os.register_at_fork(after_in_child=_keep_for_ever)


def _equal(row: Row, vector: Any, fields: Any) -> bool:
    """Say whether a record is the row's."""
    return vector is not None and fields == metadata(row) and same_vector(row.vector, vector)


@contextmanager
def _damage(path: Path) -> Iterator[None]:
    """Translate what Chroma raises: its own errors, and ValueError or RuntimeError for the files' state."""
    try:
        yield
    except (ChromaError, ValueError, RuntimeError, OSError) as error:
        if reason := full(error):
            raise DatelineError(
                f"{path} cannot be read: {reason}. Chroma writes when it opens: free some space."
            ) from error
        raise _damaged(path, str(error)) from error


def _damaged(path: Path, reason: str) -> IndexDamagedError:
    return IndexDamagedError(f"The Chroma folder {path} cannot be used: {reason}. Run: dateline doctor --repair")
