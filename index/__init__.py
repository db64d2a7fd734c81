"""Articles in: read, clean, chunk, embed and store them, and find chunks again."""

from index.errors import (
    BadRequestError,
    DatelineError,
    ForkedProcessError,
    IndexClosedError,
    IndexDamagedError,
    IndexLockedError,
    IndexMismatchError,
    IndexNotFoundError,
    IndexUnavailableError,
    ModelNotFoundError,
    PublishRefusedError,
    RemovalRefusedError,
)
from index.values import Article, Chunk, Hit, Scope

__all__ = [
    "Article",
    "BadRequestError",
    "Chunk",
    "DatelineError",
    "ForkedProcessError",
    "Hit",
    "IndexClosedError",
    "IndexDamagedError",
    "IndexLockedError",
    "IndexMismatchError",
    "IndexNotFoundError",
    "IndexUnavailableError",
    "ModelNotFoundError",
    "PublishRefusedError",
    "RemovalRefusedError",
    "Scope",
]
