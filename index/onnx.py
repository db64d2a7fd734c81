"""Questions through ONNX Runtime: the model's own graph, exported once, loaded in a fifth of a second.

What this module does not know: which model it is; the caller keeps file and fingerprint together.
"""

import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from tokenizers import Tokenizer

from index.errors import IndexDamagedError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer

_OPSET = 17
_INPUTS = ("input_ids", "attention_mask")


class QuestionEncoder:
    """Embed a text with an exported graph; safe for one thread at a time."""

    def __init__(self, graph: Path, tokenizer: Path, max_tokens: int) -> None:
        import onnxruntime  # not needed to index

        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_tokens)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime raises classes of its own that it does not export
            raise IndexDamagedError(
                f"The question encoder {graph} cannot be loaded. Delete that file and run: dateline reindex"
            ) from error

    def __call__(self, text: str) -> "NDArray[np.float32]":
        """Return the unit vector of the text, shape (dimension,)."""
        encoded = self._tokenizer.encode(text)
        rows = np.array([encoded.ids], dtype=np.int64), np.array([encoded.attention_mask], dtype=np.int64)
        vector = self._session.run(None, dict(zip(_INPUTS, rows, strict=True)))[0][0]
        unit: NDArray[np.float32] = vector / np.linalg.norm(vector)
        return unit


def export(model: "SentenceTransformer", path: Path) -> None:
    """Write the model's graph, pooling included, to `path`; the file appears whole or not at all."""
    import torch  # takes seconds

    class Graph(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            features = {"input_ids": input_ids, "attention_mask": attention_mask}
            return self.model(features)["sentence_embedding"]

    example = torch.tensor([[101, 2054, 102], [101, 2040, 102]]), torch.ones((2, 3), dtype=torch.long)
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of being superseded by an exporter that needs more packages
            torch.onnx.export(
                Graph().eval(),
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
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
