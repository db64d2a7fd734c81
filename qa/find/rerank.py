"""Rank passages by a cross-encoder that the user names. The one file that knows sentence-transformers' CrossEncoder.

It ranks passages instead of the built-in reader (qa/judge/reader.py). The reader still chooses sentences and decides
that there is no answer, since its threshold holds for no other model's scores.
"""

import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from langchain_core.cross_encoders import BaseCrossEncoder

from index import BadRequestError, ModelNotFoundError
from index.process import Home
from qa.evidence import Evidence

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

_BATCH = 8  # pairs; chosen, not measured: ten passages in two steps


class NamedCrossEncoder(BaseCrossEncoder):
    """A model of sentence-transformers as LangChain's cross-encoder. Thread-safe."""

    def __init__(self, model: "CrossEncoder", name: str) -> None:
        self.name = name
        self._model = model
        self._lock = threading.Lock()
        self._home = Home("reranker")

    @classmethod
    def open(cls, name: str) -> "NamedCrossEncoder":
        """Load the model in a local folder or of a hub's name: safetensors weights alone, and no code of others.

        Raises `ModelNotFoundError` when there is none, or it does not give one score for a pair of texts.
        """
        from sentence_transformers import CrossEncoder  # takes seconds
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()  # type: ignore[no-untyped-call]
        folder = Path(name).expanduser()
        try:
            model = CrossEncoder(
                str(folder) if folder.is_dir() else name,
                device="cpu",  # as the embedding model
                trust_remote_code=False,
                local_files_only=folder.is_dir(),
                model_kwargs={"use_safetensors": True},
            )
        except (OSError, ValueError, KeyError) as error:
            raise ModelNotFoundError(
                f"No reranker {name!r}: neither a folder of a cross-encoder here nor to be had by that name. "
                "Name a folder with config.json, tokenizer.json and model.safetensors, or leave the reranker out."
            ) from error
        _require_one_score(model, name)
        return cls(model, name)

    def score(self, text_pairs: list[tuple[str, str]]) -> list[float]:
        """Return for each pair of a question and a passage how well they fit."""
        self._home.require()
        # One question at a time: a tokenizer keeps the padding of its last batch, and two threads would mix theirs up.
        with self._lock:
            scores = self._model.predict(text_pairs, batch_size=_BATCH, show_progress_bar=False)
        return [float(score) for score in scores]


def rerank(evidence: Evidence, encoder: BaseCrossEncoder | None) -> Evidence:
    """Return the evidence with its passages by falling score of a cross-encoder, if there is one.

    Each passage is scored together with the title of its article.
    """
    if encoder is None:
        return evidence
    started = time.perf_counter()
    passages = evidence.passages
    pairs = [(evidence.searched, ". ".join(filter(None, (p.article.title, p.chunk.text)))) for p in passages]
    scores = encoder.score(pairs) if pairs else []
    if len(scores) != len(pairs):
        raise BadRequestError(f"The reranker gave {len(scores)} scores for {len(pairs)} passages.")
    scored = [
        replace(passage, score=score, scores={**passage.scores, "fused": passage.score, "reranker": score})
        for passage, score in zip(passages, scores, strict=True)
    ]
    scored.sort(key=lambda passage: (-passage.score, passage.chunk.id))
    taken = time.perf_counter() - started
    return replace(evidence, passages=tuple(scored), timings={**evidence.timings, "rerank": taken})


def _require_one_score(model: "CrossEncoder", name: str) -> None:
    """Raise `ModelNotFoundError` for a model of another kind: its scores would be noise, or several for a pair."""
    # A model without such a head is given one at random, and would rank by chance without a word.
    kinds = getattr(model.config, "architectures", None) or []
    headless = len(model) == 1 and not any(kind.endswith("ForSequenceClassification") for kind in kinds)
    if headless or model.num_labels != 1:
        raise ModelNotFoundError(
            f"The model {name!r} is no cross-encoder that gives one score for a question with a passage. "
            "Name another, for example cross-encoder/ms-marco-MiniLM-L6-v2, or leave the reranker out."
        )
