"""Read what a page says of its article: title, outlet, authors, section and address."""

import re
from collections.abc import Iterable, Iterator, Sequence

from index.read.html.lines import Line
from index.read.html.linked_data import LinkedData
from index.read.html.markup import Element

_AUTHOR_META = (
    "author", "article:author", "article:author_name", "parsely-author", "sailthru.author", "dc.creator",
    "dcterms.creator", "citation_author", "byl", "byline",
)  # fmt: skip
_NAME = r"[^\W\d_][\w.'’-]*"
_BYLINE = re.compile(
    rf"(?:(?:words|written|reported|story|text) )?by:? ({_NAME}(?:(?:,? and|,|,? &)? {_NAME}){{0,11}})", re.I
)
_CAPITAL_NAME = r"[A-ZÀ-Þ][\w.'’-]*(?: (?:d[aeiu]|del|d[eo]s|v[ao]n|zu[mr]?|de[rn]|l[ae]))*"
_MADE = "Words|Text|Story|Interview|Report|Texte|Texto"
_OTHER_BYLINE = re.compile(
    rf"(?:(?:Von|VON|Par|PAR|Por|POR):?|(?:{_MADE}):)"
    rf" ({_CAPITAL_NAME}(?:(?:,? (?:und|et|y)|,)? {_CAPITAL_NAME}){{1,9}})"
)
"""Of German, French and Spanish pages, and after a colon. Names begin with a capital: "Par for the course" is none."""
_LONGEST_LINE = 200  # characters; chosen, not measured: a byline with the days of publication and of an update
_MOST_WORDS = 16  # of a byline; chosen, not measured
_DATED = r"\s(?:[Pp]ublished|[Pp]osted|[Uu]pdated|Veröffentlicht|Publié|Publicado)\b"
_SEPARATOR = re.compile(r"\s[-–—|·•«»:]{1,2}\s")
_AUTHOR_LINKS = (
    "//a[contains(@href, '/author/')] | //*[contains(@class, 'vcard')]//*[contains(concat(' ', @class, ' '), ' fn ')]"
)
_AUTHOR_CLASS = re.compile(r"\b(?:byline|author|by|writer)\b|byline|author", re.IGNORECASE)


def meta(root: Element, *names: str) -> str:
    """Return the content of the first of the named `<meta>` elements that has any."""
    for name in names:
        for element in root.iter("meta"):
            if (element.get("property") or element.get("name") or "").lower() == name:
                content = " ".join(element.get("content", "").split())
                if content:
                    return content
    return ""


def page_title(root: Element, data: LinkedData, outlet: str) -> str:
    """Return the headline: as JSON-LD or Open Graph name it, else the page's one `<h1>`, else its `<title>`."""
    headings = {" ".join(one.text_content().split()) for one in root.iter("h1") if not _leads_home(one)} - {"", outlet}
    titles = [_content(element) for element in root.iter("title")]
    named = [data.headline, meta(root, "og:title"), *(headings if len(headings) == 1 else ()), *titles[:1]]
    return next((title for one in named if (title := _without_outlet(one, outlet, headings))), "")


def headline_of(title: str, lines: Iterable[str]) -> str:
    """Return the part of a title that is one of the lines above the story, where there is one; else the title."""
    above = {line for line in lines if line}
    parts = [*above.intersection(_SEPARATOR.split(title)), *(line for line in above if title.endswith(f": {line}"))]
    return max(parts, key=len, default=title)


def page_outlet(root: Element, data: LinkedData) -> str:
    """Return the outlet: what the page names, or the end of its title if that is also its logo or copyright line."""
    named = meta(root, "og:site_name") or data.publisher or meta(root, "publisher", "dc.publisher", "application-name")
    if named and not named.startswith(("http://", "https://")):
        return named
    marked = root.xpath("//*[@itemprop='publisher']//*[@itemprop='name'] | //*[@itemprop='publisher' and @content]")
    if marked and (name := _content(marked[0])) and not name.startswith(("http://", "https://")):
        return name
    title = next((_content(element) for element in root.iter("title")), "")
    last = _SEPARATOR.split(title)[-1].strip() if _SEPARATOR.search(title) else ""
    return last if last and len(last.split()) <= 6 and last in set(_marks_of_outlet(root)) else ""


def page_url(root: Element, data: LinkedData) -> str:
    """Return the page's own address."""
    named = (*root.xpath("//link[@rel='canonical']/@href"), meta(root, "og:url"), data.url)
    return next((url for url in named if url.startswith(("https://", "http://"))), "")


def page_section(root: Element, data: LinkedData) -> str:
    """Return the section that the article stands in."""
    return data.section or meta(root, "article:section", "parsely-section", "section", "dc.subject.section")


def page_authors(root: Element, data: LinkedData, head: Sequence[Line]) -> str:
    """Return the authors' names, divided by semicolons."""
    names = [*data.authors]
    if not names:
        names = [meta(root, name) for name in _AUTHOR_META]
        names = [next((name for name in names if _is_name(name)), "")]
    if not any(map(_is_name, names)):
        names = [*_marked_up_authors(root), *filter(None, map(byline, head))][:1]
    clean = (re.sub(r"^(?:[Bb][Yy]|Von|Par|Por):?\s+", "", name).strip(" ,|") for name in names if _is_name(name))
    return "; ".join(dict.fromkeys(filter(None, clean)))


def byline(line: Line) -> str:
    """Return the names of a line that only says who wrote the story; nothing for another line."""
    if not line.text or len(line.text) > _LONGEST_LINE or line.is_heading:
        return ""
    for part in re.split(rf"\s*(?:[|·•–—]|\s-\s|,? \d{{1,2}} [A-Z]|{_DATED})", line.text):
        found = _BYLINE.fullmatch(part.strip(" ,.")) or _OTHER_BYLINE.fullmatch(part.strip(" ,."))
        if found and len(part.split()) <= _MOST_WORDS:
            return found[1]
    own = line.block.get("class", "") + line.block.get("itemprop", "") + line.block.get("rel", "")
    return line.text if _AUTHOR_CLASS.search(own) and _is_name(line.text) and len(line.text.split()) <= 8 else ""


def _is_name(text: str) -> bool:
    return (
        bool(re.search(r"[^\W\d_]{2}", text)) and len(text) <= 200 and not re.search(r"https?:|www\.|@|[.!?]\s*$", text)
    )


def _marked_up_authors(root: Element) -> Iterator[str]:
    for element in root.xpath("//*[@itemprop='author'] | //a[@rel='author']"):
        named = element.xpath(".//*[@itemprop='name']") or [element]
        text = _content(named[0])
        if text and len(text.split()) <= 8:
            yield text
    named = {_content(one) for one in root.xpath(_AUTHOR_LINKS)} - {""}
    if len(named) == 1:  # several may be those of other stories
        yield from (text for text in named if len(text.split()) <= 5)


def _leads_home(heading: Element) -> bool:
    """Return whether a heading is the site's name, a link to its front page."""
    return any(
        re.fullmatch(r"(?:https?://[^/]+)?/?(?:index\.\w+)?", link.get("href", "x")) for link in heading.iter("a")
    )


def _content(element: Element) -> str:
    return " ".join((element.get("content") or element.text_content()).split())


def _without_outlet(title: str, outlet: str, headings: set[str]) -> str:
    """Return a title without the outlet at its end; a longer headline on the page is what follows it."""
    parts = _SEPARATOR.split(title)
    if len(parts) > 1 and (parts[-1] == outlet or title[: -len(parts[-1])].rstrip(" -–—|·•«»:") in headings):
        return title[: title.rindex(parts[-1])].rstrip(" -–—|·•«»:")
    return title


def _marks_of_outlet(root: Element) -> Iterator[str]:
    """Yield the texts that name an outlet on its own pages: copyright lines and links to the front page."""
    for text in root.xpath("//a[@href='/']//text() | //*[contains(@class, 'logo')]//text()"):
        yield text.strip()
    for text in root.xpath("//footer//text()[contains(., '©')] | //footer//text()[contains(., 'opyright')]"):
        found = re.search(r"(?:©|opyright)[\s©\d,–-]*([^.,|]+?)\s*(?:[.,|]|all rights|$)", text[:300], re.IGNORECASE)
        if found:
            yield found[1]
