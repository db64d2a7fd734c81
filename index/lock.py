"""One writer at a time: an advisory lock that dies with its process, so that none is ever left behind."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import IndexLockedError


@contextmanager
def writer_lock(folder: Path, *, wait: bool = False) -> Iterator[None]:
    """Hold the folder's lock. Raises `IndexLockedError` at once when another process does, unless told to wait."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "lock"
    with path.open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError as error:
            file.seek(0)
            holder = file.read(20).strip() or "unknown"
            raise IndexLockedError(
                f"Another process (pid {holder}) is writing {folder}. Try again when it is done, or pass --wait."
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
