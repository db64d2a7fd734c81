"""The server's SQLite file: its schema, transactions, and errors as `StoreError`.

Several processes may use one file (write-ahead log); the folder must be on a local disk.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from index.errors import DatelineError

VERSION = 1
_SCHEMA = """
CREATE TABLE conversation (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, title TEXT NOT NULL, created TEXT NOT NULL, changed TEXT NOT NULL
    ) WITHOUT ROWID;
CREATE INDEX conversation_owner ON conversation (owner, changed);
CREATE TABLE exchange (
    conversation TEXT NOT NULL REFERENCES conversation ON DELETE CASCADE, position INTEGER NOT NULL,
    answer TEXT NOT NULL, data TEXT NOT NULL, PRIMARY KEY (conversation, position)) WITHOUT ROWID;
CREATE INDEX exchange_answer ON exchange (answer);
CREATE TABLE feedback (
    owner TEXT NOT NULL, answer TEXT NOT NULL, value INTEGER NOT NULL, comment TEXT NOT NULL, given TEXT NOT NULL,
    data TEXT NOT NULL, history TEXT NOT NULL, PRIMARY KEY (owner, answer)) WITHOUT ROWID;
CREATE TABLE session (
    token BLOB PRIMARY KEY, user TEXT NOT NULL, mark TEXT NOT NULL, expires REAL NOT NULL) WITHOUT ROWID;
"""


class StoreError(DatelineError):
    """Raised when the server's file of conversations cannot be used."""


class SqliteFile:
    """An open file. Thread-safe; close it."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.path = path
        self._connection = connection
        self._lock = threading.RLock()

    @classmethod
    def open(cls, path: Path) -> "SqliteFile":
        """Open the file, creating it (readable by its owner only) and its tables if needed. Raises `StoreError`."""
        with _translated(path):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.touch(mode=0o600)
            file = cls(sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30), path)
            for pragma in ("journal_mode=WAL", "foreign_keys=ON", "secure_delete=ON", "synchronous=NORMAL"):
                file.all(f"PRAGMA {pragma}")
            with file.writing():
                ((version,),) = file.all("PRAGMA user_version")
                if version > VERSION:
                    raise StoreError(f"{path} was written by a newer Dateline. Install that, or pass another --data.")
                if version == 0:
                    for statement in _SCHEMA.split(";\n"):
                        file.run(statement)
                    file.run(f"PRAGMA user_version={VERSION}")
        return file

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Run the statements inside as one transaction: all of them or none."""
        with self._lock, _translated(self.path):
            self._connection.execute("BEGIN IMMEDIATE")  # waits for other writers here, instead of failing at COMMIT
            try:
                yield
            except BaseException:
                self._connection.rollback()
                raise
            self._connection.commit()

    def all(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        with self._lock, _translated(self.path):
            return self._connection.execute(sql, values).fetchall()

    def run(self, sql: str, *values: Any) -> int:
        """Execute one statement, and return how many rows it changed."""
        with self._lock, _translated(self.path):
            return self._connection.execute(sql, values).rowcount


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise StoreError(
            f"The conversations in {path} cannot be used: {error}. Make the folder writable and give it space, or name "
            "another one with --data."
        ) from error
