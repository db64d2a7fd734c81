"""Compare ways to search for a follow-up: alone, behind the question before it, behind all that was said, and ours.

    python -m benchmarks.followups SET... [--work FOLDER] [--sample 60 --llm openai:NAME --llm-base-url URL]
    python -m benchmarks.followups --strangers SET...

A SET is a folder with articles.jsonl and questions.jsonl. Of its questions those count that have a history and
evidence; an article is right if it holds evidence. hit@5 and MRR@10 are of articles, in the order that the search
gives them and in the order that the reader makes of it. Conversations are split in two by the order of their ids:
rules and weights were chosen on "dev" alone.

With --strangers every question, which should stand alone, is asked after another question and its answer: what a
change of the subject costs.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import fmean
from typing import Any

from benchmarks.corpus import records
from index import Scope
from index.generation import Generation
from index.reindex import reindex
from index.serving import Index
from qa.find.retrieve import retrieve
from qa.history import turns
from qa.judge.judge import judge
from qa.judge.reader import Reader
from qa.talk.followup import Resolved, resolve
from qa.values import Passage, Turn
from qa.write.models import open_model
from qa.write.restate import Restater

PASSAGES = 30
Way = Callable[[str, Sequence[Turn], Generation], Resolved]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what was said before it; `gold` are the articles with evidence, `half` is "dev" or "test"."""

    question: str
    said: tuple[Turn, ...]
    gold: frozenset[str]
    half: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """The place of the first right article, from 1 (0: not among the first ten), as searched and as read."""

    asked: Asked
    searched: int
    read: int
    seconds: float


def alone(question: str, _: Sequence[Turn], __: Generation) -> Resolved:
    return Resolved(question)


def behind_the_last_question(question: str, said: Sequence[Turn], _: Generation) -> Resolved:
    before = [turn.content for turn in said if turn.role == "user"]
    return Resolved(" ".join([*before[-1:], question]))


def behind_all(question: str, said: Sequence[Turn], _: Generation) -> Resolved:
    return Resolved(" ".join([*(turn.content for turn in said), question]))


WAYS: dict[str, Way] = {
    "last turn alone": alone,
    "previous question + last turn": behind_the_last_question,
    "whole history + last turn": behind_all,
    "ours, without a model": resolve,
}


def by_model(name: str, url: str | None) -> Way:
    restate = Restater(open_model(name, base_url=url))

    def way(question: str, said: Sequence[Turn], generation: Generation) -> Resolved:
        return resolve(restate(question, said) or question, said, generation)

    return way


def followups(folder: Path) -> list[Asked]:
    """Return the follow-ups of a set that have evidence."""
    found = [r for r in records(folder / "questions.jsonl") if r.get("history") and r["evidence"]]
    talks = sorted({talk(record) for record in found})
    return [
        Asked(
            record["question"],
            turns(record["history"]),
            frozenset(evidence["article_id"] for evidence in record["evidence"]),
            "dev" if talks.index(talk(record)) % 2 else "test",
        )
        for record in found
    ]


def talk(record: dict[str, Any]) -> str:
    """Return what the turns of one conversation have in common: a number in their id, or else their article."""
    head, found, _ = record["id"].rpartition("-t")
    return head if found else str(record["evidence"][0]["article_id"])


def strangers(folder: Path) -> list[Asked]:
    """Return the questions of a set that have evidence, each after the one before it in the file and its answer."""
    found = [r for r in records(folder / "questions.jsonl") if r["evidence"] and not r.get("history")]
    return [
        Asked(
            record["question"],
            (Turn("user", other["question"]), Turn("assistant", other["answers"][0])),
            frozenset(evidence["article_id"] for evidence in record["evidence"]),
            "all",
        )
        for other, record in zip([*found[-1:], *found], found, strict=False)
        if not {e["article_id"] for e in other["evidence"]} & {e["article_id"] for e in record["evidence"]}
    ]


def run(way: Way, asked: Sequence[Asked], generation: Generation, reader: Reader | None) -> Iterator[Outcome]:
    for one in asked:
        started = time.perf_counter()
        resolved = way(one.question, one.said, generation)
        seconds = time.perf_counter() - started
        evidence = retrieve(generation, resolved.text, Scope(), PASSAGES, weights=resolved.weights)
        searched = place(evidence.passages, one.gold)
        read = place(judge(evidence, reader).passages, one.gold) if reader else 0
        yield Outcome(one, searched, read, seconds)


def place(passages: Sequence[Passage], gold: frozenset[str]) -> int:
    """Return the place of the first right article among the ten that come first, or 0."""
    articles = islice(dict.fromkeys(passage.article.id for passage in passages), 10)
    return next((number for number, id_ in enumerate(articles, 1) if id_ in gold), 0)


def figures(places: Sequence[int]) -> str:
    hit = fmean(0 < number <= 5 for number in places)
    return f"{hit:.3f} / {fmean(1 / number if number else 0.0 for number in places):.3f}"


def report(name: str, outcomes: Sequence[Outcome], *, read: bool) -> None:
    cells = []
    halves = ["dev", "test", ""] if outcomes[0].asked.half != "all" else [""]
    for half in halves:
        some = [outcome for outcome in outcomes if not half or outcome.asked.half == half]
        cells.append(figures([outcome.searched for outcome in some]))
        if read:
            cells.append(figures([outcome.read for outcome in some]))
    print(f"| {name} | {' | '.join(cells)} | {1000 * fmean(o.seconds for o in outcomes):.1f} ms |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", type=Path, nargs="+", metavar="SET")
    parser.add_argument("--work", type=Path, help="keep the indexes here")
    parser.add_argument("--strangers", action="store_true")
    parser.add_argument("--read", action="store_true", help="let the reader order what was found, too")
    parser.add_argument("--sample", type=int, help="ask about so many questions, evenly spread")
    parser.add_argument("--llm")
    parser.add_argument("--llm-base-url")
    arguments = parser.parse_args()
    ways = dict(WAYS)
    if arguments.llm:
        ways["ours, with a model"] = by_model(arguments.llm, arguments.llm_base_url)
    with tempfile.TemporaryDirectory() as folder:
        for path in arguments.sets:
            index = (arguments.work or Path(folder)) / path.name
            reindex([path / "articles.jsonl"], index)
            asked = strangers(path) if arguments.strangers else followups(path)
            asked = asked[:: max(1, len(asked) // arguments.sample)] if arguments.sample else asked
            with Index.open(index) as opened, opened.generation() as generation:
                print(f"{path.name}: {len(asked)} questions, {sum(a.half == 'dev' for a in asked)} of them dev, "
                      f"{generation.chunks_count} passages; hit@5 / MRR@10")  # fmt: skip
                for name, way in ways.items():
                    report(name, list(run(way, asked, generation, Reader() if arguments.read else None)),
                           read=arguments.read)  # fmt: skip


if __name__ == "__main__":
    main()
