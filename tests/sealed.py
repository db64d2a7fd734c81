"""Run a command that dies when it, a library or a child of it reaches for the network: `python sealed.py COMMAND…`.

A seccomp filter (Linux, no rights needed) lets the kernel kill, with SIGSYS, whatever gives `connect` or `sendto` an
address as long as an IPv4 or IPv6 one: each connection and each question to a name server, loopback included. Native
code is seen as well as Python. Listening and Unix sockets stay free. Not seen: addresses inside `sendmsg`, io_uring,
and the death of a child that its parent does not mind.
"""

import ctypes
import os
import platform
import struct
import sys

SUPPORTED = sys.platform == "linux" and platform.machine() in ("x86_64", "aarch64")

_ARCHITECTURE, _CONNECT, _SENDTO = (0xC000003E, 42, 44) if platform.machine() == "x86_64" else (0xC00000B7, 203, 206)
_LENGTHS = 16, 28  # of sockaddr_in and sockaddr_in6
_LOAD, _JUMP, _EQUAL, _RETURN = 0x20, 0x05, 0x15, 0x06
_KILL, _ALLOW = 0x80000000, 0x7FFF0000
_SET_SECCOMP, _FILTER, _NO_NEW_PRIVILEGES = 22, 2, 38


def _argument(number: int) -> int:
    """Return where `struct seccomp_data` has the low half of an argument."""
    return 16 + 8 * number


# operation, steps to jump if equal, if not, value
_PROGRAM = [
    (_LOAD, 0, 0, 4),
    (_EQUAL, 0, 8, _ARCHITECTURE),
    (_LOAD, 0, 0, 0),
    (_EQUAL, 1, 0, _CONNECT),
    (_EQUAL, 2, 5, _SENDTO),
    (_LOAD, 0, 0, _argument(2)),
    (_JUMP, 0, 0, 1),
    (_LOAD, 0, 0, _argument(5)),
    (_EQUAL, 2, 0, _LENGTHS[0]),
    (_EQUAL, 1, 0, _LENGTHS[1]),
    (_RETURN, 0, 0, _ALLOW),
    (_RETURN, 0, 0, _KILL),
]


class _Filter(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("program", ctypes.c_char_p)]


def seal() -> None:
    """Put this process, and all that it starts, under the filter."""
    libc = ctypes.CDLL(None, use_errno=True)
    program = b"".join(struct.pack("HBBI", *step) for step in _PROGRAM)
    made = _Filter(len(_PROGRAM), program)
    nothing = ctypes.c_ulong(0)
    if libc.prctl(_NO_NEW_PRIVILEGES, ctypes.c_ulong(1), nothing, nothing, nothing) or libc.prctl(
        _SET_SECCOMP, ctypes.c_ulong(_FILTER), ctypes.byref(made), nothing, nothing
    ):
        raise OSError(ctypes.get_errno(), "this kernel takes no seccomp filter")


if __name__ == "__main__":
    seal()
    os.execvp(sys.argv[1], sys.argv[1:])
