"""Share a model's table of words with the file of its weights: mapped, it takes no memory but for the words that come.

An exported graph holds the table too, as more than half of its bytes, and ONNX Runtime would copy it.
"""

import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TABLE = "word_embeddings.weight"
_IN_GRAPH = "model.0.model."
"""What stands before a weight's name in an exported graph: our module's model, its first part, the network of that.
ONNX Runtime passes over a name that a graph does not have, so that one with other names keeps its own table."""


def shared_table(weights: Path) -> "dict[str, NDArray[np.float32]]":
    """Return the table of words in a file of safetensors, by its name in the graph; nothing where there is no such."""
    # Whatever is amiss with the file, the graph has a table of its own.
    with suppress(OSError, ValueError, KeyError, TypeError, OverflowError):
        name, table = _mapped(weights)
        return {_IN_GRAPH + name: table}
    return {}


def _mapped(weights: Path) -> "tuple[str, NDArray[np.float32]]":
    with weights.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        header: dict[str, Any] = json.loads(file.read(size))
    ((name, tensor),) = ((name, tensor) for name, tensor in header.items() if name.endswith(_TABLE))
    if tensor["dtype"] != "F32":
        raise ValueError(tensor["dtype"])
    return name, np.memmap(weights, "<f4", "r", 8 + size + tensor["data_offsets"][0], tuple(tensor["shape"]))
