"""Read an index while others rewrite it: every reader works on one generation, and new ones appear by themselves."""

import logging
import re
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from index.embed.fingerprint import Fingerprint
from index.embed.model import SentenceEmbeddings
from index.errors import BadRequestError, DatelineError, IndexClosedError, IndexDamagedError, IndexMismatchError
from index.process import Home, using
from index.read.files import Rejected
from index.search import hybrid
from index.search.lexical import Lexical
from index.server.address import address_of
from index.storage import FolderStorage, Storage, VectorSearch
from index.store.archive import Archive
from index.store.contents import Contents
from index.store.database import Database
from index.store.folder import Folder
from index.values import Article, Chunk, Hit, Scope

_log = logging.getLogger(__name__)
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_COUNTED = 5000
"""The most articles whose words are counted: a question with a spelling mistake waits for it once."""
_EXACT_BELOW = 2000
"""Chunks that are compared one by one instead of by HNSW. Chosen, not measured: their vectors take 3 MB."""


class Generation:
    """One generation of an index, open for searching: it never changes. Thread-safe."""

    def __init__(self, number: int, database: Database, dense: VectorSearch, lexical: Lexical,
                 embeddings: SentenceEmbeddings, fingerprint: Fingerprint, about: dict[str, Any]) -> None:  # fmt: skip
        self.number = number
        self.embeddings = embeddings
        self.fingerprint = fingerprint
        self.articles_count: int = about["articles"]
        self.chunks_count: int = about["chunks"]
        self.created: str = about["created"]
        self._database, self._dense, self._lexical = database, dense, lexical
        self._contents = Contents(database, number, fingerprint)
        self._exact = lru_cache(maxsize=16)(self._few)  # of scopes: a conversation keeps to one, and each takes 3 MB
        self._home = Home("index")

    def search(self, question: str, k: int, scope: Scope, weights: Mapping[str, float] = hybrid.EVEN) -> hybrid.Matches:
        """Return the k chunks that match a question best, by meaning and by words.

        `weights` says how much an analysed term counts in the search by words; one that it does not name counts 1.
        """
        return hybrid.search(self, question, k, scope, weights)

    def dense(self, vector: Sequence[float], k: int, scope: Scope) -> list[Hit]:
        """Return the k chunks nearest to a unit vector by cosine.

        A scope that leaves few chunks is searched exactly, since HNSW loses recall under selective filters.
        """
        self._home.require()
        few = self._exact(scope) if scope else None
        if few is None:
            return self._dense.search(vector, min(k, self.chunks_count), scope) if self.chunks_count else []
        ids, vectors = few
        if not ids:
            return []
        scores = vectors @ np.asarray(vector, np.float32)
        best = np.argsort(-scores, kind="stable")[:k]
        return [Hit(ids[i], float(scores[i])) for i in best]

    def lexical(self, text: str, k: int, scope: Scope, weights: Mapping[str, float] | None = None) -> list[Hit]:
        """Return the k chunks with the highest BM25 score for the text's words, titles counted too.

        `weights` says how much an analysed term counts; one that it does not name counts 1.
        """
        return self._lexical.search(text, k, scope, weights)

    def frequencies(self, terms: Sequence[str]) -> list[int]:
        """Return for each analysed term how many chunks hold it."""
        return self._lexical.frequencies(terms)

    @cached_property
    def words(self) -> Counter[str]:
        """Return how often each word stands in the newest articles, titles included, in small letters.

        Counting takes a second for 10,000 passages, so it is done when it is first asked for.
        """
        counts: Counter[str] = Counter()
        for article in self.articles(most=_COUNTED):
            counts.update(_WORD.findall(f"{article.title}\n{article.text}".lower().replace("’", "'")))
        return counts

    def chunks(self, ids: Sequence[str]) -> dict[str, tuple[Chunk, Article]]:
        """Return the chunks with these ids, each with its article."""
        return self._contents.chunks(ids)

    def vectors(self, ids: Sequence[str]) -> dict[str, "np.ndarray[Any, np.dtype[np.float32]]"]:
        """Return the unit vectors of the chunks with these ids."""
        return self._contents.vectors(ids)

    def article(self, id_: str) -> Article | None:
        """Return the article with this id, if there is one."""
        return self._contents.article(id_)

    def chunks_of(self, id_: str) -> list[Chunk]:
        """Return the chunks of an article, in its order."""
        return self._contents.chunks_of(id_)

    def articles(self, scope: Scope = Scope(), *, most: int = -1) -> Iterator[Article]:  # noqa: B008  (frozen)
        """Yield the articles in the scope, newest first; no more than `most`, if that is not negative."""
        return self._contents.articles(scope, most=most)

    def days(self) -> dict[date, int]:
        """Return how many articles each day has, for the days that have any."""
        return self._contents.days()

    def sources(self) -> dict[str, int]:
        """Return how many articles each outlet has, the most frequent first."""
        return self._contents.values("source")

    def categories(self) -> dict[str, int]:
        """Return how many articles each category has, the most frequent first."""
        return self._contents.values("category")

    def require(self, scope: Scope) -> None:
        """Raise `BadRequestError` when the scope names an outlet or category that no article has."""
        for what, names, known in (
            ("source", scope.sources, self.sources),
            ("category", scope.categories, self.categories),
        ):
            if unknown := [name for name in names if name not in (have := known())]:
                some = ", ".join(name for name in list(have)[:10] if name) or "none are named"
                raise BadRequestError(f"No article has the {what} {unknown[0]!r}. There are: {some}")

    def close(self) -> None:
        """Close the engines and the archive."""
        self._dense.close()
        self._database.close()

    def _few(self, scope: Scope) -> tuple[list[str], "np.ndarray[Any, np.dtype[np.float32]]"] | None:
        if self._contents.scoped(scope, _EXACT_BELOW + 1) > _EXACT_BELOW:
            return None
        return self._contents.scoped_vectors(scope)


@dataclass(frozen=True, slots=True)
class LastRun:
    """What the last reindex recorded: when it ended (ISO, UTC; empty if unknown), what it could not read and why."""

    finished: str
    rejected: tuple[Rejected, ...]


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
                self._give_back(generation)

    def _lease(self) -> Generation:
        with self._lock:
            if self._closed:
                raise IndexClosedError(f"The index at {self._folder.path} has been closed. Open it again to ask on.")
            self._refresh()
            self._leases[self._current] += 1
            return self._current

    def _give_back(self, generation: Generation) -> None:
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
        embeddings = self._model_of(fingerprint)
        self._folder.require_intact(number)
        with ExitStack() as opened:
            database = Database.open(self._folder.archive)
            opened.callback(database.close)
            dense = self._storage.dense(number)
            opened.callback(dense.close)
            lexical = Lexical.open(self._folder.generation(number) / "tantivy")
            if not dense.count() == lexical.count() == about["chunks"]:
                raise IndexDamagedError(f"Generation {number} has lost passages. Run: dateline doctor --repair")
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
