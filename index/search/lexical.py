"""Search by words: a tantivy index of stemmed chunk texts and titles, scored by BM25.

The index holds no stored text but the chunks' ids. It is built once, in one segment, and then only read.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import tantivy

from index.errors import IndexDamagedError
from index.store.archive import Row
from index.store.contents import day_number
from index.values import Hit, Scope

_ANALYZER = "news"
_HEAP = 64 * 2**20  # tantivy writes a segment when it is full; chosen, not measured
TITLE_BOOST = 0.25
"""MRR@10 on rtqa_dev by weight: 0 .826, 0.25 .839, 0.5 .833, 1 .805 (docs/decisions/0005)."""


class Lexical:
    """An open tantivy index; thread-safe."""

    def __init__(self, index: tantivy.Index, path: Path) -> None:
        self._index = index
        self._path = path
        self._searcher = index.searcher()

    @classmethod
    def build(cls, path: Path, rows: Iterable[Row]) -> None:
        """Write an index of the rows."""
        path.mkdir(parents=True)
        with _damage(path):
            index = tantivy.Index(_schema(), path=str(path), reuse=False)
            index.register_tokenizer(_ANALYZER, _analyzer())
            writer = index.writer(heap_size=_HEAP, num_threads=1)  # with several, the order of documents is not fixed
            for row in rows:
                writer.add_document(_document(row))
            writer.commit()
            writer.wait_merging_threads()  # or a merge would go on writing after the files' digests were taken

    @classmethod
    def open(cls, path: Path) -> "Lexical":
        """Open the index at `path`."""
        with _damage(path):
            if not tantivy.Index.exists(str(path)):
                raise _damaged(path, "it is missing")
            index = tantivy.Index.open(str(path))
            index.register_tokenizer(_ANALYZER, _analyzer())
            return cls(index, path)

    def search(self, text: str, k: int, scope: Scope, weights: Mapping[str, float] | None = None) -> list[Hit]:
        """Return the k chunks with the highest BM25 score for the words of a text, best first.

        `weights` says how much an analysed term counts; one that it does not name counts 1.
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
        clauses = [(tantivy.Occur.Must, tantivy.Query.boolean_query(words)), *_filters(scope)]
        with _damage(self._path):
            hits = self._searcher.search(tantivy.Query.boolean_query(clauses), k, count=False).hits
            return [Hit(str(self._searcher.doc(address)["id"][0]), score) for score, address in hits]

    def frequencies(self, words: Sequence[str]) -> list[int]:
        """Return for each analysed term how many chunks hold it."""
        with _damage(self._path):
            return [self._searcher.doc_freq("text", word) for word in words]

    def count(self) -> int:
        """Return how many chunks the index has."""
        return int(self._searcher.num_docs)

    def ids(self) -> Iterator[str]:
        """Yield the id of every chunk."""
        with _damage(self._path):
            found = self._searcher.search(tantivy.Query.all_query(), max(1, self.count()), count=False)
            for _, address in found.hits:
                yield str(self._searcher.doc(address)["id"][0])


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


def _filters(scope: Scope) -> Iterator[tuple[tantivy.Occur, tantivy.Query]]:
    """Yield the conditions of a scope; they restrict, and add nothing to the score."""
    conditions = []
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
