"""Judge the retrieved passages and their sentences: how well does each answer the question?

A trained reader (qa/judge/reader.py) reads the best passages. Its scores reorder them, and with the passage's own score
they give each sentence its support.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from index import Article
from index.search.lexical import terms
from index.text.chunk import Span, sentences
from qa.evidence import Evidence, Sentence, sigmoid
from qa.facts.names import absent_names
from qa.find.copies import copies, counterparts
from qa.intent.form import Form, form
from qa.intent.wanted import Wanted
from qa.judge.cues import Cues
from qa.judge.premise import untold
from qa.judge.reader import Read, Reading, Scores
from qa.judge.stuffing import poses_any
from qa.values import Passage

READ = 6
"""How many passages are read at most. With eight the gold answer is shown for .777 of rtqa_dev_2022H2 instead of .773,
and a question takes 259 ms instead of 207 (docs/decisions/0007)."""
_ALWAYS = 2
_FAR = 0.2
"""From the third on, a passage whose score is so far behind the first's is not read: a fifth of 3,388 passages, of 589
cited ones 4. No mean grade of natural_dev, 94 other questions and our own 187 changes; with .15, which spares three of
ten and loses 14, our own fall from 1.671 to 1.645 (November 2026, docs/decisions/0044)."""
_PASSAGE_SHARE = 0.4
"""How much the reader's best logit counts in the score of a passage. MRR@10 of passages on rtqa_dev_2022H2 (291
questions), rtqa_tune_2023 (159) and squad2 (242): .912, .916, .951; with .15 .883, .888, .949; with .3
.902, .908, .951; with .6 .907, .920, .944 (November 2026)."""
_PASSAGE_WEIGHT = 25.0
"""How many logits a passage's fused score of 1 adds to each of its sentences. Chosen on rtqa_dev_2022H2
(docs/decisions/0007)."""
_NO_SUCH_NAME = 8.0
"""Logits against an article that never names somebody who is asked about: 5 of 50 near misses of natural_dev, 1 of 170
others (November 2026)."""
_UNTOLD = 30.0
"""Logits against all, where no article tells of the grave thing that is asked about (qa/judge/premise.py)."""
_UNSURE = 0.0
"""The logit of "these words do not answer"."""
_SEVERAL: frozenset[Form] = frozenset(("list", "comparison"))
"""Forms that several sentences answer. Yes-or-no questions too: one of natural_dev is better, none of the others, and a
third set has .01 more unhelpful statements an answer."""
_ALONE, _ALONE_SHARE, _ALONE_GAIN = 4, 1 / 3, 1.5
"""How many sentences are read alone, how much that counts, and by how many logits a sentence alone is above the same
one in its passage (1.6, 1.5 and .5 at the mean of three sets). Grade points, and unhelpful statements an answer:
natural_dev +2, -.01; a third set +2, +.03; our own +2, -.03 (docs/decisions/0042)."""
_MOST_HIGHLIGHTED = 12  # words; chosen, not measured: more than half a sentence marks nothing


@dataclass(frozen=True, slots=True)
class _ReadPassage:
    """A passage that was read: sentences of it with their scores, and the best logit of all."""

    passage: Passage
    spans: tuple[Span, ...]
    scores: Scores
    best: float


def judge(evidence: Evidence, reader: Read) -> Evidence:
    """Return the evidence with its passages reordered by what the reader finds in them, and the sentences judged.

    Copies are not read again: they get the scores of what they copy. Passages that a reranker has ordered stay so.
    """
    started = time.perf_counter()
    read, cues = _read(evidence, reader), Cues.of(evidence.alone)
    missing = untold(evidence.searched, cues.names, evidence.passages)
    elsewhere = {
        one.passage.article.id: _UNTOLD if missing else _doubt_of(one.passage.article, evidence.named) for one in read
    }
    # Ties are broken by ids and places, so that the same index always gives the same answer.
    ranked = sorted((_scored(one) for one in read), key=lambda passage: (-passage.score, passage.chunk.id))
    judged = _ranked(s for one in read for s in _sentences(one, cues, elsewhere[one.passage.article.id]))
    known = {passage.chunk.id for passage in ranked}
    return replace(
        evidence,
        # Those not read follow as they were.
        passages=(*ranked, *(passage for passage in evidence.passages if passage.chunk.id not in known)),
        sentences=judged,
        timings={**evidence.timings, "read": time.perf_counter() - started},
        notice=f"None of the articles found tells of {missing}." if missing else evidence.notice,
    )


def judge_alone(evidence: Evidence, reader: Read, *, part: bool = False) -> Evidence:
    """Return the evidence with its best sentences judged each by itself too, where several sentences answer.

    That is for a list, a comparison, or a `part` of a question: there the sentences of a passage compete, and the one
    that answers another part may hide the one that answers this.
    """
    if not evidence.sentences or not (part or form(evidence.searched) in _SEVERAL):
        return evidence
    started = time.perf_counter()
    by_text: dict[str, Sentence] = {}  # a copy is read once
    for sentence in evidence.sentences:
        by_text.setdefault(sentence.text, sentence)
    best = [*by_text.values()][:_ALONE]
    scores = reader(evidence.searched, [Reading(sentence.article.title, (sentence.text,)) for sentence in best])
    change = {
        sentence.text: _ALONE_SHARE * (score.logits[0].item() - _ALONE_GAIN - sentence.logit)
        for sentence, score in zip(best, scores, strict=True)
    }
    judged = (replace(s, evidence=s.evidence + change.get(s.text, 0.0)) for s in evidence.sentences)
    seconds = evidence.timings.get("read", 0.0) + time.perf_counter() - started
    return replace(evidence, sentences=_ranked(judged), timings={**evidence.timings, "read": seconds})


def _ranked(judged: Iterable[Sentence]) -> tuple[Sentence, ...]:
    return tuple(sorted(judged, key=lambda sentence: (-sentence.evidence, sentence.article.id, sentence.start)))


def _read(evidence: Evidence, reader: Read) -> list[_ReadPassage]:
    """Return the best passages as they were read, and after them the copies of these.

    A copy is read itself if one of its sentences says something that the original does not: another figure, a denial.
    """
    # The copies of the best six would leave fewer different passages to read.
    copied = copies(evidence.passages)
    different = [passage for passage in evidence.passages if passage.chunk.id not in copied]
    originals = {passage.chunk.id: passage for passage in _promising(different, evidence)}
    copying = [
        (passage, original, _same_sentences(passage, original))
        for passage in evidence.passages
        if passage.chunk.id in copied and (original := originals.get(copied[passage.chunk.id].chunk.id))
    ]
    passages = [*originals.values(), *(passage for passage, _, same in copying if None in same)]
    spans = [_spans(passage) for passage in passages]
    readings = [Reading(p.article.title, _texts(p, inside)) for p, inside in zip(passages, spans, strict=True)]
    read = {
        passage.chunk.id: _ReadPassage(passage, inside, scores, float(max(scores.logits)))
        for passage, inside, scores in zip(passages, spans, reader(evidence.searched, readings), strict=True)
    }
    for passage, original, same in copying:
        whole = read[original.chunk.id]
        if passage.chunk.id not in read:
            logits = whole.scores.logits[[at for at in same if at is not None]]
            scores = Scores(logits, whole.scores.answers)  # the words stand elsewhere in a copy
            read[passage.chunk.id] = _ReadPassage(passage, _spans(passage), scores, whole.best)
    return list(read.values())


def _promising(passages: Sequence[Passage], evidence: Evidence) -> list[Passage]:
    """Return the first passages, without those that are far behind the best. A reranker's scores have another scale.

    An article that poses the question is far ahead of all others, and leaves them to be read.
    """
    best = passages[:READ]
    honest = (p for p in best if not (poses_any(p.article.title, evidence) or poses_any(p.chunk.text, evidence)))
    first = next(honest, None)
    return [
        passage
        for place, passage in enumerate(best)
        if place < _ALWAYS or not first or first.score - passage.score <= _FAR or "reranker" in passage.scores
    ]


def _same_sentences(passage: Passage, original: Passage) -> list[int | None]:
    """Return the position in the original of the sentence that says the same, for each sentence of a passage."""
    same = counterparts(_texts(passage, _spans(passage)), _texts(original, _spans(original)))
    return [same.get(place) for place in range(len(_spans(passage)))]


def _spans(passage: Passage) -> tuple[Span, ...]:
    return tuple(sentences(passage.article.text, passage.chunk.start, passage.chunk.end))


def _texts(passage: Passage, spans: Sequence[Span]) -> list[str]:
    return [passage.article.text[start:end] for start, end in spans]


def _scored(one: _ReadPassage) -> Passage:
    """Return the passage with the score that orders it now."""
    scores = {**one.passage.scores, "reader": one.best}
    if "reranker" in scores:
        return replace(one.passage, scores=scores)
    # Squashed: the bare logit would outweigh every search score (squad2 .945 instead of .959, docs/decisions/0007).
    score = one.passage.score + _PASSAGE_SHARE * sigmoid((one.best + 2.0) / 3.0)
    return replace(one.passage, score=score, scores={**scores, "fused": one.passage.score})


def _doubt_of(article: Article, question: str) -> float:
    """Return the penalty for an article that never names somebody or something that is asked about."""
    return _NO_SUCH_NAME if absent_names(question, f"{article.title}\n{article.text}") else 0.0


def _sentences(one: _ReadPassage, cues: Cues, doubt: float) -> Iterator[Sentence]:
    """Yield the sentences of a passage that was read, judged by reader, passage and cues."""
    article = one.passage.article
    base = _PASSAGE_WEIGHT * one.passage.scores.get("fused", one.passage.score)
    texts, title = _texts(one.passage, one.spans), frozenset(terms(article.title))
    words = [frozenset(terms(text)) for text in texts]
    for place, ((start, end), logit) in enumerate(zip(one.spans, one.scores.logits, strict=True)):
        # A name may stand one sentence before or behind (0013).
        near = slice(max(0, place - 1), place + 2)
        around, beside = title.union(*words[near]), " ".join((article.title, *texts[near]))
        evidence = float(logit) + base + cues.bonus(texts[place])
        yield Sentence(
            article,
            start,
            end,
            evidence,
            cues.doubt(texts[place], around, beside, article.title) + doubt,
            words=_within(start, texts[place], one.scores, place, cues.wanted),
            logit=float(logit),
            answers=one.scores.answers,
        )


def _within(start: int, text: str, scores: Scores, place: int, wanted: Wanted) -> Span:
    """Return the offsets in the article of the words of a sentence that answer; (0, 0) where they are not sure.

    They are few, and hold what the question wants.
    """
    (first, last), sure = scores.words[place] if scores.words else ((0, 0), _UNSURE)
    words = text[first:last]
    if sure <= _UNSURE or not words or len(words.split()) > _MOST_HIGHLIGHTED or not wanted.held_by(words):
        return 0, 0
    return start + first, start + last
