"""What a network is trained for: the right sentences above the others, the words of the answer, and silence.

`loss` is the distance from what people said, `distance` that from what a teacher says.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from training.model import NOWHERE, Logits
from training.pack import Batch

_RIVALS, _ANSWER, _NO_ANSWER, _ANSWERABLE = 0.5, 0.5, 0.25, 0.5
_SOFTNESS = 2.0
"""Divides the logits of teacher and learner: above 1 the lesser sentences count too."""
_WORDS, _SIZES, _SAID, _SAID_SIZES = 0.3, 0.15, 0.3, 0.05
_FURTHEST = 15.0


def loss(logits: Logits, batch: Batch) -> Tensor:
    """Return the loss of a batch, divided by its pairs. Windows that nobody judged count nothing."""
    wrong = torch.where(batch.spare | batch.right, NOWHERE, logits.sentences)
    unanswered = torch.logsumexp(F.pad(wrong, (0, 1)), -1)
    answers = batch.right.any(-1)
    each = _each(logits.sentences, batch.right, unanswered) + unanswered * ~answers
    said = F.binary_cross_entropy_with_logits(logits.answerable, answers.float(), reduction="none")
    each = each + _words(logits, batch, answers) + _ANSWERABLE * said
    total = (each * batch.labelled).sum() + _RIVALS * _between(batch, logits.sentences, wrong)
    return total / batch.pairs


def distance(logits: Logits, batch: Batch) -> Tensor:
    """Return how far a network is from its teacher, divided by the pairs of the batch."""
    opinion = batch.opinion
    if opinion is None:
        raise ValueError("Ask the teacher first (Packed.ask).")
    exists = batch.inputs["sentence_mask"].sum(-1) > 0
    total = _divergence(_with_none(opinion.sentences), _with_none(logits.sentences), _SOFTNESS)
    sizes = _apart(logits.sentences, opinion.sentences) * exists
    total = total + _SIZES * sizes.sum(-1) / exists.sum(-1).clamp(min=1)
    outside = _outside(batch)
    for theirs, ours in ((opinion.starts, logits.starts), (opinion.ends, logits.ends)):
        total = total + _WORDS * _divergence(_with_none(theirs + outside), _with_none(ours + outside), 1.0)
    said = F.binary_cross_entropy_with_logits(logits.answerable, opinion.answerable.sigmoid(), reduction="none")
    total = total + _SAID * said + _SAID_SIZES * _apart(logits.answerable, opinion.answerable)
    return total.sum() / batch.pairs


def _with_none(logits: Tensor) -> Tensor:
    """Return logits with the one of "this passage does not answer"."""
    return F.pad(logits, (0, 1))


def _divergence(theirs: Tensor, ours: Tensor, softness: float) -> Tensor:
    said, learned = (theirs / softness).log_softmax(-1), (ours / softness).log_softmax(-1)
    return F.kl_div(learned, said, log_target=True, reduction="none").sum(-1) * softness**2


def _apart(ours: Tensor, theirs: Tensor) -> Tensor:
    """Return how far logits are apart, those beyond use left out: they are compared between passages, so their size counts."""
    near = [one.clamp(-_FURTHEST, _FURTHEST) for one in (ours, theirs)]
    return F.smooth_l1_loss(*near, reduction="none")


def _each(sentences: Tensor, right: Tensor, against: Tensor) -> Tensor:
    """Return per window the mean over its right sentences of how far each fails to stand above `against`.

    So every right sentence counts, and not only the surest: lists want all of theirs.
    """
    behind = F.softplus(against.unsqueeze(-1) - sentences) * right
    return behind.sum(-1) / right.sum(-1).clamp(min=1)


def _between(batch: Batch, sentences: Tensor, wrong: Tensor) -> Tensor:
    """Return the loss of right sentences against all of the passage that does not answer the same question."""
    first = batch.rivals
    against = torch.logsumexp(torch.cat([wrong[first], wrong[first + 1]], -1), -1)
    return _each(sentences[first], batch.right[first], against).sum()


def _words(logits: Logits, batch: Batch, answers: Tensor) -> Tensor:
    """Return per window the loss of the answer's first and last token; of none where the passage does not answer."""
    both = torch.stack([logits.starts, logits.ends], 1) + _outside(batch).unsqueeze(1)
    shares = _with_none(both).log_softmax(-1)
    known = batch.votes.sum(-1, keepdim=True)
    found = (shares[..., :-1] * batch.votes / known.clamp(min=1)).sum((1, 2))
    return -_ANSWER * found - _NO_ANSWER * shares[..., -1].sum(1) * ~answers


def _outside(batch: Batch) -> Tensor:
    return (1 - batch.inputs["sentence_mask"].amax(1)) * NOWHERE
