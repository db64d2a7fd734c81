"""Reindexing from the page: one run at a time, in a child process of low priority, so that the page stays quick.

The child, `python -m ui.web.reindexing INDEX SOURCE…`, reports its progress as JSON lines. Who may start a run is
checked by the caller.
"""

import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from index import child

_log = logging.getLogger(__name__)
_EVERY = 0.25  # seconds between two reports of progress: smooth to the eye


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The state of a run: its stage and progress, and at the end its report, or the problem if it failed."""

    stage: str = "start"
    done: int = 0
    total: int | None = None
    report: dict[str, Any] | None = None
    problem: str = ""
    locked: bool = False

    @property
    def over(self) -> bool:
        """Return whether the run has ended."""
        return self.report is not None or bool(self.problem)


class Reindexing:
    """Starts runs for one index, and reports the state of the latest. Thread-safe."""

    def __init__(self, index: str, sources: Sequence[Path]) -> None:
        self._command = child.command("ui.web.reindexing", index, *map(str, sources))
        self._changed = threading.Condition()
        self._run: Run | None = None

    def start(self) -> None:
        """Start a run, unless one is in progress."""
        with self._changed:
            if self._run is not None and not self._run.over:
                return
            self._run = Run()
        threading.Thread(target=self._follow, daemon=True, name="reindex").start()

    def states(self) -> Iterator[Run]:
        """Yield the state of the latest run at each change and every second, until it ends; nothing without a run."""
        seen: Run | None = None
        while True:
            with self._changed:
                if self._run is seen:
                    self._changed.wait(timeout=1.0)
                seen = self._run
            if seen is None:
                return
            yield seen
            if seen.over:
                return

    def _follow(self) -> None:
        try:
            with subprocess.Popen(  # noqa: S603
                self._command, stdout=subprocess.PIPE, text=True, encoding="utf-8", env=child.environment()
            ) as run:
                assert run.stdout is not None
                for line in run.stdout:
                    self._take(json.loads(line))
            if not self._ended():
                self._take({"problem": f"The process ended with {run.returncode}."})
        except (OSError, ValueError) as error:
            _log.exception("The reindex that was started from the page failed")
            self._take({"problem": str(error)})

    def _take(self, message: dict[str, Any]) -> None:
        with self._changed:
            self._run = replace(self._run or Run(), **message)
            self._changed.notify_all()

    def _ended(self) -> bool:
        with self._changed:
            return self._run is not None and self._run.over


def _main(index: str, sources: Sequence[str]) -> None:
    from dataclasses import asdict

    from index import DatelineError, IndexLockedError
    from index.reindex import reindex
    from index.sources import last_sources

    os.nice(10)
    try:
        _tell(report=asdict(reindex(sources or last_sources(index), index, progress=_Progress().tell)))
    except DatelineError as error:
        _tell(problem=str(error), locked=isinstance(error, IndexLockedError))


class _Progress:
    """Reports the progress of a run, at most four times a second and stage."""

    def __init__(self) -> None:
        self._stage, self._next = "", 0.0

    def tell(self, stage: str, done: int, total: int | None) -> None:
        now = time.monotonic()
        if stage != self._stage or now >= self._next or done == total:
            self._stage, self._next = stage, now + _EVERY
            _tell(stage=stage, done=done, total=total)


def _tell(**what: Any) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _main(sys.argv[1], sys.argv[2:])
