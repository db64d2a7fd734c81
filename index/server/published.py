"""An index on a Chroma server: which collections it has, and which of them is served.

    NAME                    the pointer: its metadata names the served generation, and the one before
    NAME-000007             a shard: vectors of chunks, with the fields that filters use
    NAME-000007-articles    texts (index/server/texts.py), from which readers make their replica: articles, and lists

Generations share shards and texts, so that only what is new is sent (index/server/shards.py says what is). Shards are
written once. Texts are added, and deleted when no generation of the pointer has them; none is changed. The pointer is
replaced in one request.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from index.embed.fingerprint import Fingerprint
from index.errors import IndexMismatchError, IndexNotFoundError, IndexUnavailableError, PublishedDamagedError
from index.search.metadata import hnsw
from index.server.address import Address
from index.server.chroma import OPENING, ChromaServer
from index.server.http import Timeout

_FORMAT = 3  # of the pointer: raise it when older versions cannot read it
_KEY = "dateline"
_VALUE, _VALUES = 250, 32  # characters and number of a collection's values; Chroma Cloud takes 256 bytes and so many
_Uuid = Annotated[str, Field(pattern=r"^[0-9a-f-]{36}$")]
_Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_Number = Annotated[int, Field(ge=1, lt=10**9)]
_Count = Annotated[int, Field(ge=0, lt=2**40)]


class _Checked(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)


class Shard(_Checked):
    """A collection of vectors. `articles` names the text that lists the article versions in it.

    `number` is that of the publication that made it, and `piece` tells those apart that one publication made.
    """

    number: _Number
    piece: Annotated[int, Field(ge=1, lt=1000)]
    id: _Uuid
    chunks: _Count
    articles: _Sha256


class TextCollection(_Checked):
    """A collection of texts. `number` is that of the publication that made it."""

    number: _Number
    id: _Uuid


class Published(_Checked):
    """A generation on a server. `changes` names the text that says in what its articles differ from its shards'.

    `records_count` is how many records its texts have.
    """

    number: _Number
    texts: TextCollection
    shards: Annotated[tuple[Shard, ...], Field(max_length=100)]
    changes: _Sha256
    digest: _Sha256
    articles_count: _Count
    records_count: _Count
    chunks_count: _Count
    created: Annotated[str, Field(pattern=r"^[0-9T:+-]{19,25}$")]
    fingerprint: Fingerprint

    def names(self, address: Address) -> dict[str, str]:
        """Return the ids of its collections by their names."""
        shards = {shard_name(address, shard.number, shard.piece): shard.id for shard in self.shards}
        return {texts_name(address, self.texts.number): self.texts.id, **shards}


class Pointer(_Checked):
    """What a server has of an index: its complete generations, and which of them is served.

    `owner` is the id of the folder that published it; "" in indexes that were published before it was stored.
    `records` is how many records the served generation's collection of texts has when nothing is left over there.
    """

    format: int = _FORMAT
    owner: Annotated[str, Field(max_length=64)] = ""
    served: int
    records: _Count
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
    owner: str = ""


class OlderFormatError(IndexMismatchError):
    """Raised when an older Dateline published the index. `owner` is the id of the folder that it belongs to."""

    def __init__(self, address: Address, owner: str) -> None:
        super().__init__(
            f"An older Dateline published {address}. Publish it again, where its archive is, with: "
            f"dateline reindex --index FOLDER --publish {address}"
        )
        self.owner = owner


def shard_name(address: Address, number: int, piece: int) -> str:
    """Return the name of a shard's collection."""
    return f"{address.name}-{number:06d}" + (f"-{piece}" if piece > 1 else "")


def texts_name(address: Address, number: int) -> str:
    """Return the name of a collection of texts."""
    return f"{address.name}-{number:06d}-articles"


def generation_collections(server: ChromaServer) -> list[tuple[int, str]]:
    """Return the number and name of each collection that belongs to the index's generations, or was to."""
    pattern = re.compile(re.escape(server.address.name) + r"-(\d{6,9})(-\d{1,3}|-articles)?")
    found = ((pattern.fullmatch(collection.name), collection.name) for collection in server.collections())
    return [(int(match[1]), name) for match, name in found if match]


def content_digest(fingerprint: Fingerprint, hashes: Iterable[str]) -> str:
    """Return a digest of a generation's content: its articles' versions, and what made their vectors."""
    lines = [fingerprint.key, *sorted(hashes)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def find_pointer(server: ChromaServer, *, timeout: Timeout = OPENING) -> Pointer | None:
    """Return the index's pointer on the server, None when there is none.

    Raises `IndexMismatchError` when a newer Dateline published it, `OlderFormatError` when an older one did, and
    `IndexUnavailableError` when there is no usable answer.
    """
    collection = server.collection(server.address.name, timeout=timeout)
    if collection is None:
        return None
    stored = (collection.metadata or {}).get(_KEY)
    try:
        if not isinstance(stored, str):
            raise unusable(server.address, "its pointer is missing")
        stored += "".join(str((collection.metadata or {}).get(key, "")) for key in _keys()[1:])
        found = _Format.model_validate_json(stored)
        if found.format > _FORMAT:
            raise IndexMismatchError(f"A newer Dateline published {server.address}. Install that one here too.")
        if found.format < _FORMAT:
            raise OlderFormatError(server.address, found.owner)
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
    stored = json.dumps(pointer.model_dump(mode="json"), separators=(",", ":"))  # of ASCII
    pieces = [stored[start : start + _VALUE] for start in range(0, len(stored), _VALUE)]
    if len(pieces) > _VALUES:
        raise unusable(server.address, "it has too many shards")
    # All keys, so that none is left of a longer pointer, whatever a server does with those that a request does not name
    metadata = {**dict.fromkeys(_keys(), ""), **dict(zip(_keys(), pieces, strict=False))}
    collection = server.collection(server.address.name)
    if collection is None:
        server.create(server.address.name, hnsw=hnsw(0), metadata=metadata)
    else:
        server.set_metadata(collection.id, metadata)


def require_whole(server: ChromaServer, published: Published) -> None:
    """Raise `IndexUnavailableError` unless the generation's collections are there and as large as they should be."""
    shards = {shard.id: shard.chunks for shard in published.shards}
    for name, id_ in published.names(server.address).items():
        collection = server.collection(name)
        if collection is None or collection.id != id_:  # one of the same name may have been made by somebody else
            raise unusable(server.address, f"its collection {name} is missing")
        found, count = server.count(id_), shards.get(id_, published.records_count)
        if found < count or (id_ in shards and found > count):  # texts are there for other generations too
            raise unusable(server.address, f"its collection {name} has {found} records, {count} expected")
        if id_ in shards and collection.space != "cosine":
            raise unusable(server.address, f"its collection {name} does not search by cosine")
        if id_ in shards and count and collection.dimension != published.fingerprint.dimension:
            raise unusable(server.address, f"its vectors have {collection.dimension} numbers")


def unusable(address: Address, reason: str) -> IndexUnavailableError:
    """Return the error for an index that is incomplete or damaged on its server."""
    return PublishedDamagedError(
        f"The index at {address} cannot be used: {reason}. Publish it again, where its archive is, with: "
        f"dateline reindex --full --index FOLDER --publish {address}"
    )


def _keys() -> list[str]:
    return [_KEY, *(f"{_KEY}-{number}" for number in range(2, _VALUES + 1))]
