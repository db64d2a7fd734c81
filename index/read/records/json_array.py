"""Cut a JSON array into its elements without parsing it: the size of the file does not matter, only that of an element.

An element is parsed by whoever reads it, within its own limits of time and memory.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from index.read.base import Skip

_STEP = 1 << 20  # bytes read at once; chosen, not measured
_STRUCTURE = re.compile(rb'["\[\]{},]')
_IN_STRING = re.compile(rb'(?:[^"\\]|\\.)*+', re.DOTALL)
_BLANK = b"\xef\xbb\xbf \t\r\n"


def elements(file: BinaryIO, longest: int) -> Iterator[bytes | None]:
    """Yield the bytes of each element of the array that the file holds; None for one of more than `longest` bytes.

    Raises `Skip` where the file ends within the array; what came before is whole.
    """
    cutter = _Cutter(longest)
    while chunk := file.read(_STEP):
        yield from cutter.feed(chunk)
    if not cutter.closed:
        raise Skip("broken JSON: the array is not closed; its last element is left out")


class _Cutter:
    """Follows strings and brackets; a comma of the array itself ends an element."""

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._kept = bytearray()
        self._at = 0
        self._depth = 0
        self._in_string = self._too_long = False
        self.closed = False

    def feed(self, chunk: bytes) -> Iterator[bytes | None]:
        """Yield the elements that are complete with these bytes."""
        self._kept += chunk
        while not self.closed and self._step():
            if self._kept[self._at - 1] in b"[{" and self._depth == 1:
                self._drop()
            elif self._ends_element():
                element = bytes(self._kept[: self._at - 1]).strip(_BLANK)
                self._drop()
                if self._too_long or element:
                    yield None if self._too_long else element
                self._too_long = False
        if len(self._kept) > self._longest:  # what it holds is not needed any more, only where it ends
            self._too_long = True
            self._drop()

    def _drop(self) -> None:
        del self._kept[: self._at]
        self._at = 0

    def _ends_element(self) -> bool:
        self.closed = self._depth == 0
        return self.closed or (self._depth == 1 and self._kept[self._at - 1 : self._at] == b",")

    def _step(self) -> bool:
        """Go on behind the next sign that matters; false where there is none yet."""
        if self._in_string:
            match = _IN_STRING.match(self._kept, self._at)
            self._at = match.end() if match else self._at
            if self._kept[self._at : self._at + 1] != b'"':  # the end is yet to come, or half of an escape is here
                return False
            self._at += 1
            self._in_string = False
            return True
        found = _STRUCTURE.search(self._kept, self._at)
        if found is None:
            self._at = len(self._kept)
            return False
        self._at = found.end()
        sign = found[0]
        self._in_string = sign == b'"'
        self._depth += (sign in b"[{") - (sign in b"]}")
        return True
