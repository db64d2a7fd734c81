"""What clients send is bounded in memory, in figures and in logs, however much of it they make up."""

import asyncio
import json
import logging
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
import pytest

from tests.served import answer, call, event, raw, serving
from ui.server.guard.limits import RateLimit
from ui.server.logs import JsonLines, Lines
from ui.server.metrics import Metrics
from ui.server.mount import mount
from ui.server.upkeep import CAPACITY, Upkeep
from ui.store.file import StoreError

LOWMERE = "How many homes were flooded at Lowmere?"


@dataclass(frozen=True, slots=True)
class Running:
    """A server whose sessions are looked through all the time; `later` is by how much its clock is ahead."""

    url: str
    blocks: gr.Blocks
    later: list[timedelta]

    def sessions(self) -> tuple[set[str], set[str], set[str]]:
        """Return the sessions of which Gradio has state, events, messages."""
        holder, queue = self.blocks.state_holder, self.blocks._queue
        assert holder.session_data.keys() == holder.time_last_used.keys()
        return set(holder.session_data), set(queue.pending_event_ids_session), set(queue.pending_messages_per_session)

    def wait(self, *left: str) -> None:
        """Wait until no other sessions than these are left."""
        end = time.monotonic() + 20
        while self.sessions()[0] != set(left) and time.monotonic() < end:
            time.sleep(0.02)
        assert self.sessions()[0] == set(left)

    def settle(self) -> None:
        """Wait until nothing is being answered."""
        while self.blocks._queue.event_ids_to_events:
            time.sleep(0.02)


@pytest.fixture(scope="module")
def running(sample_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    made: list[gr.Blocks] = []
    later = [timedelta()]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ui.server.upkeep._EVERY", 0.05)
        patch.setattr("ui.server.app.mount", lambda *given: made.append(mount(*given)) or made[0])
        patch.setattr("ui.server.app.Upkeep", partial(Upkeep, clock=lambda: datetime.now() + later[0]))
        with serving(index=str(sample_index), data=tmp_path_factory.mktemp("bounds")) as served:
            yield Running(served.url, made[0], later)


def test_a_programs_call_is_forgotten_once_its_answer_is_fetched(running: Running) -> None:
    for _ in range(3):
        assert answer(running.url, LOWMERE)["status"] == "answered"
    unfetched = call(running.url, "ask", LOWMERE, None, None, None, None, 10).json()["event_id"]
    running.settle()
    running.wait(unfetched)
    assert running.sessions() == ({unfetched}, {unfetched}, {unfetched})
    assert "event: complete" in httpx.get(f"{running.url}/gradio_api/call/ask/{unfetched}", timeout=60).text
    running.wait()
    assert running.sessions() == (set(), set(), set())


def test_answers_that_nobody_fetches_and_tabs_that_are_closed_end(running: Running) -> None:
    httpx.post(f"{running.url}/gradio_api/run/who", json=event("tab", 1))
    call(running.url, "ask", LOWMERE, None, None, None, None, 10)
    running.settle()
    time.sleep(0.2)
    assert len(running.sessions()[0]) == 2
    running.later[0] = timedelta(minutes=11)
    running.wait("tab")
    running.later[0] = timedelta(hours=13)
    running.wait()
    assert running.sessions() == (set(), set(), set())
    running.later[0] = timedelta()


def test_made_up_sessions_are_few_and_an_open_tab_outlives_them(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    holder = running.blocks.state_holder
    assert holder.capacity == running.blocks._queue.pending_messages_per_session.max_size == CAPACITY <= 500
    monkeypatch.setattr(holder, "capacity", 20)
    with httpx.Client(base_url=running.url) as client:
        for number in range(40):
            client.post("/gradio_api/run/who", json=event(f"made-up-{number}", 1))
            if number % 10 == 0:
                client.post("/gradio_api/run/who", json=event("open", 1))
        assert len(running.sessions()[0]) <= 21
        assert "open" in running.sessions()[0]


@pytest.mark.parametrize("bad", ["x" * 65, "x" * 900_000, "", "a b", "a\r\nb", "ä", "../a", 5, ["a"], {"a": 1}, True])
def test_a_session_has_a_name_that_a_browser_draws(running: Running, bad: object) -> None:
    for path in ("queue/join", "run/who", "call/ask", "cancel"):
        body = {**event("a", 1), "session_hash": bad}
        assert httpx.post(f"{running.url}/gradio_api/{path}", json=body).status_code == 400


def test_the_upkeep_goes_on_while_nothing_can_be_deleted(caplog: pytest.LogCaptureFixture, running: Running) -> None:
    def fail() -> None:
        raise StoreError("full")

    async def run() -> None:
        task = asyncio.create_task(Upkeep(running.blocks, fail).run())
        await asyncio.sleep(0.2)
        assert not task.done()
        task.cancel()

    asyncio.run(run())
    assert "could not be deleted" in caplog.text


def test_methods_that_are_made_up_are_one_series(running: Running) -> None:
    for number in range(30):
        raw(running.url, f"MADEUP{number}", "/")
    text = httpx.get(f"{running.url}/metrics").text
    assert "MADEUP" not in text
    assert 'method="other"' in text
    metrics = Metrics(generation=lambda: 1, answering=lambda: 0)
    for method in ("GET", "get", "G\nET", "X" * 1000):
        metrics.count_request(method, 200)
    assert {sample.labels["method"] for sample in next(iter(metrics.requests.collect())).samples} == {"GET", "other"}


def test_keys_of_limits_are_short_and_few() -> None:
    rate = RateLimit(per_minute=60, burst=1, clock=lambda: 0.0)
    long, other = "x" * 900_000, "x" * 900_000 + "y"
    assert [rate.take(long), rate.take(other), rate.take(long) > 0] == [0.0, 0.0, True]
    assert max(map(len, rate._buckets)) <= 100
    for number in range(10_100):
        rate.take(f"client {number}")
    assert len(rate._buckets) == 10_000


def test_a_network_is_one_client(sample_index: Path, tmp_path: Path) -> None:
    with serving(index=str(sample_index), data=tmp_path, rate=6.0, burst=1, proxies=("127.0.0.1",)) as made:

        def ask(address: str) -> int:
            return call(made.url, "ask", "Who?", headers={"X-Forwarded-For": address}).status_code

        assert [ask("2001:db8:1:2::1"), ask("2001:db8:1:2:ffff::9"), ask("2001:db8:1:3::1")] == [200, 429, 200]
        assert [ask("203.0.113.1"), ask("::ffff:203.0.113.1"), ask("203.0.113.2")] == [200, 429, 200]


def test_long_headers_are_refused(running: Running) -> None:
    url = running.url
    assert raw(url, "GET", "/healthz", {"X-Long": "x" * 9000})[0] == 431
    assert raw(url, "GET", "/healthz", {"X-Long": "x" * 8000})[0] == 200


FORGED = {
    "line": "/%0d%0a2026-01-01%20INFO%20Stopping", "escape": "/%1b%5b2J", "unit": "/%E2%80%A8forged",
    "nel": "/%C2%85forged", "bidi": "/%E2%80%AEforged", "long": f"/{'x' * 5000}",
    "below": "/gradio_api/call/%0aforged/x",
}  # fmt: skip


@pytest.mark.parametrize("path", FORGED.values(), ids=FORGED)
@pytest.mark.parametrize("form", [Lines(), JsonLines()], ids=["lines", "json"])
def test_no_path_forges_a_line_of_the_log(
    running: Running, caplog: pytest.LogCaptureFixture, path: str, form: logging.Formatter
) -> None:
    with caplog.at_level(logging.INFO, "ui.server.access"):
        raw(running.url, "GET", path)
    (line,) = [form.format(record) for record in caplog.records if record.name == "ui.server.access"]
    assert len(line) < 300
    assert len(line.splitlines()) == 1
    assert line.isprintable()


@pytest.mark.parametrize("bad", ["\r\n", "\x1b[2J", "\u2028", "\u2029", "\x85", "\u202e", "\ud800", "\x00", "\x9b1m"])
def test_whatever_is_logged_stays_in_its_line(bad: str) -> None:
    try:
        raise ValueError(f"no{bad}2026-01-01 INFO forged")  # noqa: TRY301
    except ValueError as error:
        record = logging.makeLogRecord({
            "msg": "from %s", "args": (f"Łukasz{bad}2026-01-01 INFO forged",), "levelname": "ERROR",
            "exc_info": (ValueError, error, error.__traceback__), "user": bad,
        })  # fmt: skip
    first, *traceback = Lines().format(record).splitlines()
    assert "Łukasz" in first
    assert "forged" in first
    assert all(line.startswith("    ") and line.isprintable() for line in traceback)
    (line,) = JsonLines().format(record).splitlines()
    assert line.isascii()
    assert json.loads(line)["user"] == bad


def test_what_gradio_would_print_is_logged_without_its_words(
    running: Running, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    import gradio.queueing as inside

    words = "secret question\n2026-01-01 INFO forged"
    try:
        {}[words]
    except KeyError:
        inside.traceback.print_exc()
    assert "secret" not in caplog.text + "".join(capfd.readouterr())
    assert "KeyError" in caplog.text


def test_sessions_are_in_no_log(
    running: Running, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    url, hidden = running.url, "s3cr3tsessi0n"
    bodies: list[dict[str, Any]] = [event(hidden, 1), event(hidden, 99), {**event(hidden, 1), "data": 5}]
    with caplog.at_level(logging.DEBUG):
        for body in bodies:
            httpx.post(f"{url}/gradio_api/queue/join", json=body)
            httpx.post(f"{url}/gradio_api/run/predict", json=body)
        for path in (
            f"gradio_api/queue/data?session_hash={hidden}",
            f"gradio_api/queue/data?session_hash={hidden}&session_hash=b",
            f"gradio_api/call/ask/{hidden}", f"gradio_api/call/v2/ask/{hidden}/",
            f"conversations/{hidden}.md", f"heartbeat/{hidden}", f"gradio_api/heartbeat/{hidden}/x",
        ):  # fmt: skip
            with suppress(httpx.TransportError):  # Gradio breaks off what it does not know
                httpx.get(f"{url}/{path}", timeout=1)
        with httpx.stream("GET", f"{url}/gradio_api/heartbeat/{hidden}"):
            pass
    ours = [r for r in caplog.records if not r.name.startswith(("httpx", "httpcore"))]  # this test's own client
    assert any(record.name == "ui.server.access" for record in ours)
    shown = "".join(form.format(record) for form in (Lines(), JsonLines()) for record in ours)
    assert hidden not in shown
    assert hidden not in "".join(capfd.readouterr())
