"""Read the weights back out of an exported reader.onnx, as near as int8 allows, to train on from there.

python -m training.restore qa/model/reader.onnx reader.safetensors
"""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file

from training.model import Network

Stored = NDArray[Any]


def restored(file: Path) -> dict[str, torch.Tensor]:
    """Return the state of the network that the file was exported from."""
    graph = onnx.load(file).graph
    held = {one.name: onnx.numpy_helper.to_array(one) for one in graph.initializer}
    state = Network().state_dict()
    found: dict[str, Stored] = {name: held[name] for name in state if name in held}
    found["word.weight"] = held["word.table"] * held["word.scale"]
    positions = state["pos.weight"].numpy().copy()
    positions[: len(held["pos.table"])] = held["pos.table"] * held["pos.scale"]
    found["pos.weight"] = positions
    found |= {f"{layer}.weight": weight.T for layer, weight in _matrices(graph, held).items()}
    found["segment.weight"] = np.stack([_vector(graph, held, "Add"), _vector(graph, held, "Mul")])
    return {name: torch.from_numpy(np.array(value, order="C")).to(state[name].dtype) for name, value in found.items()}


def _matrices(graph: onnx.GraphProto, held: Mapping[str, Stored]) -> dict[str, Stored]:
    """Return the matrix of each linear layer, by the layer's name in the network."""
    found: dict[str, Stored] = {}
    for node in graph.node:
        if node.op_type not in ("MatMul", "MatMulInteger"):
            continue
        *path, _ = (part for part in node.name.split("/") if part)
        layer = ".".join(path[1:] if len(path) > 1 and path[1].startswith(f"{path[0]}.") else path)
        if (matrix := _matrix(node.input[1], held)) is not None:
            found[layer] = matrix
    return found


def _matrix(name: str, held: Mapping[str, Stored]) -> Stored | None:
    base = name.removesuffix("_quantized")
    if f"{base}_quantized" in held:
        return (held[f"{base}_quantized"].astype(np.float32) - held[f"{base}_zero_point"]) * held[f"{base}_scale"]
    if f"{base}_int8" in held:
        return held[f"{base}_int8"] * held[f"{base}_scale"]
    return held.get(name)


def _vector(graph: onnx.GraphProto, held: Mapping[str, Stored], operation: str) -> Stored:
    """Return the vector that the export folded into an operation on the embeddings."""
    return next(
        held[name]
        for node in graph.node
        if node.op_type == operation and node.name.count("/") == 1
        for name in node.input
        if name.startswith("onnx::") and name in held
    )


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("onnx", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    save_file(restored(options.onnx), options.out)


if __name__ == "__main__":
    main()
