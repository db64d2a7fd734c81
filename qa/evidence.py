"""The value that travels from the search to the answer: passages, and sentences with how well each answers."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from index import Article
from index.text.chunk import Span
from qa.intent.fragment import asks_who_said
from qa.values import Passage

THRESHOLD = 0.5
"""The least support that is shown: of a sentence without doubt and with the evidence `LEAST`."""
LEAST = 3.5
"""The least evidence that is shown. On natural_dev 2 gives a mean grade of 1.30, 3.5 1.29 and 5 1.25; 5, 8 and 10 of
its 50 near misses are refused."""
_SLOPE = 3.0
"""Divides logits before they become a support between 0 and 1 (docs/decisions/0007)."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an article. `evidence` orders sentences, in logits; `doubt` is the penalty, in logits."""

    article: Article
    start: int
    end: int
    evidence: float
    doubt: float = 0.0
    vector: tuple[float, ...] = field(default=(), repr=False)
    """The unit vector of the text, of the best sentences that may be shown."""
    words: Span = (0, 0)
    """The offsets in the article of the words that answer; (0, 0) is not known."""
    logit: float = 0.0
    """What the reader says of the sentence alone."""
    answers: float = 0.0
    """The reader's logit that the whole passage answers."""

    @property
    def text(self) -> str:
        """Return the words."""
        return self.article.text[self.start : self.end]

    @property
    def support(self) -> float:
        """Return how well the sentence answers: 0.5 is the least that is shown."""
        return sigmoid((self.evidence - self.doubt - LEAST) / _SLOPE)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a question found: all that an answerer is given.

    `passages` and `sentences` are ordered best first; `generation` is the state of the index that they come from,
    `timings` the seconds of each stage so far. `rewritten` is what was searched when that is not the question itself,
    `asked` the question by itself as it is read (without the words of its period), `spoken` the same with a name for
    its pronoun. `period` says which days were searched, `notice` what was done otherwise than asked; `latest_by` is the
    day by which the newest state of things was asked for. `differing` are
    sentences that give other figures for the same matter, the newest first, and `corrected` names for the id of an
    article the one that corrects it (qa/judge/reports.py). `posing` are the ids of articles that pose the very question
    (qa/judge/stuffing.py), `lone` a sentence with a name that stands alone, and one of those that agree on another
    (qa/judge/lone.py).
    """

    question: str
    passages: tuple[Passage, ...]
    sentences: tuple[Sentence, ...]
    generation: int
    timings: Mapping[str, float]
    rewritten: str = ""
    asked: str = ""
    spoken: str = ""
    period: str = ""
    notice: str = ""
    latest_by: date | None = None
    differing: tuple[Sentence, ...] = ()
    corrected: Mapping[str, Article] = field(default_factory=dict)
    posing: frozenset[str] = frozenset()
    lone: tuple[Sentence, ...] = ()
    leads: tuple[Sentence, ...] = ()
    """The sentences of a summary, where one is asked for (qa/judge/leads.py)."""
    parts: tuple["Evidence", ...] = ()
    """The evidence for each part of a question that asks several things at once."""
    vector: tuple[float, ...] = field(default=(), repr=False)
    """The unit vector of what was searched."""

    @property
    def alone(self) -> str:
        """Return the question by itself as it is read."""
        return self.asked or self.question

    @property
    def searched(self) -> str:
        """Return the question as it is read, in words that stand alone."""
        return self.spoken or self.alone

    @property
    def named(self) -> str:
        """Return the question in words whose names an article has to hold: not those of an answer it asks about."""
        return self.alone if asks_who_said(self.alone) else self.searched

    @property
    def stated(self) -> str:
        """Return the question in full, in words that stand alone."""
        return self.rewritten or self.question


def sigmoid(value: float) -> float:
    """Return the probability that belongs to a logit."""
    return 1.0 / (1.0 + math.exp(-value))
