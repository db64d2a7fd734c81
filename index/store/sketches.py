"""Keep beside each article version what compares it with others: its day, a sketch of its words, its lines' digests."""

from dataclasses import dataclass

from index.store.database import Database
from index.store.digest import digest
from index.text.sketch import sketch
from index.values import Article

_SINCE = 4  # the format of an archive
_FIELDS = "a.id, s.day, s.words FROM member m JOIN sketch s USING (version) JOIN article a USING (version)"


@dataclass(frozen=True, slots=True)
class Sketched:
    """An article's id, its day as an ordinal (None without one), and a sketch of its words."""

    id: str
    day: int | None
    words: bytes


def keep_sketch(database: Database, version: int, article: Article) -> None:
    """Store what compares a version of an article with others."""
    lines = b"".join(sorted({line_digest(line) for line in article.text.split("\n")}))
    day = article.published.toordinal() if article.published else None
    database.run("INSERT OR REPLACE INTO sketch VALUES (?, ?, ?, ?)", (version, day, sketch(article.text), lines))


def line_digest(line: str) -> bytes:
    """Return 8 bytes that stand for a line."""
    return digest(line, size=8)


def sketched(database: Database, generation: int, days: tuple[int, int] | None = None) -> list[Sketched]:
    """Return a generation's articles of these days (ordinals, None is all) and those without a day."""
    if database.format < _SINCE:
        return []
    where, values = ("", []) if days is None else (" AND (s.day BETWEEN ? AND ? OR s.day IS NULL)", [*days])
    rows = database.all(f"SELECT {_FIELDS} WHERE m.generation = ?{where} ORDER BY a.id", (generation, *values))
    return [Sketched(*row) for row in rows]
