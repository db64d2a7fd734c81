"""Make an article and its chunks from what a reader found. Pure: the same input gives the same ids."""

import hashlib
from dataclasses import dataclass
from datetime import date

from index.read import Raw, Skip
from index.store.digest import article_digest, digest
from index.text.byline import authors_of
from index.text.chunk import Tokens, chunk, heading
from index.text.clean import clean, squeeze, visible
from index.text.language import language_of
from index.text.pages import MARK, unmarked
from index.values import Article, Chunk, Embeddable

# Characters. Chosen, not measured: longer than such fields are, short enough for one line of a page or a database key.
_LONGEST_ID = 300
_LONGEST = {"title": 400, "source": 120, "url": 2000, "category": 120, "credit": 1000}


@dataclass(frozen=True, slots=True)
class Prepared:
    """An article ready for the archive; `hash` names this version of it. `warnings` are the reader's."""

    hash: bytes
    article: Article
    chunks: tuple[Embeddable, ...]
    warnings: tuple[str, ...]


def prepare(raw: Raw, *, tokens: Tokens, budget: int, recipe: str) -> Prepared:
    """Clean and chunk an article. `recipe` stands for the versions of what does it.

    Raises `Skip` when no text is left.
    """
    title, author = _field(raw, "title"), _field(raw, "credit")
    cleaned = clean(raw.text, title=title)
    if not cleaned.text:
        reason = "no text is left after cleaning" if raw.text.strip() else "it has a headline but no text"
        raise Skip(reason, ids=(raw.id,))
    url = _field(raw, "url")
    text, pages = unmarked(cleaned.text)
    language, origin = language_of(text, raw.language)
    article = Article(
        id=article_id(raw.id),
        title=title,
        text=text,
        published=raw.published,
        source=_field(raw, "source"),
        # only what a browser opens as a page: `javascript:` addresses become links in the user interface otherwise
        url=url if url.startswith(("https://", "http://")) else "",
        category=_field(raw, "category"),
        path=raw.path,
        credit="; ".join(part for part in (author, *cleaned.credits) if part),
        topics=tuple(dict.fromkeys(squeeze(visible(topic)) for topic in (*raw.topics, *cleaned.topics))),
        authors=authors_of(author),
        updated=_later(raw.updated, raw.published),
        language=language,
        pages=pages,
        origins=(*raw.origins, *((("language", origin),) if origin else ())),
        boilerplate=raw.boilerplate,
    )
    head = heading(article, tokens)
    chunks = chunk(article, tokens=tokens, budget=budget)
    return Prepared(
        article_digest(recipe, article),
        article,
        tuple(Embeddable(item, digest(embedded_text(head, item))) for item in chunks),
        raw.warnings,
    )


def article_id(text: str) -> str:
    """Return an id as it is kept: in one line and one form of Unicode, without what no reader can see, not too long.

    What that changes gets a digest of the whole, so that two ids never become one.
    """
    plain = squeeze(visible(text))
    if plain == text and len(plain) <= _LONGEST_ID:
        return plain
    hasher = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8)
    return f"{plain[: _LONGEST_ID - 17]}-{hasher.hexdigest()}"


def embedded_text(head: str, item: Chunk) -> str:
    """Return the text whose vector stands for a chunk: the article's heading, then the chunk."""
    return f"{head}\n{item.text}" if head else item.text


def _field(raw: Raw, name: str) -> str:
    return squeeze(visible(getattr(raw, name)).replace(MARK, ""))[: _LONGEST[name]]


def _later(updated: date | None, published: date | None) -> date | None:
    """Return the day of an update, if it is later than that of publication."""
    return None if updated is None or (published and updated <= published) else updated
