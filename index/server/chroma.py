"""What Dateline asks of a Chroma server: its HTTP API, version 2, as far as it is needed.

The official client is not used, since its requests may last for ever (docs/decisions/0008). A collection's
configuration is never acted on: a poisoned one is only text here. Every answer is checked for its shape, and what
does not fit raises `IndexUnavailableError`.
"""

from base64 import b64encode
from collections.abc import Sequence
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from index.errors import IndexUnavailableError
from index.server.address import Address
from index.server.http import Patience, Response, Wire

_DATABASE = "/api/v2/tenants/default_tenant/databases/default_database"
_PAGE = 1000

QUICK = Patience(2.0, 2)
ASKING = Patience(6.0, 3)
OPENING = Patience(4.0, 3)
MOVING = Patience(30.0, 3)
_WRITING = Patience(60.0)


class _Said(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, allow_inf_nan=False)


class Collection(_Said):
    """A collection as the server describes it."""

    id: Annotated[str, Field(pattern=r"^[0-9a-f-]{36}$")]
    name: str
    metadata: dict[str, Any] | None = None
    dimension: int | None = None
    configuration_json: dict[str, Any] = {}

    @property
    def space(self) -> object:
        """Return the name of the distance that it searches by."""
        settings = self.configuration_json.get("hnsw")
        return settings.get("space") if isinstance(settings, dict) else None


class Records(_Said):
    """Records by column; those that were not asked for are None."""

    ids: list[str]
    metadatas: list[dict[str, Any]] | None = None
    embeddings: list[list[float]] | None = None


class Nearest(_Said):
    """For each vector that was sought, the ids found, and their distances when asked for."""

    ids: list[list[str]]
    distances: list[list[float]] | None = None


class _Limits(_Said):
    max_batch_size: Annotated[int, Field(ge=1)]
    supports_base64_encoding: bool = False


class _Error(_Said):
    error: str


_T = TypeVar("_T")
_COLLECTION, _COLLECTIONS = TypeAdapter(Collection), TypeAdapter(list[Collection])
_RECORDS, _NEAREST, _LIMITS = TypeAdapter(Records), TypeAdapter(Nearest), TypeAdapter(_Limits)
_COUNT = TypeAdapter(Annotated[int, Field(ge=0, strict=True)])


class ChromaServer:
    """A Chroma server. Thread-safe; `close` it."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._wire = Wire(address.scheme, address.host, address.port)

    def close(self) -> None:
        """Close the connections; what is asked afterwards fails."""
        self._wire.close()

    def limits(self) -> int:
        """Return how many records one `add` may have."""
        said = self._read(_LIMITS, self._wire.call("GET", "/api/v2/pre-flight-checks", patience=OPENING))
        if not said.supports_base64_encoding:
            raise IndexUnavailableError(f"The Chroma server at {self.address.server} is too old. Install a newer one.")
        return said.max_batch_size

    def collection(self, name: str, *, patience: Patience = OPENING) -> Collection | None:
        """Return a collection by its name, None when there is none."""
        response = self._wire.call("GET", f"{_DATABASE}/collections/{name}", patience=patience)
        return None if self._is_missing(response) else self._read(_COLLECTION, response)

    def collections(self) -> list[Collection]:
        """Return all collections."""
        found: list[Collection] = []
        while True:
            path = f"{_DATABASE}/collections?limit={_PAGE}&offset={len(found)}"
            response = self._wire.call("GET", path, patience=MOVING)
            page = self._read(_COLLECTIONS, response)
            found.extend(page)
            if len(page) < _PAGE:
                return found

    def create(self, name: str, *, hnsw: dict[str, Any], metadata: dict[str, Any] | None = None) -> Collection:
        """Make a collection; there must be none of this name."""
        body = {"name": name, "metadata": metadata, "configuration": {"hnsw": hnsw}, "get_or_create": False}
        return self._read(_COLLECTION, self._wire.call("POST", f"{_DATABASE}/collections", body, patience=_WRITING))

    def describe(self, collection: str, metadata: dict[str, Any]) -> None:
        """Replace a collection's metadata."""
        path = f"{_DATABASE}/collections/{collection}"
        self._done(self._wire.call("PUT", path, {"new_metadata": metadata}, patience=_WRITING))

    def delete(self, name: str, *, patience: Patience = _WRITING) -> None:
        """Delete a collection by its name, if there is one."""
        response = self._wire.call("DELETE", f"{_DATABASE}/collections/{name}", patience=patience)
        if not self._is_missing(response):
            self._done(response)

    def add(
        self,
        collection: str,
        ids: Sequence[str],
        vectors: Sequence[bytes],
        metadatas: Sequence[dict[str, Any]],
    ) -> None:
        """Add records; a vector is its numbers as little-endian float32."""
        body = {
            "ids": ids,
            "embeddings": [b64encode(vector).decode("ascii") for vector in vectors],
            "metadatas": metadatas,
        }
        self._done(self._wire.call("POST", f"{_DATABASE}/collections/{collection}/add", body, patience=_WRITING))

    def count(self, collection: str) -> int:
        """Return how many records a collection has."""
        response = self._wire.call("GET", f"{_DATABASE}/collections/{collection}/count", patience=MOVING)
        return self._read(_COUNT, response)

    def get(self, collection: str, *, include: Sequence[str], **which: Any) -> Records:
        """Return records: those with the `ids`, or `limit` of them after the first `offset`."""
        body = {"include": include, **which}
        response = self._wire.call("POST", f"{_DATABASE}/collections/{collection}/get", body, patience=MOVING)
        records = self._read(_RECORDS, response)
        for name in include:
            column = getattr(records, name)
            if column is None or len(column) != len(records.ids):
                raise self._nonsense(f"records without {name}")
        return records

    def query(
        self,
        collection: str,
        vectors: Sequence[Sequence[float]],
        k: int,
        *,
        where: Any = None,
        distances: bool = True,
        patience: Patience = ASKING,
    ) -> Nearest:
        """Return the k nearest records of each vector."""
        body = {
            "query_embeddings": vectors,
            "n_results": k,
            "where": where,
            "include": ["distances"] if distances else [],
        }
        response = self._wire.call("POST", f"{_DATABASE}/collections/{collection}/query", body, patience=patience)
        found = self._read(_NEAREST, response)
        hits = [len(ids) for ids in found.ids]
        if len(hits) != len(vectors) or (distances and [len(far) for far in found.distances or []] != hits):
            raise self._nonsense("another number of hits than of distances")
        return found

    def _read(self, shape: TypeAdapter[_T], response: Response) -> _T:
        self._done(response)
        try:
            return shape.validate_json(response.body)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            raise self._nonsense(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error

    def _done(self, response: Response) -> None:
        if self._is_missing(response):
            raise IndexUnavailableError(
                f"What was asked of {self.address} is not there any more: it was replaced meanwhile. Ask again."
            )
        if response.status >= 300:
            raise self._nonsense(f"status {response.status} {response.words}")

    def _is_missing(self, response: Response) -> bool:
        if response.status != 404:
            return False
        try:
            return _Error.model_validate_json(response.body).error == "NotFoundError"
        except ValidationError:
            return False

    def _nonsense(self, what: str) -> IndexUnavailableError:
        return IndexUnavailableError(
            f"{self.address.server} does not answer as a Chroma server with this index should: {what}. "
            f"Check the address, then the index with: dateline doctor --index {self.address}"
        )
