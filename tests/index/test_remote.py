"""An index on a real Chroma server: published whole, read by many, and whatever the server does, nothing hangs."""

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from index import (
    BadRequestError,
    IndexDamagedError,
    IndexMismatchError,
    IndexNotFoundError,
    IndexUnavailableError,
    PublishRefusedError,
    Scope,
)
from index.doctor import examine, repair
from index.history import compact, generations, rollback
from index.reindex import reindex
from index.server.address import Address
from index.server.chroma import ChromaServer
from index.server.published import require_pointer, set_pointer
from index.server.replica import replica_path
from index.serving import Index
from index.store.archive import Archive
from index.store.database import Database
from index.store.folder import Folder
from qa import Answer, Assistant
from tests.chroma import Chroma, Proxy, answering, free_port
from tests.conftest import ARTICLES, write
from tests.published import NUMBERS, Cache, cache, chroma, pointer, publish_again, say, small, three

__all__ = ["cache", "chroma", "small", "three"]  # fixtures

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("checked_here")]

ASKED = ["What are Russia's preconditions?", "Who won the election in Port Ellery?", "How many homes were flooded?"]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, sample_index: Path) -> Path:
    """The index of articles/, to be published."""
    path = tmp_path_factory.mktemp("published") / "index"
    shutil.copytree(sample_index, path, ignore=shutil.ignore_patterns("encoder"))
    shutil.copytree(sample_index / "encoder", path / "encoder", copy_function=os.link)
    return path


@pytest.fixture
def url(chroma: Chroma, archive: Path, cache: Cache) -> str:
    """The address of a published index of articles/ of the test's own, and an empty copy of it here."""
    address = chroma.url(f"index{next(NUMBERS)}")
    publish_again(archive, address)
    cache("here", address)
    return address


def same(one: Answer, other: Answer) -> bool:
    def facts(answer: Answer) -> tuple[Any, ...]:
        passages = [(p.chunk, p.article, pytest.approx(p.score, abs=1e-5)) for p in answer.passages]
        return answer.text, answer.status, answer.citations, passages

    return facts(one) == facts(other)


def wait_for(condition: Callable[[], bool], seconds: float) -> None:
    """Wait until the condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.02)


def test_the_answers_are_those_of_the_folder(url: str, assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    with Assistant.open(url, answer_cache=0) as remote:
        for question in ASKED:
            assert same(remote.ask(question), assistant.ask(question))
        options = {"since": "2025-05-01", "sources": ["Harbour Post"]}
        assert same(remote.ask(ASKED[2], **options), assistant.ask(ASKED[2], **options))
        with remote.index.generation() as here, assistant.index.generation() as there:
            assert list(here.articles()) == list(there.articles())
            scope = Scope(sources=tuple(here.sources()))
            vector = here.embeddings.embed_query(ASKED[0])
            exact = here.dense(vector, 20, scope)
            assert [hit.chunk_id for hit in here._dense.search(vector, 20, scope)] == [hit.chunk_id for hit in exact]
            monkeypatch.setattr("index.generation._EXACT_BELOW", 0)
            named = Scope(articles=tuple(article.id for article in here.articles(scope, most=9)))
            found = [[hit.chunk_id for hit in each.dense(vector, 5, named)] for each in (here, there)]
            assert found[0] == found[1] != []


def test_several_readers_follow_what_is_published(small: str, cache: Cache, tmp_path: Path) -> None:
    """Two machines, and two readers on one of them. What was replaced twice is gone from the copies, too."""
    source, index = tmp_path / "news", tmp_path / "index"
    copies = [replica_path(Address.parse(small))]
    first, second = Assistant.open(small, answer_cache=0), Assistant.open(small, answer_cache=0)
    copies.append(cache("elsewhere", small))
    third = Assistant.open(small, answer_cache=0)
    assert all(b"first of June" in raw(copy) for copy in copies)
    readers = [first, second, third]
    answers: list[Answer] = []
    done = threading.Event()

    def keep_asking() -> None:
        while not done.is_set():
            answers.append(first.ask("When does the night ferry start?"))

    with ThreadPoolExecutor() as pool:
        asking = pool.submit(keep_asking)
        try:
            for number in (2, 3):
                write(source / "ferry.md", "Night ferry", f"The night ferry will start on {number} July instead.")
                assert reindex([source], index).published == f"{small}, generation {number}"
                wait_for(partial(serve, readers, number), 10)
                wait_for(lambda: answers[-1].generation == number, 10)  # noqa: B023
        finally:
            done.set()
        asking.result()
    for answer in answers:
        text = " ".join(passage.chunk.text for passage in answer.passages)
        assert ("first of June" in text, "2 July" in text, "3 July" in text) == tuple(
            answer.generation == number for number in (1, 2, 3)
        )
    assert {answer.generation for answer in answers} >= {1, 3}
    for reader in readers:
        reader.close()
    wait_for(lambda: not any(b"first of June" in raw(copy) for copy in copies), 10)


def raw(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.suffix != ".onnx")


def serve(readers: list[Assistant], number: int) -> bool:
    return numbers(readers) == [number] * len(readers)


def numbers(readers: list[Assistant]) -> list[int]:
    found = []
    for reader in readers:
        with reader.index.generation() as current:
            found.append(current.number)
    return found


def test_what_is_unchanged_is_not_sent_again(url: str, archive: Path, chroma: Chroma) -> None:
    before = chroma.collections(Address.parse(url).name)
    number = generations(url)[-1].number
    assert reindex([ARTICLES], archive).published == f"{url}, generation {number}"
    assert chroma.collections(Address.parse(url).name) == before

    reindex([ARTICLES], archive, publish_to="off")
    assert reindex([ARTICLES], archive).published is None


def test_an_emptied_server_is_filled_again_and_readers_follow(url: str, archive: Path, chroma: Chroma) -> None:
    with Assistant.open(url, answer_cache=0) as reader:
        (before,) = numbers([reader])
        for name in chroma.collections(Address.parse(url).name):
            chroma.call("DELETE", f"/collections/{name}")
        with pytest.raises(IndexUnavailableError, match="was replaced"):
            reader.ask(ASKED[0])
        with pytest.raises(IndexNotFoundError, match=r"reindex ARTICLES --index FOLDER --publish http://127"):
            Assistant.open(url, answer_cache=0)
        reindex([ARTICLES], archive)
        wait_for(lambda: numbers([reader]) > [before], 10)
        assert reader.ask(ASKED[0]).status == "answered"


KILLED_WHILE_PUBLISHING = """
import os, signal, sys
from pathlib import Path
from index.store.archive import Archive
from index.store.database import Database
from index.store.folder import Folder
from index.server.upload import mirror, publish_address

def progress(stage, done, total):
    os.kill(os.getpid(), signal.SIGKILL)

folder = Folder(Path(sys.argv[1]))
with Database.open(folder.archive) as database:
    archive = Archive(database)
    mirror(folder, archive, publish_address(archive, None), again=True, progress=progress)
"""


def test_a_killed_publication_leaves_what_was_served(url: str, archive: Path, chroma: Chroma) -> None:
    name = Address.parse(url).name
    served = generations(url)
    whole = chroma.collections(name)
    command = [sys.executable, "-c", KILLED_WHILE_PUBLISHING, str(archive)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert len(chroma.collections(name)) == len(whole) + 1
    assert generations(url) == served
    Index.open(url).close()
    assert any("left over" in finding.what for finding in examine(url))

    reindex([ARTICLES], archive)
    assert chroma.collections(name) == whole
    assert examine(url) == []


def test_generations_on_a_server(small: str, tmp_path: Path, chroma: Chroma) -> None:
    source, index = tmp_path / "news", tmp_path / "index"
    write(source / "tram.md", "Tram", "The tram reaches Osk Hill in spring.")
    reindex([source], index)
    assert [(e.number, e.served, e.articles) for e in generations(small)] == [(1, False, 3), (2, True, 4)]
    with Assistant.open(small, answer_cache=0) as reader:
        assert rollback(small) == 1
        wait_for(lambda: numbers([reader]) == [1], 10)
        assert reader.ask("When does the tram reach Osk Hill?").status == "not_found"
        with pytest.raises(BadRequestError, match="Beside 1 there is: 2"):
            rollback(small, 7)
        assert reindex([source], index).published == f"{small}, generation 2"
        compact(small)
        assert [e.number for e in generations(small)] == [2]
        wait_for(lambda: numbers([reader]) == [2], 10)
        assert reader.ask("When does the tram reach Osk Hill?").status == "answered"
    assert len(chroma.collections(Address.parse(small).name)) == 3


def test_a_server_that_is_down_is_told_at_once(cache: Cache) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    cache("here", url)
    started = time.monotonic()
    with pytest.raises(IndexUnavailableError, match=r"cannot be reached.*chroma run --path"):
        Assistant.open(url, answer_cache=0)
    assert time.monotonic() - started < 5


def test_a_killed_server_is_missed_and_found_again(
    archive: Path, cache: Cache, tmp_path: Path, assistant: Assistant
) -> None:
    server = Chroma(tmp_path / "chroma" / "data")
    server.path.parent.mkdir()
    server.start()
    url = server.url()
    reindex([ARTICLES], archive, publish_to=url)
    cache("here", url)
    errors: list[Exception] = []
    answers: list[Answer] = []
    done = threading.Event()

    def keep_asking() -> None:
        while not done.is_set():
            try:
                answers.append(reader.ask(ASKED[0]))
            except IndexUnavailableError as error:
                errors.append(error)

    with Assistant.open(url, answer_cache=0) as reader, ThreadPoolExecutor() as pool:
        asking = pool.submit(keep_asking)
        try:
            wait_for(lambda: len(answers) >= 1, 20)
            server.kill()
            wait_for(lambda: len(errors) >= 1, 20)
            started = time.monotonic()
            with pytest.raises(IndexUnavailableError, match="cannot be reached"):
                reader.ask(ASKED[1])
            assert time.monotonic() - started < 10
            with pytest.raises(IndexUnavailableError, match="is up to date, but what is published is not"):
                reindex([ARTICLES], archive)
            server.start()
            before = len(answers)
            wait_for(lambda: len(answers) > before + 1, 20)
        finally:
            done.set()  # else a failure would wait for the thread without end
        asking.result()
        assert same(reader.ask(ASKED[0]), assistant.ask(ASKED[0]))
    reindex([ARTICLES], archive, publish_to="off")
    server.kill()


def test_a_slow_server_is_not_waited_for_without_end(chroma: Chroma, url: str, cache: Cache) -> None:
    name = Address.parse(url).name
    proxies = {mode: Proxy(chroma.port) for mode in ("stall", "drip")}
    readers: dict[str, Assistant] = {}
    for mode, proxy in proxies.items():
        address = f"http://127.0.0.1:{proxy.port}/{name}"
        cache(mode, address)
        readers[mode] = Assistant.open(address, answer_cache=0)
        proxy.mode = mode

    def refused(call: Callable[[], object]) -> float:
        started = time.monotonic()
        with pytest.raises(IndexUnavailableError, match=r"nothing whole in \d"):
            call()
        return time.monotonic() - started

    with ThreadPoolExecutor() as pool:
        asked = [pool.submit(refused, lambda r=reader: r.ask(ASKED[0])) for reader in readers.values()]
        opened = pool.submit(refused, lambda: generations(f"http://127.0.0.1:{proxies['stall'].port}/{name}"))
        assert opened.result() < 5
        assert max(future.result() for future in asked) < 10
    for mode, proxy in proxies.items():
        proxy.mode = "pass"
        assert readers[mode].ask(ASKED[0]).status == "answered"
        readers[mode].close()
        proxy.close()


NONSENSE = {
    "a page": (200, b"<html>Welcome to nginx!</html>", {}),
    "a page that says no": (404, b"<html>Not Found</html>", {}),
    "an error": (500, b"Internal Server Error \x1b[31m", {}),
    "too busy": (503, b"", {}),
    "nothing": (200, b"", {}),
    "another place": (302, b"", {"Location": "http://127.0.0.1:1/"}),
    "another shape": (200, b'["id"]', {}),
    "no pointer": (200, b'{"id": "bd2eab2a-cba2-48c3-9b69-60f4807a56fb", "name": "dateline"}', {}),
    "nested without end": (200, b"[" * 1_000_000, {}),
    "less than it promised": (200, b"{}", {"Content-Length": "1000", "Connection": "close"}),
    "not a number": (200, b"NaN", {}),
}


@pytest.mark.parametrize(("status", "body", "headers"), NONSENSE.values(), ids=NONSENSE)
def test_a_server_that_answers_nonsense(cache: Cache, status: int, body: bytes, headers: dict[str, str]) -> None:
    with answering(status, body, **headers) as port:
        address = f"http://127.0.0.1:{port}"
        cache("here", address)
        with pytest.raises(IndexUnavailableError, match=r"^[^\x1b]+$"):
            Assistant.open(address, answer_cache=0)


def of_kind(chroma: Chroma, url: str, ending: str) -> tuple[str, str]:
    """Return the name and id of the newest shard ("") or collection of texts."""
    found = chroma.collections(f"{Address.parse(url).name}-")
    name = max(name for name in found if name.endswith("-articles") == bool(ending))
    return name, found[name]


def records(chroma: Chroma, url: str, ending: str) -> dict[str, dict[str, Any]]:
    """Return the fields of the records of that collection by their ids."""
    body = {"include": ["metadatas"]}
    found = chroma.call("POST", f"/collections/{of_kind(chroma, url, ending)[1]}/get", body)
    return dict(zip(found["ids"], found["metadatas"], strict=True))


def an_article(chroma: Chroma, url: str) -> str:
    """Return the id of an article's record."""
    return next(id_ for id_ in records(chroma, url, "-articles") if len(id_) < 40)


def change_an_article(chroma: Chroma, url: str) -> None:
    path = f"/collections/{of_kind(chroma, url, '-articles')[1]}"
    chroma.call("POST", f"{path}/update", {"ids": [an_article(chroma, url)], "metadatas": [{"0": "{}"}]})


def change_a_list(chroma: Chroma, url: str) -> None:
    """A list that says that an article is gone, in a record that is whole."""
    path = f"/collections/{of_kind(chroma, url, '-articles')[1]}"
    (id_,) = (id_ for id_, fields in records(chroma, url, "-articles").items() if "gone" in fields["0"])
    text = json.dumps({"added": {}, "gone": {an_article(chroma, url)[:32]: 1}})
    fields = {"0": text, "count": 1, "sha256": hashlib.sha256(text.encode()).hexdigest()}
    chroma.call("POST", f"{path}/update", {"ids": [id_], "metadatas": [fields]})


def replace_an_article(chroma: Chroma, url: str) -> None:
    path = f"/collections/{of_kind(chroma, url, '-articles')[1]}"
    chroma.call("POST", f"{path}/delete", {"ids": [an_article(chroma, url)]})
    chroma.call("POST", f"{path}/add", {"ids": ["../../evil"], "embeddings": [[1, 0]], "metadatas": [{"0": "{}"}]})


def point_at_other_vectors(chroma: Chroma, url: str) -> None:
    """A pointer to vectors of another dimension."""
    name, id_ = of_kind(chroma, url, "")
    said = pointer(chroma, url)[1]
    count = chroma.call("GET", f"/collections/{id_}/count")
    chroma.call("DELETE", f"/collections/{name}")
    made = chroma.call("POST", "/collections", {"name": name, "configuration": {"hnsw": {"space": "cosine"}}})
    other = {"ids": [str(n) for n in range(count)], "embeddings": [[1, n] for n in range(count)]}
    chroma.call("POST", f"/collections/{made['id']}/add", other)
    say(chroma, url, said.replace(id_, made["id"]))


HARM: dict[str, tuple[Callable[[Chroma, str], None], str]] = {
    "vectors deleted": (lambda c, u: c.call("DELETE", f"/collections/{of_kind(c, u, '')[0]}"), "is missing"),
    "articles deleted": (lambda c, u: c.call("DELETE", f"/collections/{of_kind(c, u, '-articles')[0]}"), "is missing"),
    "an article changed": (change_an_article, "not what was published"),
    "a list changed": (change_a_list, "not the one that was published"),
    "an article replaced": (replace_an_article, "not what was published"),
    "vectors of another dimension": (point_at_other_vectors, "vectors have 2 numbers"),
    "pointer emptied": (lambda c, u: say(c, u, ""), "pointer cannot be read"),
    "pointer of another kind": (lambda c, u: say(c, u, 7), "pointer is missing"),
    "pointer to nothing": (
        lambda c, u: say(c, u, pointer(c, u)[1].replace('"served":', '"served":9')),
        "pointer cannot",
    ),
    "pointer out of bounds": (
        lambda c, u: say(c, u, pointer(c, u)[1].replace('"articles_count":', '"articles_count":-')),
        "pointer cannot",
    ),
}


@pytest.mark.parametrize(("harm", "message"), HARM.values(), ids=HARM)
def test_what_was_not_published_is_refused(
    small: str, chroma: Chroma, tmp_path: Path, harm: Callable[[Chroma, str], None], message: str
) -> None:
    harm(chroma, small)
    with pytest.raises(IndexUnavailableError, match=rf"{message}.*reindex --full --index FOLDER --publish http"):
        Index.open(small)
    assert any(message in finding.what for finding in examine(small))
    publish_again(tmp_path / "index")
    Index.open(small).close()


def test_an_index_of_a_newer_dateline_is_refused(small: str, chroma: Chroma) -> None:
    say(chroma, small, pointer(chroma, small)[1].replace('"format":3', '"format":4'))
    with pytest.raises(IndexMismatchError, match="newer Dateline"):
        Index.open(small)


def test_another_model_is_a_mismatch_and_its_name_is_never_followed(small: str, chroma: Chroma) -> None:
    said = pointer(chroma, small)[1]
    say(chroma, small, said.replace('"model":"all-MiniLM-L6-v2"', '"model":"evil/\\u001b[31mmodel"'))
    Index.open(small).close()
    say(chroma, small, said.replace('"chunk_tokens":200', '"chunk_tokens":100'))
    shutil.rmtree(replica_path(Address.parse(small)) / "generations")
    with pytest.raises(IndexMismatchError, match="another chunk_tokens than here"):
        Index.open(small)


def test_a_poisoned_configuration_is_only_text(small: str, chroma: Chroma) -> None:
    """Chroma's own client would build what a collection's configuration names. Here nothing is built."""
    from chromadb.utils.embedding_functions import register_embedding_function

    built: list[object] = []

    @register_embedding_function
    class Poison:
        @staticmethod
        def name() -> str:
            return "poison"

        @staticmethod
        def build_from_config(config: object) -> None:
            built.append(config)

    name, id_ = of_kind(chroma, small, "")
    path = f"/collections/{id_}"
    stored = chroma.call("POST", f"{path}/get", {"include": ["embeddings", "metadatas"]})
    chroma.call("DELETE", f"/collections/{name}")
    poisoned = {"type": "known", "name": "poison", "config": {"run": "this"}}
    configuration = {"hnsw": {"space": "cosine"}, "embedding_function": poisoned}
    made = chroma.call("POST", "/collections", {"name": name, "configuration": configuration})
    wanted = {key: stored[key] for key in ("ids", "embeddings", "metadatas")}
    chroma.call("POST", f"/collections/{made['id']}/add", wanted)
    say(chroma, small, pointer(chroma, small)[1].replace(id_, made["id"]))
    assert chroma.call("GET", f"/collections/{name}")["configuration_json"]["embedding_function"] == poisoned
    with Assistant.open(small, answer_cache=0) as reader:
        assert reader.ask("Why did the bridge close?").status == "answered"
    assert examine(small) == []
    assert built == []


COPY_HARM: dict[str, Callable[[Folder], object]] = {
    "archive torn": lambda f: f.archive.write_bytes(f.archive.read_bytes()[:5000]),
    "archive zeroed": lambda f: f.archive.write_bytes(bytes(9000)),
    "words deleted": lambda f: shutil.rmtree(f.generation(f.require_served()) / "tantivy"),
    "generation deleted": lambda f: shutil.rmtree(f.generations),
    "pointer torn": lambda f: f.current.write_text("00"),
    "about.json torn": lambda f: (f.generation(f.require_served()) / "about.json").write_text("{"),
}


@pytest.mark.parametrize("harm", COPY_HARM.values(), ids=COPY_HARM)
def test_a_damaged_copy_is_made_anew(small: str, harm: Callable[[Folder], object]) -> None:
    Index.open(small).close()
    harm(Folder(replica_path(Address.parse(small))))
    with Assistant.open(small, answer_cache=0) as reader:
        assert reader.ask("Why did the bridge close?").status == "answered"


def test_the_doctor_tells_copy_and_server_apart(small: str, chroma: Chroma) -> None:
    assert examine(small) == []
    folder = Folder(replica_path(Address.parse(small)))
    next((folder.generation(folder.require_served()) / "tantivy").glob("*.term")).write_bytes(b"x")
    (finding,) = examine(small)
    assert finding.cure == f"dateline doctor --repair --index {small}"
    repair(small)
    assert examine(small) == []

    path = f"/collections/{of_kind(chroma, small, '')[1]}"
    ids = chroma.call("POST", f"{path}/get", {"include": []})["ids"]
    chroma.call("POST", f"{path}/update", {"ids": ids[:1], "embeddings": [[1.0] + [0.0] * 383]})
    (finding,) = examine(small)
    assert "is not the one that was published" in finding.what
    assert "--publish" in finding.cure


def test_a_cache_that_cannot_be_written_is_told(small: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("DATELINE_CACHE", str(tmp_path / "file"))
    with pytest.raises(Exception, match="DATELINE_CACHE") as caught:
        Index.open(small)
    assert not isinstance(caught.value, IndexDamagedError)


def test_following_goes_on_after_a_failure(small: str, caplog: pytest.LogCaptureFixture, chroma: Chroma) -> None:
    said = pointer(chroma, small)[1]
    with Assistant.open(small, answer_cache=0) as reader:
        say(chroma, small, "nonsense")
        wait_for(lambda: "not followed at present" in caplog.text, 10)
        assert reader.ask("Why did the bridge close?").status == "answered"
        say(chroma, small, said.replace('"created":"2', '"created":"1'))
        time.sleep(2.5)
        assert caplog.text.count("not followed at present") == 1
        assert reader.ask("Why did the bridge close?").status == "answered"


def test_closing_ends_the_thread(small: str) -> None:
    with Index.open(small):
        assert any(thread.name.startswith("follow") for thread in threading.enumerate())
    assert not any(thread.name == f"follow {small}" for thread in threading.enumerate())


def test_a_folder_is_what_is_reindexed(source: Path) -> None:
    with pytest.raises(BadRequestError, match=r"--index FOLDER --publish http"):
        reindex([source], "http://127.0.0.1:1")


def test_the_command_asks_a_server(url: str) -> None:
    def dateline(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "ui", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    done = dateline("ask", ASKED[0], "--index", url)
    assert (done.returncode, done.stderr) == (0, "")
    assert "[1] Kremlin Sees No Basis" in done.stdout
    done = dateline("ask", ASKED[0], "--index", f"http://127.0.0.1:{free_port()}")
    assert done.returncode == 69
    assert done.stderr.startswith("dateline: The Chroma server at http://127.0.0.1:")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000/dateline"),
        ("http://news.example/wire", "http://news.example:80/wire"),
        ("https://[::1]:8443/a.b_c-d/", "https://[::1]:8443/a.b_c-d"),
    ],
)
def test_addresses(text: str, address: str) -> None:
    assert str(Address.parse(text)) == address
    assert Address.parse(address) == Address.parse(text)


@pytest.mark.parametrize(
    "text",
    ["http://", "http://:8000", "http://host:x", "http://host:99999", "ftp://host", "http://user:secret@host/name",
     "http://host/a/b", "http://host/..", "http://host/x", "http://host/name?x=1", "http://host/news-000001",
     "http://host/news-000001-articles", "http://host/" + "n" * 200],
)  # fmt: skip
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(BadRequestError) as caught:
        Address.parse(text)
    assert "secret" not in str(caught.value)


def test_an_address_leads_to_a_folder_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATELINE_CACHE", str(tmp_path))
    ports = [replica_path(Address.parse(f"http://host:{port}/{name}")) for port in (1, 2) for name in ("one", "two")]
    assert len(set(ports)) == 4
    assert all(path.parent == tmp_path for path in ports)
    monkeypatch.delenv("DATELINE_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.setattr(sys, "platform", "linux")
    assert replica_path(Address.parse("http://host")).parent == tmp_path / "xdg" / "dateline"


def test_a_copy_can_be_read_by_its_owner_only(small: str) -> None:
    Index.open(small).close()
    assert replica_path(Address.parse(small)).stat().st_mode & 0o077 == 0


def test_two_folders_do_not_publish_under_one_name(small: str, tmp_path: Path, three: Path) -> None:
    shutil.copytree(three / "news", tmp_path / "others")
    write(tmp_path / "others" / "mill.md", "Mill closes", "The mill at Tarn closed on Friday.")
    with Database.open(tmp_path / "index" / "archive.sqlite") as database:
        owner = Archive(database).setting("owner")
    shutil.copytree(three / "index", tmp_path / "second", ignore=shutil.ignore_patterns("encoder"))
    shutil.copytree(three / "index" / "encoder", tmp_path / "second" / "encoder", copy_function=os.link)
    with pytest.raises(PublishRefusedError, match="--take-over"):
        reindex([tmp_path / "others"], tmp_path / "second", publish_to=small)
    with Index.open(small) as index, index.generation() as generation:
        assert generation.articles_count == 3
    reindex([tmp_path / "others"], tmp_path / "second", publish_to=small, take_over=True)
    with pytest.raises(PublishRefusedError, match=re.escape(small)):
        publish_again(tmp_path / "index", small)
    rollback(small)
    with closing(ChromaServer(Address.parse(small))) as server:
        pointer = require_pointer(server)
    assert pointer.owner not in ("", owner)
    assert pointer.current.articles_count == 3


def test_what_an_older_dateline_published_belongs_to_who_publishes_next(small: str, tmp_path: Path) -> None:
    with closing(ChromaServer(Address.parse(small))) as server:
        pointer = require_pointer(server)
        set_pointer(server, pointer.model_copy(update={"owner": ""}))
        assert require_pointer(server).owner == ""
        reindex([tmp_path / "news"], tmp_path / "index", publish_to=small)
        assert require_pointer(server).owner == pointer.owner
