"""The server's SQLite file: its schema, and its errors as `StoreError`."""

from pathlib import Path

from index.errors import DatelineError
from index.store.sqlite import SqliteFile

VERSION = 2  # of the schema; see `_STEPS`
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
_PINS = """
CREATE TABLE pin (
    conversation TEXT PRIMARY KEY REFERENCES conversation ON DELETE CASCADE) WITHOUT ROWID;
"""
_STEPS = (_SCHEMA, _PINS)
"""What leads from each version to the next one."""


class StoreError(DatelineError):
    """Raised when the server's file of conversations cannot be used."""


class ServerFile(SqliteFile):
    """An open file. Thread-safe; close it."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, what="file of conversations", synchronous="NORMAL", error=_error)

    @classmethod
    def open(cls, path: Path) -> "ServerFile":
        """Open the file, creating it (readable by its owner only) and its tables if needed. Raises `StoreError`."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            # Made here, since SQLite would make it readable for everybody.
            path.touch(mode=0o600)
        except OSError as error:
            raise _error(path, error) from error
        file = cls(path)
        with file.writing():
            if file.format > VERSION:
                raise StoreError(f"{path} was written by a newer Dateline. Install that, or pass another --data.")
            for step in _STEPS[file.format :]:
                # One by one: Python's `executescript` would end the transaction, and two servers may start at once.
                for statement in step.split(";\n"):
                    file.run(statement)
            file.run(f"PRAGMA user_version={VERSION}")
        return file


def _error(path: Path, error: Exception) -> StoreError:
    return StoreError(
        f"The conversations in {path} cannot be used: {error}. Make the folder writable and give it space, or name "
        "another one with --data."
    )
