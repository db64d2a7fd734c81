"""Figures of a network on questions that it was not trained on."""

from collections import defaultdict
from typing import NamedTuple

from sklearn.metrics import roc_auc_score

from training.model import Network
from training.pack import Packed

TYPED, WITHOUT = "+typed", "+without"
"""Of kinds of held questions: as they are typed in haste, and put to the passage without its right sentences."""


class _Read(NamedTuple):
    answered: bool
    first: bool
    best: float
    answerable: float


def validate(network: Network, held: Packed, *, bf16: bool) -> dict[str, float]:
    """Return for each set how often a right sentence is first, as asked and as typed in haste, and how silence is told.

    `silence` is the AUROC of questions with an answer against those without, by the best sentence; `answerable` the same
    by the logit of its own. A set without unanswerable questions takes its passages without their right sentences.
    """
    read: dict[str, list[_Read]] = defaultdict(list)
    for kinds, batch, logits in held.read(network, bf16=bf16):
        best, first = logits.sentences.float().max(-1)
        hit = batch.right.gather(1, first[:, None]).flatten()
        columns = (batch.right.any(-1), hit, best, logits.answerable.float())
        for kind, *values in zip(kinds, *(column.tolist() for column in columns), strict=True):
            read[kind].append(_Read(*values))
    figures: dict[str, float] = {}
    for name in [kind for kind in read if "+" not in kind]:
        figures[f"{name}.first"] = _first(read[name])
        figures[f"{name}.first_typed"] = _first(read[f"{name}{TYPED}"])
        answered = [one for one in read[name] if one.answered]
        silent = [one for one in read[name] if not one.answered] or read[f"{name}{WITHOUT}"]
        figures[f"{name}.silence"] = _auroc([one.best for one in answered], [one.best for one in silent])
        figures[f"{name}.answerable"] = _auroc([one.answerable for one in answered], [one.answerable for one in silent])
    return {key: round(value, 3) for key, value in figures.items()}


def _first(read: list[_Read]) -> float:
    answered = [one.first for one in read if one.answered]
    return sum(answered) / len(answered) if answered else float("nan")


def _auroc(above: list[float], below: list[float]) -> float:
    labels = [1] * len(above) + [0] * len(below)
    return float(roc_auc_score(labels, above + below)) if above and below else float("nan")
