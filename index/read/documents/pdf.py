"""Read the text of a PDF, page by page, without running heads and page numbers. One of pictures alone is refused."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING

from index.read.base import Item, Raw, Skip, SourceFile, source_digest
from index.read.head import Head, squeezed, take_key_lines
from index.read.text import below
from index.read.wrap import unwrapped
from index.text.pages import marked

if TYPE_CHECKING:
    from pypdf import PdfReader

_EDGE = 3
"""Lines at the head and foot of a page that may be those of every page; chosen, not measured."""
_OFTEN = 0.5
"""Share of the pages on which such a line recurs, and at least on three; chosen, not measured."""
_PAGE_NUMBER = re.compile(
    r"(?:page|seite|p\.?)?\s*[-–—|]?\s*\d{1,4}\s*(?:(?:/|of|von)\s*\d{1,4})?\s*[-–—|]?", re.IGNORECASE
)
_FILE_NAME = re.compile(r"untitled|microsoft word\b.*|.*\.(?:docx?|indd|pdf|qxp|rtf|pages|pub)", re.IGNORECASE)


def read(found: SourceFile) -> Iterator[Item]:
    """Yield the document's one article."""
    data = found.data()
    yield Item(found.name, found.name, source_digest(data, found.name), partial(parse, data, found.name))


def parse(data: bytes, name: str) -> Raw:
    """Return the article of a PDF. Raises `Skip` for one that is locked, broken or holds no text."""
    pages, title = _open(data)
    lines = list(_without_edges(pages))
    if not any(line.strip() for page in lines for line in page):
        raise Skip("no text in it: its pages are pictures; make text of them first, for example with: ocrmypdf OLD NEW")
    head = Head()
    if _is_title(title, lines):
        head.title = title
        lines = [_without_title(lines[0], title), *lines[1:]]
    text = unwrapped("\n".join(marked(lines))).splitlines()
    return below(head, take_key_lines(text, head) or text, name)


def _open(data: bytes) -> tuple[list[list[str]], str]:
    """Return the lines of each page, and the title that the document gives itself."""
    import logging

    from pypdf import PdfReader
    from pypdf.errors import DependencyError, PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it tells of each flaw, and goes on
    try:
        reader = PdfReader(BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Skip("locked with a password; save it without one")
        pages = [_lines(page.extract_text()) for page in reader.pages]
        return pages, _title(reader)
    except DependencyError as error:
        raise Skip(
            "encrypted with AES, which needs: pip install cryptography; or save it without encryption"
        ) from error
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Skip(f"a broken PDF ({type(error).__name__}: {error}); print it anew to a PDF") from error


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.replace("\0", "").splitlines()]


def _title(reader: "PdfReader") -> str:
    title = squeezed((reader.metadata and reader.metadata.title) or "")
    return "" if _FILE_NAME.fullmatch(title) else title


def _is_title(title: str, pages: list[list[str]]) -> bool:
    """Say whether a document's own title is its headline: it stands on the first page, or nothing else can be one."""
    first = pages[0] if pages else []
    return bool(title) and _letters(title) in _letters(" ".join(first[:20]))


def _without_title(lines: list[str], title: str) -> list[str]:
    """Return the lines without those at the top that make up the title."""
    wanted, found = _letters(title), ""
    for number, line in enumerate(lines[:20]):
        if found and found == wanted:
            return lines[number:]
        found = found + _letters(line) if wanted.startswith(found + _letters(line)) else ""
    return lines


def _without_edges(pages: list[list[str]]) -> Iterator[list[str]]:
    """Yield the lines of each page without page numbers, and without what recurs at the head or foot of the pages."""
    edges = Counter(key for page in pages for key in {_key(page[i]) for i in _edge(page)})
    often = {key for key, count in edges.items() if count >= max(3, _OFTEN * len(pages))}
    for page in pages:
        left_out = {i for i in _edge(page) if _key(page[i]) in often or _PAGE_NUMBER.fullmatch(page[i].strip())}
        yield [line for i, line in enumerate(page) if i not in left_out]


def _edge(page: list[str]) -> list[int]:
    """Return the numbers of the lines at the head and foot of a page."""
    written = [i for i, line in enumerate(page) if line.strip()]
    return [*written[:_EDGE], *written[_EDGE:][-_EDGE:]]


def _key(line: str) -> str:
    """Return what recurs of a line: page numbers and days differ."""
    return re.sub(r"\d+", "#", squeezed(line).lower())


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()
