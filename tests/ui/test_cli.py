"""The command, run as people run it: as a process of its own."""

import json
from pathlib import Path

import pytest

from index.store.folder import Folder
from tests.command import dateline
from tests.conftest import write


@pytest.mark.parametrize("arguments", [[], ["reindex"], ["ask"], ["eval"]], ids=" ".join)
def test_help(arguments: list[str]) -> None:
    done = dateline(*arguments, "--help")
    assert done.returncode == 0
    assert "Usage" in done.stdout
    if arguments:
        assert f"\n  Examples:\n    dateline {arguments[0]} " in done.stdout


def test_ask_prints_answer_and_sources(sample_index: Path) -> None:
    done = dateline("ask", "What are Russia's preconditions?", "--index", sample_index)
    assert done.returncode == 0
    assert done.stderr == ""
    assert "[1] Kremlin Sees No Basis" in done.stdout
    assert "NATO" in done.stdout


def test_ask_says_when_there_is_no_answer(sample_index: Path) -> None:
    done = dateline("ask", "How many tanks did Russia lose?", "--index", sample_index)
    assert done.stdout.startswith("Not in these articles.\nThe nearest passages:")


def test_ask_json_is_the_answer(sample_index: Path) -> None:
    done = dateline("ask", "Who is the mayor?", "--source", "Ellery Courier", "--json", "--index", sample_index)
    answer = json.loads(done.stdout)
    assert {p["article"]["source"] for p in answer["passages"]} == {"Ellery Courier"}


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["ask", "Who?", "--index", "nowhere"], 1, "Build one with: dateline reindex ARTICLES"),
        (["reindex", "nowhere"], 2, "No such file or folder: nowhere"),
        (["ask"], 2, "Missing argument"),
        (["frobnicate"], 2, "No such command"),
    ],
)
def test_errors_are_one_line_with_the_cure(tmp_path: Path, arguments: list[str], code: int, message: str) -> None:
    done = dateline(*arguments, cwd=tmp_path)
    assert done.returncode == code
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_reindex_reports_and_strict_fails(source: Path, index_path: Path) -> None:
    (source / "bad.txt").write_bytes(b"\x00\x01")
    done = dateline("reindex", source, "--index", index_path)
    assert done.returncode == 0
    assert "3 added, 0 changed, 0 removed, 0 unchanged, 1 rejected." in done.stdout
    assert "rejected bad.txt: binary data" in done.stdout
    done = dateline("reindex", source, "--index", index_path, "--strict", "--json")
    report = json.loads(done.stdout)
    assert done.returncode == 3
    assert (report["unchanged"], report["rejected"][0]["path"]) == (3, "bad.txt")


def test_reindex_refuses_a_mass_removal(source: Path, index_path: Path) -> None:
    dateline("reindex", source, "--index", index_path)
    for name in ("ferry.md", "school.md"):
        (source / name).unlink()
    done = dateline("reindex", source, "--index", index_path)
    assert done.returncode == 1
    assert "--yes" in done.stderr
    assert "- ferry.md" in dateline("reindex", source, "--index", index_path, "--dry-run").stdout
    assert dateline("reindex", source, "--index", index_path, "--yes").returncode == 0
    assert Folder(index_path).served() == 2


def test_no_escape_sequence_reaches_the_terminal(tmp_path: Path, index_path: Path) -> None:
    write(
        tmp_path / "news" / "a.md",
        "\x1b[31mRed bridge",
        "The red bridge \x1b]0;owned\x07 opened on Monday, [bold]he said.",
    )
    (tmp_path / "news" / "\x1b[2Jevil.txt").write_bytes(b"\0")
    shown = dateline("reindex", tmp_path / "news", "--index", index_path).stdout
    shown += dateline("ask", "When did the red bridge open?", "--index", index_path).stdout
    assert "\x1b" not in shown
    assert "\x07" not in shown
    assert "[bold]he said" in shown
