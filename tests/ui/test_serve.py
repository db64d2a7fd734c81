"""The server over real HTTP: its API, its probes, and how it is run."""

import contextlib
import json
import logging
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import Client

from index.doctor import repair
from tests.command import dateline
from tests.conftest import ROOT
from tests.served import Served, answer, call, serving
from ui.server.logs import JsonLines
from ui.server.options import Options

LOWMERE = "How many homes were flooded at Lowmere?"


def test_ask_is_the_answer_of_the_python_api(served: Served) -> None:
    with contextlib.closing(Client(served.url, verbose=False)) as client:
        given = client.predict(LOWMERE, sources=["Harbour Post"], api_name="/ask")
    known = served.parts.assistant.ask(LOWMERE, sources=["Harbour Post"]).to_dict()
    for passage in known["passages"]:
        del passage["article"]["path"]
    assert {**given, "timings": 0} == {**known, "timings": 0}
    assert given["citations"]


def test_chat_comes_piece_by_piece_and_knows_what_was_said(served: Served) -> None:
    with contextlib.closing(Client(served.url, verbose=False)) as client:
        history = [{"role": "user", "content": LOWMERE}, {"role": "assistant", "content": "Forty-one."}]
        job = client.submit("And when?", history=history, api_name="/chat")
        *pieces, last = [job.result(), *job.outputs()][1:]
    assert last["rewritten"]
    assert last["status"] in ("answered", "not_found")
    assert all(piece["status"] == "writing" for piece in pieces)


def test_the_endpoints_are_documented(served: Served) -> None:
    named = httpx.get(f"{served.url}/gradio_api/info").json()["named_endpoints"]
    assert [p["parameter_name"] for p in named["/ask"]["parameters"]][:3] == ["question", "since", "until"]
    assert "Answer a question" in named["/ask"]["description"]
    assert "history" in named["/chat"]["description"]


@pytest.mark.parametrize(
    ("values", "told"),
    [(["", None, None, None, None, 10], "empty"), (["Who?", "yesterday", None, None, None, 10], "2026-03-03"),
     (["Who?", None, None, None, None, 10**9], "1 to 100"), (["x" * 1001, None, None, None, None, 10], "1000"),
     (["Who?", None, None, ["The Nowhere Times"], None, 10], "No article")],
    ids=["empty", "day", "passages", "long", "source"],
)  # fmt: skip
def test_a_bad_request_is_told(served: Served, values: list[Any], told: str) -> None:
    event = call(served.url, "ask", *values).json()["event_id"]
    text = httpx.get(f"{served.url}/gradio_api/call/ask/{event}", timeout=60).text
    assert "event: error" in text
    assert told in text


def test_another_error_is_an_id_with_its_details_in_the_log(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    event = call(served.url, "ask", "Who will crash?", None, None, None, None, 10).json()["event_id"]
    text = httpx.get(f"{served.url}/gradio_api/call/ask/{event}", timeout=60).text
    (id_,) = re.findall(r"error ([0-9a-f]{8})\.", text)
    for secret in ("/secret/path", "sk-key", "RuntimeError", "Traceback"):
        assert secret not in text
    (record,) = [record for record in caplog.records if getattr(record, "error", None) == id_]
    assert record.exc_info is not None
    assert "/secret/path" in str(record.exc_info[1])


@pytest.mark.parametrize(
    "question", ["{question.__class__}", "{{7*7}}", '{"lc": 1, "type": "secret"}', "%s %n", "\u202eabc"]
)
def test_a_question_is_only_text(served: Served, question: str) -> None:
    assert answer(served.url, question)["question"] == question.replace("\u202e", "")


def test_the_probes(served: Served) -> None:
    assert httpx.get(f"{served.url}/healthz").text == "alive\n"
    assert httpx.get(f"{served.url}/readyz").json() == {"ready": True, "generation": 1}


def test_the_figures(served: Served) -> None:
    def figures() -> dict[str, float]:
        text = httpx.get(f"{served.url}/metrics").text
        return {name: float(value) for name, value in re.findall(r"^(dateline_\S+) (\S+)$", text, re.MULTILINE)}

    before = figures()
    answer(served.url, LOWMERE)
    answer(served.url, "How many tanks did Russia lose?")
    after = figures()

    def risen(name: str) -> float:
        return after[name] - before.get(name, 0.0)

    assert risen('dateline_questions_total{outcome="answered"}') == 1
    assert risen('dateline_questions_total{outcome="not_found"}') == 1
    assert risen('dateline_stage_seconds_count{stage="dense"}') == 2
    assert (after["dateline_generation"], after["dateline_queue_length"], after["dateline_answering"]) == (1, 0, 0)
    assert risen('dateline_http_requests_total{method="GET",status="200"}') >= 2


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via", "X-Forwarded-Server", "True-Client-IP",
               "CF-Connecting-IP", "X-Client-IP", "X-Original-Forwarded-For", "X-Envoy-External-Address", "Client-IP",
               "Fly-Client-IP", "X-Remote-IP", "X-Remote-Addr", "X-Originating-IP", "X-BlueCoat-Via", "X-Nginx-Proxy",
               "Ali-CDN-Real-IP", "X-Vercel-Forwarded-For", "X-NF-Client-Connection-IP", "Proxy-Connection"],
)  # fmt: skip
def test_the_figures_are_not_for_those_behind_a_proxy(served: Served, header: str) -> None:
    assert httpx.get(f"{served.url}/metrics", headers={header: "127.0.0.1"}).status_code == 403


@pytest.mark.parametrize(
    "header",
    [
        "X-Request-ID",
        "Accept",
        "User-Agent",
        "X-Prometheus-Scrape-Timeout-Seconds",
        "X-Previa",
        "Traceparent",
        "Cache-Control",
    ],
)
def test_the_figures_are_for_this_machine(served: Served, header: str) -> None:
    assert httpx.get(f"{served.url}/metrics", headers={header: "10"}).status_code == 200


def test_the_figures_are_not_for_those_who_know_the_server_by_another_name(sample_index: Path, tmp_path: Path) -> None:
    with serving(index=str(sample_index), data=tmp_path, hosts=("news.example",)) as made:
        for host, code in (("news.example", 403), ("news.example:80", 403), ("localhost:1", 200), ("[::1]:1", 200)):
            assert httpx.get(f"{made.url}/metrics", headers={"Host": host}).status_code == code


def test_a_new_generation_is_served_without_a_restart(sample_index: Path, tmp_path: Path) -> None:
    path = tmp_path / "index"
    shutil.copytree(sample_index, path)
    with serving(index=str(path), data=tmp_path / "pages") as made:
        before = answer(made.url, LOWMERE)
        repair(path)
        after = answer(made.url, LOWMERE)
        assert (before["generation"], after["generation"]) == (1, 2)
        assert before["citations"] == after["citations"]
        assert httpx.get(f"{made.url}/readyz").json()["generation"] == 2


def test_behind_a_proxy_the_page_knows_its_path(sample_index: Path, tmp_path: Path) -> None:
    with serving(index=str(sample_index), data=tmp_path, root_path="https://news.example/ask") as made:
        host = {"Host": "news.example", "Origin": "https://news.example"}
        config = httpx.get(f"{made.url}/config", headers=host).json()
        assert config["root"] == "https://news.example/ask"
        assert "Path=/ask" in httpx.get(f"{made.url}/", headers=host).headers["set-cookie"]
        assert call(made.url, "ask", LOWMERE, None, None, None, None, 10, headers=host).status_code == 200


def test_loopback_has_two_addresses(sample_index: Path, tmp_path: Path) -> None:
    with serving(index=str(sample_index), data=tmp_path, host="::1", answer_cache=16) as made:
        assert made.url.startswith("http://[::1]:")
        found, again = (answer(made.url, LOWMERE, headers={"Origin": made.url}) for _ in range(2))
        assert (found["status"], found["citations"]) == ("answered", again["citations"])
        figures = httpx.get(f"{made.url}/metrics")
        assert figures.status_code == 200
        assert "\ndateline_answers_kept_total 1.0\n" in figures.text


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_other_machines_need_auth(host: str) -> None:
    done = dateline("serve", "--host", host)
    assert done.returncode == 2
    assert "--auth FILE" in done.stderr
    assert Options(index="x", data=Path("x"), host=host, insecure=True).known_hosts is None


def test_no_index_is_told_at_once(tmp_path: Path) -> None:
    done = dateline("serve", "--index", tmp_path / "none", "--port", 0)
    assert done.returncode == 1
    assert "dateline reindex" in done.stderr
    assert not (tmp_path / "none-pages").exists()


def test_logs_hold_no_question(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        answer(served.url, "What about the quintessential zebra?")
        httpx.get(f"{served.url}/?q=quintessential+zebra")
    lines = [JsonLines().format(record) for record in caplog.records if record.name.startswith(("ui", "qa", "index"))]
    assert any(json.loads(line)["logger"] == "ui.server.access" for line in lines)
    assert "zebra" not in "".join(lines)


@pytest.mark.slow
def test_a_server_that_is_told_to_stop_finishes_its_answers(sample_index: Path, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "tests.served", sample_index, tmp_path / "pages", str(port), "--seconds", "3"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
    url = f"http://127.0.0.1:{port}"
    try:
        _ready(url)
        given: list[dict[str, Any]] = []
        asking = threading.Thread(target=lambda: given.append(answer(url, LOWMERE)))
        asking.start()
        while not httpx.get(f"{url}/metrics").text.count("dateline_answering 1.0"):
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        refused = call(url, "ask", LOWMERE, None, None, None, None, 10)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "30")
        assert httpx.get(f"{url}/readyz").status_code == 503
        asking.join(30)
        _, logged = process.communicate(timeout=30)
        assert given[0]["status"] == "answered"
        assert process.returncode == 0
        assert all(json.loads(line) for line in logged.splitlines())
    finally:
        process.kill()
        process.wait()


def _ready(url: str) -> None:
    end = time.monotonic() + 90
    while time.monotonic() < end:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{url}/readyz").status_code == 200:
                return
        time.sleep(0.1)
    raise AssertionError("the server is not ready")
