"""`dateline chat` as people run it: a process of its own, through a pipe and in a terminal."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import psutil
import pytest
from markdown_it import MarkdownIt

from index import Article, BadRequestError
from qa import (
    Answer,
    Assistant,
    Conversation,
    Exchange,
    Passage,
    PassagesFound,
    Statement,
    StatementChecked,
    TextPiece,
)
from qa.answer.verify import cite
from qa.values import Chunk
from ui import markdown
from ui.terminal.article import article_text
from ui.terminal.live_answer import LiveAnswer
from ui.terminal.printing import print_answer
from ui.terminal.transcript import save

WINNER = "Who won the election for mayor of Port Ellery?"


def piped(lines: str, index: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ui", "chat", "--index", str(index), *options]
    return subprocess.run(command, input=lines, capture_output=True, text=True, errors="surrogateescape", check=False)


@pytest.mark.slow
def test_a_conversation_through_a_pipe(sample_index: Path, tmp_path: Path) -> None:
    notes, kept = tmp_path / "talk.md", tmp_path / "talk.json"
    done = piped(
        f"""\
        {WINNER}
        When does he take office?
        /sources
        /open 1
        /only 1
        Who won?
        /only
        /language
        /export {notes}
        /export {kept}
        /source Harbour Post
        /new
        How many homes were flooded at Lowmere?
        /quit
        What is never asked?
        """,
        sample_index,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout
    shown = " ".join(done.stdout.split())
    first, second, third = shown.split("> When does he take office?")[0], shown, shown.split("> How many homes")[1]
    assert f"> {WINNER}" in first
    assert "Searched: When does Idris Colbeck take office?" in second
    assert "3 November 2025" in second
    assert "»Colbeck takes the oath on 3 November 2025.«" in shown
    assert "Searching sources Harbour Post." in shown
    assert "Searching articles " in shown
    assert "Searching all articles. There are: en" in shown
    assert "Searched:" not in third
    assert "Ellery Courier" not in third
    assert "What is never asked?" not in shown
    assert notes.read_text().startswith(f"## {WINNER}\n")
    with Assistant.open(sample_index) as assistant:
        assert len(Conversation.from_dict(assistant, json.loads(kept.read_text())).history) == 3


@pytest.mark.slow
def test_what_goes_wrong_in_a_pipe_is_told_and_the_rest_goes_on(sample_index: Path, tmp_path: Path) -> None:
    there = tmp_path / "there.md"
    there.write_text("mine")
    done = piped(
        f"/open 1\n/frobnicate\n/since soon\n/source Nobody\n/author Nobody\n/only 7\n{'x' * 2001}\n"
        f"\x00\x1b[2J\n{WINNER}\n/open 99\n/export {there}\n/export {tmp_path}/a.pdf\n"
        f"/export {tmp_path}/no/a.md\n\udcff\n",
        sample_index,
        "--source",
        "Ellery Courier",
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    for message in (
        "Nothing has been answered yet.", "There is no command /frobnicate.", "/since is a day like 2026-03-03",
        "There are: ", "author 'Nobody'",
        "2000 are the most", "The last answer has: 1", "To replace it: /export --replace",
        "ends in .md or .json", "cannot be written",
    ):  # fmt: skip
        assert message in " ".join(done.stderr.split()), message
    assert "Colbeck" in done.stdout
    assert "\x1b" not in done.stdout + done.stderr
    assert there.read_text() == "mine"


class Terminal:
    """`dateline chat` behind a pseudo-terminal."""

    def __init__(self, index: Path) -> None:
        self._fd, inner = pty.openpty()
        command = [sys.executable, "-m", "ui", "chat", "--index", str(index)]
        environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", "LINES": "40"}
        self._process = subprocess.Popen(
            command, stdin=inner, stdout=inner, stderr=inner, env=environment, start_new_session=True
        )
        os.close(inner)
        self.seen = ""

    def interrupt(self) -> None:
        """Send SIGINT once the process waits for a key.

        While readline still handles the last one, a signal is noted but acted on only at the next key: CPython looks
        for signals only where `select` was interrupted.
        """
        while psutil.Process(self._process.pid).status() != psutil.STATUS_SLEEPING:
            time.sleep(0.01)
        self.signal(signal.SIGINT)

    def signal(self, number: int) -> None:
        self._process.send_signal(number)

    def type(self, text: str) -> None:
        os.write(self._fd, text.encode())

    def wait_for(self, pattern: str, seconds: float = 60) -> str:
        """Return what is shown up to a pattern, and forget it."""
        end = time.monotonic() + seconds
        while not (found := re.search(pattern, self.seen, re.DOTALL)):
            ready, _, _ = select.select([self._fd], [], [], max(0.0, end - time.monotonic()))
            if not ready:
                raise AssertionError(f"no {pattern!r} in {self.seen[-2000:]!r}")
            self.seen += os.read(self._fd, 65536).decode(errors="replace")
        before, self.seen = self.seen[: found.end()], self.seen[found.end() :]
        return before

    def close(self) -> int:
        """Return the exit code."""
        code = self._process.wait(timeout=30)
        os.close(self._fd)
        return code


@pytest.mark.slow
def test_a_conversation_in_a_terminal(sample_index: Path) -> None:
    terminal = Terminal(sample_index)
    terminal.wait_for("Ctrl-D ends.*> ")
    terminal.type("half a question")
    terminal.wait_for("half a question")
    terminal.interrupt()
    terminal.wait_for("> $")
    terminal.type(f"{WINNER}\r")
    assert "Colbeck" in terminal.wait_for("1 article.* s.*> $")
    terminal.type("/open 1\r")
    assert "\x1b[30;43m" in terminal.wait_for("> $")  # black on yellow
    terminal.type("How many homes were flooded at Lowmere?\r")
    terminal.wait_for("Reading")
    terminal.signal(signal.SIGINT)
    terminal.wait_for("Stopped.*> $")
    time.sleep(3.5)  # longer than the patience with a process that has been told to end
    terminal.type("/help\r")
    terminal.wait_for("/export FILE.*> $")
    terminal.type("\x04")
    assert terminal.close() == 0


@pytest.mark.slow
def test_a_terminal_that_is_told_to_end_ends(sample_index: Path) -> None:
    terminal = Terminal(sample_index)
    terminal.wait_for("> $")
    terminal.signal(signal.SIGTERM)
    assert terminal.close() == 128 + signal.SIGTERM


def told(*statements: Statement, text: str = "Some words. Other words.", **more: str) -> Answer:
    """Return an answer over one article, each statement citing all of its first sentence."""
    article = Article(id="a", title=more.get("title", "Title"), text=text, source="S", url=more.get("url", ""))
    end = text.index(".") + 1
    return Answer(
        question=more.get("question", "Who?"), status="answered", statements=statements, support=1.0, generation=1,
        citations=(cite(1, article, 0, end),), passages=(Passage(Chunk("c", "a", 0, len(text), text), article, 1.0),),
        timings={"total": 0.1},
    )  # fmt: skip


def test_a_draft_shows_what_is_withdrawn() -> None:
    draft = LiveAnswer()
    assert draft.text().plain == "Reading …"
    true = Statement(text="True.", support="quoted", citations=(1,))
    false = Statement(text="False\u202e [bold].", support="unsupported", citations=())
    for event in (
        PassagesFound((), "Who is it?"), TextPiece("Tr"), TextPiece("ue."), StatementChecked(true), TextPiece("False"),
    ):  # fmt: skip
        draft.take(event)
    assert draft.text().plain == "Searched: Who is it?\nTrue. [1] False"
    draft.take(StatementChecked(false))
    assert draft.text().plain == "Searched: Who is it?\nTrue. [1] False [bold]. "
    struck = [draft.text().plain[span.start : span.end] for span in draft.text().spans if "strike" in str(span.style)]
    assert struck == ["False [bold]."]
    assert draft.withdrawn == [false.text]


def test_who_speaks_is_printed_before_the_statement(capsys: pytest.CaptureFixture[str]) -> None:
    she = Statement(text="She won.", support="verbatim", citations=(1,), lead_in="Ada\x1b[2J Lind", highlight=(4, 7))
    print_answer(told(she, text="She won."))
    assert "[Ada[2J Lind:] She won. [1]" in capsys.readouterr().out


def test_statements_of_two_reports_have_a_dated_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    one, other = (Statement(text=text, support="verbatim", citations=(n,)) for n, text in ((1, "One."), (2, "Two.")))
    first = replace(told(one, text="One.").citations[0], published=date(2025, 5, 10))
    second = replace(first, number=2, source="T\x1b[2J")
    print_answer(replace(told(one, other), citations=(first, second)))
    assert "One. [1] (S, 10 May 2025)\nTwo. [2] (T[2J, 10 May 2025)\n" in capsys.readouterr().out
    print_answer(replace(told(one, other), citations=(first, replace(first, number=2))))
    assert "One. [1] Two. [2]\n" in capsys.readouterr().out


def test_who_speaks_is_exported() -> None:
    she = Statement(text="She won.", support="verbatim", citations=(1,), lead_in="Ada <Lind>")
    page = markdown.conversation([{"question": "Who?", "answer": told(she, text="She won.").to_dict()}])
    assert "\\[Ada \\<Lind>:\\] She won. [1]" in page


def test_filters_are_exported() -> None:
    scope = {"since": "2025-05-01", "sources": ["Post"], "authors": ["Ann *Lee*"], "languages": ["de"],
             "articles": ["a.md", "b.md"]}  # fmt: skip
    exchange = {"question": "Who?", "answer": told().to_dict(), "scope": scope, "headlines": ["Bridge [closes]", ""]}
    filters = r"from 1 May 2025, Post, Ann \*Lee\*, de, only “Bridge \[closes\]”, only “b.md”"
    assert f"*Filters: {filters}*" in markdown.conversation([exchange])


def test_an_article_is_shown_whole_with_the_cited_words() -> None:
    answer = told(text="Some words. Other words.\nThe \x1b[31mend.")
    two = replace(answer, citations=(*answer.citations, cite(2, answer.passages[0].article, 12, 24)))
    shown = article_text(two, two.citations[1], coloured=True)
    marked = {str(span.style): shown.plain[span.start : span.end] for span in shown.spans}
    assert marked["black on yellow not bold"] == "Other words."
    assert marked["underline not bold"] == "Some words."
    assert shown.plain.endswith("Some words. Other words.\n\nThe [31mend.")
    assert "»Some words.« »Other words.«" in article_text(two, two.citations[1], coloured=False).plain


def test_markdown_holds_no_markup_of_others(tmp_path: Path) -> None:
    evil = "<img src=x> ![a](http://x.test) **b** `c` [d]: www.x.test | # e"
    answer = told(
        Statement(text=f"1. {evil}", support="verbatim", citations=(1,)),
        text=f"{evil}.", title=f"# {evil}", question=evil, url="javascript:alert(1)",
    )  # fmt: skip
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(
        markdown.conversation([{"question": evil, "answer": answer.to_dict()}])
    )
    inline = [token for token in tokens if token.type == "inline"]
    assert {token.type for token in tokens if token.type.endswith("_open")} == {
        "heading_open", "paragraph_open", "bullet_list_open", "list_item_open", "blockquote_open",
    }  # fmt: skip
    assert {child.type for token in inline for child in token.children or ()} <= {"text", "text_special", "softbreak"}
    assert "".join(child.content for child in inline[0].children or ()) == evil
    linked_answer = told(*answer.statements, url="https://news.test/a?b=c").to_dict()
    linked = markdown.conversation([{"question": "Who?", "answer": linked_answer}])
    assert "<https://news.test/a?b=c>, characters 0 to" in linked


def test_an_export_replaces_nothing_unasked(assistant: Assistant, tmp_path: Path) -> None:
    conversation = Conversation(assistant, exchanges=(Exchange("Who?", told()),))
    path = tmp_path / "talk.md"
    save(conversation, path)
    with pytest.raises(BadRequestError, match="there already"):
        save(conversation, path)
    save(conversation, path, replace=True)


@pytest.mark.parametrize("text", ["- a", "1) b", "> c", "=== ", "    d", "a\r\n# b", "https://e.test", "a_b_c \\"])
def test_any_text_is_one_paragraph_of_markdown(text: str) -> None:
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(markdown.escaped(text))
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    assert "".join(child.content for child in tokens[1].children or ()) == " ".join(text.split())
