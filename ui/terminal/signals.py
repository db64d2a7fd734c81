"""End a command within seconds of SIGTERM or SIGINT, in order if possible, and in any case."""

import os
import signal
import socket
import sys
import threading
import time
from types import FrameType

_PATIENCE = 3.0
_GIVEN: list[float] = []
"""Seconds beyond that, for a command that has asked for them."""


def give(seconds: float) -> None:
    """Let the process take this much longer to end in order."""
    _GIVEN.append(seconds)


def end_in_order() -> None:
    """From now on, both signals raise `SystemExit` with 128 + the signal's number.

    An engine that is deep in native code may not let Python act on that, or swallow it: after three seconds the
    process ends without more ado. Nothing is lost by it, since an index survives being killed.
    """
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
    """From now on, SIGINT raises `KeyboardInterrupt` and nothing else, for a program that goes on after it."""
    _CAUGHT.add(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.default_int_handler)


_CAUGHT: set[int] = set()
_KEPT: list[socket.socket] = []
"""Sockets that live as long as the process."""


def _exit(number: int, _: FrameType | None) -> None:
    sys.exit(128 + number)
