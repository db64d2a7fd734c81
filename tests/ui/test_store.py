"""Conversations, feedback and sessions, in real files."""

import contextlib
import json
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from index import BadRequestError
from qa import Assistant
from tests.command import dateline
from ui.store import conversations as module
from ui.store.conversations import Store, answer_id
from ui.store.export import as_json, as_markdown, evaluation
from ui.store.file import VERSION, StoreError
from ui.store.identity import browser
from ui.store.sessions import SECONDS, SignInSessions
from ui.store.users import Users

ADA, BEN = "user:ada", browser("b" * 43)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "pages" / "dateline.sqlite") as opened:
        yield opened


@pytest.fixture(scope="module")
def exchange(assistant: Assistant) -> dict[str, Any]:
    question = "How many homes were flooded at Lowmere?"
    return {"question": question, "answer": assistant.ask(question).to_dict(), "asked_on": "2026-03-03T10:00:00+00:00"}


@pytest.fixture(scope="module")
def unanswered(assistant: Assistant) -> dict[str, Any]:
    question = "How many tanks did Russia lose?"
    return {"question": question, "answer": assistant.ask(question).to_dict()}


def test_a_conversation_is_kept_whole_but_for_article_texts(store: Store, exchange: dict[str, Any]) -> None:
    entry = store.create(ADA)
    id_ = store.append(ADA, entry.id, exchange)
    kept = store.load(ADA, entry.id)
    assert kept.title == exchange["question"]
    assert [e["answer"]["citations"] for e in kept.exchanges] == [exchange["answer"]["citations"]]
    assert kept.exchanges[0]["answer_id"] == id_ == answer_id(exchange["answer"])
    assert all("text" not in p["article"] and p["chunk"]["text"] for p in kept.exchanges[0]["answer"]["passages"])
    assert exchange["answer"]["passages"][0]["article"]["text"]  # the caller's own is left as it was


def test_the_one_changed_last_is_listed_first(store: Store, exchange: dict[str, Any]) -> None:
    first, second = store.create(ADA, "First"), store.create(ADA, "Second\n\u202e ")
    store.append(ADA, first.id, exchange)
    assert [(e.id, e.title) for e in store.conversations(ADA)] == [(first.id, "First"), (second.id, "Second")]
    store.rename(ADA, second.id, " Another  title ")
    store.delete(ADA, first.id)
    assert [e.title for e in store.conversations(ADA)] == ["Another title"]


@pytest.mark.parametrize("other", [BEN, "", "user:ada2", "user:ad_"])
def test_nobody_gets_at_what_belongs_to_another(store: Store, exchange: dict[str, Any], other: str) -> None:
    entry = store.create(ADA, "Mine")
    id_ = store.append(ADA, entry.id, exchange)
    attempts = [
        lambda: store.load(other, entry.id),
        lambda: store.append(other, entry.id, exchange),
        lambda: store.rename(other, entry.id, "Yours"),
        lambda: store.keep(other, entry.id, 0),
        lambda: store.delete(other, entry.id),
        lambda: store.set_feedback(other, id_, 1),
    ]
    for attempt in attempts:
        with pytest.raises(BadRequestError):
            attempt()
    assert store.conversations(other) == []
    assert (store.load(ADA, entry.id).title, len(store.load(ADA, entry.id).exchanges)) == ("Mine", 1)


def test_without_an_owner_nothing_is_kept(store: Store) -> None:
    with pytest.raises(BadRequestError, match="owner"):
        store.create("")


def test_undo_keeps_what_came_before(store: Store, exchange: dict[str, Any], unanswered: dict[str, Any]) -> None:
    entry = store.create(ADA)
    for each in (exchange, unanswered, exchange):
        store.append(ADA, entry.id, each)
    store.keep(ADA, entry.id, 1)
    store.append(ADA, entry.id, unanswered)
    assert [e["question"] for e in store.load(ADA, entry.id).exchanges] == [
        exchange["question"], unanswered["question"],
    ]  # fmt: skip


def test_old_conversations_make_room(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_CONVERSATIONS", 3)
    for number in range(5):
        store.create(ADA, f"number {number}")
    store.create(BEN, "his")
    assert {e.title for e in store.conversations(ADA)} == {"number 2", "number 3", "number 4"}
    assert len(store.conversations(BEN)) == 1


def test_what_is_old_is_deleted(store: Store, exchange: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(module, "_now", lambda: "2025-01-31T10:00:00.000000+00:00")
        old, continued = store.create(ADA, "old"), store.create(ADA, "continued")
        for entry in (old, continued):
            id_ = store.append(ADA, entry.id, exchange)
        store.set_feedback(ADA, id_, 1)
        store.set_feedback(BEN, store.append(BEN, store.create(BEN).id, exchange), -1)
    store.append(ADA, continued.id, exchange)
    new = store.create(ADA, "new")
    store.expire(100_000)
    assert (len(store.conversations(ADA)), len(store.all_feedback())) == (3, 2)
    store.expire(7)
    assert {e.id for e in store.conversations(ADA)} == {continued.id, new.id}
    assert store.conversations(BEN) == []
    assert store.all_feedback() == []
    assert len(store.load(ADA, continued.id).exchanges) == 2
    for table in ("conversation", "exchange", "feedback"):
        assert store.file.all(f"SELECT count(*) FROM {table}") == [({"conversation": 2, "exchange": 2}.get(table, 0),)]


def test_deleted_text_leaves_the_file(store: Store, exchange: dict[str, Any]) -> None:
    entry = store.create(ADA)
    store.append(ADA, entry.id, exchange)
    store.delete(ADA, entry.id)
    store.close()
    left = b"".join(path.read_bytes() for path in store.file.path.parent.iterdir())
    assert exchange["question"].encode() not in left


def test_an_answer_has_the_same_id_whenever_it_is_given(assistant: Assistant) -> None:
    first, again = (assistant.ask("Who is the mayor?").to_dict() for _ in range(2))
    assert first["timings"] != again["timings"]
    assert answer_id(first) == answer_id(again)
    assert answer_id(first) != answer_id({**first, "generation": first["generation"] + 1})


def test_feedback_becomes_questions_to_evaluate(
    store: Store, exchange: dict[str, Any], unanswered: dict[str, Any]
) -> None:
    entry = store.create(ADA)
    good, bad = (store.append(ADA, entry.id, each) for each in (exchange, unanswered))
    store.set_feedback(ADA, good, -1)
    store.set_feedback(ADA, good, 1)
    store.set_feedback(ADA, bad, -1, "It is\n wrong. " + "!" * 1000)
    assert (store.feedback_on(ADA, good), store.feedback_on(ADA, bad), store.feedback_on(BEN, good)) == (1, -1, 0)
    store.delete(ADA, entry.id)
    first, second = map(evaluation, store.all_feedback())
    assert first["answerable"] is True
    assert first["evidence"][0]["quote"] in [c["quote"] for c in exchange["answer"]["citations"]]
    assert (first["history"], first["asked_on"]) == ([], "2026-03-03")
    assert (second["answers"], second["answerable"]) == ([], None)
    assert second["comment"].startswith("It is wrong. !")
    assert len(second["comment"]) == 500
    assert "comment" not in first
    assert [turn["role"] for turn in second["history"]] == ["user", "assistant"]
    done = dateline("feedback", "export", "--data", store.file.path.parent)
    assert [json.loads(line) for line in done.stdout.splitlines()] == [first]
    done = dateline("feedback", "export", "--all", "--data", store.file.path.parent)
    assert [json.loads(line) for line in done.stdout.splitlines()] == [first, second]


def test_pinned_conversations_come_first_and_stay_longest(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = store.create(ADA, "old"), store.create(ADA, "new")
    store.pin(ADA, old.id, True)
    store.pin(ADA, old.id, True)
    assert [(entry.title, entry.pinned) for entry in store.conversations(ADA)] == [("old", True), ("new", False)]
    with pytest.raises(BadRequestError, match="no such conversation"):
        store.pin(BEN, old.id, False)
    monkeypatch.setattr("ui.store.conversations.MOST_CONVERSATIONS", 2)
    store.create(ADA, "newest")
    assert [entry.title for entry in store.conversations(ADA)] == ["old", "newest"]
    store.pin(ADA, old.id, False)
    assert [entry.title for entry in store.conversations(ADA)] == ["newest", "old"]
    assert new.id not in {entry.id for entry in store.conversations(ADA)}


def test_a_file_of_the_version_before_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "dateline.sqlite"
    with Store.open(path) as store:
        kept = store.create(ADA, "kept").id
    with contextlib.closing(sqlite3.connect(path)) as made:
        made.executescript("DROP TABLE pin; PRAGMA user_version=1")
    with Store.open(path) as store:
        store.pin(ADA, kept, True)
        assert [(entry.title, entry.pinned) for entry in store.conversations(ADA)] == [("kept", True)]


def test_feedback_can_be_taken_back(store: Store, exchange: dict[str, Any]) -> None:
    id_ = store.append(ADA, store.create(ADA).id, exchange)
    store.set_feedback(ADA, id_, 1)
    store.set_feedback(ADA, id_, 0)
    assert store.all_feedback() == []


def test_an_export_holds_every_citation_and_no_markup(store: Store, exchange: dict[str, Any]) -> None:
    evil = "<img src=x onerror=alert(1)> ![x](http://evil.example/) **[a](javascript:b)** \u202e\n# Head"
    answer = {**exchange["answer"], "citations": [{**c, "title": evil} for c in exchange["answer"]["citations"]]}
    entry = store.create(ADA)
    store.append(ADA, entry.id, {**exchange, "question": evil, "answer": answer})
    conversation = store.load(ADA, entry.id)
    text = as_markdown(conversation)
    from markdown_it import MarkdownIt

    html = MarkdownIt("commonmark", {"html": True}).render(text)
    for forbidden in ("<img", 'href="http://evil', 'href="javascript', "<strong", "<h1>Head", "\u202e"):
        assert forbidden not in html
    for citation in answer["citations"]:
        assert f"characters {citation['start']} to {citation['end']}" in text
    assert json.loads(as_json(conversation))["exchanges"][0]["answer"]["citations"] == answer["citations"]


def test_threads_and_processes_may_share_a_file(store: Store, exchange: dict[str, Any]) -> None:
    entry = store.create(ADA)
    with Store.open(store.file.path) as other:
        workers = [
            threading.Thread(target=lambda s=s: [s.append(ADA, entry.id, exchange) for _ in range(10)])
            for s in (store, other, store, other)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert len(store.load(ADA, entry.id).exchanges) == 40


def test_only_the_server_may_read_the_file(store: Store) -> None:
    assert store.file.path.stat().st_mode & 0o077 == 0
    assert store.file.path.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", [b"no database at all" * 100, None], ids=["garbage", "newer"])
def test_a_file_that_cannot_be_used_is_told(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "dateline.sqlite"
    if content is None:
        with sqlite3.connect(path) as made:
            made.execute(f"PRAGMA user_version={VERSION + 1}")
        made.close()
    else:
        path.write_bytes(content)
    with pytest.raises(StoreError, match="--data"):
        Store.open(path)


def test_a_session_ends(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.store.users._COST", 1 << 10)
    now = [1000.0]
    users = Users(tmp_path / "users.json")
    users.add("ada", "a long password")
    users.add("ben", "a long password")
    sessions = SignInSessions(store.file, users, clock=lambda: now[0])
    tokens = [sessions.begin(name) for name in ("ada", "ada", "ben", "ben")]
    assert [sessions.user(token) for token in tokens] == ["ada", "ada", "ben", "ben"]
    assert sessions.user("") is None
    sessions.end(tokens[0])
    assert [sessions.user(token) for token in tokens] == [None, "ada", "ben", "ben"]
    users.remove("ben")
    assert [sessions.user(token) for token in tokens[1:]] == ["ada", None, None]
    now[0] += SECONDS + 1
    assert sessions.user(tokens[1]) is None
    assert store.file.all("SELECT count(*) FROM session") == [(3,)]
    sessions.expire()
    assert store.file.all("SELECT count(*) FROM session") == [(0,)]
    users.add("ada", "another password")
    assert sessions.user(sessions.begin("ada")) == "ada"
    old = sessions.begin("ada")
    users.add("ada", "a third password")
    assert sessions.user(old) is None
