"""Ask a server for long, from many tabs and programs, and see that its memory stays flat.

    python -m benchmarks.server_soak INDEX [--questions 5000] [--sessions 2000] [--json FILE]

Starts `dateline serve` by itself. Programs ask `--questions` questions over the API, of which every tenth never fetches
its answer; meanwhile `--sessions` tabs of browsers with a cookie each load the page, one in ten asks, and none says
goodbye. Beside them come requests that try to leave something behind: made-up methods, session ids, names to sign in
with. Memory, threads and files are noted 40 times; exit code 1 if any of them grows after the first third, when all has
been in use, or if a question is not answered.
"""

import argparse
import asyncio
import json
import secrets
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from itertools import cycle
from pathlib import Path
from typing import Any

import httpx
import psutil

from benchmarks.corpus import records
from benchmarks.load import serving
from benchmarks.soak import growth

HERE = Path(__file__).parent
PROGRAMS, BROWSERS = 2, 2
NOTES = 40
UNFETCHED = ASKING = 10
PASSAGES = 1


class Soak:
    """The asking side: what is still to do, and what went wrong."""

    def __init__(self, url: str, questions: Sequence[str]) -> None:
        self._url, self._questions = url, cycle(questions)
        self.asked = self.opened = 0
        self.failures: list[str] = []
        self._events: dict[str, int] = {}

    async def ask(self, numbers: Iterator[int]) -> None:
        """Ask over the API, as a program does that keeps no cookie."""
        async with _client(self._url) as client:
            described = (await client.get("/gradio_api/info")).json()["named_endpoints"]["/ask"]["parameters"]
            given = {one["parameter_name"]: one["parameter_default"] for one in described} | {"passages": PASSAGES}
            for number in numbers:
                body = {"data": [*(given | {"question": next(self._questions)}).values()]}
                event = (await client.post("/gradio_api/call/ask", json=body)).json()["event_id"]
                if number % UNFETCHED or not number:
                    text = (await client.get(f"/gradio_api/call/ask/{event}")).text
                    if '"status": "' not in text:
                        self.failures.append(text[:200])
                else:
                    await asyncio.sleep(0.1)
                self.asked += 1

    async def visit(self, numbers: Iterator[int]) -> None:
        """Load the page in one tab after the other; one in ten asks and sees the answer come."""
        for number in numbers:
            async with _client(self._url) as client:
                await self._visit(client, asking=not number % ASKING)
                if not number % ASKING:
                    await _leave_behind(client)
            self.opened += 1

    async def _visit(self, client: httpx.AsyncClient, *, asking: bool) -> None:
        if not self._events:
            dependencies = (await client.get("/config")).json()["dependencies"]
            self._events = {each["api_name"]: each["id"] for each in dependencies}
        await client.get("/")  # the browser's key comes with it
        tab = secrets.token_hex(6)
        await self._step(client, "arrive", tab, [None])
        if asking:
            await self._step(client, "page_ask", tab, [None], {"question": next(self._questions), "key": "1"})
            body = _event(self._events["answer"], tab, [None], {"key": "2"})
            await client.post("/gradio_api/queue/join", json=body)
            text = (await client.get(f"/gradio_api/queue/data?session_hash={tab}")).text
            if '"success":true' not in text:
                self.failures.append(text[-200:])
        await self._step(client, "news", tab, [None, None])

    async def _step(
        self, client: httpx.AsyncClient, name: str, tab: str, data: list[Any], told: dict[str, str] | None = None
    ) -> None:
        done = await client.post("/gradio_api/run/predict", json=_event(self._events[name], tab, data, told))
        if done.status_code != 200:
            self.failures.append(f"{name}: {done.status_code} {done.text[:200]}")


async def _leave_behind(client: httpx.AsyncClient) -> None:
    """Send what must not be remembered."""
    made_up = secrets.token_hex(8)
    await client.request(f"X{made_up.upper()}", f"/{made_up}")
    await client.get(f"/gradio_api/queue/data?session_hash={made_up * 4000}")
    await client.post("/gradio_api/queue/join", json=_event(0, made_up * 40_000, []))
    await client.post("/login", data={"username": made_up * 40_000, "password": "x"})


def _event(number: int, tab: str, data: list[Any], told: dict[str, str] | None = None) -> dict[str, Any]:
    return {"data": data, "fn_index": number, "session_hash": tab, "event_data": told, "trigger_id": None}


@asynccontextmanager
async def _client(url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=url, timeout=120) as client:
        yield client


async def soak(
    url: str, process: psutil.Process, questions: Sequence[str], asked: int, sessions: int
) -> dict[str, Any]:
    """Ask and visit to the end, and return what the server held meanwhile."""
    run = Soak(url, questions)
    asks, visits = iter(range(asked)), iter(range(sessions))
    work = [run.ask(asks) for _ in range(PROGRAMS)] + [run.visit(visits) for _ in range(BROWSERS)]
    notes = []

    async def watch() -> None:
        for number in range(1, NOTES + 1):
            while run.asked + run.opened < (asked + sessions) * number // NOTES:
                await asyncio.sleep(0.05)
            notes.append(_note(process))
            print(f"{run.asked} questions, {run.opened} sessions, {notes[-1]}", flush=True)

    await asyncio.gather(watch(), *work)
    failures = run.failures + growth(notes)
    return {"questions": run.asked, "sessions": run.opened, "series": notes, "failures": failures}


def _note(process: psutil.Process) -> dict[str, int]:
    return {
        "MB": process.memory_info().rss >> 20,
        "threads": process.num_threads(),
        "files": process.num_fds(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index", type=Path)
    parser.add_argument("--questions", type=int, default=5000)
    parser.add_argument("--sessions", type=int, default=2000)
    parser.add_argument("--json", type=Path, help="where to write the figures")
    given = parser.parse_args()
    questions = [record["question"] for record in records(HERE / "sample" / "questions.jsonl")]
    with serving(given.index, []) as (url, process, _):
        result = asyncio.run(soak(url, process, questions, given.questions, given.sessions))
    print(json.dumps({name: value for name, value in result.items() if name != "series"}, indent=1))
    if given.json:
        given.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    sys.exit(bool(result["failures"]))


if __name__ == "__main__":
    main()
