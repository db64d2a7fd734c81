"""A reindex killed by SIGKILL, a dozen times: what is served never changes but whole, and the next run completes.

The long form, with hundreds of kills, is benchmarks/faults.py.
"""

import os
import signal
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from index.reindex import reindex
from index.store.folder import Folder
from tests.campaign import Campaign
from tests.conftest import ARTICLES, write
from tests.killing import Child

pytestmark = pytest.mark.slow

CHAINS, LINKS = 3, 4


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> Campaign:
    work = tmp_path_factory.mktemp("killed")
    return Campaign(work, ARTICLES, options=["--model", tiny_model], number=CHAINS, questions=4)


def test_a_dozen_kills_leave_the_index_as_if_there_had_been_none(campaign: Campaign) -> None:
    """Each round kills the same update several times, ever later, before it lets it complete."""
    assert campaign.round("counting", partial(campaign.killed_before, sys.maxsize)) == 0
    total, killed = len(campaign.steps), 0
    assert {
        "store.sqlite.SqliteFile.many: Connection.executemany",
        "search.dense._add: Bindings.add",
        "search.lexical._Writer.end: IndexWriter.commit",
        "search.lexical._link: posix.link",
        "build.publish._fsync: posix.fsync",
        "build.publish.serve: posix.replace",
    } <= set(campaign.steps)
    for chain in range(CHAINS):
        moments = [1 + total * (CHAINS * link + chain) // (CHAINS * LINKS) for link in range(LINKS)]
        kills = [partial(campaign.killed_before, moment) for moment in moments]
        killed += campaign.round(f"killed before {moments}", *kills)
    killed += campaign.round("killed at moments", *[partial(campaign.killed_after, s) for s in (0.3, 0.7, 1.3)])
    # Folders are deleted after the swap, unless a killed run has left some
    killed += campaign.round(
        "killed after the swap", partial(campaign.killed_before, ("build.publish.discard: posix.rmdir", 1))
    )
    campaign.examine("at the end")
    assert campaign.tally.failures == []
    assert killed >= CHAINS * LINKS
    assert campaign.tally.seen["killed after the swap"] >= 1


def test_signals_end_a_run_within_seconds_and_it_is_resumed(tmp_path: Path) -> None:
    """They come while the model is loaded, which takes longest of what cannot be cut short."""
    index_path = tmp_path / "index"
    for sent, code in ((signal.SIGTERM, 143), (signal.SIGINT, 130)):
        child = Child("reindex", ARTICLES, "--index", index_path)
        child.process.join(2)
        assert child.process.pid is not None
        os.kill(child.process.pid, sent)
        told = time.monotonic()
        assert child.end() == code
        assert time.monotonic() - told < 6
        assert Folder(index_path).served() is None
    assert reindex([ARTICLES], index_path).articles == 30


def test_a_run_that_watches_follows_its_folder(source: Path, tmp_path: Path, tiny_model: Path) -> None:
    """The first change comes when the first run has read all, and is not over."""
    folder = Folder(tmp_path / "index")
    child = Child("reindex", source, "--index", folder.path, "--model", tiny_model, "--watch")

    def wait_for(number: int) -> None:
        end = time.monotonic() + 60
        while folder.served() != number:
            assert child.process.is_alive()
            assert time.monotonic() < end, f"generation {number} is not served"

    for number, text in enumerate(["The tram reaches Osk Hill.", "It reaches the harbour too.", "It is late."], 1):
        wait_for(number)
        write(source / "tram.md", "Tram", text)
    wait_for(4)
    assert child.process.pid is not None
    os.kill(child.process.pid, signal.SIGTERM)
    assert child.end() == 143
