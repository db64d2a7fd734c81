"""Generations: the search engines' files that are served, made whole, checked, and swapped in at once.

    INDEX/archive.sqlite            the truth (index/archive.py)
    INDEX/generations/000007/       chroma/, tantivy/, about.json; never written again once it is there
    INDEX/current                   the number of the served generation, replaced atomically
    INDEX/encoder/                  the model's graph for questions (index/onnx.py)

What this module does not know: how articles get into the archive.
"""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from index.archive import Archive
from index.dense import Dense
from index.errors import DatelineError, IndexDamagedError, IndexNotFoundError
from index.fingerprint import Fingerprint
from index.lexical import Lexical

_SERVED = 2


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
        except FileNotFoundError:
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
            return Fingerprint(**about.pop("fingerprint")), about
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise IndexDamagedError(f"{path} cannot be read. Run: dateline doctor --repair") from error

    def require_served(self) -> int:
        """Return the number of the served generation; raise `IndexNotFoundError` while there is none."""
        number = self.served()
        if number is None:
            raise IndexNotFoundError(f"No index at {self.path}. Build one with: dateline reindex ARTICLES")
        return number


def build(folder: Folder, archive: Archive, number: int, fingerprint: Fingerprint) -> Path:
    """Write generation `number` from what the archive holds for it, and return its folder, still unserved."""
    articles, chunks = archive.counts(number)
    path = folder.generation(number)
    discard(path)
    path.mkdir(parents=True)
    Dense.build(path / "chroma", archive.rows(number, fingerprint.vectors), chunks)
    Lexical.build(path / "tantivy", archive.rows(number, fingerprint.vectors))
    about = {
        "fingerprint": asdict(fingerprint),
        "articles": articles,
        "chunks": chunks,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    (path / "about.json").write_text(json.dumps(about, indent=1), encoding="utf-8")
    return path


def check(folder: Folder, number: int) -> None:
    """Check a generation in a child process, since a damaged Chroma folder can kill the process that reads it."""
    command = [sys.executable, "-m", "index.check", str(folder.path), str(number)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        raise IndexDamagedError(f"Generation {number} did not pass its check and is not served: {reason}")


def serve(folder: Folder, number: int) -> None:
    """Make a checked generation durable, then the served one."""
    path = folder.generation(number)
    for here, _, names in os.walk(path):
        for name in names:
            _fsync(Path(here) / name)
        _fsync(Path(here))
    _fsync(folder.generations)
    partial = folder.current.with_suffix(".partial")
    partial.write_text(f"{number:06d}\n", encoding="ascii")
    _fsync(partial)
    partial.replace(folder.current)
    _fsync(folder.path)


def retire(folder: Folder, archive: Archive) -> None:
    """Delete what is neither served nor kept for a roll-back: generations, articles, vectors, encoders."""
    served = folder.require_served()
    on_disk = sorted(numbers(folder))
    kept = {served, *[number for number in on_disk if number < served][-(_SERVED - 1) :]}
    archive.keep_generations(sorted(kept))
    for number in set(on_disk) - kept:
        discard(folder.generation(number))
    graphs = {folder.encoder(folder.about(number)[0]) for number in kept}
    for path in folder.path.glob("encoder/*"):
        if path not in graphs:
            path.unlink()


def numbers(folder: Folder) -> list[int]:
    """Return the numbers of the generations on disk, whole or not."""
    return [int(path.name) for path in folder.generations.glob("[0-9]*") if path.name.isdecimal()]


def discard(path: Path) -> None:
    """Delete a generation's folder; first its `about.json`, so that half a folder never looks like a whole one."""
    try:
        (path / "about.json").unlink(missing_ok=True)
        if path.exists():
            shutil.rmtree(path)
    except OSError as error:
        raise DatelineError(f"{path} cannot be deleted: {error.strerror}. Delete it by hand.") from error


def _fsync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
