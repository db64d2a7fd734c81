"""Draw a report's figures as SVG to be put into a page. The only module that knows matplotlib.

All text in them stays text, so that it takes the page's font; names from the questions are never read as formulas.
"""

import os
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from io import StringIO
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from index.text.clean import visible
from qa.evaluate.metrics import risk_coverage, total_seconds
from qa.evaluate.values import Report

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_YES, _NO, _THIRD, _INK, _GRID = "#2166ac", "#d6604d", "#5aae61", "#3c3c3c", "#dddddd"
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "dateline",  # fixed, so that the same report draws the same file
    "text.parse_math": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": _INK,
    "axes.labelcolor": _INK,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": _GRID,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "text.color": _INK,
    "font.size": 10,
    "legend.frameon": False,
}
_LONGEST_NAME = 28  # characters: what fits beside a bar
_MOST_TYPES = 12  # bars: what fits one plot


@dataclass(frozen=True, slots=True)
class Plot:
    """A figure for a page: `description` says what it shows, for whoever does not see it."""

    title: str
    description: str
    svg: str


def plots(report: Report) -> list[Plot]:
    """Return the figures that the report's questions allow."""
    _load_fonts()
    drawn = [plot for make in (_support, _ranks, _types, _risk, _latency, _stages) if (plot := make(report))]
    return [replace(plot, svg=_apart(plot.svg, f"plot{number}")) for number, plot in enumerate(drawn)]


def _support(report: Report) -> Plot | None:
    """Draw how the support is distributed where there is an answer and where there is none."""
    groups = [
        [row.support for row in report.rows if row.question.answerable is answerable] for answerable in (True, False)
    ]

    def draw(axes: "Axes") -> None:
        bins = np.linspace(0.0, 1.0, 26).tolist()
        for values, colour, label in zip(groups, (_YES, _NO), ("answerable", "not answerable"), strict=True):
            if values:
                axes.hist(values, bins, color=colour, alpha=0.55, label=f"{label} ({len(values)})")
        axes.axvline(report.settings.threshold, color=_INK, linestyle="--", linewidth=1)
        axes.set_xlabel("support of the best sentence; shown from the dashed line on")
        _count_questions(axes)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.17), ncols=2)

    description = "Histogram of the support of answerable and of unanswerable questions."
    return Plot("Support", description, _svg(draw))


def _risk(report: Report) -> Plot | None:
    """Draw how many of the shown answers are wrong, as more and more are shown."""
    coverage, risk = risk_coverage(report.rows)
    if not coverage:
        return None

    def draw(axes: "Axes") -> None:
        axes.plot(coverage, risk, color=_YES)
        axes.plot(coverage[-1:], risk[-1:], "o", color=_YES)
        axes.set_xlim(0, 1)
        axes.set_ylim(0, max(0.1, 1.1 * max(risk)))
        axes.set_xlabel("share of questions answered, the best supported first")
        axes.set_ylabel("share of wrong answers")

    description = (
        f"At the end {risk[-1]:.0%} of the answers shown are wrong, with {coverage[-1]:.0%} of the questions answered."
    )
    return Plot("Risk against coverage", description, _svg(draw))


def _types(report: Report) -> Plot | None:
    """Draw for each type of question how well it went."""
    bars = (("passage_mrr@10", "passage MRR@10", _YES), ("answer_accuracy", "answer right", _THIRD),
            ("abstention_accuracy", "rightly answered or not", _NO))  # fmt: skip
    # The types with most questions: a hundred bars of one question each would show nothing.
    names = sorted(report.types, key=lambda name: -(report.types[name]["questions"] or 0))[:_MOST_TYPES]

    def draw(axes: "Axes") -> None:
        places = np.arange(len(names))
        for number, (metric, label, colour) in enumerate(bars):
            values = [report.types[name].get(metric) or 0.0 for name in names]
            axes.barh(places + 0.27 * (number - 1), values, 0.25, color=colour, label=label)
        axes.set_yticks(places, [_short(name) for name in names])
        axes.invert_yaxis()
        axes.set_xlim(0, 1)
        axes.grid(visible=False, axis="y")
        axes.legend(loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=3)

    description = "Bars by type of question. A missing bar is zero or has no value; the table above tells which."
    return Plot("By type of question", description, _svg(draw, height=1.2 + 0.55 * len(names)))


def _ranks(report: Report) -> Plot | None:
    """Draw at which rank the first passage with evidence came."""
    places = [
        next((rank for rank, passage in enumerate(row.passages, 1) if passage.relevant), 11)
        for row in report.rows
        if "passage_mrr@10" in row.measures
    ]
    if not places:
        return None

    def draw(axes: "Axes") -> None:
        counts = np.bincount(places, minlength=12)[1:]
        axes.bar_label(axes.bar(range(1, 12), counts, color=[_YES] * 10 + [_NO]), fontsize=8)
        axes.set_xticks(range(1, 12), [*map(str, range(1, 11)), "none"])
        axes.set_xlabel("rank of the first passage that holds evidence")
        _count_questions(axes)
        axes.grid(visible=False, axis="x")

    description = (
        f"{places.count(1)} of {len(places)} questions have evidence in the first passage, {places.count(11)} in none."
    )
    return Plot("Where the evidence came", description, _svg(draw))


def _latency(report: Report) -> Plot | None:
    """Draw how long the questions took."""
    taken = total_seconds(report.rows)
    milliseconds = 1000 * taken[~np.isnan(taken)]
    if not milliseconds.size:
        return None
    half, most = report.metrics["latency_p50"] or 0.0, report.metrics["latency_p95"] or 0.0

    def draw(axes: "Axes") -> None:
        axes.hist(milliseconds, 30, color=_YES, alpha=0.7)
        for value, label in ((half, "median"), (most, "95 %")):
            axes.axvline(1000 * value, color=_INK, linestyle="--", linewidth=1)
            axes.text(1000 * value, 1.01, label, fontsize=8, transform=axes.get_xaxis_transform())
        axes.set_xlabel("milliseconds a question")
        _count_questions(axes)

    description = f"Half of the questions took {1000 * half:.0f} ms or less, 95 % of them {1000 * most:.0f} ms or less."
    return Plot("Latency", description, _svg(draw))


def _stages(report: Report) -> Plot | None:
    """Draw which stage takes how long."""
    stages = {name: values for name, values in report.latency.items() if name != "total"}
    if not stages:
        return None

    def draw(axes: "Axes") -> None:
        places = np.arange(len(stages))
        for share, colour, height in (("p95", "#92c5de", 0.6), ("p50", _YES, 0.6)):
            axes.barh(places, [1000 * values[share] for values in stages.values()], height, color=colour, label=share)
        axes.set_yticks(places, [_short(name) for name in stages])
        axes.invert_yaxis()
        axes.set_xlabel("milliseconds")
        axes.grid(visible=False, axis="y")
        axes.legend(loc="lower right")

    slowest = max(stages, key=lambda name: stages[name]["p50"])
    return Plot("Latency by stage", f"The slowest stage is {slowest}.", _svg(draw, height=1.0 + 0.35 * len(stages)))


def _load_fonts() -> None:
    """Import matplotlib's fonts. It writes a list of them to the user's home otherwise, to save 0.3 seconds."""
    if "MPLCONFIGDIR" in os.environ:
        import matplotlib.font_manager

        return
    with TemporaryDirectory() as folder:
        os.environ["MPLCONFIGDIR"] = folder
        try:
            import matplotlib.font_manager  # noqa: F401
        finally:
            del os.environ["MPLCONFIGDIR"]


def _count_questions(axes: "Axes") -> None:
    """Make the vertical axis one of whole questions."""
    from matplotlib.ticker import MaxNLocator

    axes.set_ylabel("questions")
    axes.yaxis.set_major_locator(MaxNLocator("auto", integer=True))


def _svg(draw: Callable[["Axes"], None], *, height: float = 3.0) -> str:
    """Return the figure that `draw` makes, as an SVG element. `height` is in inches."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    written = StringIO()
    with rc_context(_STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph", category=UserWarning)  # the page's font may have it
        figure = Figure(figsize=(6.4, height), layout="constrained")
        draw(figure.add_subplot())
        # Neither date nor maker: the same report, the same file.
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        figure.savefig(written, format="svg", transparent=True, metadata=nothing)
    whole = written.getvalue()
    return whole[whole.index("<svg") :]


def _apart(svg: str, prefix: str) -> str:
    """Return the element with ids that no other figure of the page has."""
    # Figures of one page share its ids: a clip path of the first would cut the second.
    return re.sub(r'(\bid="|url\(#|href="#)', rf"\1{prefix}-", svg)


def _short(name: str) -> str:
    plain = visible(name)
    return plain if len(plain) <= _LONGEST_NAME else plain[: _LONGEST_NAME - 1] + "…"
