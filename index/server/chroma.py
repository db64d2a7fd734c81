"""The thirteen calls of a Chroma server's HTTP API (version 2) that Dateline needs.

The official client is not used, since its requests may last for ever (docs/decisions/0008). A collection's
configuration is never acted on: a poisoned one is only text here. Every response is validated, and one of another
shape raises `IndexUnavailableError`.
"""

from base64 import b64encode
from collections.abc import Sequence
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from index.errors import IndexUnavailableError
from index.server.address import VARIABLE, Address, token_header
from index.server.http import HttpClient, Response, Timeout

_PAGE = 1000  # collections a request; chosen, not measured
_REFUSED = (401, 403)  # no token, and one that may not

# Chosen, not measured, by who waits: nobody (the follower, which tries again in a second), a person with a question, a
# person who opens an index, a download. Writing has one attempt, since a second one might write twice.
QUICK = Timeout(2.0, 2)
SEARCHING = Timeout(6.0, 3)
OPENING = Timeout(4.0, 3)
TRANSFER = Timeout(30.0, 3)
_WRITING = Timeout(60.0)


class _Reply(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, allow_inf_nan=False)


class Collection(_Reply):
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


class Records(_Reply):
    """Records by column; a column that was not requested is None."""

    ids: list[str]
    metadatas: list[dict[str, Any]] | None = None
    embeddings: list[list[float]] | None = None


class Nearest(_Reply):
    """For each query vector, the ids found, and their distances if requested."""

    ids: list[list[str]]
    distances: list[list[float]] | None = None


class _Limits(_Reply):
    max_batch_size: Annotated[int, Field(ge=1)]
    supports_base64_encoding: bool = False


class _Error(_Reply):
    error: str


_T = TypeVar("_T")
_COLLECTION, _COLLECTIONS = TypeAdapter(Collection), TypeAdapter(list[Collection])
_RECORDS, _NEAREST, _LIMITS = TypeAdapter(Records), TypeAdapter(Nearest), TypeAdapter(_Limits)
_COUNT = TypeAdapter(Annotated[int, Field(ge=0, strict=True)])


class ChromaServer:
    """A Chroma server. Thread-safe; `close` it."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._header = token_header(address)
        self._http = HttpClient(address.scheme, address.host, address.port, self._header)
        self._database = f"/api/v2/tenants/{address.tenant}/databases/{address.database}"

    def close(self) -> None:
        """Close the connections; requests fail afterwards."""
        self._http.close()

    def limits(self) -> int:
        """Return how many records one `add` may have."""
        limits = self._read(_LIMITS, self._http.call("GET", "/api/v2/pre-flight-checks", timeout=OPENING))
        if not limits.supports_base64_encoding:
            raise IndexUnavailableError(f"The Chroma server at {self.address.server} is too old. Install a newer one.")
        return limits.max_batch_size

    def collection(self, name: str, *, timeout: Timeout = OPENING) -> Collection | None:
        """Return a collection by its name, None when there is none."""
        response = self._http.call("GET", f"{self._database}/collections/{name}", timeout=timeout)
        return None if self._is_missing(response) else self._read(_COLLECTION, response)

    def collections(self) -> list[Collection]:
        """Return all collections."""
        found: list[Collection] = []
        while True:
            path = f"{self._database}/collections?limit={_PAGE}&offset={len(found)}"
            response = self._http.call("GET", path, timeout=TRANSFER)
            page = self._read(_COLLECTIONS, response)
            found.extend(page)
            if len(page) < _PAGE:
                return found

    def create(self, name: str, *, hnsw: dict[str, Any], metadata: dict[str, Any] | None = None) -> Collection:
        """Make a collection; there must be none of this name."""
        body = {"name": name, "metadata": metadata, "configuration": {"hnsw": hnsw}, "get_or_create": False}
        return self._read(_COLLECTION, self._http.call("POST", f"{self._database}/collections", body, timeout=_WRITING))

    def set_metadata(self, collection: str, metadata: dict[str, Any]) -> None:
        """Replace a collection's metadata."""
        path = f"{self._database}/collections/{collection}"
        self._require_success(self._http.call("PUT", path, {"new_metadata": metadata}, timeout=_WRITING))

    def delete(self, name: str, *, timeout: Timeout = _WRITING) -> None:
        """Delete a collection by its name, if there is one."""
        response = self._http.call("DELETE", f"{self._database}/collections/{name}", timeout=timeout)
        if not self._is_missing(response):
            self._require_success(response)

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
        self._require_success(
            self._http.call("POST", f"{self._database}/collections/{collection}/add", body, timeout=_WRITING)
        )

    def remove(self, collection: str, ids: Sequence[str]) -> None:
        """Delete records; missing ones are ignored."""
        path = f"{self._database}/collections/{collection}/delete"
        self._require_success(self._http.call("POST", path, {"ids": ids}, timeout=_WRITING))

    def count(self, collection: str) -> int:
        """Return how many records a collection has."""
        response = self._http.call("GET", f"{self._database}/collections/{collection}/count", timeout=TRANSFER)
        return self._read(_COUNT, response)

    def get(self, collection: str, *, include: Sequence[str], **which: Any) -> Records:
        """Return records: those with the `ids`, or `limit` of them after the first `offset`."""
        body = {"include": include, **which}
        response = self._http.call("POST", f"{self._database}/collections/{collection}/get", body, timeout=TRANSFER)
        records = self._read(_RECORDS, response)
        for name in include:
            column = getattr(records, name)
            if column is None or len(column) != len(records.ids):
                raise self._unexpected(f"records without {name}")
        return records

    def query(
        self,
        collection: str,
        vectors: Sequence[Sequence[float]],
        k: int,
        *,
        where: Any = None,
        distances: bool = True,
        timeout: Timeout = SEARCHING,
    ) -> Nearest:
        """Return the k nearest records of each vector."""
        body = {
            "query_embeddings": vectors,
            "n_results": k,
            "where": where,
            "include": ["distances"] if distances else [],
        }
        response = self._http.call("POST", f"{self._database}/collections/{collection}/query", body, timeout=timeout)
        found = self._read(_NEAREST, response)
        hits = [len(ids) for ids in found.ids]
        # Ids and distances are zipped later: lists of unequal length would pair a chunk with another's distance.
        if len(hits) != len(vectors) or (distances and [len(far) for far in found.distances or []] != hits):
            raise self._unexpected("another number of hits than of distances")
        return found

    def _read(self, shape: TypeAdapter[_T], response: Response) -> _T:
        self._require_success(response)
        try:
            return shape.validate_json(response.body)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            raise self._unexpected(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error

    def _require_success(self, response: Response) -> None:
        if response.status in _REFUSED:
            raise IndexUnavailableError(self._refusal(response.status))
        if self._is_missing(response):
            raise IndexUnavailableError(f"The collection was replaced on {self.address} in the meantime. Ask again.")
        if response.status >= 300:
            raise self._unexpected(f"status {response.status} {response.words}")

    def _is_missing(self, response: Response) -> bool:
        if response.status != 404:
            return False
        # A proxy or another server says 404 too: only Chroma's own error means that the collection is missing.
        try:
            return _Error.model_validate_json(response.body).error == "NotFoundError"
        except ValidationError:
            return False

    def _refusal(self, status: int) -> str:
        if not self._header:
            return (
                f"The Chroma server at {self.address.server} wants a token (status {status}). "
                f"Put it into the environment variable {VARIABLE}."
            )
        return (
            f"The Chroma server at {self.address.server} refuses the token in {VARIABLE} for the database "
            f"{self.address.database!r} of the tenant {self.address.tenant!r} (status {status}). "
            "Put one there that may use it."
        )

    def _unexpected(self, what: str) -> IndexUnavailableError:
        return IndexUnavailableError(
            f"{self.address.server} does not answer as a Chroma server with this index should: {what}. "
            f"Check the address, then the index with: dateline doctor --index {self.address}"
        )
