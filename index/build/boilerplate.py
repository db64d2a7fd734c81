"""Learn which lines an outlet repeats in many articles, and leave them out of the chunks.

What is learned follows from the articles of a run alone, in whatever order and over however many runs they came: an
index that is rebuilt is the same. Only articles with a line whose status has changed are prepared again, and of these
only the chunks that change are embedded.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence, Set
from functools import partial

from index.build.intake import Intake
from index.store.archive import Archive
from index.store.sketches import LinesOf, line_digest
from index.stories import SAME_STORY
from index.text.recurring import may_recur
from index.text.sketch import likeness

_LEAST = 5
"""The articles of one origin, no two of them near-copies, that have a line which is boilerplate. Of 7,764 articles with
193,843 lines it finds 147 in 2,555 places; 100 of them, read by hand, are all boilerplate, bylines and datelines. By
host instead of outlet, or all together as in one folder, it finds the same lines (November 2026)."""
_LOOKED_AT = 40  # articles with a line; chosen, not measured: enough to hold five that are no near-copies

RULES = 1
"""The version of these rules and of `may_recur`. With another one, every line is looked at once."""

Words = Callable[[int], bytes]
"""From an article version to the sketch of its words."""


def leave_out_boilerplate(archive: Archive, intake: Intake, *, learns: bool, served: Set[int] | None = None) -> None:
    """Prepare again the articles whose left-out lines have changed; all lines stay in if not `learns`.

    `served` are the article versions of a generation that was built by these rules: then only lines of versions that
    came or went since are checked, as no other line can change its status.
    """
    versions = set(intake.versions.values())
    changed = None
    if served is not None:
        changed = {(row.origin, line) for row in archive.lines(versions ^ served) for line in row.lines}
    rows = archive.lines(versions, among=None if changed is None else {line for _, line in changed})
    known = learned(rows, archive.words, changed) if learns else {}
    with archive.writing():
        for row in rows:
            lines, left = row.lines, frozenset[bytes]()
            if changed is not None:
                lines = frozenset(line for line in row.lines if (row.origin, line) in changed)
                left = row.left - lines
            wanted = left | (lines & known.get(row.origin, frozenset()))
            if wanted != row.left:
                intake.leave_out(row.id, partial(_spans, lines=wanted))


def learned(
    rows: Sequence[LinesOf], words: Words, among: Set[tuple[str, bytes]] | None = None
) -> dict[str, frozenset[bytes]]:
    """Return the lines that the articles of each origin repeat. `among` limits it to some origins and lines."""
    holders: defaultdict[tuple[str, bytes], list[LinesOf]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.id):
        for line in row.lines:
            if among is None or (row.origin, line) in among:
                holders[row.origin, line].append(row)
    found: defaultdict[str, set[bytes]] = defaultdict(set)
    for (origin, line), articles in holders.items():
        if len(articles) >= _LEAST and _different(articles[:_LOOKED_AT], words):
            found[origin].add(line)
    return {origin: frozenset(lines) for origin, lines in found.items()}


def _different(articles: Iterable[LinesOf], words: Words) -> bool:
    """Say whether enough of the articles differ: near-copies count once."""
    kept: list[bytes] = []
    for article in articles:
        mine = words(article.version)
        if not (likeness(mine, kept) >= SAME_STORY).any():
            kept.append(mine)
        if len(kept) == _LEAST:
            return True
    return False


def _spans(text: str, lines: frozenset[bytes]) -> tuple[tuple[int, int], ...]:
    """Return where these lines stand in a text; nowhere, if nothing else is there."""
    found = tuple((start, end) for start, end in may_recur(text) if line_digest(text[start:end]) in lines)
    return found if len(found) < text.count("\n") + 1 else ()
