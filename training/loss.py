"""What the network is trained for: the right sentences above the others, the words of the answer, and silence."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from training.encode import Arrays, collate
from training.model import NOWHERE, Logits, Network
from training.sample import MULTIPLE, Example, Pair

_RIVALS, _ANSWER, _NO_ANSWER, _ANSWERABLE = 0.5, 0.5, 0.25, 0.5


def tensors(arrays: Arrays) -> dict[str, Tensor]:
    """Return a batch as the network takes it."""
    return {name: torch.from_numpy(array) for name, array in arrays.items()}


def loss(network: Network, batch: Sequence[Pair], *, bf16: bool) -> Tensor:
    """Return the loss of a batch, divided by its pairs."""
    examples = [example for pair in batch for example in pair.examples]
    inputs = tensors(collate([example.window for example in examples], MULTIPLE))
    with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
        logits = network(**inputs)
    right, judged = _labels(examples, logits.sentences)
    wrong = torch.where(judged & ~right, logits.sentences, NOWHERE)
    unanswered = torch.logsumexp(F.pad(wrong, (0, 1)), -1)
    answers = right.any(-1)
    total = _each(logits.sentences, right, unanswered).sum() + unanswered[~answers].sum()
    total = total + _RIVALS * _between(batch, logits.sentences, right, wrong)
    total = total + _words(examples, logits, inputs["sentence_mask"], answers)
    told = F.binary_cross_entropy_with_logits(logits.answerable, answers.float(), reduction="sum")
    return (total + _ANSWERABLE * told) / len(batch)


def _labels(examples: Sequence[Example], sentences: Tensor) -> tuple[Tensor, Tensor]:
    """Return which sentences are right, and which are judged at all."""
    right = torch.zeros_like(sentences, dtype=torch.bool)
    judged = torch.ones_like(right)
    for row, example in enumerate(examples):
        right[row, list(example.right)] = True
        judged[row, list(example.spare)] = False
    return right, judged


def _each(sentences: Tensor, right: Tensor, against: Tensor) -> Tensor:
    """Return per window the mean over its right sentences of how far each fails to stand above `against`.

    So every right sentence counts, and not only the surest: lists want all of theirs.
    """
    behind = F.softplus(against.unsqueeze(-1) - sentences) * right
    return behind.sum(-1) / right.sum(-1).clamp(min=1)


def _between(batch: Sequence[Pair], sentences: Tensor, right: Tensor, wrong: Tensor) -> Tensor:
    """Return the loss of right sentences against all of the passage that does not answer the same question."""
    rows, row = list[int](), 0
    for pair in batch:
        rows += [row] if pair.rivals else []
        row += len(pair.examples)
    if not rows:
        return sentences.new_zeros(())
    first = torch.tensor(rows)
    against = torch.logsumexp(torch.cat([wrong[first], wrong[first + 1]], -1), -1)
    return _each(sentences[first], right[first], against).sum()


def _words(examples: Sequence[Example], logits: Logits, sentence_mask: Tensor, answers: Tensor) -> Tensor:
    """Return the loss of the answer's first and last token; of none where the passage does not answer."""
    chosen = torch.zeros(len(examples), 2, logits.starts.shape[1])
    for row, example in enumerate(examples):
        for first, last, votes in example.answers:
            chosen[row, 0, first] += votes
            chosen[row, 1, last] += votes
    outside = ((1 - sentence_mask.amax(1)) * NOWHERE).unsqueeze(1)
    shares = F.pad(torch.stack([logits.starts, logits.ends], 1) + outside, (0, 1)).log_softmax(-1)
    known = chosen.sum(-1, keepdim=True)
    found = (shares[..., :-1] * chosen / known.clamp(min=1)).sum()
    return -_ANSWER * found - _NO_ANSWER * shares[~answers][..., -1].sum()
