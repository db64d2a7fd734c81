"""Share a model's table of words with the file of its weights: mapped, it takes no memory but for the words that come.

An exported graph holds the table too, as more than half of its bytes, and ONNX Runtime would copy it.
"""

import json
import mmap
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TABLE = "word_embeddings.weight"
_GRAPH, _INITIALIZER, _NAME = 7, 5, 8
"""Numbers of fields in ONNX's messages, which are Protocol Buffers: of a model, of its graph, of a tensor there."""


def shared_table(graph: Path, weights: Path) -> "dict[str, NDArray[np.float32]]":
    """Return the table of words in a file of safetensors, by its name in the graph; nothing where there is no such."""
    # Whatever is amiss with either file, the graph has a table of its own.
    with suppress(OSError, ValueError, KeyError, TypeError, IndexError, OverflowError):
        table = _mapped(weights)
        return {name: table for name in _initializers(graph) if name.endswith(_TABLE)}
    return {}


def _mapped(weights: Path) -> "NDArray[np.float32]":
    with weights.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        header: dict[str, Any] = json.loads(file.read(size))
    (tensor,) = (tensor for name, tensor in header.items() if name.endswith(_TABLE))
    if tensor["dtype"] != "F32":
        raise ValueError(tensor["dtype"])
    return np.memmap(weights, "<f4", "r", 8 + size + tensor["data_offsets"][0], tuple(tensor["shape"]))


def _initializers(path: Path) -> Iterator[str]:
    """Yield the names of a graph's constant tensors."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for graph, start, end in _fields(data, 0, len(data)):
            for tensor, *inside in _fields(data, start, end) if graph == _GRAPH else ():
                for field, first, last in _fields(data, *inside) if tensor == _INITIALIZER else ():
                    if field == _NAME:
                        yield data[first:last].decode()


def _fields(data: mmap.mmap, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield the number of each field of a message that has a length, and where its content starts and ends."""
    while start < end:
        key, start = _number(data, start)
        value, start = _number(data, start)
        if key & 7 == 0:  # a number, and no content
            continue
        if key & 7 != 2:
            raise ValueError(key)
        yield key >> 3, start, start + value
        start += value


def _number(data: mmap.mmap, start: int) -> tuple[int, int]:
    """Return the number that begins here, seven bits a byte, and where it ends."""
    value, shift = 0, 0
    while True:
        byte = data[start]
        value, shift, start = value | (byte & 127) << shift, shift + 7, start + 1
        if byte < 128:
            return value, start
