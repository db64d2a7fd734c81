"""Export reader.safetensors to ONNX (fp32 and int8), compare them and measure the latency.

python export.py --model reader.safetensors --base all-MiniLM-L6-v2 --out . --data squadshifts_newwiki
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import time
from pathlib import Path

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # before its first import

import numpy as np
import onnx
import onnxruntime as ort
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.torch import load_file
from torch import Tensor, nn
from train import MAX_LEN, Encoder, Reader, collate, load_data

INPUTS = ["input_ids", "attention_mask", "token_type_ids", "sentence_mask"]
OUTPUTS = ["sentence_logits", "start_logits", "end_logits"]
AXES = {
    "input_ids": {0: "batch", 1: "tokens"},
    "attention_mask": {0: "batch", 1: "tokens"},
    "token_type_ids": {0: "batch", 1: "tokens"},
    "sentence_mask": {0: "batch", 1: "sentences", 2: "tokens"},
    "sentence_logits": {0: "batch", 1: "sentences"},
    "start_logits": {0: "batch", 1: "tokens"},
    "end_logits": {0: "batch", 1: "tokens"},
}


class RowQuantEmbedding(nn.Module):
    """Embedding table in int8 with one scale per row."""

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        scale = weight.abs().amax(1, keepdim=True).clamp(min=1e-8) / 127
        self.register_buffer("table", (weight / scale).round().clamp(-127, 127).to(torch.int8))
        self.register_buffer("scale", scale)

    def forward(self, ids: Tensor) -> Tensor:
        """Rows of the table, as float."""
        return self.table[ids].float() * self.scale[ids]


def load(path: Path, quant_words: bool) -> Reader:
    """The trained model, ready to export."""
    model = Reader()
    model.load_state_dict(load_file(path))
    model.pos.weight = nn.Parameter(model.pos.weight[:MAX_LEN].clone())
    if quant_words:
        model.word, model.pos = RowQuantEmbedding(model.word.weight.data), RowQuantEmbedding(model.pos.weight.data)
    return model.eval()


def sample(base: Path, data_dir: Path, count: int) -> dict[str, np.ndarray]:
    """A batch of real windows."""
    enc, data = Encoder(base / "tokenizer.json"), load_data(data_dir)
    wins = []
    for item in data.items[: count * 5 : 5]:
        sents = [data.texts[item.article][a:b] for a, b in data.sents[item.article]]
        wins.append(enc.windows(item.question, "", sents)[0])
    return collate(wins)


def to_onnx(model: Reader, arrays: dict[str, np.ndarray], path: Path) -> None:
    """Traces the model to ONNX, opset 17."""
    inputs = tuple(torch.from_numpy(arrays[k]) for k in INPUTS)
    torch.onnx.export(
        model,
        inputs,
        str(path),
        input_names=INPUTS,
        output_names=OUTPUTS,
        dynamic_axes=AXES,
        opset_version=17,
        dynamo=False,
        do_constant_folding=True,
    )


def encoder_nodes(path: Path) -> list[str]:
    """Names of the MatMul nodes to compute in int8: the layers' without `down` (GELU outputs quantise badly)."""
    return [
        n.name
        for n in onnx.load(path).graph.node
        if n.op_type == "MatMul" and n.name.startswith("/layers") and "/down/" not in n.name
    ]


def weight_only(path: Path, part: str) -> None:
    """Stores the weights of the layers' `part` as int8 with a scale per column, but computes in float."""
    model = onnx.load(path)
    graph = model.graph
    weights = {t.name: t for t in graph.initializer}
    nodes = []
    for node in graph.node:
        if node.op_type == "MatMul" and node.name.startswith("/layers") and f"/{part}/" in node.name:
            old = weights[node.input[1]]
            array = onnx.numpy_helper.to_array(old)
            scale = np.maximum(np.abs(array).max(0, keepdims=True), 1e-8).astype(np.float32) / 127
            table = np.round(array / scale).astype(np.int8)
            graph.initializer.remove(old)
            graph.initializer.extend(
                [
                    onnx.numpy_helper.from_array(table, old.name + "_int8"),
                    onnx.numpy_helper.from_array(scale, old.name + "_scale"),
                ]
            )
            nodes.append(
                onnx.helper.make_node("Cast", [old.name + "_int8"], [old.name + "_cast"], to=onnx.TensorProto.FLOAT)
            )
            nodes.append(onnx.helper.make_node("Mul", [old.name + "_cast", old.name + "_scale"], [old.name]))
        nodes.append(node)
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.save(model, path)


def session(path: Path, threads: int = 2) -> ort.InferenceSession:
    """A CPU session."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def latency(path: Path, base: Path, runs: int = 30) -> dict[str, float]:
    """Milliseconds for 24 sentences (three passages of eight) and for twelve chunks of 1,000 characters."""
    enc, sess = Encoder(base / "tokenizer.json"), session(path)
    sentence = "The spokesman said on Tuesday that the national grid operator had restored power to {} of the districts in the north."
    question = "How many districts had their power restored by the grid operator?"
    texts = [sentence.format(n) for n in range(12, 108)]
    cases = {
        "24 sentences, 3 passages": [enc.windows(question, "", texts[i : i + 8])[0] for i in (0, 8, 16)],
        "12 passages of 8 sentences": [enc.windows(question, "", texts[i : i + 8])[0] for i in range(0, 96, 8)],
    }
    out = {}
    for name, wins in cases.items():
        feed, times = collate(wins), []
        for _ in range(runs):
            start = time.perf_counter()
            sess.run(["sentence_logits"], feed)
            times.append((time.perf_counter() - start) * 1000)
        tokens = int(feed["attention_mask"].sum())
        out[f"{name} ({tokens} tokens) median"] = float(np.median(times))
        out[f"{name} p95"] = float(np.percentile(times, 95))
    return out


def main() -> None:
    """Command line."""
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--model", required=True)
    p.add_argument("--base", required=True)
    p.add_argument("--data", required=True)
    p.add_argument("--out", required=True)
    p.add_argument(
        "--reduce-range", action=argparse.BooleanOptionalAction, default=True, help="7-bit weights: safe without VNNI"
    )
    args = p.parse_args()
    torch.set_num_threads(2)
    out, base = Path(args.out), Path(args.base)
    arrays = sample(base, Path(args.data), 8)
    full, mixed, final = out / "model_fp32.onnx", out / "model_mixed.onnx", out / "model.onnx"
    model = load(Path(args.model), quant_words=False)
    to_onnx(model, arrays, full)
    to_onnx(load(Path(args.model), quant_words=True), arrays, mixed)
    quantize_dynamic(
        mixed,
        final,
        op_types_to_quantize=["MatMul"],
        per_channel=True,
        reduce_range=args.reduce_range,
        weight_type=QuantType.QInt8,
        nodes_to_quantize=encoder_nodes(mixed),
    )
    mixed.unlink()
    weight_only(final, "down")
    other = sample(base, Path(args.data), 31)
    with torch.inference_mode():
        want = model(**{k: torch.from_numpy(v) for k, v in other.items()})[0].numpy()
    real = want > -1000
    for path in (full, final):
        got = session(path).run(["sentence_logits"], other)[0]
        print(
            path.name,
            f"{path.stat().st_size / 1e6:.2f} MB",
            f"max difference {np.abs(got - want)[real].max():.4f}",
            f"mean {np.abs(got - want)[real].mean():.4f}",
            "sha256",
            hashlib.sha256(path.read_bytes()).hexdigest(),
        )
        for name, ms in latency(path, base).items():
            print("  ", name, f"{ms:.1f} ms")
    for name in ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt"):
        shutil.copyfile(base / name, out / name)


if __name__ == "__main__":
    main()
