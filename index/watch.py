"""Follow folders: know when something below them changes."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from index.consent import require_sources

_QUIET_MS = 1600
_LOOK_MS = 500


def changes(paths: Sequence[Path]) -> Iterator[None]:
    """Yield at once, then each time that files below the paths have changed, and none for a moment.

    What changes while the caller is busy is not missed: it is followed from before the first time on. Raises
    `BadRequestError` for a path that is not there.
    """
    from watchfiles import watch

    require_sources(paths)
    seen = watch(*paths, debounce=_QUIET_MS, rust_timeout=_LOOK_MS, yield_on_timeout=True, raise_interrupt=True)
    next(seen)  # only now is anything watched
    yield
    for some in seen:
        if some:
            yield
