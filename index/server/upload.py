"""Publish what a folder serves to a Chroma server: upload it whole, check it, swap the pointer, delete what is old.

A run that is killed leaves the served generation as it was; its half-made collections are deleted by the next run.
An index on a server belongs to the folder that published it first: another one is refused, unless it takes it over.
"""

import math
import re
import struct
from contextlib import closing, suppress
from datetime import UTC, datetime
from uuid import uuid4

from index.batch import batched
from index.build.check import SAMPLE, require_reachable
from index.build.publish import Progress
from index.embed.fingerprint import Fingerprint
from index.errors import DatelineError, IndexDamagedError, IndexUnavailableError, PublishRefusedError
from index.search.metadata import additions, hnsw, metadata
from index.server.address import Address
from index.server.chroma import QUICK, ChromaServer
from index.server.pages import PART, Part, cut, pack, pages
from index.server.published import (
    Pointer,
    Published,
    RemoteDense,
    collection_names,
    content_digest,
    find_pointer,
    require_whole,
    set_pointer,
    unusable,
)
from index.store.archive import Archive
from index.store.folder import Folder

_SETTING = "publish"
_OWNER = "owner"
_ROWS = 1000  # records a request, unless the server allows fewer; 384 numbers each, it has 2 MB. Chosen, not measured
_ARTICLES = 100  # articles that are packed at once. Chosen, not measured: it bounds memory
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

    Nothing is sent when the server has the same content already, unless `again`. Raises `IndexUnavailableError`
    when the server does not answer, or does not find what it was sent: then it serves what it served before. Raises
    `PublishRefusedError` when it serves what another folder has published, unless `take_over`.
    """
    with closing(ChromaServer(address)) as server:
        before = _before(server, again=again)
        owner = _owner(archive)
        if before is not None and before.owner not in ("", owner) and not take_over:
            raise PublishRefusedError(
                f"{folder.path} is up to date, but {address} serves what another folder has published. Publish under "
                f"another name, like {address.server}/NAME, or replace it with: "
                f"dateline reindex --index {folder.path} --publish {address} --take-over"
            )
        generation = folder.require_served()
        run = _Upload(server, archive, generation, folder.about(generation)[0], progress)
        new = None if again or before is None else run.find_same(before)
        if new is None:
            new = run.send(before)
        # The swap: until here readers are served what they were, from here on the new generation.
        if before is None or before.served != new.number or before.owner != owner:
            old = [] if before is None or not _is_whole(server, before.current) else [before.current]
            kept = (*(published for published in old if published.number != new.number), new)
            before = Pointer(served=new.number, generations=kept, owner=owner)
            set_pointer(server, before)
        sweep(server, before)
        return new.number


def sweep(server: ChromaServer, pointer: Pointer) -> None:
    """Delete the collections of generations that the pointer does not name: old ones, and half-made ones."""
    kept = {generation.number for generation in pointer.generations}
    for number, name in generation_collections(server):
        if number not in kept:
            server.delete(name)


def generation_collections(server: ChromaServer) -> list[tuple[int, str]]:
    """Return the number and name of each collection that is, or was to be, one of the index's generations."""
    pattern = re.compile(re.escape(server.address.name) + r"-(\d{6,9})(-articles)?")
    found = ((pattern.fullmatch(collection.name), collection.name) for collection in server.collections())
    return [(int(match[1]), name) for match, name in found if match]


def _owner(archive: Archive) -> str:
    """Return the id of the folder as a publisher, made at its first use. A copy of the folder is the same publisher."""
    owner = archive.setting(_OWNER)
    if owner is None:
        owner = uuid4().hex
        archive.set_setting(_OWNER, owner)
    return str(owner)


def _before(server: ChromaServer, *, again: bool) -> Pointer | None:
    """Return the server's pointer; None for an unreadable one when everything is to be sent again."""
    try:
        return find_pointer(server)
    except IndexUnavailableError:
        if not again:
            raise
        return None


def _is_whole(server: ChromaServer, published: Published) -> bool:
    try:
        require_whole(server, published)
    except IndexUnavailableError:
        return False
    return True


class _Upload:
    """One run, whose archive is locked."""

    def __init__(
        self, server: ChromaServer, archive: Archive, generation: int, fingerprint: Fingerprint, progress: Progress
    ) -> None:
        self._server, self._archive, self._progress = server, archive, progress
        self._generation, self._fingerprint = generation, fingerprint
        self._versions = archive.hashes(generation)
        self._digest = content_digest(fingerprint, (hash_.hex() for hash_ in self._versions))

    def find_same(self, before: Pointer) -> Published | None:
        """Return the generation on the server that has our content and is whole."""
        same = (published for published in before.generations if published.digest == self._digest)
        return next((published for published in same if _is_whole(self._server, published)), None)

    def send(self, before: Pointer | None) -> Published:
        """Upload our generation under the next number, and check it. What failed is deleted, if that can be done."""
        names = collection_names(self._server.address, self._next_number(before))
        try:
            return self._send(*names, number=int(names[0].rpartition("-")[2]))
        except DatelineError:
            with suppress(IndexUnavailableError):  # the next run deletes what is left
                for name in names:
                    self._server.delete(name, timeout=QUICK)
            raise

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

    def _send(self, vectors_name: str, articles_name: str, *, number: int) -> Published:
        articles, chunks = self._archive.counts(self._generation)
        rows = min(_ROWS, self._server.limits())
        vectors = self._server.create(vectors_name, hnsw=hnsw(chunks)).id
        sample = self._send_vectors(vectors, chunks, rows)
        texts = self._server.create(articles_name, hnsw=hnsw(articles)).id
        parts = self._send_articles(texts, rows)
        published = Published(
            number=number, vectors=vectors, articles=texts, digest=self._digest, articles_count=articles,
            parts_count=parts, chunks_count=chunks, created=datetime.now(UTC).isoformat(timespec="seconds"),
            fingerprint=self._fingerprint,
        )  # fmt: skip
        require_whole(self._server, published)
        try:
            require_reachable(RemoteDense(self._server, published), sample)
        except IndexDamagedError as error:
            raise unusable(self._server.address, str(error)) from error
        return published

    def _send_vectors(self, collection: str, count: int, rows: int) -> dict[str, bytes]:
        """Send the chunks' vectors, and return those of a sample of them by id."""
        sample: dict[str, bytes] = {}
        step, done = max(1, count // SAMPLE), 0
        for some in additions(self._archive.rows(self._generation, self._fingerprint.vectors), count, rows):
            self._server.add(
                collection,
                [row.chunk_id for row in some],
                [row.vector for row in some],
                [metadata(row) for row in some],
            )
            sample.update((row.chunk_id, row.vector) for row in some[-done % step :: step])
            done += len(some)
            self._progress("upload", done, count)
        return sample

    def _send_articles(self, collection: str, rows: int) -> int:
        """Send the articles' parts, and return how many there are."""
        done = 0
        model = self._fingerprint.vectors
        for versions in batched(self._versions.items(), _ARTICLES):
            pieces: dict[Part, str] = {}
            for hash_, version in versions:
                pieces.update(
                    cut(hash_.hex(), pack(self._archive.version(version), self._archive.spans(version, model)))
                )
            for page in pages(pieces, rows):
                vectors = [_spread(done + place) for place in range(len(page))]
                texts = [{PART: pieces[part]} for part in page]
                self._server.add(collection, [part.id for part in page], vectors, texts)
                done += len(page)
        return done


def _spread(place: int) -> bytes:
    """Return a point of a circle as the vector of a record that is never searched for by vector.

    Chroma wants a vector for each record, and handles many equal ones badly.
    """
    return struct.pack("<2f", math.cos(place), math.sin(place))
