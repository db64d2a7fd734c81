"""Texts in a collection of a Chroma server, each under a name that follows from its content.

Generations share them: what is there already is not sent again, and a text never changes. A long one is cut into
records that keep to the quotas of Chroma Cloud (docs/decisions/0037). Texts stand in metadata, which Chroma does not
index by trigrams (docs/decisions/0008).
"""

import hashlib
import math
import re
import struct
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from index.batch import batched
from index.server.chroma import ChromaServer

_VALUE = 4000  # ASCII characters of a value; Chroma Cloud takes 4,096 bytes
_VALUES = 30  # values of a record, which may have 32 keys there
_LONGEST_PAGE = 4 * 2**20  # characters of a request; chosen, not measured, well below what proxies and Chroma refuse
ROWS = 300  # records of a request, as Chroma Cloud takes them; 1,000 are no faster (benchmarks/README.md)
_READ = 100  # texts in one request; chosen, not measured: most have 10 KB, and one record no more than 120
_LISTED = 10_000  # ids in one request: 30,000 in 0.25 s, by 1,000 in 2.2 s (November 2026)
_COUNT, _DIGEST = "count", "sha256"
_ID = re.compile(r"([0-9a-f]{32}|[0-9a-f]{64})-(\d{1,6})")


class Texts:
    """The texts of a collection. They are of ASCII."""

    def __init__(self, server: ChromaServer, collection: str) -> None:
        self._server, self._collection = server, collection

    def ids(self) -> Iterator[str]:
        """Yield the id of every record."""
        yield from listed(self._server, self._collection)

    def add(self, texts: Iterable[tuple[str, str]], place: int) -> list[str]:
        """Store texts by their names, none of which is there, and return the ids of their records.

        `place` is how many records there are about.
        """
        added: list[str] = []
        for page in _pages(texts):
            vectors = [_spread(place + len(added) + at) for at in range(len(page))]
            self._server.add(self._collection, [id_ for id_, _ in page], vectors, [values for _, values in page])
            added += [id_ for id_, _ in page]
        return added

    def read(self, names: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Yield each of these names with its text. Raises `ValueError` for one that is not as it was sent."""
        for some in batched(names, _READ):
            firsts = self._records([_id(name, 0) for name in some])
            for name in some:
                first = firsts.get(_id(name, 0), {})
                count = first.get(_COUNT)
                if not isinstance(count, int) or not 1 <= count < 10**6:
                    raise ValueError(f"the text {name} is not what was published")
                rest = self._records([_id(name, number) for number in range(1, count)])
                records = [first, *(rest.get(_id(name, number), {}) for number in range(1, count))]
                yield name, "".join(_piece(name, record) for record in records)

    def remove(self, ids: Sequence[str]) -> None:
        """Delete records."""
        for some in batched(ids, ROWS):
            self._server.remove(self._collection, some)

    def _records(self, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for some in batched(ids, _READ):
            records = self._server.get(self._collection, include=("metadatas",), ids=some)
            found.update(zip(records.ids, records.metadatas or [], strict=True))
        return found


def listed(server: ChromaServer, collection: str) -> Iterator[str]:
    """Yield the ids of a collection's records."""
    offset, most = 0, min(_LISTED, server.address.most_results or _LISTED)
    while page := server.get(collection, include=(), limit=most, offset=offset).ids:
        yield from page
        offset += len(page)


def complete(ids: Iterable[str]) -> set[str]:
    """Return the names of the texts that are there whole, by the ids of the records that are there."""
    return {id_.removesuffix("-0") for id_ in ids if id_.endswith("-0")}  # a text's first record is sent last


def name_of(id_: str) -> str | None:
    """Return the name of the text that a record belongs to; None for an id that no record has."""
    match = _ID.fullmatch(id_)
    return match[1] if match else None


def _id(name: str, number: int) -> str:
    return f"{name}-{number}"


def _pages(texts: Iterable[tuple[str, str]]) -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """Yield the records of texts in lists that one request can carry."""
    page: list[tuple[str, dict[str, Any]]] = []
    size = 0
    for name, text in texts:
        for id_, values, length in _cut(name, text):
            if page and (len(page) == ROWS or size + length > _LONGEST_PAGE):
                yield page
                page, size = [], 0
            page.append((id_, values))
            size += length
    if page:
        yield page


def _cut(name: str, text: str) -> list[tuple[str, dict[str, Any], int]]:
    """Return the id, the fields and the size of each record of a text, the first last."""
    part = _VALUE * _VALUES
    pieces = [text[start : start + part] for start in range(0, len(text), part)]
    records = []
    for number, piece in enumerate(pieces):
        values = {str(at // _VALUE): piece[at : at + _VALUE] for at in range(0, len(piece), _VALUE)}
        records.append((_id(name, number), {_COUNT: len(pieces), _DIGEST: _digest(piece), **values}, len(piece)))
    return records[::-1]


def _piece(name: str, record: dict[str, Any]) -> str:
    values = [record.get(str(number)) for number in range(len(record) - 2)]
    piece = "".join(value for value in values if isinstance(value, str))
    if not piece or _digest(piece) != record.get(_DIGEST):
        raise ValueError(f"the text {name} is not what was published")
    return piece


def _digest(piece: str) -> str:
    return hashlib.sha256(piece.encode()).hexdigest()


def _spread(place: int) -> bytes:
    """Return a point of a circle as the vector of a record that is never searched for by vector.

    Chroma wants a vector for each record, and handles many equal ones badly.
    """
    return struct.pack("<2f", math.cos(place), math.sin(place))
