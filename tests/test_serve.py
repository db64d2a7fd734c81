"""The server, over real HTTP: API, doors, sign-in, limits, operation."""

import contextlib
import http.client
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
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from gradio_client import Client

from index.doctor import repair
from tests.served import Served, serving
from tests.test_cli import dateline
from ui.server.limits import Rate
from ui.server.logs import JsonLines
from ui.server.options import Options
from ui.users import Users

LOWMERE = "How many homes were flooded at Lowmere?"


@pytest.fixture(scope="module")
def served(sample_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(index=str(sample_index), data=tmp_path_factory.mktemp("pages"), concurrency=1, queue_size=3) as made:
        yield made


@pytest.fixture
def users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("ui.users._COST", 1 << 10)
    made = Users(tmp_path / "users.json")
    made.add("ada", "correct horse", admin=True)
    made.add("ben", "battery staple")
    return made.path


@pytest.fixture
def private(sample_index: Path, tmp_path: Path, users: Path) -> Iterator[Served]:
    with serving(index=str(sample_index), data=tmp_path / "pages", auth=users) as made:
        yield made


def call(url: str, name: str, *values: Any, **options: Any) -> httpx.Response:
    return httpx.post(f"{url}/gradio_api/call/{name}", json={"data": list(values)}, timeout=60, **options)


def answer(url: str, question: str, **options: Any) -> dict[str, Any]:
    """Ask through the plain HTTP API."""
    event = call(url, "ask", question, None, None, None, None, 10, **options).json()["event_id"]
    text = httpx.get(f"{url}/gradio_api/call/ask/{event}", timeout=60, **options).text
    kind, data = re.findall(r"event: (\w+)\ndata: (.*)", text)[-1]
    assert kind == "complete", text
    (value,) = json.loads(data)
    return value


def raw(url: str, method: str, path: str, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    """Send a request whose path is not tidied up on the way."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    with contextlib.closing(connection):
        connection.putrequest(method, path, skip_host=bool(headers and "Host" in headers))
        for name, value in (headers or {}).items():
            connection.putheader(name, value)
        connection.endheaders()
        response = connection.getresponse()
        return response.status, response.read()


# --- the API


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


# --- probes


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


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded"])
def test_the_figures_are_not_for_those_behind_a_proxy(served: Served, header: str) -> None:
    assert httpx.get(f"{served.url}/metrics", headers={header: "for=203.0.113.9"}).status_code == 403


# --- what may come in

SECRETS = ["etc/passwd", "proc/self/environ", "root/.ssh/id_rsa"]


@pytest.mark.parametrize(
    "route", ["/gradio_api/file=", "/file=", "/gradio_api/file/", "/static/", "/assets/", "/svelte/"]
)
@pytest.mark.parametrize("up", ["/", "../../../../../../", "%2e%2e/%2e%2e/%2e%2e/", "..%2f..%2f..%2f", "....//....//",
                                "..%5c..%5c", "%252e%252e%252f", "/%00/", "file:///"])  # fmt: skip
def test_no_file_can_be_read(served: Served, route: str, up: str) -> None:
    index, data = Path(served.parts.options.index), served.parts.options.data
    wanted = [*SECRETS, *(str(p)[1:] for p in (index / "archive.sqlite", index / "current", data / "dateline.sqlite"))]
    for path in wanted:
        status, body = raw(served.url, "GET", f"{route}{up}{path}")
        assert status in (403, 404), path
        assert b"root:" not in body
        assert b"SQLite" not in body


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/gradio_api/upload"), ("GET", "/gradio_api/upload_progress?upload_id=1"),
        ("GET", "/gradio_api/proxy=http://169.254.169.254/latest/meta-data"),
        ("GET", "/gradio_api/proxy=https://x.hf.space/"), ("GET", "/gradio_api/file=http://169.254.169.254/"),
        ("GET", "/gradio_api/file=http://[::1]/"), ("GET", "/gradio_api/file=http://2130706433/"),
        ("GET", "/gradio_api/deep_link?session_hash=a"), ("GET", "/monitoring"), ("GET", "/gradio_api/runs"),
        ("POST", "/gradio_api/run-history/connect"), ("GET", "/gradio_api/dev/reload"),
        ("GET", "/gradio_api/vibe-code"),
        ("POST", "/gradio_api/vibe-edit"), ("GET", "/gradio_api/custom_component/x/client/component/index.js"),
        ("GET", "/gradio_api/token"), ("GET", "/docs"), ("GET", "/openapi.json"), ("GET", "/gradio_api/mcp/"),
        ("PUT", "/"), ("DELETE", "/conversations/x.md"), ("TRACE", "/"), ("GET", "/pwa_icon"),
    ],
)  # fmt: skip
def test_what_the_page_does_not_need_is_not_there(served: Served, method: str, path: str) -> None:
    status, _ = raw(served.url, method, path)
    assert status in (403, 404)


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://localhost.evil.example"},
     {"Origin": "http://127.0.0.1:1"}, {"Sec-Fetch-Site": "cross-site"}],
    ids=lambda headers: next(iter(headers.values())),
)  # fmt: skip
def test_other_sites_are_refused(served: Served, headers: dict[str, str]) -> None:
    for name in ("ask", "chat"):
        assert call(served.url, name, LOWMERE, headers=headers).status_code == 403
    assert httpx.get(f"{served.url}/config", headers=headers).status_code == 403
    allowed = httpx.options(
        f"{served.url}/gradio_api/call/ask", headers={**headers, "Access-Control-Request-Method": "POST"}
    )
    assert "access-control-allow-origin" not in allowed.headers


def test_the_same_site_is_not_refused(served: Served) -> None:
    response = call(served.url, "ask", LOWMERE, None, None, None, None, 10, headers={"Origin": served.url})
    assert response.status_code == 200
    assert "access-control-allow-origin" not in response.headers
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert httpx.get(f"{served.url}/?q=Who", headers=link).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "localhost.", "[::1].evil.example"])
def test_a_name_that_leads_here_from_elsewhere_is_refused(served: Served, host: str) -> None:
    status, _ = raw(served.url, "GET", "/", {"Host": host})
    assert status in (400, 421)


def test_every_response_has_its_headers(served: Served) -> None:
    for path in ("/", "/healthz", "/nothing", "/gradio_api/info"):
        headers = httpx.get(f"{served.url}{path}").headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "'unsafe-inline'" not in headers["content-security-policy"].partition("style-src")[0]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert "server" not in headers


def test_only_scripts_of_this_very_page_have_its_nonce(served: Served) -> None:
    first, again = httpx.get(f"{served.url}/?q=<script>alert(1)</script>"), httpx.get(served.url)
    (nonce,) = re.findall(r"'nonce-([\w-]+)'", first.headers["content-security-policy"])
    scripts = re.findall(r"<script[^>]*", first.text)
    assert scripts
    assert all(f'nonce="{nonce}"' in script for script in scripts)
    assert nonce not in again.text
    assert "alert(1)" not in first.text


# --- sessions


def event(session: str, fn: int, *data: Any) -> dict[str, Any]:
    return {"data": list(data), "fn_index": fn, "session_hash": session, "event_data": None, "trigger_id": None}


def test_two_browsers_never_share_a_session(served: Served) -> None:
    with httpx.Client(base_url=served.url) as ada, httpx.Client(base_url=served.url) as eve:
        for browser in (ada, eve):
            cookie = browser.get("/").headers["set-cookie"]
            assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
        assert "set-cookie" not in ada.get("/").headers
        own = [c.post("/gradio_api/run/who", json=event(s, 1)).json()["data"] for c, s in ((ada, "ada"), (eve, "eve"))]
        assert own[0] != own[1]
        assert ada.post("/gradio_api/queue/join", json=event("ada", 0, "my secret question", None)).status_code == 200
        for attempt in (
            eve.post("/gradio_api/run/before", json=event("ada", 2, None)),
            eve.post("/gradio_api/queue/join", json=event("ada", 0, "x", None)),
            eve.get("/gradio_api/queue/data?session_hash=ada"),
            eve.get("/gradio_api/heartbeat/ada"),
            httpx.get(f"{served.url}/gradio_api/queue/data?session_hash=ada"),
        ):
            assert attempt.status_code == 403
            assert "secret" not in attempt.text


def test_a_conversation_is_exported_to_its_owner_alone(served: Served) -> None:
    with httpx.Client(base_url=served.url) as ada, httpx.Client(base_url=served.url) as eve:
        ada.get("/"), eve.get("/")
        ((owner,), _) = (
            c.post("/gradio_api/run/who", json=event(s, 1)).json()["data"] for c, s in ((ada, "x1"), (eve, "x2"))
        )
        entry = served.parts.store.create(owner)
        served.parts.store.append(
            owner, entry.id, {"question": LOWMERE, "answer": served.parts.assistant.ask(LOWMERE).to_dict()}
        )
        text = ada.get(f"/conversations/{entry.id}.md")
        assert text.headers["content-disposition"].startswith("attachment")
        assert LOWMERE.rstrip("?") in text.text
        assert ada.get(f"/conversations/{entry.id}.json").json()["exchanges"][0]["question"] == LOWMERE
        assert ada.get(f"/conversations/{entry.id}.exe").status_code == 404
        assert eve.get(f"/conversations/{entry.id}.md").status_code == 404
        assert httpx.get(f"{served.url}/conversations/{entry.id}.json").status_code == 404


# --- signing in


def test_nothing_is_told_before_signing_in(private: Served) -> None:
    asked = httpx.get(f"{private.url}/?q=Who%3F", headers={"Accept": "text/html"})
    assert (asked.status_code, asked.headers["location"]) == (303, "/login?next=%2F%3Fq%3DWho%253F")
    for path in ("/config", "/gradio_api/info", "/conversations/x.md", "/gradio_api/queue/data?session_hash=a"):
        assert httpx.get(f"{private.url}{path}").status_code == 401
    assert call(private.url, "ask", LOWMERE).status_code == 401
    assert httpx.get(f"{private.url}/healthz").status_code == 200


def test_signing_in_and_out(private: Served) -> None:
    given = {"username": "ada", "password": "correct horse", "next": "/?q=Who%3F"}
    with httpx.Client(base_url=private.url, headers={"Accept": "text/html"}) as browser:
        assert 'name="password"' in browser.get("/login").text
        wrong = browser.post("/login", data={**given, "password": "wrong", "next": '"><script>'})
        assert (wrong.status_code, "<script>" in wrong.text) == (401, False)
        right = browser.post("/login", data=given)
        assert (right.status_code, right.headers["location"]) == (303, "/?q=Who%3F")
        assert {"HttpOnly", "SameSite=Lax"} <= set(right.headers["set-cookie"].split("; "))
        assert browser.get("/config").json()["username"] == "ada"
        assert browser.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 200
        browser.post("/logout")
        assert browser.get("/config").status_code == 401


@pytest.mark.parametrize("away", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:1", "/\nx"])
def test_signing_in_leads_nowhere_else(private: Served, away: str) -> None:
    given = {"username": "ada", "password": "correct horse", "next": away}
    done = httpx.post(f"{private.url}/login", data=given, headers={"Accept": "text/html"})
    assert done.headers["location"] == "/"


def test_a_program_signs_in(private: Served) -> None:
    with contextlib.closing(Client(private.url, auth=("ben", "battery staple"), verbose=False)) as client:
        assert client.predict(LOWMERE, api_name="/ask")["status"] == "answered"
    with pytest.raises(Exception, match="Invalid credentials"):
        Client(private.url, auth=("ben", "battery stapl"), verbose=False)


def test_who_is_removed_is_out_at_once(private: Served, users: Path) -> None:
    with httpx.Client(base_url=private.url) as ben:
        assert ben.post("/login", data={"username": "ben", "password": "battery staple"}).json() == {"success": True}
        assert ben.get("/config").status_code == 200
        assert ben.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 403
        Users(users).remove("ben")
        assert ben.get("/config").status_code == 401


def test_passwords_cannot_be_tried_for_long(private: Served) -> None:
    tries = [
        httpx.post(f"{private.url}/login", data={"username": "ada", "password": str(n)}).status_code for n in range(12)
    ]
    assert tries[:10] == [401] * 10
    assert set(tries[10:]) == {429}


# --- limits


def test_too_much_at_once_is_refused(served: Served) -> None:
    assert call(served.url, "ask", "x" * (1 << 20), None, None, None, None, 10).status_code == 413

    def endless() -> Iterator[bytes]:
        for _ in range(64):
            yield b"x" * (1 << 15)

    with contextlib.suppress(httpx.WriteError):  # the server need not read it all
        assert httpx.post(f"{served.url}/gradio_api/call/ask", content=endless()).status_code == 413
    deep = b'{"data": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    assert httpx.post(f"{served.url}/gradio_api/call/ask", content=deep).status_code in (400, 422)
    assert answer(served.url, LOWMERE)["status"] == "answered"


def test_slow_senders_do_not_keep_others_waiting(served: Served) -> None:
    parts = urlsplit(served.url)
    with contextlib.ExitStack() as opened:
        for _ in range(100):
            lazy = opened.enter_context(socket.create_connection((parts.hostname or "", parts.port or 0)))
            lazy.sendall(b"POST /gradio_api/call/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n")
        assert answer(served.url, LOWMERE)["status"] == "answered"


def test_a_full_queue_refuses_and_tells_the_others_their_place(served: Served) -> None:
    served.slow.let_go.clear()
    served.slow.begun.clear()
    joined = [httpx.post(f"{served.url}/gradio_api/queue/join", json=event("q0", 0, "Who is the mayor?", None))]
    assert served.slow.begun.wait(20)
    for number in range(1, 6):
        body = event(f"q{number}", 0, "Who is the mayor?", None)
        joined.append(httpx.post(f"{served.url}/gradio_api/queue/join", json=body))
    assert [response.status_code for response in joined] == [200, 200, 200, 200, 503, 503]
    assert "full" in joined[-1].json()["detail"]
    places = []
    with httpx.stream("GET", f"{served.url}/gradio_api/queue/data?session_hash=q3", timeout=60) as stream:
        for line in stream.iter_lines():
            message = json.loads(line.removeprefix("data: ")) if line else {}
            if message.get("msg") == "estimation":
                places.append(message["rank"])
                served.slow.let_go.set()
            if message.get("msg") == "process_completed":
                break
    assert places[0] == 2
    assert places == sorted(places, reverse=True)


def test_who_asks_too_fast_is_told_when_to_go_on(sample_index: Path, tmp_path: Path) -> None:
    with serving(index=str(sample_index), data=tmp_path, rate=6.0, burst=2, proxies=("127.0.0.1",)) as made:

        def ask(address: str) -> httpx.Response:
            return call(made.url, "ask", "Who?", None, None, None, None, 10, headers={"X-Forwarded-For": address})

        assert [ask("203.0.113.1").status_code for _ in range(3)] == [200, 200, 429]
        assert ask("203.0.113.2").status_code == 200
        refused = ask("203.0.113.1")
        assert "try again" in refused.json()["detail"]
        assert 1 <= int(refused.headers["retry-after"]) <= 10


def test_events_that_ask_nothing_are_not_counted(sample_index: Path, tmp_path: Path) -> None:
    with serving(index=str(sample_index), data=tmp_path, rate=6.0, burst=1) as made:

        def run(number: object) -> int:
            body = {"data": [], "fn_index": number, "session_hash": "s1"}
            return httpx.post(f"{made.url}/gradio_api/run/predict", json=body).status_code

        assert [run(1) for _ in range(5)] == [200] * 5
        named = {"data": ["Who?", None, None, None, None, 10], "fn_index": 1}
        codes = [httpx.post(f"{made.url}/gradio_api/call/ask", json=named).status_code for _ in range(2)]
        assert codes == [200, 429]
        assert [run(0), run("1"), run(True), run(None)] == [429] * 4


def test_an_address_is_believed_of_proxies_alone(sample_index: Path, tmp_path: Path) -> None:
    with serving(index=str(sample_index), data=tmp_path, rate=6.0, burst=1) as made:
        codes = [
            call(made.url, "ask", "Who?", headers={"X-Forwarded-For": f"203.0.113.{n}"}).status_code for n in range(3)
        ]
        assert codes == [200, 429, 429]
        page = httpx.get(made.url, headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"})
        assert "evil.example" not in page.text


def test_a_bucket_fills_again() -> None:
    now = [0.0]
    rate = Rate(per_minute=60, burst=2, clock=lambda: now[0])
    assert [rate.take("a"), rate.take("a"), rate.take("a"), rate.take("b")] == [0.0, 0.0, 1.0, 0.0]
    now[0] = 0.75
    assert rate.take("a") == pytest.approx(0.25)
    now[0] = 100.0
    assert [rate.take("a"), rate.take("a"), rate.take("a") > 0] == [0.0, 0.0, True]


# --- operation


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
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
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
