"""Look up what one generation holds: its articles, chunks and vectors. Writes nothing.

Articles and chunks are checked against the digests that name them each time, so that a damaged archive raises
`IndexDamagedError` and is never quoted from.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from index.batch import batched
from index.embed.fingerprint import Fingerprint
from index.errors import IndexDamagedError
from index.store.database import Database
from index.store.digest import article_digest
from index.store.sketches import Sketched, sketched
from index.text.chunk import chunk_id
from index.values import Article, Chunk, Scope

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MOST_VALUES = 900
"""Ids in one statement: SQLite before 3.32 takes at most 999 values."""
_ARTICLE_FIELDS = "a.id, a.title, a.text, a.published, a.source, a.url, a.category, a.path, a.credit, a.topics, a.more"
_MORE_SINCE = 3  # the format of an archive
_EARLIER_SINCE = 4  # likewise


class Contents:
    """The articles and chunks of one generation, with the vectors of its model. Thread-safe."""

    def __init__(self, database: Database, generation: int, fingerprint: Fingerprint) -> None:
        self._database, self._generation = database, generation
        self._model, self._recipe = fingerprint.vectors, fingerprint.chunks
        self._fields = article_fields(database)
        self._more = "a.more" if database.format >= _MORE_SINCE else "'{}'"

    def chunks(self, ids: Sequence[str]) -> dict[str, tuple[Chunk, Article]]:
        """Return the chunks with these ids, each with its article; raise `IndexDamagedError` when one is missing."""
        found: dict[str, tuple[Chunk, Article]] = {}
        articles: dict[int, Article] = {}
        for some in batched(ids, _MOST_VALUES):
            rows = self._database.all(
                f"SELECT c.id, c.start, c.end, m.version, a.hash, {self._fields} FROM chunk c"
                " JOIN member m ON m.version = c.version AND m.generation = ?"
                f" JOIN article a ON a.version = c.version WHERE c.id IN ({_marks(some)})",
                (self._generation, *some),
            )
            for id_, start, end, version, *fields in rows:
                if version not in articles:  # several chunks of one article are common, and its digest covers all of it
                    articles[version] = self._checked(fields)
                article = articles[version]
                text = article.text[start:end]
                # The article is as it was written; offsets that were damaged give another text, so another id.
                if chunk_id(article.id, start, text) != id_:
                    raise self._damaged(f"passage {id_}")
                found[id_] = Chunk(id_, article.id, start, end, text), article
        if lost := [id_ for id_ in ids if id_ not in found]:
            raise self._damaged(f"passage {lost[0]}")
        return found

    def article(self, id_: str) -> Article | None:
        """Return an article as the generation has it."""
        rows = self._database.all(
            f"SELECT a.hash, {self._fields} FROM article a JOIN member m USING (version)"
            " WHERE m.generation = ? AND a.id = ?",
            (self._generation, id_),
        )
        return self._checked(rows[0]) if rows else None

    def earlier(self, id_: str) -> list[Article]:
        """Return the earlier versions of an article that are kept, each with other words, the newest first."""
        if self._database.format < _EARLIER_SINCE:
            return []
        rows = self._database.all(
            f"SELECT e.recipe, a.hash, {self._fields} FROM earlier e JOIN article a USING (version)"
            " WHERE e.newest = ? AND version NOT IN (SELECT version FROM member WHERE generation = ?)"
            " ORDER BY version DESC",
            (id_, self._generation),
        )
        newest = self.article(id_)
        found = {(one.title, one.text): one for recipe, *fields in rows for one in [self._checked(fields, recipe)]}
        if newest is not None:
            found.pop((newest.title, newest.text), None)
        return sorted(found.values(), key=lambda one: one.updated or one.published or date.min, reverse=True)

    def sketched(self, days: tuple[int, int] | None = None) -> list[Sketched]:
        """Return the articles of these days (ordinals, both included) and those without a day, each with its sketch."""
        return sketched(self._database, self._generation, days)

    def chunks_of(self, id_: str) -> list[Chunk]:
        """Return the chunks of an article, in its order."""
        rows = self._database.all(
            f"SELECT c.id, c.start, c.end, {self._fields} FROM chunk c"
            " JOIN member m ON m.version = c.version AND m.generation = ?"
            " JOIN article a ON a.version = c.version WHERE a.id = ? ORDER BY c.start",
            (self._generation, id_),
        )
        if not rows:
            return []
        article = make_article(rows[0][3:])
        return [Chunk(chunk_id, id_, start, end, article.text[start:end]) for chunk_id, start, end, *_ in rows]

    def articles(self, scope: Scope = Scope(), *, most: int = -1) -> Iterator[Article]:  # noqa: B008  (frozen)
        """Yield the articles of a generation, newest first; no more than `most`, if that is not negative."""
        where, values = self._conditions(scope)
        order = " ORDER BY a.published IS NULL, a.published DESC, a.id"
        for fields in self._database.all(
            f"SELECT a.hash, {self._fields} FROM article a JOIN member m USING (version)"
            f" WHERE m.generation = ?{where}{order} LIMIT ?",
            (self._generation, *values, most),
        ):
            yield self._checked(fields)

    def require_sound(self, versions: Iterable[int]) -> None:
        """Read article versions; raise `IndexDamagedError` for one that is not as it was written."""
        rows = self._database.all(
            f"SELECT a.hash, {self._fields} FROM json_each(?) s JOIN article a ON a.version = s.value",
            (json.dumps([*versions]),),
        )
        for fields in rows:
            self._checked(fields)

    def values(self, field: str) -> dict[str, int]:
        """Return how many articles have each `source`, `category`, `id`, author or language, most frequent first."""
        value, also = {  # they are put into the statement
            "source": ("a.source", ""),
            "category": ("a.category", ""),
            "id": ("a.id", ""),
            "author": ("one.value", f", json_each({self._more}, '$.authors') one"),
            "language": (f"coalesce(json_extract({self._more}, '$.language'), '')", ""),
        }[field]
        return dict(
            self._database.all(
                f"SELECT {value}, count(*) FROM article a JOIN member m USING (version){also}"
                " WHERE m.generation = ? GROUP BY 1 ORDER BY 2 DESC, 1",
                (self._generation,),
            )
        )

    def days(self) -> dict[date, int]:
        """Return how many articles each day has, for the days that have any."""
        rows = self._database.all(
            "SELECT a.published, count(*) FROM article a JOIN member m USING (version)"
            " WHERE m.generation = ? AND a.published IS NOT NULL GROUP BY 1",
            (self._generation,),
        )
        return {date.fromisoformat(day): count for day, count in rows}

    def scoped(self, scope: Scope, limit: int) -> int:
        """Return how many chunks the scope leaves, counting no further than `limit`."""
        where, values = self._conditions(scope)
        ((count,),) = self._database.all(
            "SELECT count(*) FROM (SELECT 1 FROM member m JOIN article a USING (version) JOIN chunk USING (version)"
            f" WHERE m.generation = ?{where} LIMIT ?)",
            (self._generation, *values, limit),
        )
        return int(count)

    def scoped_ids(self, scope: Scope) -> list[str]:
        """Return the ids of all chunks in the scope."""
        where, values = self._conditions(scope)
        rows = self._database.all(
            "SELECT c.id FROM member m JOIN article a USING (version) JOIN chunk c USING (version)"
            f" WHERE m.generation = ?{where}",
            (self._generation, *values),
        )
        return [id_ for (id_,) in rows]

    def scoped_vectors(self, scope: Scope) -> tuple[list[str], "NDArray[np.float32]"]:
        """Return the ids of all chunks in the scope, and their vectors, shape (chunks, dimension)."""
        import numpy as np  # a tenth of a second, which a process that only checks an archive can do without

        where, values = self._conditions(scope)
        rows = self._database.all(
            "SELECT c.id, v.data FROM member m JOIN article a USING (version) JOIN chunk c USING (version)"
            " JOIN vector v ON v.embedded = c.embedded AND v.model = ?"
            f" WHERE m.generation = ?{where} ORDER BY c.id",
            (self._model, self._generation, *values),
        )
        if not rows:
            return [], np.zeros((0, 0), np.float32)
        vectors = np.frombuffer(b"".join(data for _, data in rows), "<f4")
        return [id_ for id_, _ in rows], vectors.reshape(len(rows), -1)

    def vectors(self, ids: Sequence[str]) -> dict[str, "NDArray[np.float32]"]:
        """Return the vectors of the chunks with these ids."""
        import numpy as np

        found: dict[str, NDArray[np.float32]] = {}
        for some in batched(ids, _MOST_VALUES):
            rows = self._database.all(
                "SELECT c.id, v.data FROM chunk c JOIN member m ON m.version = c.version AND m.generation = ?"
                f" JOIN vector v ON v.embedded = c.embedded AND v.model = ? WHERE c.id IN ({_marks(some)})",
                (self._generation, self._model, *some),
            )
            found.update((id_, np.frombuffer(data, "<f4")) for id_, data in rows)
        return found

    def _conditions(self, scope: Scope) -> tuple[str, list[str]]:
        where, values = "", []
        for operator, day in ((">=", scope.since), ("<=", scope.until)):
            if day:
                where += f" AND a.published {operator} ?"
                values.append(day.isoformat())
        author = f"EXISTS (SELECT 1 FROM json_each({self._more}, '$.authors') WHERE casefold(value)"
        for field, names, end in (
            ("a.source", scope.sources, ""),
            ("a.category", scope.categories, ""),
            ("a.id", scope.articles, ""),
            (author, [name.casefold() for name in scope.authors], ")"),
            (f"json_extract({self._more}, '$.language')", scope.languages, ""),
        ):
            if names:
                where += f" AND {field} IN (SELECT value FROM json_each(?)){end}"
                values.append(json.dumps([*names]))
        return where, values

    def _checked(self, fields: Sequence[Any], recipe: str = "") -> Article:
        """Return the article of a row that begins with its digest; `recipe` made it, "" is the generation's."""
        hash_, *rest = fields
        try:
            article = make_article(rest)
        except (ValueError, TypeError) as error:
            raise self._damaged(f"article {rest[0]!r}") from error
        if article_digest(recipe or self._recipe, article) != hash_:
            raise self._damaged(f"article {article.id!r}")
        return article

    def _damaged(self, what: str) -> IndexDamagedError:
        path = self._database.path
        return IndexDamagedError(
            f"The archive {path} does not have the {what} of generation {self._generation} as it was written. "
            f"Move it away and build the index again with: dateline reindex ARTICLES --index {path.parent}"
        )


def day_number(published: str | date | None) -> int | None:
    """Return a day as an integer that sorts like it: 3 March 2026 is 20260303. Chroma filters numbers, but no dates."""
    return None if published is None else int(str(published).replace("-", ""))


def article_fields(database: Database) -> str:
    """Return the columns of which `make_article` makes one. What older formats lack is empty there."""
    return _ARTICLE_FIELDS if database.format >= _MORE_SINCE else _ARTICLE_FIELDS.replace("a.more", "'{}'")


def make_article(fields: Sequence[Any]) -> Article:
    """Return an article from a row of `article_fields`."""
    id_, title, text, published, source, url, category, path, credit, topics, more = fields
    later = json.loads(more)
    return Article(
        id=id_, title=title, text=text, published=_day(published),
        source=source, url=url, category=category, path=path, credit=credit, topics=tuple(json.loads(topics)),
        authors=tuple(later.get("authors", ())), updated=_day(later.get("updated")),
        language=later.get("language", ""), pages=tuple(later.get("pages", ())),
        origins=tuple((str(field), str(where)) for field, where in later.get("origins", ())),
        boilerplate=tuple((int(start), int(end)) for start, end in later.get("boilerplate", ())),
    )  # fmt: skip


def later_fields(article: Article) -> str:
    """Return as JSON the fields that articles have since format 3, without empty ones."""
    fields = {
        "authors": article.authors,
        "updated": article.updated and article.updated.isoformat(),
        "language": article.language,
        "pages": article.pages,
        "origins": article.origins,
        "boilerplate": article.boilerplate,
    }
    return json.dumps({name: value for name, value in fields.items() if value}, ensure_ascii=False)


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
