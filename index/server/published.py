"""An index on a Chroma server: which collections it has, and which of them are served.

    NAME                    the pointer: its metadata names the served generation, and the one before
    NAME-000007             the chunks' vectors, with the fields that filters use
    NAME-000007-articles    the articles in parts (index/server/pages.py), from which readers make their replica

The collections of a generation are written once, and the pointer is replaced in one request.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from index.embed.fingerprint import Fingerprint
from index.errors import IndexMismatchError, IndexNotFoundError, IndexUnavailableError, PublishedDamagedError
from index.search.metadata import hnsw, where
from index.server.address import Address
from index.server.chroma import OPENING, TRANSFER, ChromaServer
from index.server.http import Timeout
from index.values import Hit, Scope

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FORMAT = 2
_KEY = "dateline"
_PAGE = 1000  # ids a request; chosen, not measured
_Uuid = Annotated[str, Field(pattern=r"^[0-9a-f-]{36}$")]
_Count = Annotated[int, Field(ge=0, lt=2**40)]


class _Checked(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)


class Published(_Checked):
    """A generation on a server. `vectors` and `articles` are its collections' ids."""

    number: Annotated[int, Field(ge=1, lt=10**9)]
    vectors: _Uuid
    articles: _Uuid
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    articles_count: _Count
    parts_count: _Count
    chunks_count: _Count
    created: Annotated[str, Field(pattern=r"^[0-9T:+-]{19,25}$")]
    fingerprint: Fingerprint


class Pointer(_Checked):
    """What a server has of an index: its complete generations, and which of them is served.

    `owner` is the id of the folder that published it; "" in indexes that were published before it was stored.
    """

    format: int = _FORMAT
    owner: Annotated[str, Field(max_length=64)] = ""
    served: int
    generations: Annotated[tuple[Published, ...], Field(min_length=1, max_length=100)]

    @model_validator(mode="after")
    def _names_one(self) -> "Pointer":
        numbers = [generation.number for generation in self.generations]
        if self.served not in numbers or len(set(numbers)) != len(numbers):
            raise ValueError("the served generation is not among them")
        return self

    @property
    def current(self) -> Published:
        """Return the served generation."""
        return next(generation for generation in self.generations if generation.number == self.served)


class _Format(BaseModel):
    format: int


def collection_names(address: Address, number: int) -> tuple[str, str]:
    """Return the names of a generation's collections, of vectors and of articles."""
    name = f"{address.name}-{number:06d}"
    return name, f"{name}-articles"


def content_digest(fingerprint: Fingerprint, hashes: Iterable[str]) -> str:
    """Return a digest of a generation's content: its articles' versions, and what made their vectors."""
    lines = [fingerprint.key, *sorted(hashes)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def find_pointer(server: ChromaServer, *, timeout: Timeout = OPENING) -> Pointer | None:
    """Return the index's pointer on the server, None when there is none.

    Raises `IndexMismatchError` when a newer Dateline published it, `IndexUnavailableError` when there is no usable
    answer.
    """
    collection = server.collection(server.address.name, timeout=timeout)
    if collection is None:
        return None
    stored = (collection.metadata or {}).get(_KEY)
    try:
        if not isinstance(stored, str):
            raise unusable(server.address, "its pointer is missing")
        if _Format.model_validate_json(stored).format > _FORMAT:
            raise IndexMismatchError(f"A newer Dateline published {server.address}. Install that one here too.")
        return Pointer.model_validate_json(stored)
    except ValidationError as error:
        raise unusable(server.address, "its pointer cannot be read") from error


def require_pointer(server: ChromaServer, *, timeout: Timeout = OPENING) -> Pointer:
    """Return the index's pointer on the server; raise `IndexNotFoundError` when there is none."""
    if (pointer := find_pointer(server, timeout=timeout)) is None:
        raise IndexNotFoundError(
            f"No index at {server.address}. Publish one with: "
            f"dateline reindex ARTICLES --index FOLDER --publish {server.address}"
        )
    return pointer


def set_pointer(server: ChromaServer, pointer: Pointer) -> None:
    """Make the server serve what the pointer says, in one request."""
    metadata = {_KEY: pointer.model_dump_json()}
    collection = server.collection(server.address.name)
    if collection is None:
        server.create(server.address.name, hnsw=hnsw(0), metadata=metadata)
    else:
        server.set_metadata(collection.id, metadata)


def require_whole(server: ChromaServer, published: Published) -> None:
    """Raise `IndexUnavailableError` unless the generation's collections are there and as large as they should be."""
    counts = published.chunks_count, published.parts_count
    ids = published.vectors, published.articles
    for name, id_, count in zip(collection_names(server.address, published.number), ids, counts, strict=True):
        collection = server.collection(name)
        if collection is None or collection.id != id_:  # one of the same name may have been made by somebody else
            raise unusable(server.address, f"its collection {name} is missing")
        if (found := server.count(id_)) != count:
            raise unusable(server.address, f"its collection {name} has {found} records, {count} expected")
        if collection.space != "cosine":
            raise unusable(server.address, f"its collection {name} does not search by cosine")
        if id_ == published.vectors and count and collection.dimension != published.fingerprint.dimension:
            raise unusable(server.address, f"its vectors have {collection.dimension} numbers")


def unusable(address: Address, reason: str) -> IndexUnavailableError:
    """Return the error for an index that is incomplete or damaged on its server."""
    return PublishedDamagedError(
        f"The index at {address} cannot be used: {reason}. Publish it again, where its archive is, with: "
        f"dateline reindex --full --index FOLDER --publish {address}"
    )


class RemoteDense:
    """Search by meaning in a collection of a server, as `index.search.dense.Dense` does in a folder's."""

    def __init__(self, server: ChromaServer, published: Published) -> None:
        self._server, self._id = server, published.vectors
        self._dimension = published.fingerprint.dimension

    def close(self) -> None:
        """Do nothing: the connections belong to the `ChromaServer`."""

    def search(self, vector: Sequence[float], k: int, scope: Scope) -> list[Hit]:
        """Return the k chunks nearest to a unit vector by cosine, approximately (HNSW), best first."""
        found = self._server.query(self._id, [list(vector)], k, where=where(scope))
        assert found.distances is not None  # it was asked for, and checked
        return [Hit(id_, 1.0 - far) for id_, far in zip(found.ids[0], found.distances[0], strict=True)]

    def count(self) -> int:
        """Return how many chunks the collection says it has."""
        return self._server.count(self._id)

    def ids(self) -> Iterator[str]:
        """Yield the id of every chunk."""
        offset = 0
        while page := self._server.get(self._id, include=(), limit=_PAGE, offset=offset).ids:
            yield from page
            offset += len(page)

    def nearest(self, vectors: "NDArray[np.float32]", k: int) -> list[list[str]]:
        """Return for each vector the ids of the k nearest chunks."""
        return self._server.query(self._id, vectors.tolist(), k, distances=False, timeout=TRANSFER).ids

    def vectors(self, ids: Sequence[str]) -> dict[str, "NDArray[np.float32]"]:
        """Return the vectors of the chunks with these ids."""
        records = self._server.get(self._id, include=("embeddings",), ids=ids)
        rows = records.embeddings or []
        if any(len(row) != self._dimension for row in rows):
            raise unusable(self._server.address, f"not all of its vectors have {self._dimension} numbers")
        return dict(zip(records.ids, np.array(rows, np.float32), strict=True))
