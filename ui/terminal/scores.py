"""Print the scores of an evaluation, or the differences between two. Input text is never read as markup."""

from collections.abc import Sequence
from pathlib import Path

from rich.table import Table
from rich.text import Text

from index.text.clean import visible
from qa.evaluate import METRICS, Difference, Report
from qa.evaluate.report.page import BY_TYPE, GROUPS, figure
from qa.evaluate.values import Interval
from ui.terminal.streams import console


def print_scores(report: Report, page: Path | None) -> None:
    """Print the metrics in groups, then by type of question, and the path of the report."""
    to = console()
    settings = report.settings
    to.print(
        Text(
            f"{settings.asked} questions over {settings.articles} articles ({settings.passages} passages), "
            f"generation {settings.generation}, in {settings.seconds:.0f} s."
        )
    )
    to.print(_metrics(report))
    to.print(_types(report))
    for note in _notes(report):
        to.print(Text(note, style="yellow"))
    if page:
        to.print(Text(f"Report: {page}"))


def print_differences(differences: Sequence[Difference]) -> None:
    """Print the differences between two reports."""
    table = Table(box=None, pad_edge=False)
    for name in ("metric", "A", "B", "B − A", "95 % interval", ""):
        table.add_column(name, justify="left" if name in ("metric", "") else "right", no_wrap=True)
    for one in differences:
        change = f"{one.difference:+.3f}" if one.difference is not None else "–"
        style = {"better": "green", "worse": "red"}.get(one.verdict, "")
        cells = (one.metric, figure(one.a), figure(one.b), change, _interval(one.interval), one.verdict)
        table.add_row(*(Text(cell, style=style) for cell in cells))
    to = console()
    to.print(table)
    to.print(Text("Better or worse: the interval leaves out zero. Everything else may be chance.", style="dim"))


def _metrics(report: Report) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("metric", no_wrap=True)
    table.add_column("value", justify="right")
    table.add_column("95 % interval", justify="right", no_wrap=True)
    table.add_column("")
    for group, names in GROUPS:
        table.add_row(Text(group, style="bold"))
        for name in names:
            title = METRICS[name].title + (" ↓" if METRICS[name].lower_is_better else "")
            table.add_row(
                Text(f"  {name}"),
                Text(figure(report.metrics[name]), style="bold"),
                Text(_interval(report.intervals[name]), style="dim"),
                # Names like hit@1 say it already, and long lines would wrap.
                Text("" if "@" in name else title, style="dim"),
            )
    return table


def _types(report: Report) -> Table:
    table = Table(box=None, pad_edge=False, title="\nBy type of question", title_justify="left")
    table.add_column("type")
    for heading in BY_TYPE.values():
        table.add_column(heading, justify="right")
    for type_, values in report.types.items():
        table.add_row(Text(visible(type_)), *(Text(figure(values[name])) for name in BY_TYPE))
    return table


def _notes(report: Report) -> list[str]:
    absent = {id_ for row in report.rows for id_ in row.absent}
    lost = [quote for row in report.rows for quote in row.lost]
    slow = {row.question.id for row in report.rows if any(point.fault for point in row.points)}
    notes = {
        f"Patterns of {len(slow)} questions took too long on an answer and count as not shown: "
        f"{', '.join(sorted(slow)[:5])}": bool(slow),
        f"The index does not hold {len(absent)} of the articles that the questions rest on.": bool(absent),
        f"{len(lost)} evidence quotes do not stand in their articles as indexed; they count as not found.": bool(lost),
    }
    return [visible(note) for note, holds in notes.items() if holds]


def _interval(interval: Interval | None) -> str:
    return f"{interval[0]:.3f} to {interval[1]:.3f}" if interval else "–"
