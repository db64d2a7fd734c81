"""Export trained weights to ONNX in int8, and say how far its logits are from the trained ones.

    python -m training.export --model run/reader.safetensors --base MINILM --set SQUADSHIFTS --out out

`--model` may be given several times: the weights are averaged.
"""

import argparse
import hashlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from index.embed.onnx import session
from training.data import load
from training.encode import MOST_TOKENS, Arrays, Encoder, collate
from training.model import Network

INPUTS = {
    "input_ids": {0: "batch", 1: "tokens"},
    "attention_mask": {0: "batch", 1: "tokens"},
    "token_type_ids": {0: "batch", 1: "tokens"},
    "sentence_mask": {0: "batch", 1: "sentences", 2: "tokens"},
}
OUTPUTS = {
    "sentence_logits": {0: "batch", 1: "sentences"},
    "answerable_logit": {0: "batch"},
    "start_logits": {0: "batch", 1: "tokens"},
    "end_logits": {0: "batch", 1: "tokens"},
}
_OPSET = 17
_MOST = 127
_ABSENT = -1000.0


def _tensors(arrays: Arrays) -> dict[str, Tensor]:
    return {name: torch.from_numpy(array) for name, array in arrays.items()}


class Int8Embedding(nn.Module):
    """An embedding table in int8, with a scale for each row."""

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        scale = weight.abs().amax(1, keepdim=True).clamp(min=1e-8) / _MOST
        self.register_buffer("table", (weight / scale).round().clamp(-_MOST, _MOST).to(torch.int8))
        self.register_buffer("scale", scale)

    def forward(self, ids: Tensor) -> Tensor:
        """Return rows of the table, as float."""
        table, scale = self.get_buffer("table"), self.get_buffer("scale")
        return table[ids].float() * scale[ids]


def averaged(files: Sequence[Path]) -> dict[str, Tensor]:
    """Return the mean of the weights of several files."""
    states = [load_file(file) for file in files]
    return {
        name: torch.stack([state[name].float() for state in states]).mean(0).to(value.dtype)
        for name, value in states[0].items()
    }


def export(weights: Path, arrays: Arrays, out: Path) -> None:
    """Write the network to `out` in int8. `arrays` is a batch to trace it with."""
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # before the first import, as in index/embed/onnx.py
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with tempfile.TemporaryDirectory() as folder:
        mixed = Path(folder) / "mixed.onnx"
        network = Network()
        network.load(weights)
        network.word = Int8Embedding(network.word.weight.data)  # type: ignore[assignment]
        network.pos = Int8Embedding(network.pos.weight.data[:MOST_TOKENS])  # type: ignore[assignment]
        _trace(network.eval(), arrays, mixed)
        quantize_dynamic(
            mixed,
            out,
            op_types_to_quantize=["MatMul"],
            per_channel=True,
            reduce_range=True,  # 7 bits: a CPU without VNNI would overflow
            weight_type=QuantType.QInt8,
            nodes_to_quantize=_in_int8(mixed),
        )
    _store_in_int8(out, ("/down/", "/answer.0/"))


def _trace(network: Network, arrays: Arrays, out: Path) -> None:
    torch.onnx.export(
        network,
        tuple(_tensors(arrays)[name] for name in INPUTS),
        str(out),
        input_names=list(INPUTS),
        output_names=list(OUTPUTS),
        dynamic_axes=INPUTS | OUTPUTS,
        opset_version=_OPSET,
        dynamo=False,
        do_constant_folding=True,
    )


def _in_int8(file: Path) -> list[str]:
    """Return the matrix products to compute in int8: the layers' without `down`, whose inputs (after GELU) lose too much."""
    return [node.name for node in onnx.load(file).graph.node if _in_layers(node) and "/down/" not in node.name]


def _in_layers(node: onnx.NodeProto) -> bool:
    return bool(node.op_type == "MatMul" and node.name.startswith("/layers"))


def _store_in_int8(file: Path, parts: Sequence[str]) -> None:
    """Store the weights of some layers in int8, a scale for each column; they are still computed in float."""
    model = onnx.load(file)
    graph = model.graph
    weights = {one.name: one for one in graph.initializer}
    nodes: list[onnx.NodeProto] = []
    for node in graph.node:
        if node.op_type == "MatMul" and any(part in node.name for part in parts):
            weight = weights[node.input[1]]
            graph.initializer.remove(weight)
            graph.initializer.extend(_int8(weight))
            nodes += _to_float(weight.name)
        nodes.append(node)
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.save(model, file)


def _int8(weight: onnx.TensorProto) -> list[onnx.TensorProto]:
    array = onnx.numpy_helper.to_array(weight)
    scale = np.maximum(np.abs(array).max(0, keepdims=True), 1e-8).astype(np.float32) / _MOST
    table = np.round(array / scale).astype(np.int8)
    return [
        onnx.numpy_helper.from_array(table, f"{weight.name}_int8"),
        onnx.numpy_helper.from_array(scale, f"{weight.name}_scale"),
    ]


def _to_float(name: str) -> list[onnx.NodeProto]:
    return [
        onnx.helper.make_node("Cast", [f"{name}_int8"], [f"{name}_cast"], to=onnx.TensorProto.FLOAT),
        onnx.helper.make_node("Mul", [f"{name}_cast", f"{name}_scale"], [name]),
    ]


def differences(weights: Path, file: Path, arrays: Arrays) -> dict[str, float]:
    """Return for each output the mean distance between the exported network and the trained one."""
    network = Network()
    network.load(weights)
    with torch.inference_mode():
        trained = network.eval()(**_tensors(arrays))
    found: dict[str, float] = {}
    for name, wanted, got in zip(OUTPUTS, trained, session(file).run(list(OUTPUTS), arrays), strict=True):
        exists = wanted.numpy() > _ABSENT
        found[name] = float(np.abs(wanted.numpy() - got)[exists].mean())
    return found


def _batch(folder: Path, encoder: Encoder, count: int) -> Arrays:
    """Return questions of a set as one batch."""
    items = [item for item in load(folder).items if item.right][: count * 5 : 5]
    return collate([encoder.windows(item.question, item.text.title, item.text.sentences)[0] for item in items])


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, action="append", required=True)
    parser.add_argument("--base", type=Path, required=True, help="folder of all-MiniLM-L6-v2")
    parser.add_argument("--set", type=Path, required=True, help="a set to take a batch of")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    weights, file = options.out / "reader.safetensors", options.out / "reader.onnx"
    save_file(averaged(options.model), weights)
    batch = _batch(options.set, Encoder(options.base / "tokenizer.json"), 31)
    export(weights, batch, file)
    print(file, f"{file.stat().st_size / 1e6:.1f} MB", hashlib.sha256(file.read_bytes()).hexdigest())
    for name, distance in differences(weights, file, batch).items():
        print(f"{name}: {distance:.3f} from the trained one in the mean")


if __name__ == "__main__":
    main()
