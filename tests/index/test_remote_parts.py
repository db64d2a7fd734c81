"""What is sent to a real Chroma server: what is new, and whatever is killed, readers have what they had."""

import itertools
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from index import IndexMismatchError, IndexUnavailableError, Scope
from index.doctor import examine
from index.history import compact, generations, rollback
from index.reindex import reindex
from index.server.address import Address
from index.server.chroma import ChromaServer
from index.server.http import HttpClient, Response
from index.server.members import fetch_members
from index.server.published import Pointer, require_pointer
from index.server.texts import Texts
from index.serving import Index
from qa import Assistant
from tests.chroma import Chroma
from tests.conftest import write
from tests.published import KEYS, Cache, cache, chroma, pointer, publish_again, say, small, three

__all__ = ["cache", "chroma", "small", "three"]  # fixtures
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("checked_here")]


class KilledError(BaseException):
    """Ends a run where it stands, as SIGKILL would: nothing is cleaned up."""


@contextmanager
def requests(before: Callable[[int, str, str], object]) -> Iterator[None]:
    """Call `before` with the number, method and path of each request that is about to be sent."""
    numbers = itertools.count()
    call = HttpClient.call

    def counted(client: HttpClient, method: str, path: str, *rest: Any, **more: Any) -> Response:
        before(next(numbers), method, path)
        return call(client, method, path, *rest, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HttpClient, "call", counted)
        yield


def served(url: str) -> Pointer:
    with closing(ChromaServer(Address.parse(url))) as server:
        return require_pointer(server)


def texts(url: str) -> dict[str, str]:
    """Return all texts that the server has of the articles of the served and the kept generation."""
    with closing(ChromaServer(Address.parse(url))) as server:
        current = require_pointer(server).current
        stored = Texts(server, current.texts.id)
        names = {id_.rpartition("-")[0] for id_ in stored.ids()}
        return dict(stored.read(sorted(name for name in names if len(name) == 32)))


def edit(folder: Path, text: str, name: str = "ferry.md") -> None:
    write(folder / "news" / name, name.partition(".")[0].title(), text)
    reindex([folder / "news"], folder / "index")


@pytest.fixture
def larger(small: str, tmp_path: Path) -> str:
    """The address of the published three articles and nine more, in one shard."""
    for number in range(9):
        write(tmp_path / "news" / f"{number}.md", f"Ward {number}", f"The council of ward {number} met on Monday.")
    reindex([tmp_path / "news"], tmp_path / "index")
    publish_again(tmp_path / "index")
    return small


def test_one_article_is_one_record_and_no_vectors(larger: str, tmp_path: Path) -> None:
    before = served(larger).current
    added: list[str] = []
    with (
        Assistant.open(larger, answer_cache=0) as reader,
        requests(lambda _, method, path: added.append(f"{method} {path}")),
    ):
        edit(tmp_path, "The night ferry will start on 2 July instead.")
        after = served(larger).current
        assert (after.number, after.shards, after.texts) == (before.number + 1, before.shards, before.texts)
        sent = [
            request.rpartition("/")[2] for request in added if request.startswith("POST") and "query" not in request
        ]
        assert sent.count("add") == 2  # the article, and the list of what changed
        assert not [
            request for request in added if request.startswith(("POST", "PUT")) and before.shards[0].id in request
        ]
        with closing(ChromaServer(Address.parse(larger))) as server:
            members = fetch_members(server, after)
        assert (len(members.added), len(members.gone), len(members.all())) == (1, 1, 12)
    with Assistant.open(larger, answer_cache=0) as reader:
        answer = reader.ask("When will the night ferry start?")
        assert "2 July" in answer.text
        assert "June" not in "".join(passage.chunk.text for passage in answer.passages)
    assert examine(larger) == []


def test_no_word_of_a_deleted_article_stays_for_two_generations(small: str, tmp_path: Path) -> None:
    edit(tmp_path, "The night ferry will start on 2 July instead.")
    assert any("first of June" in text for text in texts(small).values())  # of the generation before
    edit(tmp_path, "The night ferry will start on 3 July instead.")
    assert not any("first of June" in text for text in texts(small).values())
    assert len(texts(small)) == 4
    compact(small)
    assert len(texts(small)) == 3
    assert examine(small) == []


def test_an_article_that_comes_back_is_not_sent_again(larger: str, tmp_path: Path) -> None:
    before = (tmp_path / "news" / "ferry.md").read_bytes()
    edit(tmp_path, "The night ferry will start on 2 July instead.")
    (tmp_path / "news" / "ferry.md").write_bytes(before)
    added: list[str] = []
    with requests(lambda _, method, path: added.append(path) if path.endswith("/add") else None):
        reindex([tmp_path / "news"], tmp_path / "index")
    assert len(added) <= 1  # the list of changes, unless the server has it still
    with Assistant.open(larger, answer_cache=0) as reader:
        assert "first of June" in reader.ask("When will a night ferry link both banks?").text
    assert examine(larger) == []


def test_a_server_has_its_records_whatever_request_a_run_is_killed_before(
    small: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every third request of a publication that makes a shard, adds an article and deletes one: all take a minute."""
    monkeypatch.setattr("index.server.shards.LEAST_ADDED", 0)
    for at in itertools.count(0, 3):
        number = served(small).served
        write(
            tmp_path / "news" / "ferry.md", "Ferry", f"The night ferry will start on {at + 1} July {2000 + at} instead."
        )

        def kill(place: int, *_: str, at: int = at) -> None:
            if place == at:
                raise KilledError

        try:
            with requests(kill):
                reindex([tmp_path / "news"], tmp_path / "index")
            break
        except KilledError:
            pass
        with Index.open(small) as index, index.generation() as generation:
            assert generation.articles_count == 3
            assert generation.number in (number, generation.number)
            article = generation.article("ferry.md")
            assert article is not None
            vector = generation.embeddings.embed_query(article.text)
            (nearest,) = generation.chunks([generation.dense(vector, 1, Scope())[0].chunk_id]).values()
            assert nearest[1].id == "ferry.md"
        reindex([tmp_path / "news"], tmp_path / "index")
        with Index.open(small) as index, index.generation() as generation:
            assert f"{2000 + at}" in str(generation.article("ferry.md"))
        if at % 12 == 0:
            assert examine(small) == []
    assert at > 25
    assert examine(small) == []


@pytest.mark.parametrize("call", ["/add", "PUT "])
def test_a_server_that_is_killed_in_the_middle_is_completed_by_the_next_run(
    three: Path, tmp_path: Path, cache: Cache, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.server.shards.LEAST_ADDED", 0)
    server = Chroma(tmp_path / "chroma" / "data")
    server.path.parent.mkdir()
    server.start()
    try:
        shutil.copytree(three, tmp_path / "here")
        publish_again(tmp_path / "here" / "index", server.url())
        cache("reader", server.url())
        edit(tmp_path / "here", "The night ferry will start on 2 July instead.")

        def kill(_: int, method: str, path: str) -> None:
            if call in f"{method} {path}":
                server.kill()

        with requests(kill), pytest.raises(IndexUnavailableError, match="is up to date, but what is published is not"):
            edit(tmp_path / "here", "The night ferry will start on 3 July instead.")
        server.start()
        Index.open(server.url()).close()
        reindex([tmp_path / "here" / "news"], tmp_path / "here" / "index")
        with Assistant.open(server.url(), answer_cache=0) as reader:
            assert "3 July" in reader.ask("When will the night ferry start?").text
        assert examine(server.url()) == []
    finally:
        server.kill()


def test_what_is_edited_at_random_is_served_as_the_folder_has_it(
    small: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shards are shared, added, put together and given up; a reader that follows has what the folder has."""
    for name, value in (("LEAST_ADDED", 2), ("_LARGEST", 9)):
        monkeypatch.setattr(f"index.server.shards.{name}", value)
    draw, seen = random.Random(7), set()
    for number in range(10):
        for _ in range(draw.randrange(1, 4)):
            name = f"{draw.randrange(14)}.md"
            if draw.random() < 0.3:
                (tmp_path / "news" / name).unlink(missing_ok=True)
            else:
                write(
                    tmp_path / "news" / name,
                    f"Story {name}",
                    f"The council of ward {draw.randrange(99)} met on {name}.",
                )
        reindex([tmp_path / "news"], tmp_path / "index", yes=True)
        if draw.random() < 0.2:
            rollback(small)
            reindex([tmp_path / "news"], tmp_path / "index")
        seen.add(len(served(small).current.shards))
        with (
            Index.open(small) as remote,
            Index.open(tmp_path / "index") as local,
            remote.generation() as here,
            local.generation() as there,
        ):
            assert list(here.articles()) == list(there.articles())
            ids = [chunk.id for article in there.articles() for chunk in there.chunks_of(article.id)]
            for vector in [*there.vectors(ids).values()][:: max(1, len(ids) // 3)]:
                found, expected = (each._dense.search(vector.tolist(), 5, Scope()) for each in (here, there))
                assert [hit.score for hit in found] == pytest.approx([hit.score for hit in expected], abs=1e-5)
        if number % 5 == 4:
            assert examine(small) == []
    assert max(seen) >= 2


def test_the_doctor_finds_what_the_server_has_lost_or_has_besides(small: str, tmp_path: Path, chroma: Chroma) -> None:
    current = served(small).current
    path = f"/collections/{current.texts.id}"
    stray = {"ids": [f"{'0' * 32}-0"], "embeddings": [[1, 0]], "metadatas": [{"0": "{}"}]}
    chroma.call("POST", f"{path}/add", stray)
    (finding,) = examine(small)
    assert "1 records of articles are left over" in finding.what
    reindex([tmp_path / "news"], tmp_path / "index")
    assert examine(small) == []

    lost = next(id_ for id_ in chroma.call("POST", f"{path}/get", {"include": []})["ids"] if len(id_) < 40)
    chroma.call("POST", f"{path}/delete", {"ids": [lost]})
    (finding,) = examine(small)
    assert "records, 5 expected" in finding.what or "lacks 1 articles" in finding.what
    publish_again(tmp_path / "index")
    assert examine(small) == []


def test_an_article_that_the_server_has_lost_is_sent_with_the_next_publication(
    small: str, tmp_path: Path, chroma: Chroma
) -> None:
    path = f"/collections/{served(small).current.texts.id}"
    lost = next(id_ for id_ in chroma.call("POST", f"{path}/get", {"include": []})["ids"] if len(id_) < 40)
    chroma.call("POST", f"{path}/delete", {"ids": [lost]})
    edit(tmp_path, "The night ferry will start on 2 July instead.")
    Index.open(small).close()
    assert examine(small) == []


def test_what_an_older_dateline_published_is_replaced(small: str, tmp_path: Path, chroma: Chroma) -> None:
    said = pointer(chroma, small)[1]
    say(chroma, small, said.replace('"format":3', '"format":2'))
    for action in (Index.open, generations, rollback):
        with pytest.raises(IndexMismatchError, match=r"An older Dateline published .*reindex --index FOLDER --publish"):
            action(small)
    (finding,) = examine(small)
    assert "older Dateline" in finding.what
    old = chroma.collections(Address.parse(small).name)
    reindex([tmp_path / "news"], tmp_path / "index")
    new = chroma.collections(Address.parse(small).name)
    assert len(new) == 3
    assert not {name for name in old if "-000001" in name} & new.keys()
    assert examine(small) == []


def test_the_pointer_keeps_to_the_quotas_of_chroma_cloud(small: str, chroma: Chroma) -> None:
    metadata = chroma.call("GET", f"/collections/{Address.parse(small).name}")["metadata"]
    assert metadata.keys() <= {*KEYS}
    assert all(len(value.encode()) <= 256 for value in metadata.values())
    with closing(ChromaServer(Address.parse(small))) as server:
        records = server.get(served(small).current.texts.id, include=("metadatas",))
    assert all(len(value.encode()) <= 4096 for fields in records.metadatas or [] for value in map(str, fields.values()))
