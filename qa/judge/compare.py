"""Compare sentences with the question and each other: which may be shown, and which say the same."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from index import Article
from qa.evidence import THRESHOLD, Evidence, Sentence
from qa.facts.comparison import names_a_weekday, restates

if TYPE_CHECKING:
    from numpy.typing import NDArray

Embed = Callable[[Sequence[str]], "NDArray[np.float32]"]
"""From texts to their unit vectors, shape (texts, dimension)."""
MARGIN = 4.0
"""How far, in logits, a sentence that is shown may be behind the best. With six the gold answer is shown for .790 of
rtqa_dev_2022H2 instead of .784, in 47 words instead of 42 (docs/decisions/0007)."""
_GRAVE, _DOUBTED_MARGIN = 8.0, 2.0
"""Where the best lacks what is asked for (no name, no sum, another person), what is far behind it is no answer, either:
of natural_dev and a second set 1 of 50 and 1 of 25 near misses, none of 170 and 69 others (November 2026)."""
_COMPARED = 6
"""How many sentences get a vector, which takes some 3 ms each. Of 79 questions of our own and 220 natural ones, one is
answered otherwise with four, and none with eight, twelve or all (November 2026)."""
_RELATED = 0.1
"""The least cosine with the question: a sentence below it is about something else, whatever the reader says. Gold
sentences of rtqa_dev_2022H2 have .20 or more, 89 % of planted instructions less than .1 (docs/decisions/0007)."""
_SAME_MEANING = 0.7
"""The least cosine of two sentences that say the same in other words. Of the same 299 questions, 2 are answered
otherwise with .6 and 4 with .8 (November 2026)."""


def shown(judged: Sequence[Sentence], threshold: float = THRESHOLD) -> list[Sentence]:
    """Return the sentences that an answer may show: the supported ones whose evidence is near that of the best.

    One in doubt is left out, and hides none behind it (natural questions, 170 answerable: mean grade .959 instead of
    .953, two sentences more on 50 unanswerable ones; November 2026).
    """
    if not judged:
        return []
    margin = _DOUBTED_MARGIN if judged[0].doubt >= _GRAVE else MARGIN
    return [s for s in judged if s.support >= threshold and s.evidence >= judged[0].evidence - margin]


def drop_unrelated(evidence: Evidence, embed: Embed) -> Evidence:
    """Return the evidence without the sentences, among those that may be shown, that are unrelated to the question.

    The best others have their vectors, for telling which say the same.
    """
    best = shown(evidence.sentences)[:_COMPARED]
    if not best:
        return evidence
    vectors = embed([sentence.text for sentence in best])
    near = vectors @ np.array(evidence.vector, np.float32) >= _RELATED
    about = [_with_vector(s, vector) for s, vector, keep in zip(best, vectors, near, strict=True) if keep]
    found = replace(evidence, sentences=(*about, *evidence.sentences[len(best) :]))
    # Others have moved up: check them too.
    return found if len(about) == len(best) else drop_unrelated(found, embed)


def _with_vector(sentence: Sentence, vector: "NDArray[np.float32]") -> Sentence:
    return replace(sentence, vector=tuple(vector.tolist()))


def confirms(source: Sentence, statement: Sentence) -> bool:
    """Say whether one sentence states all that another does, by their words or, where both have vectors, their meaning.

    "On Monday" is another day in a report of another week.
    """
    near = bool(source.vector and statement.vector)
    near = near and float(np.dot(source.vector, statement.vector)) >= _SAME_MEANING
    return restates(source.text, statement.text, near=near) and (
        _same_week(source.article, statement.article) or not names_a_weekday(statement.text)
    )


def _same_week(one: Article, other: Article) -> bool:
    first, second = one.published, other.published
    return first is None or second is None or abs(first - second) < timedelta(days=7)
