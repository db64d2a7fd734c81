"""Make an article and its chunks from what a reader found. Pure: the same input gives the same ids."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from index.archive import Embeddable
from index.chunk import Tokens, chunk, heading
from index.clean import clean, squeeze, visible
from index.read import Raw, Skip
from index.values import Article, Chunk

_LONGEST = {"id": 300, "title": 400, "source": 120, "url": 2000, "category": 120, "credit": 1000}


@dataclass(frozen=True, slots=True)
class Prepared:
    """An article ready for the archive; `hash` names this version of it."""

    hash: bytes
    article: Article
    chunks: tuple[Embeddable, ...]


def prepare(raw: Raw, *, tokens: Tokens, budget: int, recipe: str) -> Prepared:
    """Clean and chunk an article. `recipe` stands for the versions of what does it.

    Raises `Skip` when no text is left.
    """
    title, author = _field(raw, "title"), _field(raw, "credit")
    cleaned = clean(raw.text, title=title)
    if not cleaned.text:
        raise Skip("no text is left after cleaning" if raw.text.strip() else "it has a headline but no text")
    url = _field(raw, "url")
    article = Article(
        id=_field(raw, "id"),
        title=title,
        text=cleaned.text,
        published=raw.published,
        source=_field(raw, "source"),
        url=url if url.startswith(("https://", "http://")) else "",
        category=_field(raw, "category"),
        path=raw.path,
        credit="; ".join(part for part in (author, *cleaned.credits) if part),
        topics=cleaned.topics,
    )
    head = heading(article, tokens)
    chunks = chunk(article, tokens=tokens, budget=budget)
    return Prepared(
        version_hash(article, recipe), article, tuple(Embeddable(item, embedded_hash(head, item)) for item in chunks)
    )


def version_hash(article: Article, recipe: str) -> bytes:
    """Return what names this version of an article, made by this recipe."""
    return _hash(recipe, *(str(value) for value in asdict(article).values()))


def embedded_hash(head: str, item: Chunk) -> bytes:
    """Return the digest of the text whose vector stands for a chunk."""
    return _hash(embedded_text(head, item))


def embedded_text(head: str, item: Chunk) -> str:
    """Return the text whose vector stands for a chunk: the article's heading, then the chunk."""
    return f"{head}\n{item.text}" if head else item.text


def _field(raw: Raw, name: str) -> str:
    return squeeze(visible(getattr(raw, name)))[: _LONGEST[name]]


def _hash(*parts: str) -> bytes:
    encoded: Sequence[bytes] = [part.encode() for part in parts]
    return hashlib.blake2b(b"".join(len(p).to_bytes(8, "little") + p for p in encoded), digest_size=16).digest()
