"""Find the day on which a page's article was published, or none: no date is better than a wrong one.

Only what says that it is the day of publication counts. The day of an update, an event, a related story or a
copyright is ignored, and a date such as 03/05/2024, which is one day in London and another in Boston, is none.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from index.read.base import first_date, parse_date
from index.read.dates import MONTH_NAMES, WEEKDAY_NAMES
from index.read.html.lines import Line
from index.read.html.markup import Element

_META = (
    "article:published_time", "og:article:published_time", "og:published_time", "article:published", "parsely-pub-date",
    "sailthru.date", "citation_publication_date", "dc.date.issued", "dcterms.issued", "dcterms.created",
    "dc.date.created", "dcterms.date", "dc.date", "date.issued", "publish-date", "publish_date", "published-date",
    "publication_date", "publication-date", "pubdate", "pub_date", "article.published", "article_date_original",
    "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "rnews:datepublished", "bt:pubdate", "ptime",
    "originalpublicationdate", "date",
)  # fmt: skip
_UPDATED = ("article:modified_time", "og:updated_time", "last-modified", "dcterms.modified", "dc.date.modified")
_MONTH = rf"(?:{MONTH_NAMES})\b\.?"
_DATE = re.compile(
    rf"\b(\d{{4}}-\d\d-\d\d|\d{{1,2}}(?:st|nd|rd|th|er|º|\.)?\s+(?:(?:of|de)\s+)?{_MONTH},?\s+(?:del?\s+)?\d{{4}}"
    rf"|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}|\d{{4}}/\d\d/\d\d|\d{{1,2}}[/.]\d{{1,2}}[/.]\d{{4}})",
    re.IGNORECASE,
)
_WEEKDAY = rf"(?:{WEEKDAY_NAMES})\.?"
_PUBLISHED = re.compile(
    r"\b(?:(?:first published|published|posted|submitted|written)(?: by [^|]{1,40}?)?|issued|released|filed"
    r"|publication date|date|veröffentlicht|erschienen|publiée?|parue?|publicad[oa])\b(?: on| at| am| le| el)?[\s:,-]*"
    rf"(?:{_WEEKDAY})?[\s,]*(?:[\d.:]+\s*(?:am|pm|[A-Z]{{2,4}})?[\s,]*(?:on\s)?)?$",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"\b(?:updated|modified|edited|revised|corrected|amended|since|until|till|from|starts?|begins?|when|deadline"
    r"|expires|accessed|retrieved|event|born|died|©|copyright|aktualisiert|geändert|stand|seit|bis|ab|modifiée?"
    r"|mise? à jour|depuis|jusqu\w*|actualizad[oa]|desde|hasta)\b",
    re.IGNORECASE,
)
_FURNITURE = re.compile(
    rf"\b(?:{_WEEKDAY}|\d{{1,2}}(?:[.:]|\s?h\s?)\d\d(?::\d\d)?|[ap]\.?m\.?|gmt|bst|cet|cest|utc|e[sd]t|p[sd]t|at|on|by"
    r"|newsroom|staff|uhr|um|am|den|à|le|el|a las|\d+ min(?:ute)?s? read|[+-]\d\d:?\d\d)(?!\w)",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"\b(?:first |last )?(?:published|posted|issued|updated|modified|edited|veröffentlicht|erschienen|aktualisiert"
    r"|stand|publiée?|parue?|modifiée?|mise? à jour|publicad[oa]|actualizad[oa])\b(?: on| at| am| le| el)?|\bdate:",
    re.IGNORECASE,
)
_IN_URL = re.compile(
    r"/((?:19|20)\d\d)[/-](\d\d?|[a-z]{3})[/-](\d\d?)(?=[/_.-]|$)|[/-]((?:19|20)\d\d)(\d\d)(\d\d)(?=[/_.-]|$)"
)
_MONTHS = (
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
)  # fmt: skip
_PLACEHOLDERS = frozenset((date(1, 1, 1), date(1900, 1, 1), date(1970, 1, 1)))


def publication_day(
    root: Element, *, stated: object, head: Sequence[Line], url: str
) -> tuple[date | None, str, tuple[str, ...]]:
    """Return the day that the page names as its publication, where it does, and a warning if that cannot be read.

    `stated` is JSON-LD's datePublished, `head` the visible lines between headline and story, `url` the page's address.
    """
    places: dict[str, Iterable[object]] = {
        "JSON-LD": (stated,),
        "meta": _meta(root),
        "markup": _marked_up(root),
        "text": _visible(head),
        "address": _in_url(url),
    }
    warnings: tuple[str, ...] = ()
    for where, values in places.items():
        day, fault = first_date(value for value in values if parse_date(value) not in _PLACEHOLDERS)
        if day is not None:
            return day, where, ()
        warnings = warnings or fault
    return None, "", warnings


def update_day(root: Element, *, stated: object) -> date | None:
    """Return the day of the last update that the page names; `stated` is JSON-LD's dateModified."""
    marked = (_time_value(one) for one in root.xpath("//*[@itemprop='dateModified']") if not _of_something_else(one))
    named = {
        (meta.get("property") or meta.get("name") or "").lower(): meta.get("content") for meta in root.iter("meta")
    }
    day, _ = first_date([stated, *(named[name] for name in _UPDATED if name in named), *marked])
    return day


def is_dateline(line: Line) -> bool:
    """Return whether a line says nothing but when the story was published or updated, and who wrote it."""
    text = _with_machine_dates(line)
    return bool(_DATE.search(text)) and len(line.text.split()) <= 20 and not _rest(_LABEL.sub(" ", text))


def _meta(root: Element) -> Iterator[str]:
    """Yield the dates of `<meta>` elements, those that name the publication best first."""
    found: dict[str, str] = {}
    for meta in root.iter("meta"):
        name = (meta.get("property") or meta.get("name") or "").lower()
        found.setdefault(name, meta.get("content", ""))
    return (found[name] for name in _META if name in found)


def _marked_up(root: Element) -> Iterator[str]:
    """Yield the dates of microdata, `<time pubdate>` and hAtom, if there is one: a list has many."""
    marked = root.xpath(
        "//*[contains(concat(' ', @itemprop, ' '), ' datePublished ')] | //time[@pubdate]"
        " | //time[contains(concat(' ', @class, ' '), ' published ')]"
        " | //abbr[contains(concat(' ', @class, ' '), ' published ')]"
    )
    values = [_time_value(element) for element in marked if not _of_something_else(element)]
    if len({value[:10] for value in values}) == 1:
        yield values[0]


def _of_something_else(element: Element) -> bool:
    """Return whether an element belongs to a comment, a related story or an event."""
    for up in element.iterancestors():
        if up.tag in ("aside", "nav", "footer", "li"):
            return True
        kind = up.get("itemtype", "")
        if kind:
            return re.search(r"(?:Article|Posting|Report|WebPage)$", kind) is None
    return False


def _time_value(element: Element) -> str:
    return str(element.get("datetime") or element.get("content") or element.get("title") or element.text_content())


def _visible(head: Iterable[Line]) -> Iterator[str]:
    """Yield the days that lines near the headline call published, then one that stands there alone."""
    alone: list[str] = []
    for line in head:
        text = _with_machine_dates(line)
        before = 0
        for found in _DATE.finditer(text):
            words, before = text[before : found.start()], found.end()
            if _PUBLISHED.search(words):
                yield found[1]
            elif not _OTHER.search(text) and not _rest(text):
                alone.append(found[1])
    if len(set(alone)) == 1:
        yield alone[0]


def _with_machine_dates(line: Line) -> str:
    """Return the text of a line, with the `datetime` of each `<time>` instead of its words."""
    times = [time for time in line.block.iter("time") if time.get("datetime")]
    text = line.text
    for time in times:
        words = " ".join(time.text_content().split())
        day = re.match(r"\d{4}-\d\d-\d\d", time.get("datetime").strip())
        if words and day:
            text = text.replace(words, day[0], 1)
    return text


def _rest(text: str) -> str:
    """Return what a line says beside dates, clocks and the author's name; a dateline says nothing else."""
    rest = _FURNITURE.sub(" ", _DATE.sub(" ", text))
    author = re.match(r"[\W_]*(?:by )?(?:[A-ZÀ-Þ][\w.'’-]*(?:\s+|$)|and\s+){1,6}(?=\W|$)", rest)
    if author and re.search(r"\b(?:[Bb]y|Von|Par|Por)\s+[A-ZÀ-Þ]", text):
        rest = rest[author.end() :]
    return re.sub(r"[\W_]+", "", rest)


def _in_url(url: str) -> Iterator[str]:
    found = _IN_URL.search(url)
    if not found:
        return
    year, month, day = (found[1], found[2], found[3]) if found[1] else (found[4], found[5], found[6])
    number = _MONTHS.index(month) + 1 if month in _MONTHS else int(month) if month.isdigit() else 0
    yield f"{year}-{number:02}-{int(day):02}"
