"""The two engines and the archive: filters, odd questions, damage."""

from datetime import date
from itertools import accumulate
from pathlib import Path

import chromadb
import pytest
from chromadb.config import Settings

from index import IndexDamagedError, IndexMismatchError, IndexNotFoundError, Scope
from index.search.delta import Added, BaseAndDelta
from index.search.dense import Dense
from index.search.lexical import Lexical, terms
from index.search.metadata import additions, hnsw
from index.store.database import SCHEMA_VERSION, Database
from tests.chunks import ROWS, SCOPES, VECTORS


def opened(path: Path) -> BaseAndDelta:
    base = Dense.open(path)
    return BaseAndDelta(base, Added(()), {}, base.close)


@pytest.fixture(scope="module")
def dense(tmp_path_factory: pytest.TempPathFactory) -> BaseAndDelta:
    path = tmp_path_factory.mktemp("dense") / "chroma"
    Dense.build(path, iter(ROWS), len(ROWS))
    return opened(path)


@pytest.fixture(scope="module")
def lexical(tmp_path_factory: pytest.TempPathFactory) -> Lexical:
    path = tmp_path_factory.mktemp("lexical") / "tantivy"
    Lexical.build(path, iter(ROWS))
    return Lexical.open(path)


@pytest.mark.parametrize(("scope", "wanted"), SCOPES)
def test_dense_search_keeps_to_the_scope(dense: BaseAndDelta, scope: Scope, wanted: object) -> None:
    expected = {row.chunk_id for row in ROWS if wanted(row)}  # type: ignore[operator]
    found = dense.search(VECTORS[3].tolist(), 500, scope)
    assert {hit.chunk_id for hit in found} == expected


@pytest.mark.parametrize(("scope", "wanted"), SCOPES)
def test_lexical_search_keeps_to_the_scope(lexical: Lexical, scope: Scope, wanted: object) -> None:
    expected = {row.chunk_id for row in ROWS if wanted(row)}  # type: ignore[operator]
    found = lexical.search("passage", 500, scope)
    assert {hit.chunk_id for hit in found} == expected


def test_a_scope_adds_nothing_to_the_score(lexical: Lexical) -> None:
    free = {hit.chunk_id: hit.score for hit in lexical.search("bridges", 500, Scope())}
    bound = lexical.search("bridges", 500, Scope(since=date(2020, 1, 1), sources=("Post",), categories=("local",)))
    assert bound
    assert all(hit.score == pytest.approx(free[hit.chunk_id]) for hit in bound)


def test_dense_scores_are_cosines_best_first(dense: BaseAndDelta) -> None:
    hits = dense.search(VECTORS[3].tolist(), 10, Scope())
    assert hits[0].chunk_id == ROWS[3].chunk_id
    for hit in hits:
        assert hit.score == pytest.approx(float(VECTORS[3] @ VECTORS[int(hit.chunk_id, 16)]), abs=1e-5)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_a_word_of_the_title_finds_its_passage(lexical: Lexical) -> None:
    assert lexical.search("Who closes it?", 1, Scope())[0].chunk_id == ROWS[42].chunk_id


@pytest.mark.parametrize(
    "question",
    ["IN", "AND OR NOT", 'what: "open', "title:x^2 +(-", "((((", "a" * 5000, "😀", "¿?", "*", "[a TO b]", "\\"],
)
def test_no_question_breaks_the_lexical_search(lexical: Lexical, question: str) -> None:
    assert isinstance(lexical.search(question, 5, Scope()), list)


def test_terms_are_stemmed_folded_and_lowered() -> None:
    assert terms("Müller's BRIDGES closed") == ["muller", "s", "bridg", "close"]


def test_both_engines_hold_every_chunk_and_keep_it_after_reopening(dense: BaseAndDelta, lexical: Lexical) -> None:
    ids = {row.chunk_id for row in ROWS}
    assert set(dense.ids()) == set(lexical.ids()) == ids
    assert dense.count() == lexical.count() == 500
    assert lexical.frequencies(["bridg", "ferri", "absent"]) == [250, 250, 0]


def test_no_more_than_the_last_entry_of_a_build_is_left_in_chromas_log(tmp_path: Path) -> None:
    import sqlite3

    Dense.build(tmp_path / "chroma", iter(ROWS), len(ROWS))
    with sqlite3.connect(tmp_path / "chroma" / "chroma.sqlite3") as connection:
        assert connection.execute("SELECT count(*) FROM embeddings_queue").fetchone()[0] <= 1
    connection.close()


@pytest.mark.parametrize(("count", "most"), [(0, 3), (1, 3), (57, 8), (60, 20), (61, 20), (100, 7), (200, 300)])
def test_every_part_of_the_graph_ends_with_an_addition(count: int, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.search.metadata._PART", 20)
    some = list(additions(iter(ROWS), count, most))
    assert [row for addition in some for row in addition] == ROWS[:count]
    assert all(0 < len(addition) <= most for addition in some)
    ends = set(accumulate(map(len, some)))
    assert ends.issuperset(range(hnsw(count)["sync_threshold"], count + 1, hnsw(count)["sync_threshold"]))


@pytest.mark.parametrize(("before", "after", "kept"), [(4, 5, 400), (4, 6, 1000), (6, 7, 1000)])
def test_a_larger_base_looks_at_more_candidates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: int, after: int, kept: int
) -> None:
    monkeypatch.setattr("index.search.metadata._LARGE", 5)
    Dense.build(tmp_path / "first", iter(ROWS[:before]), before)
    Dense.extend(tmp_path / "first", tmp_path / "second", iter(ROWS[before:after]), after - before, held=before)
    client = chromadb.PersistentClient(str(tmp_path / "second"), Settings(anonymized_telemetry=False))
    collection = client.get_collection("chunks", embedding_function=None)
    assert collection.configuration_json["hnsw"]["ef_search"] == kept


def test_an_empty_index_can_be_built_and_searched(tmp_path: Path) -> None:
    Dense.build(tmp_path / "chroma", iter([]), 0)
    Lexical.build(tmp_path / "tantivy", iter([]))
    assert Dense.open(tmp_path / "chroma").count() == 0
    assert Lexical.open(tmp_path / "tantivy").search("bridge", 5, Scope()) == []


def test_missing_engines_name_the_cure(tmp_path: Path) -> None:
    for opener in (Dense.open, Lexical.open):
        with pytest.raises(IndexDamagedError, match="doctor --repair"):
            opener(tmp_path / "nothing")


def test_an_archive_of_a_newer_format_is_refused_and_untouched(tmp_path: Path) -> None:
    path = tmp_path / "archive.sqlite"
    with Database.create(path) as database:
        database.run(f"PRAGMA user_version={SCHEMA_VERSION + 1}")
        database.checkpoint()
    before = path.read_bytes()
    for opener in (Database.open, Database.create):
        with pytest.raises(IndexMismatchError, match="newer Dateline"):
            opener(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("data", [b"not a database at all" * 10, b"\0" * 4096, b"SQLite format 3\0" + b"\xff" * 4000])
def test_a_damaged_archive_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "archive.sqlite"
    path.write_bytes(data)
    with pytest.raises((IndexDamagedError, IndexMismatchError)):
        Database.open(path)
    assert path.read_bytes() == data


def test_an_archive_without_tables_is_no_index(tmp_path: Path) -> None:
    (tmp_path / "archive.sqlite").touch()
    with pytest.raises((IndexNotFoundError, IndexDamagedError)):
        Database.open(tmp_path / "archive.sqlite")
    with Database.create(tmp_path / "archive.sqlite") as database:
        assert database.all("SELECT count(*) FROM article") == [(0,)]
