"""Print reports, findings and answers. Input text is wrapped in `Text`, so that Rich never reads it as markup."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.text import Text

from index.build.findings import Finding
from index.reindex import Report
from index.text.chunk import spoken_date
from index.text.clean import visible
from qa.values import Answer, Citation, Passage, written
from ui.terminal.streams import console, print_indented

_MOST_LISTED = 20  # lines: what a screen shows
_STAGES = {
    "fetch": "Fetching pages",
    "read": "Reading articles",
    "embed": "Embedding passages",
    "build": "Building the index",
    "check": "Checking it",
    "upload": "Publishing it",
    "ask": "Asking questions",
}


class Bars:
    """A progress bar for each stage, on standard error, and only if that is a terminal."""

    def __init__(self) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
            console=Console(stderr=True), disable=not sys.stderr.isatty(),
        )  # fmt: skip
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        # Added when they begin, since a run without changes has only one of them.
        if stage not in self._tasks:
            self._tasks[stage] = self._progress.add_task(_STAGES[stage], total=total)
        self._progress.update(self._tasks[stage], completed=done, total=total)

    def __enter__(self) -> "Bars":
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()


def print_report(report: Report, *, as_json: bool) -> None:
    """Print what a reindex did."""
    if as_json:
        sys.stdout.write(as_text(asdict(report)))
        return
    to = console()
    changes = ", ".join(
        f"{len(ids)} {word}"
        for word, ids in (("added", report.added), ("changed", report.changed), ("removed", report.removed))
    )
    head = "Would be: " if report.dry_run else ""
    to.print(Text(f"{head}{changes}, {report.unchanged} unchanged, {len(report.rejected)} rejected."))
    if report.dry_run:
        for sign, ids in (("+", report.added), ("~", report.changed), ("-", report.removed)):
            _list(to, [f"{sign} {id_}" for id_ in ids])
    _list(to, [f"rejected {item.path}: {item.reason}" for item in report.rejected])
    _list(to, [f"warning {item.path}: {item.text}" for item in report.warnings])
    if report.older:
        to.print(Text(f"{_count(len(report.older), 'older version')}, kept but not searched."))
    if report.dry_run:
        _list(to, [f"older {one.place}, than {one.newest}" for one in report.older])
    _list(to, [f"kept as it was {id_}" for id_ in report.kept])
    if not report.dry_run:
        to.print(
            Text(
                f"Generation {report.generation}: {report.articles} articles, {report.chunks} passages, "
                f"{report.embedded} newly embedded, in {report.seconds:.1f} s."
            )
        )
    if report.published:
        to.print(Text(f"Published: {report.published}."))


def print_findings(findings: list[Finding]) -> None:
    """Print what the doctor found, with the cures."""
    to = console()
    for finding in findings:
        to.print(Text(f"✗ {finding.what}", style="red"))
        to.print(Text(f"  Cure: {finding.cure}"))
    if not findings:
        to.print(Text("The index is healthy."))


def _statements(answer: Answer) -> Text:
    """Return the supported statements, the words that answer underlined.

    Those of several reports have a line each, which says whose it is and of which day: so two sides stand apart.
    """
    shown = Text(style="bold")
    bylines = _bylines(answer)
    dated = len(set(bylines.values())) > 1
    for statement in answer.supported:
        before = len(statement.introduced) - len(statement.text)
        start, end = (before + at for at in statement.highlight or (0, 0))
        text = written(statement)
        for part, style in ((text[:start], ""), (text[start:end], "underline"), (text[end:], "")):
            shown.append(visible(part), style)
        byline = bylines.get(statement.citations[0], "") if dated else ""
        shown.append(f" {visible(byline)}\n" if dated else " ", "not bold dim")
    shown.rstrip()
    return shown


def _bylines(answer: Answer) -> dict[int, str]:
    """Return the outlet and day of each cited report by the number of its citation: "(Harbour Post, 10 May 2025)"."""
    found = {c.number: ", ".join(filter(None, (c.source, spoken_date(c.published)))) for c in answer.citations}
    first = {number for statement in answer.statements for number in statement.citations[:1]}
    return {number: f"({byline})" if byline else "" for number, byline in found.items() if number in first}


def print_answer(answer: Answer) -> None:
    """Print an answer with its sources, or the nearest passages if nothing answers the question."""
    to = console()
    if searched := searched_words(answer.rewritten, answer.period):
        to.print(Text(visible(searched), style="dim"))
    if answer.notice:
        to.print(Text(visible(answer.notice), style="yellow"))
    if answer.status == "no_question":
        return
    if answer.status == "not_found":
        to.print(Text("Not in these articles.", style="bold"))
        if answer.passages:
            to.print(Text("The nearest passages:", style="dim"))
        for passage in answer.passages[:3]:
            print_indented(to, _nearest(passage))
        return
    to.print(_statements(answer))
    if answer.caveat:
        to.print(Text(visible(answer.caveat), style="yellow"))
    to.print()
    print_sources(answer)
    articles, reports, outlets = answer.breadth
    facts = [
        f"as of {spoken_date(answer.as_of)}" if answer.as_of else "",
        _count(articles, "article"),
        _count(reports, "independent report") if reports < articles else "",
        _count(outlets, "outlet") if outlets else "",
        f"written by {answer.model}" if answer.model else "",
        f"{answer.timings['total']:.1f} s",
    ]
    to.print(Text(" · ".join(fact for fact in facts if fact), style="dim"))


def searched_words(rewritten: str, period: str) -> str:
    """Return a line that says what was searched, where that is not the question as it was put."""
    what = " · ".join(filter(None, (rewritten, period)))
    return f"Searched: {what}" if what else ""


def print_sources(answer: Answer) -> None:
    """Print the citations of an answer with their quotes."""
    to = console()
    for citation in answer.citations:
        print_indented(to, _citation(citation, answer.also_carried_by(citation)))


def _citation(citation: Citation, others: Sequence[str]) -> Text:
    updated = f"updated {spoken_date(citation.updated)}" if citation.updated else ""
    head = [citation.title, citation.source, spoken_date(citation.published), updated]
    note = f"    {visible(citation.correction)}\n" if citation.correction else ""
    page = f"page {citation.page}, " if citation.page else ""
    return Text.assemble(
        (f"[{citation.number}] {_joined(head)}\n", "cyan"),
        (f"    “{citation.quote}”\n", "italic"),
        (note, "yellow"),
        (f"    also carried by {visible(', '.join(others))}\n" if others else "", "dim"),
        (f"    {citation.url or citation.article_id}, {page}characters {citation.start} to {citation.end}", "dim"),
    )


def _nearest(passage: Passage) -> Text:
    article = passage.article
    head = _joined([article.title, article.source, spoken_date(article.published)])
    words = passage.chunk.text.replace("\n", " ")
    return Text.assemble((f"{head}\n", "cyan"), (f"    {words[:160]}{'…' if len(words) > 160 else ''}", "dim"))


def _joined(parts: list[str]) -> str:
    return " · ".join(part for part in parts if part)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _list(to: Console, lines: list[str]) -> None:
    for line in lines[:_MOST_LISTED]:
        to.print(Text(f"  {visible(line)}", style="yellow"))
    if len(lines) > _MOST_LISTED:
        to.print(Text(f"  … and {len(lines) - _MOST_LISTED} more (all of them with --json)", style="yellow"))


def as_text(value: Any) -> str:
    """Return a value as indented JSON; escaped to ASCII if standard output is not UTF-8."""
    # JSON may escape every letter itself; the stream would escape them in a way that JSON does not know.
    plain = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    return json.dumps(value, ensure_ascii=plain, indent=2) + "\n"
