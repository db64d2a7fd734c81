"""Sum up questions to metrics, on all of them or on resamples.

Most metrics are the mean of a value that some questions have (`Row.measures`); the others look at all at once. Each
takes an array of row numbers of any shape (…, n) and gives one value for each set of n, NaN where it has none.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from qa.evaluate.ranking import NAMES
from qa.evaluate.values import Interval, Row

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Numbers = NDArray[np.intp]
    Of = Callable[[Numbers], Floats]

_RESAMPLES = 2000  # docs/decisions/0010
_LIMITS = (2.5, 97.5)  # percentiles: the usual 95 % interval


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric's name in words, and which way is better."""

    title: str
    lower_is_better: bool = False


METRICS: Mapping[str, Metric] = {
    **{f"passage_{name}": Metric(f"Passages, {name}") for name in NAMES},
    **{f"article_{name}": Metric(f"Articles, {name}") for name in NAMES},
    "answer_accuracy": Metric("Right answers, of the answerable"),
    "gold_in_answer": Metric("The same, whatever else is named"),
    "answer_grade": Metric("2 all key points, 1 some or with noise, 0 none"),
    "full_answers": Metric("Answers of grade 2"),
    "point_coverage": Metric("Key points shown"),
    "answer_noise": Metric("Statements without one, an answer", lower_is_better=True),
    "sentence_precision": Metric("Cited sentences on the evidence"),
    "quote_validity": Metric("Citations that are exact"),
    "shown_right": Metric("Right, of all answers shown"),
    "aurc": Metric("Mean risk over coverage", lower_is_better=True),
    "answerable_kept": Metric("Answered, of the answerable"),
    "abstention_accuracy": Metric("Rightly answered or rightly not"),
    "abstention_precision": Metric("Unanswerable, of the unanswered"),
    "abstention_recall": Metric("Unanswered, of the unanswerable"),
    "abstention_auroc": Metric("Support tells answerable apart"),
    "latency_p50": Metric("Seconds a question, median", lower_is_better=True),
    "latency_p95": Metric("Seconds, 95th percentile", lower_is_better=True),
}


def functions(rows: Sequence[Row]) -> dict[str, "Of"]:
    """Return the function from row numbers to values of each of `METRICS`."""
    support = np.array([row.support for row in rows])
    answerable = np.array([row.question.answerable for row in rows])
    right = _column(rows, "shown_right")
    seconds = total_seconds(rows)

    def mean_of(column: "Floats") -> "Of":
        return lambda numbers: mean(column[numbers])

    def percentile_of(share: float) -> "Of":
        return lambda numbers: percentile(seconds[numbers], share)

    whole = {
        "aurc": lambda numbers: area_under_risk(support[numbers], right[numbers]),
        "abstention_auroc": lambda numbers: auroc(support[numbers], answerable[numbers]),
        "latency_p50": percentile_of(50),
        "latency_p95": percentile_of(95),
    }
    return {name: whole.get(name) or mean_of(_column(rows, name)) for name in METRICS}


def summary(rows: Sequence[Row]) -> dict[str, float | None]:
    """Return the value of each of `METRICS`."""
    numbers = np.arange(len(rows))
    return {name: known(float(of(numbers))) for name, of in functions(rows).items()}


def intervals(rows: Sequence[Row], seed: int) -> dict[str, Interval | None]:
    """Return the interval of each of `METRICS` that holds 95 % of its values on resampled questions."""
    return {name: interval(of, len(rows), seed) for name, of in functions(rows).items()}


def interval(of: "Of", count: int, seed: int) -> Interval | None:
    """Return the limits of the middle 95 % of `of` on resamples of `count` rows (percentile bootstrap)."""
    # Seeded: the same report always has the same intervals.
    numbers = np.random.default_rng(seed).integers(count, size=(_RESAMPLES, count))
    values = of(numbers)
    values = values[~np.isnan(values)]  # a resample may hold no question of the kind
    if not values.size:
        return None
    low, high = np.percentile(values, _LIMITS)
    return float(low), float(high)


def stages(rows: Sequence[Row]) -> dict[str, dict[str, float]]:
    """Return the 50th and 95th percentile of the seconds of each stage, the first question left out."""
    timed = rows[1:] or rows
    names = dict.fromkeys(name for row in timed for name in row.timings)
    taken = {name: [row.timings[name] for row in timed if name in row.timings] for name in names}
    return {
        name: {f"p{share}": float(np.percentile(values, share)) for share in (50, 95)} for name, values in taken.items()
    }


def total_seconds(rows: Sequence[Row]) -> "Floats":
    """Return how long each question took. The first has none (NaN), since it loads the models, if there are others."""
    seconds = np.array([row.timings.get("total", np.nan) for row in rows])
    if len(rows) > 1:
        seconds[0] = np.nan
    return seconds


def mean(values: "Floats") -> "Floats":
    """Return the mean of the known values along the last axis."""
    there = ~np.isnan(values)
    return _share(np.where(there, values, 0.0).sum(axis=-1), there.sum(axis=-1))


def percentile(values: "Floats", share: float) -> "Floats":
    """Return the percentile of the known values along the last axis."""
    count = (~np.isnan(values)).sum(axis=-1)
    place = np.maximum(count - 1, 0) * share / 100
    ordered = np.sort(values, axis=-1)  # NaN come last
    low, high = (
        np.take_along_axis(ordered, at.astype(np.intp)[..., None], axis=-1)[..., 0]
        for at in (np.floor(place), np.ceil(place))
    )
    result: Floats = low + (high - low) * (place - np.floor(place))
    return result


def auroc(scores: "Floats", positive: "NDArray[np.bool_]") -> "Floats":
    """Return how often a positive's score is above a negative's, ties counted half, along the last axis.

    By the rank sum of the positives (Mann and Whitney).
    """
    from scipy.stats import rankdata

    ranks = rankdata(scores, axis=-1)
    yes = positive.sum(axis=-1)
    no = positive.shape[-1] - yes
    return _share(np.where(positive, ranks, 0.0).sum(axis=-1) - yes * (yes + 1) / 2, yes * no)


def area_under_risk(support: "Floats", right: "Floats") -> "Floats":
    """Return the mean, over the shown answers by falling support, of the share of wrong ones among those so far.

    `right` is 1 or 0 for a shown answer, NaN for none. Along the last axis.
    """
    wrong, shown = _ordered(support, right)
    risk = np.cumsum(np.where(shown, wrong, 0.0), axis=-1) / np.arange(1, wrong.shape[-1] + 1)
    return _share(np.where(shown, risk, 0.0).sum(axis=-1), shown.sum(axis=-1))


def risk_coverage(rows: Sequence[Row]) -> tuple[list[float], list[float]]:
    """Return the share of questions answered, and the share of wrong answers among them, at falling support."""
    support = np.array([row.support for row in rows])
    wrong, shown = _ordered(support, _column(rows, "shown_right"))
    wrong = wrong[shown]
    counts = np.arange(1, len(wrong) + 1)
    return list(counts / len(rows)), list(np.cumsum(wrong) / counts)


def known(value: float) -> float | None:
    """Return the value, or None for NaN: JSON has no other word for it."""
    return None if np.isnan(value) else round(value, 6)


def _ordered(support: "Floats", right: "Floats") -> tuple["Floats", "NDArray[np.bool_]"]:
    """Return by falling support whether each is wrong, and whether it was shown; what was not shown comes last."""
    shown = ~np.isnan(right)
    order = np.argsort(np.where(shown, -support, np.inf), axis=-1, kind="stable")
    return 1.0 - np.take_along_axis(right, order, axis=-1), np.take_along_axis(shown, order, axis=-1)


def _column(rows: Sequence[Row], name: str) -> "Floats":
    return np.array([row.measures.get(name, np.nan) for row in rows])


def _share(part: Any, whole: Any) -> "Floats":
    part, whole = np.asarray(part, np.float64), np.asarray(whole, np.float64)
    # NaN where there is nothing to divide by, without numpy's warning.
    share: Floats = np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)
    return share
