"""Find the files below the given paths; skip links that loop or lead out, devices, pipes and the kernel's own files."""

import os
import stat
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

MAX_BYTES = 20 * 2**20
"""The largest file or line. Chosen, not measured: ten novels; what it costs to read is in docs/decisions/0017."""

_CURES = {
    ".msg .emlx .pst": "save the mail as .eml",
    ".webarchive .maff": "save the page anew as HTML only (.html)",
    ".ps": "make a PDF of it, for example with ps2pdf",
    ".doc .odt .rtf .epub .pages": "save it as .docx, .txt or .html",
    ".bz2 .xz .zst .zip .tar .tgz .7z .wacz": "unpack it",
    ".xlsx .xls .ods .parquet": "save it as .csv, an article a row",
}
"""What to do with a file of a kind that is not read."""

# Files there may block, or be other at each read. O_NONBLOCK keeps a pipe from blocking, and O_NOFOLLOW a link that was
# put in a file's place after it was checked from being followed.
_KERNEL = (Path("/proc"), Path("/sys"))
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
_KERNELS = "cannot be read: it belongs to /proc or /sys, which hold no files"
_NO_FILE = "not a regular file"
_LEADS_OUT = "a symbolic link that leads out of the folder (--follow-links follows it)"


class Skip(Exception):  # noqa: N818  (a reason, not an error)
    """Raised when one file or record is left out: why, and the ids that it may have, as far as they can be read.

    `costly` says that finding this out took long.
    """

    def __init__(self, reason: str, *, ids: tuple[str, ...] = (), costly: bool = False) -> None:
        super().__init__(reason)
        self.ids = ids
        self.costly = costly


@dataclass(frozen=True, slots=True)
class Rejected:
    """A file, folder or record that was left out, and why.

    One that is `refused` for what it is, a link that leads out or a device, may not have been an article either: what
    was indexed from there is not kept.
    """

    path: str
    reason: str
    refused: bool = False


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A regular file. `name` is its path relative to the folder that was given, with forward slashes.

    `target` is its real path, and `inside` the folder that must contain it; None where it may be anywhere.
    """

    path: Path
    name: str
    target: Path
    inside: Path | None

    def open(self) -> BinaryIO:
        """Open the file, and nothing else that has taken its place since it was found. Raises `Skip`, or `OSError`."""
        handle = os.open(self.target, _FILE) if self.inside is None else _descend(self.inside, self.target)
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise Skip(_NO_FILE)
        return os.fdopen(handle, "rb")

    def data(self) -> bytes:
        """Return the whole file; refuse one of more than `MAX_BYTES`."""
        with self.open() as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise Skip(f"larger than {MAX_BYTES >> 20} MB, too large for one article")
        return data


def _descend(folder: Path, target: Path) -> int:
    """Open a file below a folder, step by step, so that a link that is put on the way meanwhile is not followed."""
    *folders, name = target.relative_to(folder).parts
    here = os.open(folder, _FOLDER)
    try:
        for step in folders:
            below = os.open(step, _FOLDER, dir_fd=here)
            os.close(here)
            here = below
        return os.open(name, _FILE, dir_fd=here)
    finally:
        os.close(here)


def walk(
    paths: Sequence[Path], suffixes: Collection[str], *, follow_links: bool = False
) -> Iterator[SourceFile | Rejected]:
    """Yield every readable file below the paths, sorted by name, each once; hidden ones are skipped.

    A symbolic link below a folder is read where it leads to a file in that folder. `follow_links` follows all others
    too, to folders as well, but for those into `/proc` and `/sys`, which are always refused like devices and pipes.
    """
    taken: dict[str, Path] = {}  # a name is an article's place in the archive, so two files must not share one
    for root in paths:
        for found in _below(root, suffixes, follow=follow_links):
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


def _below(root: Path, suffixes: Collection[str], *, follow: bool) -> Iterator[SourceFile | Rejected]:
    if not root.is_dir():
        yield _check(root, root.name, Path(os.path.realpath(root)), None, suffixes)
        return
    if _of_kernel(Path(os.path.realpath(root))):
        yield Rejected(root.name, _KERNELS, refused=True)
        return
    unreadable: list[Rejected] = []
    inside = None if follow else Path(os.path.realpath(root))
    entered: set[tuple[int, int]] = set()

    def note(error: OSError) -> None:
        unreadable.append(Rejected(_name(Path(error.filename), root), f"cannot be read: {error.strerror}"))

    for folder, subfolders, names in os.walk(root, onerror=note, followlinks=follow):
        here, real = Path(folder), Path(os.path.realpath(folder))
        entered.add(_identity(here))  # by device and inode, since links give one folder many paths
        reasons = {name: _not_entered(here / name, entered, follow=follow) for name in sorted(subfolders)}
        for name, reason in reasons.items():
            if reason and not name.startswith("."):
                yield Rejected(_name(here / name, root), reason, refused=True)
        subfolders[:] = [name for name, reason in reasons.items() if not reason and not name.startswith(".")]
        for name in sorted(names):
            if not name.startswith("."):
                yield _check(here / name, _name(here / name, root), real / name, inside, suffixes)
    yield from unreadable


def _not_entered(folder: Path, entered: set[tuple[int, int]], *, follow: bool) -> str:
    """Return why a folder below another is skipped; "" when it is not."""
    if not folder.is_symlink():
        return _KERNELS if _of_kernel(Path(os.path.realpath(folder))) else ""
    if not follow:
        return "a symbolic link to a folder is not followed"
    if _of_kernel(Path(os.path.realpath(folder))):
        return _KERNELS
    where = _identity(folder)
    if where in entered:
        return "a symbolic link that leads back to a folder that is read already"
    entered.add(where)
    return ""


def _identity(folder: Path) -> tuple[int, int]:
    try:
        state = folder.stat()
    except OSError:
        return -1, -1  # it has gone meanwhile, and is not read
    return state.st_dev, state.st_ino


def _of_kernel(path: Path) -> bool:
    return any(path.is_relative_to(folder) for folder in _KERNEL)


def _name(path: Path, root: Path) -> str:
    """Return the name of a path; bytes that are not UTF-8 become escapes, so that two names stay two."""
    return os.fsencode(path.relative_to(root).as_posix()).decode("utf-8", "backslashreplace")


def _check(
    path: Path, name: str, target: Path, inside: Path | None, suffixes: Collection[str]
) -> SourceFile | Rejected:
    """Return the file at a path. `target` is where that is really, unless it is a link itself."""
    try:
        if path.is_symlink():
            target = Path(os.path.realpath(path, strict=True))
        mode = target.stat().st_mode
    except OSError as error:
        return Rejected(name, f"cannot be read: {error.strerror}")
    if _of_kernel(target):
        return Rejected(name, _KERNELS, refused=True)
    if not stat.S_ISREG(mode):
        return Rejected(name, _NO_FILE, refused=True)
    if inside is not None and not target.is_relative_to(inside):
        return Rejected(name, _LEADS_OUT, refused=True)
    if path.suffix.lower() not in suffixes:
        return Rejected(name, no_reader(path.suffix))
    return SourceFile(path, name, target, inside)


def no_reader(suffix: str) -> str:
    """Return the reason why a file of a kind is not read, and what to do."""
    cure = next((cure for suffixes, cure in _CURES.items() if suffix.lower() in suffixes.split()), "")
    return f"no reader for {suffix or 'files without a suffix'}{cure and f'; {cure}'}"
