"""Turn the bytes of a page into an element tree of bounded size.

The one module of the reader that knows encodings and what a hostile page can cost the parser.
"""

import re
from typing import Any

import webencodings
from lxml import etree
from lxml import html as lxml_html

from index.read.base import Skip

Element = Any
"""An `lxml.html.HtmlElement`; lxml comes without types."""

# libxml2 compares each attribute of a tag with all others (50,000 took 11 s, and trafilatura 9 minutes more). A page
# of 30,000 elements takes some 5 s on a slow core; news pages have 1,000 to 5,000.
MAX_ATTRIBUTES = 200
MAX_ELEMENTS = 30_000
MAX_TEXT = 1_500_000

_ATTRIBUTE = rb"""[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]*+))?+"""
_TAG = re.compile(rb"<[a-zA-Z][^\s/>]*+(?:" + _ATTRIBUTE + rb")*+")
_ONE_ATTRIBUTE = re.compile(_ATTRIBUTE)
_DATA_URL = re.compile(rb"data:[a-z]+/[a-z0-9.+-]+;base64,[A-Za-z0-9+/=%\s]{64,}+")
_DECLARED = re.compile(rb"""<meta\b[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
_XML_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,100}?encoding\s*=\s*["']([\w.:-]{1,40})""")
_MARKUP = re.compile(r"<(?:[a-zA-Z][^<>]*>|!doctype|!--|/[a-zA-Z])", re.IGNORECASE)
_FEED = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:rss|feed|rdf:RDF)\b", re.DOTALL)


def decode_page(data: bytes) -> str:
    """Return the page's text: as its byte-order mark, UTF-8, or the charset that it declares.

    A page that is UTF-8 is that whatever it declares; one that declares nothing is windows-1252, as in every browser.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    if b"\0" in data[:1024]:
        raise Skip("binary data (it holds NUL bytes)")
    if not data.strip():
        raise Skip("empty")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _decode_declared(data, error)


def _decode_declared(data: bytes, error: UnicodeDecodeError) -> str:
    found = _XML_DECLARED.search(data[:200]) or _DECLARED.search(data[:8192])
    declared = webencodings.lookup(found[1].decode("ascii")) if found else None
    mostly_utf8 = data.decode("utf-8", "replace")
    if mostly_utf8.count("\ufffd") * 20 < len(re.findall(rb"[\xc3-\xf4][\x80-\xbf]", data)):
        return mostly_utf8
    encoding = declared or webencodings.lookup("windows-1252")
    try:
        return str(encoding.codec_info.decode(data, "strict")[0])
    except UnicodeDecodeError:
        raise Skip(f"not text in {encoding.name} (byte {error.start}); save the page as UTF-8") from error


def is_markup(text: str) -> bool:
    """Return whether the text holds any tag; plain text is also saved as .html."""
    return _MARKUP.search(text) is not None


def parse_markup(text: str) -> Element:
    """Return the root element of a page, without comments.

    Raises `Skip` for what is no page, and for what would take minutes to parse.
    """
    if _FEED.match(text):
        raise Skip("a news feed, not a page")
    data = _DATA_URL.sub(b"data:,", text.encode("utf-8", "ignore").replace(b"\0", b""))
    _refuse_floods(data)
    tree = _parse_xhtml(data) if data.lstrip()[:5] == b"<?xml" else None
    return tree if tree is not None else _parse_html(data)


def _refuse_floods(data: bytes) -> None:
    elements = 0
    for tag in _TAG.finditer(data):
        elements += 1
        if tag.end() - tag.start() > 200:
            attributes = len(_ONE_ATTRIBUTE.findall(tag[0]))
            if attributes > MAX_ATTRIBUTES:
                raise Skip(f"a tag with more than {MAX_ATTRIBUTES} attributes")
            elements += attributes // 10
    if elements > MAX_ELEMENTS:
        raise Skip(f"more than {MAX_ELEMENTS} elements; save the article alone")


def _parse_html(data: bytes) -> Element:
    parser = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        tree = lxml_html.document_fromstring(data, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise Skip("no HTML in it") from error
    for entry in parser.error_log:
        if entry.type_name == "ERR_RESOURCE_LIMIT":
            deep = "depth" in entry.message
            raise Skip("elements nested more than 250 deep" if deep else "a text or tag of more than 10 MB")
    return tree


def _parse_xhtml(data: bytes) -> Element | None:
    """Return the tree of well-formed XHTML, in which `<script/>` is closed; None for anything else."""
    if b"<!ENTITY" in data:
        return None
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        return None
    if etree.QName(root).localname != "html":
        return None
    for element in root.iter(etree.Element):
        element.tag = etree.QName(element).localname
    etree.cleanup_namespaces(root)
    return _parse_html(etree.tostring(root, method="html", encoding="utf-8", with_tail=False))
