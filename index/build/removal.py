"""Refuse a run that would lose articles by mistake: a source is gone, empty or not mounted, or many articles are."""

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from index.build.intake import Changes
from index.errors import BadRequestError, RemovalRefusedError
from index.read.inputs.stdin import STDIN

_MOST_REMOVED = 0.3
"""Share of the articles that may go without confirmation. Chosen, not measured: more than tidying up removes
in one run, less than a folder that is missing by mistake."""


def files(sources: Sequence[Path]) -> list[Path]:
    """Return the sources that are files and folders, not the standard input."""
    return [source for source in sources if source != STDIN]


def require_sources(sources: Sequence[Path]) -> None:
    """Raise `BadRequestError` for a source that is missing or unreadable."""
    missing = []
    for source in files(sources):
        try:
            if stat.S_ISDIR(source.stat().st_mode):
                os.scandir(source).close()
        except FileNotFoundError:
            missing.append(str(source))
        except OSError as error:
            raise BadRequestError(
                f"{source} cannot be read: {error.strerror}. Nothing was changed. Make it readable for you."
            ) from error
    if missing:
        raise BadRequestError(f"No such file or folder: {', '.join(missing)}. Nothing was changed.")


def non_empty(sources: Sequence[Path]) -> list[str]:
    """Return the absolute paths of the sources that are files, or folders with anything in them.

    Raises `BadRequestError` for one that has become unreadable.
    """
    try:
        return [
            str(source.resolve())
            for source in files(sources)
            if not source.is_dir() or any(not path.name.startswith(".") for path in source.iterdir())
        ]
    except OSError as error:
        raise BadRequestError(
            f"{error.filename} cannot be read any more: {error.strerror}. Nothing was changed; run the command again."
        ) from error


def refuse_removal(
    changes: Changes,
    sources: Sequence[Path],
    *,
    filled_before: Sequence[str],
    filled_now: Sequence[str],
    yes: bool,
) -> None:
    """Raise `RemovalRefusedError` when too much would be removed, unless `yes`; `BadRequestError` without articles.

    Too much is more than 30 % of the articles, all of them, or a single one while a source that had files at the
    last run has none: it may not be mounted.
    """
    removed = len(changes.removed)
    before = removed + len(changes.changed) + changes.unchanged
    left = before - removed + len(changes.added)
    where = ", ".join(map(str, sources))
    if left == 0 and before == 0:
        raise BadRequestError(f"No articles that can be read in {where}. See what was refused with: --dry-run")
    if yes or not removed:
        return
    # A file system that is not mounted leaves an empty folder in its place.
    emptied = [
        source for source in filled_before if source not in filled_now and Path(source) in map(Path.resolve, sources)
    ]
    if emptied:
        why = f"{', '.join(emptied)} had files and is empty now: is it mounted?"
    elif left == 0 or removed > before * _MOST_REMOVED:
        why = f"They are no longer in {where}."
    else:
        return
    raise RemovalRefusedError(
        f"This would remove {removed} of {before} articles. {why} Nothing was changed. "
        "Pass --yes if that is right; --dry-run lists them."
    )
