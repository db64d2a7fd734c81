"""Any sequence of edits, runs, interruptions and kills gives the index that one run from scratch gives.

SEQUENCES=200 tries that many sequences, and longer ones; the default is what fits between other tests.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from index import DatelineError, Scope
from index.build.publish import unshared
from index.doctor import examine
from index.reindex import reindex
from index.serving import Index
from index.store.archive import Archive
from index.store.database import Database
from index.store.folder import Folder
from tests.campaign import contents, same
from tests.conftest import write
from tests.killing import Child, Hook

pytestmark = pytest.mark.slow

MANY = int(os.environ.get("SEQUENCES", "0"))
NAMES = st.sampled_from(["bridge.md", "ferry.md", "sub/school.md", "sub/tram.md", "wire.md"])
TEXTS = st.sampled_from(
    [
        "The bridge over the Senn closed on Monday after a crack was found.",
        "A night ferry will link both banks from the first of June.",
        "The tram reaches Osk Hill in spring. " * 60,
        "Teachers in Ellery return to work. " * 60 + "Nobody said when.",
        "© 2026 Ellery Courier",  # of which no text is left: the article is rejected, and kept if it was there
    ]
)


class Interrupted(BaseException):
    """What a signal raises: it comes anywhere."""


def interrupt() -> None:
    raise Interrupted


class Sequences(RuleBasedStateMachine):
    """A source folder, its index, and a reader that is open all the time."""

    model: Path
    encoder: Path

    def __init__(self) -> None:
        super().__init__()
        self.work = Path(tempfile.mkdtemp())
        self.source, self.index = self.work / "source", self.work / "index"
        self.source.mkdir()
        self.reader: Index | None = None
        self.kills = 0

    def run(self, index: Path) -> bool:
        """Run to the end; False when there is nothing to index."""
        self.prepare(index)
        try:
            reindex([self.source], index, model=str(self.model), yes=True)
        except DatelineError as error:
            assert "No articles that can be read" in str(error)  # noqa: PT017  (the one error that there may be)
            return False
        return True

    def prepare(self, index: Path) -> None:
        """Give a new index the graph for questions: exporting it takes a second."""
        if not index.exists():
            shutil.copytree(self.encoder, index / "encoder", copy_function=os.link)

    @rule(name=NAMES, text=TEXTS)
    def put(self, name: str, text: str) -> None:
        write(self.source / name, f"Of {name}", text)

    @precondition(lambda self: any(self.source.rglob("*.md")))
    @rule(place=st.integers(0, 9))
    def delete(self, place: int) -> None:
        self.some(place).unlink()

    @precondition(lambda self: any(self.source.rglob("*.md")))
    @rule(place=st.integers(0, 9), name=NAMES)
    def rename(self, place: int, name: str) -> None:
        (self.source / name).parent.mkdir(exist_ok=True)
        self.some(place).rename(self.source / name)

    @rule()
    def update(self) -> None:
        if self.run(self.index):
            self.compare_with_scratch()

    @rule(operation=st.integers(1, 160))
    def interrupt(self, operation: int) -> None:
        sys.setprofile(Hook(operation, interrupt))
        try:
            self.run(self.index)
        except Interrupted:
            pass
        finally:
            sys.setprofile(None)
        self.look()

    @precondition(lambda self: self.kills < 1 + MANY // 50)
    @rule(operation=st.integers(1, 160))
    def kill(self, operation: int) -> None:
        self.kills += 1
        self.prepare(self.index)
        arguments = ("reindex", self.source, "--index", self.index, "--model", self.model, "--yes")
        assert Child(*arguments, kill_before=operation).end() in (-9, 0, 2)
        self.look()

    @precondition(lambda self: Folder(self.index).served() is not None)
    @rule()
    def doctor(self) -> None:
        assert examine(self.index) == []

    def some(self, place: int) -> Path:
        files = sorted(self.source.rglob("*.md"))
        return files[place % len(files)]

    def look(self) -> None:
        """What is served is whole, and the open reader follows it."""
        number = Folder(self.index).served()
        if number is None:
            return
        if self.reader is None:
            self.reader = Index.open(self.index)
        with self.reader.generation() as current:
            assert current.number == number
            served = contents(self.index)
            assert len(served) == current.chunks_count
            assert {id_: text for id_, (text, _) in served.items()} == {
                id_: chunk.text for id_, (chunk, _) in current.chunks([*served]).items()
            }
            for id_, (text, vector) in served.items():
                nearest = current.dense(np.frombuffer(vector, "<f4").tolist(), len(served), Scope())
                assert id_ in {hit.chunk_id for hit in nearest if hit.score > 0.999}
                assert id_ in {hit.chunk_id for hit in current.lexical(text, len(served), Scope())}

    def compare_with_scratch(self) -> None:
        self.look()
        scratch = self.work / "scratch"
        shutil.rmtree(scratch, ignore_errors=True)
        kept, served = self.kept(), contents(self.index)
        from_scratch = contents(scratch) if self.run(scratch) else {}
        assert same({id_: pair for id_, pair in served.items() if id_ not in kept}, from_scratch)
        assert not self.left_behind()

    def kept(self) -> set[str]:
        """Return the chunks of articles whose file could not be used at the last run: a run from scratch has none."""
        with Database.open(Folder(self.index).archive) as database:
            rejected = {item["path"] for item in Archive(database).setting("rejected")}
            rows = database.all("SELECT c.id, a.path FROM chunk c JOIN article a USING (version)")
        return {id_ for id_, path in rows if path in rejected}

    def left_behind(self) -> bool:
        """Say whether there is more than two generations, or anything that none of them holds."""
        folder = Folder(self.index)
        with Database.open(folder.archive) as database:
            archive = Archive(database)
            known = archive.generations().keys()
            strays = known != set(folder.numbers()) or unshared(folder) or archive.has_unheld()
            return len(known) > 2 or bool(strays)

    def teardown(self) -> None:
        self.update()
        if self.reader is not None:
            self.reader.close()
        shutil.rmtree(self.work)


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> Path:
    base = tmp_path_factory.mktemp("encoder")
    write(base / "news" / "a.md", "A", "An article.")
    reindex([base / "news"], base / "index", model=str(tiny_model))
    return base / "index" / "encoder"


@pytest.mark.usefixtures("checked_here")
def test_any_sequence_gives_the_index_from_scratch(
    tiny_model: Path, encoder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Sequences, "model", tiny_model, raising=False)
    monkeypatch.setattr(Sequences, "encoder", encoder, raising=False)
    monkeypatch.setattr("index.build.plan.LEAST_ADDED", 2)  # all kinds of update come up
    monkeypatch.setattr("index.build.plan._LEAST_SEGMENT", 3)
    run_state_machine_as_test(
        Sequences,
        settings=settings(
            max_examples=MANY or 4,
            derandomize=not MANY,  # a run of all tests is the same twice; new sequences are looked for on purpose
            stateful_step_count=30 if MANY else 10,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
