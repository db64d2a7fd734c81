"""Read a web archive (WARC): each page that was answered with 200 is an article; images and scripts are skipped.

Records are cut out of the file by their length, and the worker decodes them with warcio, which needs
`pip install -c constraints.txt '.[warc]'`.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from io import BytesIO
from typing import BinaryIO

from index.read import html
from index.read.base import Item, Raw, Skip, SourceFile, source_digest
from index.read.documents import pdf
from index.read.files import MAX_BYTES

_PARSERS = {"text/html": html.parse, "application/xhtml+xml": html.parse, "application/pdf": pdf.parse}
_LONGEST_LINE = 1 << 16  # bytes; chosen, not measured: servers refuse addresses of 8,000
_MOST_LINES = 1000  # of a record's header, which has a dozen; chosen, not measured
_STEP = 1 << 20  # bytes read at once; chosen, not measured

Headers = dict[bytes, bytes]


def read(found: SourceFile) -> Iterator[Item]:
    """Yield an item a page, named by the number of its record. Only one record is held at a time."""
    if find_spec("warcio") is None:
        raise Skip("web archives need warcio: pip install -c constraints.txt '.[warc]'")
    with found.open() as file:
        for number, (head, headers) in enumerate(_heads(file), 1):
            length = int(headers[b"content-length"])
            body = file.read(min(length, MAX_BYTES + 1))
            _pass_over(file, length - len(body))
            place, record = f"{found.name}#{number}", head + body
            if _kind(headers, body) not in _PARSERS or b"warc-target-uri" not in headers:
                continue
            if length > MAX_BYTES:
                yield Item(place, found.name, b"", _too_long)
            else:
                digest = source_digest(body, headers[b"warc-target-uri"], found.name)
                yield Item(place, found.name, digest, partial(parse, record, found.name))


def _heads(file: BinaryIO) -> Iterator[tuple[bytes, Headers]]:
    """Yield the header of each record, as it is and by its names; the body has to be read before the next."""
    while line := file.readline(_LONGEST_LINE):
        if not line.strip():
            continue
        if not line.startswith(b"WARC/"):
            raise Skip(f"a broken web archive: a record begins with {line[:20]!r}; those before are read")
        lines = [line]
        while (line := file.readline(_LONGEST_LINE)).strip() and len(lines) < _MOST_LINES:
            lines.append(line)
        headers = _headers(lines[1:])
        if not headers.get(b"content-length", b"").isdigit():
            raise Skip("a broken web archive: a record has no length; those before are read")
        yield b"".join([*lines, b"\r\n"]), headers


def _headers(lines: list[bytes]) -> Headers:
    pairs = (line.partition(b":") for line in lines)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _pass_over(file: BinaryIO, count: int) -> None:
    while count > 0 and (passed := len(file.read(min(count, _STEP)))):
        count -= passed


def _kind(headers: Headers, body: bytes) -> str:
    """Return the media type of a page that a server has given, "" for any other record."""
    kind = headers.get(b"content-type", b"")
    if headers.get(b"warc-type") == b"response":
        status, *lines = body[:_LONGEST_LINE].partition(b"\r\n\r\n")[0].splitlines() or [b""]
        kind = _headers(lines).get(b"content-type", b"") if status.split()[1:2] == [b"200"] else b""
    elif headers.get(b"warc-type") != b"resource":
        return ""
    return kind.partition(b";")[0].strip().lower().decode("ascii", "replace")


def _too_long() -> Raw:
    raise Skip(f"a page of more than {MAX_BYTES >> 20} MB")


def parse(data: bytes, name: str) -> Raw:
    """Return the article of one record."""
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    try:
        record = next(iter(ArchiveIterator(BytesIO(data))))
        page = record.content_stream().read(MAX_BYTES + 1)
    except (ArchiveLoadFailed, StopIteration, OSError) as error:
        raise Skip(f"the record is broken: {error}") from error
    if len(page) > MAX_BYTES:
        _too_long()
    url = record.rec_headers.get_header("WARC-Target-URI").strip("<>")
    head = record.http_headers or record.rec_headers
    kind = (head.get_header("Content-Type") or "").partition(";")[0].strip().lower()
    raw = _PARSERS[kind](page, name)
    return replace(raw, id=url, url=raw.url or url, title="" if raw.title == name else raw.title)
