"""A follow-up is read as it was put and with the name that its pronoun means."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from index.search.lexical import terms
from qa.judge.pronoun import averaged
from qa.judge.reader import Reading

if TYPE_CHECKING:
    from numpy.typing import NDArray


def shared(question: str, readings: Sequence[Reading]) -> "list[NDArray[np.float32]]":
    """Return for each sentence how many of its words the question has."""
    asked = set(terms(question))
    return [np.array([len(asked & set(terms(s))) for s in one.sentences], np.float32) for one in readings]


def test_a_sentence_has_the_mean_of_both_readings() -> None:
    readings = [Reading("", ["Colbeck takes the oath.", "He takes office."]), Reading("", ["Rain."])]
    logits = averaged(shared, "When does he take office?")("When does Colbeck take office?", readings)
    assert [one.tolist() for one in logits] == [[1.5, 2.5], [0.0]]
