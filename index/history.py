"""The generations of an index: list them, go back to one, keep only the served one."""

from dataclasses import dataclass
from pathlib import Path

from index.archive import Archive
from index.database import Database
from index.errors import BadRequestError
from index.generation import Folder
from index.lock import writer_lock
from index.publish import check, retire, serve


@dataclass(frozen=True, slots=True)
class Entry:
    """A whole generation on disk."""

    number: int
    served: bool
    created: str
    articles: int
    chunks: int
    model: str


def generations(index: str | Path) -> list[Entry]:
    """Return the generations that are whole, oldest first. Raises `IndexNotFoundError` when there is none."""
    folder = Folder(Path(index))
    served = folder.require_served()
    found = []
    for number in filter(folder.is_whole, folder.numbers()):
        fingerprint, about = folder.about(number)
        entry = Entry(number, number == served, about["created"], about["articles"], about["chunks"], fingerprint.model)
        found.append(entry)
    return found


def rollback(index: str | Path, number: int | None = None) -> int:
    """Serve an earlier generation again, by default the one before the served; return its number.

    The next reindex brings the sources' present state back, unless they are put back too. Raises
    `BadRequestError` when there is no such generation, `IndexDamagedError` when it does not pass its check.
    """
    folder = Folder(Path(index))
    with writer_lock(folder.path), Database.open(folder.archive) as database:
        database.migrate()
        served = folder.require_served()
        others = [entry.number for entry in generations(index) if not entry.served]
        chosen = number if number is not None else max((n for n in others if n < served), default=None)
        if chosen is None or chosen not in others:
            have = ", ".join(map(str, others)) or "none"
            raise BadRequestError(f"There is no such generation to go back to. Beside {served} there is: {have}.")
        check(folder, chosen)
        serve(folder, chosen)
        return chosen


def compact(index: str | Path) -> int:
    """Delete every generation but the served one and shrink the archive; return how many bytes that freed."""
    folder = Folder(Path(index))
    with writer_lock(folder.path), Database.open(folder.archive) as database:
        database.migrate()
        before = _size(folder.path)
        retire(folder, Archive(database), {folder.require_served()})
        database.vacuum()
        return before - _size(folder.path)


def _size(path: Path) -> int:
    return sum(file.stat().st_blocks * 512 for file in path.rglob("*") if file.is_file())
