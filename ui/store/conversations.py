"""Conversations and feedback, stored on the server.

Everything belongs to an *owner* (`ui.store.identity`), and readers find it only as that owner: an id alone, which may
leak in a link, gives no access.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from index import BadRequestError
from index.text.clean import squeeze, visible
from ui.store.file import ServerFile

# Chosen, not measured: more than anybody reads again, and a bound on what one owner can store.
MOST_CONVERSATIONS = 500
MOST_EXCHANGES = 500
_LONGEST_TITLE = 80  # characters, as of a comment
_LONGEST_COMMENT = 500
_NOT_KEPT = ("text", "credit", "topics")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationSummary:
    """A conversation as the list shows it. Times are UTC, in ISO form."""

    id: str
    title: str
    created: str
    changed: str
    pinned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredConversation(ConversationSummary):
    """A whole conversation. An exchange is a mapping with `question`, `answer` (JSON values), `asked_on`, `answer_id`,
    and anything else that the page has stored in it.
    """

    exchanges: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """A reader's feedback on an answer: `value` is 1 or -1, `comment` what was wrong in the reader's words. `history`
    holds the messages before it.
    """

    answer_id: str
    value: int
    comment: str
    given: str
    exchange: Mapping[str, Any]
    history: Sequence[Mapping[str, str]]


class Store:
    """The conversations of all owners, in one file. Thread-safe; several processes may share it; close it."""

    def __init__(self, file: ServerFile) -> None:
        self.file = file

    @classmethod
    def open(cls, path: str | Path) -> "Store":
        """Open the file, creating it if needed. Raises `ui.store.file.StoreError`."""
        return cls(ServerFile.open(Path(path)))

    def close(self) -> None:
        """Close the file."""
        self.file.close()

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def conversations(self, owner: str) -> list[ConversationSummary]:
        """Return the owner's conversations: pinned ones first, and then the most recently changed."""
        rows = self.file.all(
            "SELECT id, title, created, changed, pin.conversation IS NOT NULL AS pinned "
            "FROM conversation LEFT JOIN pin ON pin.conversation = id WHERE owner = ? "
            "ORDER BY pinned DESC, changed DESC, id",
            (owner,),
        )
        return [
            ConversationSummary(id=id_, title=title, created=created, changed=changed, pinned=bool(pinned))
            for id_, title, created, changed, pinned in rows
        ]

    def create(self, owner: str, title: str = "") -> ConversationSummary:
        """Create an empty conversation. Without a title, its first question becomes the title.

        Of more than 500, those changed least recently are deleted, pinned ones last.
        """
        if not owner:
            raise BadRequestError("A conversation needs an owner: sign in, or allow this page's cookie.")
        now = _now()
        # Random, as it may stand in a link: an id that counts would tell how many there are, and the next one.
        entry = ConversationSummary(id=secrets.token_urlsafe(16), title=_title(title), created=now, changed=now)
        with self.file.writing():
            self.file.run("INSERT INTO conversation VALUES (?, ?, ?, ?, ?)", (entry.id, owner, entry.title, now, now))
            self.file.run(
                # LIMIT -1: SQLite knows no OFFSET without a LIMIT.
                "DELETE FROM conversation WHERE id IN (SELECT id FROM conversation WHERE owner = ? AND id <> ? "
                "ORDER BY id IN (SELECT conversation FROM pin) DESC, changed DESC LIMIT -1 OFFSET ?)",
                (owner, entry.id, MOST_CONVERSATIONS - 1),
            )
        return entry

    def rename(self, owner: str, id_: str, title: str) -> None:
        """Give a conversation another title. Raises `BadRequestError` when the owner has none with this id."""
        if not _title(title):
            raise BadRequestError("A title needs a letter or two.")
        with self.file.writing():
            self._require(owner, id_)
            self.file.run("UPDATE conversation SET title = ? WHERE id = ?", (_title(title), id_))

    def pin(self, owner: str, id_: str, pinned: bool) -> None:
        """Pin a conversation to the top of the list, or release it. Raises `BadRequestError` as `rename` does."""
        with self.file.writing():
            self._require(owner, id_)
            self.file.run("DELETE FROM pin WHERE conversation = ?", (id_,))
            if pinned:
                self.file.run("INSERT INTO pin VALUES (?)", (id_,))

    def delete(self, owner: str, id_: str) -> None:
        """Delete a conversation with its exchanges, but not the feedback on them."""
        with self.file.writing():
            self._require(owner, id_)
            self.file.run(
                "DELETE FROM conversation WHERE id = ?", (id_,)
            )  # its exchanges go with it (ON DELETE CASCADE)

    def load(self, owner: str, id_: str) -> StoredConversation:
        """Return a conversation. Raises `BadRequestError` when the owner has none with this id."""
        created, changed, title = self._require(owner, id_)
        rows = self.file.all("SELECT data FROM exchange WHERE conversation = ? ORDER BY position", (id_,))
        exchanges = tuple(json.loads(data) for (data,) in rows)
        return StoredConversation(id=id_, title=title, created=created, changed=changed, exchanges=exchanges)

    def append(self, owner: str, id_: str, exchange: Mapping[str, Any]) -> str:
        """Add a question and its answer, and return the answer's id.

        `exchange` has at least `question` and `answer` (the form of `Answer.to_dict`). The texts of whole articles
        are not kept, since the index has them.
        """
        kept = _kept(exchange)
        with self.file.writing():  # from reading the position to the insertion: another tab may append as well
            _, _, title = self._require(owner, id_)
            ((position,),) = self.file.all(
                "SELECT coalesce(max(position) + 1, 0) FROM exchange WHERE conversation = ?", (id_,)
            )
            if position >= MOST_EXCHANGES:
                raise BadRequestError(f"This conversation has {position} questions. Begin a new one.")
            self.file.run(
                "INSERT INTO exchange VALUES (?, ?, ?, ?)",
                (id_, position, kept["answer_id"], json.dumps(kept, ensure_ascii=False)),
            )
            self.file.run(
                "UPDATE conversation SET changed = ?, title = ? WHERE id = ?",
                (_now(), title or _title(str(kept["question"])), id_),
            )
        return str(kept["answer_id"])

    def keep(self, owner: str, id_: str, count: int) -> None:
        """Keep the first `count` exchanges of a conversation and delete the others (undo, edit, retry).

        Without its first question, a conversation loses the title that it had from it.
        """
        with self.file.writing():
            _, _, title = self._require(owner, id_)
            first = self.file.all("SELECT data FROM exchange WHERE conversation = ? AND position = 0", (id_,))
            if count <= 0 and first and title == _title(str(json.loads(first[0][0])["question"])):
                self.file.run("UPDATE conversation SET title = '' WHERE id = ?", (id_,))
            self.file.run("DELETE FROM exchange WHERE conversation = ? AND position >= ?", (id_, max(count, 0)))

    def set_feedback(self, owner: str, answer_id: str, value: int, comment: str = "") -> None:
        """Store the owner's feedback on an answer: 1 good, -1 bad, 0 withdraws it, with a comment of 500 characters.

        Raises `BadRequestError` when none of the owner's conversations has the answer.
        """
        if value not in (-1, 0, 1):
            raise BadRequestError("Feedback is 1, -1 or 0.")
        with self.file.writing():
            if value == 0:
                self.file.run("DELETE FROM feedback WHERE owner = ? AND answer = ?", (owner, answer_id))
                return
            found = self.file.all(
                "SELECT conversation, position, data FROM exchange JOIN conversation ON id = conversation "
                "WHERE owner = ? AND answer = ? ORDER BY changed DESC LIMIT 1",
                (owner, answer_id),
            )
            if not found:
                raise BadRequestError("There is no such answer in your conversations.")
            # Exchange and history are copied: feedback outlives the conversation, and is exported without it.
            ((conversation, position, data),) = found
            self.file.run(
                "INSERT OR REPLACE INTO feedback VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    owner, answer_id, value, squeeze(visible(comment))[:_LONGEST_COMMENT], _now(), data,
                    json.dumps(self._history(conversation, position), ensure_ascii=False),
                ),
            )  # fmt: skip

    def feedback_on(self, owner: str, answer_id: str) -> int:
        """Return the owner's feedback on an answer: 1, -1, or 0 for none."""
        rows = self.file.all("SELECT value FROM feedback WHERE owner = ? AND answer = ?", (owner, answer_id))
        return int(rows[0][0]) if rows else 0

    def expire(self, days: int) -> None:
        """Delete conversations that were not changed for this many days, and feedback as old."""
        before = _written(datetime.now(UTC) - timedelta(days=days))
        with self.file.writing():
            self.file.run("DELETE FROM conversation WHERE changed < ?", (before,))
            self.file.run("DELETE FROM feedback WHERE given < ?", (before,))

    def all_feedback(self) -> list[Feedback]:
        """Return all feedback, oldest first, without its owners."""
        rows = self.file.all("SELECT answer, value, comment, given, data, history FROM feedback ORDER BY given, answer")
        return [
            Feedback(
                answer_id=answer, value=value, comment=comment, given=given,
                exchange=json.loads(data), history=json.loads(history),
            )
            for answer, value, comment, given, data, history in rows
        ]  # fmt: skip

    def _require(self, owner: str, id_: str) -> tuple[str, str, str]:
        """Return when a conversation was created and changed, and its title."""
        rows = self.file.all(
            "SELECT created, changed, title FROM conversation WHERE id = ? AND owner = ?", (id_, owner)
        )
        # The same words for another's conversation as for none: an id must not tell that it exists.
        if not owner or not rows:
            raise BadRequestError("You have no such conversation: it may have been deleted.")
        ((created, changed, title),) = rows
        return created, changed, title

    def _history(self, conversation: str, before: int) -> list[dict[str, str]]:
        """Return the messages of a conversation before an exchange."""
        rows = self.file.all(
            "SELECT data FROM exchange WHERE conversation = ? AND position < ? ORDER BY position",
            (conversation, before),
        )
        said = []
        for exchange in (json.loads(data) for (data,) in rows):
            said.append({"role": "user", "content": exchange["question"]})
            said.append({"role": "assistant", "content": exchange["answer"].get("text", "")})
        return said


def answer_id(answer: Mapping[str, Any]) -> str:
    """Return the id of an answer (the form of `Answer.to_dict`): a hash of its statements and citations.

    Timings are left out: the same answer from the same generation has the same id.
    """
    said = {name: answer.get(name) for name in ("question", "rewritten", "status", "statements", "generation", "model")}
    cited = [(c["article_id"], c["start"], c["end"], c["quote"]) for c in answer.get("citations", ())]
    text = json.dumps([said, cited], sort_keys=True, ensure_ascii=False)
    # A model may write half a surrogate pair, which UTF-8 refuses otherwise.
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _kept(exchange: Mapping[str, Any]) -> dict[str, Any]:
    answer = dict(exchange["answer"])
    answer["passages"] = [
        {**passage, "article": {k: v for k, v in passage["article"].items() if k not in _NOT_KEPT}}
        for passage in answer.get("passages", ())
    ]
    return {"asked_on": _now(), **exchange, "answer": answer, "answer_id": answer_id(answer)}


def _title(text: str) -> str:
    title = squeeze(visible(text))
    return title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 1].rstrip() + "…"


def _now() -> str:
    return _written(datetime.now(UTC))


def _written(time: datetime) -> str:
    """Return a time in UTC as text that sorts like time, since SQLite compares it as text."""
    return time.isoformat(timespec="microseconds")
