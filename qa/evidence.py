"""Judge the retrieved passages and their sentences: how well does each answer the question?

A trained reader (qa/judge/reader.py) reads the best passages. Its scores reorder them, and with the passage's own score
they give each sentence its support. What this module does not know: whether a sentence is true, or newer than
another.
"""

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from index import Article
from index.search.lexical import terms
from index.text.chunk import Span, sentences
from qa.facts.comparison import names_a_weekday, restates
from qa.find.copies import copies, counterparts
from qa.judge.cues import Wish
from qa.judge.reader import Read, Reading
from qa.values import Passage

if TYPE_CHECKING:
    from numpy.typing import NDArray

Embed = Callable[[Sequence[str]], "NDArray[np.float32]"]
"""From texts to their unit vectors, shape (texts, dimension)."""
READ = 6
THRESHOLD = 0.5
_PASSAGE_SHARE = 0.15
_PASSAGE_WEIGHT = 25.0
LEAST = 5.0
"""The least evidence that is shown, chosen on rtqa_dev_2022H2 (docs/decisions/0007)."""
_SLOPE = 3.0
MARGIN = 4.0
"""How far, in logits, a sentence that is shown may be behind the best."""
_COMPARED = 6
_RELATED = 0.1
"""The least cosine with the question: a sentence below it is about something else, whatever the reader says."""
_SAME_MEANING = 0.7


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an article. `evidence` orders sentences, in logits; `doubt` is what speaks against all the same."""

    article: Article
    start: int
    end: int
    evidence: float
    doubt: float = 0.0
    vector: tuple[float, ...] = field(default=(), repr=False)
    """The unit vector of the text, of the best sentences that may be shown."""

    @property
    def text(self) -> str:
        """Return the words."""
        return self.article.text[self.start : self.end]

    @property
    def support(self) -> float:
        """Return how well the sentence answers: 0.5 is the least that is shown."""
        return _sigmoid((self.evidence - self.doubt - LEAST) / _SLOPE)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a question found: all that an answerer is given.

    `passages` and `sentences` are ordered best first; `generation` is the state of the index that they come from,
    `timings` the seconds of each stage so far. `rewritten` is what was searched when that is not the question itself,
    `spoken` the same as a question that can be read. `differing` are sentences that give other figures for the same
    matter, the newest first, and `corrected` names for the id of an article the one that corrects it (qa/judge/reports.py).
    """

    question: str
    passages: tuple[Passage, ...]
    sentences: tuple[Sentence, ...]
    generation: int
    timings: Mapping[str, float]
    rewritten: str = ""
    spoken: str = ""
    differing: tuple[Sentence, ...] = ()
    corrected: Mapping[str, Article] = field(default_factory=dict)
    vector: tuple[float, ...] = field(default=(), repr=False)
    """The unit vector of what was searched."""

    @property
    def searched(self) -> str:
        """Return the question in words that stand alone."""
        return self.spoken or self.rewritten or self.question


@dataclass(frozen=True, slots=True)
class _Read:
    """A passage that was read: sentences of it with their logits, and the best logit of all."""

    passage: Passage
    spans: tuple[Span, ...]
    logits: tuple[float, ...]
    best: float


def judge(evidence: Evidence, reader: Read) -> Evidence:
    """Return the evidence with its passages reordered by what the reader finds in them, and the sentences judged.

    Copies are not read again: they get the scores of what they copy. Passages that a reranker has ordered stay so.
    """
    started = time.perf_counter()
    read, wish = _read(evidence, reader), Wish.of(evidence.question)
    ranked = sorted((_ranked(one) for one in read), key=lambda passage: (-passage.score, passage.chunk.id))
    judged = sorted(
        (sentence for one in read for sentence in _sentences(one, wish)),
        key=lambda sentence: (-sentence.evidence, sentence.article.id, sentence.start),
    )
    known = {passage.chunk.id for passage in ranked}
    return replace(
        evidence,
        passages=(*ranked, *(passage for passage in evidence.passages if passage.chunk.id not in known)),
        sentences=tuple(judged),
        timings={**evidence.timings, "read": time.perf_counter() - started},
    )


def _read(evidence: Evidence, reader: Read) -> list[_Read]:
    """Return the best passages as they were read, and after them the copies of these.

    A copy is read itself if one of its sentences says something that the original does not: another figure, a denial.
    """
    copied = copies(evidence.passages)
    originals = {p.chunk.id: p for p in [p for p in evidence.passages if p.chunk.id not in copied][:READ]}
    copying = [
        (passage, original, _same_sentences(passage, original))
        for passage in evidence.passages
        if passage.chunk.id in copied and (original := originals.get(copied[passage.chunk.id].chunk.id))
    ]
    passages = [*originals.values(), *(passage for passage, _, same in copying if None in same)]
    spans = [_spans(passage) for passage in passages]
    readings = [Reading(p.article.title, _texts(p, inside)) for p, inside in zip(passages, spans, strict=True)]
    read = {
        passage.chunk.id: _Read(passage, inside, tuple(map(float, logits)), float(max(logits)))
        for passage, inside, logits in zip(passages, spans, reader(evidence.searched, readings), strict=True)
    }
    for passage, original, same in copying:
        whole = read[original.chunk.id]
        if passage.chunk.id not in read:
            logits = tuple(whole.logits[at] for at in same if at is not None)
            read[passage.chunk.id] = _Read(passage, _spans(passage), logits, whole.best)
    return list(read.values())


def _same_sentences(passage: Passage, original: Passage) -> list[int | None]:
    """Return for each sentence of a passage the place of the one in the original that says the same."""
    same = counterparts(_texts(passage, _spans(passage)), _texts(original, _spans(original)))
    return [same.get(place) for place in range(len(_spans(passage)))]


def _spans(passage: Passage) -> tuple[Span, ...]:
    return tuple(sentences(passage.article.text, passage.chunk.start, passage.chunk.end))


def _texts(passage: Passage, spans: Sequence[Span]) -> list[str]:
    return [passage.article.text[start:end] for start, end in spans]


def _ranked(one: _Read) -> Passage:
    """Return the passage with the score that orders it now."""
    scores = {**one.passage.scores, "reader": one.best}
    if "reranker" in scores:
        return replace(one.passage, scores=scores)
    score = one.passage.score + _PASSAGE_SHARE * _sigmoid((one.best + 2.0) / 3.0)
    return replace(one.passage, score=score, scores={**scores, "fused": one.passage.score})


def _sentences(one: _Read, wish: Wish) -> Iterator[Sentence]:
    """Yield the sentences of a passage that was read, judged by reader, passage and cues."""
    article = one.passage.article
    base = _PASSAGE_WEIGHT * one.passage.scores.get("fused", one.passage.score)
    texts, title = _texts(one.passage, one.spans), frozenset(terms(article.title))
    words = [frozenset(terms(text)) for text in texts]
    for place, ((start, end), logit) in enumerate(zip(one.spans, one.logits, strict=True)):
        around = title.union(*words[max(0, place - 1) : place + 2])
        evidence = logit + base + wish.bonus(texts[place])
        yield Sentence(article, start, end, evidence, wish.doubt(texts[place], around))


def shown(judged: Sequence[Sentence], threshold: float = THRESHOLD) -> list[Sentence]:
    """Return the sentences that an answer may show: the supported ones whose evidence is near that of the best.

    One in doubt is left out, and hides none behind it (natural questions, 170 answerable: mean grade .959 instead of
    .953, two sentences more on 50 unanswerable ones; November 2026).
    """
    return [s for s in judged if s.support >= threshold and s.evidence >= judged[0].evidence - MARGIN]


def compared(evidence: Evidence, embed: Embed) -> Evidence:
    """Return the evidence without sentences that have nothing to do with the question, of those that may be shown.

    The best others have their vectors, for telling which say the same.
    """
    best = shown(evidence.sentences)[:_COMPARED]
    if not best:
        return evidence
    vectors = embed([sentence.text for sentence in best])
    near = vectors @ np.array(evidence.vector, np.float32) >= _RELATED
    about = [_with_vector(s, vector) for s, vector, keep in zip(best, vectors, near, strict=True) if keep]
    found = replace(evidence, sentences=(*about, *evidence.sentences[len(best) :]))
    return found if len(about) == len(best) else compared(found, embed)


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


def _sigmoid(value: float) -> float:
    return 1.0 / (1.0 + math.exp(-value))
