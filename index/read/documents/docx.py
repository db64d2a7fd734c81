"""Read a Word document (.docx): the words that are seen, as they stand after all tracked changes.

Of python-docx the text lacks what was inserted with tracked changes and what stands in form fields, and has what is
hidden (docs/decisions/0023); so the paragraphs are read from the XML itself.
"""

import re
import zipfile
from collections.abc import Iterator
from functools import partial
from io import BytesIO
from typing import Any

from index.read.base import Item, Raw, Skip, SourceFile, source_digest
from index.read.head import Head, squeezed, take_key_lines
from index.read.text import below

_MOST = 50 << 20
"""Bytes that a part may unpack to; chosen, not measured: a novel's takes 5 MB."""
_PASSED = frozenset(("del", "moveFrom", "Fallback", "instrText", "delText", "rPr", "pPr", "p"))
"""What is deleted, an older form of what is shown, a field's formula; and boxes' paragraphs, lines of their own."""
_BREAKS = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_HEADING = re.compile(r"title|heading 1", re.IGNORECASE)


def read(found: SourceFile) -> Iterator[Item]:
    """Yield the document's one article."""
    data = found.data()
    yield Item(found.name, found.name, source_digest(data, found.name), partial(parse, data, found.name))


def parse(data: bytes, name: str) -> Raw:
    """Return the article of a document. Raises `Skip` for one that is broken, locked, or unpacks to too much."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as packed:
            body, styles = _part(packed, "word/document.xml"), _part(packed, "word/styles.xml", needed=False)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise Skip("no Word document of today (.docx), or one with a password; save it anew without") from error
    head = Head()
    lines: list[str] = []
    headings = {_attribute(style, "styleId") for style in styles if _is_heading(style)} if styles is not None else set()
    for paragraph in _paragraphs(body):
        text = "".join(_words(paragraph))
        if not head.title and not any(map(str.strip, lines)) and _style(paragraph) in headings:
            head.title = squeezed(text)
        else:
            lines += [*text.split("\n"), ""]
    if not any(map(str.strip, lines)):
        raise Skip("no text in the document")
    return below(head, take_key_lines(lines, head) or lines, name)


def _part(packed: zipfile.ZipFile, name: str, *, needed: bool = True) -> Any:
    """Return the root of a part's XML; None where it is missing and not needed."""
    from lxml import etree

    try:
        about = packed.getinfo(name)
    except KeyError as error:
        if not needed:
            return None
        raise Skip("no Word document: it has no text part") from error
    if about.file_size > _MOST:  # zipfile reads no more than it says there
        raise Skip(f"its text unpacks to more than {_MOST >> 20} MB")
    data = packed.read(about)
    if b"<!DOCTYPE" in data[:2000]:
        raise Skip("its XML declares entities, as no Word document does")
    try:
        return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True))
    except etree.XMLSyntaxError as error:
        raise Skip(f"its XML is broken: {error}") from error


def _name(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _attribute(element: Any, name: str) -> str:
    return next((str(value) for key, value in element.items() if key.rpartition("}")[2] == name), "")


def _child(element: Any, name: str) -> Any:
    return next((child for child in element if _name(child) == name), None)


def _is_heading(style: Any) -> bool:
    name = _child(style, "name")
    return name is not None and _HEADING.fullmatch(_attribute(name, "val")) is not None


def _style(paragraph: Any) -> str:
    properties = _child(paragraph, "pPr")
    style = _child(properties, "pStyle") if properties is not None else None
    return _attribute(style, "val") if style is not None else ""


def _paragraphs(element: Any) -> Iterator[Any]:
    """Yield the paragraphs below an element in their order, but for those that are deleted or shown in another form."""
    for child in element:
        name = _name(child)
        if name == "p":
            yield child
        if name not in _PASSED or name == "p":
            yield from _paragraphs(child)


def _words(element: Any) -> Iterator[str]:
    for child in element:
        name = _name(child)
        if name == "t":
            yield child.text or ""
        elif name in _BREAKS:
            yield _BREAKS[name]
        elif name not in _PASSED and not (name == "r" and _is_hidden(child)):
            yield from _words(child)


def _is_hidden(run: Any) -> bool:
    properties = _child(run, "rPr")
    hidden = _child(properties, "vanish") if properties is not None else None
    return hidden is not None and _attribute(hidden, "val") not in ("0", "false", "off")
