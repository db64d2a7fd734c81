"""Grow an index to 100,000 passages, and time what an operator and a reader wait for at each size.

    python -m benchmarks.scale ARTICLES.jsonl [--chunks 10000 25000 50000 100000] [--runs 0] [--json FILE]

With `--runs`, twenty articles are added so many times, and all runs together compared with one that builds everything.

Articles come from the file; when it ends, more are made of its sentences: every made one takes the sentences of two
articles by turns and has numbers of its own. Every step is a process of its own, so that its peak memory (with the
child that checks) is its own.

Vectors are stand-ins, since 100,000 passages take the model close to an hour: each word has a random direction that
follows from its hash, and a text's vector is the sum of its words' directions, a long word counting more than a short
one, in the model's 384 dimensions. All else is real: reading, cleaning, chunking with the model's tokenizer, the
archive and its cache of vectors, Chroma, tantivy, the check, the swap. What the model takes is timed apart, on real
passages. The doctor embeds eight passages anew, and says of the stand-ins that they are none of the model's: just that
it has to say, and nothing else.
"""

import argparse
import json
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import cache
from itertools import count, islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.corpus import records
from index.embed.engine import BATCH, Text, Vectors
from index.embed.model import SentenceEmbeddings
from index.serving import Index
from index.store.archive import Archive
from index.store.database import Database
from index.store.folder import Folder
from index.values import Scope

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIZES = [10_000, 25_000, 50_000, 100_000]
WORDS_A_CHUNK = 131
DIMENSION = 384
QUESTIONS = 200
_DIRECTIONS = 1 << 15
_WORDS = re.compile(r"[^\W\d_]+")
_SENTENCES = re.compile(r"(?<=[.!?])\s+")


class StandIn:
    """An engine that makes vectors without a model: near ones for texts that share words."""

    def embed(self, embeddings: SentenceEmbeddings, windows: Iterable[list[Text]]) -> Iterator[Vectors]:
        """Yield the vectors of all texts in their order."""
        assert embeddings.fingerprint.dimension == DIMENSION
        for window in windows:
            for start in range(0, len(window), BATCH):
                some = window[start : start + BATCH]
                yield [key for key, _ in some], np.stack([vector(text) for _, text in some])


def vector(text: str) -> "NDArray[np.float32]":
    """Return the stand-in for a text's vector, of length one."""
    weights: Counter[int] = Counter()
    for word in _WORDS.findall(text.lower()):
        weights[zlib.crc32(word.encode()) % _DIRECTIONS] += len(word)
    total = np.array([*weights.values()], np.float32) @ _directions()[[*weights]]
    return np.asarray(total / max(float(np.linalg.norm(total)), 1e-9), np.float32)


@cache
def _directions() -> "NDArray[np.float32]":
    return np.random.default_rng(1).standard_normal((_DIRECTIONS, DIMENSION), np.float32)


def articles(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the file's articles, then ones made of their sentences, without end."""
    given = []
    for record in records(path):
        given.append(record)
        yield record
    draw = random.Random(1)
    for number in count():
        one, other = draw.sample(given, 2)
        pairs = zip(_SENTENCES.split(one["text"]), _SENTENCES.split(other["text"]), strict=False)
        text = " ".join(sentence for pair in pairs for sentence in pair)
        text = re.sub(r"\d+", lambda _: str(draw.randrange(2, 5000)), text)
        yield {**one, "url": "", "id": f"made-{number}", "title": f"{one['title']} {number}", "text": text}


def edit(source: Path, which: slice) -> int:
    """Change some of the articles, and return how many."""
    changed = list(records(source))
    for record in changed[which]:
        record["text"] += f"\nThe county will publish report {record['id']} on the matter next spring."
    write(source, changed)
    return len(changed[which])


def write(source: Path, articles: Iterable[dict[str, Any]]) -> None:
    """Write articles to a file, one a line."""
    with source.open("w", encoding="utf-8") as made:
        made.writelines(json.dumps(record) + "\n" for record in articles)


# Steps, each run by a process of its own


def cpu() -> float:
    """Return the CPU seconds that this process has used, and the children that it waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def update(source: Path, index: Path, *, full: bool = False) -> dict[str, Any]:
    """Run a reindex, and say how many CPU seconds each stage took."""
    from index.reindex import reindex

    began: dict[str, float] = {}

    def progress(stage: str, *_: object) -> None:
        if stage not in began:  # it is called for each article, and to ask for the time takes time
            began[stage] = cpu()

    report = reindex([source], index, engine=StandIn(), progress=progress, full=full)
    done = {**began, "end": cpu()}
    lasted = {a: round(done[b] - done[a], 2) for a, b in pairwise(done)}
    return {"chunks": report.chunks, "embedded": report.embedded, "articles": report.articles, "stages": lasted}


def rebuild(source: Path, index: Path) -> dict[str, Any]:
    """Run a reindex that makes everything anew from cached vectors."""
    return update(source, index, full=True)


def doctor(_: Path, index: Path) -> dict[str, Any]:
    """Examine the index: only the stand-ins may be found."""
    from index.doctor import examine

    other = [found.what for found in examine(index) if "is not what the model gives for its text" not in found.what]
    return {"found": other}


def read(_: Path, index: Path) -> dict[str, Any]:
    """Open the index, search it, and see how long a reader waits for another generation that is swapped in.

    Opening and the wait are the least of several times, searches the median.
    """
    from index.build.publish import serve

    folder = Folder(index)
    served = folder.require_served()
    others = [number for number in folder.numbers() if number != served]
    opening = [_timed(lambda _: Index.open(index).close()) for _ in range(3)]
    with Index.open(index) as opened:
        with opened.generation() as current:
            texts = [article.text[:300] for article in current.articles(most=QUESTIONS)]
            vectors = [vector(text).tolist() for text in texts]
            dense = [_timed(lambda asked: current.dense(asked, 50, Scope()), asked) for asked in vectors]
            lexical = [_timed(lambda text: current.lexical(text[:60], 50, Scope()), text) for text in texts]

        def follow(asked: list[float]) -> None:
            with opened.generation() as current:
                assert current.dense(asked, 10, Scope())

        waited = []
        for number in (*others, served) * 3:
            serve(folder, number)
            waited.append(_timed(follow, vectors[0]))
    return {
        "open": min(opening),
        "swap": min(waited) if others else 0.0,
        "dense ms": 1000 * float(np.median(dense)),
        "lexical ms": 1000 * float(np.median(lexical)),
    }


def recall(_: Path, index: Path) -> dict[str, Any]:
    """Return the share of the exact nearest ten that is found; chunks that are as near as the tenth count too."""
    folder, right = Folder(index), 0
    with Index.open(index) as opened, opened.generation() as current, Database.open(folder.archive) as database:
        rows = {row.chunk_id: row.vector for row in Archive(database).rows(current.number, current.fingerprint.vectors)}
        every = np.frombuffer(b"".join(rows.values()), "<f4").reshape(len(rows), -1)
        at = {id_: place for place, id_ in enumerate(rows)}
        asked = [vector(article.text[:300]) for article in current.articles(most=QUESTIONS)]
        for one in asked:
            scores = every @ one
            least = np.partition(scores, -10)[-10] - 1e-5
            right += sum(scores[at[hit.chunk_id]] >= least for hit in current.dense(one.tolist(), 10, Scope()))
    return {"of the exact 10": round(right / (10 * len(asked)), 4)}


def _timed(call: Callable[[Any], object], argument: Any = None) -> float:
    started = time.perf_counter()
    call(argument)
    return time.perf_counter() - started


def embed(source: Path, _: Path) -> dict[str, Any]:
    """Embed five hundred passages with the model."""
    embeddings = SentenceEmbeddings()
    texts = [record["text"][:550] for record in islice(records(source), 500)]
    embeddings.encode(texts[:8])
    started = time.perf_counter()
    embeddings.encode(texts)
    return {"passages a second": len(texts) / (time.perf_counter() - started)}


STEPS = {"update": update, "rebuild": rebuild, "doctor": doctor, "read": read, "recall": recall, "embed": embed}


def timed(step: str, source: Path, index: Path) -> dict[str, Any]:
    """Run a step as a process; its result with seconds on the clock and of the CPU, and peak memory in MB."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "benchmarks.scale", str(source), "--step", step, "--work", str(index)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    result = {"seconds": round(time.perf_counter() - started, 1), **json.loads(done.stdout.splitlines()[-1])}
    print(f"  {step:7} {result}", flush=True)
    return result


def size(path: Path) -> int:
    """Return how many MB of the disk a folder takes."""
    return sum(file.stat().st_blocks for file in path.rglob("*") if file.is_file()) * 512 >> 20


def grow(file: Path, chunks: int, runs: int, work: Path) -> dict[str, Any]:
    """Build an index of about so many chunks, and return what each step took."""
    source, index = work / "articles.jsonl", work / "index"
    more = articles(file)
    write(source, _taken(more, chunks))
    print(f"about {chunks} chunks, {source.stat().st_size >> 20} MB", flush=True)
    steps: dict[str, Any] = {"first": timed("update", source, index)}
    steps["archive MB"] = index.joinpath("archive.sqlite").stat().st_size >> 20
    steps["generation MB"] = size(Folder(index).generations) + size(Folder(index).bases)
    steps["nothing changed"] = timed("update", source, index)
    steps["read, nothing added"] = timed("read", source, index)
    steps["recall, nothing added"] = timed("recall", source, index)
    edit(source, slice(500, 501))
    steps["one article changed"] = timed("update", source, index)
    steps["edited articles"] = edit(source, slice(0, None, 100))
    steps["1 % changed"] = timed("update", source, index)
    steps["doctor"] = timed("doctor", source, index)
    steps["read"] = timed("read", source, index)
    steps["recall"] = timed("recall", source, index)
    if runs:
        steps["many runs"] = grow_slowly(source, index, more, runs)
    shutil.rmtree(index)
    return steps


def _taken(more: Iterator[dict[str, Any]], chunks: int) -> Iterator[dict[str, Any]]:
    """Yield articles that give about so many chunks, and take no more than these."""
    words = 0
    while words < chunks * WORDS_A_CHUNK:
        record = next(more)
        words += len(record["text"].split())
        yield record


def grow_slowly(source: Path, index: Path, more: Iterator[dict[str, Any]], runs: int) -> dict[str, Any]:
    """Add twenty articles so many times, then build everything; return the CPU seconds of both."""
    used, slowest = 0.0, 0.0
    for _ in range(runs):
        with source.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(record) + "\n" for record in islice(more, 20))
        step = timed("update", source, index)
        used, slowest = used + step["CPU"], max(slowest, step["CPU"])
    whole = timed("rebuild", source, index)
    return {
        "runs": runs, "chunks": whole["chunks"], "CPU": round(used, 1), "CPU of the slowest": slowest,
        "CPU of building all": whole["CPU"], "ratio": round(used / whole["CPU"], 2),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("--chunks", type=int, nargs="+", default=SIZES)
    parser.add_argument("--runs", type=int, default=0, help="how many times to add twenty articles")
    parser.add_argument(
        "--work", type=Path, help="where to build; a folder of the system's for such things if not told"
    )
    parser.add_argument("--json", type=Path, help="where to write the figures")
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.step:
        result = STEPS[arguments.step](arguments.articles, arguments.work)
        peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        print(json.dumps({**result, "CPU": round(cpu(), 1), "memory MB": peak >> 10}))
        return
    with tempfile.TemporaryDirectory(dir=arguments.work) as folder:
        sizes = {chunks: grow(arguments.articles, chunks, arguments.runs, Path(folder)) for chunks in arguments.chunks}
        figures = {
            "date": datetime.now(UTC).date().isoformat(),
            "model": timed("embed", arguments.articles, Path(folder)),
            "sizes": sizes,
        }
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    for sized in sizes.values():
        if sized["doctor"]["found"]:
            sys.exit(f"the doctor found: {sized['doctor']['found']}")


if __name__ == "__main__":
    main()
