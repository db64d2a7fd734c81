"""Watching: it follows its folders whatever becomes of them, and only an interruption ends it."""

import _thread
import fcntl
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from typer.testing import CliRunner

from index import BadRequestError, DatelineError
from index.build.watch import follow
from index.fetch.guard import Guard
from index.store.folder import Folder
from tests import made
from tests.conftest import three_articles, write
from tests.web_server import Page, site
from ui.cli import app
from ui.terminal.streams import OutputError
from ui.terminal.watching import RepeatedRun


class Done(Exception):  # noqa: N818
    pass


@pytest.fixture
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("_QUIET_MS", 100), ("_LOOK_MS", 50), ("_FIRST_PAUSE", 0.2), ("_LONGEST_PAUSE", 0.4)):
        monkeypatch.setattr(f"index.build.watch.{name}", value)


def followed(path: Path, *steps: Callable[[], bool]) -> None:
    """Follow a path, one step a run, and fail unless each is reached."""
    left = iter(steps)
    end = time.monotonic() + 60

    def run() -> bool:
        assert time.monotonic() < end
        step = next(left, None)
        if step is None:
            raise Done
        return step()

    with pytest.raises(Done):
        follow([path], run)


def doing(action: Callable[[], object], *, well: bool = True) -> Callable[[], bool]:
    def step() -> bool:
        action()
        return well

    return step


@pytest.mark.usefixtures("_quick")
def test_a_folder_may_go_and_come_back_as_another(tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    followed(
        folder,
        doing(lambda: folder.rename(tmp_path / "away")),
        doing(folder.mkdir, well=False),  # told that it has gone
        doing(lambda: (folder / "a.txt").write_text("x")),  # it is back
        doing(lambda: (folder / "a.txt").write_text("y")),  # the new folder is watched, not the old one
    )


@pytest.mark.usefixtures("_quick")
def test_a_file_may_be_replaced(tmp_path: Path) -> None:
    path, new = tmp_path / "wire.jsonl", tmp_path / "new"
    path.write_text("one")

    def replace() -> None:
        new.write_text("two")
        new.replace(path)

    followed(path, doing(replace), doing(replace), doing(lambda: path.write_text("three")))


@pytest.mark.usefixtures("_quick")
def test_what_failed_is_tried_again_after_growing_pauses_and_what_went_well_is_not(tmp_path: Path) -> None:
    times: list[float] = []

    def fail() -> bool:
        times.append(time.monotonic())
        return False

    followed(tmp_path, fail, fail, fail, fail)
    pauses = [later - earlier for earlier, later in pairwise(times)]
    assert pauses[0] >= 0.2
    assert pauses[1] >= 0.4
    assert pauses[2] >= 0.4


@pytest.mark.usefixtures("_quick")
@pytest.mark.parametrize("folders", [0, 1])
def test_it_runs_again_after_a_while_if_that_is_wanted(tmp_path: Path, folders: int) -> None:
    times: list[float] = []

    def run() -> bool:
        times.append(time.monotonic())
        if len(times) == 3:
            raise Done
        return True

    with pytest.raises(Done):
        follow([tmp_path] * folders, run, every=0.3)
    assert all(later - earlier >= 0.3 for earlier, later in pairwise(times))


def test_a_path_that_is_not_there_at_the_start_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BadRequestError, match="No such file or folder"):
        follow([tmp_path / "nowhere"], lambda: True)


@pytest.mark.parametrize(
    "error", [DatelineError("It is full."), ValueError("a bug"), MemoryError(), RecursionError("deep")]
)
def test_a_run_that_fails_is_told_once_for_each_reason(error: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    failing = True

    def run() -> None:
        if failing:
            raise error

    attempts = RepeatedRun(run)
    assert [attempts(), attempts()] == [False, False]
    assert capsys.readouterr().err.count("dateline: ") == 1
    failing = False
    assert attempts()
    failing = True
    assert not attempts()
    assert str(error) in capsys.readouterr().err


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(143), BrokenPipeError(), OutputError("full")])
def test_what_is_to_end_it_ends_it(error: BaseException) -> None:
    def run() -> None:
        raise error

    with pytest.raises(type(error)):
        RepeatedRun(run)()


@pytest.mark.slow
def test_watching_outlives_an_emptied_folder_a_lock_and_a_bad_file(tmp_path: Path, tiny_model: Path) -> None:
    source, folder, errors = three_articles(tmp_path / "news"), Folder(tmp_path / "index"), tmp_path / "errors"
    command = [sys.executable, "-m", "ui", "reindex", source, "--index", folder.path, "--model", tiny_model, "--watch"]
    with errors.open("w") as written, subprocess.Popen(command, stdout=written, stderr=written) as child:
        try:
            wait_for(lambda: folder.served() == 1, child)
            for path in source.iterdir():
                path.unlink()
            wait_for(lambda: "is empty now: is it mounted?" in errors.read_text(), child)
            (source / "bad.md").write_bytes(b"---\ntitle: [\n---\n\xff")
            source.rename(tmp_path / "away")
            wait_for(lambda: "No such file or folder" in errors.read_text(), child)
            with locked(folder):
                three_articles(source)
                write(source / "tram.md", "Tram", "The tram reaches Osk Hill.")
                wait_for(lambda: "Another process" in errors.read_text(), child)
            wait_for(lambda: folder.served() == 2, child)  # after a pause, without a change
            assert "Traceback" not in errors.read_text()
        finally:
            child.send_signal(signal.SIGTERM)
        assert child.wait(20) == 143


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # it is interrupted wherever it is, perhaps in a run
@pytest.mark.usefixtures("_quick")
def test_addresses_are_asked_again_and_what_fails_is_told_once(
    tmp_path: Path, tiny_model: Path, checked_here: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.fetch.mirror.GUARD", Guard(loopback=True))
    monkeypatch.setattr("ui.cli._MINUTE", 0.2)
    folder = Folder(tmp_path / "index")
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # who runs the tests may ignore it

    def page(text: str) -> Page:
        headers = {"Content-Type": "text/html; charset=utf-8", "ETag": f'"{len(text)}"'}
        return Page(made.PAGE.replace(made.STORY, text).encode(), headers=headers)

    with site() as web:

        def reach(condition: Callable[[], bool]) -> None:
            end = time.monotonic() + 30
            while not condition():
                assert time.monotonic() < end
                time.sleep(0.02)

        def edit() -> None:
            try:
                reach(lambda: folder.served() == 1 and ("/1", 304) in web.asked)
                web.pages["/1"] = page("The bridge over the Senn will close on 8 May.")
                reach(lambda: folder.served() == 2)
                web.pages["/1"] = Page(status=500)
                reach(lambda: web.asked.count(("/1", 500)) >= 3)
                web.pages["/1"] = page("The bridge over the Senn will not close at all.")
                reach(lambda: folder.served() == 3)
                reach(lambda: web.asked[-1] == ("/1", 304))
            finally:
                _thread.interrupt_main()

        web.pages["/1"] = page(made.STORY)
        editor = threading.Thread(target=edit)
        editor.start()
        command = ["reindex", f"{web.url}/1", "--index", folder.path, "--model", tiny_model, "--allow-fetch", "--watch"]
        done = CliRunner().invoke(app, [*map(str, command), "--every", "1"])
        editor.join()
        signal.signal(signal.SIGINT, before)
    assert done.exit_code == 128 + signal.SIGINT
    assert [line.split(":")[0] for line in done.stdout.splitlines() if line.startswith("Gen")] == [
        f"Generation {number}" for number in (1, 2, 2, 3)
    ]
    assert done.stdout.count("cannot be fetched (HTTP 500)") == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["https://courier.example/"], "add --allow-fetch"), (["-"], "not what is piped in")],
)
def test_what_cannot_be_watched_is_an_error_at_once(arguments: list[str], message: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["reindex", *arguments, "--watch", "--index", str(tmp_path / "index")])
    assert isinstance(done.exception, BadRequestError)
    assert message in str(done.exception)


@contextmanager
def locked(folder: Folder) -> Iterator[None]:
    with (folder.path / "lock").open("r+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def wait_for(condition: Callable[[], bool], child: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + 90
    while not condition():
        assert child.poll() is None, "it has ended"
        assert time.monotonic() < end
        time.sleep(0.1)
