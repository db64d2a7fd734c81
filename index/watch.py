"""Wait until something changes below a folder."""

from collections.abc import Sequence
from pathlib import Path

_QUIET_MS = 1600


def changes(paths: Sequence[Path]) -> None:
    """Return when files below the paths have changed, and then none for a moment."""
    from watchfiles import watch

    next(watch(*paths, debounce=_QUIET_MS, raise_interrupt=True))
