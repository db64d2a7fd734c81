"""Bring an index up to date with folders of articles: read, compare, embed what is new, build, check, swap.

A run can be killed at any moment: what it embedded is kept, what it built is thrown away by the next run, and
readers are served from the last whole generation throughout. Bytes decide what has changed, never clocks.
"""

import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TypeVar

from index.address import Address, address_of
from index.archive import Archive, Missing
from index.chunk import heading
from index.database import Database
from index.embed import DEFAULT_MODEL, SentenceEmbeddings
from index.errors import BadRequestError, DatelineError, IndexDamagedError, IndexUnavailableError, RemovalRefusedError
from index.generation import Folder
from index.intake import Difference, Intake, Known
from index.lock import writer_lock
from index.prepare import Prepared, embedded_text
from index.publish import Progress, publish
from index.read import Rejected, read
from index.upload import mirror, remember
from index.values import Chunk

_T = TypeVar("_T")
_MOST_REMOVED = 0.3
_TRANSACTION = 500
_WINDOW = 2048
_COMMIT = 64
_BYTES_A_CHUNK = 8_000
_BYTES_BESIDE = 150_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a run did, or would do. Articles are named by their ids."""

    generation: int | None
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int
    kept: tuple[str, ...]
    rejected: tuple[Rejected, ...]
    articles: int
    chunks: int
    embedded: int = 0
    seconds: float = 0.0
    dry_run: bool = False
    published: str | None = None


def reindex(
    paths: Sequence[str | Path],
    index: str | Path,
    *,
    model: str = DEFAULT_MODEL,
    full: bool = False,
    yes: bool = False,
    dry_run: bool = False,
    wait: bool = False,
    publish_to: str | None = None,
    progress: Progress = lambda *_: None,
) -> Report:
    """Make the index hold just the articles below `paths`, and return what changed.

    An article that was indexed and whose file can no longer be read is kept as it was. `full` builds a new
    generation even when nothing changed. `publish_to` is the address of a Chroma server that is to serve the same,
    from now on after every run; "off" ends that. Raises `BadRequestError` for a path that does not exist or holds no
    article, `RemovalRefusedError` when more than 30 % of the articles would go and `yes` is not given,
    `IndexLockedError` while another process writes, `IndexUnavailableError` when the folder is up to date but the
    server cannot be.
    """
    started = time.monotonic()
    folder = _local(index)
    sources = [Path(path) for path in paths]
    if missing := [str(source) for source in sources if not source.exists()]:
        raise BadRequestError(f"No such file or folder: {', '.join(missing)}. Nothing was changed.")
    embeddings = SentenceEmbeddings(model)
    if dry_run:
        report = _rehearse(folder, embeddings, sources, progress)
    else:
        with writer_lock(folder.path, wait=wait), Database.create(folder.archive) as database:
            archive = Archive(database)
            address = remember(archive, publish_to)
            report = _Run(folder, archive, embeddings, progress)(sources, full=full, yes=yes)
            if address is not None:
                report = replace(report, published=_mirror(folder, archive, address, again=full, progress=progress))
    return replace(report, seconds=round(time.monotonic() - started, 3))


def _mirror(folder: Folder, archive: Archive, address: Address, *, again: bool, progress: Progress) -> str:
    """Publish what the folder serves, and return where."""
    try:
        number = mirror(folder, archive, address, again=again, progress=progress)
    except IndexUnavailableError as error:
        raise IndexUnavailableError(f"{folder.path} is up to date, but what is published is not. {error}") from error
    return f"{address}, generation {number}"


def last_sources(index: str | Path) -> list[Path]:
    """Return the files and folders that the index was last made from."""
    with Database.open(_local(index).archive) as database:
        return [Path(source) for source in Archive(database).setting("sources") or ()]


def _local(index: str | Path) -> Folder:
    if address_of(index) is not None:
        raise BadRequestError(f"Reindex a folder, and have it published: --index FOLDER --publish {index}")
    return Folder(Path(index))


class _Run:
    """One run over an open archive, whose lock is held."""

    def __init__(self, folder: Folder, archive: Archive, embeddings: SentenceEmbeddings, progress: Progress) -> None:
        self._folder, self._archive, self._embeddings, self._progress = folder, archive, embeddings, progress
        self._fingerprint = embeddings.fingerprint

    def __call__(self, sources: list[Path], *, full: bool, yes: bool) -> Report:
        served = self._folder.served()
        intake = self._take_in(sources, served)
        difference = intake.difference()
        _refuse_mass_removal(difference, sources, yes=yes)
        versions = set(intake.versions.values())
        embedded, number = 0, served
        if full or not self._is_current(served, difference):
            embedded = self._embed(versions)
            number = publish(self._folder, self._archive, versions, self._fingerprint, self._progress)
        self._note(sources, intake)
        assert number is not None  # a generation is served by now
        articles, chunks = self._archive.counts(number)
        return _report(intake, number, articles, chunks, embedded)

    def _take_in(self, sources: list[Path], served: int | None) -> Intake:
        known = Known.load(self._archive, served, self._fingerprint.chunks)
        intake = _intake(known, self._store, self._embeddings)
        done = 0
        for items in _windows(read(sources), _TRANSACTION):
            with self._archive.writing():
                for item in items:
                    intake.take(item)
                    done += 1
                    self._progress("read", done, None)
        with self._archive.writing():
            intake.keep_unreadable(self._archive.version)
        return intake

    def _store(self, prepared: Prepared) -> int:
        return self._archive.add(prepared.hash, prepared.article, prepared.chunks)

    def _is_current(self, served: int | None, difference: Difference) -> bool:
        """Say whether the served generation is whole, made as we would make it, and holds what it should."""
        if served is None or difference.added or difference.changed or difference.removed:
            return False
        try:
            fingerprint, _ = self._folder.about(served)
        except IndexDamagedError:
            return False
        return fingerprint.key == self._fingerprint.key and self._folder.encoder(fingerprint).exists()

    def _embed(self, versions: set[int]) -> int:
        """Cache the vectors of all texts that have none, a few at a time, and return how many there were."""
        model = self._fingerprint.vectors
        missing = self._archive.missing_vectors(versions, model)
        self._make_room(len(missing))
        done = 0
        for window in _windows(missing, _WINDOW):
            texts = sorted(self._texts(window), key=lambda pair: len(pair[1]), reverse=True)
            for some in _windows(texts, _COMMIT):
                vectors = self._embeddings.encode([text for _, text in some])
                self._archive.add_vectors(model, zip((key for key, _ in some), vectors, strict=True))
                done += len(some)
                self._progress("embed", done, len(missing))
        self._embeddings.export(self._folder.encoder(self._fingerprint))
        return done

    def _texts(self, window: list[Missing]) -> Iterator[tuple[bytes, str]]:
        """Yield the digest and the text of each."""
        heads: dict[int, str] = {}
        for missing in window:
            article = self._archive.version(missing.version)
            if missing.version not in heads:
                heads[missing.version] = heading(article, self._embeddings.tokens)
            text = article.text[missing.start : missing.end]
            chunk = Chunk("", article.id, missing.start, missing.end, text)
            yield missing.embedded, embedded_text(heads[missing.version], chunk)

    def _make_room(self, chunks: int) -> None:
        free = shutil.disk_usage(self._folder.path).free
        needed = chunks * _BYTES_A_CHUNK + _BYTES_BESIDE
        if free < needed:
            raise DatelineError(
                f"{free >> 20} MB are free at {self._folder.path} and this run needs about {needed >> 20} MB. "
                "Free some space and run it again; nothing is lost."
            )

    def _note(self, sources: list[Path], intake: Intake) -> None:
        with self._archive.writing():
            self._archive.set_places(intake.places)
        self._archive.set_setting("sources", [str(source.resolve()) for source in sources])
        self._archive.set_setting("rejected", [asdict(item) for item in intake.rejected])
        self._archive.set_setting("finished", datetime.now(UTC).isoformat(timespec="seconds"))


def _rehearse(folder: Folder, embeddings: SentenceEmbeddings, sources: list[Path], progress: Progress) -> Report:
    """Return what a run would do, and write nothing."""
    recipe = embeddings.fingerprint.chunks
    with ExitStack() as opened:
        known, archive = Known(recipe), None
        if folder.archive.is_file():
            archive = Archive(opened.enter_context(Database.open(folder.archive)))
            known = Known.load(archive, folder.served(), recipe)
        intake = _intake(known, lambda _: -1, embeddings)
        for done, item in enumerate(read(sources), 1):
            intake.take(item)
            progress("read", done, None)
        if archive is not None:
            intake.keep_unreadable(archive.version)
        return replace(_report(intake, folder.served(), len(intake.versions), 0, 0), dry_run=True)


def _intake(known: Known, store: Callable[[Prepared], int], embeddings: SentenceEmbeddings) -> Intake:
    return Intake(known, store, tokens=embeddings.tokens, budget=embeddings.chunk_tokens)


def _report(intake: Intake, number: int | None, articles: int, chunks: int, embedded: int) -> Report:
    return Report(
        generation=number,
        **asdict(intake.difference()),
        kept=tuple(sorted(intake.kept)),
        rejected=tuple(intake.rejected),
        articles=articles,
        chunks=chunks,
        embedded=embedded,
    )


def _refuse_mass_removal(difference: Difference, sources: list[Path], *, yes: bool) -> None:
    removed = len(difference.removed)
    before = removed + len(difference.changed) + difference.unchanged
    left = before - removed + len(difference.added)
    where = ", ".join(map(str, sources))
    if left == 0 and before == 0:
        raise BadRequestError(f"No articles that can be read in {where}. See what was refused with: --dry-run")
    if not yes and (left == 0 or removed > before * _MOST_REMOVED):
        raise RemovalRefusedError(
            f"This would remove {removed} of {before} articles, since they are no longer in {where}. "
            "Nothing was changed. Pass --yes if that is right; --dry-run lists them."
        )


def _windows(values: Iterable[_T], size: int) -> Iterator[list[_T]]:
    """Yield the values in lists of at most `size`."""
    remaining = iter(values)
    while some := list(islice(remaining, size)):
        yield some
