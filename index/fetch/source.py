"""Addresses as sources of a reindex: whether they may be fetched at all, and into which folder."""

import math
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from index.errors import BadRequestError
from index.read import Rejected

_ADDRESS = re.compile(r"https?://", re.IGNORECASE)

Progress = Callable[[str, int, int | None], None]
Fetch = Callable[[Sequence[str], Path, Progress], list[Rejected]]
"""Brings a folder up to date with addresses, and returns what could not be fetched."""


def is_address(source: str | Path) -> bool:
    """Say whether a source is an address and no path."""
    return isinstance(source, str) and _ADDRESS.match(source) is not None


def require_allowed(addresses: Sequence[str], *, allow_fetch: bool) -> None:
    """Raise `BadRequestError` for addresses that are given without leave to fetch anything."""
    if addresses and not allow_fetch:
        raise BadRequestError(
            f"{addresses[0]} is an address, and nothing is fetched unless you allow it: add --allow-fetch."
        )


def fetch(addresses: Sequence[str], folder: Path, progress: Progress) -> list[Rejected]:
    """Bring the folder up to date with the addresses, and return what could not be fetched."""
    from index.fetch.mirror import mirror  # httpx and protego are of no use to most runs

    return mirror(addresses, folder, progress=progress)


def throttled(seconds: float) -> Fetch:
    """Return a `fetch` that asks no site again within so many seconds, and returns the last problems instead.

    For runs that follow each other as quickly as files change.
    """
    due, problems = -math.inf, list[Rejected]()

    def fetch_if_due(addresses: Sequence[str], folder: Path, progress: Progress) -> list[Rejected]:
        nonlocal due, problems
        if time.monotonic() >= due:
            problems = fetch(addresses, folder, progress)
            due = time.monotonic() + seconds
        return problems

    return fetch_if_due


@contextmanager
def rehearsed(
    addresses: Sequence[str], folder: Path, progress: Progress
) -> Iterator[tuple[Path | None, list[Rejected]]]:
    """Yield a copy of the folder that is up to date, and what could not be fetched; None without addresses."""
    if not addresses:
        yield None, []
        return
    with tempfile.TemporaryDirectory(prefix="dateline-") as temporary:
        copy = Path(temporary) / folder.name
        if folder.is_dir():
            shutil.copytree(folder, copy)
        yield copy, fetch(addresses, copy, progress)
