"""What a run reads: files and folders, what was fetched from addresses, and choices that hold for later runs too."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from index.errors import BadRequestError
from index.fetch.source import is_address
from index.read import Item, Rejected, read
from index.read.inputs.stdin import STDIN
from index.read.records.fields import FIELD_NAMES
from index.server.address import address_of
from index.store.archive import Archive
from index.store.database import Database
from index.store.folder import Folder


@dataclass(frozen=True, slots=True)
class Sources:
    """The files and folders that a run reads, and the addresses that it fetches from.

    `fetched` is the folder of what came from these, and `problems` what could not be fetched.
    """

    local: list[Path]
    addresses: list[str]
    follow_links: bool
    columns: Mapping[str, str] | None
    learn: bool | None
    fetched: Path | None = None
    problems: tuple[Rejected, ...] = ()

    @property
    def paths(self) -> list[Path]:
        """Return all files and folders that are read."""
        return [*self.local, *([self.fetched] if self.fetched else ())]

    @property
    def named(self) -> list[str]:
        """Return what was given as the next run can read it again: absolute paths, and addresses."""
        return [*(str(path if path == STDIN else path.resolve()) for path in self.local), *self.addresses]

    def learns(self, archive: Archive) -> bool:
        """Say whether boilerplate is learned: as was asked for, or else as in the last run."""
        return archive.setting("learns") is not False if self.learn is None else self.learn

    def learns_now(self, archive: Archive) -> bool:
        """Say whether that is another choice than the last run's."""
        return self.learns(archive) is not (archive.setting("learns") is not False)

    def columns_of(self, archive: Archive) -> Mapping[str, str]:
        """Return the columns that were given, or else those of the last run."""
        last: dict[str, str] = archive.setting("columns") or {}
        return last if self.columns is None else self.columns

    def items(self, columns: Mapping[str, str]) -> Iterator[tuple[int, Item | Rejected]]:
        """Yield what is found in them, numbered from 1."""
        found = read(self.paths, follow_links=self.follow_links, columns=columns)
        return enumerate(chain(self.problems, found), 1)


def require_fields(columns: Mapping[str, str]) -> None:
    """Raise `BadRequestError` for a column that is to hold a field that no article has."""
    if unknown := columns.keys() - {*FIELD_NAMES}:
        raise BadRequestError(f"No such field: {', '.join(sorted(unknown))}. Fields are: {', '.join(FIELD_NAMES)}.")


def last_sources(index: str | Path) -> list[Path | str]:
    """Return the files, folders and addresses that the index was made from. Raises `BadRequestError` after a pipe."""
    with Database.open(local_folder(index).archive) as database:
        made_from = Archive(database).setting("sources") or ()
        sources = [source if is_address(source) else Path(source) for source in made_from]
    if STDIN in sources:
        raise BadRequestError("The index was last made from what was piped in. Name files or folders to read.")
    return sources


def local_folder(index: str | Path) -> Folder:
    """Return the index's folder. Raises `BadRequestError` for the address of a server."""
    if address_of(index) is not None:
        raise BadRequestError(f"Reindex a folder, and have it published: --index FOLDER --publish {index}")
    return Folder(Path(index))
