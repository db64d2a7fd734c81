"""Time questions: retrieval, whole answers, and the command from a cold start.

python -m benchmarks.asking INDEX QUESTIONS.jsonl [--questions 200]
"""

import argparse
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

from benchmarks.corpus import records
from qa import Answer, Assistant


def milliseconds(call: Callable[[str], object], questions: Sequence[str]) -> list[float]:
    """Return how long each call took."""
    taken = []
    for question in questions:
        started = time.perf_counter()
        call(question)
        taken.append(1000 * (time.perf_counter() - started))
    return taken


def show(name: str, taken: Sequence[float]) -> None:
    """Print the median and the 95th percentile."""
    ordered = sorted(taken)
    print(f"{name:22} p50 {statistics.median(ordered):7.1f} ms   p95 {ordered[int(len(ordered) * 0.95)]:7.1f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--questions", dest="count", type=int, default=200)
    arguments = parser.parse_args()
    asked = [record["question"] for record in islice(records(arguments.questions), arguments.count)]
    answers: list[Answer] = []
    with Assistant.open(arguments.index, answer_cache=0) as assistant:
        with assistant.index.generation() as generation:
            print(f"passages {generation.chunks_count}, questions {len(asked)}")
        assistant.ask(asked[0])
        with Assistant.open(arguments.index) as other:  # which keeps no vectors for the one that is asked next
            show("retriever.invoke", milliseconds(other.retriever.invoke, asked))
        show("ask", milliseconds(lambda question: answers.append(assistant.ask(question)), asked))
        for stage in answers[0].timings:
            show(f"  {stage}", [1000 * answer.timings[stage] for answer in answers])
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
    command = [sys.executable, "-m", "ui", "ask", asked[0], "--index", str(arguments.index)]
    show(
        "cold `dateline ask`",
        milliseconds(lambda _: subprocess.run(command, check=True, capture_output=True), asked[:7]),
    )
    show(
        "`dateline --help`",
        milliseconds(lambda _: subprocess.run([*command[:3], "--help"], check=True, capture_output=True), asked[:7]),
    )


if __name__ == "__main__":
    main()
