"""Figures of a network on questions that it was not trained on."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from training import augment
from training.data import Item
from training.encode import Encoder, Window, collate
from training.loss import tensors
from training.model import Network
from training.sample import MULTIPLE

_TOKENS = 6000


@dataclass(frozen=True, slots=True)
class Scores:
    """What the network says of a window: its sentences' logits, and whether the passage answers."""

    sentences: NDArray[np.float32]
    answerable: float


@torch.inference_mode()
def predict(network: Network, windows: Sequence[Window], *, bf16: bool = False) -> list[Scores]:
    """Return the scores of every window, read in batches of about one length."""
    network.eval()
    order = sorted(range(len(windows)), key=lambda row: len(windows[row].ids))
    found: dict[int, Scores] = {}
    while order:
        size = max(1, _TOKENS // len(windows[order[min(15, len(order) - 1)]].ids))
        part, order = order[:size], order[size:]
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            logits = network(**tensors(collate([windows[row] for row in part], MULTIPLE)))
        for row, sentences, answerable in zip(part, logits.sentences, logits.answerable, strict=True):
            found[row] = Scores(sentences[: windows[row].count].float().numpy(), float(answerable))
    return [found[row] for row in range(len(windows))]


def validate(
    network: Network, sets: Mapping[str, Sequence[Item]], encoder: Encoder, *, limit: int, bf16: bool
) -> dict[str, float]:
    """Return for each set how often a right sentence is first, as asked and as typed in haste, and how silence is told.

    `silence` is the AUROC of passages with the answer against the same without their right sentences, by the best
    sentence; `answerable` the same by the logit of its own. A set with unanswerable questions takes these instead.
    """
    figures: dict[str, float] = {}
    rng = random.Random(1)
    for name, items in sets.items():
        some = rng.sample(list(items), min(limit, len(items)))
        answered = [item for item in some if item.right]
        asked = predict(network, [_window(encoder, item, item.question) for item in answered], bf16=bf16)
        typed = predict(network, [_window(encoder, item, _typed(item, rng)) for item in answered], bf16=bf16)
        unanswered = [item for item in some if not item.right] or answered
        without = [w for item in unanswered if (w := _without(encoder, item))]
        silent = predict(network, without, bf16=bf16)
        figures[f"{name}.first"] = _first(answered, asked)
        figures[f"{name}.first_typed"] = _first(answered, typed)
        labels = [1] * len(asked) + [0] * len(silent)
        figures[f"{name}.silence"] = _auroc(labels, [float(one.sentences.max()) for one in [*asked, *silent]])
        figures[f"{name}.answerable"] = _auroc(labels, [one.answerable for one in [*asked, *silent]])
    return {key: round(value, 3) for key, value in figures.items()}


def _window(encoder: Encoder, item: Item, question: str) -> Window:
    """Return the window with a right sentence in it."""
    windows = encoder.windows(question, item.text.title, item.text.sentences)
    return next(w for w in windows if not item.right or any(0 <= n - w.first < w.count for n in item.right))


def _without(encoder: Encoder, item: Item) -> Window | None:
    rest = [s for n, s in enumerate(item.text.sentences) if n not in item.right | item.spare]
    return encoder.windows(item.question, item.text.title, rest)[0] if rest else None


def _typed(item: Item, rng: random.Random) -> str:
    question = augment.with_time(item.question, rng)
    for vary in rng.sample((augment.with_typo, augment.lower_case, augment.keywords), 1):
        question = vary(question, rng)
    return question


def _first(items: Sequence[Item], scores: Sequence[Scores]) -> float:
    """Return how often the best sentence is a right one. Where a text has several windows, within the right one."""
    hits = [
        int(one.sentences.argmax()) in {number for number in item.right}
        for item, one in zip(items, scores, strict=True)
    ]
    return float(np.mean(hits)) if hits else float("nan")


def _auroc(labels: Sequence[int], scores: Sequence[float]) -> float:
    return float(roc_auc_score(labels, scores)) if len(set(labels)) > 1 else float("nan")
