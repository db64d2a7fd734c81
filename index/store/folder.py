"""The paths of an index folder. A generation is made whole, checked, and swapped in at once.

INDEX/archive.sqlite            the truth (index/store/archive.py)
INDEX/generations/000007/       chroma/, tantivy/, about.json; never written again once it is there
INDEX/current                   the number of the served generation, replaced atomically
INDEX/encoder/                  the model's graph for questions (index/embed/onnx.py)
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.embed.fingerprint import Fingerprint, sha256
from index.errors import IndexDamagedError, IndexNotFoundError


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
        """Return the digest of each file of a generation that no reader writes to (Chroma's database is one)."""
        base = self.generation(number)
        try:
            # only in subfolders: about.json, beside them, holds the digests itself
            files = [path for path in sorted(base.glob("*/**/*")) if path.is_file()]
            return {
                path.relative_to(base).as_posix(): sha256(path)
                for path in files
                if not path.name.startswith((".", "chroma.sqlite3"))
            }
        except OSError as error:
            raise IndexDamagedError(
                f"{base} cannot be read: {error.strerror}. Run: dateline doctor --repair"
            ) from error

    def require_intact(self, number: int) -> None:
        """Raise `IndexDamagedError` unless those files are as they were written."""
        _, about = self.about(number)
        written, found = about["files"], self.digests(number)
        if found != written:
            names = sorted(name for name in found | written if found.get(name) != written.get(name))
            raise IndexDamagedError(
                f"{self.generation(number) / names[0]} is not as it was written. Run: dateline doctor --repair"
            )

    def numbers(self) -> list[int]:
        """Return the numbers of the generations on disk, whole or not."""
        return sorted(int(path.name) for path in self.generations.glob("[0-9]*") if path.name.isdecimal())

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
