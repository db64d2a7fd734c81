"""Store what each article version is compared by: its day, a sketch of its words, digests of its lines."""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from struct import iter_unpack

from index.store.database import Database
from index.store.digest import digest
from index.text.recurring import may_recur, origin_of
from index.values import Article

_SINCE = 4  # the format of an archive
_DIGEST = 8  # bytes
_FIELDS = "a.id, s.day, s.words FROM member m JOIN sketch s USING (version) JOIN article a USING (version)"


@dataclass(frozen=True, slots=True)
class Sketched:
    """An article's id, its day as an ordinal (None without one), and a sketch of its words."""

    id: str
    day: int | None
    words: bytes


@dataclass(frozen=True, slots=True)
class LinesOf:
    """Digests of the lines of an article version that may be boilerplate, and of those that no chunk of it holds.

    `origin` is what articles that share boilerplate have in common.
    """

    version: int
    id: str
    origin: str
    lines: frozenset[bytes]
    left: frozenset[bytes]


def keep_sketch(database: Database, version: int, article: Article) -> None:
    """Store what compares a version of an article with others."""
    from index.text.sketch import sketch  # NumPy, which most processes that open an archive do without

    day = article.published.toordinal() if article.published else None
    text = article.text
    lines = _joined(text[start:end] for start, end in may_recur(text))
    left = _joined(text[start:end] for start, end in article.boilerplate)
    database.run("INSERT OR REPLACE INTO sketch VALUES (?, ?, ?, ?, ?)", (version, day, sketch(text), lines, left))


def line_digest(line: str) -> bytes:
    """Return 8 bytes that stand for a line."""
    return digest(line, size=_DIGEST)


def having(database: Database, lines: Set[bytes]) -> set[int]:
    """Return the selected versions that have one of these lines."""
    rows = database.all("SELECT version, lines FROM temp.selected CROSS JOIN sketch USING (version)")
    return {version for version, digests in rows if not lines.isdisjoint(_cut(digests))}


def lines_of(database: Database) -> list[LinesOf]:
    """Return what lines the selected versions have that may be boilerplate."""
    rows = database.all(
        "SELECT version, a.id, a.source, a.url, a.path, s.lines, s.left FROM sketch s JOIN article a USING (version)"
        " JOIN temp.selected USING (version) ORDER BY a.id"
    )
    return [
        LinesOf(version, id_, origin_of(*where), _cut(lines), _cut(left)) for version, id_, *where, lines, left in rows
    ]


def _joined(lines: Iterable[str]) -> bytes:
    return b"".join(sorted({line_digest(line) for line in lines}))


def _cut(digests: bytes) -> frozenset[bytes]:
    return frozenset(line for (line,) in iter_unpack(f"{_DIGEST}s", digests))


def sketched(database: Database, generation: int, days: tuple[int, int] | None = None) -> list[Sketched]:
    """Return a generation's articles of these days (ordinals, None is all) and those without a day."""
    if database.format < _SINCE:
        return []
    where, values = ("", []) if days is None else (" AND (s.day BETWEEN ? AND ? OR s.day IS NULL)", [*days])
    rows = database.all(f"SELECT {_FIELDS} WHERE m.generation = ?{where} ORDER BY a.id", (generation, *values))
    return [Sketched(*row) for row in rows]
