"""Grow an index to 100,000 passages, and time what an operator and a reader wait for at each size.

    python -m benchmarks.scale ARTICLES.jsonl [--chunks 10000 25000 50000 100000] [--work FOLDER] [--json FILE]

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


def articles(path: Path, chunks: int) -> Iterator[dict[str, Any]]:
    """Yield articles that give about so many chunks: the file's, then ones made of their sentences."""
    given, words = [], 0
    for record in records(path):
        if words >= chunks * WORDS_A_CHUNK:
            return
        given.append(record)
        words += len(record["text"].split())
        yield record
    draw = random.Random(1)
    for number in count():
        if words >= chunks * WORDS_A_CHUNK:
            return
        one, other = draw.sample(given, 2)
        pairs = zip(_SENTENCES.split(one["text"]), _SENTENCES.split(other["text"]), strict=False)
        text = " ".join(sentence for pair in pairs for sentence in pair)
        text = re.sub(r"\d+", lambda _: str(draw.randrange(2, 5000)), text)
        words += len(text.split())
        yield {**one, "id": f"made-{number}", "title": f"{one['title']} {number}", "text": text}


def edit(source: Path) -> int:
    """Change one article in a hundred, and return how many."""
    changed = list(records(source))
    for record in changed[::100]:
        record["text"] += f"\nThe county will publish report {record['id']} on the matter next spring."
    source.write_text("".join(json.dumps(record) + "\n" for record in changed), encoding="utf-8")
    return len(changed[::100])


# Steps, each run by a process of its own


def cpu() -> float:
    """Return the CPU seconds that this process has used, and the children that it waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def update(source: Path, index: Path) -> dict[str, Any]:
    """Run a reindex, and say how many CPU seconds each stage took."""
    from index.reindex import reindex

    began: dict[str, float] = {}

    def progress(stage: str, *_: object) -> None:
        began.setdefault(stage, cpu())

    report = reindex([source], index, engine=StandIn(), progress=progress)
    done = {**began, "end": cpu()}
    lasted = {a: round(done[b] - done[a], 2) for a, b in pairwise(done)}
    return {"chunks": report.chunks, "embedded": report.embedded, "articles": report.articles, "stages": lasted}


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
    (other,) = (number for number in folder.numbers() if number != served)
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
        for number in (other, served) * 3:
            serve(folder, number)
            waited.append(_timed(follow, vectors[0]))
    return {
        "open": min(opening),
        "swap": min(waited),
        "dense ms": 1000 * float(np.median(dense)),
        "lexical ms": 1000 * float(np.median(lexical)),
    }


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


STEPS = {"update": update, "doctor": doctor, "read": read, "embed": embed}


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


def grow(file: Path, chunks: int, work: Path) -> dict[str, Any]:
    """Build an index of about so many chunks, and return what each step took."""
    source, index = work / "articles.jsonl", work / "index"
    with source.open("w", encoding="utf-8") as made:
        made.writelines(json.dumps(record) + "\n" for record in articles(file, chunks))
    print(f"about {chunks} chunks, {source.stat().st_size >> 20} MB", flush=True)
    steps: dict[str, Any] = {"first": timed("update", source, index)}
    steps["archive MB"] = index.joinpath("archive.sqlite").stat().st_size >> 20
    steps["generation MB"] = size(Folder(index).generation(1))
    steps["nothing changed"] = timed("update", source, index)
    steps["edited articles"] = edit(source)
    steps["1 % changed"] = timed("update", source, index)
    steps["doctor"] = timed("doctor", source, index)
    steps["read"] = timed("read", source, index)
    shutil.rmtree(index)
    return steps


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("--chunks", type=int, nargs="+", default=SIZES)
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
        sizes = {chunks: grow(arguments.articles, chunks, Path(folder)) for chunks in arguments.chunks}
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
