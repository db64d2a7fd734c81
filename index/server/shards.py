"""Decide which shards a new generation on a server shares with the one before, and which are new."""

from collections.abc import Mapping
from dataclasses import dataclass

from index.build.plan import ADDED, GONE, LEAST_ADDED
from index.server.published import Shard

_MOST_ADDED = 20_000
"""The most chunks that readers compare one by one, however many a server has: they take 1.4 ms and 30 MB
(docs/decisions/0033)."""
_GROWTH = 2
"""A new shard takes in those that are less than so many times as large: with twice, the sizes of shards are powers of
two at least, so that there are few, and each chunk is sent again a few times only. Chosen, not measured."""
_LARGEST = 1_000_000
_MOST = 8
"""A shard has at most so many chunks, or an eighth of all: collections on different machines are asked side by side.
Chosen, not measured; Chroma Cloud takes 5,000,000."""

Articles = Mapping[str, int]
"""Article versions by their hashes in hex, each with the number of its chunks."""


@dataclass(frozen=True, slots=True)
class ShardPlan:
    """The shards to share, the articles of each new one, and in what the generation differs from them all."""

    kept: Mapping[Shard, Articles]
    new: tuple[Articles, ...]
    added: Articles
    gone: Articles


def plan_shards(before: Mapping[Shard, Articles], wanted: Articles) -> ShardPlan:
    """Return which shards a generation of these articles has, if the one before had those.

    What is added is not sent as vectors until it is a tenth of all, or 20,000 chunks: readers compare it one by one, as
    in a folder (docs/decisions/0033). A shard of which a fifth is gone is given up.
    """
    kept = {shard: held for shard, held in before.items() if _count(held, wanted) >= (1 - GONE) * shard.chunks}
    added = _without(wanted, kept)
    new: tuple[Articles, ...] = ()
    most = max(LEAST_ADDED, min(_MOST_ADDED, ADDED * sum(shard.chunks for shard in kept)))
    if added and (not kept or _size(added) > most):
        largest = max(_LARGEST, _size(wanted) // _MOST)
        # The smallest first: what is new takes in shards of about its own size, so that their number stays small.
        for shard, held in sorted(kept.items(), key=lambda item: item[0].chunks):
            together = _count(held, wanted) + _size(added)
            if shard.chunks >= _GROWTH * _size(added) or together > largest:
                break
            del kept[shard]
            added = _without(wanted, kept)
        new, added = _cut(added, largest), {}
    gone = {hash_: count for held in kept.values() for hash_, count in held.items() if hash_ not in wanted}
    return ShardPlan(kept, new, added, gone)


def _size(articles: Articles) -> int:
    return sum(articles.values())


def _count(held: Articles, wanted: Articles) -> int:
    return sum(count for hash_, count in held.items() if hash_ in wanted)


def _without(wanted: Articles, kept: Mapping[Shard, Articles]) -> dict[str, int]:
    held = {hash_ for articles in kept.values() for hash_ in articles}
    return {hash_: count for hash_, count in wanted.items() if hash_ not in held}


def _cut(articles: Articles, largest: int) -> tuple[Articles, ...]:
    """Return the articles in lists of at most `largest` chunks, if none has more."""
    pieces: list[dict[str, int]] = [{}]
    size = 0
    for hash_, count in articles.items():
        if pieces[-1] and size + count > largest:
            pieces.append({})
            size = 0
        pieces[-1][hash_] = count
        size += count
    return tuple(pieces)
