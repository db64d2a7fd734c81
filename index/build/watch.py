"""Watch folders: run again when something below them changes, even if they are moved or replaced in between."""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from index.build.removal import require_sources

# Chosen, not measured. A copy of many files is one change when its files follow each other within 1.6 s, which is
# watchfiles' own value; half a second is what a lost folder or Ctrl-C may wait. The pauses are in seconds.
_QUIET_MS = 1600
_LOOK_MS = 500
_FIRST_PAUSE = 5.0
_LONGEST_PAUSE = 300.0


def follow(paths: Sequence[Path], run: Callable[[], bool], *, every: float = math.inf) -> None:
    """Call `run` at once and after every change below the paths; it ends only by what `run` raises.

    Where `run` returns False, it is called again after a pause that grows from 5 seconds to 5 minutes, even if nothing
    changes: a lock may be released, or a server answer again. `every` is the most seconds from one run to the next,
    for sources that do not signal changes: sites. Raises `BadRequestError` for a path that is not there at the start.
    """
    require_sources(paths)
    pause, due = _FIRST_PAUSE, math.inf
    for changed in changes(paths):
        if not changed and time.monotonic() < due:
            continue
        if run():
            pause, due = _FIRST_PAUSE, time.monotonic() + every
        else:
            due = time.monotonic() + pause
            pause = min(2 * pause, _LONGEST_PAUSE)


def changes(paths: Sequence[Path]) -> Iterator[bool]:
    """Yield every half second whether anything below the paths has changed since, and none for a moment; at once, True.

    Without paths nothing changes. What changes while the caller is busy is not missed. A path that has gone is a
    change, and so is one that is there again, perhaps as another folder.
    """
    while True:
        if all(_identities(paths)):
            yield from _watched(paths)
        if not all(_identities(paths)):
            yield True
        while not all(_identities(paths)):
            time.sleep(_LOOK_MS / 1000)
            yield False


def _watched(paths: Sequence[Path]) -> Iterator[bool]:
    """Yield as `changes` does, until a path is gone or another file or folder: only the old one is watched."""
    there = _identities(paths)
    for seen in _looks(paths):
        if _identities(paths) != there:
            return
        yield seen


def _looks(paths: Sequence[Path]) -> Iterator[bool]:
    from watchfiles import watch

    if not paths:
        yield True
    while not paths:
        time.sleep(_LOOK_MS / 1000)
        yield False
    for polling in (None, True):  # the system may have no more watches to give
        looks = watch(
            *paths,
            debounce=_QUIET_MS,
            rust_timeout=_LOOK_MS,
            yield_on_timeout=True,
            raise_interrupt=True,
            force_polling=polling,
        )
        try:
            next(looks)  # only now is anything watched
        except FileNotFoundError:
            return
        except OSError:
            if polling:
                raise
        else:
            yield True
            yield from map(bool, looks)


def _identities(paths: Sequence[Path]) -> list[tuple[int, int] | None]:
    """Return what identifies each file or folder, even if another takes its name later; None where there is none."""
    return [_identity(path) for path in paths]


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_dev, state.st_ino
