"""Read an index in a process of its own, which damage may kill: that is an answer too."""

from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path

from index import DatelineError, Scope
from index.serving import Index
from tests.killing import context

Found = list[list[tuple[str, str, str]]]


def read(index: Path, asked: Sequence[str]) -> Found:
    """Return for each question the passages that both engines find, in order: id, title, text."""
    found: Found = []
    with Index.open(index) as opened, opened.generation() as current:
        for question in asked:
            vector = current.embeddings.embed_query(question)
            hits = [*current.dense(vector, 5, Scope()), *current.lexical(question, 5, Scope())]
            ids = list(dict.fromkeys(hit.chunk_id for hit in hits))
            chunks = current.chunks(ids)
            found.append([(id_, chunks[id_][1].title, chunks[id_][0].text) for id_ in ids])
    return found


def _serve(calls: Connection) -> None:
    while True:
        try:
            index, asked = calls.recv()
        except EOFError:
            return
        try:
            calls.send(read(index, asked))
        except DatelineError as error:
            calls.send(str(error))


class Reader:
    """A process that reads what it is told. One that died is replaced."""

    def __init__(self) -> None:
        self._start()

    def __call__(self, index: Path, asked: Sequence[str]) -> Found | str:
        """Return what was found, the message of the error that was raised, or how the process died."""
        self._calls.send((index, asked))
        try:
            outcome: Found | str = self._calls.recv()
        except EOFError:
            self.process.join()
            outcome = f"the reader died: {self.process.exitcode}"
            self._start()
        return outcome

    def _start(self) -> None:
        self._calls, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self.process.start()
        theirs.close()
