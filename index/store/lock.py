"""One writer at a time: an advisory lock that the kernel releases when its process dies, so none is left behind."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from index.errors import IndexLockedError
from index.store import space


@contextmanager
def writer_lock(folder: Path, *, wait: bool = False) -> Iterator[None]:
    """Hold the folder's lock. Raises `IndexLockedError` at once when another process does, unless told to wait."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise space.unwritable(folder, error) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError as error:
            holder = os.pread(handle, 20, 0).decode("ascii", "replace").strip() or "unknown"
            raise IndexLockedError(
                f"Another process (pid {holder}) is writing {folder}. Try again when it is done, or pass --wait."
            ) from error
        with suppress(OSError):  # the number is for that message alone, and the disk may be full
            os.pwrite(handle, f"{os.getpid():<20}".encode("ascii"), 0)
        yield
    finally:
        os.close(handle)
