"""Measure rankings with ir-measures. The only module that knows it.

A ranking is a list of flags, best rank first: is the item there relevant?
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

NAMES = {
    "hit@1": "Success@1",
    "hit@3": "Success@3",
    "hit@5": "Success@5",
    "hit@10": "Success@10",
    "recall@5": "R@5",
    "recall@10": "R@10",
    "mrr@10": "RR@10",
    "ndcg@10": "nDCG@10",
}
"""Our names of the measures, and those of ir-measures."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """Which ranks are relevant, best first, and how many relevant items there are in all, found or not."""

    flags: Sequence[bool]
    relevant: int


def measure(rankings: Mapping[str, Ranking]) -> dict[str, dict[str, float]]:
    """Return the value of each of `NAMES` for each ranking, by its key. All need something relevant."""
    import ir_measures

    numbers = {str(number): key for number, key in enumerate(rankings)}
    wanted: dict[str, dict[str, int]] = {}
    runs: dict[str, dict[str, float]] = {}
    for number, key in numbers.items():
        ranking = rankings[key]
        found = [f"rank {rank}" for rank, flag in enumerate(ranking.flags) if flag]
        # What was not found counts in recall and nDCG: it stands for relevant items at no rank.
        missed = [f"missed {other}" for other in range(ranking.relevant - len(found))]
        wanted[number] = dict.fromkeys([*found, *missed], 1)
        # Any falling score will do: the measures only look at the order.
        runs[number] = {f"rank {rank}": 1.0 / (1 + rank) for rank in range(len(ranking.flags))}
    theirs = {ir_measures.parse_measure(their): our for our, their in NAMES.items()}
    values: dict[str, dict[str, float]] = {key: {} for key in rankings}
    for metric in ir_measures.iter_calc(list(theirs), wanted, runs) if rankings else ():
        values[numbers[metric.query_id]][theirs[metric.measure]] = float(metric.value)
    return values
