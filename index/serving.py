"""Read an index while others rewrite it: every reader works on one generation, and new ones appear by themselves.

What this module does not know: how passages are ranked. It only finds chunks by meaning and by words.
"""

import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from index.contents import Contents
from index.database import Database
from index.dense import Dense
from index.embed import SentenceEmbeddings
from index.errors import BadRequestError, DatelineError, IndexMismatchError
from index.fingerprint import Fingerprint
from index.generation import Folder
from index.lexical import Lexical
from index.values import Article, Chunk, Hit, Scope

_log = logging.getLogger(__name__)
_EXACT_BELOW = 2000


class Generation:
    """One generation of an index, open for searching: it never changes. Thread-safe."""

    def __init__(self, number: int, contents: Contents, dense: Dense, lexical: Lexical, embeddings: SentenceEmbeddings,
                 fingerprint: Fingerprint, about: dict[str, Any]) -> None:  # fmt: skip
        self.number = number
        self.embeddings = embeddings
        self.fingerprint = fingerprint
        self.articles_count: int = about["articles"]
        self.chunks_count: int = about["chunks"]
        self.created: str = about["created"]
        self._contents, self._dense, self._lexical = contents, dense, lexical
        self._exact = lru_cache(maxsize=16)(self._few)

    def dense(self, vector: Sequence[float], k: int, scope: Scope) -> list[Hit]:
        """Return the k chunks nearest to a unit vector by cosine.

        A scope that leaves few chunks is searched exactly, since HNSW loses recall under selective filters.
        """
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

    def chunks(self, ids: Sequence[str]) -> dict[str, tuple[Chunk, Article]]:
        """Return the chunks with these ids, each with its article."""
        return self._contents.chunks(ids)

    def vectors(self, ids: Sequence[str]) -> dict[str, "np.ndarray[Any, np.dtype[np.float32]]"]:
        """Return the unit vectors of the chunks with these ids."""
        return self._contents.vectors(ids)

    def article(self, id_: str) -> Article | None:
        """Return the article with this id, if there is one."""
        return self._contents.article(id_)

    def articles(self, scope: Scope = Scope()) -> Iterator[Article]:  # noqa: B008  (frozen)
        """Yield the articles in the scope, newest first."""
        return self._contents.articles(scope)

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
        """Close the engines."""
        self._dense.close()

    def _few(self, scope: Scope) -> tuple[list[str], "np.ndarray[Any, np.dtype[np.float32]]"] | None:
        if self._contents.scoped(scope, _EXACT_BELOW + 1) > _EXACT_BELOW:
            return None
        return self._contents.scoped_vectors(scope)


class Index:
    """An index folder, open for reading. Notices a new generation at the next use, without a restart."""

    def __init__(self, folder: Folder, database: Database, model: str | None) -> None:
        self._folder, self._database, self._model = folder, database, model
        self._lock = threading.Lock()
        self._embeddings: dict[str, SentenceEmbeddings] = {}
        self._leases: dict[int, int] = {}
        self._open: dict[int, Generation] = {}
        self._seen = self._signature()
        self._current = self._load(folder.require_served())

    @classmethod
    def open(cls, path: str | Path, *, model: str | None = None) -> "Index":
        """Open the index at `path`.

        `model` is needed only to insist on one: otherwise the index says itself which it was made with. Raises
        `IndexNotFoundError`, `IndexMismatchError`, `IndexDamagedError` or `ModelNotFoundError`.
        """
        folder = Folder(Path(path))
        folder.require_served()
        database = Database.open(folder.archive)
        try:
            return cls(folder, database, model)
        except BaseException:
            database.close()
            raise

    @contextmanager
    def generation(self) -> Iterator[Generation]:
        """Give the newest generation, and keep it open while the block runs."""
        with self._lock:
            self._refresh()
            generation = self._current
            self._leases[generation.number] = self._leases.get(generation.number, 0) + 1
        try:
            yield generation
        finally:
            with self._lock:
                self._leases[generation.number] -= 1
                self._close_unused()

    def close(self) -> None:
        """Close everything. Uses that are under way end with an error."""
        with self._lock:
            for generation in self._open.values():
                generation.close()
            self._open.clear()
            self._database.close()

    def __enter__(self) -> "Index":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _signature(self) -> tuple[int, int]:
        try:
            status = self._folder.current.stat()
        except OSError:
            return 0, 0
        return status.st_ino, status.st_mtime_ns

    def _refresh(self) -> None:
        """Open the generation that `current` names, if it is another one. On failure the old one goes on serving."""
        if (signature := self._signature()) == self._seen:
            return
        self._seen = signature
        try:
            number = self._folder.require_served()
            if number != self._current.number:
                self._current = self._load(number)
                self._close_unused()
        except DatelineError:
            _log.exception("Generation %d goes on serving, since the new one cannot be opened", self._current.number)

    def _load(self, number: int) -> Generation:
        fingerprint, about = self._folder.about(number)
        name = self._model or fingerprint.model
        embeddings = self._embeddings.get(fingerprint.key)
        if embeddings is None:
            embeddings = SentenceEmbeddings(name, exported=self._folder.encoder(fingerprint))
            if different := embeddings.fingerprint.differences(fingerprint):
                raise IndexMismatchError(
                    f"The index at {self._folder.path} was made with another {', '.join(different)} than this "
                    f"Dateline uses ({name}). Rebuild it with: dateline reindex --full --index {self._folder.path}"
                )
            self._embeddings[fingerprint.key] = embeddings
        path = self._folder.generation(number)
        contents = Contents(self._database, number, fingerprint.vectors)
        dense, lexical = Dense.open(path / "chroma"), Lexical.open(path / "tantivy")
        generation = Generation(number, contents, dense, lexical, embeddings, fingerprint, about)
        self._open[number] = generation
        return generation

    def _close_unused(self) -> None:
        for number in [n for n in self._open if n != self._current.number and not self._leases.get(n)]:
            self._open.pop(number).close()
            self._leases.pop(number, None)
