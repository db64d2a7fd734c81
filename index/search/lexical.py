"""Search by words: a tantivy index of stemmed chunk texts and titles, scored by BM25.

The index holds no stored text but the chunks' ids. It is built once, of segments, and then only read. A segment is
never changed: the next index links to its files, or has the articles that are left of it in a new one. Nothing is ever
marked as deleted, since tantivy would keep its words, and count them.
"""

import json
import os
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

import tantivy

from index.errors import IndexDamagedError
from index.store.archive import Row
from index.store.contents import day_number
from index.values import Hit, Scope

_ANALYZER = "news"
_HEAP = 64 * 2**20  # tantivy writes a segment when it is full; chosen, not measured
TITLE_BOOST = 0.25
"""MRR@10 on rtqa_dev by weight: 0 .826, 0.25 .839, 0.5 .833, 1 .805 (docs/decisions/0005)."""


_SEGMENTS = "segments.json"
_META = "meta.json"  # tantivy's own list of segments


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of an index that another one may share: how many chunks of each article version it has.

    Versions are named by their hashes in hex. `described` is what tantivy's list says of it: several entries if it did
    not fit into the writer's memory.
    """

    folder: Path
    described: tuple[dict[str, Any], ...]
    chunks: Mapping[str, int]

    @property
    def count(self) -> int:
        """Return how many chunks it has."""
        return sum(self.chunks.values())

    def files(self) -> Iterator[Path]:
        """Yield its files."""
        for entry in self.described:
            yield from self.folder.glob(f"{entry['segment_id'].replace('-', '')}.*")


class Lexical:
    """An open tantivy index; thread-safe."""

    def __init__(self, index: tantivy.Index, path: Path) -> None:
        self._index = index
        self._path = path
        self._searcher = index.searcher()

    @classmethod
    def build(cls, path: Path, rows: Iterable[Row], *, size: int | None = None, kept: Sequence[Segment] = ()) -> None:
        """Write an index of the kept segments of another one, and of the rows, which come article by article.

        `size` is how many chunks make a segment; without it, all rows do.
        """
        path.mkdir(parents=True)
        with _damage(path):
            tantivy.Index(_schema(), path=str(path), reuse=False)
            for segment in kept:
                for file in segment.files():
                    _link(file, path / file.name)
            segments = [*kept, *_write(path, rows, size)]
            described = [entry for segment in segments for entry in segment.described]
            meta = json.loads((path / _META).read_text(encoding="utf-8"))
            (path / _META).write_text(json.dumps({**meta, "segments": described}), encoding="utf-8")
            listed = [{"described": segment.described, "chunks": segment.chunks} for segment in segments]
            (path / _SEGMENTS).write_text(json.dumps(listed), encoding="utf-8")

    @staticmethod
    def segments(path: Path) -> list[Segment]:
        """Return the segments of the index at `path`; none if it was made before there were such."""
        try:
            listed = json.loads((path / _SEGMENTS).read_text(encoding="utf-8"))
            return [Segment(path, tuple(each["described"]), dict(each["chunks"])) for each in listed]
        except (OSError, ValueError, TypeError, KeyError):
            return []

    @classmethod
    def open(cls, path: Path) -> "Lexical":
        """Open the index at `path`."""
        with _damage(path):
            if not tantivy.Index.exists(str(path)):
                raise _damaged(path, "it is missing")
            index = tantivy.Index.open(str(path))
            index.register_tokenizer(_ANALYZER, _analyzer())
            return cls(index, path)

    def search(
        self,
        text: str,
        k: int,
        scope: Scope,
        weights: Mapping[str, float] | None = None,
        *,
        among: Sequence[str] | None = None,
    ) -> list[Hit]:
        """Return the k chunks with the highest BM25 score for the words of a text, best first.

        `weights` says how much an analysed term counts; one that it does not name counts 1. `among` are the ids of
        the scope's chunks, where the index has no fields for all of its filters.
        """
        weight = dict.fromkeys(terms(text), 1.0) | dict(weights or {})
        words = [
            (tantivy.Occur.Should, tantivy.Query.boost_query(query, weight[term] * boost))
            for term in weight
            if weight[term] > 0.0
            for field, boost in (("text", 1.0), ("title", TITLE_BOOST))
            for query in (tantivy.Query.term_query(_schema(), field, term, "freq"),)
        ]
        if not words:
            return []
        # Must around the words: what only meets the filters is no hit.
        clauses = [(tantivy.Occur.Must, tantivy.Query.boolean_query(words)), *_filters(scope, among)]
        with _damage(self._path):
            hits = self._searcher.search(tantivy.Query.boolean_query(clauses), k, count=False).hits
            return [Hit(str(self._searcher.doc(address)["id"][0]), score) for score, address in hits]

    def frequencies(self, words: Sequence[str]) -> list[int]:
        """Return how many chunks contain each analysed term."""
        with _damage(self._path):
            return [self._searcher.doc_freq("text", word) for word in words]

    def count(self) -> int:
        """Return how many chunks the index has."""
        return int(self._searcher.num_docs)

    def holds(self, chunk_id: str) -> bool:
        """Say whether the index has just one chunk of this id."""
        with _damage(self._path):
            return int(self._searcher.doc_freq("id", chunk_id)) == 1

    def ids(self) -> Iterator[str]:
        """Yield the id of every chunk."""
        with _damage(self._path):
            found = self._searcher.search(tantivy.Query.all_query(), max(1, self.count()), count=False)
            for _, address in found.hits:
                yield str(self._searcher.doc(address)["id"][0])


def _write(path: Path, rows: Iterable[Row], size: int | None) -> Iterator[Segment]:
    """Write the rows in segments of at least `size` chunks, but for the last, none of which divides an article."""
    writer = None
    for article, some in groupby(rows, key=attrgetter("article")):
        writer = writer or _Writer(path)
        writer.add(article, some)
        if size is not None and writer.count >= size:
            yield writer.end()
            writer = None
    if writer is not None:
        yield writer.end()


class _Writer:
    """Writes one segment, in a folder of its own, so that tantivy does not merge it with others."""

    def __init__(self, path: Path) -> None:
        self._path, self._folder = path, path / "partial"
        self._folder.mkdir()
        index = tantivy.Index(_schema(), path=str(self._folder), reuse=False)
        index.register_tokenizer(_ANALYZER, _analyzer())
        self._writer = index.writer(heap_size=_HEAP, num_threads=1)  # with several, the order of documents is not fixed
        self._chunks: Counter[str] = Counter()

    @property
    def count(self) -> int:
        """Return how many chunks were added."""
        return self._chunks.total()

    def add(self, article: str, rows: Iterable[Row]) -> None:
        """Add the rows of an article version."""
        for row in rows:
            self._writer.add_document(_document(row))
            self._chunks[article] += 1

    def end(self) -> Segment:
        """Write it out, and return it."""
        self._writer.commit()
        self._writer.wait_merging_threads()  # or a merge would go on writing after the files' digests were taken
        described = json.loads((self._folder / _META).read_text(encoding="utf-8"))["segments"]
        for file in Segment(self._folder, tuple(described), {}).files():
            file.rename(self._path / file.name)
        shutil.rmtree(self._folder)
        return Segment(self._path, tuple(described), dict(self._chunks))


def _link(file: Path, to: Path) -> None:
    with suppress(OSError):
        os.link(file, to)
        return
    shutil.copyfile(file, to)  # not every file system has links


def terms(text: str) -> list[str]:
    """Return the stemmed, lower-cased words of a text in order, as the index has them."""
    return list(_analyzer().analyze(text))


@cache
def _analyzer() -> tantivy.TextAnalyzer:
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for step in (
        tantivy.Filter.remove_long(40),  # bytes: addresses and encoded data, which nobody searches for
        tantivy.Filter.lowercase(),
        tantivy.Filter.ascii_fold(),
        tantivy.Filter.stemmer("English"),
    ):
        builder = builder.filter(step)
    return builder.build()


@cache
def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("text", tokenizer_name=_ANALYZER, index_option="freq")
    builder.add_text_field("title", tokenizer_name=_ANALYZER, index_option="freq")
    builder.add_text_field("source", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("category", tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("day", indexed=True, fast=True)
    return builder.build()


def _document(row: Row) -> tantivy.Document:
    document = tantivy.Document(
        id=row.chunk_id, text=row.text, title=row.title, source=row.source, category=row.category
    )
    if row.day is not None:
        document.add_integer("day", row.day)
    return document


def _filters(scope: Scope, among: Sequence[str] | None) -> Iterator[tuple[tantivy.Occur, tantivy.Query]]:
    """Yield the conditions of a scope, or of its chunks; they restrict, and add nothing to the score."""
    conditions = [] if among is None else [tantivy.Query.term_set_query(_schema(), "id", [*among])]
    if among is not None:
        scope = Scope()  # it says no more than its chunks do
    if scope.since or scope.until:
        conditions.append(
            tantivy.Query.range_query(
                _schema(), "day", tantivy.FieldType.Integer,
                day_number(scope.since) or 0, day_number(scope.until) or 99999999,
            )
        )  # fmt: skip
    for field, names in (("source", scope.sources), ("category", scope.categories)):
        if names:
            conditions.append(tantivy.Query.term_set_query(_schema(), field, list(names)))
    for condition in conditions:
        yield tantivy.Occur.Must, tantivy.Query.const_score_query(condition, 0.0)


@contextmanager
def _damage(path: Path) -> Iterator[None]:
    try:
        yield
    except (ValueError, OSError) as error:
        raise _damaged(path, str(error)) from error


def _damaged(path: Path, reason: str) -> IndexDamagedError:
    return IndexDamagedError(f"The tantivy folder {path} cannot be used: {reason}. Run: dateline doctor --repair")
