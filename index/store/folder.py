"""The paths of an index folder. A generation is made whole, checked, and swapped in at once.

INDEX/archive.sqlite            the truth (index/store/archive.py)
INDEX/generations/000007/       tantivy/, about.json; never written again once it is there
INDEX/bases/000005/             chroma/, base.json: what generation 5 and some after it search by meaning
INDEX/current                   the number of the served generation, replaced atomically
INDEX/encoder/                  the model's graph for questions (index/embed/onnx.py)

Before generations had bases, each had a chroma/ of its own beside its tantivy/.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.embed.fingerprint import Fingerprint, sha256
from index.errors import IndexDamagedError, IndexNotFoundError

Sha256 = Callable[[Path], str]
"""From a file to its SHA-256, in hexadecimal."""


@dataclass(frozen=True, slots=True)
class Base:
    """A Chroma collection that several generations share: how many chunks of each article version it has.

    Versions are named by their hashes in hex, `files` are the digests of what no reader writes to. `copied` is the
    base that it was made of by adding to a copy, if it was.
    """

    number: int
    copied: int | None
    chunks: Mapping[str, int]
    files: Mapping[str, str]

    def count(self, articles: Iterable[str]) -> int:
        """Return how many chunks these article versions have in it."""
        return sum(self.chunks.get(article, 0) for article in articles)


@dataclass(frozen=True, slots=True)
class Folder:
    """The paths inside an index folder."""

    path: Path

    @property
    def archive(self) -> Path:
        """Return the archive's path."""
        return self.path / "archive.sqlite"

    @property
    def current(self) -> Path:
        """Return the path of the pointer to the served generation."""
        return self.path / "current"

    @property
    def generations(self) -> Path:
        """Return the folder of all generations."""
        return self.path / "generations"

    @property
    def fetched(self) -> Path:
        """Return the folder of pages that were fetched."""
        return self.path / "fetched"

    def generation(self, number: int) -> Path:
        """Return the folder of one generation."""
        return self.generations / f"{number:06d}"

    @property
    def bases(self) -> Path:
        """Return the folder of all bases."""
        return self.path / "bases"

    def base_path(self, number: int) -> Path:
        """Return the folder of the base that was made with a generation."""
        return self.bases / f"{number:06d}"

    def base(self, generation: int) -> Base | None:
        """Return the base of a generation; None if it has a Chroma collection of its own, as all had in older ones."""
        number = self.about(generation)[1].get("base")
        if number is None:
            return None
        path = self.base_path(number) / "base.json"
        try:
            about = json.loads(path.read_text(encoding="utf-8"))
            return Base(number, about.get("copied"), dict(about["chunks"]), dict(about["files"]))
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise IndexDamagedError(f"{path} cannot be read. Run: dateline doctor --repair") from error

    def chroma(self, generation: int) -> Path:
        """Return the Chroma folder that a generation searches."""
        number = self.about(generation)[1].get("base")
        return (self.generation(generation) if number is None else self.base_path(number)) / "chroma"

    def lexical(self, generation: int) -> Path:
        """Return the tantivy folder of a generation."""
        return self.generation(generation) / "tantivy"

    def encoder(self, fingerprint: Fingerprint) -> Path:
        """Return the path of the graph that embeds questions."""
        return self.path / "encoder" / f"{fingerprint.vectors}.onnx"

    def served(self) -> int | None:
        """Return the number of the served generation, or None while there is none."""
        try:
            text = self.current.read_text(encoding="ascii").strip()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise IndexDamagedError(f"{self.current} cannot be read. Run: dateline doctor --repair") from error
        if not text.isdecimal():
            raise IndexDamagedError(f"{self.current} does not name a generation. Run: dateline doctor --repair")
        return int(text)

    def about(self, number: int) -> tuple[Fingerprint, dict[str, Any]]:
        """Return how a generation was made, and its other facts."""
        path = self.generation(number) / "about.json"
        try:
            about = json.loads(path.read_text(encoding="utf-8"))
            _ = about["articles"], about["chunks"], about["files"], about["created"]
            return Fingerprint(**about.pop("fingerprint")), about
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise IndexDamagedError(f"{path} cannot be read. Run: dateline doctor --repair") from error

    def is_whole(self, number: int) -> bool:
        """Say whether a generation has a readable `about.json`, the last file that a build writes."""
        try:
            self.about(number)
        except IndexDamagedError:
            return False
        return True

    def digests(self, number: int) -> dict[str, str]:
        """Return the digest of each file of a generation that no reader writes to."""
        return digests(self.generation(number))

    def require_intact(self, number: int, read: Sha256 = sha256) -> None:
        """Raise `IndexDamagedError` unless those files are as they were written."""
        _require_same(self.generation(number), self.about(number)[1]["files"], read)

    def require_base_intact(self, base: Base | None, read: Sha256 = sha256) -> None:
        """Raise `IndexDamagedError` unless a base is as it was written."""
        if base is not None:
            _require_same(self.base_path(base.number), base.files, read)

    def base_numbers(self) -> list[int]:
        """Return the numbers of the bases on disk, whole or not."""
        return _numbers(self.bases)

    def numbers(self) -> list[int]:
        """Return the numbers of the generations on disk, whole or not."""
        return _numbers(self.generations)

    def require_served(self) -> int:
        """Return the number of the served generation; raise `IndexNotFoundError` while there is none."""
        number = self.served()
        if number is None and self.path.is_file():
            raise IndexNotFoundError(
                f"{self.path} is a file; an index is a folder. Build one with: dateline reindex ARTICLES --index DIR"
            )
        if number is None:
            raise IndexNotFoundError(f"No index at {self.path}. Build one with: dateline reindex ARTICLES")
        return number


def digests(base: Path, read: Sha256 = sha256) -> dict[str, str]:
    """Return the digest of each file in a folder's subfolders that no reader writes to (Chroma's database is one)."""
    try:
        # only in subfolders: about.json, beside them, holds the digests itself
        files = [path for path in sorted(base.glob("*/**/*")) if path.is_file()]
        kept = [path for path in files if not path.name.startswith((".", "chroma.sqlite3"))]
        with ThreadPoolExecutor() as threads:  # hashing leaves the interpreter to others
            found = threads.map(read, kept)
            return {path.relative_to(base).as_posix(): one for path, one in zip(kept, found, strict=True)}
    except OSError as error:
        raise IndexDamagedError(f"{base} cannot be read: {error.strerror}. Run: dateline doctor --repair") from error


def _require_same(base: Path, written: Mapping[str, str], read: Sha256) -> None:
    found = digests(base, read)
    if found != written:
        names = sorted(name for name in found | dict(written) if found.get(name) != written.get(name))
        raise IndexDamagedError(f"{base / names[0]} is not as it was written. Run: dateline doctor --repair")


def _numbers(folder: Path) -> list[int]:
    return sorted(int(path.name) for path in folder.glob("[0-9]*") if path.name.isdecimal())
