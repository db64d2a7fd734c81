"""Damage of every kind: it is seen, it is named with its cure, and the cure cures without embedding anything."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from index import BadRequestError, IndexDamagedError, IndexNotFoundError, Scope
from index.doctor import examine, repair
from index.history import compact, generations, rollback
from index.reindex import reindex
from index.serving import Index
from index.store.folder import Folder
from tests.conftest import write
from tests.damages import DAMAGES, Damage, truncate, zero


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> Path:
    """A healthy index of twelve articles, to be copied."""
    base = tmp_path_factory.mktemp("whole")
    for number in range(12):
        write(
            base / "news" / f"{number}.md", f"Story {number}", f"Item {number} tells of harbour matter {number}. " * 30
        )
    reindex([base / "news"], base / "index", model=str(tiny_model))
    return base / "index"


@pytest.fixture
def damaged(whole: Path, tmp_path: Path) -> Folder:
    shutil.copytree(whole, tmp_path / "index")
    return Folder(tmp_path / "index")


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damage_is_seen_and_cured(damaged: Folder, damage: Damage) -> None:
    damage(damaged)
    findings = examine(damaged.path)
    assert findings
    assert all("dateline" in finding.cure for finding in findings)
    repair(damaged.path)
    assert examine(damaged.path) == []
    with Index.open(damaged.path) as index, index.generation() as current:
        vector = current.embeddings.embed_query("harbour matter 7")
        assert len(current.dense(vector, 100, Scope())) == len(current.lexical("harbour", 100, Scope())) >= 12


def test_a_healthy_index_has_no_findings(whole: Path) -> None:
    assert examine(whole) == []


def change_a_word(path: Path) -> None:
    """Change a word of an article."""
    data = path.read_bytes()
    path.write_bytes(data.replace(b"harbour matter", b"harbour mutter", 1))


@pytest.mark.parametrize("harm", [truncate, zero, change_a_word])
def test_a_damaged_archive_names_the_way_back(damaged: Folder, harm: Callable[[Path], None]) -> None:
    harm(damaged.archive)
    (finding,) = examine(damaged.path)
    assert "reindex ARTICLES" in finding.cure
    with pytest.raises((IndexDamagedError, IndexNotFoundError)):
        repair(damaged.path)


def test_no_index_is_a_finding(tmp_path: Path) -> None:
    (finding,) = examine(tmp_path / "nothing")
    assert "Build one with: dateline reindex" in finding.what
    (tmp_path / "file").touch()
    (finding,) = examine(tmp_path / "file")
    assert finding.cure == "name a folder with --index"


def test_generations_are_listed_rolled_back_and_compacted(source: Path, indexed: Path) -> None:
    write(source / "tram.md", "Tram", "The tram reaches Osk Hill in spring.")
    reindex([source], indexed)
    assert [(e.number, e.served, e.articles) for e in generations(indexed)] == [(1, False, 3), (2, True, 4)]

    with Index.open(indexed) as index:
        assert rollback(indexed) == 1
        with index.generation() as current:
            assert (current.number, current.articles_count) == (1, 3)
        with pytest.raises(BadRequestError, match="no such generation"):
            rollback(indexed, 7)
        assert rollback(indexed, 2) == 2
        assert compact(indexed) > 0
        with index.generation() as current:
            assert current.number == 2
    assert [e.number for e in generations(indexed)] == [2]
    with pytest.raises(BadRequestError, match="Beside 2 there is: none"):
        rollback(indexed)
    assert examine(indexed) == []


def test_a_reindex_after_a_rollback_brings_the_present_back(source: Path, indexed: Path) -> None:
    write(source / "tram.md", "Tram", "The tram reaches Osk Hill in spring.")
    reindex([source], indexed)
    rollback(indexed)
    report = reindex([source], indexed)
    assert (report.added, report.articles, report.embedded) == (("tram.md",), 4, 0)
