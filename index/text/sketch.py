"""Sketch a text (MinHash, Broder 1997): two sketches tell how alike their texts are, without the texts.

Sketches are stored in every index, so what they are made of must stay as it is: no library has a say in it
(docs/decisions/0029).
"""

import re
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SIZE = 128
"""Numbers of a sketch: the share that two have in common is off by .04 (one standard deviation) near one half."""
_RUN = 3  # words that are taken together; chosen, not measured: docs/decisions/0029 has what it finds
_READ = 100_000
"""Characters that count. Chosen, not measured: three times the longest article of 7,764."""
_WORD = re.compile(r"\w+")


def sketch(text: str) -> bytes:
    """Return a sketch of a text's runs of three words: 512 bytes."""
    words = _WORD.findall(text[:_READ].lower()) or [""]
    hashed = np.fromiter((zlib.crc32(word.encode("utf-8", "surrogatepass")) for word in words), np.uint64, len(words))
    hashed = _mixed(hashed)
    runs = max(1, len(words) - _RUN + 1)
    whole = np.zeros(runs, np.uint64)
    for place in range(min(_RUN, len(words))):
        whole = _mixed(whole + hashed[place : place + runs])
    multiply, add = _permutations()
    least = np.full(_SIZE, np.iinfo(np.uint64).max, np.uint64)
    for some in np.array_split(np.unique(whole), 1 + runs // 4096):  # a few MB at once
        if some.size:
            least = np.minimum(least, (multiply[:, None] * some[None, :] + add[:, None]).min(axis=1))
    return (least >> np.uint64(32)).astype("<u4").tobytes()


def likeness(one: bytes, others: "list[bytes]") -> "NDArray[np.float64]":
    """Return, for each other sketch, about what share of all runs both texts have (Jaccard)."""
    if not others:
        return np.zeros(0)
    matrix = np.frombuffer(b"".join(others), "<u4").reshape(len(others), _SIZE)
    shares: NDArray[np.float64] = (matrix == np.frombuffer(one, "<u4")).mean(axis=1)
    return shares


def _mixed(values: "NDArray[np.uint64]") -> "NDArray[np.uint64]":
    """Return numbers of which every bit depends on every bit of what was given (splitmix64)."""
    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: NDArray[np.uint64] = values ^ (values >> np.uint64(31))
    return mixed


@lru_cache(maxsize=1)
def _permutations() -> "tuple[NDArray[np.uint64], NDArray[np.uint64]]":
    """Return what each number of a sketch multiplies by (odd) and adds."""
    numbers = _mixed(np.arange(2 * _SIZE, dtype=np.uint64))
    return numbers[:_SIZE] | np.uint64(1), numbers[_SIZE:]
