"""The archive's SQLite file: its schema, its formats, and what its errors mean.

Who may write is not decided here: the caller holds the folder's lock.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from pathlib import Path

from index.errors import DatelineError, IndexDamagedError, IndexMismatchError, IndexNotFoundError
from index.store import space
from index.store.digest import vector_digest
from index.store.sqlite import SqliteFile

SCHEMA_VERSION = 4  # raise it with a step in `_STEPS`
_BESIDE = 1 << 20  # SQLite's log and its index, which even reading needs
_VECTOR = """CREATE TABLE vector (
    embedded BLOB NOT NULL, model TEXT NOT NULL, data BLOB NOT NULL, digest BLOB NOT NULL,
    PRIMARY KEY (embedded, model)) WITHOUT ROWID"""
_EARLIER = """CREATE TABLE earlier (
    version INTEGER PRIMARY KEY REFERENCES article ON DELETE CASCADE, newest TEXT NOT NULL, recipe TEXT NOT NULL)"""
_SKETCH = """CREATE TABLE sketch (
    version INTEGER PRIMARY KEY REFERENCES article ON DELETE CASCADE, day INTEGER, words BLOB NOT NULL,
    lines BLOB NOT NULL, left BLOB NOT NULL)"""
_SKETCH_DAY = "CREATE INDEX sketch_day ON sketch (day)"
_SCHEMA = f"""
CREATE TABLE article (
    version INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, id TEXT NOT NULL, title TEXT NOT NULL,
    text TEXT NOT NULL, published TEXT, source TEXT NOT NULL, url TEXT NOT NULL, category TEXT NOT NULL,
    path TEXT NOT NULL, credit TEXT NOT NULL, topics TEXT NOT NULL, more TEXT NOT NULL DEFAULT '{{}}');
CREATE TABLE chunk (
    version INTEGER NOT NULL REFERENCES article ON DELETE CASCADE, ordinal INTEGER NOT NULL, id TEXT NOT NULL,
    start INTEGER NOT NULL, end INTEGER NOT NULL, embedded BLOB NOT NULL,
    PRIMARY KEY (version, ordinal)) WITHOUT ROWID;
CREATE INDEX chunk_id ON chunk (id);
CREATE INDEX chunk_embedded ON chunk (embedded);
{_VECTOR};
CREATE TABLE place (place TEXT PRIMARY KEY, digest BLOB NOT NULL, version INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE generation (number INTEGER PRIMARY KEY, about TEXT NOT NULL);
CREATE TABLE member (
    generation INTEGER NOT NULL REFERENCES generation ON DELETE CASCADE,
    version INTEGER NOT NULL REFERENCES article, PRIMARY KEY (generation, version)) WITHOUT ROWID;
CREATE INDEX member_version ON member (version);
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
{_EARLIER};
{_SKETCH};
{_SKETCH_DAY};
"""


class Database(SqliteFile):
    """An open archive file."""

    def __init__(self, path: Path) -> None:
        with space.guarded(path.parent, _BESIDE):
            super().__init__(path, what="archive", synchronous="FULL", error=_error)
        self._connection.create_function("casefold", 1, str.casefold, deterministic=True)  # SQLite's own knows ASCII

    @classmethod
    def open(cls, path: Path) -> "Database":
        """Open an existing file, whatever older format it has: a writer goes on to `migrate`.

        Raises `IndexNotFoundError` when there is none, `IndexMismatchError` when a newer Dateline wrote it
        (it is left untouched), `IndexDamagedError` when it is not readable.
        """
        if not path.is_file():
            raise _missing(path)
        _refuse_newer(path)
        database = cls(path)
        if database.format == 0:
            database.close()
            raise _missing(path)
        return database

    @classmethod
    def create(cls, path: Path) -> "Database":
        """Open the file for writing: create it if it is missing, migrate it if an older Dateline made it."""
        if path.is_file() and path.stat().st_size > 0:
            _refuse_newer(path)
        else:
            for suffix in ("-wal", "-shm"):  # of a file that was moved away, perhaps from under a reader
                path.with_name(path.name + suffix).unlink(missing_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        database = cls(path)
        if database.format == 0:
            database.script(f"BEGIN;{_SCHEMA};PRAGMA user_version={SCHEMA_VERSION};COMMIT;")
            database.checkpoint()
        database.migrate()
        return database

    def migrate(self) -> None:
        """Bring the file's format up to date; for the one writer. Raises `DatelineError` when the disk lacks space."""
        if self.format == SCHEMA_VERSION:
            return
        size = 3 * self.path.stat().st_size  # the copy, the table that it rebuilds, and the log of writing it back
        space.require(self.path.parent, size)
        with self._lock, space.guarded(self.path.parent, size), self._translated():
            _migrate(self._connection, self.path.with_suffix(".copy"))
        self.checkpoint()

    def select(self, numbers: Iterable[int]) -> None:
        """Make the numbers the rows of `temp.selected (version)`, for statements that join it.

        A table and not `IN (…)`: there may be more versions than a statement may have values.
        """
        self.run("CREATE TEMP TABLE IF NOT EXISTS selected (version INTEGER PRIMARY KEY)")
        self.run("DELETE FROM temp.selected")
        self.run("INSERT INTO temp.selected SELECT value FROM json_each(?)", (json.dumps([*numbers]),))

    def integrity(self) -> str:
        """Return "ok", or the first thing that SQLite finds wrong with the file."""
        ((state,), *_) = self.all("PRAGMA integrity_check(1)")
        return str(state)

    def vacuum(self) -> None:
        """Rewrite the file without its free pages."""
        self.run("VACUUM")
        self.checkpoint()

    def checkpoint(self) -> None:
        """Move the log's content into the file, and leave the log empty."""
        self.all("PRAGMA wal_checkpoint(TRUNCATE)")


def _missing(path: Path) -> IndexNotFoundError:
    return IndexNotFoundError(f"No index at {path.parent}. Build one with: dateline reindex ARTICLES")


def _refuse_newer(path: Path) -> None:
    """Refuse a newer format without writing anything.

    The file is read through SQLite alone. POSIX drops all of a process's locks on a file when it closes any handle
    of it. Opened in another way, other connections would lose theirs: a writer that ends would think it is the last,
    and delete the log that they use.
    """
    try:
        with (
            space.guarded(path.parent, _BESIDE),
            closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection,
        ):
            ((version,),) = connection.execute("PRAGMA user_version")
    except sqlite3.Error as error:
        raise _error(path, error) from error
    if version > SCHEMA_VERSION:
        raise IndexMismatchError(
            f"The index at {path.parent} has format {version}, this Dateline reads up to {SCHEMA_VERSION}. "
            "Install a newer Dateline, or build another index with: dateline reindex ARTICLES --index DIR"
        )


def _migrate(connection: sqlite3.Connection, copy: Path) -> None:
    """Apply every step that the archive has not seen, on a copy at `copy`, then write that back in one transaction.

    When a step fails, or its result is not whole, the archive is as it was. The copy is never renamed over the file:
    readers may have that open, and SQLite's log belongs to the file by its name (docs/decisions/0009).
    """
    copy.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(copy, isolation_level=None)) as work:
            connection.backup(work)
            work.execute("PRAGMA journal_mode=MEMORY")  # a copy that is lost is made again
            _apply_steps(work)
            work.backup(connection)
    finally:
        copy.unlink(missing_ok=True)


def _apply_steps(work: sqlite3.Connection) -> None:
    ((version,),) = work.execute("PRAGMA user_version")
    while step := _STEPS.get(version):
        version += 1
        work.execute("BEGIN")
        step(work)
        work.execute(f"PRAGMA user_version={version}")
        work.execute("COMMIT")
    ((state,),) = work.execute("PRAGMA integrity_check(1)")
    if state != "ok" or work.execute("PRAGMA foreign_key_check").fetchall():
        raise sqlite3.DatabaseError(f"the change of format did not work ({state})")


def _add_vector_digests(work: sqlite3.Connection) -> None:
    """Lead from format 1 to 2: each cached vector gets a digest."""
    work.create_function("vector_digest", 3, vector_digest, deterministic=True)
    work.execute("ALTER TABLE vector RENAME TO vector_1")
    work.execute(_VECTOR)
    work.execute("INSERT INTO vector SELECT embedded, model, data, vector_digest(embedded, model, data) FROM vector_1")
    work.execute("DROP TABLE vector_1")


def _add_later_fields(work: sqlite3.Connection) -> None:
    """Lead from format 2 to 3: articles have authors, language, pages and more, as JSON."""
    work.execute("ALTER TABLE article ADD COLUMN more TEXT NOT NULL DEFAULT '{}'")


def _add_earlier_and_sketches(work: sqlite3.Connection) -> None:
    """Lead from format 3 to 4: earlier versions of articles are kept, and what compares articles with each other."""
    for sql in (_EARLIER, _SKETCH, _SKETCH_DAY):
        work.execute(sql)


_STEPS: Mapping[int, Callable[[sqlite3.Connection], None]] = {
    1: _add_vector_digests,
    2: _add_later_fields,
    3: _add_earlier_and_sketches,
}
"""The step that leads on from each format."""


def _error(path: Path, error: Exception) -> DatelineError:
    """Return the error to raise for one of SQLite: damage, unless its code says what else it is."""
    if cure := _CURES.get(getattr(error, "sqlite_errorcode", 0) & 0xFF):
        return DatelineError(f"The archive {path} cannot be written: {error}. {cure}")
    return IndexDamagedError(
        f"The archive {path} cannot be used: {error}. "
        f"Move it away and build the index again with: dateline reindex ARTICLES --index {path.parent}"
    )


_CURES = {
    sqlite3.SQLITE_FULL: "Free some space and run the command again; nothing is lost.",
    sqlite3.SQLITE_BUSY: "Another program holds it; close that, and run the command again.",
    sqlite3.SQLITE_IOERR: "The disk reports an error: look at its state and its free space, and run the command again.",
    sqlite3.SQLITE_READONLY: "Make the folder and its files writable for you, or copy it to where they are.",
    sqlite3.SQLITE_CANTOPEN: "Make the folder and its files writable for you, or copy it to where they are.",
}
