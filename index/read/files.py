"""Find the files below the given paths without following anything that loops, blocks or is no file.

What it does not know: the formats; the suffixes that have a reader are passed in.
"""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

MAX_BYTES = 20 * 2**20

_CURES = {
    ".rss .atom .xml .rdf": "of a feed, save the pages that it links to as .html",
    ".eml .mbox .msg .emlx": "save the mail as .html or, with its header, as .txt",
    ".mhtml .mht .webarchive .maff": "save the page anew as HTML only (.html)",
    ".pdf .ps": "save its text as .txt, for example with pdftotext",
    ".doc .docx .odt .rtf .epub .pages": "save it as .txt or .html",
    ".gz .bz2 .xz .zst .zip .tar .tgz .7z .warc": "unpack it",
    ".csv .tsv .xlsx .parquet": "write each article as a line of JSON (.jsonl)",
}
"""What to do with a file of a kind that is not read."""


class Skip(Exception):  # noqa: N818  (a reason, not an error)
    """Say why one file or record is left out, and the ids that it may have, as far as they can be read."""

    def __init__(self, reason: str, *, ids: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.ids = ids


@dataclass(frozen=True, slots=True)
class Rejected:
    """A file or record that was left out, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Found:
    """A regular file. `name` is its path relative to the folder that was given, with forward slashes."""

    path: Path
    name: str

    def open(self) -> BinaryIO:
        """Open the file for reading."""
        return self.path.open("rb")

    def data(self) -> bytes:
        """Return the whole file; refuse one of more than `MAX_BYTES`."""
        with self.open() as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise Skip(f"larger than {MAX_BYTES >> 20} MB, too large for one article")
        return data


def walk(paths: Sequence[Path], suffixes: tuple[str, ...]) -> Iterator[Found | Rejected]:
    """Yield every readable file below the paths, sorted by name, each once; hidden ones are passed over."""
    taken: dict[str, Path] = {}
    for root in paths:
        for found in _below(root, suffixes):
            if isinstance(found, Rejected):
                yield found
                continue
            other = taken.setdefault(found.name, found.path)
            if other is found.path:
                yield found
            elif (reason := _clash(found.path, other)) is not None:
                yield Rejected(found.name, reason)


def _clash(path: Path, other: Path) -> str | None:
    """Return why a second file of one name is left out; None when both are one file, given twice."""
    try:
        same = other.samefile(path)
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return None if same else f"{path} has the same name as {other} in another folder"


def _below(root: Path, suffixes: tuple[str, ...]) -> Iterator[Found | Rejected]:
    if not root.is_dir():
        yield _check(root, root.name, suffixes)
        return
    unreadable: list[Rejected] = []

    def note(error: OSError) -> None:
        unreadable.append(Rejected(_name(Path(error.filename), root), f"cannot be read: {error.strerror}"))

    for folder, subfolders, names in os.walk(root, onerror=note):
        here = Path(folder)
        for name in sorted(subfolders):
            if (here / name).is_symlink():
                yield Rejected(_name(here / name, root), "a symbolic link to a folder is not followed")
        subfolders[:] = sorted(s for s in subfolders if not s.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                yield _check(here / name, _name(here / name, root), suffixes)
    yield from unreadable


def _name(path: Path, root: Path) -> str:
    return os.fsencode(path.relative_to(root).as_posix()).decode("utf-8", "replace")


def _check(path: Path, name: str, suffixes: tuple[str, ...]) -> Found | Rejected:
    try:
        mode = path.stat().st_mode
    except OSError as error:
        return Rejected(name, f"cannot be read: {error.strerror}")
    if not stat.S_ISREG(mode):
        return Rejected(name, "not a regular file")
    if path.suffix.lower() not in suffixes:
        return Rejected(name, _no_reader(path.suffix))
    return Found(path, name)


def _no_reader(suffix: str) -> str:
    cure = next((cure for suffixes, cure in _CURES.items() if suffix.lower() in suffixes.split()), "")
    return f"no reader for {suffix or 'files without a suffix'}{cure and f'; {cure}'}"
