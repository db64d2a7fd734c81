"""Write a report to a folder: report.json, and report.html, a page that loads nothing from anywhere.

Every text in the page comes through a template that escapes it. plots.py draws the figures.
"""

import math
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from index import BadRequestError
from index.text.clean import visible
from qa.evaluate.metrics import METRICS
from qa.evaluate.report.plots import plots
from qa.evaluate.values import Report, Row

WORST = 20  # questions on the page: what one reads in one sitting
GROUPS = (
    ("Passages", tuple(name for name in METRICS if name.startswith("passage_"))),
    ("Articles", tuple(name for name in METRICS if name.startswith("article_"))),
    ("Answers", ("answer_accuracy", "gold_in_answer", "sentence_precision", "quote_validity", "shown_right", "aurc")),
    ("Key points", ("answer_grade", "full_answers", "point_coverage", "answer_noise")),
    ("Answered or not", tuple(name for name in METRICS if name.startswith(("answerable_", "abstention_")))),
    ("Seconds", tuple(name for name in METRICS if name.startswith("latency_"))),
)
"""The metrics in the groups in which they are shown."""
BY_TYPE = {
    "questions": "asked",
    "passage_mrr@10": "passage MRR@10",
    "article_mrr@10": "article MRR@10",
    "answer_accuracy": "right answers",
    "answer_grade": "grade, 0 to 2",
    "point_coverage": "key points",
    "answer_noise": "noise",
    "sentence_precision": "cited on evidence",
    "abstention_accuracy": "rightly answered or not",
}
"""What is shown of each type of question, and under which heading."""


def write(report: Report, folder: Path) -> Path:
    """Write the report to the folder, which is made if need be, and return the page's path.

    Raises `BadRequestError` when it cannot be written.
    """
    # Made before anything is written: a report that cannot be drawn leaves the old one as it was.
    page = html(report)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "report.json").write_text(report.model_dump_json(indent=1) + "\n", encoding="utf-8")
        (folder / "report.html").write_text(page, encoding="utf-8")
    except OSError as error:
        raise BadRequestError(f"The report cannot be written to {folder}: {error.strerror}") from error
    return folder / "report.html"


def html(report: Report) -> str:
    """Return the report as a page."""
    from jinja2 import Environment, StrictUndefined

    # Undefined names fail: a metric that was renamed must not show up as an empty cell.
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_seen
    )
    environment.filters["figure"] = figure
    template = environment.from_string(files("qa.evaluate.report").joinpath("report.html").read_text(encoding="utf-8"))
    return template.render(
        report=report,
        metrics=METRICS,
        groups=GROUPS,
        by_type=BY_TYPE,
        plots=plots(report),
        worst=[(row, reason(row)) for row in worst(report.rows)],
        absent=sorted({id_ for row in report.rows for id_ in row.absent}),
        lost=[(row.question.id, quote) for row in report.rows for quote in row.lost],
    )


def figure(value: float | None) -> str:
    """Return a value as it is shown: three decimals, counts as they are, a dash for none."""
    if value is None or math.isnan(value):
        return "–"
    return str(value) if isinstance(value, int) else f"{value:.3f}"


def _seen(value: object) -> object:
    """Return a text without the characters that no reader can see, and our own markup as it is."""
    return visible(value) if type(value) is str else value


def worst(rows: Sequence[Row]) -> list[Row]:
    """Return the questions that went worst, the worst first: at most 20, and none that went well."""
    bad = [row for row in rows if _harm(row) > 0]
    return sorted(bad, key=lambda row: (-_harm(row), row.question.id))[:WORST]


def reason(row: Row) -> str:
    """Return what went wrong with a question."""
    if not row.question.answerable:
        return "answered, though the articles do not say"
    rank = next((rank for rank, passage in enumerate(row.passages, 1) if passage.relevant), None)
    faults = []
    if row.status == "not_found":
        faults.append("not answered")
    elif row.measures.get("answer_accuracy") == 0:
        faults.append("wrong answer")
    if "passage_mrr@10" in row.measures and rank != 1:
        faults.append(f"evidence at rank {rank}" if rank else "evidence not among the passages")
    return ", ".join(faults)


def _harm(row: Row) -> float:
    """Return how badly a question went: a confident answer to an unanswerable one is the worst there is."""
    if not row.question.answerable:
        return 2.0 + row.support if row.status == "answered" else 0.0
    # What has no value did not go wrong: its share is nought.
    missed = 1.0 - row.measures.get("passage_mrr@10", 1.0)
    wrong = 1.0 - row.measures.get("answer_accuracy", 1.0)
    return missed + wrong + (0.5 if row.status == "not_found" else 0.0)
