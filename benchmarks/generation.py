"""Let a language model answer, and set it beside the extractive answers to the same questions.

    python -m benchmarks.generation INDEX QUESTIONS.jsonl --llm openai:local --llm-base-url http://127.0.0.1:8081/v1

Takes `--questions` questions, evenly spread over the file. `--log FILE` keeps what the model wrote to each, as JSON
lines, and a second run with the same file goes on where the first ended. Exit code 1 if a shown citation is not the
article's exact words.
"""

import argparse
import json
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.citations import mismatches
from benchmarks.corpus import records
from benchmarks.recorder import Recorder
from qa import Answer, Assistant
from qa.write.context import BUDGET
from qa.write.generate import Generative
from qa.write.models import open_model
from qa.write.stream import CallLimits


def spread(items: Sequence[Any], count: int) -> list[Any]:
    """Return `count` items at equal distances."""
    return [items[i * len(items) // count] for i in range(min(count, len(items)))]


def names_gold(text: str, answers: Sequence[str]) -> bool:
    """Say whether a text holds one of the gold answers, word for word."""
    return any(f" {_plain(answer)} " in f" {_plain(text)} " for answer in answers if _plain(answer))


def _plain(text: str) -> str:
    words = re.findall(r"[^\W_]+", re.sub(r"(?<=\d),(?=\d)", "", re.sub(r"\[\d+\]", " ", text)).casefold())
    return " ".join(word for word in words if word not in {"a", "an", "the"})


def outcome(answer: Answer, asked: bool) -> str:
    """Say in a word how an answer came about."""
    if not asked:
        return "not asked"
    if answer.status == "not_found":
        return "refused"
    if answer.model:
        return "answered"
    return "fallback: " + answer.notice.removeprefix("The language model ").split(";")[0]


def ask(arguments: argparse.Namespace) -> list[dict[str, Any]]:
    """Return for each question both answers and how they came about."""
    model, recorder = open_model(arguments.llm, base_url=arguments.llm_base_url, timeout=arguments.timeout), Recorder()
    model.callbacks = [recorder]
    limits = CallLimits(first=arguments.timeout, total=arguments.timeout, tries=1)
    written = Generative(model, limits=limits, budget=arguments.budget, keep_unsupported=True)
    log: Path | None = arguments.log
    rows = list(records(log)) if log and log.exists() else []
    known = {row["id"] for row in rows}
    with Assistant.open(arguments.index) as plain, Assistant.open(arguments.index, answerer=written) as assistant:
        for record in spread(list(records(arguments.questions)), arguments.count):
            if record["id"] in known:
                continue
            row = measure(record, plain, assistant, recorder)
            rows.append(row)
            print(row["id"], row["outcome"], f"{row['seconds']:.1f} s", flush=True)
            if log:
                with log.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return rows


def measure(record: Mapping[str, Any], plain: Assistant, assistant: Assistant, recorder: Recorder) -> dict[str, Any]:
    """Return what both answerers make of a question."""
    extractive = plain.ask(record["question"])
    calls, started = len(recorder.texts), time.perf_counter()
    answer = assistant.ask(record["question"])
    asked = len(recorder.texts) > calls
    return {
        "id": record["id"],
        "answerable": record.get("answerable", True),
        "outcome": outcome(answer, asked),
        "seconds": time.perf_counter() - started,
        "extractive_seconds": extractive.timings["total"],
        "gold": names_gold(answer.text, record["answers"]),
        "extractive_gold": names_gold(extractive.text, record["answers"]),
        "extractive_status": extractive.status,
        "words": len(answer.text.split()),
        "extractive_words": len(extractive.text.split()),
        "citations": len(answer.citations),
        "mismatches": mismatches(assistant.index, answer),
        "statements": [asdict(statement) for statement in answer.statements],
        "usage": asdict(answer.usage) if answer.usage else None,
        "raw": recorder.texts[-1] if asked else "",
    }


def report(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print the tables."""
    asked = [row for row in rows if row["outcome"] != "not asked"]
    supports = Counter(s["support"] for row in asked for s in row["statements"] if s["support"] != "verbatim")
    print(f"questions {len(rows)}, the model was asked {len(asked)}")
    print(f"outcomes {dict(Counter(row['outcome'] for row in rows).most_common())}")
    print(f"statements of the model {dict(supports)}")
    print(
        f"shown citations {sum(row['citations'] for row in rows)}, mismatches {sum(row['mismatches'] for row in rows)}"
    )
    for name, prefix in (("with the model", ""), ("extractive", "extractive_")):
        able = [row for row in rows if row["answerable"]]
        unable = [row for row in rows if not row["answerable"]]
        wrong = [row for row in unable if _answered(row, prefix)]
        gold = [row for row in able if row[f"{prefix}gold"]]
        words = [row[f"{prefix}words"] for row in able if _answered(row, prefix)]
        taken = sorted(row[f"{prefix}seconds"] for row in (asked if not prefix else rows))
        print(
            f"{name:15} answerable {len(able)}: gold {len(gold)}, answered {len(words)}; unanswerable {len(unable)}: "
            f"answered {len(wrong)}; words {statistics.median(words or [0]):.0f}; "
            f"seconds p50 {statistics.median(taken or [0]):.1f}, p95 {(taken or [0])[int(len(taken) * 0.95)]:.1f}"
        )
    own = [row for row in asked if row["outcome"] == "answered" and row["answerable"]]
    print(
        f"answered by the model and answerable {len(own)}: gold {sum(row['gold'] for row in own)}, "
        f"extractive on the same {sum(row['extractive_gold'] for row in own)}"
    )
    tokens = [row["usage"]["input_tokens"] for row in asked if row["usage"]]
    print(f"tokens of a prompt: median {statistics.median(tokens):.0f}" if tokens else "no tokens counted")


def _answered(row: Mapping[str, Any], prefix: str) -> bool:
    return bool(row["extractive_status"] == "answered" if prefix else row["words"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--llm", required=True)
    parser.add_argument("--llm-base-url")
    parser.add_argument("--questions", dest="count", type=int, default=60)
    parser.add_argument("--budget", type=int, default=BUDGET, help="characters of passages in a prompt")
    parser.add_argument("--timeout", type=float, default=600.0, help="seconds for an answer")
    parser.add_argument("--log", type=Path)
    arguments = parser.parse_args()
    rows = ask(arguments)
    report(rows)
    sys.exit(any(row["mismatches"] for row in rows))


if __name__ == "__main__":
    main()
