"""Run one step of one contender in this process, and write what it cost as JSON.

Started by `benchmarks.peers` with the interpreter of the contender's own environment, so it needs the standard library
alone. A contender is a file with three functions:

    index(task)         build an index of the articles in the folder `task.store`
    again(task)         the same once more, with the same articles
    searcher(task)      open it: a function from a question to its ranked `Found`s

What this file does not know: which answers are right (that is `measures`).
"""

import argparse
import importlib.util
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

RESULTS = 10


@dataclass(frozen=True)
class Task:
    """What a contender is given.

    `path` is a JSON lines file of articles and `articles` its objects (id, title, text, published …), `store` an empty
    folder or the one it filled before, `model` the folder of the embedding model, `setting` a way to search.
    """

    path: Path
    articles: list[dict[str, Any]]
    store: Path
    model: str
    setting: str


@dataclass(frozen=True)
class Found:
    """A retrieved passage. `start` is its offset in the article's text, where the contender knows it."""

    article: str
    text: str
    start: int | None = None


Searcher = Callable[[str], list[Found]]


def load(script: Path) -> ModuleType:
    """Return the contender's file as a module, under a name that hides no library."""
    sys.modules.setdefault("contender_protocol", sys.modules[__name__])
    specification = importlib.util.spec_from_file_location(f"contender_{script.stem}", script)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def records(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a JSON lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def ask(search: Searcher, questions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return for each question what was found, and how long it took. The first is asked once before, untimed."""
    search(questions[0]["question"])
    answers = []
    for question in questions:
        started, used = time.perf_counter(), time.process_time()
        found = search(question["question"])[:RESULTS]
        seconds, cpu = time.perf_counter() - started, time.process_time() - used
        answers.append(
            {"id": question["id"], "seconds": seconds, "cpu": cpu, "found": [asdict(passage) for passage in found]}
        )
    return answers


def usage() -> dict[str, Any]:
    """Return what this process has cost so far: CPU seconds with its children's, and the peak of memory in MB."""
    everyone = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    unit = 1 if sys.platform == "darwin" else 1024
    return {
        "cpu": sum(one.ru_utime + one.ru_stime for one in everyone),
        "memory": max(one.ru_maxrss for one in everyone) * unit // 1_000_000,
        "loadavg": os.getloadavg(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("step", choices=["index", "again", "ask"])
    for name in ("--script", "--articles", "--questions", "--store", "--model", "--out"):
        parser.add_argument(name, type=Path, required=True)
    parser.add_argument("--setting", required=True)
    given = parser.parse_args()
    contender = load(given.script)
    given.store.mkdir(parents=True, exist_ok=True)
    task = Task(given.articles, records(given.articles), given.store, str(given.model), given.setting)
    result: dict[str, Any] = {}
    if given.step == "ask":
        opening = time.perf_counter()
        search = contender.searcher(task)
        result["opening"] = time.perf_counter() - opening
        result["answers"] = ask(search, records(given.questions))
    else:
        (contender.index if given.step == "index" else contender.again)(task)
    given.out.write_text(json.dumps({**result, **usage()}), encoding="utf-8")


if __name__ == "__main__":
    main()
