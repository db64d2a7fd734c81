"""Read and prepare articles for the process that started this one: `python -m index.build.worker DESCRIPTOR`.

It unpickles what it is sent: only the process that started it can send, and sends nothing but readers' calls. Each call
has a budget of CPU time, which ends this process when it is spent, and one of memory.
"""

import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from index.build.prepare import Prepared, prepare
from index.read import Raw, Skip
from index.read.base import failure
from index.text.tokens import tokens_of

OUT_OF_MEMORY = 70
"""Exit code of a worker that an article has cost too much memory: what is left of it is not to be used."""


@dataclass(frozen=True, slots=True)
class WorkerConfig:
    """How articles are prepared: the tokenizer's file, the most tokens of a chunk, and the recipe's digest.

    `seconds` of CPU time and `memory` (bytes of address space) limit an article. 20 MB of plain text, the largest file
    that is read, take 11 seconds and 1.4 GB (docs/decisions/0017).
    """

    tokenizer: Path
    budget: int
    recipe: str
    seconds: int = 20
    memory: int = 2 << 30


class Preparer:
    """Read and prepare an article, or return why that cannot be done."""

    def __init__(self, config: WorkerConfig) -> None:
        self._config, self._tokens = config, tokens_of(config.tokenizer)

    def __call__(self, read: Callable[[], Raw]) -> Prepared | Skip:
        """Return the article that `read` gives, prepared. Whatever fails on it is a reason to leave it out."""
        try:
            return prepare(read(), tokens=self._tokens, budget=self._config.budget, recipe=self._config.recipe)
        except Skip as skip:
            return skip
        except MemoryError:
            raise
        except BaseException as error:  # noqa: BLE001  (any library's, Rust's panics too: the other articles are read)
            return Skip(failure(error))


def _serve(parent: Connection) -> None:
    config: WorkerConfig = parent.recv()
    preparer = Preparer(config)
    parent.send(None)  # it has started
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())  # libraries complain there of what is named anyway
    _limit(resource.RLIMIT_AS, config.memory)
    _limit(resource.RLIMIT_CORE, 0)
    while True:
        read = parent.recv()
        _limit(resource.RLIMIT_CPU, int(time.process_time()) + 1 + config.seconds)
        try:
            parent.send(preparer(read))
        except MemoryError:
            os._exit(OUT_OF_MEMORY)


def _limit(kind: int, amount: int) -> None:
    """Set a limit, unless the one that may not be passed is lower."""
    _, most = resource.getrlimit(kind)
    resource.setrlimit(kind, (amount if most == resource.RLIM_INFINITY else min(amount, most), most))


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends with the process that it works for
    try:
        _serve(Connection(int(sys.argv[1])))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        os._exit(0)
