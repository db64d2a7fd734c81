"""Choose the reader of a file: by its suffix, and by how it begins where a suffix does not say what a file holds.

Other packages add readers as entry points of the group `dateline.readers`, named by their suffix, such as ".nitf".
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import cast

from index.read.base import Item, Reader
from index.read.files import Skip, SourceFile, no_reader
from index.read.inputs import packed

GROUP = "dateline.readers"
_READERS = {
    ".txt .text": "index.read.text:read",
    ".md .markdown": "index.read.markdown:read",
    ".html .htm .xhtml .xht": "index.read.html:read",
    ".mhtml .mht": "index.read.documents.mhtml:read",
    ".jsonl .ndjson .json": "index.read.records.jsonl:read",
    ".csv .tsv": "index.read.records.table:read",
    ".rss .atom .rdf .xml": "index.read.records.feed:read",
    ".warc": "index.read.records.warc:read",
    ".eml": "index.read.documents.mail:read",
    ".mbox": "index.read.documents.mail:read_mailbox",
    ".pdf": "index.read.documents.pdf:read",
    ".docx": "index.read.documents.docx:read",
}
"""The readers by the suffixes of their files. Each is imported when the first such file is found."""
_BUILT_IN = {suffix: reader for suffixes, reader in _READERS.items() for suffix in suffixes.split()}
_NAMED_COLUMNS = frozenset((".jsonl", ".ndjson", ".json", ".csv", ".tsv"))

_SHORT = 1024  # bytes at the beginning that decide what a file is; chosen, not measured
_MARK = rb"(?:\xef\xbb\xbf)?\s*"
_XML = rb"(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*"
_HEADER = rb"(?:[A-Za-z][\w-]{1,40}:[^\n]*\n(?:[ \t][^\n]*\n)*){2}"


def _begins(*patterns: bytes) -> re.Pattern[bytes]:
    return re.compile(b"".join(patterns), re.DOTALL | re.MULTILINE | re.IGNORECASE)


_BEGINNINGS = (
    (".gz", _begins(rb"\x1f\x8b")),
    (".pdf", _begins(rb"%PDF-")),
    (".warc", _begins(rb"WARC/\d")),
    (".docx", _begins(rb"PK\x03\x04.{26}(?:\[Content_Types\]|word/|docProps/|_rels/)")),
    (".xml", _begins(_MARK, _XML, rb"<(?:rss|feed|rdf:RDF|urlset|sitemapindex)[\s>]")),
    (".mhtml", _begins(rb"(?=.{0,900}^Content-Type:\s*multipart/related)", _HEADER)),
)
"""Beginnings that say what a file is, whatever its name: pages are saved as .html by programs that mean MHTML."""
_GUESSES = (
    (".eml", _begins(rb"(?=.{0,900}^(?:From|Subject):)", _HEADER)),
    (".mbox", _begins(rb"From \S+@")),
    (".html", _begins(_MARK, rb"<(?:!doctype html|html|head|body|\?xml)")),
    (".jsonl", _begins(_MARK, rb"(?:\{\s*[\"}]|\[\s*\{)")),
    (".md", _begins(rb"(?:---|\+\+\+)\r?\n|# ")),
)
"""What a file without a name is taken for, if nothing above says what it is; else for text."""
_TEXTUAL = frozenset((".txt", ".text", ".md", ".markdown", ".html", ".htm", ".xhtml", ".xht", ".xml", ".json"))
"""Suffixes that are given to nearly anything."""


def suffixes() -> frozenset[str]:
    """Return the suffixes of all files that are read, in small letters."""
    return frozenset((*_BUILT_IN, *_others(), packed.SUFFIX))


def reader_of(found: SourceFile, columns: Mapping[str, str]) -> tuple[SourceFile, Reader]:
    """Return the file, unpacked if it is a gzip file, and its reader. Raises `Skip` where there is none."""
    suffix = found.path.suffix.lower()
    if suffix == packed.SUFFIX:
        found = packed.unpacked(found)
        suffix = found.path.suffix.lower()
    if suffix in _TEXTUAL:
        suffix = beginning(found) or suffix
    reader: Callable[..., Iterator[Item]] = _load(suffix)
    return found, partial(reader, columns=columns) if columns and suffix in _NAMED_COLUMNS else reader


def beginning(found: SourceFile) -> str:
    """Return the suffix of what a file is by how it begins, "" where that says nothing."""
    return _suffix_by(_start(found), _BEGINNINGS)


def guess(start: bytes) -> str:
    """Return the suffix of what begins so and has no name."""
    return _suffix_by(start, (*_BEGINNINGS, *_GUESSES)) or ".txt"


def _start(found: SourceFile) -> bytes:
    with found.open() as file:
        return file.read(_SHORT)


def _suffix_by(start: bytes, beginnings: tuple[tuple[str, re.Pattern[bytes]], ...]) -> str:
    return next((suffix for suffix, begins in beginnings if begins.match(start[:_SHORT])), "")


def _load(suffix: str) -> Reader:
    if suffix in (others := _others()):
        return cast(Reader, others[suffix].load())
    if suffix not in _BUILT_IN:
        raise Skip(no_reader(suffix))
    module, _, name = _BUILT_IN[suffix].partition(":")
    return cast(Reader, getattr(import_module(module), name))


@lru_cache(maxsize=1)
def _others() -> dict[str, EntryPoint]:
    """Return the readers of other packages, by suffix: they go before our own, since somebody has installed them."""
    return {f".{entry.name.lstrip('.').lower()}": entry for entry in entry_points(group=GROUP)}
