"""Serving while others write: a new generation appears by itself, whole, and the old one ends quietly."""

import shutil
import subprocess
import sys
import threading
import time
from datetime import date
from pathlib import Path

import pytest

from index import BadRequestError, IndexDamagedError, IndexMismatchError, IndexNotFoundError, Scope
from index.reindex import reindex
from index.serving import Index
from index.store.folder import Folder
from qa import Assistant
from tests.conftest import write


def test_no_index_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(IndexNotFoundError, match=r"Build one with: dateline reindex ARTICLES"):
        Index.open(tmp_path / "nothing")


def test_an_assistant_answers_from_what_another_process_indexes(source: Path, indexed: Path) -> None:
    """Two real processes: the reindexing command beside an open Assistant."""
    question = "When does the tram reach Osk Hill?"
    errors: list[BaseException] = []
    done = threading.Event()

    with Assistant.open(indexed, answer_cache=0) as assistant:
        assert assistant.ask(question).status == "not_found"

        def keep_asking() -> None:
            while not done.is_set():
                try:
                    assistant.ask("Why did the bridge close?")
                except BaseException as error:  # noqa: BLE001  (collected, and asserted to be none)
                    errors.append(error)

        asking = threading.Thread(target=keep_asking)
        asking.start()
        try:
            for number in range(2):
                write(source / f"new{number}.md", "Tram line", f"The tram reaches Osk Hill on {number + 1} May 2026.")
                command = [sys.executable, "-m", "ui", "reindex", str(source), "--index", str(indexed)]
                subprocess.run(command, check=True, capture_output=True)
                swapped = time.monotonic()
                answer = assistant.ask(question)
                assert time.monotonic() - swapped < 2
                assert answer.generation == number + 2
                assert f"new{number}.md" in {p.article.id for p in answer.passages}
        finally:
            done.set()
            asking.join()
        assert errors == []
        assert answer.status == "answered"


def test_a_generation_in_use_stays_open_until_it_is_given_back(source: Path, indexed: Path) -> None:
    with Index.open(indexed) as index, index.generation() as old:
        write(source / "ferry.md", "Night ferry", "The night ferry will start in July instead.")
        reindex([source], indexed)
        with index.generation() as new:
            assert (old.number, new.number) == (1, 2)
        vector = old.embeddings.embed_query("ferry")
        ids = [hit.chunk_id for hit in old.dense(vector, 3, Scope())]
        texts = " ".join(chunk.text for chunk, _ in old.chunks(ids).values())
        assert "first of June" in texts
        assert "July" not in texts


def test_a_second_connection_does_not_end_the_locks_of_the_first(source: Path, indexed: Path) -> None:
    """Closing a file ends all locks that the process holds on it; a writer would delete the log under a reader."""
    with Index.open(indexed), Index.open(indexed):
        Index.open(indexed).close()
        write(source / "ferry.md", "Night ferry", "The night ferry will start in July instead.")
        command = [sys.executable, "-m", "ui", "reindex", str(source), "--index", str(indexed)]
        subprocess.run(command, check=True, capture_output=True)
        assert Folder(indexed).archive.with_name("archive.sqlite-wal").exists()


def test_a_damaged_new_generation_leaves_the_old_one_serving(indexed: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = Folder(indexed)
    with Index.open(indexed) as index:
        shutil.copytree(folder.generation(1), folder.generation(2), ignore=shutil.ignore_patterns("about.json"))
        folder.current.with_suffix(".new").write_text("000002\n")
        folder.current.with_suffix(".new").replace(folder.current)
        with index.generation() as served:
            assert served.number == 1
    assert "goes on serving" in caplog.text
    with pytest.raises(IndexDamagedError, match="doctor --repair"):
        Index.open(indexed)


@pytest.mark.parametrize("content", ["", "seven", "-1", "\xff"])
def test_a_pointer_that_names_nothing_is_damage(indexed: Path, content: str) -> None:
    Folder(indexed).current.write_text(content, encoding="latin-1")
    with pytest.raises(IndexDamagedError, match="doctor --repair"):
        Index.open(indexed)


def test_another_chunker_is_a_mismatch(source: Path, indexed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.embed.model.CHUNK_TOKENS", 100)
    with pytest.raises(IndexMismatchError, match=r"another chunk_tokens .*reindex --full"):
        Index.open(indexed)
    assert reindex([source], indexed).generation == 2
    Index.open(indexed).close()


def test_few_chunks_in_scope_are_searched_exactly(assistant: Assistant) -> None:
    with assistant.index.generation() as current:
        vector = current.embeddings.embed_query("How many homes were flooded?")
        scope = Scope(since=date(2025, 5, 1), until=date(2025, 5, 31))
        hits = current.dense(vector, 50, scope)
        found = current.chunks([hit.chunk_id for hit in hits])
        assert {a.published for _, a in found.values()} <= {date(2025, 5, d) for d in range(1, 32)}
        vectors = current.vectors([hit.chunk_id for hit in hits])
        assert all(hit.score == pytest.approx(float(vectors[hit.chunk_id] @ vector), abs=1e-5) for hit in hits)
        everywhere = {h.chunk_id: h.score for h in current.dense(vector, 100, Scope())}
        assert {h.chunk_id for h in hits} < set(everywhere)


def test_an_unknown_outlet_is_told_with_the_known_ones(assistant: Assistant) -> None:
    with pytest.raises(BadRequestError, match=r"No article has the source 'Reuters'. There are: Ellery Courier"):
        assistant.ask("Who won?", sources=["Reuters"])
