"""Bring an index up to date with folders of articles: read, compare, embed what is new, build, check, swap.

A run can be killed at any moment: what it embedded is kept, what it built is thrown away by the next run, and
readers are served from the last whole generation throughout. Bytes decide what has changed, never clocks.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from index.build.boilerplate import RULES, leave_out_boilerplate
from index.build.earlier import keep_earlier
from index.build.intake import Intake, Older, Previous
from index.build.plan import plan, require_complete
from index.build.prepare import Prepared
from index.build.publish import Progress, publish, tidy
from index.build.removal import non_empty, refuse_removal, require_sources
from index.build.sandbox import Sandbox
from index.build.vectors import embed_missing
from index.build.worker import WorkerConfig
from index.embed.engine import Engine, Local
from index.embed.model import DEFAULT_MODEL, SentenceEmbeddings
from index.errors import IndexDamagedError, IndexUnavailableError
from index.fetch.source import Fetch, fetch, is_address, rehearsed, require_allowed
from index.process import using
from index.read import Item, ReadWarning, Rejected
from index.server.address import Address
from index.server.upload import mirror, publish_address
from index.sources import Sources, local_folder, require_fields
from index.store import space
from index.store.archive import Archive
from index.store.database import Database
from index.store.folder import Folder
from index.store.lock import writer_lock

_TRANSACTION = 500
"""Articles that are stored at once. Chosen, not measured: each transaction waits for the disk, and a killed run loses
no more than these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a run did, or would do. Articles are given by id; `warnings` are about files read in this run.

    `older` are places with an older version of an article that is read elsewhere; it is kept, but not searched.
    """

    generation: int | None
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int
    kept: tuple[str, ...]
    rejected: tuple[Rejected, ...]
    warnings: tuple[ReadWarning, ...] = ()
    older: tuple[Older, ...] = ()
    articles: int
    chunks: int
    embedded: int = 0
    seconds: float = 0.0
    dry_run: bool = False
    published: str | None = None

    @property
    def is_nothing_new(self) -> bool:
        """Say whether the run changed nothing and found nothing wrong."""
        changed = self.added or self.changed or self.removed or self.embedded
        return not (changed or self.rejected or self.kept or self.warnings)


@using()
def reindex(
    paths: Sequence[str | Path],
    index: str | Path,
    *,
    model: str = DEFAULT_MODEL,
    full: bool = False,
    yes: bool = False,
    dry_run: bool = False,
    wait: bool = False,
    follow_links: bool = False,
    columns: Mapping[str, str] | None = None,
    learn_boilerplate: bool | None = None,
    allow_fetch: bool = False,
    fetching: Fetch = fetch,
    publish_to: str | None = None,
    take_over: bool = False,
    engine: Engine | None = None,
    progress: Progress = lambda *_: None,
) -> Report:
    """Make the index hold exactly the articles below `paths`, and return what changed.

    A path may be an address of http or https, if `allow_fetch` is given: of a page, of a feed or of a sitemap, which
    bring the pages of their site that they name. `fetching` asks for them, by default in every run.

    An article that was indexed and whose file can no longer be read is kept as it was. `full` builds a new
    generation even when nothing changed. `follow_links` reads what symbolic links lead to outside the folders too;
    without it, such a link is refused, and what was indexed by it is removed. `columns` says which column of a table,
    or key of a JSON record, holds a field, by the field's name, from now on for every run. `learn_boilerplate` says
    whether lines that an outlet repeats in many articles are left out of the passages (they are), from now on for
    every run. `publish_to` is the address of a Chroma server that is to serve the same, from now on after every run;
    "off" ends that. `take_over` replaces what another folder has published there. `engine` embeds, by default in
    this process.

    Raises `BadRequestError` for a path that does not exist or holds no article, or an unknown field,
    `RemovalRefusedError` when more than 30 % of the articles would go or a source is empty now, and `yes` is not given,
    `IndexLockedError` while another process writes, `DatelineError` when space runs out, `IndexUnavailableError` when
    the folder is up to date but the server cannot be, and `PublishRefusedError` when the server serves what another
    folder has published.
    """
    started = time.monotonic()
    folder = local_folder(index)
    local = [Path(path) for path in paths if not is_address(path)]
    addresses = [str(path) for path in paths if is_address(path)]
    require_sources(local)
    require_allowed(addresses, allow_fetch=allow_fetch)
    require_fields(columns or {})
    walked = Sources(local, addresses, follow_links, columns, learn_boilerplate)
    embeddings = SentenceEmbeddings(model)
    if dry_run:
        with rehearsed(addresses, folder.fetched, progress) as (fetched, problems):
            walked = replace(walked, fetched=fetched, problems=tuple(problems))
            report = _rehearse(folder, embeddings, walked, progress)
    else:
        with writer_lock(folder.path, wait=wait), Database.create(folder.archive) as database:
            archive = Archive(database)
            if addresses:
                problems = fetching(addresses, folder.fetched, progress)
                walked = replace(walked, fetched=folder.fetched, problems=tuple(problems))
            address = publish_address(archive, publish_to)
            # the folder first: whatever becomes of the server, local readers have the new articles
            report = _Run(folder, archive, embeddings, engine or Local(), progress)(walked, full=full, yes=yes)
            if address is not None:
                published = _mirror(folder, archive, address, again=full, take_over=take_over, progress=progress)
                report = replace(report, published=published)
    return replace(report, seconds=round(time.monotonic() - started, 3))


def _mirror(
    folder: Folder, archive: Archive, address: Address, *, again: bool, take_over: bool, progress: Progress
) -> str:
    """Publish what the folder serves, and return where."""
    try:
        number = mirror(folder, archive, address, again=again, take_over=take_over, progress=progress)
    except IndexUnavailableError as error:
        raise IndexUnavailableError(f"{folder.path} is up to date, but what is published is not. {error}") from error
    return f"{address}, generation {number}"


class _Run:
    """One run over an open archive, whose lock is held."""

    def __init__(
        self, folder: Folder, archive: Archive, embeddings: SentenceEmbeddings, engine: Engine, progress: Progress
    ) -> None:
        self._folder, self._archive, self._embeddings = folder, archive, embeddings
        self._engine, self._progress = engine, progress
        self._fingerprint = embeddings.fingerprint

    def __call__(self, sources: Sources, *, full: bool, yes: bool) -> Report:
        served = self._folder.served()
        intake = self._take_in(sources, served)
        now = non_empty(sources.paths)
        # Only now is it known what would go. Nothing that readers see has changed until then: versions that no
        # generation holds are deleted by the next run.
        before = self._archive.setting("filled") or ()
        refuse_removal(intake.changes(), sources.paths, filled_before=before, filled_now=now, yes=yes)
        versions = set(intake.versions.values())
        same = served is not None and self._folder.about(served)[0].chunks == self._fingerprint.chunks
        keep_earlier(self._archive, intake, served if same else None, self._fingerprint.chunks)
        embedded, number = 0, served
        if full or intake.is_new or not self._is_current(served, versions):
            planned = plan(self._folder, self._archive, versions, self._fingerprint, whole=full)
            # Where no article has changed, something was lost, and it may be any vector
            needed = {*planned.added} if intake.is_new else versions
            embedded = embed_missing(
                self._folder, self._archive, self._embeddings, needed, self._progress, self._engine
            )
            number = publish(self._folder, self._archive, planned, self._progress)
        else:
            tidy(self._folder, self._archive)  # what an interrupted or refused run has left
        self._note(sources, now, intake, number)
        assert number is not None  # without one, `_is_current` is false and `publish` has made one
        articles, chunks = self._archive.counts(number)
        return _report(intake, number, articles, chunks, embedded)

    def _take_in(self, sources: Sources, served: int | None) -> Intake:
        self._archive.complete_sketches()
        known = Previous.load(self._archive, served, self._fingerprint.chunks)
        chunks = self._archive.counts(served)[1] if served else 0
        size = space.needed(chunks=chunks, dimension=self._fingerprint.dimension)
        space.require(self._folder.path, size)
        items = sources.items(sources.columns_of(self._archive))
        with space.guarded(self._folder.path, size), _sandbox(self._embeddings) as sandbox:
            intake = Intake(known, sandbox.prepare, self._store, self._archive.version)
            # Transactions of limited size: the log stays small, and a killed run keeps what it has read.
            while self._take_some(intake, islice(items, _TRANSACTION)) == _TRANSACTION:
                pass
            with self._archive.writing():
                intake.keep_unreadable(self._archive.version)
            if intake.is_new or sources.learns_now(self._archive):
                right = self._left_out(sources, served)
                leave_out_boilerplate(self._archive, intake, learns=sources.learns(self._archive), served=right)
        return intake

    def _left_out(self, sources: Sources, served: int | None) -> set[int] | None:
        """Return the article versions of the served generation, if the right lines are left out in it."""
        right = self._archive.setting("boilerplate") == [RULES, self._fingerprint.chunks, served]
        return self._archive.members(served) if right and not sources.learns_now(self._archive) else None

    def _take_some(self, intake: Intake, items: Iterable[tuple[int, Item | Rejected]]) -> int:
        """Take numbered items in one transaction, and return how many there were."""
        taken = 0
        with self._archive.writing():
            for done, item in items:
                intake.take(item)
                taken += 1
                self._progress("read", done, None)
        return taken

    def _store(self, prepared: Prepared) -> int:
        return self._archive.add(prepared.hash, prepared.article, prepared.chunks)

    def _is_current(self, served: int | None, versions: set[int]) -> bool:
        """Say whether the served generation is complete, and was made as this run would make it.

        Raises `IndexDamagedError` when the archive itself has lost passages of it: they could not be made again.
        """
        if served is None:
            return False
        try:
            fingerprint, about = self._folder.about(served)
            require_complete(self._folder, served)
        except IndexDamagedError:
            return False
        if self._archive.counts(served) != (about["articles"], about["chunks"]):
            raise IndexDamagedError(
                f"The archive {self._folder.archive} has lost passages. Move it away and build the index again with: "
                f"dateline reindex ARTICLES --index {self._folder.path}"
            )
        has_encoder = not self._embeddings.exportable or self._folder.encoder(fingerprint).exists()
        embedded = not self._archive.vectors.missing(versions, fingerprint.vectors)
        return has_encoder and embedded and fingerprint.key == self._fingerprint.key

    def _note(self, sources: Sources, now: list[str], intake: Intake, number: int | None) -> None:
        with self._archive.writing():
            self._archive.set_places(intake.places)
        self._archive.set_setting("sources", sources.named)
        self._archive.set_setting("boilerplate", [RULES, self._fingerprint.chunks, number])
        self._archive.set_setting("learns", sources.learns(self._archive))
        self._archive.set_setting("columns", dict(sources.columns_of(self._archive)))
        self._archive.set_setting("filled", now)
        self._archive.set_setting("rejected", [asdict(item) for item in intake.rejected])
        self._archive.set_setting("costly", intake.costly)
        self._archive.set_setting("finished", datetime.now(UTC).isoformat(timespec="seconds"))


def _rehearse(folder: Folder, embeddings: SentenceEmbeddings, sources: Sources, progress: Progress) -> Report:
    """Return what a run would do, and write nothing."""
    recipe = embeddings.fingerprint.chunks
    with ExitStack() as opened:
        known, archive = Previous(recipe), None
        if folder.archive.is_file():
            archive = Archive(opened.enter_context(Database.open(folder.archive)))
            known = Previous.load(archive, folder.served(), recipe)
        stored = archive.version if archive is not None else None
        prepare = opened.enter_context(_sandbox(embeddings)).prepare
        intake = Intake(
            known, prepare, lambda _: -1, lambda version: stored(version) if stored and version > 0 else None
        )
        columns = sources.columns_of(archive) if archive is not None else sources.columns or {}
        for done, item in sources.items(columns):
            intake.take(item)
            progress("read", done, None)
        if archive is not None:
            intake.keep_unreadable(archive.version)
        return replace(_report(intake, folder.served(), len(intake.versions), 0, 0), dry_run=True)


def _sandbox(embeddings: SentenceEmbeddings) -> Sandbox:
    return Sandbox(WorkerConfig(embeddings.tokenizer, embeddings.chunk_tokens, embeddings.fingerprint.chunks))


def _report(intake: Intake, number: int | None, articles: int, chunks: int, embedded: int) -> Report:
    return Report(
        generation=number,
        **asdict(intake.changes()),
        kept=tuple(sorted(intake.kept)),
        rejected=tuple(intake.rejected),
        warnings=tuple(intake.warnings),
        older=intake.older,
        articles=articles,
        chunks=chunks,
        embedded=embedded,
    )
