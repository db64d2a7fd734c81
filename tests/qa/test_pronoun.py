"""A follow-up is read as it was put and with the name that its pronoun means."""

from collections.abc import Sequence

import numpy as np

from index.search.lexical import terms
from qa.judge.pronoun import averaged
from qa.judge.reader import Reading, Scores


def shared(question: str, readings: Sequence[Reading]) -> list[Scores]:
    """Return for each sentence how many of its words the question has."""
    asked = set(terms(question))
    found = ([len(asked & set(terms(sentence))) for sentence in one.sentences] for one in readings)
    return [Scores(np.array(counts, np.float32)) for counts in found]


def test_a_sentence_has_the_mean_of_both_readings() -> None:
    readings = [Reading("", ["Colbeck takes the oath.", "He takes office."]), Reading("", ["Rain."])]
    scores = averaged(shared, "When does he take office?")("When does Colbeck take office?", readings)
    assert [one.logits.tolist() for one in scores] == [[1.5, 2.5], [0.0]]
