"""Read a web archive (WARC): each page that was answered with 200 is an article; images and scripts are passed over.

Needs warcio: `pip install -c constraints.txt '.[warc]'`.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from index.read import html
from index.read.base import Item, Raw, Skip, SourceFile, source_digest
from index.read.documents import pdf
from index.read.files import MAX_BYTES

if TYPE_CHECKING:
    from warcio.recordloader import ArcWarcRecord

_PARSERS = {"text/html": html.parse, "application/xhtml+xml": html.parse, "application/pdf": pdf.parse}
_SHORTEST = 512
"""Bytes of an answer that can be a page with a story; chosen, not measured: shorter ones are redirects."""


def read(found: SourceFile) -> Iterator[Item]:
    """Yield an item a page, named by the number of its record. Only one record is held at a time."""
    try:
        from warcio.archiveiterator import ArchiveIterator
        from warcio.exceptions import ArchiveLoadFailed
    except ImportError as error:
        raise Skip("web archives need warcio: pip install -c constraints.txt '.[warc]'") from error
    with found.open() as file:
        try:
            for number, record in enumerate(ArchiveIterator(file), 1):
                yield from _page(record, f"{found.name}#{number}", found.name)
        except ArchiveLoadFailed as error:
            raise Skip(f"the archive is broken: {error}; the records before are read") from error


def _page(record: "ArcWarcRecord", place: str, name: str) -> Iterator[Item]:
    """Yield the item of a record that holds a page, none for another."""
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    kind = _kind(record)
    if kind not in _PARSERS or not url:
        return
    data = record.content_stream().read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        yield Item(place, name, b"", _too_long)
    elif len(data) >= _SHORTEST:
        yield Item(place, name, source_digest(data, url, name), partial(parse, data, kind, url.strip("<>"), name))


def _kind(record: "ArcWarcRecord") -> str:
    """Return the media type of what a server has answered, "" for any other record."""
    if record.rec_type == "resource":
        return _media_type(record.rec_headers.get_header("Content-Type"))
    if record.rec_type != "response" or record.http_headers is None or record.http_headers.get_statuscode() != "200":
        return ""
    return _media_type(record.http_headers.get_header("Content-Type"))


def _media_type(header: str | None) -> str:
    return (header or "").partition(";")[0].strip().lower()


def _too_long() -> Raw:
    raise Skip(f"a page of more than {MAX_BYTES >> 20} MB")


def parse(data: bytes, kind: str, url: str, name: str) -> Raw:
    """Return the article of a page that was archived from an address."""
    raw = _PARSERS[kind](data, name)
    return replace(raw, id=url, url=raw.url or url, title="" if raw.title == name else raw.title)
