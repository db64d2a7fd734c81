"""Indexes on a real Chroma server for tests, and machines that read them."""

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index.reindex import reindex
from index.server.address import Address
from index.server.replica import replica_path
from index.server.upload import mirror, publish_address
from index.store.archive import Archive
from index.store.database import Database
from index.store.folder import Folder
from tests.chroma import Chroma
from tests.conftest import write

NUMBERS = itertools.count(1000)


@pytest.fixture(scope="module")
def chroma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chroma]:
    server = Chroma(tmp_path_factory.mktemp("chroma") / "data")
    server.start()
    yield server
    server.kill()


Cache = Callable[[str, str], Path]


@pytest.fixture
def cache(tmp_path: Path, sample_index: Path, monkeypatch: pytest.MonkeyPatch) -> Cache:
    """Be another machine: copies of indexes go to a folder of its own, where the question encoder is already."""

    def move(machine: str, url: str) -> Path:
        monkeypatch.setenv("DATELINE_CACHE", str(tmp_path / machine))
        path = replica_path(Address.parse(url))
        if not path.exists():
            shutil.copytree(sample_index / "encoder", path / "encoder", copy_function=os.link)
        return path

    return move


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory, sample_index: Path) -> Path:
    """Three articles, and an index of them."""
    base = tmp_path_factory.mktemp("three")
    write(base / "news" / "bridge.md", "Bridge closes", "The bridge over the Senn closed after a crack was found.")
    write(base / "news" / "school.md", "School strike ends", "Teachers in Ellery return to work after a deal on pay.")
    write(base / "news" / "ferry.md", "Night ferry", "A night ferry will link both banks from the first of June.")
    shutil.copytree(sample_index / "encoder", base / "index" / "encoder", copy_function=os.link)
    reindex([base / "news"], base / "index")
    return base


@pytest.fixture
def small(three: Path, tmp_path: Path, chroma: Chroma, cache: Cache) -> str:
    """The address of a published index of the three articles, made from `tmp_path`, where they may be changed."""
    shutil.copytree(three / "news", tmp_path / "news")
    shutil.copytree(three / "index", tmp_path / "index", ignore=shutil.ignore_patterns("encoder"))
    shutil.copytree(three / "index" / "encoder", tmp_path / "index" / "encoder", copy_function=os.link)
    address = chroma.url(f"small{next(NUMBERS)}")
    publish_again(tmp_path / "index", address)
    cache("here", address)
    return address


def publish_again(index: Path, address: str | None = None) -> None:
    """Send all of it, as `reindex --full --publish` does after building it anew."""
    folder = Folder(index)
    with Database.open(folder.archive) as database:
        archive = Archive(database)
        target = publish_address(archive, address)
        assert target is not None
        mirror(folder, archive, target, again=True, progress=lambda *_: None)


def pointer(chroma: Chroma, url: str) -> tuple[str, str]:
    """Return the id of the pointer's collection, and what it says."""
    collection = chroma.call("GET", f"/collections/{Address.parse(url).name}")
    metadata = collection["metadata"]
    return collection["id"], "".join(metadata.get(key, "") for key in KEYS)


KEYS = ["dateline", *(f"dateline-{number}" for number in range(2, 33))]


def say(chroma: Chroma, url: str, said: object) -> None:
    pieces = [said[start : start + 250] for start in range(0, len(said), 250)] if isinstance(said, str) else [said]
    metadata = {**dict.fromkeys(KEYS, ""), **dict(zip(KEYS, pieces, strict=False))}
    chroma.call("PUT", f"/collections/{pointer(chroma, url)[0]}", {"new_metadata": metadata})
