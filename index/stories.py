"""Group articles that are near-copies into stories: what an agency sent, and several outlets carry.

Two articles are of one story when about two fifths of their words in a row are the same and they appeared within two
days of each other. Nothing of it is stored but sketches: a story follows from the articles of a generation alone.
"""

from collections.abc import Callable, Sequence

from index.store.sketches import Sketched
from index.text.sketch import likeness

SAME_STORY = 0.4
"""The least likeness of two articles of one story. Of 7,764 articles 48 pairs have it that appeared within two days of
each other; 45 of these are one story. Further apart are 31 more: what comes back each year, like the shortest day
(benchmarks/README.md, November 2026)."""
DAYS_APART = 2
"""Measured with the likeness above: what is as alike further apart mostly comes back each year."""

Near = Callable[[int | None], Sequence[Sketched]]
"""From a day (an ordinal; None: no day) to the articles that may be of one story with one of that day."""


def story_of(article: Sketched, near: Near) -> list[str]:
    """Return the ids of all articles of the story that an article belongs to, its own too, sorted."""
    found = {article.id: article}
    waiting = [article]
    while waiting:
        one = waiting.pop()
        new = [other for other in _alike(one, near(one.day)) if other.id not in found]
        found.update((other.id, other) for other in new)
        waiting += new
    return sorted(found)


def stories(articles: Sequence[Sketched]) -> list[list[str]]:
    """Return the ids of the articles of each story that several articles tell, sorted."""
    by_day: dict[int | None, list[Sketched]] = {}
    for article in articles:
        by_day.setdefault(article.day, []).append(article)

    def near(day: int | None) -> Sequence[Sketched]:
        if day is None:
            return articles
        days = (*range(day - DAYS_APART, day + DAYS_APART + 1), None)  # without a day it may be of any
        return [article for other in days for article in by_day.get(other, ())]

    found: list[list[str]] = []
    taken: set[str] = set()
    for article in articles:
        if article.id not in taken:
            story = story_of(article, near)
            taken.update(story)
            found += [story] if len(story) > 1 else []
    return found


def window(day: int | None) -> tuple[int, int] | None:
    """Return the first and the last day on which an article of one story may have appeared; None is any."""
    return None if day is None else (day - DAYS_APART, day + DAYS_APART)


def _alike(one: Sketched, others: Sequence[Sketched]) -> list[Sketched]:
    shares = likeness(one.words, [other.words for other in others])
    return [other for other, share in zip(others, shares, strict=True) if share >= SAME_STORY]
