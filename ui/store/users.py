"""The users who may sign in: a file of names with salted scrypt hashes, read again when it changes.

{"version": 1, "users": {"ada": {"salt": "…", "hash": "…", "cost": 32768, "admin": true}}}
"""

import fcntl
import hashlib
import hmac
import json
import os
import secrets
import tempfile
import threading
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from index import BadRequestError, DatelineError

SHORTEST_PASSWORD = 8  # as NIST SP 800-63B asks
LONGEST_PASSWORD = 200  # characters; longer than any passphrase
LONGEST_NAME = 64  # characters; chosen, not measured
_MARKS = "._@+-"
_COST = 1 << 15  # 32 MB, a tenth to a fifth of a second
_COSTS = {1 << power for power in range(10, 19)}
_VERSION = 1  # of the file's form


class UsersError(DatelineError):
    """Raised when the file of users cannot be used."""


@dataclass(frozen=True, slots=True)
class User:
    """An entry of the file; `salt` and `hash` are hexadecimal, `cost` is scrypt's n."""

    salt: str
    hash: str
    cost: int
    admin: bool = False


class Users:
    """The users of one file. Thread-safe. A change of the file takes effect at the next call."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._lock = threading.Lock()
        self._seen: tuple[int, ...] | None = None
        self._users: Mapping[str, User] = {}

    def names(self) -> list[str]:
        """Return the names, sorted."""
        return sorted(self._read())

    def admins(self) -> frozenset[str]:
        """Return the names of those who may change the index."""
        return frozenset(name for name, user in self._read().items() if user.admin)

    def mark(self, name: str) -> str:
        """Return a mark that changes when the user's password does; empty for an unknown user."""
        user = self._read().get(name)
        return hashlib.sha256(user.hash.encode()).hexdigest() if user else ""

    def check(self, name: str, password: str) -> bool:
        """Return whether this is the user's password."""
        user = self._read().get(name)
        # An unknown name takes as long as a known one, or the time of the response would show which names exist.
        against = user or User("00" * 16, "00" * 64, _COST)
        # Cut one character behind the longest: it can match none, and a megabyte of password costs nothing.
        given = _scrypt(password[: LONGEST_PASSWORD + 1], against.salt, against.cost)
        # In constant time, whatever the first character that differs.
        return hmac.compare_digest(given, against.hash) and user is not None

    def add(self, name: str, password: str, *, admin: bool = False) -> None:
        """Add a user, or change a password. Raises `BadRequestError` for a name or password that is not allowed."""
        name = composed(name)
        if not _is_name(name):
            raise BadRequestError("A name is 1 to 64 letters, digits or . _ @ + - and begins with a letter or digit.")
        if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
            raise BadRequestError(f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters.")
        salt = secrets.token_hex(16)
        entry = User(salt, _scrypt(password, salt, _COST), _COST, admin)
        with self._changing() as users:
            users[name] = entry

    def remove(self, name: str) -> None:
        """Remove a user; the user's sessions end. Raises `BadRequestError` when there is no such user."""
        with self._changing() as users:
            if users.pop(composed(name), None) is None:
                raise BadRequestError(f"There is no user {name!r} in {self.path}. See: dateline users list")

    def _read(self) -> Mapping[str, User]:
        try:
            status = self.path.stat()
        except FileNotFoundError as error:
            raise UsersError(f"No file of users at {self.path}. Make one with: dateline users add NAME") from error
        except OSError as error:
            raise UsersError(f"{self.path} cannot be read: {error.strerror}.") from error
        with self._lock:
            # By more than the time of change: two changes may fall into one tick of the clock.
            if self._seen != (signature := (status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)):
                self._users = _parse(self.path)
                self._seen = signature
            return self._users

    @contextmanager
    def _changing(self) -> Iterator[dict[str, User]]:
        """Yield the users to change, and write them at the end: one process at a time, all or nothing."""
        try:
            # A lock file beside it, since the file itself is replaced, and its lock with it.
            with (self.path.parent / f".{self.path.name}.lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                users = dict(self._read()) if self.path.exists() else {}
                yield users
                content = {"version": _VERSION, "users": {name: asdict(users[name]) for name in sorted(users)}}
                _replace(self.path, json.dumps(content, indent=1) + "\n")
        except OSError as error:
            raise UsersError(
                f"{self.path} cannot be written: {error.strerror}. Make its folder, writable for you, or name another "
                "file with --auth."
            ) from error


def _is_name(name: str) -> bool:
    # A vowel sign of Hindi or Thai is a mark (category M) of its own; what directs or joins letters (Cf) is unseen.
    letters = all(letter.isalnum() or letter in _MARKS or unicodedata.category(letter)[0] == "M" for letter in name)
    return letters and name[:1].isalnum() and len(name) <= LONGEST_NAME


def composed(name: str) -> str:
    """Return a name with each accented letter as one character: keyboards and systems type "É" as one or as two."""
    return unicodedata.normalize("NFC", name)


def _scrypt(password: str, salt: str, cost: int) -> str:
    """Return the hash of RFC 7914, 64 bytes, in hexadecimal."""
    secret = password.encode("utf-8", "surrogatepass")
    return hashlib.scrypt(secret, salt=bytes.fromhex(salt), n=cost, r=8, p=1, maxmem=1 << 28).hex()


def _parse(path: Path) -> Mapping[str, User]:
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if content["version"] != _VERSION:
            raise UsersError(f"{path} was written by a newer Dateline. Install that.")
        users = {name: User(**entry) for name, entry in content["users"].items()}
        for user in users.values():
            bytes.fromhex(user.salt), bytes.fromhex(user.hash)
        if not all(user.cost in _COSTS for user in users.values()):
            raise UsersError(f"{path} has passwords that this Dateline does not understand. Install a newer one.")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsersError(f"{path} is no file of users. Make one with: dateline users add NAME") from error
    return users


def _replace(path: Path, text: str) -> None:
    """Replace the file atomically; only its owner can read it."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
