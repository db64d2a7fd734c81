"""A real server with the smallest of pages, in a thread of the test or as a process of its own."""

import argparse
import contextlib
import http.client
import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import gradio as gr
import httpx
import uvicorn
from langchain_core.runnables import RunnableLambda

from qa import Answer, Assistant, Evidence
from qa.answer.extract import Extractive
from ui.server import logs
from ui.server.app import site
from ui.server.options import Options
from ui.server.parts import Page, Parts, open_parts
from ui.server.run import server
from ui.settings import QUESTIONS, PageSettings
from ui.store.conversations import Store
from ui.store.identity import owner
from ui.terminal import signals
from ui.web import page as dateline


def page(assistant: Assistant, store: Store, *, settings: PageSettings) -> gr.Blocks:
    """Return a page that answers a question and tells its owner."""
    with gr.Blocks(title="Smallest") as blocks:
        question, answer = gr.Textbox(label="Question"), gr.Textbox(label="Answer")
        said = gr.State([])

        def ask(text: str, before: list[str]) -> tuple[str, list[str]]:
            return assistant.ask(text).text, [*before, text]

        def who(request: gr.Request) -> str:
            return owner(request)

        gr.Button("Ask").click(
            ask, [question, said], [answer, said], concurrency_id=QUESTIONS,
            concurrency_limit=settings.concurrency,
        )  # fmt: skip
        gr.Button("Who").click(who, None, answer, api_name="who", queue=False)
        gr.Button("Before").click(" ".join, said, answer, api_name="before", queue=False)
    return blocks


class Slow:
    """Answers like `Extractive`, but only when let go; a question with "crash" in it fails."""

    def __init__(self) -> None:
        self.let_go, self.begun = threading.Event(), threading.Event()
        self.let_go.set()

    def __call__(self, evidence: Evidence) -> Answer:
        """Answer."""
        self.begun.set()
        if "crash" in evidence.question:
            raise RuntimeError(f"/secret/path sk-key {evidence.question}")
        self.let_go.wait(120)
        return Extractive().invoke(evidence)


SMALLEST = Page(page, lambda _: {})
DATELINE = Page(dateline.build, dateline.launch_options)
"""The page of `ui.web`."""
_DEFAULTS = ("", None, None, None, None, 10, None, False, None, None, None)


@dataclass(frozen=True, slots=True)
class Served:
    """A running server."""

    url: str
    parts: Parts
    slow: Slow


@contextlib.contextmanager
def serving(look: Page = SMALLEST, **given: Any) -> Iterator[Served]:
    """Serve in a thread on a free port. `given` are the fields of `Options`; no rate limit unless it is named."""
    slow = Slow()
    answerer = None if given.get("llm") else RunnableLambda(slow)
    options = Options(**{"rate": 0.0, **given})
    six = ":" in options.host
    with (
        open_parts(options, answerer=answerer) as parts,
        socket.socket(socket.AF_INET6 if six else socket.AF_INET) as bound,
    ):
        bound.bind((options.host, 0))
        with ThreadPoolExecutor(1) as elsewhere:  # a test that drives a browser has a loop running in its thread
            made = elsewhere.submit(site, parts, look).result()
        running = server(made)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [bound]})
        thread.start()
        try:
            _wait(running, thread)
            host = f"[{options.host}]" if six else options.host
            yield Served(f"http://{host}:{bound.getsockname()[1]}", parts, slow)
        finally:
            slow.let_go.set()
            made.close()
            running.should_exit = True
            thread.join(20)
    assert not thread.is_alive()


def _wait(running: uvicorn.Server, thread: threading.Thread) -> None:
    end = time.monotonic() + 60
    while not running.started:
        assert thread.is_alive(), "the server did not start"
        assert time.monotonic() < end
        time.sleep(0.01)


def call(url: str, name: str, *values: Any, **options: Any) -> httpx.Response:
    """Put a call of the API into the queue. What is not given of `ask` has its default: plain HTTP must give all."""
    if name == "ask":
        values = (*values, *_DEFAULTS[len(values) :])
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


def event(session: str, fn: int, *data: Any) -> dict[str, Any]:
    """Return what a browser sends for an event of the page."""
    return {"data": list(data), "fn_index": fn, "session_hash": session, "event_data": None, "trigger_id": None}


def main() -> None:
    """Serve as a process: each question takes the given seconds more."""
    parser = argparse.ArgumentParser()
    parser.add_argument("index")
    parser.add_argument("data", type=Path)
    parser.add_argument("port", type=int)
    parser.add_argument("--seconds", type=float, default=0)
    parser.add_argument("--grace", type=float, default=10)
    given = parser.parse_args()
    signals.end_in_order()
    signals.allow_more_time(given.grace + 5)
    logs.set_up(as_json=True, verbose=True)
    options = Options(index=given.index, data=given.data, port=given.port, grace=given.grace, rate=0)

    def late(evidence: Evidence) -> Answer:
        time.sleep(given.seconds)
        return Extractive().invoke(evidence)

    with open_parts(options, answerer=RunnableLambda(late)) as parts:
        server(site(parts, SMALLEST)).run()


if __name__ == "__main__":
    main()
