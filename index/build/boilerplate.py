"""Learn which lines an outlet repeats in many articles, and leave them out of the chunks.

What is learned follows from the articles of a run alone, in whatever order and over however many runs they came: an
index that is built anew is the same. Only articles of which a line's status has changed are prepared again, and of
these only the chunks that change are embedded.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
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
_LOOKED_AT = 40  # articles of those that have a line; among as many one finds five different ones

Words = Callable[[int], bytes]
"""From an article version to the sketch of its words."""


def leave_out_boilerplate(archive: Archive, intake: Intake, *, learns: bool) -> None:
    """Prepare those articles again of which other lines are to be left out than are; all lines stay if not `learns`."""
    rows = archive.lines(set(intake.versions.values()))
    known = learned(rows, archive.words) if learns else {}
    wanted = {row.id: row.lines & known.get(row.origin, frozenset()) for row in rows}
    with archive.writing():
        for row in rows:
            if wanted[row.id] != row.left:
                intake.leave_out(row.id, partial(_spans, lines=wanted[row.id]))


def learned(rows: Sequence[LinesOf], words: Words) -> dict[str, frozenset[bytes]]:
    """Return by origin the lines that its articles repeat."""
    holders: defaultdict[tuple[str, bytes], list[LinesOf]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.id):
        for line in row.lines:
            holders[row.origin, line].append(row)
    found: defaultdict[str, set[bytes]] = defaultdict(set)
    for (origin, line), articles in holders.items():
        if len(articles) >= _LEAST and _different(articles[:_LOOKED_AT], words):
            found[origin].add(line)
    return {origin: frozenset(lines) for origin, lines in found.items()}


def _different(articles: Iterable[LinesOf], words: Words) -> bool:
    """Say whether enough of the articles are no near-copies of each other."""
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
