"""What an index covers: number of articles, days, outlets, categories, authors and languages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from index.generation import Generation


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Statistics of a generation. Outlets and the like come with the most articles first, `months` in order of time, as
    (year, month). Articles without a date are in no month.
    """

    generation: int
    created: str
    model: str
    articles: int
    passages: int
    first: date | None
    last: date | None
    outlets: Mapping[str, int]
    categories: Mapping[str, int]
    authors: Mapping[str, int] = field(default_factory=dict)
    languages: Mapping[str, int] = field(default_factory=dict)
    months: Mapping[tuple[int, int], int]

    @property
    def dated(self) -> int:
        """Return how many articles have a date."""
        return sum(self.months.values())


def coverage(generation: Generation) -> Coverage:
    """Count what a generation covers."""
    days = generation.days()
    months: dict[tuple[int, int], int] = {}
    for day in sorted(days):
        months[day.year, day.month] = months.get((day.year, day.month), 0) + days[day]
    return Coverage(
        generation=generation.number,
        created=generation.created,
        model=generation.fingerprint.model,
        articles=generation.articles_count,
        passages=generation.chunks_count,
        first=min(days, default=None),
        last=max(days, default=None),
        outlets=generation.sources(),
        categories=generation.categories(),
        authors=generation.authors(),
        languages=generation.languages(),
        months=months,
    )
