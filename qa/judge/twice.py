"""Read a follow-up twice: as it was put, and with a name in the place of its pronoun.

The name draws the reader to sentences that hold it ("Colbeck, who is standing …"), without it any sentence of the kind
will do. What this module does not know: which of the two was right.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from qa.judge.reader import Read, Reading

if TYPE_CHECKING:
    from numpy.typing import NDArray


def twice(read: Read, question: str) -> Read:
    """Return a reader that gives a sentence the mean of its logits for this question and for the one with the name."""

    def both(resolved: str, readings: Sequence[Reading]) -> "list[NDArray[np.float32]]":
        logits = zip(read(question, readings), read(resolved, readings), strict=True)
        return [np.multiply(put + full, 0.5, dtype=np.float32) for put, full in logits]

    return both
