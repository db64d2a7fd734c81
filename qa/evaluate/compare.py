"""Compare two reports question by question: what has changed, and is it more than chance?

Both are resampled with the same questions, so that what makes a question hard falls out of the difference.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from index import BadRequestError
from qa.evaluate import libraries
from qa.evaluate.metrics import METRICS, functions, interval, known, summary
from qa.evaluate.values import Interval, Report, Row

if TYPE_CHECKING:
    from qa.evaluate.metrics import Of

_MOST_NAMED = 3  # ids in a message: it stays one line


class Difference(BaseModel):
    """How a metric differs: `b - a`, and the interval that holds 95 % of the differences on resampled questions."""

    model_config = ConfigDict(frozen=True)

    metric: str
    a: float | None
    b: float | None
    difference: float | None
    interval: Interval | None

    @property
    def verdict(self) -> str:
        """Return "better" or "worse" when the interval leaves out zero, else "" (it may be chance)."""
        # Zero within the interval: the difference may be chance, and nothing is said of it.
        if self.interval is None or self.interval[0] <= 0 <= self.interval[1]:
            return ""
        return "better" if (self.interval[0] > 0) != METRICS[self.metric].lower_is_better else "worse"


def read_report(path: Path) -> Report:
    """Return the report that a file holds. Raises `BadRequestError` for a file that holds none."""
    try:
        return Report.model_validate_json(path.read_bytes())
    except OSError as error:
        raise BadRequestError(f"{path} cannot be read: {error.strerror}") from error
    except ValidationError as error:
        raise BadRequestError(
            f"{path} is no report of this version. Make one with: dateline eval QUESTIONS.jsonl --report DIR"
        ) from error


def compare(a: Report, b: Report, *, seed: int = 0) -> list[Difference]:
    """Return how each metric differs from `a` to `b`.

    Raises `BadRequestError` when the two did not ask the same questions, and `LibraryMissingError` without the extra
    `eval`.
    """
    libraries.require()
    first, second = _by_id(a), _by_id(b)
    _require_same(first, second)
    ids = list(first)
    rows_a, rows_b = [first[id_] for id_ in ids], [second[id_] for id_ in ids]
    of_a, of_b = functions(rows_a), functions(rows_b)
    values_a, values_b = summary(rows_a), summary(rows_b)
    differences = []
    for name in METRICS:
        one, other = values_a[name], values_b[name]
        if one is None or other is None:
            differences.append(Difference(metric=name, a=one, b=other, difference=None, interval=None))
            continue
        # The same resample for both: what makes a question hard then falls out of the difference.
        limits = interval(_minus(of_b[name], of_a[name]), len(ids), seed)
        differences.append(Difference(metric=name, a=one, b=other, difference=known(other - one), interval=limits))
    return differences


def _minus(one: "Of", other: "Of") -> "Of":
    return lambda numbers: one(numbers) - other(numbers)


def _by_id(report: Report) -> dict[str, Row]:
    return {row.question.id: row for row in report.rows}


def _require_same(a: Mapping[str, Row], b: Mapping[str, Row]) -> None:
    """Raise `BadRequestError` unless both hold the same questions, with the same answers and evidence."""
    alone = [
        f"{len(some)} only in {name} ({_some(some)})"
        for name, some in (("A", a.keys() - b), ("B", b.keys() - a))
        if some
    ]
    if alone:
        raise BadRequestError(f"The reports did not ask the same questions: {', '.join(alone)}.")
    if other := [id_ for id_ in a if a[id_].question != b[id_].question]:
        raise BadRequestError(
            f"The reports have different questions or gold answers under the same id: {_some(other)}."
        )


def _some(ids: Iterable[str]) -> str:
    listed = sorted(ids)
    return ", ".join(listed[:_MOST_NAMED]) + (" …" if len(listed) > _MOST_NAMED else "")
