"""The command where standard streams are closed, full, narrow, or of an encoding that lacks letters."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from index.build.publish import check
from index.doctor import examine
from index.errors import DatelineError
from index.store.folder import Folder
from qa.evaluate import Difference
from tests.conftest import write
from ui.store.users import Users, UsersError
from ui.terminal.scores import print_differences

ASKED = "How much can each household claim from the fund?"


def shell(line: str, index: Path, **settings: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line of Bash in which $DATELINE is the command, $ASKED a question and $INDEX the index."""
    names = {"DATELINE": f"{sys.executable} -m ui", "ASKED": ASKED, "INDEX": str(index), **settings}
    return subprocess.run(
        ["bash", "-c", line], capture_output=True, check=False, timeout=120, env={**os.environ, **names}
    )


@pytest.mark.parametrize(
    ("line", "settings", "code", "said"),
    [
        ('$DATELINE ask "$ASKED" --index $INDEX | head -1 >&2; exit ${PIPESTATUS[0]}', {}, {0, 141}, b"Fund"),
        ('$DATELINE ask "$ASKED" --index $INDEX > /dev/full', {}, {74}, b"dateline: Standard output cannot be written"),
        ('$DATELINE ask "$ASKED" --index $INDEX --json > /dev/full', {}, {74}, b"No space left on device"),
        ("$DATELINE --help > /dev/full", {}, {74}, b"No space left on device"),
        ('$DATELINE ask "$ASKED" --index $INDEX >&-', {}, {74}, b"Bad file descriptor"),
        ('$DATELINE ask "$ASKED" --index $INDEX >&- 2>&-', {}, {74}, b""),
        ("$DATELINE chat --index $INDEX <&-", {}, {0}, b""),
        (
            'yes "$ASKED" | head -20 | $DATELINE chat --index $INDEX | head -1 >&2; exit ${PIPESTATUS[2]}',
            {},
            {141},
            b"> How much",
        ),
        ("$DATELINE users add ada --auth $INDEX/u <&-", {}, {2}, b"dateline: A password has 8 to 200"),
        ('$DATELINE ask "$ASKED" --index $INDEX --since 2025-3-1 2>/dev/full', {}, {2}, b""),
    ],
    ids=[
        "head",
        "full",
        "full, JSON",
        "full, help",
        "closed",
        "all closed",
        "chat",
        "chat, head",
        "password",
        "error, full",
    ],
)
def test_streams_that_are_no_use(
    sample_index: Path, line: str, settings: dict[str, str], code: set[int], said: bytes
) -> None:
    done = shell(line, sample_index, **settings)
    assert done.returncode in code, done
    assert said in done.stderr
    assert b"Traceback" not in done.stderr + done.stdout
    assert len(done.stderr.splitlines()) <= 1


@pytest.mark.parametrize(
    "settings",
    [{"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "latin-1"}, {"COLUMNS": "0"}, {"COLUMNS": "\u00b2"},
     {"COLUMNS": "-5", "LINES": "x"}, {"COLUMNS": "99999999999"}, {"NO_COLOR": "1"}, {}],
    ids=str,
)  # fmt: skip
def test_an_answer_stands_on_one_line_in_letters_that_can_be_written(
    sample_index: Path, settings: dict[str, str]
) -> None:
    done = shell('$DATELINE ask "$ASKED" --index $INDEX', sample_index, **settings)
    shown = done.stdout.decode(settings.get("PYTHONIOENCODING", "utf-8"))
    assert (done.returncode, done.stderr) == (0, b"")
    assert len(max(shown.splitlines(), key=len)) > 80
    assert "Senn Flood Fund, its trustees announced on Wednesday" in shown
    assert "\x1b" not in shown


def test_a_table_that_is_piped_has_each_row_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    one = Difference(metric="share of " + "very " * 30 + "long names", a=0.5, b=None, difference=None, interval=None)
    print_differences([one])
    shown = capsys.readouterr().out.splitlines()
    assert len(shown) == 3  # heading, row, note
    assert shown[1].split() == [*one.metric.split(), "0.500", "–", "–", "–"]


def test_json_is_json_in_any_encoding(sample_index: Path) -> None:
    done = shell('$DATELINE ask "$ASKED" --index $INDEX --json', sample_index, PYTHONIOENCODING="latin-1")
    assert json.loads(done.stdout.decode("latin-1"))["status"] == "answered"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ("ask Who? --index nowhere", {"error": "IndexNotFoundError", "exit_code": 1}),
        ("ask Who? -k 0", {"error": "IndexNotFoundError", "exit_code": 1}),
        ("ask", {"error": "UsageError", "exit_code": 2}),
        ("ask Who? --nonsense", {"error": "UsageError", "exit_code": 2}),
        ("reindex nowhere", {"error": "BadRequestError", "exit_code": 2}),
        ("index list --index nowhere", {"error": "IndexNotFoundError", "exit_code": 1}),
        ("eval", {"error": "BadRequestError", "exit_code": 2}),
    ],
    ids=str,
)
def test_an_error_of_a_command_with_json_is_json(tmp_path: Path, arguments: str, error: dict[str, Any]) -> None:
    command = [sys.executable, "-m", "ui", *arguments.split(), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    said = json.loads(done.stdout)
    assert {**said, **error} == said
    assert said["message"]
    assert (done.returncode, done.stderr) == (error["exit_code"], "")


def test_a_quiet_run_prints_nothing_where_nothing_changed(source: Path, index_path: Path) -> None:
    line = f"$DATELINE reindex {source} --index $INDEX --quiet"
    assert b"3 added" in shell(line, index_path).stdout
    done = shell(line, index_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    (source / "bad.txt").write_bytes(b"\x00\x01")
    assert b"rejected bad.txt" in shell(line, index_path).stdout


def test_a_users_file_whose_folder_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsersError, match=r"nowhere/users.json cannot be written: .*--auth"):
        Users(tmp_path / "nowhere" / "users.json").add("ada", "long enough")


def test_a_child_is_ours_whatever_lies_in_the_working_directory(
    source: Path, index_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ui.web.reindexing import Reindexing

    for package in ("ui", "index"):
        write(tmp_path / package / "__init__.py", "", "")
        (tmp_path / package / "__init__.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    monkeypatch.chdir(tmp_path)
    run = Reindexing(str(index_path), [source])
    run.start()
    *_, last = run.states()
    assert last.report is not None
    assert not (tmp_path / "ran").exists()


class Killed:
    returncode = -signal.SIGKILL
    stderr = ""


def test_a_check_that_was_killed_is_no_damage(sample_index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.build.publish.subprocess.run", lambda *_, **__: Killed())
    with pytest.raises(DatelineError, match="was killed: memory may be short"):
        check(Folder(sample_index), 1)
    (finding,) = examine(sample_index)
    assert "memory may be short" in finding.what
    assert "repair" not in finding.cure


def test_each_cause_has_its_own_cure(tmp_path: Path) -> None:
    (finding,) = examine(tmp_path)
    assert finding.cure == f"dateline reindex ARTICLES --index {tmp_path}"
    (tmp_path / "archive.sqlite").write_bytes(b"no archive" * 1000)
    (finding,) = examine(tmp_path)
    assert "after moving the archive away" in finding.cure


def test_a_server_that_is_down_is_started_and_not_published_to_again(tmp_path: Path) -> None:
    (finding,) = examine("http://127.0.0.1:9/news")
    assert "start the server" in finding.cure
    assert "reindex" not in finding.cure
