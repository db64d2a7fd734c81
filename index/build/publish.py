"""Make the next generation: build it from the archive, check it, flush it to disk, swap it in, delete old ones.

A failure or a kill before the swap leaves the old generation served; after the swap, the new one.
"""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from index import child
from index.embed.fingerprint import Fingerprint
from index.errors import DatelineError, IndexDamagedError
from index.search.lexical import Lexical
from index.search.metadata import stored
from index.store import space
from index.store.archive import Archive
from index.store.folder import Folder

Progress = Callable[[str, int, int | None], None]
"""Called with the stage's name, how much of it is done, and how much there is (None while unknown)."""


def publish(folder: Folder, archive: Archive, versions: set[int], fingerprint: Fingerprint, progress: Progress) -> int:
    """Build, check and serve a generation of these article versions, and return its number.

    The generation that was served before is kept for running readers and for a roll-back. Raises
    `IndexDamagedError` when the new one does not pass its check; the old one is served then as before.
    """
    before, known = folder.served(), archive.generations()
    # Make room first: what a killed run left, and what a roll-back has turned away from.
    for number in folder.numbers():
        if number not in known or number > (before or 0):
            discard(folder.generation(number))
    # A number is never used twice while anything remembers it: readers tell generations apart by it.
    number = 1 + max([before or 0, *folder.numbers(), *known])
    size = space.needed(chunks=archive.chunk_count(versions), dimension=fingerprint.dimension)
    space.require(folder.path, size)
    try:
        with space.guarded(folder.path, size):
            progress("build", 0, 1)
            archive.add_generation(number, asdict(fingerprint), versions)
            build(folder, archive, number, fingerprint)
            progress("build", 1, 1)
            progress("check", 0, 1)
            check(folder, number)
            serve(folder, number)
    finally:
        # an interruption can come after the swap: what is served by then is never thrown away
        if folder.served() != number:
            discard(folder.generation(number))
    progress("check", 1, 1)
    with space.guarded(folder.path, size):
        retire(folder, archive, {number} if before is None or not folder.is_whole(before) else {number, before})
    return number


def tidy(folder: Folder, archive: Archive) -> None:
    """Delete what interrupted runs have left, when there is nothing to publish.

    Keeps the served generation and the one before it; after a roll-back, the one that was rolled back from.
    """
    served, known = folder.require_served(), archive.generations()
    others = [number for number in folder.numbers() if number in known and number != served and folder.is_whole(number)]
    earlier = [number for number in others if number < served]
    kept = {served, *(earlier or others)[-1:]}
    if kept != known.keys() or kept != set(folder.numbers()) or archive.has_unheld():
        retire(folder, archive, kept)


def build(folder: Folder, archive: Archive, number: int, fingerprint: Fingerprint) -> Path:
    """Write generation `number` from what the archive holds for it, and return its folder, still unserved."""
    from index.search.dense import Dense  # a replica of a server's index is published without

    articles, chunks = archive.counts(number)
    path = folder.generation(number)
    discard(path)
    path.mkdir(parents=True)
    with closing(archive.rows(number, fingerprint.vectors)) as rows:  # even if an engine fails, before the database is
        Dense.build(path / "chroma", rows, chunks)
    with closing(archive.rows(number, fingerprint.vectors)) as rows:
        Lexical.build(path / "tantivy", rows)
    write_about(folder, number, fingerprint, (articles, chunks))
    return path


def write_about(folder: Folder, number: int, fingerprint: Fingerprint, counts: tuple[int, int], **more: str) -> None:
    """Write `about.json`, which says how a generation was made. It comes last, so a folder that has it is complete."""
    about = {
        "fingerprint": asdict(fingerprint),
        "articles": counts[0],
        "chunks": counts[1],
        "files": folder.digests(number),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        **more,
    }
    (folder.generation(number) / "about.json").write_text(json.dumps(about, indent=1), encoding="utf-8")


def check(folder: Folder, number: int, *, every: bool = False) -> None:
    """Check a generation in a child process, since a damaged Chroma folder can kill the process that reads it.

    `every` searches for every chunk by its own vector instead of a sample.
    """
    command = child.command("index.build.check", str(folder.path.resolve()), str(number), *["--every"] * every)
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=child.environment())  # noqa: S603
    if done.returncode == -signal.SIGKILL:  # most likely by the kernel, for memory: the index may be sound
        raise DatelineError(
            f"The check of generation {number} was killed: memory may be short. Free some, or raise the limit that is "
            "set on it, and run it again; nothing is lost."
        )
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        raise IndexDamagedError(f"Generation {number} does not pass its check: {reason}")


def require_complete(folder: Folder, number: int) -> None:
    """Raise `IndexDamagedError` when a generation has lost files or passages. Takes no child: Chroma is not opened."""
    _, about = folder.about(number)
    folder.require_intact(number)
    if stored(folder.generation(number) / "chroma") != about["chunks"]:
        raise IndexDamagedError(f"Generation {number} has lost passages. Run: dateline doctor --repair")


def serve(folder: Folder, number: int) -> None:
    """Flush a checked generation to disk, then make it the served one by renaming a file, which is atomic.

    The order matters: after a power cut `current` must never name files that did not reach the disk. A folder is
    flushed too, since a file's name belongs to it.
    """
    path = folder.generation(number)
    for here, _, names in os.walk(path):
        for name in names:
            _fsync(Path(here) / name)
        _fsync(Path(here))
    _fsync(folder.generations)
    partial = folder.current.with_suffix(".partial")
    partial.write_text(f"{number:06d}\n", encoding="ascii")
    _fsync(partial)
    partial.replace(folder.current)
    _fsync(folder.path)


def retire(folder: Folder, archive: Archive, kept: set[int]) -> None:
    """Delete all generations but the kept ones, and the articles, vectors and encoders that only they had."""
    archive.keep_generations(sorted(kept))  # before the files: a folder that the archive does not know is deleted later
    for number in set(folder.numbers()) - kept:
        discard(folder.generation(number))
    graphs = {folder.encoder(folder.about(number)[0]) for number in kept}
    for path in folder.path.glob("encoder/*"):
        if path.with_suffix(".onnx") not in graphs:
            path.unlink()


def discard(path: Path) -> None:
    """Delete a generation's folder; first its `about.json`, so that half a folder never looks like a whole one."""
    try:
        (path / "about.json").unlink(missing_ok=True)
        if path.exists():
            shutil.rmtree(path)
    except OSError as error:
        raise DatelineError(f"{path} cannot be deleted: {error.strerror}. Delete it by hand.") from error


def _fsync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
