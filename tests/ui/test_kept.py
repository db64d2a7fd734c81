"""What the page does beside answering: questions to begin with, and kept conversations whose articles are gone."""

import json
import logging
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from index.reindex import reindex
from qa import Assistant
from tests.chat_server import chat_server
from tests.conftest import write
from tests.served import event, serving
from ui.server.options import Options
from ui.server.parts import Page, open_parts
from ui.store.users import Users
from ui.strings import Words
from ui.web import page
from ui.web.reindexing import Reindexing
from ui.web.session import Session, SessionActions
from ui.web.suggestions import Starters, Suggestions
from ui.web.turns import PageTurn, to_exchange
from ui.web.views.render import turns_html

BRIDGE = "When did the bridge over the Senn close?"


def sought(suggestions: Suggestions) -> Starters:
    """Return the questions to begin with, once they were sought."""
    suggestions.starters()
    end = time.monotonic() + 60
    while suggestions._seeking.locked() and time.monotonic() < end:
        time.sleep(0.02)
    return suggestions.starters()


def test_questions_to_begin_with_ask_no_model_and_count_nowhere(
    sample_index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.web.suggestions._PAUSE", 0.0)
    with chat_server() as model:
        options = Options(index=str(sample_index), data=tmp_path, llm="openai:local", llm_base_url=model.url)
        with open_parts(options) as parts:
            found = sought(Suggestions(parts.assistant))
            assert found.of_story
            assert not set(found.of_story.values()) & set(found.questions)
            assert "dateline_questions_total{" not in parts.metrics.text().decode()
            assert model.requests == []
            model.words = ["NONE"]
            parts.assistant.ask("How many homes were flooded at Lowmere?")
            assert len(model.requests) >= 1  # which a reader's question does
            assert "dateline_questions_total{" in parts.metrics.text().decode()


def test_without_a_generation_there_are_no_questions_to_begin_with(
    sample_index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any) -> None:
        raise OSError("gone")

    with Assistant.open(sample_index) as assistant:
        suggestions = Suggestions(assistant)
        monkeypatch.setattr(assistant.index, "generation", fail)
        with caplog.at_level(logging.ERROR):
            suggestions._seeking.acquire()
            suggestions._seek_starters()
        assert suggestions._starters == Starters()
        assert not suggestions._seeking.locked()
        assert "No starter questions" in caplog.text


@pytest.mark.slow
def test_kept_conversations_name_deleted_articles(source: Path, index_path: Path, tmp_path: Path) -> None:
    for number in range(4):
        write(source / f"more-{number}.md", f"Market {number}", f"The market number {number} opens at nine on Fridays.")
    reindex([source], index_path)
    with serving(index=str(index_path), data=tmp_path / "pages") as made, httpx.Client(base_url=made.url) as browser:
        browser.get("/")
        body = {"data": [], "fn_index": 1, "session_hash": "tab"}
        (owner,) = browser.post("/gradio_api/run/who", json=body).json()["data"]
        assistant, store = made.parts.assistant, made.parts.store
        kept = store.create(owner).id
        for question in (BRIDGE, "When will a night ferry link both banks?"):
            answer = assistant.ask(question)
            assert answer.citations
            store.append(owner, kept, to_exchange(PageTurn(question=question, answer=answer)))
        session, actions = Session(owner=owner), SessionActions(assistant, store)
        assert [one.deleted for one in actions.open(session, kept).turns] == [frozenset(), frozenset()]
        assert "no longer in the index" not in browser.get(f"/conversations/{kept}.md").text
        (source / "bridge.md").unlink()
        reindex([source], index_path)
        asked = actions.open(session, kept).turns
        assert [bool(one.deleted) for one in asked] == [True, False]
        bridge, ferry = turns_html(asked, actions.coverage(), Words("en"))
        assert "no longer in the index" in bridge
        assert "no longer in the index" not in ferry
        assert browser.get(f"/conversations/{kept}.md").text.count("no longer in the index") == 1
        first, second = browser.get(f"/conversations/{kept}.json").json()["exchanges"]
        assert [c["deleted"] for c in first["answer"]["citations"]] == [True]
        assert [c["deleted"] for c in second["answer"]["citations"]] == [False]


@pytest.mark.parametrize(("days", "left"), [(7, ["new"]), (0, ["new", "old"])])
def test_a_server_forgets_after_the_days_it_was_told(
    sample_index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int, left: list[str]
) -> None:
    with open_parts(Options(index=str(sample_index), data=tmp_path, keep_days=days)) as parts:
        with monkeypatch.context() as patch:
            patch.setattr("ui.store.conversations._now", lambda: "2025-01-31T10:00:00.000000+00:00")
            parts.store.create("user:ada", "old")
        parts.store.create("user:ada", "new")
        parts.expire()
        assert [entry.title for entry in parts.store.conversations("user:ada")] == left


@pytest.mark.slow
def test_who_is_no_admin_any_more_may_not_reindex(
    sample_index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.store.users._COST", 1 << 10)
    users = Users(tmp_path / "users.json")
    users.add("ada", "correct horse", admin=True)
    started: list[str] = []
    monkeypatch.setattr("ui.web.reindexing.Reindexing.start", lambda _: started.append("run"))
    look = Page(page.build, page.launch_options)
    with (
        serving(look, index=str(sample_index), data=tmp_path / "pages", auth=users.path) as made,
        httpx.Client(base_url=made.url, timeout=60) as ada,
    ):
        ada.post("/login", data={"username": "ada", "password": "correct horse"})
        events = {each["api_name"]: each["id"] for each in ada.get("/config").json()["dependencies"]}

        def offered() -> bool:
            shown = ada.post("/gradio_api/run/predict", json=event("tab", events["overview"], None))
            return "Reindex now" in shown.text

        def press() -> list[str]:
            ada.post("/gradio_api/queue/join", json=event("tab", events["reindex"], None)).raise_for_status()
            ada.get("/gradio_api/queue/data?session_hash=tab")
            return started

        assert (offered(), press()) == (True, ["run"])
        file = json.loads(users.path.read_text())
        file["users"]["ada"]["admin"] = False
        users.path.write_text(json.dumps(file))
        assert (offered(), press()) == (False, ["run"])


@pytest.mark.slow
def test_a_reindex_from_the_page_runs_this_code_whatever_the_working_directory_holds(
    index_path: Path, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ui", "index"):
        wrong = tmp_path / "here" / name
        wrong.mkdir(parents=True)
        (wrong / "__init__.py").write_text("raise SystemExit('the wrong code')")
    monkeypatch.chdir(tmp_path / "here")
    run = Reindexing(str(index_path.resolve()), [source])
    run.start()
    *_, last = run.states()
    assert last.report is not None, last.problem
    assert len(last.report["added"]) == 3
