"""From articles to a searchable index: read, clean, chunk, embed, store and search."""

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
