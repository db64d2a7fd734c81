"""Make the standard streams usable in any state: closed, full, narrow, or in an encoding that lacks a character."""

import errno
import io
import os
import re
import sys
from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from index.errors import DatelineError

_INDENT = 2  # columns
_UNBOUNDED = 1 << 16  # columns; a table takes only those that its cells need
_SIZE = re.compile(r"[1-9][0-9]{0,3}")


class OutputError(DatelineError):
    """Raised when standard output cannot be written."""

    exit_code = 74


class OutputGoneError(OutputError):
    """Raised when the reader of standard output has closed it, as `head` does. It is not reported."""

    exit_code = 141


class _Output(io.TextIOWrapper):
    """Standard output whose failures raise `OutputError`, so that they cannot be taken for a failure of the index."""

    def write(self, text: str) -> int:
        try:
            return super().write(text)
        except OSError as error:
            raise _lost(error) from error

    def writelines(self, lines: Iterable[Any]) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        try:
            super().flush()
        except OSError as error:
            raise _lost(error) from error


def prepare() -> None:
    """Make the standard streams usable before anything is opened or printed.

    The number of a closed stream is taken again, so that no file of the index becomes standard output. Characters that
    the encoding lacks are written as escapes. COLUMNS and LINES that are not a size are ignored.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDONLY)  # gets the lowest free number; read-only, so that writes fail visibly
    sys.stdin = sys.stdin or open(0, encoding="utf-8", closefd=False)  # noqa: SIM115  (as long as the process)
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    if isinstance(stdout, io.TextIOWrapper):
        encoding, at_once = stdout.encoding, stdout.line_buffering
        sys.stdout = _Output(stdout.detach(), encoding, "backslashreplace", line_buffering=at_once)
    for name in ("COLUMNS", "LINES"):
        if not _SIZE.fullmatch(os.environ.get(name, "80")):
            del os.environ[name]


def print_error(line: str) -> None:
    """Write a line to standard error, if that is possible."""
    try:
        sys.stderr.write(line + "\n")
        sys.stderr.flush()
    except OSError:
        discard(2)


def discard(stream: int) -> None:
    """Discard what is still written to stream 1 or 2: the interpreter flushes at exit, and would fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream)


def console() -> Console:
    """Return a console for standard output. It wraps lines at a terminal only: piped lines and tables stay whole."""
    made = Console(highlight=False)
    if not made.is_terminal:
        made.soft_wrap = True
        made.width = _UNBOUNDED  # tables do not heed `soft_wrap`
    return made


def print_indented(to: Console, text: Text) -> None:
    """Print a text indented by two columns."""
    if to.soft_wrap:
        to.print(Text("\n").join(Text(" " * _INDENT).append_text(line) for line in text.split("\n")))
    else:
        to.print(Padding(text, (0, 0, 0, _INDENT)))


def _lost(error: OSError) -> OutputError:
    if error.errno == errno.EPIPE:
        return OutputGoneError("Nobody reads standard output any more.")
    return OutputError(f"Standard output cannot be written: {error.strerror}.")
