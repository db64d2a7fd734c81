"""Standard input and output as they are found: closed, full, narrow, or of an encoding that lacks a letter.

What this module does not know: what is printed.
"""

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

_INDENT = 2
_SIZE = re.compile(r"[1-9][0-9]{0,3}")


class OutputError(DatelineError):
    """Say that standard output takes no more."""

    exit_code = 74


class OutputGoneError(OutputError):
    """Say that who read standard output has gone, as `head` does: that is no fault."""

    exit_code = 141


class _Output(io.TextIOWrapper):
    """Standard output whose failures are told apart from all others."""

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
    """Make the standard streams usable whatever they are, before anything is opened or printed.

    A stream that was closed is given its number back, so that no file of the index is opened as standard output.
    Letters that the encoding lacks are written as escapes. A width that is none is not looked at.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDONLY)  # the lowest free number; what is written to it fails, and is reported
    sys.stdin = sys.stdin or open(0, encoding="utf-8", closefd=False)  # noqa: SIM115  (as long as the process)
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    if isinstance(stdout, io.TextIOWrapper):
        encoding, at_once = stdout.encoding, stdout.line_buffering
        sys.stdout = _Output(stdout.detach(), encoding, "backslashreplace", line_buffering=at_once)
    for name in ("COLUMNS", "LINES"):
        if not _SIZE.fullmatch(os.environ.get(name, "80")):
            del os.environ[name]


def complain(line: str) -> None:
    """Write a line to standard error, if that can be done."""
    try:
        sys.stderr.write(line + "\n")
        sys.stderr.flush()
    except OSError:
        give_up(2)


def give_up(stream: int) -> None:
    """Let nothing more be written to standard output (1) or error (2): the interpreter would try again at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream)


def console() -> Console:
    """Return what prints to standard output: folded to a terminal's width, and otherwise one line for each line."""
    made = Console(highlight=False)
    made.soft_wrap = not made.is_terminal
    return made


def print_indented(to: Console, text: Text) -> None:
    """Print a text two columns to the right."""
    if to.soft_wrap:
        to.print(Text("\n").join(Text(" " * _INDENT).append_text(line) for line in text.split("\n")))
    else:
        to.print(Padding(text, (0, 0, 0, _INDENT)))


def _lost(error: OSError) -> OutputError:
    if error.errno == errno.EPIPE:
        return OutputGoneError("Nobody reads standard output any more.")
    return OutputError(f"Standard output cannot be written: {error.strerror}.")
