"""The frozen values that every stage passes on."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date

OLDER_ENTRY = "Earlier, at "
"""Prefix of each sentence of a live blog's older entries; the entry's time follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One cleaned news article.

    Every offset of a chunk or citation points into `text`: paragraphs separated by single line breaks.
    `credit` says who wrote or supplied it, and `authors` are the persons named there; `topics` holds the outlet's own
    tags. `updated` is later than `published`. `language` is a code of ISO 639, such as "en". `pages` says where each
    page of a paged document begins in `text`. `origins` says of some fields where they were found ("JSON-LD").
    `boilerplate` are the offsets of lines that the outlet repeats in many articles: they are in no chunk.
    """

    id: str
    title: str
    text: str
    published: date | None = None
    source: str = ""
    url: str = ""
    category: str = ""
    path: str = ""
    credit: str = ""
    topics: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    updated: date | None = None
    language: str = ""
    pages: tuple[int, ...] = ()
    origins: tuple[tuple[str, str], ...] = ()
    boilerplate: tuple[tuple[int, int], ...] = ()

    def page_of(self, offset: int) -> int | None:
        """Return the number of the page, from 1, on which a place of the text stands; None where there are no pages."""
        return bisect_right(self.pages, offset) or None


@dataclass(frozen=True, slots=True)
class Chunk:
    """A run of whole sentences: `article.text[start:end] == text`."""

    id: str
    article_id: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Embeddable:
    """A chunk, and the digest of the text that is embedded for it: heading and chunk."""

    chunk: Chunk
    embedded: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Filter: which articles to search. Dates are inclusive; an empty tuple filters nothing.

    `articles` are ids. An author's name is compared without regard to capitals; `languages` are codes of ISO 639.
    """

    since: date | None = None
    until: date | None = None
    sources: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.since or self.until or self.sources or self.categories or self.needs_archive)

    @property
    def needs_archive(self) -> bool:
        """Return whether it has filters that the archive alone can apply: the search engines have no such fields."""
        return bool(self.articles or self.authors or self.languages)


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk found by one engine, with that engine's own score (higher is better)."""

    chunk_id: str
    score: float
