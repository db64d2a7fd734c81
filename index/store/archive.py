"""The truth of an index: cleaned articles, chunks and cached vectors, in one SQLite file.

Articles are stored by version, so that the generation being served and the one being built can differ. A version that
no generation holds any more is deleted, unless it is an earlier one of an article that is still there, and
`secure_delete` overwrites its text. Which generation is served is not recorded here but in the folder's `current`,
which can be swapped atomically.
"""

import json
from collections.abc import Generator, Iterable, Set
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from typing import Any

from index.batch import batched
from index.errors import IndexDamagedError
from index.store.contents import article_fields, day_number, later_fields, make_article
from index.store.database import Database
from index.store.digest import vector_digest
from index.store.earlier import Earlier
from index.store.sketches import LinesOf, having, keep_sketch, lines_of
from index.store.vector_cache import VectorCache
from index.values import Article, Embeddable

_COLUMNS = ("id", "title", "text", "published", "source", "url", "category", "path", "credit", "topics")

_AT_ONCE = 500  # sketches in one transaction; chosen, not measured: a killed run loses no more
_UNHELD = "version NOT IN (SELECT version FROM member) AND version NOT IN (SELECT version FROM earlier)"


@dataclass(frozen=True, slots=True)
class Row:
    """A chunk as the search engines index it: with its vector and the fields that filters use.

    `article` is the hash of its article's version, in hex: the same chunk may be in several versions.
    """

    chunk_id: str
    article: str
    text: str
    title: str
    day: int | None
    source: str
    category: str
    vector: bytes


class Archive:
    """What a reindex reads and writes. Not thread-safe: there is one writer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def writing(self) -> AbstractContextManager[None]:
        """Make the writes inside one transaction: all of them or none."""
        return self._database.writing()

    @property
    def earlier(self) -> Earlier:
        """Return what keeps earlier versions of articles."""
        return Earlier(self._database)

    @property
    def vectors(self) -> VectorCache:
        """Return the cache of vectors."""
        return VectorCache(self._database)

    # Versions of articles

    def versions(self) -> dict[bytes, int]:
        """Return the number of every article version by its hash."""
        return dict(self._database.all("SELECT hash, version FROM article"))

    def add(self, hash_: bytes, article: Article, chunks: Iterable[Embeddable]) -> int:
        """Store a version of an article with its chunks, and return its number."""
        fields = {name: getattr(article, name) for name in _COLUMNS}
        fields["published"] = article.published.isoformat() if article.published else None
        fields["topics"] = json.dumps(article.topics, ensure_ascii=False)
        fields["more"] = later_fields(article)
        version = self._database.run(
            f"INSERT INTO article (hash, {', '.join(fields)}) VALUES (?{', ?' * len(fields)})",
            (hash_, *fields.values()),
        )
        self._database.many(
            "INSERT INTO chunk VALUES (?, ?, ?, ?, ?, ?)",
            (
                (version, number, item.chunk.id, item.chunk.start, item.chunk.end, item.embedded)
                for number, item in enumerate(chunks)
            ),
        )
        keep_sketch(self._database, version, article)
        return version

    def version(self, number: int) -> Article:
        """Return a version of an article, as it is in the archive."""
        (fields,) = self._database.all(
            f"SELECT {article_fields(self._database)} FROM article a WHERE version = ?", (number,)
        )
        return make_article(fields)

    def complete_sketches(self) -> None:
        """Make the sketches of versions that an older Dateline stored without."""
        lacking = "SELECT version FROM article WHERE version NOT IN (SELECT version FROM sketch)"
        missing = [version for (version,) in self._database.all(lacking)]
        for some in batched(missing, _AT_ONCE):
            with self.writing():
                for version in some:
                    keep_sketch(self._database, version, self.version(version))

    def lines(self, versions: set[int], among: Set[bytes] | None = None) -> list[LinesOf]:
        """Return what lines the versions have that may be boilerplate, in the order of the articles' ids.

        `among` are digests of lines: then of no other versions than those that have one of them.
        """
        self._database.select(versions)
        if among is not None:
            self._database.select(having(self._database, among))
        return lines_of(self._database)

    def words(self, version: int) -> bytes:
        """Return the sketch of a version's words."""
        ((words,),) = self._database.all("SELECT words FROM sketch WHERE version = ?", (version,))
        return bytes(words)

    def addresses(self) -> dict[int, str]:
        """Return the address of every article version that has one."""
        return dict(self._database.all("SELECT version, url FROM article WHERE url != ''"))

    # Where articles were read

    def places(self) -> dict[str, tuple[bytes, int, str]]:
        """Return the digest, version and article id of each place of the last run."""
        rows = self._database.all("SELECT place, digest, a.version, a.id FROM place JOIN article a USING (version)")
        return {place: (digest, version, id_) for place, digest, version, id_ in rows}

    def set_places(self, places: dict[str, tuple[bytes, int]]) -> None:
        """Replace the places by those of this run."""
        self._database.run("DELETE FROM place")
        rows = ((place, digest, version) for place, (digest, version) in places.items())
        self._database.many("INSERT INTO place VALUES (?, ?, ?)", rows)

    # Generations

    def add_generation(self, number: int, about: dict[str, Any], versions: Iterable[int]) -> None:
        """Record which article versions a generation holds."""
        with self.writing():
            # a killed run may have recorded the number already; its members go with it (ON DELETE CASCADE)
            self._database.run("DELETE FROM generation WHERE number = ?", (number,))
            self._database.run("INSERT INTO generation VALUES (?, ?)", (number, json.dumps(about)))
            self._database.many("INSERT INTO member VALUES (?, ?)", ((number, v) for v in versions))

    def generations(self) -> dict[int, dict[str, Any]]:
        """Return what is known of each generation, by number."""
        return {n: json.loads(about) for n, about in self._database.all("SELECT * FROM generation ORDER BY number")}

    def member_articles(self, generation: int) -> dict[str, tuple[int, str]]:
        """Return the version and path of each article of a generation, by the article's id."""
        rows = self._database.all(
            "SELECT a.id, version, a.path FROM member JOIN article a USING (version) WHERE generation = ?",
            (generation,),
        )
        return {id_: (version, path) for id_, version, path in rows}

    def has_unheld(self) -> bool:
        """Say whether there is an article version that no generation holds, and that is no earlier one either."""
        sql = f"SELECT 1 FROM article WHERE {_UNHELD} LIMIT 1"
        return bool(self._database.all(sql))

    def keep_generations(self, numbers: Iterable[int]) -> None:
        """Forget all other generations, and delete every article, chunk and vector that none of these holds.

        Earlier versions of articles stay.
        """
        with self.writing():
            kept = tuple(numbers)
            self._database.run(f"DELETE FROM generation WHERE number NOT IN ({', '.join('?' * len(kept))})", kept)
            unheld = self._database.all(f"SELECT version FROM article WHERE {_UNHELD}")
            self._database.select(version for (version,) in unheld)
            # Their texts' digests, before they are gone: to look at every vector takes longer than a small run
            some = "SELECT DISTINCT embedded FROM chunk JOIN temp.selected USING (version)"
            embedded = self._database.all(some)
            self._database.run("DELETE FROM article WHERE version IN (SELECT version FROM temp.selected)")
            self._database.run("DELETE FROM place WHERE version NOT IN (SELECT version FROM article)")
            self._database.many(
                "DELETE FROM vector WHERE embedded = ?1 AND ?1 NOT IN (SELECT embedded FROM chunk WHERE embedded = ?1)",
                embedded,
            )
        self._database.checkpoint()  # the log still holds the deleted text

    def rows(self, generation: int, model: str) -> Generator[Row, None, None]:
        """Yield the chunks of a generation as `rows_of` does."""
        return self.rows_of(self.members(generation), model)

    def rows_of(self, versions: Iterable[int], model: str) -> Generator[Row, None, None]:
        """Yield the chunks of article versions in a fixed order, with their cached vectors.

        Raises `IndexDamagedError` for a vector that is not as it was written.
        """
        found = self._database.stream(
            "SELECT c.id, a.hash, substr(a.text, c.start + 1, c.end - c.start),"
            " a.title, a.published, a.source, a.category, c.embedded, v.data, v.digest"
            " FROM json_each(?) s JOIN article a ON a.version = s.value JOIN chunk c USING (version)"
            " JOIN vector v ON v.embedded = c.embedded AND v.model = ? ORDER BY a.id, c.ordinal",
            (json.dumps([*versions]), model),
        )
        with closing(found):
            for chunk_id, hash_, text, title, published, source, category, embedded, vector, digest in found:
                if vector_digest(embedded, model, vector) != digest:
                    raise IndexDamagedError(
                        f"The cached vector of passage {chunk_id} is not as it was written. "
                        "Run: dateline doctor --repair"
                    )
                yield Row(chunk_id, hash_.hex(), text, title, day_number(published), source, category, vector)

    def texts_of(self, versions: Iterable[int]) -> Generator[Row, None, None]:
        """Yield the same rows without vectors, which take most of the time."""
        found = self._database.stream(
            "SELECT c.id, a.hash, substr(a.text, c.start + 1, c.end - c.start),"
            " a.title, a.published, a.source, a.category"
            " FROM json_each(?) s JOIN article a ON a.version = s.value JOIN chunk c USING (version)"
            " ORDER BY a.id, c.ordinal",
            (json.dumps([*versions]),),
        )
        with closing(found):
            for chunk_id, hash_, text, title, published, source, category in found:
                yield Row(chunk_id, hash_.hex(), text, title, day_number(published), source, category, b"")

    def chunk_count(self, versions: set[int]) -> int:
        """Return how many chunks the versions have."""
        self._database.select(versions)
        ((count,),) = self._database.all("SELECT count(*) FROM chunk JOIN temp.selected USING (version)")
        return int(count)

    def chunk_counts(self, versions: Iterable[int]) -> dict[str, int]:
        """Return how many chunks each article version has, by its hash in hex."""
        rows = self._database.all(
            "SELECT a.hash, count(c.version) FROM json_each(?) s JOIN article a ON a.version = s.value"
            " LEFT JOIN chunk c USING (version) GROUP BY a.version",
            (json.dumps([*versions]),),
        )
        return {hash_.hex(): chunks for hash_, chunks in rows}

    def hashes(self, generation: int) -> dict[bytes, int]:
        """Return the number of every article version of a generation by its hash, in the order of the articles' ids."""
        return dict(
            self._database.all(
                "SELECT hash, version FROM article JOIN member USING (version) WHERE generation = ? ORDER BY id",
                (generation,),
            )
        )

    def held(self, generation: int) -> dict[str, int]:
        """Return the number of every article version of a generation by its hash in hex, in no order.

        Both lists come from indexes of SQLite alone: to look up each row takes ten times as long.
        """
        members = self.members(generation)
        return {hash_.hex(): version for hash_, version in self.versions().items() if version in members}

    def members(self, generation: int | None) -> set[int]:
        """Return the article versions of a generation."""
        rows = self._database.all("SELECT version FROM member WHERE generation = ?", (generation,))
        return {version for (version,) in rows}

    def spans(self, version: int, model: str) -> list[tuple[int, int, bytes]]:
        """Return the start, end and cached vector of each chunk of an article version, in order."""
        return self._database.all(
            "SELECT start, end, data FROM chunk JOIN vector v ON v.embedded = chunk.embedded AND v.model = ?"
            " WHERE version = ? ORDER BY ordinal",
            (model, version),
        )

    def counts(self, generation: int) -> tuple[int, int]:
        """Return how many articles and chunks a generation has."""
        ((articles,),) = self._database.all("SELECT count(*) FROM member WHERE generation = ?", (generation,))
        ((chunks,),) = self._database.all(
            "SELECT count(*) FROM member JOIN chunk USING (version) WHERE generation = ?", (generation,)
        )
        return articles, chunks

    # Settings of the last run

    def setting(self, name: str) -> Any:
        """Return what was stored under the name, or None."""
        rows = self._database.all("SELECT value FROM setting WHERE name = ?", (name,))
        return json.loads(rows[0][0]) if rows else None

    def set_setting(self, name: str, value: Any) -> None:
        """Store a JSON value under the name."""
        with self.writing():
            self._database.run("INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, json.dumps(value)))
