"""Digests that name stored values, so that a reader can check that a value is what was written."""

import hashlib
from dataclasses import asdict

from index.values import Article

_LATER: dict[str, object] = {
    "authors": (), "updated": None, "language": "", "pages": (), "origins": (), "boilerplate": (),
}  # fmt: skip
"""Fields that articles have since format 3 or 4, and what they are where nothing is known: older digests still hold."""


def digest(*parts: bytes | str, size: int = 16) -> bytes:
    """Return `size` bytes that change when any part, or the border between two parts, changes."""
    encoded = [part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part for part in parts]
    framed = b"".join(len(part).to_bytes(8, "little") + part for part in encoded)
    return hashlib.blake2b(framed, digest_size=size).digest()


def article_digest(recipe: str, article: Article) -> bytes:
    """Return the digest that names a version of an article. `recipe` stands for the versions of what made it."""
    values = asdict(article)
    later = [f"{name}={value}" for name, none in _LATER.items() if (value := values.pop(name)) != none]
    return digest(recipe, *(str(value) for value in values.values()), *later)


def vector_digest(embedded: bytes, model: str, data: bytes) -> bytes:
    """Return 8 bytes over a cached vector and the key that it is stored under."""
    return digest(embedded, model, data, size=8)
