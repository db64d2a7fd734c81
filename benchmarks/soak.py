"""Ask while others reindex: no errors, whole answers, quick ones; and for long, without growing.

    python -m benchmarks.soak ARTICLES.jsonl [--articles 400] [--json FILE]

Beside: 1,000 questions while two `dateline reindex` run one after the other, each with enough changed articles to embed
that it lasts, and 400 without, half of them before and half after. Soak: 5,000 questions over 30 swaps (of `articles/`,
so that a swap takes seconds), with memory, threads and file descriptors noted at each. Each question is answered from
the best passage alone: the reader's time is not what is measured. Every answer has to come wholly from the generation
that it names: its passages' texts are compared with that generation's articles. Exit code 1 if one does not, on any
error, if p95 beside a reindex is over twice that of the idle machine, or if the process grows.
"""

import argparse
import gc
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

import psutil

from benchmarks.corpus import records, take
from index.store.contents import Contents
from index.store.database import Database
from index.store.folder import Folder
from qa import Answer, Assistant
from tests.campaign import lay, states

HERE = Path(__file__).parent
P95_RATIO = 2.0
FACTOR = {"MB": 1.10, "threads": 1, "files": 1}
SLACK = {"MB": 0, "threads": 3, "files": 3}  # each thread has a connection to the archive, which it opens when it asks
KEPT = 4
PASSAGES = 1
_IDLE = 400


@dataclass(slots=True)
class Series:
    """What was asked and noted, and what must not have happened."""

    milliseconds: list[float] = field(default_factory=list)
    notes: list[dict[str, int]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def p95(self) -> float:
        """Return the 95th percentile, in milliseconds."""
        return sorted(self.milliseconds)[int(len(self.milliseconds) * 0.95)]


def command(source: Path, index: Path) -> list[str]:
    return [sys.executable, "-m", "ui", "reindex", str(source), "--index", str(index)]


def reindex(source: Path, index: Path) -> None:
    """Run the command to its end."""
    subprocess.run(command(source, index), check=True, stdout=subprocess.DEVNULL)


class Known:
    """The texts of the articles of the last few generations, read from the archive when first asked for."""

    def __init__(self, index: Path) -> None:
        self._folder = Folder(index)
        self._texts: dict[int, dict[str, str]] = {}
        self._lock = threading.Lock()

    def __getitem__(self, number: int) -> dict[str, str]:
        with self._lock:
            if number not in self._texts:
                with Database.open(self._folder.archive) as database:
                    articles = Contents(database, number, self._folder.about(number)[0]).articles()
                    self._texts[number] = {article.id: article.text for article in articles}
                while len(self._texts) > KEPT:
                    del self._texts[min(self._texts)]
            return self._texts[number]


def ask(assistant: Assistant, question: str, known: Known, series: Series, passages: int = PASSAGES) -> None:
    """Ask, time it, and compare what the answer shows with the articles of the generation it names."""
    started = time.perf_counter()
    try:
        answer = assistant.ask(question, k=passages)
        series.milliseconds.append(1000 * (time.perf_counter() - started))
        if not whole(answer, known[answer.generation]):
            series.failures.append(f"{question}: not wholly from generation {answer.generation}")
    except Exception as error:  # noqa: BLE001  (any error is what is looked for)
        series.failures.append(f"{question}: {error!r}")


def whole(answer: Answer, texts: dict[str, str]) -> bool:
    """Say whether every passage and citation is of these articles."""
    return all(texts.get(p.article.id) == p.article.text for p in answer.passages) and all(
        texts.get(c.article_id, "")[c.start : c.end] == c.quote for c in answer.citations
    )


def note() -> dict[str, int]:
    """Return what the process holds now, without what Chroma's pool of connections to its database opens and closes.

    The files of a generation that is retired count, as they are deleted by then: psutil does not list such as open.
    """
    process = psutil.Process()
    pooled = sum(Path(file.path).name.startswith("chroma.sqlite3") for file in process.open_files())
    return {
        "MB": process.memory_info().rss >> 20,
        "threads": process.num_threads(),
        "files": process.num_fds() - pooled,
    }


def settled() -> dict[str, int]:
    """Return the least that the process holds over a second: questions and swaps under way hold files for a while."""
    gc.collect()
    notes = []
    for _ in range(10):
        notes.append(note())
        time.sleep(0.1)
    return {name: min(each[name] for each in notes) for name in notes[0]}


def beside(articles: Path, count: int, questions: Sequence[str], number: int, work: Path) -> dict[str, Any]:
    """Time questions alone, then while two reindexes run."""
    source, index = work / "articles.jsonl", work / "index"
    take(articles, count, source)
    reindex(source, index)
    known, idle, busy = Known(index), Series(), Series()
    with Assistant.open(index, answer_cache=0) as assistant:
        asked = cycle(questions)
        for _ in range(20):
            ask(assistant, next(asked), known, Series())
        for _ in range(_IDLE // 2):
            ask(assistant, next(asked), known, idle)
        lasted = []
        for run in range(2):
            change(source, run)
            started = time.monotonic()
            with subprocess.Popen(command(source, index), stdout=subprocess.DEVNULL) as process:
                while process.poll() is None:
                    ask(assistant, next(asked), known, busy)
            lasted.append(round(time.monotonic() - started))
            if process.returncode:
                busy.failures.append(f"the reindex ended with {process.returncode}")
            ask(assistant, next(asked), known, busy)
        for _ in range(_IDLE // 2):
            ask(assistant, next(asked), known, idle)
    ratio = busy.p95() / idle.p95()
    failures = idle.failures + busy.failures
    if len(busy.milliseconds) < number:
        failures.append(f"only {len(busy.milliseconds)} questions beside the runs: give more --articles")
    if ratio > P95_RATIO:
        failures.append(f"p95 beside a reindex is {ratio:.2f} times that of the idle machine")
    return {
        "questions": [len(idle.milliseconds), len(busy.milliseconds)],
        "p50": [round(statistics.median(s.milliseconds), 1) for s in (idle, busy)],
        "p95": [round(s.p95(), 1) for s in (idle, busy)],
        "ratio": round(ratio, 2),
        "seconds of the runs": lasted,
        "failures": failures,
    }


def change(source: Path, run: int) -> None:
    """Give every article another first paragraph, so that its passages are embedded anew."""
    changed = list(records(source))
    for record in changed:
        record["text"] = f"This is edition {run} of the report.\n{record['text']}"
    source.write_text("".join(json.dumps(record) + "\n" for record in changed), encoding="utf-8")


def soak(
    source: Path,
    index: Path,
    questions: Sequence[str],
    *,
    number: int,
    swaps: int,
    run: Callable[[Path, Path], None] = reindex,
    passages: int = PASSAGES,
) -> dict[str, Any]:
    """Ask from two threads over many swaps, and note what the process holds after each.

    `run` brings the index up to date with the source, in a process of its own.
    """
    forms = cycle(states(HERE.parent / "articles", 3))
    lay(source, next(forms))
    run(source, index)
    series, known, done = Series(), Known(index), threading.Event()
    with Assistant.open(index, answer_cache=0) as assistant:

        def keep_asking(own: Iterator[str]) -> None:
            while not done.is_set():
                ask(assistant, next(own), known, series, passages)

        askers = [threading.Thread(target=keep_asking, args=(cycle([*questions[n:], *questions[:n]]),)) for n in (0, 7)]
        for asker in askers:
            asker.start()
        try:
            for swap in range(1, swaps + 1):
                lay(source, next(forms))
                run(source, index)
                while len(series.milliseconds) + len(series.failures) < number * swap / swaps:
                    time.sleep(0.05)
                series.notes.append(settled())
                print(f"swap {swap}: {len(series.milliseconds)} questions, {series.notes[-1]}", flush=True)
        finally:
            done.set()
            for asker in askers:
                asker.join()
    failures = series.failures + growth(series.notes)
    return {
        "questions": len(series.milliseconds),
        "generation": Folder(index).require_served(),
        "series": series.notes,
        "failures": failures,
    }


def growth(notes: Sequence[dict[str, int]]) -> list[str]:
    """Name what is more at the end than after the first third, when all has been in use; what comes and goes is not."""
    settled, last = notes[len(notes) // 3 :], notes[-1]
    early, late = settled[: len(settled) // 2], settled[len(settled) // 2 :]
    if not early:
        return []
    least = {name: (min(note[name] for note in early), min(note[name] for note in late)) for name in last}
    return [f"{name} grew from {a} to {b}" for name, (a, b) in least.items() if b > a * FACTOR[name] + SLACK[name]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("--articles", dest="count", type=int, default=400)
    parser.add_argument("--beside", type=int, default=1000, help="questions beside two reindexes; 0: none")
    parser.add_argument("--soak", type=int, default=5000, help="questions over all swaps; 0: none")
    parser.add_argument("--swaps", type=int, default=30)
    parser.add_argument("--json", type=Path, help="where to write the figures")
    arguments = parser.parse_args()
    questions = [record["question"] for record in records(HERE / "sample" / "questions.jsonl")]
    result: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        if arguments.beside:
            result["beside"] = beside(arguments.articles, arguments.count, questions, arguments.beside, work)
        if arguments.soak:
            result["soak"] = soak(
                work / "source", work / "soaked", questions, number=arguments.soak, swaps=arguments.swaps
            )
    print(json.dumps(result, indent=1))
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    sys.exit(any(part["failures"] for part in result.values()))


if __name__ == "__main__":
    main()
