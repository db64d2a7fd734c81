"""A campaign of kills: one index that is updated and killed again and again, and a reader that is open all the time.

Every answer has to be that of the generation it names, as an index made from scratch gives it; the run after a kill
has to complete, and then the index holds the same ids, texts and vectors as one made from scratch.
"""

import shutil
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

import numpy as np

from index.doctor import examine
from index.store.archive import Archive
from index.store.database import Database
from index.store.folder import Folder
from qa import Answer, Assistant
from tests.conftest import questions as sample_questions
from tests.killing import Child, Mark

PASSAGES = 1
_PAUSE = 1.0
Kill = Callable[[], int]
"""Run the command, and return its exit code: -9 when it was killed."""
Contents = dict[str, tuple[str, bytes]]
Said = tuple[object, ...]


def states(articles: Path, number: int) -> list[dict[str, bytes]]:
    """Return so many states of a source folder: each has other articles changed, added and removed."""
    base = {p.relative_to(articles).as_posix(): p.read_bytes() for p in sorted(articles.rglob("*")) if p.is_file()}
    editable = [name for name in base if name.endswith((".md", ".txt"))]
    made = []
    for state in range(number):
        files = dict(base)
        for step in range(3):
            name = editable[(5 * state + 2 * step) % len(editable)]
            files[name] += f"\nThe council will publish report {state}{step} on the matter in spring.\n".encode()
        del files[editable[(5 * state + 1) % len(editable)]]
        text = f"The tram to Osk Hill carried {state + 3},000 passengers in its first week, the county said."
        files[f"new/{state}.md"] = f"---\ntitle: Tram count {state}\n---\n{text}\n".encode()
        made.append(files)
    return made


def lay(source: Path, files: dict[str, bytes]) -> None:
    """Make the folder hold just these files; those that are so already are not touched."""
    for path in [p for p in source.rglob("*") if p.is_file() and p.relative_to(source).as_posix() not in files]:
        path.unlink()
    for name, data in files.items():
        path = source / name
        if not path.is_file() or path.read_bytes() != data:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


def contents(index: Path) -> Contents:
    """Return id -> (text, vector) of every chunk that is served."""
    folder = Folder(index)
    number = folder.require_served()
    with Database.open(folder.archive) as database:
        rows = Archive(database).rows(number, folder.about(number)[0].vectors)
        return {row.chunk_id: (row.text, row.vector) for row in rows}


def same(one: Contents, other: Contents) -> bool:
    """Say whether ids and texts are equal, and vectors as equal as batches of another make-up leave them."""
    return one.keys() == other.keys() and all(
        one[id_][0] == text and np.allclose(np.frombuffer(one[id_][1], "<f4"), np.frombuffer(vector, "<f4"), atol=1e-5)
        for id_, (text, vector) in other.items()
    )


def said(answer: Answer) -> Said:
    """Return what has to be the same in every answer to a question from one state of the articles."""
    passages = tuple(passage.chunk.id for passage in answer.passages)
    return answer.status, answer.text, passages, tuple((c.article_id, c.start, c.end) for c in answer.citations)


@dataclass(slots=True)
class Tally:
    """What happened, by kind, and what must not have."""

    seen: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def expect(self, held: bool, failure: str) -> None:
        """Count a failure unless something held."""
        if not held:
            self.failures.append(failure)
            sys.stderr.write(f"FAILED: {failure}\n")


class Campaign:
    """One index, one open Assistant, and a source that goes from state to state."""

    def __init__(
        self, work: Path, articles: Path, *, options: Sequence[object] = (), number: int = 4, questions: int = 20
    ) -> None:
        self.source, self.index, self.tally = work / "source", work / "index", Tally()
        self.steps: list[str] = []
        self._options = options
        self._questions = [r["question"] for r in sample_questions()][: 2 * questions : 2]
        self._places = cycle(range(len(self._questions)))
        self._files = states(articles, number)
        self._scratch: list[Contents] = []
        self._said: list[list[Said]] = []
        for state, files in enumerate(self._files):
            scratch = work / f"scratch{state}"
            if state:
                shutil.copytree(work / "scratch0" / "encoder", scratch / "encoder")
            lay(self.source, files)
            assert self._start(scratch).end() == 0
            self._scratch.append(contents(scratch))
            with Assistant.open(scratch, answer_cache=0) as assistant:
                self._said.append([said(assistant.ask(question, k=PASSAGES)) for question in self._questions])
        shutil.copytree(scratch, self.index)
        self._state = state
        self._of = {Folder(self.index).require_served(): state}
        self.assistant = Assistant.open(self.index, answer_cache=0)

    def killed_after(self, seconds: float) -> int:
        """Run the command and kill it at a moment."""
        child = self._start(self.index)
        child.kill_after(seconds)
        return child.end()

    def killed_before(self, mark: Mark) -> int:
        """Run the command and kill it before a step; keep the names of all steps if it completes."""
        child = self._start(self.index, kill_before=mark)
        if (code := child.end()) == 0:
            self.steps = child.steps()
        return code

    def _start(self, index: Path, *, kill_before: Mark | None = None) -> Child:
        return Child("reindex", self.source, "--index", index, "--json", *self._options, kill_before=kill_before)

    def round(self, what: str, *kills: Kill) -> int:
        """Edit, run and kill, ask, run again and compare. Return how many runs were killed."""
        before = Folder(self.index).require_served()
        self._state = (self._state + 1) % len(self._files)
        lay(self.source, self._files[self._state])
        killed = 0
        for kill in kills:
            with self._asking(before):
                code = kill()
            killed += code == -9
            self.tally.expect(code in (0, -9), f"{what}: the command ended with {code}")
            swapped = Folder(self.index).require_served() != before
            self.tally.seen[f"{'killed' if code else 'completed'} {'after' if swapped else 'before'} the swap"] += 1
            self.ask_all(before, what)
        with self._asking(before):
            self.tally.expect(self._start(self.index).end() == 0, f"{what}: the next run did not complete")
        self._of = {Folder(self.index).require_served(): self._state}
        self.tally.expect(
            same(contents(self.index), self._scratch[self._state]), f"{what}: the index is not that from scratch"
        )
        return killed

    def examine(self, what: str) -> None:
        """Have the doctor look at the index."""
        self.tally.seen["examined"] += 1
        for finding in examine(self.index):
            self.tally.expect(False, f"{what}: the doctor found: {finding.what}")

    def ask_all(self, before: int, what: str) -> None:
        """Ask every question, and compare the answers. `before` is the generation that was served before the run."""
        for place in range(len(self._questions)):
            self._check(place, before, what)

    def _check(self, place: int, before: int, what: str) -> None:
        answer = self.assistant.ask(self._questions[place], k=PASSAGES)
        state = self._of.get(answer.generation, self._state if answer.generation > before else None)
        self.tally.seen["answers"] += 1
        self.tally.expect(
            state is not None and said(answer) == self._said[state][place],
            f"{what}: question {place} is answered otherwise by generation {answer.generation}",
        )

    @contextmanager
    def _asking(self, before: int) -> Iterator[None]:
        """Ask on and on while the block runs."""
        done = threading.Event()

        def ask() -> None:
            for place in self._places:
                if done.wait(_PAUSE):
                    return
                try:
                    self._check(place, before, "beside a run")
                except Exception as error:  # noqa: BLE001  (any error of a reader is a failure)
                    self.tally.expect(False, f"beside a run: {error!r}")

        asking = threading.Thread(target=ask)
        asking.start()
        try:
            yield
        finally:
            done.set()
            asking.join()
