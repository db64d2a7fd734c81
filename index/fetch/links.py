"""Find the addresses that a sitemap or a feed lists."""

import gzip
import io
import zlib
from collections.abc import Iterator

from lxml import etree

from index.read.base import Skip
from index.read.files import MAX_BYTES

_LISTS = {"url": "loc", "sitemap": "loc", "item": "link", "entry": "link"}
"""The elements that stand for a page or another sitemap, and their child that has its address."""


def unpacked(body: bytes) -> bytes:
    """Return a body, unpacked if it is a gzip file as sitemaps often are."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        with gzip.open(io.BytesIO(body)) as file:
            whole = file.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise Skip(f"is packed wrongly: {error}") from error
    if len(whole) > MAX_BYTES:
        raise Skip(f"larger than {MAX_BYTES >> 20} MB, too large for a list of addresses")
    return whole


def listed(body: bytes) -> Iterator[tuple[str, str]]:
    """Yield each listed address with the day on which it changed last ("" where that is not said).

    What is broken ends the list there.
    """
    parser = etree.iterparse(io.BytesIO(body), events=("end",), recover=True, resolve_entities=False, no_network=True)
    try:
        for _, element in parser:
            name = _local(element)
            if name in _LISTS:
                if address := _address(element, _LISTS[name]):
                    yield address, _text(element, "lastmod") or _text(element, "updated")
                element.clear()
    except etree.XMLSyntaxError:
        return


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _address(element: etree._Element, name: str) -> str:
    """Return the text of the first such child, or the address that it points to (Atom)."""
    links = [child for child in element if _local(child) == name and child.get("rel", "alternate") == "alternate"]
    return next((found for link in links if (found := ((link.text or "").strip() or link.get("href") or ""))), "")


def _text(element: etree._Element, name: str) -> str:
    return next(((child.text or "").strip() for child in element if _local(child) == name), "")
