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
from typing import Any

from index import child
from index.build.plan import Plan
from index.embed.fingerprint import Fingerprint
from index.errors import DatelineError, IndexDamagedError
from index.search.lexical import Lexical
from index.store import space
from index.store.archive import Archive
from index.store.folder import Folder, digests

Progress = Callable[[str, int, int | None], None]
"""Called with the stage's name, how much of it is done, and how much there is (None while unknown)."""


def publish(folder: Folder, archive: Archive, plan: Plan, progress: Progress) -> int:
    """Build, check and serve the generation that is planned, and return its number.

    The generation that was served before is kept for running readers and for a roll-back. Raises
    `IndexDamagedError` when the new one does not pass its check; the old one is served then as before.
    """
    before, known = folder.served(), archive.generations()
    # Make room first: what a killed run left, and what a roll-back has turned away from.
    for number in folder.numbers():
        if number not in known or number > (before or 0):
            discard(folder.generation(number))
    for number in unshared(folder):
        discard(folder.base_path(number))
    # A number is never used twice while anything remembers it: readers tell generations apart by it.
    number = 1 + max([before or 0, *folder.numbers(), *folder.base_numbers(), *known])
    size = space.needed(chunks=plan.written, dimension=plan.fingerprint.dimension)
    space.require(folder.path, size)
    try:
        with space.guarded(folder.path, size):
            progress("build", 0, 1)
            archive.add_generation(number, asdict(plan.fingerprint), plan.versions)
            build(folder, archive, number, plan)
            progress("build", 1, 1)
            progress("check", 0, 1)
            check(folder, number)
            serve(folder, number)
    finally:
        # an interruption can come after the swap: what is served by then is never thrown away
        if folder.served() != number:
            discard(folder.generation(number))
            discard(folder.base_path(number))
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
    if kept != known.keys() or kept != set(folder.numbers()) or unshared(folder) or archive.has_unheld():
        retire(folder, archive, kept)


def build(folder: Folder, archive: Archive, number: int, plan: Plan) -> Path:
    """Write generation `number` from what the archive holds for it, and return its folder, still unserved."""
    path = folder.generation(number)
    discard(path)
    path.mkdir(parents=True)
    base = _build_base(folder, archive, number, plan)
    with closing(archive.texts_of(plan.indexed)) as rows:
        Lexical.build(path / "tantivy", rows, size=plan.segment_size, kept=plan.segments)
    write_about(folder, number, plan.fingerprint, (len(plan.versions), plan.chunks), base=base)
    return path


def _build_base(folder: Folder, archive: Archive, number: int, plan: Plan) -> int:
    """Write the base of a generation, unless that shares one, and return the base's number."""
    if plan.base is not None and not plan.extends:
        return plan.base.number
    from index.search.dense import Dense  # takes a second to load, and a small change does without

    path, model = folder.base_path(number), plan.fingerprint.vectors
    discard(path)
    path.mkdir(parents=True)
    with closing(archive.rows_of(plan.added, model)) as rows:  # even if an engine fails, before the database is
        if plan.base is None:
            Dense.build(path / "chroma", rows, plan.chunks)
        else:
            source = folder.base_path(plan.base.number) / "chroma"
            held = sum(plan.base.chunks.values())
            Dense.extend(source, path / "chroma", rows, plan.added_chunks, held=held)
    chunks = {**(plan.base.chunks if plan.base else {}), **plan.counts}
    written = {"copied": plan.base and plan.base.number, "chunks": chunks, "files": digests(path)}
    (path / "base.json").write_text(json.dumps(written), encoding="utf-8")
    return number


def write_about(folder: Folder, number: int, fingerprint: Fingerprint, counts: tuple[int, int], **more: Any) -> None:
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


def serve(folder: Folder, number: int) -> None:
    """Flush a checked generation to disk, then make it the served one by renaming a file, which is atomic.

    The order matters: after a power cut `current` must never name files that did not reach the disk. A folder is
    flushed too, since a file's name belongs to it.
    """
    for path in (folder.generation(number), folder.base_path(number)):
        for here, _, names in os.walk(path):
            for name in names:
                _fsync(Path(here) / name)
            _fsync(Path(here))
        if path.exists():
            _fsync(path.parent)
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
    for number in unshared(folder):
        discard(folder.base_path(number))
    graphs = {folder.encoder(folder.about(number)[0]) for number in kept}
    for path in folder.path.glob("encoder/*"):
        if path.with_suffix(".onnx") not in graphs:
            path.unlink()


def unshared(folder: Folder) -> set[int]:
    """Return the bases that no whole generation has."""
    shared = {folder.about(number)[1].get("base") for number in folder.numbers() if folder.is_whole(number)}
    return set(folder.base_numbers()) - shared


def discard(path: Path) -> None:
    """Delete the folder of a generation or base, first what says that it is whole: half of one never looks like one."""
    try:
        for name in ("about.json", "base.json"):
            (path / name).unlink(missing_ok=True)
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
