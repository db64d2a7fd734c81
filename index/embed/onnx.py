"""Embed texts with ONNX Runtime: the model's own graph, exported once, loaded in a fifth of a second.

A graph does not say which model it is: the caller keeps file and fingerprint together.
"""

import ctypes
import os
import warnings
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from tokenizers import Encoding, Tokenizer

from index.embed.fingerprint import sha256
from index.embed.tables import shared_table
from index.errors import IndexDamagedError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer

_OPSET = 17  # of the graph's operators; chosen, not measured: exporter and ONNX Runtime both know it
_INPUTS = ("input_ids", "attention_mask")
_NONE: "Mapping[str, NDArray[np.float32]]" = MappingProxyType({})


class Graph:
    """Embed texts with an exported graph, one on each core at a time; thread-safe."""

    def __init__(self, path: Path, tokenizer: Path, max_tokens: int, weights: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_tokens)
        try:
            self._session = session(path, shared_table(weights))
        except Exception as error:  # onnxruntime raises classes of its own that it does not export
            raise IndexDamagedError(
                f"The question encoder {path} cannot be loaded. Delete that file and run: dateline reindex"
            ) from error
        self._pool = ThreadPoolExecutor(cores(), thread_name_prefix="encoder")

    def __call__(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Return the unit vectors of texts, shape (len(texts), dimension)."""
        vectors = np.stack([*self._pool.map(self._vector, self._tokenizer.encode_batch([*texts]))])
        units: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return units

    def _vector(self, encoded: Encoding) -> "NDArray[np.float32]":
        rows = np.array([encoded.ids], dtype=np.int64), np.array([encoded.attention_mask], dtype=np.int64)
        vector: NDArray[np.float32] = self._session.run(None, dict(zip(_INPUTS, rows, strict=True)))[0][0]
        return vector


def session(path: Path, tensors: "Mapping[str, NDArray[np.float32]]" = _NONE) -> Any:
    """Return a graph loaded by ONNX Runtime, to be run by several threads, each run on the thread that calls it.

    `tensors` take the place of those of the graph that have their names, and are not copied.

    One text at a time on each core needs no padding, and takes less CPU than all cores on one text. The one place that
    imports ONNX Runtime, so that its telemetry is off, in child processes too, unless the user has set the variable.
    """
    # Otherwise its first import looks up its maker's event server and keeps a device id in the user's cache; its own
    # call that ends telemetry comes too late for that.
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime  # takes a fifth of a second

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    given = {name: onnxruntime.OrtValue.ortvalue_from_numpy(tensor) for name, tensor in tensors.items()}
    for name, value in given.items():
        options.add_initializer(name, value)
    loaded = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    loaded.given = given  # it reads them where they are, and keeps none of them alive
    _trim_memory()
    return loaded


def _trim_memory() -> None:
    """Give memory that was freed back to the system: reading a graph takes a quarter more than keeping it (29 of 128 MB
    for the encoder, 22 of 70 for the reader). Only glibc has to be asked.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def intact(path: Path) -> bool:
    """Say whether an exported graph matches the digest beside it; a missing graph counts as intact."""
    beside = _digest_of(path)
    return not (path.exists() and beside.exists()) or beside.read_bytes() == sha256(path).encode("ascii")


def _digest_of(path: Path) -> Path:
    return path.with_suffix(".sha256")


def export(model: "SentenceTransformer", path: Path) -> None:
    """Write the model's graph, pooling included, to `path`; the file appears whole or not at all, its digest before."""
    import torch  # takes seconds

    class Module(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            features = {"input_ids": input_ids, "attention_mask": attention_mask}
            return self.model(features)["sentence_embedding"]

    example = torch.tensor([[101, 2054, 102], [101, 2040, 102]]), torch.ones((2, 3), dtype=torch.long)
    # With the process's number: two that export at once must not write into each other's file.
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of being superseded by an exporter that needs more packages
            torch.onnx.export(
                Module().eval(),
                example,
                str(partial),
                input_names=list(_INPUTS),
                output_names=["vector"],
                dynamic_axes={name: {0: "batch", 1: "tokens"} for name in _INPUTS},
                opset_version=_OPSET,
                dynamo=False,
            )
        with partial.open("rb") as file:
            os.fsync(file.fileno())
        _digest_of(path).write_text(sha256(partial), encoding="utf-8")
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
