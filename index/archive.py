"""The truth of an index: cleaned articles, chunks and cached vectors, in one SQLite file.

Articles are stored by version, so that the generation being served and the one being built can differ. A
version that no generation holds any more is deleted, and `secure_delete` overwrites its text. What this module
does not know: Chroma, tantivy, and which generation is served.
"""

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from index.errors import DatelineError, IndexDamagedError, IndexMismatchError, IndexNotFoundError
from index.values import Article, Chunk, Scope

if TYPE_CHECKING:
    from numpy.typing import NDArray

_T = TypeVar("_T")
SCHEMA_VERSION = 1
_IN = 900
_SCHEMA = """
CREATE TABLE article (
    version INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, id TEXT NOT NULL, title TEXT NOT NULL,
    text TEXT NOT NULL, published TEXT, source TEXT NOT NULL, url TEXT NOT NULL, category TEXT NOT NULL,
    path TEXT NOT NULL, credit TEXT NOT NULL, topics TEXT NOT NULL);
CREATE TABLE chunk (
    version INTEGER NOT NULL REFERENCES article ON DELETE CASCADE, ordinal INTEGER NOT NULL, id TEXT NOT NULL,
    start INTEGER NOT NULL, end INTEGER NOT NULL, embedded BLOB NOT NULL,
    PRIMARY KEY (version, ordinal)) WITHOUT ROWID;
CREATE INDEX chunk_id ON chunk (id);
CREATE INDEX chunk_embedded ON chunk (embedded);
CREATE TABLE vector (
    embedded BLOB NOT NULL, model TEXT NOT NULL, data BLOB NOT NULL, PRIMARY KEY (embedded, model)) WITHOUT ROWID;
CREATE TABLE place (place TEXT PRIMARY KEY, digest BLOB NOT NULL, version INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE generation (number INTEGER PRIMARY KEY, about TEXT NOT NULL);
CREATE TABLE member (
    generation INTEGER NOT NULL REFERENCES generation ON DELETE CASCADE,
    version INTEGER NOT NULL REFERENCES article, PRIMARY KEY (generation, version)) WITHOUT ROWID;
CREATE INDEX member_version ON member (version);
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
_ARTICLE = "a.id, a.title, a.text, a.published, a.source, a.url, a.category, a.path, a.credit, a.topics"


@dataclass(frozen=True, slots=True)
class Embeddable:
    """A chunk, and the digest of the text that is embedded for it (heading and chunk)."""

    chunk: Chunk
    embedded: bytes


@dataclass(frozen=True, slots=True)
class Missing:
    """A text that has no vector yet: its digest, and where it stands in a version of an article."""

    embedded: bytes
    version: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Row:
    """A chunk as the search engines index it: with its vector and what filters look at."""

    chunk_id: str
    text: str
    title: str
    day: int | None
    source: str
    category: str
    vector: bytes


class Archive:
    """An open archive. Thread-safe; `close` it, or use it as a context manager."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.path = path
        self._connection = connection
        self._lock = threading.RLock()

    @classmethod
    def open(cls, path: Path) -> "Archive":
        """Open an existing archive.

        Raises `IndexNotFoundError` when there is none, `IndexMismatchError` when a newer Dateline wrote it
        (it is left untouched), `IndexDamagedError` when it is not readable.
        """
        if not path.is_file():
            raise IndexNotFoundError(f"No index at {path.parent}. Build one with: dateline reindex ARTICLES")
        version = _schema_version(path)
        if version > SCHEMA_VERSION:
            raise IndexMismatchError(
                f"The index at {path.parent} has format {version}, this Dateline reads up to {SCHEMA_VERSION}. "
                "Install a newer Dateline, or build another index with: dateline reindex ARTICLES --index DIR"
            )
        return cls(_connect(path), path)

    @classmethod
    def create(cls, path: Path) -> "Archive":
        """Open the archive, making an empty one where there is none."""
        if path.is_file() and path.stat().st_size > 0:
            return cls.open(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = _connect(path)
        with _damage(path):
            connection.executescript(f"BEGIN;{_SCHEMA};PRAGMA user_version={SCHEMA_VERSION};COMMIT;")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return cls(connection, path)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Make the writes inside one transaction: all of them or none."""
        with self._lock, _damage(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.rollback()
                raise
            self._connection.commit()

    def _all(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self._lock, _damage(self.path):
            return self._connection.execute(sql, values).fetchall()

    def _stream(self, sql: str, values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """Yield rows without holding them all; for the one writer only."""
        with _damage(self.path):
            yield from self._connection.execute(sql, values)

    # Versions of articles

    def versions(self) -> dict[bytes, int]:
        """Return the number of every article version by its hash."""
        return dict(self._all("SELECT hash, version FROM article"))

    def add(self, hash_: bytes, article: Article, chunks: Iterable[Embeddable]) -> int:
        """Store a version of an article with its chunks, and return its number."""
        fields = asdict(article)
        fields["published"] = article.published.isoformat() if article.published else None
        fields["topics"] = json.dumps(article.topics, ensure_ascii=False)
        cursor = self._connection.execute(
            f"INSERT INTO article (hash, {', '.join(fields)}) VALUES (?{', ?' * len(fields)})",
            (hash_, *fields.values()),
        )
        version = cursor.lastrowid
        assert version is not None  # an INSERT has just given it
        self._connection.executemany(
            "INSERT INTO chunk VALUES (?, ?, ?, ?, ?, ?)",
            (
                (version, number, item.chunk.id, item.chunk.start, item.chunk.end, item.embedded)
                for number, item in enumerate(chunks)
            ),
        )
        return version

    def version(self, number: int) -> Article:
        """Return a version of an article."""
        (fields,) = self._all(f"SELECT {_ARTICLE} FROM article a WHERE version = ?", (number,))
        return _article(fields)

    # Where articles were read

    def places(self) -> dict[str, tuple[bytes, int, str]]:
        """Return for each place of the last run the digest of its bytes, and the version and id it gave."""
        rows = self._all("SELECT place, digest, a.version, a.id FROM place JOIN article a USING (version)")
        return {place: (digest, version, id_) for place, digest, version, id_ in rows}

    def set_places(self, places: dict[str, tuple[bytes, int]]) -> None:
        """Replace the places by those of this run."""
        self._connection.execute("DELETE FROM place")
        rows = ((place, digest, version) for place, (digest, version) in places.items())
        self._connection.executemany("INSERT INTO place VALUES (?, ?, ?)", rows)

    # Vectors

    def missing_vectors(self, versions: set[int], model: str) -> list[Missing]:
        """Return each text of the versions that the model has not embedded yet, once even if chunks share it."""
        self._select(versions)
        rows = self._all(
            "SELECT embedded, min(version), start, end FROM chunk JOIN temp.selected USING (version)"
            " WHERE NOT EXISTS (SELECT 1 FROM vector v WHERE v.embedded = chunk.embedded AND v.model = ?)"
            " GROUP BY embedded ORDER BY min(version), ordinal",
            (model,),
        )
        return [Missing(*row) for row in rows]

    def add_vectors(self, model: str, vectors: Iterable[tuple[bytes, "NDArray[np.float32]"]]) -> None:
        """Cache vectors of texts by the texts' digests."""
        rows = ((embedded, model, vector.astype("<f4").tobytes()) for embedded, vector in vectors)
        with self.writing():
            self._connection.executemany("INSERT OR REPLACE INTO vector VALUES (?, ?, ?)", rows)

    def _select(self, versions: Iterable[int]) -> None:
        self._connection.execute("CREATE TEMP TABLE IF NOT EXISTS selected (version INTEGER PRIMARY KEY)")
        with self.writing():
            self._connection.execute("DELETE FROM temp.selected")
            self._connection.executemany("INSERT INTO temp.selected VALUES (?)", ((v,) for v in versions))

    # Generations

    def add_generation(self, number: int, about: dict[str, Any], versions: Iterable[int]) -> None:
        """Record which article versions a generation holds."""
        with self.writing():
            self._connection.execute("DELETE FROM generation WHERE number = ?", (number,))
            self._connection.execute("INSERT INTO generation VALUES (?, ?)", (number, json.dumps(about)))
            self._connection.executemany("INSERT INTO member VALUES (?, ?)", ((number, v) for v in versions))

    def generations(self) -> dict[int, dict[str, Any]]:
        """Return what is known of each generation, by number."""
        return {n: json.loads(about) for n, about in self._all("SELECT * FROM generation ORDER BY number")}

    def member_articles(self, generation: int) -> dict[str, tuple[int, str]]:
        """Return the version and path of each article of a generation, by the article's id."""
        rows = self._all(
            "SELECT a.id, version, a.path FROM member JOIN article a USING (version) WHERE generation = ?",
            (generation,),
        )
        return {id_: (version, path) for id_, version, path in rows}

    def keep_generations(self, numbers: Iterable[int]) -> None:
        """Forget all other generations, and delete every article, chunk and vector that none of these holds."""
        with self.writing():
            kept = tuple(numbers)
            self._connection.execute(f"DELETE FROM generation WHERE number NOT IN ({_marks(kept)})", kept)
            self._connection.execute("DELETE FROM article WHERE version NOT IN (SELECT version FROM member)")
            self._connection.execute("DELETE FROM place WHERE version NOT IN (SELECT version FROM article)")
            self._connection.execute("DELETE FROM vector WHERE embedded NOT IN (SELECT embedded FROM chunk)")
        with self._lock:
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def rows(self, generation: int, model: str) -> Iterator[Row]:
        """Yield the chunks of a generation in a fixed order, with their cached vectors."""
        found = self._stream(
            "SELECT c.id, substr(a.text, c.start + 1, c.end - c.start),"
            " a.title, a.published, a.source, a.category, v.data"
            " FROM member m JOIN article a USING (version) JOIN chunk c USING (version)"
            " JOIN vector v ON v.embedded = c.embedded AND v.model = ?"
            " WHERE m.generation = ? ORDER BY a.id, c.ordinal",
            (model, generation),
        )
        for chunk_id, text, title, published, source, category, vector in found:
            yield Row(chunk_id, text, title, day_number(published), source, category, vector)

    def counts(self, generation: int) -> tuple[int, int]:
        """Return how many articles and chunks a generation has."""
        ((articles,),) = self._all("SELECT count(*) FROM member WHERE generation = ?", (generation,))
        ((chunks,),) = self._all(
            "SELECT count(*) FROM member JOIN chunk USING (version) WHERE generation = ?", (generation,)
        )
        return articles, chunks

    # What readers ask

    def chunks(self, generation: int, ids: Sequence[str]) -> dict[str, tuple[Chunk, Article]]:
        """Return the chunks with these ids, each with its article, as the generation has them."""
        found: dict[str, tuple[Chunk, Article]] = {}
        articles: dict[int, Article] = {}
        for some in _batches(ids):
            rows = self._all(
                f"SELECT c.id, c.start, c.end, m.version, {_ARTICLE} FROM chunk c"
                " JOIN member m ON m.version = c.version AND m.generation = ?"
                f" JOIN article a ON a.version = c.version WHERE c.id IN ({_marks(some)})",
                (generation, *some),
            )
            for chunk_id, start, end, version, *fields in rows:
                article = articles.setdefault(version, _article(fields))
                found[chunk_id] = Chunk(chunk_id, article.id, start, end, article.text[start:end]), article
        return found

    def article(self, generation: int, id_: str) -> Article | None:
        """Return an article as the generation has it."""
        rows = self._all(
            f"SELECT {_ARTICLE} FROM article a JOIN member m USING (version) WHERE m.generation = ? AND a.id = ?",
            (generation, id_),
        )
        return _article(rows[0]) if rows else None

    def articles(self, generation: int, scope: Scope = Scope()) -> Iterator[Article]:  # noqa: B008  (frozen)
        """Yield the articles of a generation, newest first."""
        where, values = _conditions(scope)
        order = " ORDER BY a.published IS NULL, a.published DESC, a.id"
        for fields in self._all(
            f"SELECT {_ARTICLE} FROM article a JOIN member m USING (version) WHERE m.generation = ?{where}{order}",
            (generation, *values),
        ):
            yield _article(fields)

    def values(self, generation: int, field: str) -> dict[str, int]:
        """Return how many articles have each `source` or `category`, the most frequent first."""
        assert field in ("source", "category")  # it is put into the statement
        return dict(
            self._all(
                f"SELECT a.{field}, count(*) FROM article a JOIN member m USING (version)"
                f" WHERE m.generation = ? GROUP BY 1 ORDER BY 2 DESC, 1",
                (generation,),
            )
        )

    def scoped(self, generation: int, scope: Scope, limit: int) -> int:
        """Return how many chunks the scope leaves, counting no further than `limit`."""
        where, values = _conditions(scope)
        ((count,),) = self._all(
            "SELECT count(*) FROM (SELECT 1 FROM member m JOIN article a USING (version) JOIN chunk USING (version)"
            f" WHERE m.generation = ?{where} LIMIT ?)",
            (generation, *values, limit),
        )
        return int(count)

    def scoped_vectors(self, generation: int, scope: Scope, model: str) -> tuple[list[str], "NDArray[np.float32]"]:
        """Return the ids of all chunks in the scope, and their vectors, shape (chunks, dimension)."""
        where, values = _conditions(scope)
        rows = self._all(
            "SELECT c.id, v.data FROM member m JOIN article a USING (version) JOIN chunk c USING (version)"
            " JOIN vector v ON v.embedded = c.embedded AND v.model = ?"
            f" WHERE m.generation = ?{where} ORDER BY c.id",
            (model, generation, *values),
        )
        if not rows:
            return [], np.zeros((0, 0), np.float32)
        vectors = np.frombuffer(b"".join(data for _, data in rows), "<f4")
        return [id_ for id_, _ in rows], vectors.reshape(len(rows), -1)

    def vectors(self, generation: int, ids: Sequence[str], model: str) -> dict[str, "NDArray[np.float32]"]:
        """Return the vectors of the chunks with these ids."""
        found: dict[str, NDArray[np.float32]] = {}
        for some in _batches(ids):
            rows = self._all(
                "SELECT c.id, v.data FROM chunk c JOIN member m ON m.version = c.version AND m.generation = ?"
                f" JOIN vector v ON v.embedded = c.embedded AND v.model = ? WHERE c.id IN ({_marks(some)})",
                (generation, model, *some),
            )
            found.update((id_, np.frombuffer(data, "<f4")) for id_, data in rows)
        return found

    # Settings of the last run

    def setting(self, name: str) -> Any:
        """Return what was stored under the name, or None."""
        rows = self._all("SELECT value FROM setting WHERE name = ?", (name,))
        return json.loads(rows[0][0]) if rows else None

    def set_setting(self, name: str, value: Any) -> None:
        """Store a JSON value under the name."""
        with self.writing():
            self._connection.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, json.dumps(value)))


def day_number(published: str | date | None) -> int | None:
    """Return a day as an integer that sorts like it: 3 March 2026 is 20260303."""
    return None if published is None else int(str(published).replace("-", ""))


def _conditions(scope: Scope) -> tuple[str, list[str]]:
    where, values = "", []
    for operator, day in ((">=", scope.since), ("<=", scope.until)):
        if day:
            where += f" AND a.published {operator} ?"
            values.append(day.isoformat())
    for field, names in (("source", scope.sources), ("category", scope.categories)):
        if names:
            where += f" AND a.{field} IN ({_marks(names)})"
            values.extend(names)
    return where, values


def _article(fields: Sequence[Any]) -> Article:
    id_, title, text, published, source, url, category, path, credit, topics = fields
    return Article(
        id=id_, title=title, text=text, published=date.fromisoformat(published) if published else None,
        source=source, url=url, category=category, path=path, credit=credit, topics=tuple(json.loads(topics)),
    )  # fmt: skip


def _batches(values: Iterable[_T]) -> Iterator[tuple[_T, ...]]:
    """Yield the values in tuples short enough for one statement."""
    remaining = iter(values)
    while some := tuple(islice(remaining, _IN)):
        yield some


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _connect(path: Path) -> sqlite3.Connection:
    with _damage(path):
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
        connection.execute("PRAGMA journal_mode=WAL")
        for pragma in ("synchronous=FULL", "secure_delete=ON", "foreign_keys=ON", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
        return connection


def _schema_version(path: Path) -> int:
    """Return the format's number from the file's header, without opening it as a database."""
    with path.open("rb") as file:
        header = file.read(100)
    if header[:16] != b"SQLite format 3\0":
        raise _damaged(path, "it is not an SQLite file")
    return int.from_bytes(header[60:64], "big")


@contextmanager
def _damage(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if cure := _CURES.get(code):
            raise DatelineError(f"The archive {path} cannot be written: {error}. {cure}") from error
        raise _damaged(path, str(error)) from error
    except sqlite3.DatabaseError as error:
        raise _damaged(path, str(error)) from error


_CURES = {
    sqlite3.SQLITE_FULL: "Free some space and run the command again; nothing is lost.",
    sqlite3.SQLITE_BUSY: "Another program holds it; close that, and run the command again.",
    sqlite3.SQLITE_READONLY: "Make the folder and its files writable for you, or copy it to where they are.",
    sqlite3.SQLITE_CANTOPEN: "Make the folder and its files writable for you, or copy it to where they are.",
}


def _damaged(path: Path, reason: str) -> IndexDamagedError:
    return IndexDamagedError(
        f"The archive {path} cannot be used: {reason}. "
        f"Move it away and build the index again with: dateline reindex ARTICLES --index {path.parent}"
    )
