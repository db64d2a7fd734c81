"""Disk space: checked before anything is written, and named in the error if it runs out nevertheless."""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import DatelineError

_BESIDE = 32 << 20  # SQLite's log, and Chroma's; chosen, not measured
_ENCODER = 120 << 20  # 87 MB were measured (docs/decisions/0009)
_LEAST = 1 << 20  # an engine that fails with less free than this has most likely run out of it
_FULL_NUMBERS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FULL_WORDS = ("no space left", "disk is full", "quota exceeded", "file too large", "disk i/o error")


def needed(*, chunks: int, dimension: int, embedded: int = 0, encoder: bool = False) -> int:
    """Return about how many bytes a generation of so many chunks takes, so many of them newly embedded.

    `encoder` says that the graph for questions has to be written too.
    """
    # A passage of 384 numbers takes 5.8 KB in the archive, 4.5 KB in a generation (docs/decisions/0009); rounded up.
    vector = 4 * dimension
    return _BESIDE + _ENCODER * encoder + chunks * (2500 + 2 * vector) + embedded * (3000 + 2 * vector)


def require(path: Path, size: int) -> None:
    """Raise `DatelineError` with both numbers when less than `size` bytes are free."""
    if shutil.disk_usage(path).free < size:
        raise DatelineError(_numbers(path, size))


@contextmanager
def guarded(path: Path, size: int) -> Iterator[None]:
    """Turn any "disk full" error of the block's engines into one `DatelineError`, which says how much space is needed.

    Any other `OSError` becomes a `DatelineError` too: the block writes only below `path`.
    """
    try:
        yield
    except Exception as error:  # every engine has errors of its own for a full disk; all others pass
        if (reason := full(error)) or shutil.disk_usage(path).free < _LEAST:
            raise DatelineError(f"{path} cannot be written: {reason or error}. {_numbers(path, size)}") from error
        if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):  # of who reads our output
            raise unwritable(path, error) from error
        raise


def unwritable(path: Path, error: OSError) -> DatelineError:
    """Return the error for a folder that cannot be written."""
    return DatelineError(
        f"{path} cannot be written: {error.strerror or error}. Make the folder and its files writable for you, "
        "or name another with --index."
    )


def _numbers(path: Path, size: int) -> str:
    free = shutil.disk_usage(path).free
    return (
        f"{free >> 20} MB are free at {path} and this run needs about {-(-size >> 20)} MB ({size} bytes). "
        "Free some space, or raise the limit that is set on it, and run it again; nothing is lost."
    )


def full(error: BaseException | None) -> str:
    """Return the message of a "disk full" error among an error and its causes, "" when there is none."""
    while error is not None:
        words = str(error).lower()
        if getattr(error, "errno", None) in _FULL_NUMBERS:
            return words
        if found := next((reason for reason in _FULL_WORDS if reason in words), ""):
            return found
        error = error.__cause__
    return ""
