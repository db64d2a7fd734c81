"""Shared fixtures: real engines and the real model on small corpora, and no network but loopback."""

import json
import os
import shutil
import socket
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

os.environ["HF_HUB_OFFLINE"] = "1"

from index.build.check import check
from index.embed.model import SentenceEmbeddings
from index.reindex import Report, reindex
from index.store.folder import Folder
from qa import Assistant

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

    from tests.browser import Visit
    from tests.served import Served

ROOT = Path(__file__).parent.parent
ARTICLES = ROOT / "articles"

Reindex = Callable[..., Report]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is slow, and put the files with most slow tests first: no process is left alone with one at the end."""
    for item in items:
        if _is_slow(set(getattr(item, "fixturenames", ()))):
            item.add_marker(pytest.mark.slow)
    slow = Counter(item.path for item in items if item.get_closest_marker("slow"))
    items.sort(key=lambda item: -slow[item.path])


def _is_slow(fixtures: set[str]) -> bool:
    """Say whether a test indexes, starts a server or browser, or opens an index of its own.

    What asks the session's `assistant` takes milliseconds, and is not.
    """
    return bool(fixtures & {"index_path", "tiny_model", "served", "chromium"}) or (
        "sample_index" in fixtures and "assistant" not in fixtures
    )


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test tried to reach {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session")
def embeddings() -> SentenceEmbeddings:
    return SentenceEmbeddings()


@pytest.fixture(scope="session")
def sample_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index of articles/. Read only."""
    path = tmp_path_factory.mktemp("sample") / "index"
    reindex([ARTICLES], path)
    return path


@pytest.fixture(scope="session")
def assistant(sample_index: Path) -> Iterator[Assistant]:
    with Assistant.open(sample_index, answer_cache=0) as opened:  # no test gets what another one has asked
        yield opened


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory, embeddings: SentenceEmbeddings) -> Path:
    """A sentence-transformers folder of one layer and 32 dimensions, for tests that index very often."""
    import torch
    from transformers import BertConfig, BertModel

    path = tmp_path_factory.mktemp("tiny") / "model"
    shutil.copytree(embeddings.folder, path, ignore=shutil.ignore_patterns("*.safetensors"))
    config = BertConfig(hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64)
    torch.manual_seed(7)
    BertModel(config).save_pretrained(path)
    pooling = json.loads((path / "1_Pooling" / "config.json").read_text(encoding="utf-8"))
    (path / "1_Pooling" / "config.json").write_text(json.dumps({**pooling, "word_embedding_dimension": 32}))
    return path


@pytest.fixture
def checked_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """New generations are checked in this process, every chunk of them: starting one takes most of the time."""

    def check_here(folder: Folder, number: int, *, every: bool = False) -> None:
        check(folder, number, sample=None)

    monkeypatch.setattr("index.build.publish.check", check_here)
    monkeypatch.setattr("index.doctor.check", check_here)


@pytest.fixture(scope="session")
def served(sample_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator["Served"]:
    """A server over the sample index that answers one question at a time, and lets three wait."""
    from tests.served import serving  # Gradio takes seconds

    with serving(index=str(sample_index), data=tmp_path_factory.mktemp("pages"), concurrency=1, queue_size=3) as made:
        yield made


@pytest.fixture(scope="module")
def chromium() -> Iterator["Browser"]:
    """A headless browser; the modules that have one share its files' cache among their tests."""
    from tests.browser import browser

    with browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def profile(chromium: "Browser") -> "BrowserContext":
    """A browser profile whose cache a module's tests share: Gradio's files need not be fetched for each."""
    from tests.browser import profile_of

    return profile_of(chromium)


@pytest.fixture
def tab(profile: "BrowserContext", served: "Served") -> Iterator["Visit"]:
    """A tab of a new visitor."""
    from tests.browser import Visit

    profile.clear_cookies()
    made = Visit(profile, served.url)
    yield made.open()
    made.check()
    made.page.evaluate("localStorage.clear(); sessionStorage.clear()")
    made.page.close()


@pytest.fixture
def index_path(tmp_path: Path, sample_index: Path) -> Path:
    """An empty index folder that has the question encoder already: exporting it takes seconds."""
    path = tmp_path / "index"
    shutil.copytree(Folder(sample_index).path / "encoder", path / "encoder", copy_function=os.link)
    return path


@pytest.fixture(scope="session")
def three_indexed(tmp_path_factory: pytest.TempPathFactory, sample_index: Path) -> Path:
    """The index of the articles of `source`. Read only."""
    base = tmp_path_factory.mktemp("three")
    shutil.copytree(sample_index / "encoder", base / "index" / "encoder", copy_function=os.link)
    reindex([three_articles(base / "news")], base / "index")
    return base / "index"


@pytest.fixture
def indexed(index_path: Path, three_indexed: Path) -> Path:
    """A copy of the index of `source`, to be changed: a run of the indexer takes seconds."""
    ignore = shutil.ignore_patterns("encoder")
    return Path(shutil.copytree(three_indexed, index_path, ignore=ignore, dirs_exist_ok=True))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A folder of three short articles."""
    return three_articles(tmp_path / "news")


def three_articles(folder: Path) -> Path:
    """Write the articles of `source`."""
    write(folder / "bridge.md", "Bridge closes", "The bridge over the Senn closed on Monday after a crack was found.")
    write(folder / "school.md", "School strike ends", "Teachers in Ellery return to work after a deal on pay.")
    write(folder / "ferry.md", "Night ferry", "A night ferry will link both banks from the first of June.")
    return folder


def write(path: Path, title: str, text: str, **meta: str) -> None:
    """Write a Markdown article."""
    fields = {"title": title, "date": "2026-03-03", "source": "Ellery Courier", **meta}
    head = "\n".join(f"{key}: {json.dumps(value)}" for key, value in fields.items())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"---\n{head}\n---\n{text}\n", encoding="utf-8")


def questions() -> Sequence[dict[str, Any]]:
    """Return the project's own questions about articles/."""
    path = ROOT / "benchmarks" / "sample" / "questions.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
