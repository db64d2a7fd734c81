"""The file of users, and its commands."""

import json
import subprocess
import sys
import threading
import time
import unicodedata
from pathlib import Path
from statistics import median

import pytest

from index import BadRequestError
from tests.command import dateline
from ui.store import users as module
from ui.store.users import Users, UsersError


@pytest.fixture(autouse=True)
def _cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_COST", 1 << 12)


@pytest.fixture
def users(tmp_path: Path) -> Users:
    made = Users(tmp_path / "users.json")
    made.add("ada", "correct horse", admin=True)
    return made


def test_a_password_is_checked(users: Users) -> None:
    assert users.check("ada", "correct horse")
    assert not users.check("ada", "correct horsf")
    assert not users.check("ada", "")
    assert not users.check("ben", "correct horse")
    assert not users.check("", "")
    assert (users.names(), users.admins()) == (["ada"], {"ada"})


def test_the_file_holds_no_password_and_is_private(users: Users) -> None:
    users.add("ben", "correct horse")
    content = users.path.read_text()
    entries = json.loads(content)["users"]
    assert "correct" not in content
    assert entries["ada"]["hash"] != entries["ben"]["hash"]  # salted
    assert users.path.stat().st_mode & 0o777 == 0o600


def test_a_change_is_seen_by_who_has_it_open(users: Users) -> None:
    other = Users(users.path)
    assert other.check("ada", "correct horse")
    users.add("ada", "battery staple")
    assert other.check("ada", "battery staple")
    assert not other.check("ada", "correct horse")
    users.remove("ada")
    assert other.names() == []


def test_an_unknown_user_takes_as_long(users: Users) -> None:
    def seconds(name: str) -> float:
        started = time.thread_time()
        users.check(name, "wrong password")
        return time.thread_time() - started

    known, unknown = (median(seconds(name) for _ in range(7)) for name in ("ada", "nobody"))
    assert 0.5 < unknown / known < 2


@pytest.mark.parametrize(
    ("name", "password"),
    [("", "long enough"), ("a b", "long enough"), ("../x", "long enough"), ("x" * 65, "long enough"),
     ("ok", "short"), ("ok", "x" * 201), ("<b>", "long enough"), ("_ada", "long enough"), ("ada\u202e", "long enough"),
     ("a\u0301\u200b", "long enough"), ("ada\n", "long enough"), ("😀", "long enough")],
)  # fmt: skip
def test_what_will_not_do_is_refused(users: Users, name: str, password: str) -> None:
    with pytest.raises(BadRequestError):
        users.add(name, password)
    assert users.names() == ["ada"]


@pytest.mark.parametrize("name", ["Łukasz", "Élise", "Öztürk", "Ольга", "美咲", "नीरज", "o.brien@post", "E\u0301lise"])
def test_a_name_may_be_of_any_alphabet(users: Users, name: str) -> None:
    users.add(name, "long enough")
    kept = unicodedata.normalize("NFC", name)
    assert users.check(kept, "long enough")
    assert kept in users.names()
    users.remove(unicodedata.normalize("NFD", name))
    assert users.names() == ["ada"]


def test_two_at_once_lose_nobody(users: Users) -> None:
    workers = [
        threading.Thread(target=Users(users.path).add, args=(f"user{number}", "long enough")) for number in range(6)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(users.names()) == 7


@pytest.mark.parametrize(
    "content", ["", "{}", '{"version": 2, "users": {}}', '{"version": 1, "users": {"ada": {"salt": "zz", "hash": ""}}}']
)
def test_another_file_is_told(tmp_path: Path, content: str) -> None:
    path = tmp_path / "users.json"
    path.write_text(content)
    with pytest.raises(UsersError):
        Users(path).check("ada", "correct horse")


def test_the_commands(tmp_path: Path) -> None:
    path = tmp_path / "users.json"

    def add(name: str, password: str, *more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "ui", "users", "add", name, "--auth", str(path), *more]
        return subprocess.run(command, input=password, capture_output=True, text=True, check=False)

    assert add("ada", "correct horse\n", "--admin").returncode == 0
    assert add("ben", "short\n").returncode == 2
    assert add("ben", "long enough\n").returncode == 0
    assert dateline("users", "list", "--auth", path).stdout == "ada  admin\nben\n"
    assert json.loads(path.read_text())["users"]["ada"]["hash"]
    assert dateline("users", "remove", "ben", "--auth", path).returncode == 0
    gone = dateline("users", "remove", "ben", "--auth", path)
    assert (gone.returncode, "dateline users list" in gone.stderr) == (2, True)
    assert Users(path).check("ada", "correct horse")
