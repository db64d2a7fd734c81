"""End a command within seconds of SIGTERM or SIGINT: cleanly if possible, killed if not."""

import os
import signal
import socket
import sys
import threading
import time
from types import FrameType

_PATIENCE = 3.0
_GIVEN: list[float] = []
"""Additional seconds, for commands that need longer to shut down."""


def give(seconds: float) -> None:
    """Allow this many more seconds for a clean shutdown."""
    _GIVEN.append(seconds)


def end_in_order() -> None:
    """From now on, both signals raise `SystemExit` with 128 + the signal's number.

    Native code (an embedding model, Chroma) may keep Python from acting on that, or swallow it. A process that still
    runs after three seconds is killed. Nothing is lost, since an index survives being killed.
    """
    # Python runs signal handlers in the main thread, between two bytecodes: never, while that thread is in native code.
    # The C-level handler writes the signal's number to this socket at once, and another thread waits for it there.
    told, tell = socket.socketpair()
    tell.setblocking(False)

    def watch() -> None:
        while (number := told.recv(1)[0]) in _CAUGHT:
            pass
        time.sleep(_PATIENCE + sum(_GIVEN))
        os._exit(128 + number)

    threading.Thread(target=watch, daemon=True).start()
    signal.set_wakeup_fd(tell.fileno())
    _KEPT.extend((told, tell))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _exit)


def let_interrupts_be_caught() -> None:
    """From now on, SIGINT raises `KeyboardInterrupt` and does not end the process: the chat goes on after Ctrl-C."""
    _CAUGHT.add(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.default_int_handler)


_CAUGHT: set[int] = set()
_KEPT: list[socket.socket] = []
"""Keeps the sockets open: a collected one would close the signal's wake-up descriptor."""


def _exit(number: int, _: FrameType | None) -> None:
    sys.exit(128 + number)
