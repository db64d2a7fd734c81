"""The command `dateline eval`: parse options, call `qa.evaluate`, print the scores."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from ui.options import DEFAULT_INDEX, IndexOption, JsonOption, RerankerOption


def evaluate(
    questions: Annotated[
        Path | None, typer.Argument(help="A file of questions, one JSON object a line.", show_default=False)
    ] = None,
    index: IndexOption = DEFAULT_INDEX,
    report: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write report.json and report.html to this folder.")
    ] = None,
    least: Annotated[
        list[str] | None,
        typer.Option(
            "--min",
            metavar="METRIC=VALUE",
            help="Exit with 1 if the metric is worse than this value; may be repeated.",
        ),
    ] = None,
    reranker: RerankerOption = None,
    limit: Annotated[int | None, typer.Option(help="Ask only this many questions, sampled with --seed.")] = None,
    seed: Annotated[int, typer.Option(help="Random seed for the sample and the intervals.", min=0)] = 0,
    compare: Annotated[
        tuple[Path, Path] | None,
        typer.Option(metavar="A.json B.json", help="Compare two reports question by question; no questions are asked."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Measure quality on QUESTIONS whose answers are known.

    Retrieval, answers, citations, abstention and latency are measured. A question is a JSON object with id, question,
    answerable, answers, evidence [{article_id, quote}] and optionally type, choices, history [{role, content}],
    asked_on and key_points [{article_id, quote, accept}]: what a right answer shows, accept a regular expression.

    \b
    Examples:
      dateline eval questions.jsonl --report out
      dateline eval questions.jsonl --min passage_mrr@10=0.8 --min quote_validity=1
      dateline eval questions.jsonl --min answer_grade=1.4 --min answer_noise=0.5
      dateline eval --compare before/report.json after/report.json
    """  # fmt: skip
    from index import BadRequestError

    if (questions is None) == (compare is None):
        raise BadRequestError("Give either a file of QUESTIONS or --compare A.json B.json.")
    if compare is not None:
        _compare(*compare, seed=seed, as_json=as_json)
    elif questions is not None:
        _measure(
            questions,
            index,
            report=report,
            least=least or [],
            limit=limit,
            seed=seed,
            as_json=as_json,
            reranker=reranker,
        )


def _measure(
    questions: Path,
    index: str,
    *,
    report: Path | None,
    least: list[str],
    limit: int | None,
    seed: int,
    as_json: bool,
    reranker: str | None,
) -> None:
    from qa import Assistant
    from qa.evaluate import evaluate as run
    from qa.evaluate import missed, read_gate
    from qa.evaluate.report import page
    from ui.terminal.printing import Bars
    from ui.terminal.scores import print_scores

    # Before the first question: a mistyped metric must not show up after an hour.
    gates = [read_gate(text) for text in least]
    with Assistant.open(index, reranker=reranker, answer_cache=0) as assistant, Bars() as progress:
        measured = run(assistant, questions, index=index, limit=limit, seed=seed, progress=progress)
    written = page.write(measured, report) if report else None
    if as_json:
        sys.stdout.write(measured.model_dump_json(indent=1) + "\n")
    else:
        print_scores(measured, written)
    # On standard error, so that --json stays one JSON value.
    failed = missed(measured, gates)
    for sentence in failed:
        sys.stderr.write(f"dateline: {sentence}\n")
    if failed:
        raise typer.Exit(1)


def _compare(a: Path, b: Path, *, seed: int, as_json: bool) -> None:
    import json

    from qa.evaluate import compare, read_report
    from ui.terminal.scores import print_differences

    differences = compare(read_report(a), read_report(b), seed=seed)
    if as_json:
        rows = [{**one.model_dump(), "verdict": one.verdict} for one in differences]
        sys.stdout.write(json.dumps(rows, indent=1) + "\n")
    else:
        print_differences(differences)
