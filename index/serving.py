"""Read an index while others rewrite it: every reader works on one generation, and new ones appear by themselves."""

import logging
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from index.embed.fingerprint import Fingerprint, sha256
from index.embed.model import SentenceEmbeddings
from index.errors import DatelineError, IndexClosedError, IndexDamagedError, IndexMismatchError
from index.generation import Generation
from index.process import Home, using
from index.read.files import Rejected
from index.search.lexical import Lexical
from index.server.address import address_of
from index.storage import FolderStorage, Storage
from index.store.archive import Archive
from index.store.database import Database
from index.store.folder import Folder

_log = logging.getLogger(__name__)
_MOST_DIGESTS = 1000  # a generation has some fifty files; older ones are soon deleted


@dataclass(frozen=True, slots=True)
class LastRun:
    """What the last reindex recorded: when it ended (ISO, UTC; empty if unknown), what it could not read and why."""

    finished: str
    rejected: tuple[Rejected, ...]


class _Digests:
    """The digests of files, each read once: a generation has files that are links to those of the one before it."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, ...], str] = {}

    def __call__(self, path: Path) -> str:
        about = path.stat()
        file = about.st_dev, about.st_ino, about.st_size, about.st_mtime_ns
        if (known := self._known.get(file)) is None:
            known = sha256(path)
            if len(self._known) >= _MOST_DIGESTS:
                self._known.clear()
            self._known[file] = known
        return known


class Index:
    """An index, open for reading. Notices a new generation at the next use, without a restart. Thread-safe.

    It belongs to the process that opened it: in a forked child it raises `ForkedProcessError`; open another there.
    """

    def __init__(self, storage: Storage, *, model: str | None = None) -> None:
        self._storage, self._folder, self._model = storage, storage.folder, model
        self._home, self._closed = Home("index"), False
        self._lock = threading.RLock()  # a stream that was given up may be collected, and end, while this thread has it
        self._embeddings: dict[str, SentenceEmbeddings] = {}
        self._leases: dict[Generation, int] = {}
        self._digests = _Digests()
        self._seen = self._signature()
        with using():
            self._current = self._load()

    @classmethod
    def open(cls, path: str | Path, *, model: str | None = None) -> "Index":
        """Open the index at `path`: a folder, or the address of a Chroma server such as http://127.0.0.1:8000.

        `model` is needed only to insist on one, or when a server's index was not made with the default one. Raises
        `IndexNotFoundError`, `IndexMismatchError`, `IndexDamagedError`, `ModelNotFoundError` or, of a server,
        `IndexUnavailableError`.
        """
        if (address := address_of(path)) is None:
            return cls(FolderStorage(Folder(Path(path))), model=model)
        from index.server.replica import Replica

        return Replica.serving(address, cls, model=model)

    @contextmanager
    def generation(self) -> Iterator[Generation]:
        """Yield the newest generation, and keep it open while the block runs.

        Raises `IndexClosedError` once the index is closed.
        """
        self._home.require()
        with using():
            generation = self._lease()
            try:
                yield generation
            finally:
                self._release(generation)

    def _lease(self) -> Generation:
        with self._lock:
            if self._closed:
                raise IndexClosedError(f"The index at {self._folder.path} has been closed. Open it again to ask on.")
            self._refresh()
            self._leases[self._current] += 1
            return self._current

    def _release(self, generation: Generation) -> None:
        if self._home.is_here:
            with self._lock:
                self._leases[generation] -= 1
                self._close_unused()

    def last_run(self) -> LastRun:
        """Return what the last reindex recorded."""
        with Database.open(self._folder.archive) as database:
            archive = Archive(database)
            rejected = tuple(Rejected(**item) for item in archive.setting("rejected") or ())
            return LastRun(archive.setting("finished") or "", rejected)

    def close(self) -> None:
        """Refuse any further use, and close everything once the uses under way have ended.

        In a forked child nothing happens: all of it is the parent's.
        """
        if not self._home.is_here:
            return
        with using(), self._lock:
            if not self._closed:
                self._closed = True
                self._close_unused()

    def __enter__(self) -> "Index":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _signature(self) -> tuple[bytes, int]:
        """Return what changes when another generation or archive is served; modification times are ignored."""
        try:
            return self._folder.current.read_bytes(), self._folder.archive.stat().st_ino
        except OSError:
            return b"", 0

    def _refresh(self) -> None:
        """Open what is served now, if it is something else. On failure the old generation goes on serving."""
        if (signature := self._signature()) == self._seen:
            return
        self._seen = signature  # before loading: one that cannot be opened is not tried again at every question
        try:
            self._current = self._load()
            self._close_unused()
        except DatelineError:
            _log.exception("Generation %d goes on serving, since the new one cannot be opened", self._current.number)

    def _load(self) -> Generation:
        """Open the served generation; try again if it was deleted meanwhile, since newer ones were swapped in."""
        while True:
            number = self._folder.require_served()
            try:
                return self._open(number)
            except IndexDamagedError:
                if self._folder.served() == number:
                    raise

    def _open(self, number: int) -> Generation:
        fingerprint, about = self._folder.about(number)
        with ExitStack() as opened, ThreadPoolExecutor(1) as beside:
            model = beside.submit(self._model_of, fingerprint)  # its digest takes as long as those of the files
            self._folder.require_intact(number, self._digests)
            database = Database.open(self._folder.archive)
            opened.callback(database.close)
            dense = self._storage.dense(number)
            opened.callback(dense.close)
            lexical = Lexical.open(self._folder.generation(number) / "tantivy")
            if not dense.count() == lexical.count() == about["chunks"]:
                raise IndexDamagedError(f"Generation {number} has lost passages. Run: dateline doctor --repair")
            embeddings = model.result()
            opened.pop_all()  # all is well: the generation closes them from now on
        generation = Generation(number, database, dense, lexical, embeddings, fingerprint, about)
        self._leases[generation] = 0
        return generation

    def _model_of(self, fingerprint: Fingerprint) -> SentenceEmbeddings:
        """Return the model that made a generation, loaded once; raise `IndexMismatchError` if ours is another."""
        embeddings = self._embeddings.get(fingerprint.key)
        if embeddings is None:
            name = self._model or fingerprint.model
            embeddings = SentenceEmbeddings(name, exported=self._folder.encoder(fingerprint))
            if different := embeddings.fingerprint.differences(fingerprint):
                raise IndexMismatchError(
                    f"The index at {self._folder.path} was made with another {', '.join(different)} than this "
                    f"Dateline uses ({name}). Rebuild it with: dateline reindex --full --index {self._folder.path}"
                )
            self._embeddings[fingerprint.key] = embeddings
        return embeddings

    def _close_unused(self) -> None:
        """Close generations that nobody uses any more; once the index is closed, the last one and the storage too."""
        for generation in [*self._leases]:
            if self._leases.get(generation) == 0 and (self._closed or generation is not self._current):
                del self._leases[generation]
                generation.close()
                if self._closed and not self._leases:
                    self._storage.close()
