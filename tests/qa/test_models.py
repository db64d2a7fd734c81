"""Real provider packages against a server on loopback: names, keys, failures, cancelling, and the command."""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from index import BadRequestError
from qa.write.generate import Generative, _speaker
from qa.write.models import ProviderMissingError, open_model
from qa.write.parse import parse_json, parse_lines
from qa.write.stream import CallLimits
from tests.chat_server import ChatServer, chat_server
from tests.scripted import EXTRACTED, GOOD, evidence, plainly, wait_for

KEY = "sk-very-secret-0123456789"


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with chat_server() as running:
        yield running


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.endswith("_API_KEY") or name.startswith("DATELINE_")]:
        monkeypatch.delenv(name)


def test_a_local_server_needs_no_key(server: ChatServer) -> None:
    server.words = [GOOD[:30], GOOD[30:]]
    model = open_model("openai:local", base_url=server.url)
    answer = Generative(model, name="openai:local").invoke(evidence())
    assert plainly(answer) == ("The flood entered 412 homes. [1]", "openai:local", "")
    assert answer.usage is not None
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (90, 9)
    request = server.requests[0]
    assert (request["model"], request["temperature"], request["stream"]) == ("local", 0, True)
    assert server.keys == ["Bearer none"]


@pytest.mark.parametrize(
    ("status", "reason", "requests"),
    [
        (401, "refused the key", 1),
        (403, "refused the key", 1),
        (404, "is unknown to its server", 1),
        (429, "is over its rate limit", 3),
        (500, "failed", 3),
    ],
)
def test_what_a_server_refuses(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
    status: int, reason: str, requests: int,
) -> None:  # fmt: skip
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    server.status = status
    model = open_model("openai:local", base_url=server.url)
    answerer = Generative(model, name="openai:local", limits=CallLimits(pause=0.01))
    with caplog.at_level(logging.DEBUG, "qa"):
        answer = answerer.invoke(evidence())
    assert answer.notice == f"The language model {reason}; these are the articles' own sentences."
    assert answer.text == f"{EXTRACTED} [1]"
    assert server.keys == [f"Bearer {KEY}"] * requests
    assert KEY not in caplog.text + json.dumps(answer.to_dict()) + repr(answerer) + repr(model)


def test_no_time_out_of_the_provider_comes_before_ours(server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGCHAIN_OPENAI_STREAM_CHUNK_TIMEOUT_S", "0.1")
    server.words, server.pause = [GOOD[:30], GOOD[30:]], 0.5
    answer = Generative(open_model("openai:local", base_url=server.url, timeout=30.0)).invoke(evidence())
    assert answer.text == "The flood entered 412 homes. [1]"


def test_a_server_that_is_not_there() -> None:
    model = open_model("openai:local", base_url="http://127.0.0.1:9/v1")
    answer = Generative(model, limits=CallLimits(pause=0.01)).invoke(evidence())
    assert answer.notice.startswith("The language model cannot be reached; these are")


def test_closing_the_stream_closes_the_connection(server: ChatServer) -> None:
    server.words, server.pause = [GOOD[:60], *["more "] * 1000], 0.02
    stream = Generative(open_model("openai:local", base_url=server.url)).events(evidence())
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    wait_for(server.broken.is_set)


def test_ollama_is_spoken_to(server: ChatServer) -> None:
    model = open_model("ollama:qwen3", base_url=server.url.removesuffix("/v1"))
    server.status = 404
    answer = Generative(model).invoke(evidence())
    assert answer.notice.startswith("The language model is unknown to its server; these")
    assert server.requests[0]["model"] == "qwen3"


@pytest.mark.parametrize(
    ("name", "url", "error", "message"),
    [
        ("qwen3", None, BadRequestError, "named provider:model"),
        ("openai:", None, BadRequestError, "named provider:model"),
        ("acme:model", None, BadRequestError, "There is no provider 'acme'"),
        ("openai:gpt-4o", None, BadRequestError, "OPENAI_API_KEY"),
        ("openai:x", "http://192.0.2.1/v1", BadRequestError, "OPENAI_API_KEY"),
        ("openai:x", "file:///etc/passwd", BadRequestError, "begins with http"),
        ("mistralai:x", None, ProviderMissingError, "pip install langchain-mistralai"),
    ],
)
def test_models_that_cannot_be_opened(name: str, url: str | None, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message) as caught:
        open_model(name, base_url=url)
    assert caught.value.__cause__ is None
    assert len(str(caught.value).splitlines()) == 1


def test_a_missing_provider_names_its_extra() -> None:
    code = """if True:
        import sys
        from qa.write.models import ProviderMissingError, open_model
        for provider in ("openai", "ollama", "anthropic"):
            sys.modules[f"langchain_{provider}"] = None
            try:
                open_model(f"{provider}:x")
            except ProviderMissingError as error:
                print(error)
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        f"The package for {provider} is not installed. Install it with: pip install '.[{provider}]'"
        for provider in ("openai", "ollama", "anthropic")
    ]


def test_the_profile_of_a_model_decides_its_form(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    speaker, read = _speaker(open_model("openai:gpt-4o-mini"))
    assert read is parse_json
    assert speaker.kwargs["response_format"]["type"] == "json_schema"  # type: ignore[attr-defined]
    speaker, read = _speaker(open_model("openai:gpt-3.5-turbo"))
    assert read is parse_lines
    speaker, read = _speaker(open_model("anthropic:claude-sonnet-4-5"))
    assert read is parse_json
    assert _speaker(open_model("openai:some-local-model"))[1] is parse_lines


def test_the_command_asks_a_model(server: ChatServer, sample_index: Path) -> None:
    server.words = ['[1] "Ukraine must give up its NATO ambitions" => Ukraine must give up its NATO ambitions.\n',
                    '[1] "Ukraine must give up" => Ukraine must give up [bold]Kyiv[/bold].']  # fmt: skip
    command = [sys.executable, "-m", "ui", "ask", "What are Russia's preconditions?", "--index", str(sample_index)]
    settings = {"DATELINE_LLM": "openai:local", "DATELINE_LLM_BASE_URL": server.url}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **settings})
    assert (done.returncode, done.stderr) == (0, "")
    assert "Ukraine must give up its NATO ambitions. [1]" in done.stdout
    assert "1 of 2 statements of the language model left out: not in the articles." in done.stdout
    assert "written by openai:local" in done.stdout
    assert "Kyiv" not in done.stdout
    options = ["--llm", "openai:local", "--llm-base-url", "http://127.0.0.1:9/v1", "--json"]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["status"], answer["model"]) == (0, "answered", "")
    assert answer["notice"].startswith("The language model cannot be reached; these")
