"""What generations share: bases and segments; searches find as if all had been made anew."""

import errno
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index import Scope
from index.doctor import examine, repair
from index.history import compact, rollback
from index.reindex import reindex
from index.search.delta import Added, BaseAndDelta
from index.search.dense import Dense
from index.search.lexical import Lexical
from index.serving import Index
from index.store.archive import Row
from index.store.folder import Folder, digests
from tests.chunks import ROWS, SCOPES, VECTORS
from tests.conftest import write
from tests.older import without_bases

HELD, ADDED = ROWS[:400], ROWS[400:]
EDITED = [
    replace(row, article=f"{7000 + i // 2:08x}" * 4, vector=VECTORS[-1 - i].tobytes()) for i, row in enumerate(ROWS)
]
"""The same chunks in later versions of their articles."""


@pytest.fixture(scope="module")
def chroma(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("base") / "chroma"
    Dense.build(path, iter(HELD), len(HELD))
    return path


def search(path: Path, gone: set[str], added: list[Row]) -> BaseAndDelta:
    dense = Dense.open(path)
    return BaseAndDelta(dense, Added(added), dict.fromkeys(gone, 2), dense.close)


def exact(rows: list[Row], vector: "np.ndarray[tuple[int], np.dtype[np.float32]]", k: int) -> list[str]:
    scored = sorted((-float(np.frombuffer(row.vector, "<f4") @ vector), row.chunk_id) for row in rows)
    return [id_ for _, id_ in scored[:k]]


CHANGES = {
    "nothing": ([], []),
    "added": ([], ADDED),
    "gone": (HELD[40:110], []),
    "edited": (HELD[:60], EDITED[:60]),
    "all gone": (HELD, []),
    "all gone but one article, and some added": (HELD[2:], ADDED[:3]),
}


@pytest.mark.parametrize(("scope", "wanted"), SCOPES)
@pytest.mark.parametrize(("gone", "added"), CHANGES.values(), ids=CHANGES)
def test_a_base_and_what_was_added_find_what_is_left_and_what_was_added(
    chroma: Path, gone: list[Row], added: list[Row], scope: Scope, wanted: Callable[[Row], bool]
) -> None:
    articles = {row.article for row in gone}
    left = [row for row in HELD if row.article not in articles] + added
    with closing(search(chroma, articles, added)) as opened:
        assert opened.count() == len(left)
        assert sorted(opened.ids()) == sorted(row.chunk_id for row in left)
        assert opened.differing(left) == []
        for place in (3, 77, 401, 499):
            found = opened.search(VECTORS[place].tolist(), 10, scope)
            assert [hit.chunk_id for hit in found] == exact([r for r in left if wanted(r)], VECTORS[place], 10)


def test_the_nearest_are_found_though_all_that_is_near_is_gone(chroma: Path) -> None:
    """A story that was edited often: the first hundred records are of versions that are gone."""
    near = exact(HELD, VECTORS[3], 100)
    gone = {row.article for row in HELD if row.chunk_id in near}
    left = [row for row in HELD if row.article not in gone]
    with closing(search(chroma, gone, [])) as opened:
        assert [hit.chunk_id for hit in opened.search(VECTORS[3].tolist(), 7, Scope())] == exact(left, VECTORS[3], 7)
        assert opened.nearest(VECTORS[3:5], 7) == [exact(left, VECTORS[3], 7), exact(left, VECTORS[4], 7)]


def test_a_base_is_extended_in_a_copy(chroma: Path, tmp_path: Path) -> None:
    before = digests(chroma.parent)
    Dense.extend(chroma, tmp_path / "chroma", iter(ADDED + EDITED[:20]), 120, held=len(HELD))
    assert digests(chroma.parent) == before
    dense = Dense.open(tmp_path / "chroma")
    gone = {row.article for row in HELD[:20]}
    left = [*HELD[20:], *ADDED, *EDITED[:20]]
    with closing(BaseAndDelta(dense, Added(()), dict.fromkeys(gone, 2), dense.close)) as opened:
        assert sorted(opened.ids()) == sorted(row.chunk_id for row in left)
        assert opened.differing(left) == []
        for place in (0, 3, 450):
            found = [hit.chunk_id for hit in opened.search(VECTORS[place].tolist(), 10, Scope())]
            assert found == exact(left, VECTORS[place], 10)


def refuse(*_: object) -> None:
    raise PermissionError(errno.EPERM, "Operation not permitted")


@pytest.mark.parametrize("links", [True, False])
def test_shared_segments_score_as_one_index_and_keep_no_word_of_what_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    if not links:  # as on some file systems
        monkeypatch.setattr("os.link", refuse)
    rows = [replace(row, text=f"{row.text} quorvex{row.article[-3:]}") for row in ROWS]
    Lexical.build(tmp_path / "first", iter(rows[:300]), size=60)
    gone = {row.article for row in rows[100:104]}
    kept = [s for s in Lexical.segments(tmp_path / "first") if not gone & s.chunks.keys()]
    assert len(kept) == 4
    shared = {article for segment in kept for article in segment.chunks}
    left = [row for row in rows if row.article not in gone]
    Lexical.build(tmp_path / "next", (row for row in left if row.article not in shared), size=60, kept=kept)
    Lexical.build(tmp_path / "whole", iter(left))
    linked, whole = Lexical.open(tmp_path / "next"), Lexical.open(tmp_path / "whole")
    assert any(path.stat().st_nlink > 1 for path in (tmp_path / "next").glob("*.idx")) == links
    assert sorted(linked.ids()) == sorted(whole.ids())
    for asked in ("bridges in harbour 42", "ferries", "quorvex010", "news"):
        assert sorted((h.chunk_id, h.score) for h in linked.search(asked, 500, Scope())) == sorted(
            (h.chunk_id, h.score) for h in whole.search(asked, 500, Scope())
        )
    assert linked.frequencies([f"quorvex{article[-3:]}" for article in gone]) == [0, 0]


# Whole runs


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """BaseAndDelta are merged at a size that a test reaches."""
    monkeypatch.setattr("index.build.plan.LEAST_ADDED", 3)
    monkeypatch.setattr("index.build.plan._LEAST_SEGMENT", 4)


@pytest.fixture
def many(tmp_path: Path) -> Path:
    folder = tmp_path / "many"
    for number in range(12):
        write(folder / f"{number:02}.md", f"Story {number}", f"Item {number} tells of the harbour in year {number}.")
    return folder


def found(index: Path) -> dict[str, list[str]]:
    """Return what each passage's own text finds, by meaning and by words."""
    with Index.open(index) as opened, opened.generation() as current:
        result = {}
        for article in current.articles():
            vector = current.embeddings.embed_query(article.text)
            near = [hit.chunk_id for hit in current.dense(vector, 50, Scope())]
            assert len(near) == current.chunks_count
            words = sorted((hit.chunk_id, round(hit.score, 4)) for hit in current.lexical(article.text, 50, Scope()))
            result[article.id] = [*near[:1], *map(str, words)]
        return result


@pytest.mark.usefixtures("small_steps", "checked_here")
def test_a_base_is_shared_extended_and_made_anew(many: Path, tmp_path: Path, tiny_model: Path) -> None:
    folder, model = Folder(tmp_path / "index"), str(tiny_model)

    def run(base: int, *, shared: bool = True) -> None:
        before = {path.name for path in folder.lexical(folder.served() or 0).glob("*.idx")}
        number = reindex([many], folder.path, model=model, yes=True).generation
        assert number is not None
        assert folder.about(number)[1]["base"] == base
        assert bool(before & {path.name for path in folder.lexical(number).glob("*.idx")}) == shared

    def compare(name: str) -> None:
        scratch = tmp_path / name
        shutil.copytree(folder.path / "encoder", scratch / "encoder")
        reindex([many], scratch, model=model)
        assert found(folder.path) == found(scratch)

    run(1, shared=False)
    write(many / "03.md", "Story 3", "Item 3 tells of the harbour in year 3. A crane fell.")
    run(1)
    (many / "05.md").unlink()
    write(many / "12.md", "Story 12", "Item 12 tells of a lighthouse.")
    run(1)
    compare("shared")
    for number in range(13, 16):
        write(many / f"{number}.md", f"Story {number}", f"Item {number} tells of the harbour in year {number}.")
    run(4)
    assert folder.base_numbers() == [1, 4]
    write(many / "03.md", "Story 3", "Item 3 tells of the harbour in year 3.")  # as it was at first
    run(4)
    assert folder.base_numbers() == [4]
    compare("extended")
    for number in range(6, 10):
        (many / f"{number:02}.md").unlink()
    run(6)
    compare("whole")
    assert rollback(folder.path) == 5
    assert examine(folder.path) == []
    run(7)  # the sources are as they were before
    assert folder.base_numbers() == [4, 7]


@pytest.mark.usefixtures("small_steps", "checked_here")
def test_a_generation_that_would_share_what_is_damaged_is_made_whole(
    many: Path, tmp_path: Path, tiny_model: Path
) -> None:
    folder = Folder(tmp_path / "index")
    reindex([many], folder.path, model=str(tiny_model))
    for number, damaged in enumerate(("bases/000001/chroma/*/data_level0.bin", "generations/000002/tantivy/*.term"), 2):
        next(folder.path.glob(damaged)).write_bytes(b"")
        write(many / "new.md", "Tram", f"The tram reaches Osk Hill on {number} May.")
        assert reindex([many], folder.path, model=str(tiny_model)).generation == number
        assert folder.about(number)[1]["base"] == number
        assert examine(folder.path) == []


@pytest.mark.usefixtures("small_steps", "checked_here")
def test_bases_that_nothing_needs_are_deleted(many: Path, tmp_path: Path, tiny_model: Path) -> None:
    folder = Folder(tmp_path / "index")
    reindex([many], folder.path, model=str(tiny_model))
    shutil.copytree(folder.base_path(1), folder.base_path(7))
    (finding,) = examine(folder.path)
    assert "000007 is left over" in finding.what
    reindex([many], folder.path, model=str(tiny_model))
    assert folder.base_numbers() == [1]
    write(many / "new.md", "Tram", "The tram reaches Osk Hill.")
    reindex([many], folder.path, model=str(tiny_model))
    assert repair(folder.path) == 3
    assert folder.base_numbers() == [1, 3]
    compact(folder.path)
    assert folder.base_numbers() == [3]


def test_a_reader_opens_a_shared_base_once(many: Path, tmp_path: Path, tiny_model: Path) -> None:
    folder = Folder(tmp_path / "index")
    reindex([many], folder.path, model=str(tiny_model))
    with Index.open(folder.path) as index, index.generation() as old:
        write(many / "new.md", "Tram", "The tram reaches Osk Hill.")
        reindex([many], folder.path, model=str(tiny_model))
        with index.generation() as new:
            assert (old.chunks_count, new.chunks_count) == (12, 13)
            assert old._dense._base is new._dense._base  # type: ignore[attr-defined]
            vector = new.embeddings.embed_query("tram")
            assert [len(each.dense(vector, 50, Scope())) for each in (old, new)] == [12, 13]


@pytest.fixture
def older(many: Path, tmp_path: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch, checked_here: None) -> Folder:
    """An index as it was made before there were bases: its records are named by the chunks alone."""
    folder = Folder(tmp_path / "index")
    reindex([many], folder.path, model=str(tiny_model))
    without_bases(folder, monkeypatch)
    return folder


def test_an_older_layout_is_read_and_replaced_without_embedding(older: Folder, many: Path, tiny_model: Path) -> None:
    before = found(older.path)
    assert len(before) == 12
    assert examine(older.path) == []
    assert reindex([many], older.path, model=str(tiny_model)).generation == 1
    write(many / "new.md", "Tram", "The tram reaches Osk Hill.")
    assert reindex([many], older.path, model=str(tiny_model)).embedded == 1
    assert older.about(2)[1]["base"] == 2
    assert examine(older.path) == []
    assert rollback(older.path) == 1
    assert found(older.path) == before


@pytest.mark.usefixtures("checked_here")
def test_a_reader_follows_a_base_that_was_extended(
    tmp_path: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copy has the names of the files of the base that the reader has open."""
    monkeypatch.setattr("index.build.plan.LEAST_ADDED", 2)
    source, path = tmp_path / "source", tmp_path / "index"
    source.mkdir()
    write(source / "bridge.md", "Bridge", "The bridge over the Senn closed on Monday after a crack was found.")
    reindex([source], path, model=str(tiny_model))
    with Index.open(path) as reader:
        with reader.generation() as current:
            assert current.chunks_count == 1
        write(source / "school.md", "School", "Teachers in Ellery return to work. " * 60)
        reindex([source], path, model=str(tiny_model))
        extended = Folder(path).base(2)
        assert extended is not None
        assert extended.copied == 1
        with reader.generation() as current:
            assert current.number == 2
            hits = current.dense([1.0] + [0.0] * 31, 10, Scope())
            assert len(hits) == current.chunks_count > 2
