"""Bring an archive of an older format up to date: on a copy first, then in place by one transaction.

The file is never renamed over: readers may have it open, and SQLite's log belongs to the file by its name. What this
module does not know: who else reads, and whether there is room for the copy.
"""

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

from index.store.digest import vector_digest

Step = Callable[[sqlite3.Connection], None]


def migrate(connection: sqlite3.Connection, copy: Path) -> None:
    """Apply every step that the archive has not seen.

    `copy` is a path to work at. When a step fails, or its result is not whole, the archive is as it was.
    Raises `sqlite3.Error`.
    """
    copy.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(copy, isolation_level=None)) as work:
            connection.backup(work)
            work.execute("PRAGMA journal_mode=MEMORY")
            _apply(work)
            work.backup(connection)
    finally:
        copy.unlink(missing_ok=True)


def _apply(work: sqlite3.Connection) -> None:
    ((version,),) = work.execute("PRAGMA user_version")
    while step := STEPS.get(version):
        version += 1
        work.execute("BEGIN")
        step(work)
        work.execute(f"PRAGMA user_version={version}")
        work.execute("COMMIT")
    ((state,),) = work.execute("PRAGMA integrity_check(1)")
    if state != "ok" or work.execute("PRAGMA foreign_key_check").fetchall():
        raise sqlite3.DatabaseError(f"the change of format did not work ({state})")


def _add_vector_digests(work: sqlite3.Connection) -> None:
    """1 to 2: each cached vector gets a digest."""
    work.create_function("vector_digest", 3, vector_digest, deterministic=True)
    work.execute("ALTER TABLE vector RENAME TO vector_1")
    work.execute(VECTOR)
    work.execute("INSERT INTO vector SELECT embedded, model, data, vector_digest(embedded, model, data) FROM vector_1")
    work.execute("DROP TABLE vector_1")


VECTOR = """CREATE TABLE vector (
    embedded BLOB NOT NULL, model TEXT NOT NULL, data BLOB NOT NULL, digest BLOB NOT NULL,
    PRIMARY KEY (embedded, model)) WITHOUT ROWID"""
STEPS: Mapping[int, Step] = {1: _add_vector_digests}
"""The step that leads on from each format."""
