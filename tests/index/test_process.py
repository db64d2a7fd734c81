"""Forks and ends: what an index's objects do in a process, or at a time, that they do not belong to."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from index import DatelineError, IndexClosedError, IndexNotFoundError
from index.process import Home
from index.reindex import reindex
from index.serving import Index
from qa import Assistant, PassagesFound

ASKED = "How many homes were flooded at Lowmere?"

CHILDREN = """
import multiprocessing, os, sys, threading
from index import ForkedProcessError, Scope
from index.embed.model import SentenceEmbeddings
from qa import Assistant
from qa.judge.reader import Reading

ASKED = "How many homes were flooded at Lowmere?"
path = sys.argv[1]
assistant = Assistant.open(path)
unused = Assistant.open(path)
chat, retriever, chain = assistant.chat(), assistant.retriever, assistant.chain
answer = assistant.ask(ASKED)
within = assistant.index.generation()
generation = within.__enter__()
vector = generation.embeddings.embed_query(ASKED)
stream = assistant.stream(ASKED, k=9)  # an answer that was not given before
next(stream)

REFUSED = {
    "ask": lambda: assistant.ask(ASKED),
    "an assistant that was not used": lambda: unused.ask(ASKED),
    "stream": lambda: [*stream],
    "chat": lambda: chat.ask(ASKED),
    "a conversation begun here": lambda: assistant.chat().ask(ASKED),
    "retriever": lambda: retriever.invoke(ASKED),
    "retriever, several at once": lambda: retriever.batch([ASKED, ASKED]),
    "chain": lambda: chain.invoke(ASKED),
    "index": lambda: assistant.index.generation().__enter__(),
    "search by meaning": lambda: generation.dense(vector, 5, Scope()),
    "the archive": lambda: generation.article("x"),
    "embed": lambda: generation.embeddings.embed_query(ASKED),
    "embed passages": lambda: generation.embeddings.embed_documents([ASKED]),
    "read": lambda: assistant._reader(ASKED, [Reading("", ["One home was flooded."])]),
}
WORKS = {
    "its own": lambda: Assistant.open(path).ask(ASKED).status,
    "its own, twice": lambda: [Assistant.open(path).ask(ASKED).status for _ in range(2)][1],
    "a model of its own": lambda: len(SentenceEmbeddings(exported=generation.embeddings.exported).embed_query(ASKED)),
    "an answer of the parent's": lambda: answer.to_dict()["status"],
    "close": lambda: (within.__exit__(None, None, None), unused.close(), unused.__exit__()),
}


def outcome(use):
    try:
        return use()
    except ForkedProcessError as error:
        return "refused" if "Open it in the child" in str(error) else error
    except Exception as error:
        return repr(error)


def child(pipe):
    pipe.send({name: outcome(use) for name, use in {**REFUSED, **WORKS}.items()})


def held():
    with assistant.index._lock, chat._adding, generation.embeddings._lock, generation._database._lock:
        ready.set()
        over.wait()


ready, over = threading.Event(), threading.Event()
threading.Thread(target=held, daemon=True).start()
ready.wait()
context = multiprocessing.get_context("fork")
ours, theirs = context.Pipe()
process = context.Process(target=child, args=(theirs,), daemon=True)
process.start()
told = ours.recv() if ours.poll(60) else {"hangs": True}
over.set()
wrong = {name: told.get(name) for name in REFUSED if told.get(name) != "refused"}
wrong |= {name: told.get(name) for name in WORKS if told.get(name) == "refused" or "Error" in repr(told.get(name))}
assert not wrong, wrong
process.join(30)
assert process.exitcode == 0, process.exitcode

def opens(_):
    return Assistant.open(path).ask(ASKED).status


with context.Pool(2) as pool:
    assert pool.map(opens, range(2), chunksize=1) == ["answered"] * 2

if (pid := os.fork()) == 0:
    assistant.close()
    sys.exit(7)  # ends as any program does, with what the parent opened
ended = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
assert ended == 7, ended
assert assistant.ask(ASKED) == answer or assistant.ask(ASKED).text == answer.text  # the parent's work as before
within.__exit__(None, None, None)
"""


@pytest.mark.slow
def test_a_forked_child_is_refused_what_the_parent_opened_and_opens_its_own(sample_index: Path) -> None:
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", CHILDREN, str(sample_index)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=150, check=False)
    assert (done.returncode, done.stderr) == (0, "")


BUSY = """
import os, sys, threading
from index import ForkedProcessError
from qa import Assistant
ASKED = "How many homes were flooded at Lowmere?"
assistant = Assistant.open(sys.argv[1])

def go_on():
    while True:
        with Assistant.open(sys.argv[1]) as opened:
            opened.ask(ASKED)

for _ in range(3):
    threading.Thread(target=go_on, daemon=True).start()
for _ in range(8):
    assistant.ask(ASKED)
    if (pid := os.fork()) == 0:
        try:
            Assistant.open(sys.argv[1]).ask(ASKED)
        except ForkedProcessError as error:
            os._exit(0 if "spawn or forkserver" in str(error) else 1)
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0
os._exit(0)
"""


@pytest.mark.slow
def test_a_child_forked_while_other_threads_open_and_ask_never_hangs(sample_index: Path) -> None:
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", BUSY, str(sample_index)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=150, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_an_object_knows_the_process_that_made_it() -> None:
    home = Home("thing")
    home.require()
    if (pid := os.fork()) == 0:
        os._exit(int(home.is_here))
    assert os.waitpid(pid, 0)[1] == 0
    assert home.is_here


def test_nothing_can_be_asked_after_close(sample_index: Path) -> None:
    with Assistant.open(sample_index) as assistant:
        chat, retriever, chain = assistant.chat(), assistant.retriever, assistant.chain
        assert assistant.ask(ASKED).status == "answered"
    assistant.close()
    for use in (assistant.ask, chat.ask, retriever.invoke, chain.invoke, lambda asked: assistant.batch([asked])):
        with pytest.raises(IndexClosedError, match=r"has been closed\. Open it again"):
            use(ASKED)  # type: ignore[operator]


def test_what_is_under_way_when_an_index_is_closed_ends_as_it_should(sample_index: Path) -> None:
    assistant = Assistant.open(sample_index)
    stream = assistant.stream(ASKED)
    assert isinstance(next(stream), PassagesFound)
    assistant.close()
    *_, answer = stream
    assert answer.status == "answered"  # type: ignore[union-attr]
    assert not assistant.index._leases


def test_threads_that_ask_while_another_closes(sample_index: Path) -> None:
    for _ in range(3):
        assistant = Assistant.open(sample_index)
        assistant.ask(ASKED)
        wrong: list[BaseException] = []

        def ask(opened: Assistant = assistant, wrong: list[BaseException] = wrong) -> None:
            try:
                while True:
                    opened.ask(ASKED)
            except IndexClosedError:
                pass
            except BaseException as error:  # noqa: BLE001  (whatever else it is, it is what this test looks for)
                wrong.append(error)

        threads = [threading.Thread(target=ask) for _ in range(3)]
        for thread in threads:
            thread.start()
        closing = [threading.Thread(target=assistant.close) for _ in range(2)]
        for thread in closing:
            thread.start()
        for thread in (*closing, *threads):
            thread.join(30)
        assert not wrong
        assert not assistant.index._leases


def test_what_is_no_index_says_so(tmp_path: Path, source: Path) -> None:
    file = tmp_path / "news.md"
    file.write_text("A story")
    (tmp_path / "empty").mkdir()
    for path in (file, tmp_path / "empty", tmp_path / "nowhere"):
        with pytest.raises(IndexNotFoundError, match="Build one with: dateline reindex ARTICLES"):
            Assistant.open(path)
    with pytest.raises(IndexNotFoundError, match="is a file; an index is a folder"):
        Index.open(file)
    with pytest.raises(DatelineError, match="name another with --index"):
        reindex([source], file)
