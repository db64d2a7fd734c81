"""Publish an index to a Chroma server again and again, and see what is sent, and what it costs both ends and a reader.

    python -m benchmarks.publishing ARTICLES.jsonl [--chunks 10000] [--runs 20] [--json FILE]

Starts `chroma run` by itself, on this machine. Articles and vectors are those of `benchmarks.scale`. First all is
published; then one article is changed; then twenty are added, `--runs` times; then one in a hundred is changed. A copy
of a reader follows. CPU seconds are those of the publisher (without building the index), of the server, and of the
reader's copy; records are those that the publisher sends, and MB all that it sends and gets.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import psutil

from benchmarks.scale import StandIn, _taken, articles, edit, size, write
from index.reindex import reindex
from index.server.address import Address
from index.server.chroma import ChromaServer
from index.server.http import HttpClient, Response
from index.server.replica import Replica
from index.server.upload import mirror
from index.store.archive import Archive
from index.store.database import Database
from index.store.folder import Folder
from index.store.lock import writer_lock

PORT = 18990


class Wire:
    """Counts what goes over the wire: bytes of bodies, requests, and records that are added."""

    def __init__(self) -> None:
        self.bytes, self.records, self.requests = 0, 0, 0
        once, add = HttpClient._once, ChromaServer.add

        def counted(client: Any, method: str, path: str, content: bytes | None, *rest: Any, **more: Any) -> Response:
            response = once(client, method, path, content, *rest, **more)
            self.bytes += len(content or b"") + len(response.body)
            self.requests += 1
            return response

        def added(server: Any, collection: str, ids: Sequence[str], *rest: Any) -> None:
            self.records += len(ids)
            add(server, collection, ids, *rest)

        HttpClient._once = counted  # type: ignore[method-assign]
        ChromaServer.add = added  # type: ignore[method-assign]

    def mark(self) -> tuple[int, int, int]:
        """Return the counts."""
        return self.bytes, self.records, self.requests


@contextmanager
def chroma(path: Path) -> Iterator[psutil.Process]:
    """Run a Chroma server."""
    command = [str(Path(sys.executable).with_name("chroma")), "run", "--path", str(path), "--port", str(PORT)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(3)
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(30)


def published(source: Path, index: Path, address: Address, server: psutil.Process, wire: Wire) -> dict[str, Any]:
    """Bring the index up to date, publish it, and let a reader follow."""
    started = time.perf_counter()
    reindex([source], index, engine=StandIn())
    built = time.perf_counter() - started
    folder, marked = Folder(index), wire.mark()
    with writer_lock(folder.path), Database.open(folder.archive) as database:
        archive = Archive(database)
        before, clock = _cpu(server), time.perf_counter()
        number = mirror(folder, archive, address, again=False, progress=lambda *_: None)
        seconds, after = time.perf_counter() - clock, _cpu(server)
    sent, records, requests = (now - then for now, then in zip(wire.mark(), marked, strict=True))
    step = {
        "reindex s": round(built, 1), "publish s": round(seconds, 2), "records": records,
        "requests": requests, "MB": round(sent / 2**20, 2),
        "CPU": round(after[0] - before[0], 2), "server CPU": round(after[1] - before[1], 2),
    }  # fmt: skip
    before, clock, sent = _cpu(server), time.perf_counter(), wire.bytes
    with closing(Replica(address)) as replica:
        replica.update()
        step["follow s"] = round(time.perf_counter() - clock, 2)
        step["follow CPU"] = round(_cpu(server)[0] - before[0], 2)
        step["follow MB"] = round((wire.bytes - sent) / 2**20, 2)
        clock = time.perf_counter()
        with closing(replica.dense(number)) as dense:
            step["open s"] = round(time.perf_counter() - clock, 2)
            step["chunks"] = dense.count()
    return step


def _cpu(server: psutil.Process) -> tuple[float, float]:
    times = server.cpu_times()
    return time.process_time(), times.user + times.system


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("--chunks", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--json", type=Path, help="where to write the figures")
    given = parser.parse_args()
    steps: list[tuple[str, dict[str, Any]]] = []
    with tempfile.TemporaryDirectory() as folder, chroma(Path(folder) / "chroma") as server:
        work, wire = Path(folder), Wire()
        os.environ["DATELINE_CACHE"] = str(work / "cache")
        source, index, more = work / "articles.jsonl", work / "index", articles(given.articles)
        address = Address.parse(f"http://127.0.0.1:{PORT}/news")

        def step(name: str) -> None:
            steps.append((name, published(source, index, address, server, wire)))
            print(f"{name}: {steps[-1][1]}", flush=True)

        write(source, _taken(more, given.chunks))
        step("all")
        edit(source, slice(50, 51))
        step("one article changed")
        for number in range(given.runs):
            with source.open("a", encoding="utf-8") as file:
                file.writelines(json.dumps(record) + "\n" for record in islice(more, 20))
            step(f"twenty added, {number + 1}")
        edit(source, slice(0, None, 100))
        step("1 % changed")
        print(f"server: {server.memory_info().rss >> 20} MB, on disk {size(work / 'chroma')} MB")
    if given.json:
        given.json.write_text(json.dumps(dict(steps), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
