"""Prepare articles in a worker process: an article that takes too long or too much memory, or crashes, is left out.

One worker serves all articles of a run, and is replaced only when it has ended (docs/decisions/0017).
"""

import signal
import subprocess
from collections.abc import Callable
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Self

from index import child
from index.build.prepare import Prepared
from index.build.worker import OUT_OF_MEMORY, WorkerConfig
from index.errors import DatelineError
from index.read import Raw, Skip

_TIMEOUT = 300.0
"""Seconds by the clock, for a worker that uses no CPU time but does not answer. Generous, since articles were lost on a
busy machine when time was measured by the clock (docs/decisions/0017)."""


class _Ended(Exception):  # noqa: N818  (what happened, with the exit code; not an error)
    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Sandbox:
    """Prepares articles, one at a time. Use it as a context manager."""

    def __init__(self, config: WorkerConfig) -> None:
        self._config = config
        self._worker: _Worker | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def prepare(self, read: Callable[[], Raw]) -> Prepared:
        """Return the article that `read` gives, cleaned and chunked. Raises `Skip` when there is none.

        Earlier articles may have filled the worker's memory: when it dies after others, a new one tries again.
        """
        used = self._worker is not None
        try:
            return self._ask(read)
        except _Ended as end:
            if not used or end.code == -signal.SIGXCPU:
                raise Skip(self._reason(end.code), costly=True) from end
        try:
            return self._ask(read)
        except _Ended as end:
            raise Skip(self._reason(end.code), costly=True) from end

    def _ask(self, read: Callable[[], Raw]) -> Prepared:
        if self._worker is None:
            self._worker = _Worker(self._config)
        try:
            answer = self._worker.ask(read)
        except BaseException:  # of an interruption too: what it is doing is not the answer to the next call
            self._end()
            raise
        if isinstance(answer, Skip):
            raise answer
        return answer

    def _reason(self, code: int) -> str:
        if code == -signal.SIGXCPU:
            return f"takes more than {self._config.seconds} seconds to read"
        if code == OUT_OF_MEMORY:
            return f"takes more than {self._config.memory >> 20} MB of memory to read"
        return f"crashes what reads it (exit code {code})"

    def _end(self) -> None:
        if self._worker is not None:
            self._worker.end()
            self._worker = None


class _Worker:
    """A started worker process."""

    def __init__(self, config: WorkerConfig) -> None:
        self._connection, other = Pipe()
        try:
            self._process = _start(other)
            self._connection.send(config)
            self._connection.recv()
        except (EOFError, OSError) as error:
            raise DatelineError(
                f"The process that reads articles did not start: {error or 'it ended'}. "
                "Memory or the number of processes may be short; run the command again when there is more."
            ) from error

    def ask(self, read: Callable[[], Raw]) -> Prepared | Skip:
        """Return what the worker makes of an article; raise `_Ended` with its exit code when it makes nothing."""
        try:
            self._connection.send(read)
            if not self._connection.poll(_TIMEOUT):  # it waits for something: reported like a lack of CPU time
                raise _Ended(-signal.SIGXCPU)
            answer: Prepared | Skip = self._connection.recv()
        except (EOFError, OSError) as error:
            raise _Ended(self._process.wait()) from error
        return answer

    def end(self) -> None:
        """End the process."""
        self._connection.close()
        self._process.kill()
        self._process.wait()


def _start(connection: Connection) -> "subprocess.Popen[bytes]":
    with connection:
        return subprocess.Popen(  # noqa: S603
            child.command("index.build.worker", str(connection.fileno())),
            pass_fds=[connection.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env=child.environment(),
        )
