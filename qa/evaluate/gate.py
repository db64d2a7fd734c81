"""Hold a report to limits, so that a build can fail on them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from index import BadRequestError
from qa.evaluate.metrics import METRICS
from qa.evaluate.values import Report


@dataclass(frozen=True, slots=True)
class Gate:
    """What a metric must reach: at least the limit, or at most, for one that is better when lower."""

    metric: str
    limit: float


def read_gate(text: str) -> Gate:
    """Return the gate that "metric=value" stands for. Raises `BadRequestError` when it stands for none."""
    name, _, value = text.partition("=")
    name = name.strip()
    if name not in METRICS:
        near = get_close_matches(name, METRICS, n=1)
        meant = f" Did you mean {near[0]}?" if near else ""
        raise BadRequestError(f"There is no metric {name!r}.{meant} There are: {', '.join(METRICS)}")
    try:
        limit = float(value)
    except ValueError:
        # As "nan" and "inf" are: they are floats to Python, but no limits.
        limit = math.nan
    if not math.isfinite(limit):
        raise BadRequestError(f"A limit is a number, like {name}=0.8; {text!r} has none.")
    return Gate(name, limit)


def missed(report: Report, gates: Sequence[Gate]) -> list[str]:
    """Return a sentence for each gate that the report does not pass. A metric without a value passes none."""
    found = []
    for gate in gates:
        value = report.metrics[gate.metric]
        lower = METRICS[gate.metric].lower_is_better
        if value is None:
            found.append(f"{gate.metric} has no value on these questions.")
        elif value > gate.limit if lower else value < gate.limit:
            found.append(
                f"{gate.metric} is {value:.4g}; {'at most' if lower else 'at least'} {gate.limit:g} is wanted."
            )
    return found
