"""Remove HTML from text that should be plain: tags and entities, where they are markup and nothing else.

A "<" that begins no HTML tag, as in "a < b and c > d", and an "&" that begins no entity, as in "AT&T", stay.
"""

import re
from collections.abc import Collection
from html.entities import html5

_BLOCKS = (
    "address", "article", "aside", "blockquote", "br", "center", "dd", "details", "div", "dl", "dt",
    "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main",
    "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
)  # fmt: skip
_INLINE = (
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "button", "cite", "code", "data", "del", "dfn", "em",
    "font", "i", "img", "input", "ins", "kbd", "label", "mark", "q", "s", "samp", "small", "span", "strike",
    "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "audio", "video", "source", "picture",
)  # fmt: skip
_UNSEEN = (
    "script", "style", "template", "noscript", "iframe", "object", "svg", "math", "head", "title", "select",
    "textarea", "del", "s", "strike",
)  # fmt: skip
_EMPTY = ("img", "input", "wbr", "source")
_NAMES = "|".join(sorted({*_BLOCKS, *_INLINE, *_UNSEEN, "html", "body", "option"}, key=len, reverse=True))
_VALUE = r"""\s*=\s*(?:"[^"<]*"|'[^'<]*'|[^\s"'=<>`]+)"""
_BLOCK = re.compile(rf"<(?:{'|'.join(_BLOCKS)})\b", re.IGNORECASE)
_TAG = re.compile(
    rf"<(?:/(?:{_NAMES})\s*|(?:{_NAMES})(?:\s+[a-z][\w:.-]*{_VALUE}|\s+(?:hidden|disabled|async|defer|open))*\s*/?)>"
    r"|<!--|<!doctype html",
    re.IGNORECASE,
)
_CLOSING = re.compile(r"</([a-z]+)", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{1,31}));")
_MOST_ROUNDS = 2
"""Feeds often encode what is encoded already: `&amp;#8217;`."""


def plain(text: str) -> str:
    """Return the text without tags, what they hide and strike out, and with its entities as letters."""
    return entities(_untagged(text) if _TAG.search(text) else text)


def entities(text: str) -> str:
    """Return the text with HTML's named and numbered entities as letters, also where they are encoded twice."""
    for _ in range(_MOST_ROUNDS):
        if "&" not in text:
            break
        text = _ENTITY.sub(_letter, text)
    return text


def _letter(match: re.Match[str]) -> str:
    decimal, hexadecimal, name = match.groups()
    if name:
        return html5.get(f"{name};", match[0])
    code = int(decimal) if decimal else int(hexadecimal, 16)
    if 0x80 <= code < 0xA0:
        return bytes((code,)).decode("cp1252", "ignore")
    allowed = code in (9, 10) or 32 <= code < 0xD800 or 0xE000 <= code < 0x110000
    return chr(code) if allowed else match[0]


def _untagged(text: str) -> str:
    from index.read.html.lines import lines_of  # lxml, only where there are tags
    from index.read.html.markup import parse_markup
    from index.read.html.visibility import remove_unseen

    closed = {match[1].lower() for match in _CLOSING.finditer(text)}
    tags = {match.start(): match[0] for match in _TAG.finditer(text) if _is_markup(match[0], closed)}
    if not tags:
        return text
    page = re.sub("<", lambda match: "<" if match.start() in tags else "&lt;", text)
    if not any(_BLOCK.match(tag) for tag in tags.values()):
        page = page.replace("\n", "<br>")  # nothing else tells lines apart
    root = parse_markup(f"<html><body>{page}</body></html>")
    remove_unseen(root)
    return "\n".join(line.text for line in lines_of(root))


def _is_markup(tag: str, closed: Collection[str]) -> bool:
    """Say whether a tag is one: "a<b>c" is none, since nothing closes it."""
    name = tag[1:-1].lower()
    return name not in _INLINE or name in _EMPTY or name in closed
