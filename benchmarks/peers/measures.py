"""Say how well ranked passages hold a question's evidence, by one rule for every contender.

A passage is relevant when it is of an evidence article and holds at least half of that article's quote in one piece:
the longest run of words they share, case, punctuation and white space aside. Offsets are not used, since not every
contender has any, and those that clean articles count in their own text.

What this module does not know: whether another article says the same. Evidence is not exhaustive.
"""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import islice
from statistics import fmean
from typing import Any

SHARE = 0.5
DEPTH = 10
BUDGET = 500
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Ranks:
    """Where the evidence of one question stood, from 1; 0 when it was not among the first ten.

    `article` counts different articles. `within` says whether it is among the first `BUDGET` words read from the top:
    long passages are likelier to hold a quote, and cost a reader or a language model more.
    """

    passage: int
    article: int
    within: bool


@dataclass(frozen=True, slots=True)
class Quality:
    """Means over all questions that have evidence."""

    questions: int
    hit1: float
    hit5: float
    hit10: float
    mrr: float
    within: float
    article_hit1: float
    article_mrr: float
    passage_words: float


def words(text: str) -> list[str]:
    """Return the words of a text without case and punctuation."""
    return _WORD.findall(text.casefold())


def holds(passage: Sequence[str], quote: Sequence[str]) -> bool:
    """Say whether the passage has at least half of the quote's words in one piece."""
    if not quote:
        return False
    matcher = SequenceMatcher(None, quote, passage, autojunk=False)
    return matcher.find_longest_match().size >= SHARE * len(quote)


def ranks(found: Sequence[Mapping[str, Any]], evidence: Sequence[Mapping[str, Any]]) -> Ranks:
    """Return where the evidence stands among ranked passages (`article`, `text`)."""
    passages = list(islice(found, DEPTH))
    quotes = [(entry["article_id"], words(entry["quote"])) for entry in evidence]
    texts = [words(passage["text"]) for passage in passages]
    passage, read, within = 0, 0, False
    for rank, (one, text) in enumerate(zip(passages, texts, strict=True), 1):
        here = [quote for article, quote in quotes if article == one["article"]]
        if not passage and any(holds(text, quote) for quote in here):
            passage = rank
        within = within or any(holds(text[: max(0, BUDGET - read)], quote) for quote in here)
        read += len(text)
    articles = list(dict.fromkeys(one["article"] for one in passages))
    right = [rank for rank, article in enumerate(articles, 1) if article in {entry["article_id"] for entry in evidence}]
    return Ranks(passage, min(right, default=0), within)


def quality(standings: Sequence[Ranks], lengths: Sequence[int]) -> Quality:
    """Return the means over questions; `lengths` are the retrieved passages' numbers of words."""
    return Quality(
        questions=len(standings),
        hit1=fmean(one.passage == 1 for one in standings),
        hit5=fmean(0 < one.passage <= 5 for one in standings),
        hit10=fmean(one.passage > 0 for one in standings),
        mrr=fmean(reciprocal(one.passage) for one in standings),
        within=fmean(one.within for one in standings),
        article_hit1=fmean(one.article == 1 for one in standings),
        article_mrr=fmean(reciprocal(one.article) for one in standings),
        passage_words=fmean(lengths) if lengths else 0.0,
    )


def reciprocal(rank: int) -> float:
    """Return 1 / rank, and 0 for what was not found."""
    return 1 / rank if rank else 0.0


def interval(differences: Sequence[float], *, rounds: int = 2000, seed: int = 0) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of the mean of paired differences."""
    draw = random.Random(seed)
    means = sorted(fmean(draw.choices(differences, k=len(differences))) for _ in range(rounds))
    return means[int(rounds * 0.025)], means[int(rounds * 0.975)]


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which a share of them lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
