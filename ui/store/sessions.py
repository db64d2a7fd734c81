"""Sign-in sessions: random tokens in cookies, stored as hashes.

A session ends after two weeks, when the user is removed, and when the password changes. Servers that share the file
share the sessions.
"""

import hashlib
import secrets
import time
from collections.abc import Callable

from ui.store.file import ServerFile
from ui.store.users import Users

SECONDS = 14 * 24 * 3600  # chosen, not measured: who reads every week stays signed in


class SignInSessions:
    """The sign-in sessions of one file. Thread-safe."""

    def __init__(self, file: ServerFile, users: Users, clock: Callable[[], float] = time.time) -> None:
        self._file, self._users, self._clock = file, users, clock

    def begin(self, user: str) -> str:
        """Begin a session for a user whose password was right, and return its token."""
        token = secrets.token_urlsafe(32)
        self._file.run(
            "INSERT INTO session VALUES (?, ?, ?, ?)",
            # With the password's mark: when it changes, sessions that began before are over.
            (_digest(token), user, self._users.mark(user), self._clock() + SECONDS),
        )
        return token

    def expire(self) -> None:
        """Delete expired sessions."""
        self._file.run("DELETE FROM session WHERE expires < ?", (self._clock(),))

    def user(self, token: str) -> str | None:
        """Return the user of a session, or None if the token is unknown, expired or of an old password."""
        rows = self._file.all(
            "SELECT user, mark FROM session WHERE token = ? AND expires >= ?", (_digest(token), self._clock())
        )
        if not rows:
            return None
        ((user, mark),) = rows
        return str(user) if mark and mark == self._users.mark(user) else None

    def end(self, token: str) -> None:
        """End a session."""
        self._file.run("DELETE FROM session WHERE token = ?", (_digest(token),))


def _digest(token: str) -> bytes:
    # Hashed, so that whoever reads the file cannot sign in; without salt, as a token of 256 bits is not guessed.
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
