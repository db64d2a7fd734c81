"""Publish what a folder serves to a Chroma server: send what is new, check it, swap the pointer, delete what is old.

A run that is killed leaves the served generation as it was; its half-made collections are deleted by the next run, and
the articles that it has sent are not sent again. An index on a server belongs to the folder that published it first:
another one is refused, unless it takes it over.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

from index.build.check import SAMPLE, require_reachable
from index.build.publish import Progress
from index.embed.fingerprint import Fingerprint
from index.errors import DatelineError, IndexDamagedError, IndexUnavailableError, PublishRefusedError
from index.search.delta import Added, BaseAndDelta
from index.search.metadata import additions, hnsw, metadata, record_key
from index.server.address import Address
from index.server.chroma import QUICK, ChromaServer
from index.server.members import fetch_members, write_changes, write_list
from index.server.packed import pack
from index.server.published import (
    OlderFormatError,
    Pointer,
    Published,
    Shard,
    TextCollection,
    content_digest,
    find_pointer,
    generation_collections,
    require_whole,
    set_pointer,
    shard_name,
    texts_name,
    unusable,
)
from index.server.search import Shards
from index.server.shards import Articles, ShardPlan, plan_shards
from index.server.sweep import next_pointer, sweep
from index.server.texts import ROWS, Texts, complete, name_of
from index.store.archive import Archive
from index.store.folder import Folder

_SETTING = "publish"
_OWNER = "owner"
OFF = "off"


def publish_address(archive: Archive, publish: str | None) -> Address | None:
    """Return where to publish: `publish`, which is remembered, or what was remembered; "off" forgets it."""
    if publish is not None:
        archive.set_setting(_SETTING, None if publish == OFF else str(Address.parse(publish)))
    remembered = archive.setting(_SETTING)
    return None if remembered is None else Address.parse(remembered)


def mirror(
    folder: Folder, archive: Archive, address: Address, *, again: bool, take_over: bool = False, progress: Progress
) -> int:
    """Make the server serve what the folder serves, and return its number there.

    Only what is new is sent: nothing when the server has the same content already, and all of it if `again`. Raises
    `IndexUnavailableError` when the server does not answer, or does not find what it was sent: then it serves what it
    served before. Raises `PublishRefusedError` when it serves what another folder has published, unless `take_over`.
    """
    with closing(ChromaServer(address)) as server:
        before, its_owner = _before(server, again=again)
        owner = _owner(archive)
        if its_owner not in ("", owner) and not take_over:
            raise PublishRefusedError(
                f"{folder.path} is up to date, but {address} serves what another folder has published. Publish under "
                f"another name, like {address.server}/NAME, or replace it with: "
                f"dateline reindex --index {folder.path} --publish {address} --take-over"
            )
        generation = folder.require_served()
        run = _Upload(server, archive, generation, folder.about(generation)[0], progress)
        new = None if again or before is None else run.find_same(before)
        if new is None:
            new = run.send(before, again=again)
        # The swap: until here readers are served what they were, from here on the new generation.
        if before is None or before.served != new.number or before.owner != owner:
            old = [] if before is None or not _is_whole(server, before.current) else [before.current]
            kept = (*(published for published in old if published.number != new.number), new)
            before = next_pointer(server, served=new.number, generations=kept, owner=owner)
            set_pointer(server, before)
        sweep(server, before)
        return new.number


def _owner(archive: Archive) -> str:
    """Return the id of the folder as a publisher, made at its first use. A copy of the folder is the same publisher."""
    owner = archive.setting(_OWNER)
    if owner is None:
        owner = uuid4().hex
        archive.set_setting(_OWNER, owner)
    return str(owner)


def _before(server: ChromaServer, *, again: bool) -> tuple[Pointer | None, str]:
    """Return the server's pointer and owner; no pointer for one of an older format, of which nothing can be shared, nor
    for an unreadable one when everything is to be sent again.
    """
    try:
        pointer = find_pointer(server)
    except OlderFormatError as error:
        return None, error.owner
    except IndexUnavailableError:
        if not again:
            raise
        return None, ""
    return pointer, pointer.owner if pointer else ""


def _is_whole(server: ChromaServer, published: Published) -> bool:
    try:
        require_whole(server, published)
    except IndexUnavailableError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Shared:
    """What a new generation has from the one before: its texts, by the ids of their records, and shards."""

    texts: TextCollection | None = None
    records: list[str] = field(default_factory=list)
    shards: Mapping[Shard, Articles] = field(default_factory=dict)


class _Upload:
    """One run, whose archive is locked."""

    def __init__(
        self, server: ChromaServer, archive: Archive, generation: int, fingerprint: Fingerprint, progress: Progress
    ) -> None:
        self._server, self._archive, self._progress = server, archive, progress
        self._fingerprint = fingerprint
        self._versions = {hash_.hex(): version for hash_, version in archive.hashes(generation).items()}
        self._digest = content_digest(fingerprint, self._versions)

    def find_same(self, before: Pointer) -> Published | None:
        """Return the generation on the server that has our content and is whole."""
        same = (published for published in before.generations if published.digest == self._digest)
        return next((published for published in same if _is_whole(self._server, published)), None)

    def send(self, before: Pointer | None, *, again: bool) -> Published:
        """Send what the server lacks of our generation, and check it. New collections are deleted if that fails."""
        number = self._next_number(before)
        try:
            return self._send(number, _Shared() if again else self._shared(before))
        except DatelineError:
            with suppress(IndexUnavailableError):  # the next run deletes what is left
                for made, name in generation_collections(self._server):
                    if made == number:
                        self._server.delete(name, timeout=QUICK)
            raise

    def _shared(self, before: Pointer | None) -> _Shared:
        """Return what can be shared: nothing unless it was made as ours is, and is whole."""
        if before is None or before.current.fingerprint.key != self._fingerprint.key:
            return _Shared()
        current = before.current
        try:
            require_whole(self._server, current)
            shards = dict(zip(current.shards, fetch_members(self._server, current).shards, strict=True))
        except IndexUnavailableError:
            return _Shared()
        return _Shared(current.texts, [*Texts(self._server, current.texts.id).ids()], shards)

    def _next_number(self, before: Pointer | None) -> int:
        """Return a number that the server has not seen from this archive, even if the server was emptied since.

        Readers know a generation by its number: one that came back with other articles would not be noticed.
        """
        seen = [number for number, _ in generation_collections(self._server)]
        named = [published.number for published in before.generations] if before else []
        last: dict[str, int] = self._archive.setting("published") or {}
        address = str(self._server.address)
        number = 1 + max([last.get(address, 0), *seen, *named])
        self._archive.set_setting(
            "published", {**last, address: number}
        )  # before its use: one of a killed run is skipped
        return number

    def _send(self, number: int, shared: _Shared) -> Published:
        wanted = self._archive.chunk_counts(self._versions.values())
        plan = plan_shards(shared.shards, wanted)
        made, sample = self._send_shards(number, plan)
        shards = {**plan.kept, **made}
        changes = write_changes(plan.added, plan.gone)
        listed = [changes, *(write_list(articles) for articles in shards.values())]
        texts = shared.texts or self._create_texts(number, len(wanted))
        records = self._send_texts(texts, shared.records, wanted, dict(listed))
        named = {*wanted, *dict(listed)}
        published = Published(
            number=number, texts=texts, shards=tuple(shards), changes=changes[0], digest=self._digest,
            articles_count=len(wanted), records_count=sum(name_of(id_) in named for id_ in records),
            chunks_count=sum(wanted.values()), created=datetime.now(UTC).isoformat(timespec="seconds"),
            fingerprint=self._fingerprint,
        )  # fmt: skip
        require_whole(self._server, published)
        self._require_found(tuple(made), sample)
        return published

    def _require_found(self, made: tuple[Shard, ...], sample: dict[str, bytes]) -> None:
        """Raise `IndexUnavailableError` unless new shards find chunks by their own vectors."""
        with closing(Shards(self._server, made, self._fingerprint.dimension)) as shards:
            try:
                require_reachable(BaseAndDelta(shards, Added(()), {}, lambda: None), sample)
            except IndexDamagedError as error:
                raise unusable(self._server.address, str(error)) from error

    def _send_shards(self, number: int, plan: ShardPlan) -> tuple[dict[Shard, Articles], dict[str, bytes]]:
        """Send the vectors of new shards; return these, and the vectors of a sample of their chunks by id."""
        total, done = sum(sum(articles.values()) for articles in plan.new), 0
        made: dict[Shard, Articles] = {}
        sample: dict[str, bytes] = {}
        for piece, articles in enumerate(plan.new, start=1):
            count = sum(articles.values())
            name = shard_name(self._server.address, number, piece)
            id_ = self._server.create(name, hnsw=hnsw(count)).id
            rows = self._archive.rows_of(map(self._versions.__getitem__, articles), self._fingerprint.vectors)
            with closing(rows):
                for some in additions(rows, count, min(ROWS, self._server.limits())):
                    self._server.add(
                        id_,
                        [record_key(row) for row in some],
                        [row.vector for row in some],
                        [metadata(row) for row in some],
                    )
                    # Every chunk whose place among all is a multiple of `step`, however large the batches are.
                    step = max(1, total // SAMPLE)
                    sample.update((row.chunk_id, row.vector) for row in some[-done % step :: step])
                    done += len(some)
                    self._progress("upload", done, total)
            shard = Shard(number=number, piece=piece, id=id_, chunks=count, articles=write_list(articles)[0])
            made[shard] = articles
        return made, sample

    def _create_texts(self, number: int, count: int) -> TextCollection:
        name = texts_name(self._server.address, number)
        return TextCollection(number=number, id=self._server.create(name, hnsw=hnsw(count)).id)

    def _send_texts(
        self, collection: TextCollection, records: list[str], articles: Articles, listed: Mapping[str, str]
    ) -> list[str]:
        """Send the texts that are not there, and return the ids of all records that are there then."""
        there, texts = complete(records), Texts(self._server, collection.id)
        new = [hash_ for hash_ in self._versions if hash_ in articles and hash_ not in there]
        lists_of = [(name, text) for name, text in listed.items() if name not in there]
        sent = texts.add(self._packed(new), len(records))
        return [*records, *sent, *texts.add(lists_of, len(records) + len(sent))]

    def _packed(self, hashes: Iterable[str]) -> Iterator[tuple[str, str]]:
        for hash_ in hashes:
            version = self._versions[hash_]
            article, spans = self._archive.version(version), self._archive.spans(version, self._fingerprint.vectors)
            yield hash_, pack(article, spans)
