"""Judge the retrieved passages and their sentences: how well does each answer the question?

A trained reader (qa/reader.py) reads the best passages. Its scores reorder them, and with the passage's own score
they give each sentence its support. What this module does not know: whether a sentence is true, or newer than
another.
"""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from index import Article
from index.chunk import sentences
from index.lexical import terms
from qa.cues import bonus
from qa.reader import Read, Reading
from qa.values import Passage

READ = 8
THRESHOLD = 0.5
_PASSAGE_SHARE = 0.15
_PASSAGE_WEIGHT = 25.0
LEAST = 5.0
"""The least evidence that is shown, chosen on rtqa_dev_2022H2 (docs/decisions/0007)."""
_SLOPE = 3.0
_COMPARED = 6
_SAME_WORDS = 0.8
"""Of the words of the shorter sentence."""
_SAME_MEANING = 0.7


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an article. `evidence` orders sentences, in logits; `support` is the same from 0 to 1."""

    article: Article
    start: int
    end: int
    evidence: float
    vector: tuple[float, ...] = field(default=(), repr=False)
    """The unit vector of the text, of the best supported sentences alone."""

    @property
    def text(self) -> str:
        """Return the words."""
        return self.article.text[self.start : self.end]

    @property
    def support(self) -> float:
        """Return how well the sentence answers: 0.5 is the least that is shown."""
        return _sigmoid((self.evidence - LEAST) / _SLOPE)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a question found: all that an answerer is given.

    `passages` and `sentences` are ordered best first; `generation` is the state of the index that they come from,
    `timings` the seconds of each stage so far. `rewritten` is what was searched when that is not the question itself,
    `spoken` the same as a question that can be read.
    """

    question: str
    passages: tuple[Passage, ...]
    sentences: tuple[Sentence, ...]
    generation: int
    timings: Mapping[str, float]
    rewritten: str = ""
    spoken: str = ""

    @property
    def searched(self) -> str:
        """Return the question in words that stand alone."""
        return self.spoken or self.rewritten or self.question


def judge(evidence: Evidence, reader: Read, embed: Callable[[str], Sequence[float]]) -> Evidence:
    """Return the evidence with its passages reordered by what the reader finds in them, and the sentences judged.

    `embed` gives a text's unit vector, for telling sentences that say the same.
    """
    started = time.perf_counter()
    passages = evidence.passages[:READ]
    spans = [sentences(p.article.text, p.chunk.start, p.chunk.end) for p in passages]
    readings = [
        Reading(passage.article.title, [passage.article.text[start:end] for start, end in inside])
        for passage, inside in zip(passages, spans, strict=True)
    ]
    ranked: list[Passage] = []
    judged: list[Sentence] = []
    logits_of = reader(evidence.searched, readings)
    for passage, inside, reading, logits in zip(passages, spans, readings, logits_of, strict=True):
        best = float(max(logits))
        score = passage.score + _PASSAGE_SHARE * _sigmoid((best + 2.0) / 3.0)
        ranked.append(replace(passage, score=score, scores={**passage.scores, "fused": passage.score, "reader": best}))
        judged += [
            Sentence(
                passage.article,
                start,
                end,
                float(logit) + _PASSAGE_WEIGHT * passage.score + bonus(evidence.searched, words),
            )
            for (start, end), words, logit in zip(inside, reading.sentences, logits, strict=True)
        ]
    ranked.sort(key=lambda passage: (-passage.score, passage.chunk.id))
    judged.sort(key=lambda sentence: (-sentence.evidence, sentence.article.id, sentence.start))
    return replace(
        evidence,
        passages=(*ranked, *evidence.passages[READ:]),
        sentences=(*_compared(judged[:_COMPARED], embed), *judged[_COMPARED:]),
        timings={**evidence.timings, "read": time.perf_counter() - started},
    )


def _compared(best: Sequence[Sentence], embed: Callable[[str], Sequence[float]]) -> list[Sentence]:
    """Return the sentences, those that may be shown side by side with their vectors."""
    shown = sum(sentence.support >= THRESHOLD for sentence in best)
    return [replace(s, vector=tuple(embed(s.text))) if i < shown and shown > 1 else s for i, s in enumerate(best)]


def alike(one: Sentence, other: Sentence) -> bool:
    """Say whether two sentences tell the same, by their words or, where both have vectors, by their meaning.

    Sentences with other figures never do: "40 homes" and "62 homes" are near in meaning, and a contradiction.
    """
    first, second = set(terms(one.text)), set(terms(other.text))
    if len(first & second) >= _SAME_WORDS * max(1, min(len(first), len(second))):
        return True
    if not one.vector or not other.vector or _figures(first) != _figures(second):
        return False
    return float(np.dot(one.vector, other.vector)) >= _SAME_MEANING


def _figures(words: set[str]) -> set[str]:
    return {word for word in words if any(character.isdigit() for character in word)}


def _sigmoid(value: float) -> float:
    return 1.0 / (1.0 + math.exp(-value))
