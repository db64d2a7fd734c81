"""Reindexing: only what changed is worked on, nothing is lost, and the same input gives the same index."""

import errno
import fcntl
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from index import (
    BadRequestError,
    IndexDamagedError,
    IndexLockedError,
    IndexMismatchError,
    RemovalRefusedError,
    Scope,
)
from index.build import publish
from index.build.plan import Plan
from index.embed.model import SentenceEmbeddings
from index.embed.onnx import intact
from index.reindex import reindex
from index.search.dense import Dense, record_key
from index.serving import Index
from index.store.archive import Archive
from index.store.database import Database
from index.store.folder import Folder
from tests.campaign import contents
from tests.conftest import write


def test_first_second_and_changed_runs(source: Path, index_path: Path) -> None:
    first = reindex([source], index_path)
    assert (first.added, first.generation, first.embedded) == (("bridge.md", "ferry.md", "school.md"), 1, 3)

    second = reindex([source], index_path)
    assert (second.unchanged, second.embedded, second.generation) == (3, 0, 1)

    write(source / "ferry.md", "Night ferry", "The night ferry will start in July instead.")
    write(source / "new.md", "Tram", "The tram reaches Osk Hill in spring.")
    (source / "school.md").unlink()
    third = reindex([source], index_path, yes=True)
    assert (third.added, third.changed, third.removed) == (("new.md",), ("ferry.md",), ("school.md",))
    assert (third.unchanged, third.embedded, third.generation) == (1, 2, 2)
    assert sorted(text for text, _ in contents(index_path).values()) == [
        "The bridge over the Senn closed on Monday after a crack was found.",
        "The night ferry will start in July instead.",
        "The tram reaches Osk Hill in spring.",
    ]


@pytest.mark.usefixtures("checked_here")
def test_many_small_runs_equal_one_from_scratch(source: Path, indexed: Path, tmp_path: Path) -> None:
    write(source / "ferry.md", "Night ferry", "The night ferry will start in July instead.")
    reindex([source], indexed)
    (source / "sub").mkdir()
    shutil.move(source / "bridge.md", source / "sub" / "bridge.md")
    reindex([source], indexed, yes=True)
    scratch = tmp_path / "scratch"
    shutil.copytree(indexed / "encoder", scratch / "encoder", copy_function=os.link)
    reindex([source], scratch)
    incremental, whole = contents(indexed), contents(scratch)
    assert {id_: text for id_, (text, _) in incremental.items()} == {id_: text for id_, (text, _) in whole.items()}
    for id_, (_, vector) in whole.items():
        assert np.frombuffer(vector, "<f4") == pytest.approx(np.frombuffer(incremental[id_][1], "<f4"), abs=1e-5)


def test_a_small_update_needs_no_torch(source: Path, index_path: Path) -> None:
    code = "import sys; from index.reindex import reindex; reindex(sys.argv[1:2], sys.argv[2])"
    code += "; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code, source, index_path], check=False).returncode == 0


def test_a_damaged_encoder_makes_no_vectors(source: Path, index_path: Path, sample_index: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged"
    shutil.copytree(sample_index / "encoder", damaged / "encoder")
    graph = next(damaged.glob("encoder/*.onnx"))
    data = bytearray(graph.read_bytes())
    data[len(data) // 2 :] = bytes(len(data) - len(data) // 2)
    graph.write_bytes(data)
    reindex([source], index_path)
    reindex([source], damaged)
    expected, found = contents(index_path), contents(damaged)
    assert found.keys() == expected.keys()
    for id_, (_, vector) in expected.items():
        assert np.frombuffer(found[id_][1], "<f4") == pytest.approx(np.frombuffer(vector, "<f4"), abs=1e-5)
    assert intact(graph)


def test_a_changed_outlet_or_address_embeds_nothing(source: Path, indexed: Path) -> None:
    text = (source / "bridge.md").read_text().replace("Ellery Courier", "Harbour Post")
    (source / "bridge.md").write_text(text)
    report = reindex([source], indexed)
    assert (report.changed, report.embedded) == (("bridge.md",), 0)
    with Index.open(indexed) as index, index.generation() as current:
        scope = Scope(sources=("Harbour Post",))
        vector = current.embeddings.embed_query("bridge")
        assert len(current.lexical("bridge", 5, scope)) == len(current.dense(vector, 5, scope)) == 1


def test_a_dry_run_writes_nothing(source: Path, index_path: Path) -> None:
    report = reindex([source], index_path, dry_run=True)
    assert report.added == ("bridge.md", "ferry.md", "school.md")
    assert [p.name for p in index_path.iterdir()] == ["encoder"]
    reindex([source], index_path)
    before = {p: p.stat().st_mtime_ns for p in index_path.rglob("*") if "sqlite-" not in p.name}
    (source / "ferry.md").unlink()
    (source / "school.md").unlink()
    report = reindex([source], index_path, dry_run=True)
    assert report.removed == ("ferry.md", "school.md")
    assert before == {p: p.stat().st_mtime_ns for p in index_path.rglob("*") if "sqlite-" not in p.name}


def test_removing_many_needs_consent(source: Path, indexed: Path) -> None:
    (source / "ferry.md").unlink()
    with pytest.raises(RemovalRefusedError, match="remove 1 of 3 articles"):
        reindex([source], indexed)
    assert len(contents(indexed)) == 3
    assert reindex([source], indexed, yes=True).removed == ("ferry.md",)


def test_an_empty_or_missing_source_loses_nothing(source: Path, index_path: Path, tmp_path: Path) -> None:
    with pytest.raises(BadRequestError, match="No such file or folder"):
        reindex([tmp_path / "nowhere"], index_path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadRequestError, match="No articles that can be read"):
        reindex([tmp_path / "empty"], index_path)
    reindex([source], index_path)
    with pytest.raises(RemovalRefusedError, match="--yes"):
        reindex([tmp_path / "empty"], index_path)
    assert len(contents(index_path)) == 3
    assert reindex([tmp_path / "empty"], index_path, yes=True).articles == 0
    assert contents(index_path) == {}


def test_an_article_that_cannot_be_read_any_more_is_kept(source: Path, indexed: Path) -> None:
    (source / "ferry.md").write_bytes(b"\xff\xff\xff")
    report = reindex([source], indexed)
    assert (report.kept, report.removed, report.unchanged) == (("ferry.md",), (), 3)
    assert report.rejected[0].path == "ferry.md"
    assert len(contents(indexed)) == 3


def test_a_broken_line_keeps_the_articles_of_its_file(source: Path, index_path: Path) -> None:
    lines = [json.dumps({"id": name, "title": name, "text": f"This is {name}."}) for name in "abc"]
    (source / "wire.jsonl").write_text("\n".join(lines))
    reindex([source], index_path)
    (source / "wire.jsonl").write_text("\n".join([lines[0], lines[1][:-5], lines[2]]))
    assert reindex([source], index_path).kept == ("b",)


def test_what_is_refused_is_removed_like_what_has_gone(source: Path, index_path: Path, tmp_path: Path) -> None:
    (source / "ferry.md").rename(tmp_path / "ferry.md")
    (source / "ferry.md").symlink_to(tmp_path / "ferry.md")
    assert reindex([source], index_path, follow_links=True).articles == 3
    with pytest.raises(RemovalRefusedError, match="remove 1 of 3 articles"):
        reindex([source], index_path)
    report = reindex([source], index_path, yes=True)
    assert (report.removed, report.kept, report.articles) == (("ferry.md",), (), 2)


def test_a_source_that_cannot_be_looked_into_changes_nothing(
    source: Path, indexed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(source / "new.md", "Tram", "The tram reaches Osk Hill in spring.")
    looked: list[object] = []

    def scandir(path: Path) -> object:
        looked.append(path)
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    with monkeypatch.context() as patch:
        patch.setattr("index.build.removal.os.scandir", scandir)  # root, who may run this, may look into all
        with pytest.raises(BadRequestError, match=r"news cannot be read: Permission denied\. Nothing was changed"):
            reindex([source], indexed)
    assert looked
    assert Folder(indexed).served() == 1


def test_vectors_that_are_gone_are_made_again(source: Path, index_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.build.plan._LEAST_SEGMENT", 1)  # every segment is kept, and no vector read to build
    reindex([source], index_path)
    before = contents(index_path)
    with closing(sqlite3.connect(index_path / "archive.sqlite")) as archive, archive:
        archive.execute("DELETE FROM vector WHERE embedded = (SELECT embedded FROM vector LIMIT 1)")
    report = reindex([source], index_path)
    assert (report.unchanged, report.embedded, report.generation) == (3, 1, 2)
    assert contents(index_path).keys() == before.keys()


def test_passages_that_the_archive_has_lost_are_not_taken_for_nothing_changed(source: Path, indexed: Path) -> None:
    with closing(sqlite3.connect(indexed / "archive.sqlite")) as archive, archive:
        archive.execute("DELETE FROM chunk WHERE version = 1")
    with pytest.raises(IndexDamagedError, match=r"has lost passages\. Move it away"):
        reindex([source], indexed)


@pytest.mark.usefixtures("checked_here")
@pytest.mark.parametrize("lost", ["a record of Chroma", "Chroma's database", "the graph", "tantivy's files"])
def test_a_generation_that_has_lost_passages_is_made_again(source: Path, indexed: Path, lost: str) -> None:
    generation = Folder(indexed).generation(1)
    chroma = Folder(indexed).chroma(1)
    database = chroma / "chroma.sqlite3"
    match lost:
        case "a record of Chroma":
            with closing(sqlite3.connect(database)) as opened, opened:
                opened.execute("DELETE FROM embeddings WHERE id = 1")
        case "Chroma's database":
            database.unlink()
        case "the graph":
            next(chroma.glob("*/*.bin")).unlink()
        case "tantivy's files":
            next(generation.glob("tantivy/*.store")).unlink()
    report = reindex([source], indexed)
    assert (report.unchanged, report.embedded, report.generation) == (3, 0, 2)
    assert reindex([source], indexed).generation == 2


def test_one_id_in_two_places_is_named(source: Path, index_path: Path) -> None:
    line = json.dumps({"id": "bridge.md", "title": "Other", "text": "Another text."})
    (source / "wire.jsonl").write_text(f"{line}\n{line}\n")
    report = reindex([source], index_path)
    assert [(r.path, r.reason) for r in report.rejected] == [
        ("wire.jsonl#1", "the id 'bridge.md' is taken by bridge.md"),
        ("wire.jsonl#2", "the id 'bridge.md' is taken by bridge.md"),
    ]
    assert reindex([source], index_path).rejected == report.rejected


def test_a_second_writer_is_told_who_holds_the_index(source: Path, index_path: Path) -> None:
    index_path.mkdir(exist_ok=True)
    with (index_path / "lock").open("w") as held:
        held.write("4711")
        held.flush()
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(IndexLockedError, match="pid 4711"):
            reindex([source], index_path)


def test_what_a_killed_run_left_is_used_or_thrown_away(
    source: Path, index_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    reindex([source], index_path)
    write(source / "new.md", "Tram", "The tram reaches Osk Hill in spring.")
    with monkeypatch.context() as patch:
        patch.setattr("index.build.publish.serve", die)
        with pytest.raises(Killed):
            reindex([source], index_path)
    assert Folder(index_path).served() == 1
    (Folder(index_path).generation(9)).mkdir()
    report = reindex([source], index_path)
    assert (report.embedded, report.articles) == (0, 4)
    assert sorted(Folder(index_path).numbers()) == [1, report.generation]


@pytest.mark.parametrize(("files", "full"), [("*.bin", True), ("*.idx", False)])
def test_a_generation_that_does_not_pass_its_check_is_not_served(
    source: Path, indexed: Path, monkeypatch: pytest.MonkeyPatch, files: str, full: bool
) -> None:
    """It has a base of its own if all is built anew, and shares the last one's for a small change."""
    build = publish.build

    def torn(folder: Folder, archive: Archive, number: int, plan: Plan) -> Path:
        path = build(folder, archive, number, plan)
        for file in (*folder.base_path(number).rglob(files), *path.rglob(files)):
            file.write_bytes(b"")
        return path

    write(source / "new.md", "Tram", "The tram reaches Osk Hill in spring.")
    with monkeypatch.context() as patch:
        patch.setattr("index.build.publish.build", torn)
        with pytest.raises(IndexDamagedError, match="does not pass its check"):
            reindex([source], indexed, full=full)
    assert Folder(indexed).served() == 1
    assert Folder(indexed).base_numbers() == [1]
    assert len(contents(indexed)) == 3
    assert reindex([source], indexed).articles == 4


@pytest.mark.usefixtures("checked_here")
def test_a_deleted_article_is_in_no_file(source: Path, index_path: Path) -> None:
    write(source / "secret.md", "Quorvexian affair", "The zyglomite memorandum names Oskar Trellwyn as its author.")
    reindex([source], index_path)
    (source / "secret.md").unlink()
    for day in ("first", "second"):
        write(source / "ferry.md", "Night ferry", f"The night ferry starts on the {day} of July.")
        reindex([source], index_path)
    raw = b"".join(p.read_bytes() for p in index_path.rglob("*") if p.is_file() and p.suffix != ".onnx").lower()
    assert b"night ferry" in raw
    assert not [word for word in (b"quorvexian", b"zyglomite", b"trellwyn", b"quorvex", b"zyglomit") if word in raw]


def test_another_model_of_the_same_size_is_noticed_and_cured(
    source: Path, indexed: Path, tmp_path: Path, embeddings: SentenceEmbeddings
) -> None:
    other = tmp_path / "other-model"
    shutil.copytree(embeddings.folder, other)
    data = bytearray((other / "model.safetensors").read_bytes())
    data[-7] ^= 1
    (other / "model.safetensors").write_bytes(data)
    with pytest.raises(IndexMismatchError, match=r"another model, weights .* dateline reindex --full"):
        Index.open(indexed, model=str(other))
    report = reindex([source], indexed, model=str(other))
    assert (report.generation, report.embedded) == (2, 3)
    with Index.open(indexed) as index, index.generation() as current:
        assert current.embeddings.name == str(other)


def test_full_builds_a_new_generation_without_embedding(source: Path, indexed: Path) -> None:
    report = reindex([source], indexed, full=True)
    assert (report.generation, report.embedded, report.unchanged) == (2, 0, 3)


def test_text_of_any_kind_comes_back_unchanged(index_path: Path, tmp_path: Path) -> None:
    text = 'He said {question} "x"; DROP TABLE article; -- a < b \u202e\ud800 <b>𝔘nicode</b> \\0 %s'
    (tmp_path / "odd.jsonl").write_text(json.dumps({"id": "../../etc/passwd\0", "title": "{0}", "text": text}))
    reindex([tmp_path / "odd.jsonl"], index_path)
    ((stored, _),) = contents(index_path).values()
    assert stored == 'He said {question} "x"; DROP TABLE article; -- a < b 𝔘nicode \\0 %s'


def test_a_build_in_parts_leaves_nothing_to_insert_when_opened(
    sample_index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chroma keeps in its log what it has not written to its graph, and inserts that anew at each opening."""
    folder = Folder(sample_index)
    number = folder.require_served()
    with Database.open(folder.archive) as database:
        rows = list(Archive(database).rows(number, folder.about(number)[0].vectors))[:57]
    monkeypatch.setattr("index.search.dense._BATCH", 8)
    monkeypatch.setattr("index.search.metadata._PART", 20)
    Dense.build(tmp_path / "chroma", iter(rows), len(rows))
    with closing(sqlite3.connect(tmp_path / "chroma" / "chroma.sqlite3")) as opened:
        assert opened.execute("SELECT count(*) FROM embeddings_queue").fetchone() == (1,)
    with closing(Dense.open(tmp_path / "chroma")) as dense:
        assert sorted(dense.keys()) == sorted(map(record_key, rows))
