"""Decide what a new generation shares with the served one, and what is rebuilt (docs/decisions/0033)."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from index.embed.fingerprint import Fingerprint
from index.errors import IndexDamagedError
from index.search.lexical import Lexical, Segment
from index.search.metadata import stored
from index.store.archive import Archive
from index.store.folder import Base, Folder

GONE = 0.2
"""Share of a base's chunks that may be gone: a search takes a tenth longer, and finds as much of the exact ten (at
100,000 passages: .990 with none gone, .991 with a fifth; November 2026)."""
ADDED = 0.1
LEAST_ADDED = 1000
"""Chunks, or share of the base's, that may be added to it: 10,000 are compared in 0.7 ms, and take 15 MB."""
_SEGMENTS = 16
_LEAST_SEGMENT = 1000
"""A segment has a sixteenth of the chunks, or so many: each costs a search 0.035 ms, and 0.1 ms a chunk to write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a new generation of these article versions is made of. Versions are numbers of the archive.

    `base` is the one to share, or to copy and extend; None stands for a new one. `added` is what it lacks. `segments`
    are shared, and the `indexed` versions are indexed by their words anew, in segments of `segment_size` chunks.
    """

    versions: frozenset[int]
    fingerprint: Fingerprint
    counts: Mapping[str, int]
    base: Base | None
    extends: bool
    added: frozenset[int]
    segments: tuple[Segment, ...]
    segment_size: int
    indexed: frozenset[int]

    @property
    def chunks(self) -> int:
        """Return how many chunks the generation has."""
        return sum(self.counts.values())

    @property
    def added_chunks(self) -> int:
        """Return how many chunks the base lacks."""
        held = self.base.chunks if self.base else {}
        return sum(count for article, count in self.counts.items() if article not in held)

    @property
    def written(self) -> int:
        """Return about how many chunks are written to the engines' files."""
        return self.chunks if self.base is None or self.extends else self.chunks // _SEGMENTS


def plan(
    folder: Folder, archive: Archive, versions: Collection[int], fingerprint: Fingerprint, *, whole: bool = False
) -> Plan:
    """Return what the next generation shares with the served one: nothing if `whole`, or if that is damaged."""
    wanted = frozenset(versions)
    numbers = {hash_.hex(): version for hash_, version in archive.versions().items() if version in wanted}
    counts = archive.chunk_counts(versions)
    before = None if whole else _usable(folder, archive, fingerprint)
    base = None if before is None else folder.base(before)
    segments, size = plan_words(folder, before, counts)
    indexed = numbers.keys() - {article for segment in segments for article in segment.chunks}
    # Searches of a base find what is gone, too, and have to look further for the rest.
    if base is not None and base.count(base.chunks.keys() - counts.keys()) > GONE * base.count(base.chunks):
        base = None
    added = numbers.keys() - (base.chunks.keys() if base else ())
    most = max(LEAST_ADDED, ADDED * base.count(base.chunks)) if base else 0
    return Plan(
        versions=wanted,
        fingerprint=fingerprint,
        counts=counts,
        base=base,
        extends=base is not None and sum(map(counts.__getitem__, added)) > most,
        added=frozenset(numbers[article] for article in added),
        segments=segments,
        segment_size=size,
        indexed=frozenset(numbers[article] for article in indexed),
    )


def plan_words(folder: Folder, before: int | None, counts: Mapping[str, int]) -> tuple[tuple[Segment, ...], int]:
    """Return the segments to share with the generation before, if there is one, and how large new ones are to be.

    `counts` are the chunks of each article version that is to be indexed by its words.
    """
    size = max(_LEAST_SEGMENT, sum(counts.values()) // _SEGMENTS)
    shared = () if before is None else _shared(Lexical.segments(folder.lexical(before)), counts, size)
    return tuple(shared), size


def require_complete(folder: Folder, number: int) -> None:
    """Raise `IndexDamagedError` when a generation has lost files or passages. Takes no child: Chroma is not opened."""
    folder.require_intact(number)
    base, (_, about) = folder.base(number), folder.about(number)
    folder.require_base_intact(base)
    if stored(folder.chroma(number)) != (about["chunks"] if base is None else base.count(base.chunks)):
        raise IndexDamagedError(f"Generation {number} has lost passages. Run: dateline doctor --repair")


def _usable(folder: Folder, archive: Archive, fingerprint: Fingerprint) -> int | None:
    """Return the served generation if it is complete, and was made as the next one will be."""
    served = folder.served()
    if served is None or served not in archive.generations():
        return None
    try:
        require_complete(folder, served)
        return served if folder.about(served)[0].key == fingerprint.key else None
    except IndexDamagedError:
        return None


def _shared(segments: list[Segment], counts: Mapping[str, int], size: int) -> Iterator[Segment]:
    """Yield the segments that lose nothing, without the smallest: those become one, but no more of them at once."""
    rewritten = 0
    for segment in sorted(segments, key=lambda segment: segment.count):
        if not segment.chunks.keys() <= counts.keys():
            continue
        if segment.count < size / 2 and rewritten + segment.count <= size:
            rewritten += segment.count
        else:
            yield segment
