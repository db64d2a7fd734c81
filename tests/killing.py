"""Run the real `dateline reindex` in a child process, and kill it before a call that changes something.

A child is forked from a server process that has imported everything and computed nothing, so it starts at once. Where
to kill is told by a profile hook, which sees each call from Python into C; the product itself is not touched.
"""

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from types import FrameType, ModuleType
from typing import Any

Mark = int | tuple[str, int]
"""Where to kill: before the nth operation (from 1), or before a named step is taken for the nth time."""

PRELOAD = [
    "tests.killing",
    "chromadb",
    "index.build.check",
    "index.reindex",
    "sentence_transformers",
    "transformers.models.bert.modeling_bert",
    "transformers.utils.logging",
    "ui.cli",
    "ui.terminal.printing",
]
_OF_MODULES = {
    "posix": {"fsync", "link", "mkdir", "open", "rename", "replace", "rmdir", "truncate", "unlink"},
    "io": {"open"},
    "_posixsubprocess": {"fork_exec"},
}
_OF_OBJECTS = {
    "Connection": {"backup", "commit", "execute", "executemany", "executescript", "rollback"},
    "Bindings": {"add", "count", "create_collection", "get", "update_collection"},
    "IndexWriter": {"commit", "wait_merging_threads"},
    "TextIOWrapper": {"write"},
}

context = multiprocessing.get_context("forkserver")
context.set_forkserver_preload(PRELOAD)


def operation(function: Any) -> str | None:
    """Return the name of a C function that changes a file, a database or a process; None for all others."""
    owner, name = getattr(function, "__self__", None), getattr(function, "__name__", "")
    if isinstance(owner, ModuleType):
        return f"{owner.__name__}.{name}" if name in _OF_MODULES.get(owner.__name__, ()) else None
    kind = type(owner).__name__
    return f"{kind}.{name}" if name in _OF_OBJECTS.get(kind, ()) else None


def step(frame: FrameType | None, function: Any) -> str | None:
    """Return the name of an operation and of our function that had it done, as in "publish.serve: posix.replace"."""
    if (name := operation(function)) is None:
        return None
    while frame is not None and not frame.f_globals.get("__name__", "").startswith("index."):
        frame = frame.f_back
    if frame is None:
        return f"elsewhere: {name}"
    return f"{frame.f_globals['__name__'].removeprefix('index.')}.{frame.f_code.co_qualname}: {name}"


def kill() -> None:
    """End this process as a power failure would."""
    os.kill(os.getpid(), signal.SIGKILL)


class Hook:
    """Keeps the names of the steps taken, and strikes before the one that is marked."""

    def __init__(self, before: Mark | None, strike: Callable[[], None] = kill) -> None:
        self.names: list[str] = []
        self._before, self._strike = before, strike

    def __call__(self, frame: FrameType, event: str, function: Any) -> None:
        if event == "c_call" and (name := step(frame, function)) is not None:
            self.names.append(name)
            if self._before in (len(self.names), (name, self.names.count(name))):
                self._strike()


def run(arguments: Sequence[str], kill_before: Mark | None, told: Connection) -> None:
    """Run the command in this process, and send the names of its steps when it ends."""
    from index.build import plan
    from ui.cli import main

    plan.LEAST_ADDED, plan._LEAST_SEGMENT = 8, 12  # small as it is, all kinds of update come up
    sys.argv = ["dateline", *arguments]
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    told.send("started")
    hook = Hook(kill_before)
    sys.setprofile(hook if kill_before else None)
    try:
        main()
    finally:
        sys.setprofile(None)
        told.send(hook.names)


class Child:
    """A running command."""

    def __init__(self, *arguments: object, kill_before: Mark | None = None) -> None:
        self._told, tell = context.Pipe(duplex=False)
        self.process: ForkServerProcess = context.Process(
            target=run, args=([*map(str, arguments)], kill_before, tell), daemon=True
        )
        self.process.start()
        tell.close()
        self._told.recv()
        self.started = time.monotonic()

    def kill_after(self, seconds: float) -> None:
        """Kill it when it has run for so long, or find it ended."""
        self.process.join(max(0.0, self.started + seconds - time.monotonic()))
        self.process.kill()

    def end(self) -> int:
        """Wait for it; return its exit code, -9 for a killed one."""
        self.process.join()
        code = self.process.exitcode
        assert code is not None  # it has been waited for
        return code

    def steps(self) -> list[str]:
        """Return the names of its steps, once it has ended by itself."""
        names: list[str] = self._told.recv()
        return names
