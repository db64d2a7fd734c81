"""Readers at the page's server: they ask over its real HTTP interface, as a browser does, and follow each answer.

python -m benchmarks.load [--users 50] [--seconds 60] [--pause 0] [--crowd 200] [--once] [--processes 1]
    INDEX QUESTIONS.jsonl [-- SERVE OPTIONS]

Starts `dateline serve` by itself, without a limit for one client, since all come from here. First `--users` ask one
question after the other, with a pause of `--pause` seconds in the mean between them; then a crowd asks at once.
With `--once` no question is asked twice before all were asked. With `--processes`, several servers run, and each reader
stays with one of them, as behind a proxy that is sticky. The asking side runs on the same machine, and takes its share
of it.
"""

import argparse
import asyncio
import json
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

import httpx
import psutil

from benchmarks.corpus import records

PATIENCE = 300.0
ANY_PORT = 17860


@dataclass(slots=True)
class Tally:
    """What was seen of one load. Times are in seconds since the question was sent."""

    answered: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    told: list[float] = field(default_factory=list)
    highest_place: int = 0
    errors: Counter[str] = field(default_factory=Counter)


class Reader:
    """One reader with a browser of its own."""

    def __init__(self, client: httpx.AsyncClient, function: int, options: Sequence[object], tally: Tally) -> None:
        self._client, self._function, self._options, self._tally = client, function, options, tally
        self._session = f"{random.getrandbits(64):x}"

    async def ask(self, question: str) -> None:
        """Ask a question, and follow what is told of it to the end."""
        started = time.perf_counter()
        body = {"data": [question, *self._options], "fn_index": self._function, "session_hash": self._session}
        try:
            async with asyncio.timeout(PATIENCE):
                joined = await self._client.post("/gradio_api/queue/join", json=body)
                if joined.status_code == 503:
                    self._tally.refused.append(time.perf_counter() - started)
                    return
                joined.raise_for_status()
                await self._follow(started)
        except (httpx.HTTPError, TimeoutError, ValueError) as error:
            self._tally.errors[repr(error)[:120]] += 1

    async def _follow(self, started: float) -> None:
        told = False
        async for message in self._messages():
            if message["msg"] == "estimation":
                self._tally.highest_place = max(self._tally.highest_place, message["rank"] + 1)
            if message["msg"] in ("estimation", "process_starts") and not told:
                told = True
                self._tally.told.append(time.perf_counter() - started)
            if message["msg"] in ("process_completed", "unexpected_error"):
                if not message.get("success"):
                    raise ValueError(message)
                self._tally.answered.append(time.perf_counter() - started)
                return
        raise ValueError("the events broke off")

    async def _messages(self) -> AsyncIterator[dict[str, Any]]:
        path = f"/gradio_api/queue/data?session_hash={self._session}"
        async with self._client.stream("GET", path) as response:
            response.raise_for_status()
            async for line in response.aiter_lines():
                if line.startswith("data: "):
                    yield json.loads(line[6:])


async def load(urls: Sequence[str], questions: Iterator[str], users: int, seconds: float, pause: float) -> Tally:
    """Let users ask for some seconds (0: one question each), each one server, and return what they saw."""
    tally = Tally()
    end = time.monotonic() + seconds
    async with AsyncExitStack() as stack:
        readers = [await _reader(stack, urls[number % len(urls)], tally) for number in range(users)]

        async def use(reader: Reader) -> None:
            await asyncio.sleep(random.uniform(0, pause) if seconds else 0)
            while True:
                await reader.ask(next(questions))
                await asyncio.sleep(random.expovariate(1 / pause) if pause else 0)
                if time.monotonic() >= end:
                    return

        await asyncio.gather(*(use(reader) for reader in readers))
    return tally


async def _reader(stack: AsyncExitStack, url: str, tally: Tally) -> Reader:
    client = await stack.enter_async_context(httpx.AsyncClient(base_url=url, timeout=httpx.Timeout(PATIENCE)))
    config = (await client.get("/config")).json()
    function = next(each["id"] for each in config["dependencies"] if each["api_name"] == "chat")
    described = (await client.get("/gradio_api/info")).json()["named_endpoints"]["/chat"]["parameters"]
    return Reader(client, function, [each["parameter_default"] for each in described[1:]], tally)


@contextmanager
def serving(index: Path, options: Sequence[str], port: int = ANY_PORT) -> Iterator[tuple[str, psutil.Process, float]]:
    """Give a server's URL, its process, and the seconds until it was ready."""
    with tempfile.TemporaryDirectory() as data:
        command = [sys.executable, "-m", "ui", "serve", "--index", str(index), "--data", data, "--rate", "0"]
        started = time.perf_counter()
        process = subprocess.Popen([*command, "--port", str(port), *options])
        url = f"http://127.0.0.1:{port}"
        try:
            while not _ready(url):
                if process.poll() is not None:
                    raise SystemExit("the server did not start")
                time.sleep(0.05)
            yield url, psutil.Process(process.pid), time.perf_counter() - started
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def _ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz").status_code == 200
    except httpx.TransportError:
        return False


def page_loads(url: str) -> list[float]:
    """Return how long a browser with an empty cache takes until the page has greeted: the first time, and twice more.

    The browser's own start does not count.
    """
    from playwright.sync_api import sync_playwright

    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    taken = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        for _ in range(3):
            page = browser.new_context().new_page()
            started = time.perf_counter()
            page.goto(url)
            page.locator(".dl-welcome").wait_for()
            taken.append(time.perf_counter() - started)
        browser.close()
    return taken


def show(name: str, tally: Tally, seconds: float, used: float, processes: Sequence[psutil.Process]) -> None:
    """Print what was seen; `used` are the CPU seconds of the servers."""
    errors = sum(tally.errors.values())
    print(f"{name}: {len(tally.answered)} answered, {len(tally.refused)} refused, {errors} errors, {seconds:.0f} s")
    answered = len(tally.answered)
    print(f"  {answered / seconds:.2f} answers/s, highest place told: {tally.highest_place}")
    print(f"  server's CPU: {used / max(1, answered):.3f} s an answer, {used / seconds:.2f} cores")
    for what, taken in (("answer", tally.answered), ("first sign", tally.told), ("refusal", tally.refused)):
        if taken:
            ordered = sorted(taken)
            p95 = ordered[int(len(ordered) * 0.95)]
            print(f"  {what:10} p50 {statistics.median(ordered):6.2f} s  p95 {p95:6.2f} s  worst {ordered[-1]:6.2f} s")
    for process in processes:
        memory = process.memory_info().rss >> 20
        print(f"  server: {memory} MB, {process.num_threads()} threads, {process.num_fds()} files")
    for error, count in tally.errors.most_common(5):
        print(f"  {count} x {error}")


def _cpu(processes: Sequence[psutil.Process]) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in processes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--pause", type=float, default=0, help="seconds between an answer and the next question")
    parser.add_argument("--crowd", type=int, default=200)
    parser.add_argument("--once", action="store_true", help="ask no question twice before all were asked")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("serve", nargs="*", help="options for dateline serve")
    given = parser.parse_args()
    asked = [record["question"] for record in records(given.questions)]
    random.shuffle(asked)
    questions = cycle(asked) if given.once else iter(partial(random.choice, asked), None)
    with ExitStack() as running:
        servers = [
            running.enter_context(serving(given.index, given.serve, ANY_PORT + number))
            for number in range(given.processes)
        ]
        urls, processes = [url for url, *_ in servers], [process for _, process, _ in servers]
        first = ", ".join(f"{seconds:.2f}" for seconds in page_loads(urls[0]))
        print(f"ready after {servers[0][2]:.1f} s; first page, seconds: {first}")
        asyncio.run(load(urls, questions, len(urls), 0, 0))
        for name, users, lasting, pause in (
            (f"{given.users} users", given.users, given.seconds, given.pause),
            (f"{given.crowd} at once", given.crowd, 0, 0),
        ):
            started, before = time.perf_counter(), _cpu(processes)
            tally = asyncio.run(load(urls, questions, users, lasting, pause))
            show(name, tally, time.perf_counter() - started, _cpu(processes) - before, processes)


if __name__ == "__main__":
    main()
