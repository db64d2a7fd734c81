"""Read what is piped in as one file, which has no name: how it begins says what it is."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from index.read.files import Skip, SourceFile
from index.read.formats import guess

STDIN = Path("-")
"""What stands for the standard input among the paths that are read."""
_STEP = 1 << 20  # bytes read at once; chosen, not measured
_MOST = 4 << 30
"""Bytes that are taken; chosen, not measured: `/dev/zero` must not fill the disk."""


@contextmanager
def spooled() -> Iterator[SourceFile]:
    """Keep what is piped in as a temporary file, which readers may go through twice. Raises `Skip` for too much."""
    if sys.stdin is None or sys.stdin.isatty():
        raise Skip("nothing is piped in; pipe a file into this command, or name one")
    with tempfile.NamedTemporaryFile(prefix="dateline-") as file:
        start, taken = b"", 0
        for data in iter(partial(sys.stdin.buffer.read, _STEP), b""):
            start = start or data
            taken += len(data)
            if taken > _MOST:
                raise Skip(f"more than {_MOST >> 30} GB are piped in; save them as files")
            file.write(data)
        file.flush()
        yield SourceFile(Path("stdin" + guess(start)), "stdin", Path(file.name).resolve(), None)
