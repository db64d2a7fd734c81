"""Cut an article into chunks of whole sentences that the embedding model reads to the end.

A chunk never holds more tokens than its budget, so nothing is truncated in silence. Chunks of one article are
about equally long, follow each other without overlap and keep their offsets into the article's text.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import date

from index.text.clean import CLEANER_VERSION
from index.text.sentences import Span, sentences
from index.values import Article, Chunk

__all__ = [
    "CHUNKER_VERSION",
    "Span",
    "Tokens",
    "chunk",
    "chunk_id",
    "heading",
    "make_chunk",
    "sentences",
    "spoken_date",
]

CHUNKER_VERSION = 3
"""Part of the fingerprint: raise it when chunking changes, and all articles are chunked again."""

Tokens = Callable[[Sequence[str]], list[list[Span]]]
"""For each text the (start, end) of its tokens, in characters."""

_LONGEST_TITLE = 40
"""Tokens of a title that are embedded: with the day (about 5) and the model's own 2 they fit `_HEADING_TOKENS`."""


def heading(article: Article, tokens: Tokens) -> str:
    """Return what is embedded before each chunk of the article: its title, cut if it is long, and its day."""
    (spans,) = tokens([article.title])
    title = article.title if len(spans) <= _LONGEST_TITLE else article.title[: spans[_LONGEST_TITLE - 1][1]]
    return ". ".join(part for part in (title, spoken_date(article.published)) if part)


def spoken_date(day: date | None) -> str:
    """Return a day as English news write it: 3 March 2026."""
    return f"{day.day} {day:%B %Y}" if day else ""


def chunk(article: Article, *, tokens: Tokens, budget: int) -> list[Chunk]:
    """Return the article's chunks, each of at most `budget` tokens. None holds a line that is boilerplate."""
    return [item for start, end in _stretches(article) for item in _chunks(article, start, end, tokens, budget)]


def _stretches(article: Article) -> Iterator[Span]:
    """Yield what lies between the lines that are boilerplate."""
    at = 0
    for start, end in article.boilerplate:
        yield at, start
        at = end
    yield at, len(article.text)


def _chunks(article: Article, start: int, end: int, tokens: Tokens, budget: int) -> list[Chunk]:
    pieces = list(_pieces(article.text, start, end, tokens, budget))
    # The fewest chunks that can hold the text, all about as long: a short last one would be found by a word or two.
    total = sum(count for _, count in pieces)
    goal = total / max(1, -(-total // budget))
    runs: list[list[Span]] = []
    used = filled = 0
    for span, count in pieces:
        if not runs or used + count > budget or filled >= goal * len(runs):
            runs.append([])
            used = 0
        runs[-1].append(span)
        used += count
        filled += count
    return [make_chunk(article, run[0][0], run[-1][1]) for run in runs]


def _pieces(text: str, start: int, end: int, tokens: Tokens, budget: int) -> Iterator[tuple[Span, int]]:
    """Yield each sentence and how many tokens it has; one that is over the budget in parts, cut between words."""
    spans = sentences(text, start, end)
    for (first, last), inside in zip(spans, tokens([text[s:e] for s, e in spans]), strict=True):
        if len(inside) <= budget:
            yield (first, last), len(inside)
        else:
            yield from ((part, budget) for part in _cut(text, first, last, inside, budget))


def _cut(text: str, start: int, end: int, inside: list[Span], budget: int) -> Iterator[Span]:
    """Yield parts of a sentence of at most `budget` tokens, cut at white space where there is any."""
    at = first = 0
    while len(inside) - first > budget:
        stop = inside[first + budget - 1][1]  # where the last token that fits ends, perhaps within a word
        blank = max(text.rfind(" ", start + at, start + stop + 1), text.rfind("\t", start + at, start + stop + 1))
        if blank > start + at:
            stop = blank - start
        yield start + at, start + stop
        # the cut may lie before the last token that fits: the next part begins with the first token behind it
        first = next((i for i in range(first, len(inside)) if inside[i][0] >= stop), len(inside))
        at = inside[first][0] if first < len(inside) else end - start
    if start + at < end:
        yield start + at, end


def chunk_id(article_id: str, start: int, text: str) -> str:
    """Return the id of a chunk: the same text at the same place of an article has the same one."""
    versions = f"{CLEANER_VERSION}.{CHUNKER_VERSION}"
    # Stored in every index: another way to join the parts would change all ids.
    key = "\0".join((article_id, str(start), text, versions))
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def make_chunk(article: Article, start: int, end: int) -> Chunk:
    """Return the chunk that stands there in an article."""
    text = article.text[start:end]
    return Chunk(chunk_id(article.id, start, text), article.id, start, end, text)
