"""Search by meaning: a Chroma collection of chunk vectors, with the fields that filters use.

Chroma holds no text: a build is three times as fast, the folder a quarter of the size, and no word of a deleted article
is left behind (docs/decisions/0003). A collection is built from cached vectors and then only read; a copy of it can be
extended. A record is named by its chunk and its article's version, since a chunk may stay when its article changes.
"""

import ctypes
import os
import shutil
import threading
import warnings
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import chromadb
import numpy as np
from chromadb.config import Settings
from chromadb.errors import ChromaError

from index.batch import batched
from index.errors import DatelineError, IndexDamagedError
from index.search.metadata import (
    additions,
    copy_database,
    ef_search,
    hnsw,
    is_record,
    metadata,
    record_key,
    stored,
    where,
)
from index.store.archive import Row
from index.store.space import full
from index.values import Scope

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection
    from numpy.typing import NDArray

_NAME = "chunks"
_DATABASE = "chroma.sqlite3"
_BATCH = 1000  # records a call; chosen, not measured
_PAGE = 10_000  # names a call; chosen, not measured


class Dense:
    """An open Chroma collection; `close` it when no search is under way."""

    def __init__(self, collection: "Collection", path: Path, count: int, resources: ExitStack) -> None:
        self._collection = collection
        self._count = count
        self._path = path
        self._resources = resources

    @classmethod
    def build(cls, path: Path, rows: Iterable[Row], count: int) -> None:
        """Write a collection of the rows, all of it on disk when this returns. `count` is the number of rows."""
        configuration: Any = {"hnsw": hnsw(count)}
        with _client(path) as client, _damage(path):
            _add(client.create_collection(_NAME, embedding_function=None, configuration=configuration), rows, count)

    @classmethod
    def extend(cls, source: Path, path: Path, rows: Iterable[Row], count: int, *, held: int) -> None:
        """Write a copy of the collection at `source`, which has `held` rows, and `count` more, none of which it has."""
        with _damage(source):
            shutil.copytree(source, path, ignore=shutil.ignore_patterns(f"{_DATABASE}*"))
            copy_database(source / _DATABASE, path / _DATABASE)
        threshold, candidates = hnsw(count)["sync_threshold"], ef_search(held + count)
        configuration: Any = {"hnsw": {"sync_threshold": threshold, "ef_search": candidates}}
        with _client(path) as client, _damage(path):
            # Not even counted before: Chroma would load it with its earlier settings, and keep these.
            collection = client.get_collection(_NAME, embedding_function=None)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # of a collection without an embedding function
                collection.modify(configuration=configuration)
            _add(collection, rows, count)

    @classmethod
    def open(cls, path: Path) -> "Dense":
        """Open the collection at `path`."""
        if not (path / _DATABASE).is_file():
            raise _damaged(path, "it is missing")
        count = stored(path)  # Chroma takes 0.1 s to count 100,000
        if count is None:
            raise _damaged(path, "its database cannot be read")
        with ExitStack() as resources, _damage(path):
            collection = resources.enter_context(_client(path)).get_collection(_NAME, embedding_function=None)
            return cls(collection, path, count, resources.pop_all())

    def close(self) -> None:
        """Release the memory and files."""
        self._resources.close()

    def query(self, vectors: "NDArray[np.float32]", k: int, scope: Scope) -> list[list[tuple[str, float]]]:
        """Return the k records nearest to each unit vector, approximately (HNSW), with their cosines, best first."""
        with _damage(self._path):
            found = self._collection.query(
                query_embeddings=vectors, n_results=k, where=where(scope), include=["distances"]
            )
        # Chroma's cosine distance is 1 - cosine
        return [
            [(key, 1.0 - distance) for key, distance in zip(keys, distances, strict=True)]
            for keys, distances in zip(found["ids"], found["distances"] or [], strict=True)
        ]

    def count(self) -> int:
        """Return how many records it had when it was opened."""
        return self._count

    def keys(self) -> Iterator[str]:
        """Yield the name of every record."""
        for offset in range(0, self.count(), _PAGE):
            with _damage(self._path):
                yield from self._collection.get(limit=_PAGE, offset=offset, include=[])["ids"]

    def differing(self, rows: Iterable[tuple[str, Row]]) -> list[str]:
        """Return the chunks of the rows, given with their records' names, that are missing or have another vector or
        field.
        """
        wrong = []
        for some in batched(rows, _BATCH):
            with _damage(self._path):
                got: Any = self._collection.get(ids=[key for key, _ in some], include=["embeddings", "metadatas"])
            found = dict(zip(got["ids"], zip(got["embeddings"], got["metadatas"], strict=True), strict=True))
            wrong += [row.chunk_id for key, row in some if not is_record(row, *found.get(key, (None, None)))]
        return wrong


def _add(collection: "Collection", rows: Iterable[Row], count: int) -> None:
    """Add rows, and have Chroma write all of them to its files."""
    for some in additions(rows, count, _BATCH):
        collection.add(
            ids=[record_key(row) for row in some],
            embeddings=np.frombuffer(b"".join(row.vector for row in some), "<f4").reshape(len(some), -1),
            metadatas=[metadata(row) for row in some],
        )
    collection.count()
    collection.get(limit=1, include=["metadatas"])  # the first read clears the log


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
        client = cast("Client", chromadb.PersistentClient(name, settings=_settings().model_copy()))
    try:
        _clients[name] = client
        with client:
            yield client
    finally:
        _clients.pop(name, None)
        _open.discard(name)


@cache
def _settings() -> Settings:
    """Return the settings of all clients: reading them from the environment takes longer than opening a folder."""
    return Settings(anonymized_telemetry=False)


_open: set[str] = set()
_clients: dict[str, "Client"] = {}
_opening = threading.Lock()


def _keep_for_ever() -> None:
    """Keep a forked child from freeing the parent's engines: Chroma would wait for threads that it does not have."""
    for client in _clients.values():
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(vars(client._server)["bindings"]))


os.register_at_fork(after_in_child=_keep_for_ever)


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
