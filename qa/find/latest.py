"""Prefer the newest report where a question asks for the present state: "latest", "currently", "still", "now"."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from index.text.chunk import spoken_date
from qa.values import Passage

# Not "the current of the river", "a still life", "until now".
_LATEST = re.compile(
    r"\b(?:latest|newest|most recent(?:ly)?|currently|nowadays|these days|at the moment|so far|by now|right now"
    r"|current (?!of\b|in\b|through\b|was\b|is\b)\w+"
    r"|(?<!\ba )(?<!\bthe )(?<!\bstand )still (?!lifes?\b|images?\b|water\b)\w+|(?<!\buntil )(?<!\bup to )now)\b",
    re.IGNORECASE,
)
LATEST_WEIGHT = 0.05
"""Added to the fused score of the newest report: what days that a question names add (qa/find/retrieve.py). Chosen
like it, not measured by itself: no set has such questions with two reports that differ."""
_HALVED = 14
"""Days in which that is halved. Chosen, not measured: news of two weeks is one story."""
_MONTH, _YEAR = 30, 365  # days, for saying how old a report is
_ON_THE_MATTER = 0.7
"""The share of the best score that a passage has to have, for its day to be the newest of the matter. With .8 one of
the 11 questions for summaries of natural_dev ("the latest on …") is answered from July, not November."""


def wants_latest(question: str) -> bool:
    """Say whether a question asks for the newest state of things."""
    return _LATEST.search(question) is not None


def newest_first(passages: Sequence[Passage]) -> list[Passage]:
    """Return the passages by falling score, with those of new reports on the same matter lifted."""
    best = max((passage.score for passage in passages), default=0.0)
    # The newest of the matter, not of the index: news of something else says nothing about its age.
    days = [p.article.published for p in passages if p.article.published and p.score >= _ON_THE_MATTER * best]
    lifted = [replace(p, score=p.score + _lift(p.article.published, max(days))) for p in passages] if days else passages
    return sorted(lifted, key=lambda passage: (-passage.score, passage.chunk.id))


def age(newest: date, today: date) -> str:
    """Return a sentence that says how old the newest report is."""
    days = (today - newest).days
    if days < 0:
        return f"The newest report cited is of {spoken_date(newest)}."
    return f"The newest report cited is of {spoken_date(newest)}, {_old(days)}."


def _old(days: int) -> str:
    """Return an age in words, in the unit that fits."""
    if days < 2:
        return "a day old" if days else "the same day"
    if days < 2 * _MONTH:
        return f"{days} days old"
    return f"{days // _MONTH} months old" if days < 2 * _YEAR else f"{days // _YEAR} years old"


def _lift(day: date | None, newest: date) -> float:
    return LATEST_WEIGHT * 0.5 ** (max(0, (newest - day).days) / _HALVED) if day else 0.0
