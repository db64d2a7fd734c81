"""Read what a page says of its article in JSON-LD (schema.org), hostile or broken JSON included."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

from index.read.html.markup import Element

# Chosen, not measured: far more than a page has, so that a hostile one takes no minute.
_MAX_BYTES = 2_000_000
_MAX_NODES = 2_000
_ARTICLE = re.compile(r"(?:\w*article|liveblogposting|blogposting|socialmediaposting|report)\Z")
_PAGE = frozenset(("webpage", "itempage"))
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
_CDATA = re.compile(r"^\s*(?://)?\s*(?:<!--|<!\[CDATA\[)|(?://)?\s*(?:-->|\]\]>)\s*$")
_TAG = re.compile(r"<[^<>]{0,500}>")
_PARAGRAPH = re.compile(r"(?:</p>|<br\s*/?>|\r?\n)\s*", re.IGNORECASE)

Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class LinkedData:
    """What JSON-LD says of the page's article; empty where it says nothing."""

    published: object = None
    updated: object = None
    headline: str = ""
    authors: tuple[str, ...] = ()
    publisher: str = ""
    section: str = ""
    body: str = ""
    url: str = ""
    is_live_blog: bool = False
    updates: tuple[tuple[str, str, str], ...] = ()
    """The time, headline and text of each entry of a live blog."""


def linked_data(root: Element) -> LinkedData:
    """Return what the page's JSON-LD says of its article. Call it before scripts are removed."""
    nodes = list(_nodes(root))
    by_id = {node["@id"]: node for node in reversed(nodes) if isinstance(node.get("@id"), str) and len(node) > 1}
    articles = [node for node in nodes if any(_ARTICLE.match(kind) for kind in _types(node))]
    pages = [node for node in nodes if _PAGE.intersection(_types(node))]
    article = _of_this_page(articles, root)
    if article is None:
        # Several articles and none of them this one: a list of teasers, whose dates are not the page's.
        return LinkedData(published=None if articles else _first(pages, "datePublished"))
    return LinkedData(
        published=article.get("datePublished") or _first(pages, "datePublished"),
        updated=article.get("dateModified"),
        headline=_text(article.get("headline") or article.get("name")),
        authors=tuple(dict.fromkeys(_names(article.get("author") or article.get("creator"), by_id))),
        publisher=next(iter(_names(article.get("publisher"), by_id)), ""),
        section="; ".join(_strings(article.get("articleSection"))),
        body=_paragraphs(article.get("articleBody")),
        url=next(iter(_strings(article.get("url"))), ""),
        is_live_blog="liveblogposting" in _types(article),
        updates=tuple(_updates(article.get("liveBlogUpdate"))),
    )


def _updates(value: object) -> Iterator[tuple[str, str, str]]:
    for one in (value if isinstance(value, list) else [value])[:_MAX_NODES]:
        if isinstance(one, dict) and (body := _paragraphs(one.get("articleBody"))):
            yield str(one.get("datePublished") or "")[:40], _text(one.get("headline") or one.get("name")), body


def _nodes(root: Element) -> Iterator[Node]:
    """Yield the objects on the top level of the page's JSON-LD: what is inside another is about that one."""
    count = 0
    for script in root.iter("script"):
        if "ld+json" not in script.get("type", "").lower() or len(script.text or "") > _MAX_BYTES:
            continue
        for node in _top_level(_loads(script.text or "")):
            yield node
            count += 1
            if count >= _MAX_NODES:
                return


def _loads(text: str) -> object:
    text = _CDATA.sub("", text).strip().rstrip(";")
    for attempt in (text, _TRAILING_COMMA.sub("", text)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _top_level(data: object, depth: int = 0) -> Iterator[Node]:
    if isinstance(data, list):
        for item in data[:_MAX_NODES] if depth < 5 else ():
            yield from _top_level(item, depth + 1)
    elif isinstance(data, dict):
        yield data
        for name in ("@graph", "mainEntity", "mainEntityOfPage"):
            if depth < 5 and isinstance(data.get(name), dict | list):
                yield from _top_level(data[name], depth + 1)


def _types(node: Node) -> set[str]:
    return {kind.rsplit("/", 1)[-1].rsplit(":", 1)[-1].lower() for kind in _strings(node.get("@type"))}


def _of_this_page(articles: list[Node], root: Element) -> Node | None:
    """Return the article that the page is about: the only one, or the one with the page's headline or address."""
    if len(articles) <= 1:
        return articles[0] if articles else None
    headings = {_letters(heading.text_content()) for heading in (*root.iter("h1"), *root.iter("title"))}
    headings |= {_letters(content) for content in root.xpath("//meta[@property='og:title']/@content")}
    addresses = set(root.xpath("//link[@rel='canonical']/@href | //meta[@property='og:url']/@content"))
    for node in articles:
        headline = _letters(_text(node.get("headline") or node.get("name")))
        if headline and any(heading.startswith(headline) for heading in headings):
            return node
        if addresses.intersection((*_strings(node.get("url")), *_strings(node.get("mainEntityOfPage")))):
            return node
    same = {str(node.get("datePublished"))[:10] for node in articles}
    return articles[0] if len(same) == 1 else None


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()


def _first(nodes: list[Node], name: str) -> object:
    return next((node[name] for node in nodes if node.get(name)), None)


def _strings(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [text for one in values[:50] if isinstance(one, str) and (text := _text(one))]


def _names(value: object, by_id: dict[str, Node]) -> Iterator[str]:
    """Yield the names of persons or organisations: strings, objects, or references to objects elsewhere."""
    for one in (value if isinstance(value, list) else [value])[:50]:
        node = one
        if isinstance(node, dict) and "name" not in node and isinstance(node.get("@id"), str):
            node = by_id.get(node["@id"], {})
        yield from _strings(node.get("name") if isinstance(node, dict) else node)


def _text(value: object) -> str:
    """Return a string without the tags and entities that some pages leave in their JSON."""
    return " ".join(unescape(_TAG.sub(" ", value[:20_000])).split()) if isinstance(value, str) else ""


def _paragraphs(value: object) -> str:
    if not isinstance(value, str):
        return ""
    parts = _PARAGRAPH.split(value[:500_000])
    return "\n".join(text for part in parts if (text := " ".join(unescape(_TAG.sub("", part)).split())))
