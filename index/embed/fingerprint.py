"""What the vectors and chunks of an index were made with. Equal fingerprints mean comparable vectors."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from index.text.chunk import CHUNKER_VERSION
from index.text.clean import CLEANER_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """Everything that changes a vector or a chunk. Digests are SHA-256 of the model's files."""

    model: str
    weights: str
    tokenizer: str
    pooling: str
    prompts: str
    dimension: int
    max_tokens: int
    chunk_tokens: int
    backend: str = "sentence-transformers float32"
    cleaner: int = CLEANER_VERSION
    chunker: int = CHUNKER_VERSION

    @property
    def key(self) -> str:
        """Return 32 hexadecimal digits that stand for all of it but the model's name."""
        # A model's name may change, or stand for a folder: its files decide what it is.
        return _digest({name: value for name, value in asdict(self).items() if name != "model"})

    @property
    def vectors(self) -> str:
        """Return what a cached vector depends on besides its text."""
        return _digest([self.weights, self.tokenizer, self.pooling, self.prompts, self.max_tokens, self.backend])

    @property
    def chunks(self) -> str:
        """Return what an article's cleaned text and chunks depend on besides its file."""
        return _digest([self.cleaner, self.chunker, self.tokenizer, self.chunk_tokens])

    def differences(self, other: "Fingerprint") -> list[str]:
        """Return the names of the fields in which the two differ."""
        return [name for name, value in asdict(self).items() if value != getattr(other, name)]


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:32]


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
