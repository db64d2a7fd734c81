"""The generations of an index: list them, roll back to one, delete all but the served one."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from index.build.publish import check, retire, serve
from index.errors import BadRequestError
from index.server.address import Address, address_of
from index.server.chroma import ChromaServer
from index.server.published import require_pointer, require_whole, set_pointer
from index.server.sweep import forget_old, next_pointer
from index.store.archive import Archive
from index.store.database import Database
from index.store.folder import Folder
from index.store.lock import writer_lock


@dataclass(frozen=True, slots=True)
class GenerationInfo:
    """A complete generation, in a folder or on a server."""

    number: int
    served: bool
    created: str
    articles: int
    chunks: int
    model: str


def generations(index: str | Path) -> list[GenerationInfo]:
    """Return the generations that are whole, oldest first. Raises `IndexNotFoundError` when there is none."""
    if (address := address_of(index)) is not None:
        return _published(address)
    folder = Folder(Path(index))
    served = folder.require_served()
    found = []
    for number in filter(folder.is_whole, folder.numbers()):
        fingerprint, about = folder.about(number)
        info = GenerationInfo(
            number, number == served, about["created"], about["articles"], about["chunks"], fingerprint.model
        )
        found.append(info)
    return found


def rollback(index: str | Path, number: int | None = None) -> int:
    """Serve an earlier generation again, by default the one before the served; return its number.

    The next reindex indexes the sources as they are now, so restore them too if the old state is to stay. Raises
    `BadRequestError` when there is no such generation, `IndexDamagedError` when it does not pass its check.
    """
    if (address := address_of(index)) is not None:
        return _roll_back(address, number)
    folder = Folder(Path(index))
    with writer_lock(folder.path), Database.open(folder.archive) as database:
        database.migrate()
        others = [info.number for info in generations(index) if not info.served]
        chosen = _choose(number, others, folder.require_served())
        check(folder, chosen)  # it may have been damaged since it was built
        serve(folder, chosen)
        return chosen


def compact(index: str | Path) -> int:
    """Delete every generation but the served one and earlier versions of articles, and shrink the archive.

    Returns how many bytes that freed.
    On a server nothing is freed (it returns 0): Chroma keeps the space for later use until `chroma vacuum` runs there.
    """
    if (address := address_of(index)) is not None:
        return _forget_old(address)
    folder = Folder(Path(index))
    with writer_lock(folder.path), Database.open(folder.archive) as database:
        database.migrate()
        before = _size(folder.path)
        archive = Archive(database)
        archive.earlier.forget()
        retire(folder, archive, {folder.require_served()})
        database.vacuum()
        return before - _size(folder.path)


def _choose(number: int | None, others: list[int], served: int) -> int:
    chosen = number if number is not None else max((n for n in others if n < served), default=None)
    if chosen is None or chosen not in others:
        have = ", ".join(map(str, others)) or "none"
        raise BadRequestError(f"There is no such generation to go back to. Beside {served} there is: {have}.")
    return chosen


def _published(address: Address) -> list[GenerationInfo]:
    with closing(ChromaServer(address)) as server:
        pointer = require_pointer(server)
    return [
        GenerationInfo(
            p.number, p.number == pointer.served, p.created, p.articles_count, p.chunks_count, p.fingerprint.model
        )
        for p in sorted(pointer.generations, key=lambda p: p.number)
    ]


def _roll_back(address: Address, number: int | None) -> int:
    with closing(ChromaServer(address)) as server:
        pointer = require_pointer(server)
        others = {p.number: p for p in pointer.generations if p.number != pointer.served}
        chosen = _choose(number, sorted(others), pointer.served)
        require_whole(server, others[chosen])
        back = next_pointer(server, served=chosen, generations=pointer.generations, owner=pointer.owner)
        set_pointer(server, back)
        return chosen


def _forget_old(address: Address) -> int:
    with closing(ChromaServer(address)) as server:
        forget_old(server, require_pointer(server))
    return 0


def _size(path: Path) -> int:
    files = {state.st_ino: state.st_blocks for state in map(Path.stat, path.rglob("*"))}  # links share their blocks
    return 512 * sum(files.values())
