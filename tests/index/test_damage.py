"""Damaged files under a reader: it gives the right answer or an error that names the cure, never another answer."""

import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index import IndexDamagedError, Scope
from index.build.check import require_reachable
from index.doctor import examine, repair
from index.reindex import reindex
from index.serving import Index
from index.store.folder import Folder
from qa import Assistant
from tests.conftest import write
from tests.damages import DAMAGES, chroma, flip, segment, served, truncate, zero
from tests.readers import Found, Reader
from tests.readers import read as look

pytestmark = pytest.mark.usefixtures("checked_here")

Damage = Callable[[Folder], None]
ASKED = ["harbour matter 7", "Which story tells of item 3?"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> Path:
    """A healthy index of twelve articles, to be copied; its one source is beside it."""
    base = tmp_path_factory.mktemp("whole")
    for number in range(12):
        text = f"Item {number} tells of harbour matter {number}. " * 30
        write(base / "news" / f"{number}.md", f"Story {number}", text)
    reindex([base / "news"], base / "index", model=str(tiny_model))
    return base / "index"


@pytest.fixture(scope="module")
def right(whole: Path) -> Found:
    return look(whole, ASKED)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


@pytest.fixture
def damaged(whole: Path, tmp_path: Path) -> Folder:
    shutil.copytree(whole, tmp_path / "index")
    return Folder(tmp_path / "index")


def flip_bit(path: Path, at: int) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ 4]))


MORE_DAMAGES = {
    "chroma vectors flipped": lambda f: flip(segment(f) / "data_level0.bin"),
    "chroma vectors, one bit": lambda f: flip_bit(segment(f) / "data_level0.bin", 2000),
    "chroma links zeroed": lambda f: (segment(f) / "link_lists.bin").write_bytes(b"\0" * 64),
    "chroma database flipped": lambda f: flip(chroma(f) / "chroma.sqlite3"),
    "archive truncated": lambda f: truncate(f.archive),
    "archive zeroed": lambda f: zero(f.archive),
    "archive flipped": lambda f: flip(f.archive),
    "archive deleted": lambda f: f.archive.unlink(),
}


@pytest.mark.parametrize("damage", [*DAMAGES.values(), *MORE_DAMAGES.values()], ids=[*DAMAGES, *MORE_DAMAGES])
def test_a_reader_of_a_damaged_index(damaged: Folder, damage: Damage, reader: Reader, right: Found) -> None:
    damage(damaged)
    outcome = reader(damaged.path, ASKED)
    assert outcome == right or "dateline" in outcome, outcome


def test_one_bit_of_any_tantivy_file(damaged: Folder, reader: Reader, right: Found) -> None:
    for path in sorted((served(damaged) / "tantivy").iterdir()):
        if path.stat().st_size and not path.name.startswith("."):
            data = path.read_bytes()
            flip_bit(path, len(data) // 3)
            outcome = reader(damaged.path, ASKED)
            assert isinstance(outcome, str), path.name
            assert path.name in outcome
            path.write_bytes(data)
    assert reader(damaged.path, ASKED) == right


@pytest.mark.parametrize("name", ["archive", "chroma"])
def test_bits_anywhere_in_the_databases(damaged: Folder, reader: Reader, right: Found, name: str) -> None:
    path = damaged.archive if name == "archive" else chroma(damaged) / "chroma.sqlite3"
    data = path.read_bytes()
    draw = random.Random(3)
    for _ in range(12):
        at = draw.randrange(len(data))
        path.write_bytes(data)
        flip_bit(path, at)
        outcome = reader(damaged.path, ASKED)
        assert outcome == right or "dateline" in outcome, (at, outcome)


def in_archive(folder: Folder, words: bytes) -> int:
    """Return where the archive's file has the bytes."""
    at = folder.archive.read_bytes().find(words)
    assert at > 0
    return at


def test_a_changed_letter_of_an_article_is_never_quoted(damaged: Folder) -> None:
    flip_bit(damaged.archive, in_archive(damaged, b"Item 7 tells of harbour") + 5)
    with pytest.raises(IndexDamagedError, match=r"article '7.md' .* Move it away .* dateline reindex ARTICLES"):
        look(damaged.path, ["harbour matter 7"])
    (finding,) = examine(damaged.path)
    assert "'7.md'" in finding.what
    assert "after moving the archive away" in finding.cure
    with pytest.raises(IndexDamagedError, match="Move it away"):
        repair(damaged.path)


def test_a_changed_vector_in_the_archive_is_seen_and_embedded_again(damaged: Folder, right: Found) -> None:
    with sqlite3.connect(damaged.archive) as connection:
        ((vector,),) = connection.execute("SELECT data FROM vector LIMIT 1").fetchall()
    connection.close()
    flip_bit(damaged.archive, in_archive(damaged, vector) + 60)
    (finding,) = examine(damaged.path)
    assert "cached vector" in finding.what
    assert "doctor --repair" in finding.cure
    repair(damaged.path)
    assert examine(damaged.path) == []
    found = look(damaged.path, ASKED)  # HNSW finds others among equals when vectors come in another order
    assert [len(hits) for hits in found] == [len(hits) for hits in right]


def test_a_changed_filter_field_in_chroma_is_seen_and_cured(damaged: Folder) -> None:
    with sqlite3.connect(chroma(damaged) / "chroma.sqlite3") as connection:
        connection.execute("UPDATE embedding_metadata SET int_value = 20200101 WHERE key = 'day' AND id = 3")
    connection.close()
    (finding,) = examine(damaged.path)
    assert "Chroma has 1 chunks other than the archive" in finding.what
    repair(damaged.path)
    assert examine(damaged.path) == []


def test_a_reader_follows_an_archive_that_was_moved_away_and_built_again(
    damaged: Folder, tmp_path: Path, tiny_model: Path
) -> None:
    """What a damaged archive's message advises, done beside an open reader."""
    write(tmp_path / "news" / "tram.md", "Tram", "The tram reaches Osk Hill in spring.")
    with Assistant.open(damaged.path, answer_cache=0) as assistant:
        assert assistant.ask("harbour matter 7").generation == 1
        os.rename(damaged.archive, tmp_path / "away.sqlite")
        reindex([tmp_path / "news"], damaged.path, model=str(tiny_model))
        answer = assistant.ask("When does the tram reach Osk Hill?")
        assert (answer.generation, [p.article.id for p in answer.passages]) == (2, ["tram.md"])


def test_an_index_of_one_passage_stays_as_it_was_written(tmp_path: Path, tiny_model: Path) -> None:
    """Chroma must not leave it to readers to write its only record to the files."""
    write(tmp_path / "news" / "tram.md", "Tram", "The tram reaches Osk Hill in spring.")
    reindex([tmp_path / "news"], tmp_path / "index", model=str(tiny_model))
    for _ in range(2):
        ((found,),) = look(tmp_path / "index", ["tram"])
        assert found[1] == "Tram"


def test_a_reader_follows_an_index_that_was_deleted_and_made_anew(
    damaged: Folder, tmp_path: Path, tiny_model: Path
) -> None:
    """The new generation has the number, and the path, of the one that is open."""
    write(tmp_path / "news" / "tram.md", "Tram", "The tram reaches Osk Hill in spring.")
    with Index.open(damaged.path) as index, index.generation() as old:
        shutil.rmtree(damaged.path)
        with index.generation() as still:
            assert still is old
        reindex([tmp_path / "news"], damaged.path, model=str(tiny_model))
        with index.generation() as new:
            assert (old.number, new.number) == (1, 1)
            vector = new.embeddings.embed_query("tram")
            (hit,) = new.dense(vector, 5, Scope())
            assert "tram" in new.chunks([hit.chunk_id])[hit.chunk_id][0].text


class Forgetful:
    """Finds each chunk by its own vector but the first few."""

    def __init__(self, chunks: dict[str, bytes], lost: int) -> None:
        self._ids = {vector: id_ for id_, vector in [*chunks.items()][lost:]}

    def nearest(self, vectors: "np.ndarray[Any, np.dtype[np.float32]]", k: int) -> list[list[str]]:
        return [[self._ids.get(vector.tobytes(), "another")][:k] for vector in vectors]


@pytest.mark.parametrize(
    ("count", "lost", "refused"), [(5, 0, False), (999, 1, True), (2000, 2, False), (2000, 3, True), (2000, 1980, True)]
)
def test_one_chunk_in_a_thousand_may_be_out_of_reach(count: int, lost: int, refused: bool) -> None:
    chunks = {str(n): np.array([n, 1], "<f4").tobytes() for n in range(count)}
    with pytest.raises(IndexDamagedError, match=f"{lost} chunks are not found") if refused else nullcontext():
        require_reachable(Forgetful(chunks, lost), chunks)
