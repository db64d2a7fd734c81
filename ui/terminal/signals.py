"""End a command within seconds of SIGTERM or SIGINT: cleanly if possible, killed if not."""

import os
import signal
import socket
import sys
import threading
import time
from types import FrameType

_SHUTDOWN_SECONDS = 3.0  # chosen, not measured: whoever has pressed Ctrl-C waits
_MORE_TIME: list[float] = []
"""Additional seconds, for commands that need longer to shut down."""


def allow_more_time(seconds: float) -> None:
    """Allow this many more seconds for a clean shutdown."""
    _MORE_TIME.append(seconds)


def end_in_order() -> None:
    """From now on, both signals raise `SystemExit` with 128 + the signal's number.

    Native code (an embedding model, Chroma) may keep Python from acting on that, or swallow it. A process that still
    runs after three seconds is killed. Nothing is lost, since an index survives being killed.
    """
    # Python runs signal handlers in the main thread, between two bytecodes: never, while that thread is in native code.
    # The C-level handler writes the signal's number to this socket at once, and another thread waits for it there.
    reader, writer = socket.socketpair()
    writer.setblocking(False)

    def watch() -> None:
        while (number := reader.recv(1)[0]) in _IGNORED:
            pass
        time.sleep(_SHUTDOWN_SECONDS + sum(_MORE_TIME))
        # Not `sys.exit`: in this thread that would end the thread alone.
        os._exit(128 + number)

    threading.Thread(target=watch, daemon=True).start()
    signal.set_wakeup_fd(writer.fileno())
    _SOCKETS.extend((reader, writer))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _exit)


def raise_keyboard_interrupts() -> None:
    """From now on, SIGINT raises `KeyboardInterrupt` and does not end the process: the chat goes on after Ctrl-C."""
    _IGNORED.add(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def interrupted_code() -> int:
    """Return the exit code of the signal that came last; of SIGINT where none is known.

    For a library that swallows our `SystemExit` and raises `KeyboardInterrupt` for every signal, as watchfiles does.
    """
    return 128 + (_RECEIVED[-1] if _RECEIVED else signal.SIGINT)


_IGNORED: set[int] = set()
_RECEIVED: list[int] = []
_SOCKETS: list[socket.socket] = []
"""Keeps the sockets open: a collected one would close the signal's wake-up descriptor."""


def _exit(number: int, _: FrameType | None) -> None:
    _RECEIVED.append(number)
    sys.exit(128 + number)
