"""Read a follow-up as it was put and with a name for its pronoun, and average the two.

With the name alone the reader prefers sentences that hold it ("Colbeck, who is standing …"); with the pronoun alone any
sentence of the kind will do.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from qa.evidence import Evidence
from qa.intent.fragment import asks_who_said, fragment
from qa.judge.reader import Read, Reading, Scores


def with_pronoun(evidence: Evidence, read: Read) -> Read:
    """Return the reader for this evidence: one that also reads the pronoun, where a name was put in its place."""
    # Words behind a question are no name in the place of a pronoun, and a fragment asks nothing by itself.
    if evidence.searched.startswith(evidence.alone) or fragment(evidence.alone) or asks_who_said(evidence.alone):
        return read
    return averaged(read, evidence.alone)


def averaged(read: Read, question: str) -> Read:
    """Return a reader that gives each sentence the mean of its logits for this question and for the one it is given."""

    def both(resolved: str, readings: Sequence[Reading]) -> list[Scores]:
        scores = zip(read(question, readings), read(resolved, readings), strict=True)
        return [
            replace(
                full,
                logits=np.multiply(put.logits + full.logits, 0.5, dtype=np.float32),
                answers=(put.answers + full.answers) / 2,
            )
            for put, full in scores
        ]

    return both
