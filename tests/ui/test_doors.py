"""What the server lets in, from whom, and how much of it."""

import contextlib
import json
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from gradio_client import Client

from tests.served import Served, answer, call, event, raw, serving
from ui.server.guard.attempts import SLOWEST, SignInAttempts
from ui.server.guard.limits import RateLimit
from ui.store.users import Users

LOWMERE = "How many homes were flooded at Lowmere?"


@pytest.fixture
def users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("ui.store.users._COST", 1 << 10)
    made = Users(tmp_path / "users.json")
    made.add("ada", "correct horse", admin=True)
    made.add("ben", "battery staple")
    return made.path


@pytest.fixture
def private(sample_index: Path, tmp_path: Path, users: Path) -> Iterator[Served]:
    with serving(index=str(sample_index), data=tmp_path / "pages", auth=users) as made:
        yield made


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


def test_the_page_shows_nobody_elses_pictures(served: Served) -> None:
    remote = {urlsplit(found).netloc for found in re.findall(r"https?://[^\"'\\ ]+", httpx.get(served.url).text)}
    assert remote == {urlsplit(served.url).netloc}


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
            eve.get("/gradio_api/call/ask/ada"),
            eve.get("/gradio_api/call/v2/ask/ada/"),
            eve.post("/gradio_api/call/ask", json={"data": ["x"], "session_hash": "ada"}),
            eve.post("/gradio_api/cancel", json={"session_hash": "ada", "fn_index": 0, "event_id": "x"}),
            httpx.get(f"{served.url}/gradio_api/queue/data?session_hash=ada"),
        ):
            assert attempt.status_code == 403
            assert "secret" not in attempt.text
        for both in ("session_hash=eve&session_hash=ada", "session_hash=ada&session_hash=eve",
                     "session_hash=&session_hash=ada", "session_hash=eve&session%5Fhash=ada",
                     "session_hash=eve&x=1&session_hash=ada"):  # fmt: skip
            attempt = eve.get(f"/gradio_api/queue/data?{both}")
            assert (attempt.status_code, "secret" in attempt.text) == (400, False)


@pytest.mark.parametrize(
    "path", ["/?q=a&q=b", "/?since=2026-01-01&since=2026-01-02", "/login?next=/&next=/x", "/config?x=1&x=2",
             "/healthz?a&a", "/gradio_api/queue/data?session_hash=a&source=a&source=b"],
)  # fmt: skip
def test_a_parameter_is_given_once(served: Served, path: str) -> None:
    assert httpx.get(f"{served.url}{path}").status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "/?q=a&source=A&source=B&category=c&category=d",
        "/?article=a&article=b&author=c&author=d&language=e&language=f",
        "/?a=1&b=1",
        "/?",
        "/config?x=1&X=1",
    ],
)
def test_what_may_be_given_more_than_once_is_let_in(served: Served, path: str) -> None:
    assert httpx.get(f"{served.url}{path}").status_code == 200


@pytest.mark.parametrize(
    "body",
    [b'{"data": [], "fn_index": 1, "session_hash": "a", "session_hash": "b"}',
     b'{"data": [], "fn_index": 1, "session_hash": "a", "session\\u005fhash": "b"}',
     b'{"data": [{"x": 1, "x": 2}], "fn_index": 1, "session_hash": "a"}',
     b'{"data": [], "fn_index": 1, "fn_index": 0, "session_hash": "a"}', b"", b"[]", b"null", b"{", b"a=1&a=2",
     b"\xff\xfe", b'"x"'],
)  # fmt: skip
@pytest.mark.parametrize("path", ["queue/join", "run/who", "call/ask", "call/v2/ask", "cancel", "reset"])
def test_a_body_names_nothing_twice(served: Served, path: str, body: bytes) -> None:
    kind = {"Content-Type": "application/json"}
    assert httpx.post(f"{served.url}/gradio_api/{path}", content=body, headers=kind).status_code == 400


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
        assert f'filename="{LOWMERE.rstrip(chr(63))}.md"' in text.headers["content-disposition"]
        assert text.headers["content-disposition"].startswith("attachment")
        assert LOWMERE.rstrip("?") in text.text
        assert ada.get(f"/conversations/{entry.id}.json").json()["exchanges"][0]["question"] == LOWMERE
        assert ada.get(f"/conversations/{entry.id}.exe").status_code == 404
        assert eve.get(f"/conversations/{entry.id}.md").status_code == 404
        assert httpx.get(f"{served.url}/conversations/{entry.id}.json").status_code == 404


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


def test_signing_in_speaks_the_readers_language(private: Served) -> None:
    german = {"Accept": "text/html", "Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}
    page = httpx.get(f"{private.url}/login", headers=german).text
    assert '<html lang="de">' in page
    assert "Passwort" in page
    assert "{{" not in page
    wrong = httpx.post(f"{private.url}/login", data={"username": "{{why}}", "next": "/{{root}}"}, headers=german)
    assert "Name oder Passwort ist nicht richtig." in wrong.text
    assert 'value="/{{root}}"' in wrong.text


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


def test_wrong_tries_lock_nobody_out(sample_index: Path, tmp_path: Path, users: Path) -> None:
    with serving(index=str(sample_index), data=tmp_path / "pages", auth=users, proxies=("127.0.0.1",)) as made:

        def sign_in(address: str, password: str) -> int:
            given = {"username": "ada", "password": password}
            return httpx.post(f"{made.url}/login", data=given, headers={"X-Forwarded-For": address}).status_code

        assert [sign_in("203.0.113.1", "wrong") for _ in range(12)] == [401] * 10 + [429] * 2
        assert sign_in("198.51.100.2", "correct horse") == 200


def test_a_name_that_is_tried_from_everywhere_is_slow_but_for_those_known() -> None:
    now = [0.0]
    attempts = SignInAttempts(clock=lambda: now[0])
    attempts.succeeded("home", "ada")
    delays = [attempts.delay(f"address {n}", "ada") for n in range(70)]
    assert delays == [0.0] * 60 + [SLOWEST] * 10
    assert (attempts.delay("home", "ada"), attempts.delay("home", "ben")) == (0.0, 0.0)
    now[0] = 61.0
    assert [attempts.delay("new", "ada"), attempts.delay("new", "ada")] == [0.0, SLOWEST]


def test_a_right_password_is_no_try() -> None:
    attempts = SignInAttempts(clock=lambda: 0.0)
    for _ in range(3):
        assert [attempts.refused("home", "ada") for _ in range(9)] == [0.0] * 9
        attempts.succeeded("home", "ada")


def test_one_address_cannot_try_many_names() -> None:
    now = [0.0]
    attempts = SignInAttempts(clock=lambda: now[0])
    assert [attempts.refused("here", f"name {n}") > 0 for n in range(40)] == [False] * 30 + [True] * 10
    assert attempts.refused("there", "name 1") == 0.0
    now[0] = 60.0
    assert attempts.refused("here", "name 1") == 0.0


def test_a_form_names_nothing_twice(private: Served) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    for body, code in (
        ("username=eve&username=ada&password=correct+horse", 400),
        ("username=ada&password=x&password=correct+horse", 400),
        (f"username={'x' * 900_000}&password=x", 413), ("a&" * 20_000, 413), ("", 401),
        ("username=ada&password=correct+horse", 200),
    ):  # fmt: skip
        assert httpx.post(f"{private.url}/login", content=body, headers=kind).status_code == code


def test_a_role_ends_at_once(private: Served, users: Path) -> None:
    with httpx.Client(base_url=private.url) as ada:
        ada.post("/login", data={"username": "ada", "password": "correct horse"})
        settings, outside = private.parts.settings, {"X-Forwarded-For": "203.0.113.9"}
        assert settings.admins() == {"ada"}
        assert ada.get("/metrics", headers=outside).status_code == 200
        file = json.loads(users.read_text())
        file["users"]["ada"]["admin"] = False
        users.write_text(json.dumps(file))
        assert settings.admins() == frozenset()
        assert ada.get("/metrics", headers=outside).status_code == 403
        assert ada.get("/config").status_code == 200  # still a user
        Users(users).add("ada", "another password")
        assert ada.get("/config").status_code == 401


def test_without_the_file_of_users_nobody_is_let_in(private: Served, users: Path) -> None:
    with httpx.Client(base_url=private.url) as ada:
        ada.post("/login", data={"username": "ada", "password": "correct horse"})
        users.write_text("broken")
        assert ada.get("/config").status_code == 503
        assert ada.post("/login", data={"username": "ada", "password": "correct horse"}).status_code == 503
        users.unlink()
        assert ada.get("/config").status_code == 503


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


@pytest.mark.parametrize("before", [b"", b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"], ids=["first", "next"])
def test_unfinished_requests_end(served: Served, monkeypatch: pytest.MonkeyPatch, before: bytes) -> None:
    monkeypatch.setattr("ui.server.run._HEAD_SECONDS", 0.3)
    parts = urlsplit(served.url)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=0.05) as dripping:
        dripping.sendall(before + b"GET / HTTP/1.1\r\nX: ")
        end = time.monotonic() + 10
        while time.monotonic() < end:
            try:
                dripping.sendall(b"x")
                if dripping.recv(4096) == b"":
                    return
            except TimeoutError:
                continue
            except OSError:
                return
    pytest.fail("the server waits for the rest of the request")
    raise AssertionError("the connection goes on")


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


def test_events_that_ask_nothing_may_be_more(sample_index: Path, tmp_path: Path) -> None:
    with serving(index=str(sample_index), data=tmp_path, rate=6.0, burst=1) as made:

        def run(number: object) -> int:
            body = {"data": [], "fn_index": number, "session_hash": "s1"}
            return httpx.post(f"{made.url}/gradio_api/run/predict", json=body).status_code

        assert [run(1) for _ in range(5)] == [200] * 5
        named = {"data": ["Who?", None, None, None, None, 10, None, False, None, None, None], "fn_index": 1}
        codes = [httpx.post(f"{made.url}/gradio_api/call/ask", json=named).status_code for _ in range(2)]
        assert codes == [200, 429]
        assert [run(0), run("1"), run(True), run(None)] == [429] * 4
        assert 429 in [run(1) for _ in range(20)]


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("queue/join", {"fn_index": 99_999, "data": []}, 404),
        ("queue/join", {"fn_index": -1, "data": []}, 404),
        ("queue/join", {"fn_index": "1", "data": []}, 404),
        ("queue/join", {"fn_index": 1.5, "data": []}, 404),
        ("queue/join", {"data": []}, 404),
        ("run/nothing", {"data": []}, 404),
        ("call/nothing", {"data": []}, 404),
        ("call/v2/nothing", {"question": "Who?"}, 404),
        ("queue/join", {"fn_index": 0, "data": ["Who?"]}, 422),
        ("call/ask", {"data": ["my secret\n2026-01-01 INFO forged"]}, 422),
        ("call/ask", {"data": "Who?"}, 422),
        ("call/ask", {}, 422),
        ("call/v2/ask", {"question": "Who?"}, 200),
        ("run/who", {"fn_index": 1, "data": ["one", "too many"]}, 200),
    ],
    ids=str,
)
def test_what_is_no_event_is_refused_before_anything_is_printed(
    served: Served, path: str, body: dict[str, Any], code: int, capfd: pytest.CaptureFixture[str]
) -> None:
    body = {**body, "session_hash": "events"} if "v2" not in path else body
    assert httpx.post(f"{served.url}/gradio_api/{path}", json=body).status_code == code
    assert "secret" not in "".join(capfd.readouterr())


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
    rate = RateLimit(per_minute=60, burst=2, clock=lambda: now[0])
    assert [rate.take("a"), rate.take("a"), rate.take("a"), rate.take("b")] == [0.0, 0.0, 1.0, 0.0]
    now[0] = 0.75
    assert rate.take("a") == pytest.approx(0.25)
    now[0] = 100.0
    assert [rate.take("a"), rate.take("a"), rate.take("a") > 0] == [0.0, 0.0, True]
