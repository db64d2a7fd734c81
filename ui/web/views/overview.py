"""The view of the index as HTML: coverage, bars by outlet and month, the last run, rejected files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any

from index.read.files import Rejected
from index.serving import LastRun
from ui.strings import Words
from ui.web.coverage import Coverage
from ui.web.reindexing import Run
from ui.web.views.markup import Html, button, el, join

MOST_BARS = 12  # bars: a year of months
_MOST_REJECTED = 100  # rows; all are in `dateline articles rejected`


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart."""

    name: str
    count: int


def outlets(coverage: Coverage, words: Words) -> list[Bar]:
    """Return a bar for each outlet; beyond twelve, the last bar stands for the others."""
    bars = [Bar(name or words("no_outlet"), count) for name, count in coverage.outlets.items()]
    if len(bars) <= MOST_BARS:
        return bars
    rest = bars[MOST_BARS - 1 :]
    return [*bars[: MOST_BARS - 1], Bar(words("others", count=len(rest)), sum(bar.count for bar in rest))]


def languages(coverage: Coverage, words: Words) -> list[Bar]:
    """Return a bar for each language."""
    return [Bar(words.language_name(code) or words("unknown"), n) for code, n in coverage.languages.items()]


def months(coverage: Coverage, words: Words) -> list[Bar]:
    """Return a bar for each month from first to last, empty ones included; beyond three years, one for each year."""
    if not coverage.months:
        return []
    (year, month), (last_year, last_month) = min(coverage.months), max(coverage.months)
    if last_year - year > 3:
        years = range(year, last_year + 1)
        return [Bar(str(y), sum(n for (of, _), n in coverage.months.items() if of == y)) for y in years]
    span = range(year * 12 + month - 1, last_year * 12 + last_month)
    keys = [(at // 12, at % 12 + 1) for at in span]
    return [Bar(words.month(*key), coverage.months.get(key, 0)) for key in keys]


def index_html(
    coverage: Coverage, run: LastRun, words: Words, *, allowed: bool, reason: str, progress: Html | None, running: bool
) -> Html:
    """Return the whole view. `allowed` says whether the reader may reindex, `reason` why not."""
    return el(
        "div",
        facts(coverage, run.finished, words),
        el(
            "div",
            _chart(words("by_outlet"), outlets(coverage, words), words),
            _chart(words("by_month"), months(coverage, words), words),
            _chart(words("by_language"), languages(coverage, words), words) if len(coverage.languages) > 1 else None,
            class_="dl-charts",
        ),
        rejected(run.rejected, words) if run.finished else None,  # a copy of an index does not know
        _reindex(words, progress, running=running) if allowed else None,
        el("p", reason, class_="dl-facts") if reason else None,
        class_="dl-overview",
    )


def _reindex(words: Words, progress: Html | None, *, running: bool) -> Html:
    return el(
        "section",
        el("p", words("reindex_intro"), class_="dl-facts"),
        button(words("reindex"), "reindex", disabled=running, class_="dl-button"),
        el("div", progress, id="dl-run") if progress else None,
        class_="dl-reindex",
    )


def _chart(label: str, bars: Sequence[Bar], words: Words) -> Html | None:
    """Return bars as a list that can be read out. A bar is drawn, since the page's own styles are fixed."""
    if not bars:
        return None
    most = max(bar.count for bar in bars) or 1
    items = [
        el(
            "li",
            el("span", bar.name, class_="dl-bar-name"),
            _drawn(100 * bar.count / most),
            el("span", words.whole(bar.count), class_="dl-bar-count"),
        )
        for bar in bars
    ]
    return el("section", el("h2", label), el("ul", *items, class_="dl-bars"))


def _drawn(percent: float) -> Html:
    bar = el("rect", width=f"{percent:.1f}%", height="100%")
    return el("svg", bar, width="100%", height="10", aria_hidden="true", focusable="false")


def facts(coverage: Coverage, finished: str, words: Words) -> Html:
    """Return the facts of the served generation. `finished` is the end of the last run, in UTC."""
    rows = (
        (words("articles", count="").strip().capitalize(), words.whole(coverage.articles)),
        (words("passages"), words.whole(coverage.passages)),
        (words("date"), " – ".join(words.day(day) for day in (coverage.first, coverage.last) if day) or "–"),
        (words("generation"), f"{coverage.generation}, {words('index_built', when=when(coverage.created, words))}"),
        (words("last_run"), when(finished, words)),
        (words("model"), PurePath(coverage.model).name),
    )
    undated = coverage.articles - coverage.dated
    return join(
        el(
            "dl",
            *(el("div", el("dt", name), el("dd", value)) for name, value in rows),
            class_="dl-index",
            id="dl-facts",
        ),
        el("p", words.count("undated", undated), class_="dl-facts") if undated else None,
        el("p", button(words("api"), "api", class_="dl-linked"), class_="dl-facts"),
    )


def rejected(items: Sequence[Rejected], words: Words) -> Html:
    """Return a table of the files that the last run rejected, with the reasons."""
    if not items:
        return el("p", words("no_rejected"), class_="dl-facts")
    rows = [el("tr", el("th", one.path, scope="row"), el("td", one.reason)) for one in items[:_MOST_REJECTED]]
    head = el("tr", el("th", words("file"), scope="col"), el("th", words("reason"), scope="col"))
    left = len(items) - _MOST_REJECTED
    return join(
        el("h2", f"{words('rejected')} ({words.whole(len(items))})"),
        el("div", el("table", el("thead", head), el("tbody", *rows)), class_="dl-wide", id="dl-rejected", tabindex=0),
        el("p", words("others", count=left), class_="dl-facts") if left > 0 else None,
    )


def when(moment: str, words: Words) -> str:
    """Return a moment (ISO, UTC) as day and minute."""
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return words("never")
    return f"{words.day(at.date())}, {at:%H:%M} UTC"


def progress(run: Run, words: Words) -> Html:
    """Return the progress of a run, or its result."""
    if run.problem:
        problem = words("reindex_busy") if run.locked else f"{words('reindex_failed')} {run.problem}"
        return el("p", problem, class_="dl-trouble", role="alert")
    if run.report is not None:
        return el("p", _ended(run.report, words), class_="dl-facts", role="status")
    far = f"{words.whole(run.done)} / {words.whole(run.total)}" if run.total else words.whole(run.done)
    share = {"value": run.done, "max": run.total} if run.total else {}
    label = words(f"stage_{run.stage}")
    return el("div", el("p", f"{label}: {far}"), el("progress", aria_label=label, **share), class_="dl-run")


def _ended(report: Mapping[str, Any], words: Words) -> str:
    counts = {name: len(report[name]) for name in ("added", "changed", "removed", "rejected")}
    if not counts["added"] + counts["changed"] + counts["removed"]:
        return words("reindex_nothing")
    return words("reindex_done", seconds=words.decimal(report["seconds"]), **counts)
