"""A reindex killed by SIGKILL: the served generation never changes but whole, and the next run completes."""

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from index.generation import Folder
from index.reindex import reindex
from qa import Assistant
from tests.conftest import ARTICLES
from tests.test_reindex import contents

pytestmark = pytest.mark.slow

STEPS = [("read", 5), ("embed", 1), ("build", 0), ("build", 1), ("check", 0), ("check", 1)]
KILLED_AT_STEP = """
import os, signal, sys
from index.reindex import reindex

def progress(stage, done, total):
    if stage == sys.argv[3] and done >= int(sys.argv[4]):
        os.kill(os.getpid(), signal.SIGKILL)

reindex([sys.argv[1]], sys.argv[2], progress=progress)
"""
ASKED = ["What are Russia's preconditions?", "Who won the election in Port Ellery?", "When does the bridge open?"]


@pytest.fixture(scope="module")
def fixed(tmp_path_factory: pytest.TempPathFactory, sample_index: Path) -> tuple[Path, Path, Path]:
    """Two states of a source, and an index of the first."""
    base = tmp_path_factory.mktemp("killed")
    shutil.copytree(ARTICLES / "courier", base / "before" / "courier")
    shutil.copytree(ARTICLES, base / "after")
    shutil.copytree(sample_index / "encoder", base / "index" / "encoder")
    reindex([base / "before"], base / "index")
    return base / "before", base / "after", base / "index"


def answers(index: Path) -> list[str]:
    with Assistant.open(index) as assistant:
        return [assistant.ask(question).text for question in ASKED]


def check_recovery(fixed: tuple[Path, Path, Path], index: Path, scratch: dict[str, tuple[str, bytes]]) -> None:
    """Assert that what is served is one whole generation, and that the next run reaches the sources' state."""
    _, after, original = fixed
    number = Folder(index).require_served()
    expected = contents(original) if number == 1 else scratch
    assert contents(index).keys() == expected.keys()
    if number == 1:
        assert answers(index) == answers(original)
    report = reindex([after], index)
    assert report.articles == 30
    assert contents(index).keys() == scratch.keys()


@pytest.fixture(scope="module")
def scratch(fixed: tuple[Path, Path, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, bytes]]:
    index = tmp_path_factory.mktemp("scratch") / "index"
    shutil.copytree(fixed[2] / "encoder", index / "encoder")
    reindex([fixed[1]], index)
    return contents(index)


@pytest.mark.parametrize(("stage", "done"), STEPS)
def test_killed_at_a_step(
    fixed: tuple[Path, Path, Path], scratch: dict[str, tuple[str, bytes]], tmp_path: Path, stage: str, done: int
) -> None:
    index = tmp_path / "index"
    shutil.copytree(fixed[2], index)
    command = [sys.executable, "-c", KILLED_AT_STEP, str(fixed[1]), str(index), stage, str(done)]
    assert subprocess.run(command, check=False, capture_output=True).returncode == -signal.SIGKILL
    check_recovery(fixed, index, scratch)


@pytest.mark.parametrize("seconds", [2.5, 6.0])
def test_killed_at_a_moment(
    fixed: tuple[Path, Path, Path], scratch: dict[str, tuple[str, bytes]], tmp_path: Path, seconds: float
) -> None:
    index = tmp_path / "index"
    shutil.copytree(fixed[2], index)
    run = subprocess.Popen([sys.executable, "-m", "ui", "reindex", str(fixed[1]), "--index", str(index)])
    time.sleep(seconds)
    run.kill()
    run.wait()
    check_recovery(fixed, index, scratch)


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_a_run_within_seconds(
    fixed: tuple[Path, Path, Path],
    scratch: dict[str, tuple[str, bytes]],
    tmp_path: Path,
    sent: signal.Signals,
    code: int,
) -> None:
    index = tmp_path / "index"
    shutil.copytree(fixed[2], index)
    command = [sys.executable, "-m", "ui", "reindex", str(fixed[1]), "--index", str(index)]
    run = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    time.sleep(3)
    run.send_signal(sent)
    _, errors = run.communicate(timeout=6)
    assert run.returncode == code
    assert "Traceback" not in errors
    check_recovery(fixed, index, scratch)
