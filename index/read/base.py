"""What every reader takes and returns, whatever the format."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Protocol

from index.read.dates import first_date, parse_date
from index.read.encoding import decode, decode_any
from index.read.files import Rejected, Skip, SourceFile
from index.store.digest import digest

__all__ = [
    "Item",
    "Raw",
    "ReadWarning",
    "Reader",
    "Rejected",
    "Skip",
    "SourceFile",
    "decode",
    "failure",
    "first_date",
    "found_in",
    "parse_date",
    "source_digest",
    "whole_file",
]  # fmt: skip

READER_VERSION = 7
"""Part of each item's digest: raise it when readers give other articles for the same bytes, and all are read again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """An article as its file has it, before cleaning.

    A text of several pages has the marks of `index.text.pages`. `language` is what the file declares, `origins` where
    fields were found, and `warnings` what of the file was not used, and why. Of an article that was cleaned before and
    is prepared again, `boilerplate` are the lines that no chunk is to hold.
    """

    # Not inherited from a class that `Article` shares: the digests of stored articles follow the order of its fields.
    id: str
    title: str
    text: str
    published: date | None = None
    source: str = ""
    url: str = ""
    category: str = ""
    path: str = ""
    credit: str = ""
    topics: tuple[str, ...] = ()
    updated: date | None = None
    language: str = ""
    origins: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()
    boilerplate: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class ReadWarning:
    """What was not used of a file or record that was read."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """A place where an article stands, the digest of its bytes, and how to read it.

    `read` raises `Skip` with the reason when the article cannot be used. It may run in another process, so it is a
    module's function, perhaps with some arguments (`functools.partial`). An item whose digest is known from the last
    run need not be read again.
    """

    place: str
    path: str
    digest: bytes
    read: Callable[[], Raw]


class Reader(Protocol):
    """A function that yields the articles of one file."""

    def __call__(self, found: SourceFile, /) -> Iterator[Item]: ...


def source_digest(*parts: bytes | str) -> bytes:
    """Return 16 bytes that change when any part or the readers' version changes."""
    return digest(str(READER_VERSION), *parts)


def whole_file(found: SourceFile, parse: Callable[[str, str, tuple[str, ...]], Raw]) -> Item:
    """Return a text file as one article, which `parse` makes of its text, its name and what its bytes warn of."""
    data = found.data()
    return Item(found.name, found.name, source_digest(data, found.name), partial(_parsed, parse, data, found.name))


def _parsed(parse: Callable[[str, str, tuple[str, ...]], Raw], data: bytes, name: str) -> Raw:
    text, warnings = decode_any(data)
    return parse(text, name, warnings)


def found_in(where: str, **fields: object) -> tuple[tuple[str, str], ...]:
    """Return as `Raw.origins` that those of the fields which are known were found in one place."""
    return tuple((name, where) for name, value in fields.items() if value)


def failure(error: BaseException) -> str:
    """Return the reason to report for an error that no reader should raise."""
    words = (str(error).strip().splitlines() or [""])[0][:200]
    return f"cannot be read ({type(error).__name__}: {words})"
