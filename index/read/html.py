"""Read a saved web page: the story without navigation, adverts, comments or hidden text.

trafilatura finds the story and what the page says of itself. Elements that a reader would not see are
removed first, since planted instructions like to hide there. Nothing is fetched.
"""

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from index.read.base import Found, Item, Raw, Skip, digest, parse_date

_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$)"
    r"|font-size\s*:\s*0|text-indent\s*:\s*-\d{3}",
    re.IGNORECASE,
)
_UNSEEN = ("script", "style", "template", "noscript", "iframe", "object", "svg", "dialog")


def read(found: Found) -> Iterator[Item]:
    """Yield the page's one article."""
    data = found.data()
    yield Item(found.name, found.name, digest(data, found.name), partial(parse, data, found.name))


def parse(data: bytes, name: str) -> Raw:
    """Return the article of a page."""
    import trafilatura  # half a second, only where there are pages
    from lxml import etree
    from trafilatura.settings import Document

    if b"\0" in data[:1024] and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise Skip("binary data (it holds NUL bytes)")
    tree = trafilatura.load_html(data)
    if tree is None:
        raise Skip("no HTML in it" if data.strip() else "empty")
    etree.strip_tags(tree, etree.Comment, etree.ProcessingInstruction)
    for element in list(tree.iter(etree.Element)):
        if _hidden(element.tag, dict(element.attrib)):
            _remove(element)
    page = trafilatura.bare_extraction(
        tree, url=None, with_metadata=True, include_comments=False, include_tables=True, favor_recall=True
    )
    if not isinstance(page, Document) or not page.text:
        raise Skip("no story found in the page")
    return Raw(
        id=name,
        title=page.title or name,
        text=page.text,
        published=parse_date(page.date),
        source=page.sitename or "",
        url=page.url or "",
        category="; ".join(page.categories or []),
        credit=page.author or "",
        path=name,
    )


def _hidden(tag: str, attributes: dict[str, str]) -> bool:
    return (
        tag in _UNSEEN
        or "hidden" in attributes
        or attributes.get("aria-hidden", "").lower() == "true"
        or bool(_HIDDEN_STYLE.search(attributes.get("style", "")[:1000]))
    )


def _remove(element: Any) -> None:
    """Take an element out of its tree, but leave the text that follows it."""
    parent = element.getparent()
    if parent is None:
        return
    tail, before = element.tail or "", element.getprevious()
    if before is None:
        parent.text = (parent.text or "") + tail
    else:
        before.tail = (before.tail or "") + tail
    parent.remove(element)
