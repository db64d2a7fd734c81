"""Read the content of a gzip file as if it were unpacked, but no more than a file of news can hold."""

import gzip
import io
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from index.read.files import Skip, SourceFile

SUFFIX = ".gz"
_FREE = 64 << 20
_MOST_RATIO = 200
"""Bytes that one packed byte may become, beyond 64 MB: news packs 3 to 12 times, a file of zeros 1,000 times."""


@dataclass(frozen=True, slots=True)
class Unpacked(SourceFile):
    """A gzip file, known by its own name; its path lacks the suffix, so that what it holds decides how it is read."""

    def open(self) -> BinaryIO:
        packed = SourceFile.open(self)
        return cast(BinaryIO, io.BufferedReader(_Bounded(packed)))


def unpacked(found: SourceFile) -> Unpacked:
    """Return the file that is packed in a gzip file."""
    return Unpacked(Path(str(found.path)[: -len(SUFFIX)]), found.name, found.target, found.inside)


class _Bounded(io.RawIOBase):
    """What a gzip file unpacks to. Raises `Skip` where that is broken, or too much for what was packed."""

    def __init__(self, packed: BinaryIO) -> None:
        super().__init__()
        self._packed, self._file = packed, gzip.GzipFile(fileobj=packed)
        self._most = _FREE + _MOST_RATIO * packed.seek(0, io.SEEK_END)
        packed.seek(0)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def readinto(self, buffer: Any, /) -> int:
        into = memoryview(buffer).cast("B")
        try:
            data = self._file.read1(len(into))
        except (OSError, EOFError, zlib.error) as error:
            raise Skip(f"the gzip file is broken: {error}; what came before the break is read") from error
        if self._file.tell() > self._most:
            raise Skip(
                f"it unpacks to more than {_MOST_RATIO} times its size, as no article does; unpack and look at it"
            )
        into[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._file.close()
        self._packed.close()
        super().close()
