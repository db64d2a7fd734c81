"""Pack an article, the offsets of its chunks and their vectors into a text that a server can store.

Whatever can be derived from the article is not sent but derived again: chunks' texts and ids, and the digests of what
was embedded. So a chunk from a server cannot say anything that its article does not.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from index.build.prepare import embedded_text
from index.embed.fingerprint import Fingerprint
from index.store.digest import article_digest, digest
from index.text.chunk import Tokens, heading, make_chunk
from index.text.clean import squeeze, visible
from index.values import Article, Embeddable

if TYPE_CHECKING:
    from numpy.typing import NDArray

_UNIT = 1e-3  # how far a vector's squared length may be from 1; float32 is exact to 1e-6


@dataclass(frozen=True, slots=True)
class UnpackedArticle:
    """An article ready for the archive, and the vector of each of its chunks."""

    hash: bytes
    article: Article
    chunks: tuple[Embeddable, ...]
    vectors: tuple["NDArray[np.float32]", ...]


class _Article(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    id: Annotated[str, Field(min_length=1)]
    title: str
    text: Annotated[str, Field(min_length=1)]
    published: date | None
    source: str
    url: Annotated[str, Field(pattern=r"^(https?://.*)?$")]
    category: str
    path: str
    credit: str
    topics: tuple[str, ...]
    authors: tuple[str, ...] = ()
    updated: date | None = None
    language: str = ""
    pages: tuple[int, ...] = ()
    origins: tuple[tuple[str, str], ...] = ()
    boilerplate: tuple[tuple[int, int], ...] = ()


class _Packed(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    article: _Article
    chunks: list[tuple[int, int, str]]


def pack(article: Article, spans: Sequence[tuple[int, int, bytes]]) -> str:
    """Return the text, of ASCII, of an article and the start, end and vector of each of its chunks."""
    fields = {name: getattr(article, name) for name in Article.__dataclass_fields__}
    for name in ("published", "updated"):
        fields[name] = fields[name] and fields[name].isoformat()
    chunks = [(start, end, b64encode(vector).decode("ascii")) for start, end, vector in spans]
    return json.dumps({"article": fields, "chunks": chunks})


def unpack(text: str, fingerprint: Fingerprint, tokens: Tokens) -> UnpackedArticle:
    """Return what `pack` was given. Raises `ValueError` with the reason for a text that it cannot have made."""
    try:
        packed = _Packed.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise ValueError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    article = Article(**dict(packed.article))
    _require_clean(article)
    head = heading(article, tokens)
    chunks, vectors, last = [], [], 0
    for start, end, vector in packed.chunks:
        if not last <= start < end <= len(article.text):
            raise ValueError(f"no chunk can stand at {start} to {end}")
        last = end
        item = make_chunk(article, start, end)
        chunks.append(Embeddable(item, digest(embedded_text(head, item))))
        vectors.append(_unit_vector(vector, fingerprint.dimension))
    return UnpackedArticle(article_digest(fingerprint.chunks, article), article, tuple(chunks), tuple(vectors))


def _require_clean(article: Article) -> None:
    """Raise `ValueError` when a field holds what cleaning would have removed, such as controls of a terminal."""
    lines = (article.id, article.title, article.source, article.category, article.credit, article.url, *article.topics)
    if visible(article.text) != article.text or any(squeeze(visible(line)) != line.strip() for line in lines):
        raise ValueError("the article is not clean")


def _unit_vector(encoded: str, dimension: int) -> "NDArray[np.float32]":
    data = b64decode(encoded, validate=True)
    if len(data) != 4 * dimension:
        raise ValueError(f"a vector has {len(data)} bytes, {4 * dimension} expected")
    vector = np.frombuffer(data, "<f4")
    if not abs(float(np.dot(vector, vector)) - 1.0) < _UNIT:  # true of NaN too
        raise ValueError("a vector has not the length 1")
    return vector
