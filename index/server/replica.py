"""A reader's copy of an index on a Chroma server: articles, chunks and words here, search by meaning there.

The copy is an index folder like any other but without Chroma's files, made by the same code from what the server
has. A thread follows the server's pointer and takes what is new; readers of the folder notice that as they always
do. Several processes of one machine share a copy, and it may be deleted at any time. Nothing that the server sends
is trusted before it is checked.
"""

import hashlib
import logging
import os
import re
import shutil
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import TypeVar

from index.build.plan import plan_words
from index.build.publish import discard, retire, serve, write_about
from index.embed.fingerprint import Fingerprint
from index.embed.model import DEFAULT_MODEL, SentenceEmbeddings
from index.errors import DatelineError, IndexDamagedError, IndexMismatchError
from index.process import using
from index.search.delta import Added, BaseAndDelta
from index.search.lexical import Lexical
from index.server.address import Address
from index.server.chroma import OPENING, QUICK, ChromaServer
from index.server.download import download
from index.server.http import Timeout
from index.server.members import Members, fetch_lists, is_other, read_changes, read_members
from index.server.published import Published, require_pointer, require_whole, unusable
from index.server.search import Shards
from index.store.archive import Archive
from index.store.database import SCHEMA_VERSION, Database
from index.store.folder import Folder
from index.store.lock import writer_lock
from index.text.clean import visible

_log = logging.getLogger(__name__)
_T = TypeVar("_T")
_CHANGES = "changes/changes.json"  # in a folder of its own, so that its digest is kept with the others
_EVERY = 1.0
"""Seconds between two looks at the server's pointer. Chosen, not measured: one small request, and a reader is at most
a second behind."""


class Replica:
    """The copy of one index; `close` it."""

    def __init__(self, address: Address, *, model: str | None = None) -> None:
        self.folder = Folder(replica_path(address))
        self.server = ChromaServer(address)
        self._model = model or DEFAULT_MODEL
        self._ended = threading.Event()
        self._follower: threading.Thread | None = None

    @classmethod
    def serving(cls, address: Address, use: Callable[["Replica"], _T], *, model: str | None = None) -> _T:
        """Bring the copy up to date, return what `use` makes of it, and go on following the server.

        A damaged copy is downloaded again. Raises what `update` and `use` raise.
        """
        replica = cls(address, model=model)
        try:
            try:
                replica.update()
                used = use(replica)
            except IndexDamagedError:
                replica.renew()
                used = use(replica)
        except BaseException:
            replica.close()
            raise
        replica.follow()
        return used

    def update(self, *, timeout: Timeout = OPENING) -> None:
        """Download the generation that the server serves, unless it is here already.

        Raises `IndexUnavailableError`, `IndexNotFoundError` or `IndexMismatchError` for what is wrong there, and
        `IndexDamagedError` for what is wrong here; `renew` cures that.
        """
        published = require_pointer(self.server, timeout=timeout).current
        try:
            if not self._serves(published):
                self.folder.path.mkdir(parents=True, exist_ok=True)
                self.folder.path.chmod(0o700)  # other users of this machine may not be allowed to read the articles
                with writer_lock(self.folder.path, wait=True):
                    if not self._serves(published):  # another process may have taken it meanwhile
                        self._take(published)
        except OSError as error:
            raise DatelineError(
                f"The copy {self.folder.path} of {self.server.address} cannot be written: {error.strerror or error}. "
                "Free some space, or set DATELINE_CACHE to another folder."
            ) from error

    def renew(self) -> None:
        """Delete the copy and download it again."""
        _log.warning("The copy %s of %s is made anew", self.folder.path, self.server.address)
        with writer_lock(self.folder.path, wait=True):
            for path in (self.folder.current, *self.folder.path.glob("archive.sqlite*")):
                path.unlink(missing_ok=True)
            shutil.rmtree(self.folder.generations, ignore_errors=True)
        self.update()

    def follow(self) -> None:
        """Go on following the server, in a thread."""
        self._follower = threading.Thread(target=self._follow, name=f"follow {self.server.address}", daemon=True)
        self._follower.start()

    def dense(self, number: int) -> BaseAndDelta:
        """Return the search by meaning of a generation that is here: in its shards there, and in what was added."""
        published = self._published(number)
        try:
            added, gone = read_changes((self.folder.generation(number) / _CHANGES).read_text(encoding="ascii"))
        except (OSError, ValueError) as error:
            raise self._damaged(number) from error
        with Database.open(self.folder.archive) as database:
            archive = Archive(database)
            versions = [version for hash_, version in archive.hashes(number).items() if hash_.hex() in added]
            rows = Added(archive.rows_of(versions, published.fingerprint.vectors) if versions else ())
        shards = Shards(self.server, published.shards, published.fingerprint.dimension)
        try:
            return BaseAndDelta(shards, rows, gone, shards.close)
        except BaseException:
            shards.close()
            raise

    def close(self) -> None:
        """End following, and close the connections."""
        self._ended.set()
        self.server.close()
        if self._follower is not None:
            self._follower.join(QUICK.seconds)  # no longer: it is a daemon, and a download may take minutes

    def _follow(self) -> None:
        reported = ""
        while not self._ended.wait(_EVERY):
            try:
                with using():
                    self.update(timeout=QUICK)
                reported = ""
            except Exception as error:  # noqa: BLE001  (a thread that died would leave the reader behind for ever)
                if str(error) != reported and not self._ended.is_set():
                    _log.error("%s is not followed at present: %s", self.server.address, error)
                reported = str(error)  # an outage is logged once, not every second

    def _published(self, number: int) -> Published:
        _, about = self.folder.about(number)
        try:
            return Published.model_validate_json(about["published"])
        except (KeyError, ValueError) as error:
            raise self._damaged(number) from error

    def _damaged(self, number: int) -> IndexDamagedError:
        return IndexDamagedError(
            f"Generation {number} in {self.folder.path} does not say where it is from. "
            f"Run: dateline doctor --repair --index {self.server.address}"
        )

    def _holds(self, published: Published) -> bool:
        try:
            return self._published(published.number) == published
        except IndexDamagedError:
            return False

    def _serves(self, published: Published) -> bool:
        return self._holds(published) and self.folder.served() == published.number

    def _take(self, published: Published) -> None:
        """Download the generation and serve it; keep the one before for running readers."""
        require_whole(self.server, published)
        before = self.folder.served()
        with Database.create(self.folder.archive) as database:
            archive = Archive(database)
            if not (self._holds(published) and published.number in archive.generations()):
                self._make(archive, published)
            serve(self.folder, published.number)
            whole = {before} if before is not None and self.folder.is_whole(before) else set()
            retire(self.folder, archive, {published.number} | whole)

    def _make(self, archive: Archive, published: Published) -> None:
        embeddings = SentenceEmbeddings(self._model)
        fingerprint = self._require_same(embeddings.fingerprint, published)
        number = published.number
        members, changes = self._members(published)
        counts = members.all()
        versions = download(self.server, published, counts, archive, embeddings)
        if archive.chunk_counts(versions) != counts:
            raise unusable(self.server.address, "its articles have another number of passages than it has vectors")
        path = self.folder.generation(number)
        discard(path)  # of a run that was killed
        archive.add_generation(number, asdict(fingerprint), versions)
        if len(archive.member_articles(number)) != len(counts):
            raise unusable(self.server.address, "it has an article twice")
        path.joinpath(_CHANGES).parent.mkdir(parents=True)
        path.joinpath(_CHANGES).write_text(changes, encoding="ascii")
        segments, size = plan_words(self.folder, self._before(fingerprint), counts)
        kept = {hash_ for segment in segments for hash_ in segment.chunks}
        indexed = [version for hash_, version in archive.hashes(number).items() if hash_.hex() not in kept]
        with closing(archive.rows_of(indexed, fingerprint.vectors)) as rows:
            Lexical.build(self.folder.lexical(number), rows, size=size, kept=segments)
        embeddings.export(self.folder.encoder(fingerprint))
        totals = published.articles_count, published.chunks_count
        write_about(self.folder, number, fingerprint, totals, published=published.model_dump_json())

    def _members(self, published: Published) -> tuple[Members, str]:
        """Return the members of a generation, and the text of its changes; keep its shards' lists for the next one."""
        folder = self.folder.path / "lists"
        known = {path.name: path.read_text(encoding="ascii", errors="replace") for path in folder.glob("*")}
        known = {name: text for name, text in known.items() if not is_other(name, text)}
        lists = fetch_lists(self.server, published, known)
        try:
            members = read_members(published, lists)
        except ValueError as error:
            raise unusable(self.server.address, str(error)) from error
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for shard in published.shards:
            (folder / shard.articles).write_text(lists[shard.articles], encoding="ascii")
        return members, lists[published.changes]

    def _before(self, fingerprint: Fingerprint) -> int | None:
        """Return the generation to share segments with: the served one, if it is whole and was made in the same way."""
        served = self.folder.served()
        try:
            if served is None or self.folder.about(served)[0].key != fingerprint.key:
                return None
            self.folder.require_intact(served)
        except IndexDamagedError:
            return None
        return served

    def _require_same(self, ours: Fingerprint, published: Published) -> Fingerprint:
        """Return our fingerprint; raise `IndexMismatchError` unless it stands for the same vectors and chunks.

        The model is never loaded by the name that the server gives: that could be any, and would be fetched from a hub.
        """
        if different := replace(published.fingerprint, model=ours.model).differences(ours):
            raise IndexMismatchError(
                f"The index at {self.server.address} was made with another {', '.join(different)} than here "
                f"({visible(published.fingerprint.model)[:80]!r} there, {ours.model!r} here). "
                "Name the same model with --model, and use the same Dateline."
            )
        return ours


def replica_path(address: Address) -> Path:
    """Return the folder of the copy: below `DATELINE_CACHE`, or else where the platform keeps caches."""
    if given := os.environ.get("DATELINE_CACHE"):
        root = Path(given)
    elif sys.platform == "darwin":
        root = Path.home() / "Library" / "Caches" / "dateline"
    else:
        root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dateline"
    # Words for people, a digest since two addresses may give the same words, and the format of the archive: another
    # version of Dateline makes its own copy.
    words = re.sub(r"[^a-zA-Z0-9.-]+", "-", f"{address.host}-{address.port}-{address.name}")
    key = hashlib.sha256(str(address).encode()).hexdigest()[:8]
    return root / f"{words[:100]}-{key}-v{SCHEMA_VERSION}"
