"""One SQLite file in write-ahead mode: statements, transactions, and SQLite's errors as those of the file's owner.

Several processes may use one file, on a local disk.
"""

import sqlite3
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, Self

from index.errors import DatelineError
from index.process import Home

_BUSY_SECONDS = 30.0
"""Seconds for which one waits while another writes, checkpoints or vacuums, rather than fail. Chosen, not measured."""


class SqliteFile:
    """An open file. Thread-safe; `close` it, or use it as a context manager.

    `what` is what the file is called, `error` makes the error that is raised of one of SQLite. With `synchronous`
    NORMAL a power cut may take back the last transactions, but never half of one.
    """

    def __init__(
        self,
        path: Path,
        *,
        what: str,
        synchronous: Literal["FULL", "NORMAL"],
        error: Callable[[Path, Exception], DatelineError],
    ) -> None:
        self.path = path
        self._error = error
        self._lock = threading.RLock()
        self._home = Home(what)
        with self._translated():
            self._connection = sqlite3.connect(
                path, isolation_level=None, check_same_thread=False, timeout=_BUSY_SECONDS
            )
            self._connection.execute("PRAGMA journal_mode=WAL")  # readers go on while one writes
            for pragma in (
                f"synchronous={synchronous}", "secure_delete=ON", "foreign_keys=ON", "temp_store=MEMORY",
            ):  # fmt: skip
                self._connection.execute(f"PRAGMA {pragma}")

    @property
    def format(self) -> int:
        """Return the version of the file's tables; 0 if it has none."""
        ((version,),) = self.all("PRAGMA user_version")
        return int(version)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Make the writes inside one transaction: all of them or none."""
        self._home.require()
        with self._lock, self._translated():
            self._connection.execute("BEGIN IMMEDIATE")  # waits for other writers here, instead of failing at COMMIT
            try:
                yield
            except BaseException:  # of an interruption too: half a transaction must not be committed by the next one
                self._connection.rollback()
                raise
            self._connection.commit()

    def all(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        self._home.require()
        with self._lock, self._translated():
            return self._connection.execute(sql, values).fetchall()

    def stream(self, sql: str, values: Sequence[Any] = ()) -> Generator[tuple[Any, ...], None, None]:
        """Yield rows without holding them all; for the one writer only."""
        self._home.require()
        with self._translated():
            yield from self._connection.execute(sql, values)

    def run(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Execute one statement, and return the number of the row that it inserted."""
        self._home.require()
        with self._lock, self._translated():
            return self._connection.execute(sql, values).lastrowid or 0

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Execute one statement for each of the rows."""
        self._home.require()
        with self._lock, self._translated():
            self._connection.executemany(sql, rows)

    def script(self, sql: str) -> None:
        """Execute several statements; what is to be one transaction says BEGIN and COMMIT."""
        self._home.require()
        with self._lock, self._translated():
            self._connection.executescript(sql)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._error(self.path, error) from error
