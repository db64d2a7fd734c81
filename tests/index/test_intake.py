"""Taking articles in: one that fails, in whatever way, costs no other, and nothing leads out of its folder."""

import json
import os
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import lxml.etree
import pytest
import yaml

from index.build.intake import Changes, Intake, Previous
from index.build.prepare import Prepared, article_id
from index.build.sandbox import Sandbox
from index.build.worker import WorkerConfig
from index.embed.model import SentenceEmbeddings
from index.read import Item, Raw, Rejected, Skip, files, read
from index.store.digest import article_digest
from index.values import Article

GOOD = partial(Raw, id="good", title="Ferry", text="The ferry to Osk Hill starts on Monday.")


@pytest.fixture(scope="module")
def sandbox(embeddings: SentenceEmbeddings) -> Iterator[Sandbox]:
    with Sandbox(WorkerConfig(embeddings.tokenizer, 200, "recipe", seconds=1, memory=1 << 30)) as opened:
        yield opened


@pytest.mark.parametrize(
    ("read", "reason"),
    [
        pytest.param(partial(float, 10**400), "OverflowError", id="a huge number"),
        pytest.param(partial(json.loads, "[" * 100_000), "RecursionError", id="deep nesting"),
        pytest.param(partial(yaml.safe_load, "!!python/none x"), "ConstructorError", id="a YAML constructor"),
        pytest.param(partial(bytes.decode, b"\xff", "utf-8"), "UnicodeDecodeError", id="bytes that are no text"),
        pytest.param(partial(lxml.etree.fromstring, "<a>"), "XMLSyntaxError", id="lxml"),
        pytest.param(partial(re.compile, "("), "unterminated subpattern", id="an error of another kind"),
        pytest.param(partial(GOOD, title=None), "AttributeError|TypeError", id="a wrong type"),
        pytest.param(partial(exit, 3), "SystemExit", id="an exit"),
        pytest.param(partial(bytearray, 8 << 30), "takes more than 1024 MB of memory", id="memory"),
        pytest.param(partial(re.fullmatch, "(a+)+b", "a" * 60), "takes more than 1 seconds", id="time"),
        pytest.param(os.abort, "crashes what reads it", id="a crash"),
        pytest.param(partial(os._exit, 0), "crashes what reads it", id="an end without a word"),
    ],
)
def test_whatever_fails_on_an_article_is_a_reason_and_the_next_is_read(
    sandbox: Sandbox, read: Callable[[], Any], reason: str
) -> None:
    with pytest.raises(Skip, match=reason):
        sandbox.prepare(read)
    assert sandbox.prepare(GOOD).article.id == "good"


def crash_once(mark: Path) -> Raw:
    if not mark.exists():
        mark.touch()
        os.abort()
    return GOOD()


def test_what_a_worker_dies_of_after_others_is_tried_in_a_new_one(sandbox: Sandbox, tmp_path: Path) -> None:
    assert sandbox.prepare(GOOD).article.id == "good"
    assert sandbox.prepare(partial(crash_once, tmp_path / "mark")).article.id == "good"


NASTY = {
    "deep.md": b"---\ntitle: " + b"[" * 20_000 + b"\n---\nA\n\nText.",
    "tag.md": b"---\n? [a, b]\n: x\n---\nA\n\nText.",
    "aliases.md": b"---\na: &a [x]\nb: [*a, *a]\n---\nA\n\nText.",
    "odd.txt": b"\xff\xfe\x00\xd8A",
    "nul.txt": b"Title\nText\0text.",
    "mark.txt": "\ufeff".encode(),
    "latin.md": "---\ntitle: Brücke\n---\nText".encode("latin-1"),
    "deep.html": b"<div>" * 100_000,
    "binary.html": bytes(range(256)) * 40,
    "deep.jsonl": b'{"a":' * 100_000,
    "list.jsonl": b"[1, 2]",
    "digits.jsonl": b'{"id": ' + b"9" * 10_000 + b', "text": "x"}',
    "infinite.jsonl": b'{"id": 1e999, "text": "x"}',
    "broken.jsonl": b'{"text": "x',
}


@pytest.mark.parametrize("name", NASTY)
def test_beside_a_file_that_cannot_be_used_all_others_are_taken_in(sandbox: Sandbox, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(NASTY[name])
    (tmp_path / "good.txt").write_text("Ferry\nThe ferry to Osk Hill starts on Monday.")
    intake = taken([tmp_path], sandbox)
    assert "good.txt" in intake.versions
    assert name in {found.path.partition("#")[0] for found in intake.rejected} | intake.versions.keys()


def taken(paths: list[Path], sandbox: Sandbox, known: Previous | None = None, **options: bool) -> Intake:
    """Return what is taken in of some paths."""
    stored: list[Prepared] = []

    def store(prepared: Prepared) -> int:
        stored.append(prepared)
        return len(stored)

    intake = Intake(known or Previous("recipe"), sandbox.prepare, store)
    for item in read(paths, **options):
        intake.take(item)
    return intake


def test_links_lead_nowhere_but_inside_the_folder(tmp_path: Path) -> None:
    folder, outside = tmp_path / "news", tmp_path / "private"
    for path in (folder, outside, folder / "sub"):
        path.mkdir()
    (outside / "secret.txt").write_text("Users\nSalt and hash.")
    (folder / "real.txt").write_text("Title\nText.")
    (folder / "inside.txt").symlink_to("real.txt")
    (folder / "sub" / "up.txt").symlink_to("../real.txt")
    (folder / "out.txt").symlink_to(outside / "secret.txt")
    (folder / "chain.txt").symlink_to("out.txt")
    (folder / "dots.txt").symlink_to("../private/secret.txt")
    (folder / "elsewhere").symlink_to(outside)
    (folder / "back").symlink_to(folder)
    (folder / "pipe.txt").symlink_to(outside / "pipe")
    os.mkfifo(outside / "pipe")
    (folder / "kernel.txt").symlink_to("/proc/version")
    (folder / "sys").symlink_to("/sys")

    def found(**options: bool) -> tuple[set[str], set[str]]:
        some = list(files.walk([folder], (".txt",), **options))
        refused = {item.path for item in some if isinstance(item, Rejected) and item.refused}
        return {item.name for item in some if isinstance(item, files.SourceFile)}, refused

    read_, refused = found()
    assert read_ == {"real.txt", "inside.txt", "sub/up.txt"}
    assert refused == {
        "out.txt", "chain.txt", "dots.txt", "pipe.txt", "kernel.txt", "elsewhere", "back", "sys",
    }  # fmt: skip
    read_, refused = found(follow_links=True)
    links = {"inside.txt", "sub/up.txt", "out.txt", "chain.txt", "dots.txt", "elsewhere/secret.txt"}
    assert (read_, refused) == ({"real.txt", *links}, {"pipe.txt", "elsewhere/pipe", "kernel.txt", "back", "sys"})


def test_a_link_that_is_given_itself_is_followed(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Title\nText.")
    (tmp_path / "given.txt").symlink_to("a.txt")
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "b.txt").write_text("Title\nText.")
    (tmp_path / "folder").symlink_to("news")
    found = list(read([tmp_path / "given.txt", tmp_path / "folder"]))
    assert [item.place for item in found if isinstance(item, Item)] == ["given.txt", "b.txt"]
    assert [type(item) for item in read([Path("/proc/version"), Path("/proc/self")])] == [Rejected] * 2


@pytest.mark.parametrize("swapped", ["news/sub", "news/sub/a.txt"])
def test_what_becomes_a_link_after_it_was_found_is_not_followed(tmp_path: Path, swapped: str) -> None:
    for folder in ("news/sub", "private"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "a.txt").write_text(f"Title\nText of {folder}.")
    (found,) = files.walk([tmp_path / "news"], (".txt",))
    assert isinstance(found, files.SourceFile)
    assert b"news/sub" in found.data()
    (tmp_path / swapped).rename(tmp_path / "away")
    target = tmp_path / "private"
    (tmp_path / swapped).symlink_to(target if swapped.endswith("sub") else target / "a.txt")
    with pytest.raises(OSError, match=r"Not a directory|Too many levels"):
        found.data()


def test_what_becomes_a_pipe_after_it_was_found_does_not_block(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Title\nText.")
    (found,) = files.walk([tmp_path], (".txt",))
    (tmp_path / "a.txt").unlink()
    os.mkfifo(tmp_path / "a.txt")
    assert isinstance(found, files.SourceFile)
    with pytest.raises(Skip, match="not a regular file"):
        found.data()


def test_names_that_differ_only_in_form_or_in_bytes_are_two_articles(tmp_path: Path, sandbox: Sandbox) -> None:
    names = [unicodedata.normalize(form, "Brücke.txt") for form in ("NFC", "NFD")]
    names += ["a b.txt", "a  b.txt", "a\nb.txt", "a\u200bb.txt", os.fsdecode(b"\xe9.txt"), os.fsdecode(b"\xe8.txt")]
    for name in names:
        (tmp_path / name).write_text("Title\nThe ferry to Osk Hill starts on Monday.")
    intake = taken([tmp_path], sandbox)
    assert not intake.rejected
    assert len(intake.versions) == len(names)
    assert {"Brücke.txt", "a b.txt", "\\xe9.txt", "\\xe8.txt"} < intake.versions.keys()


def test_long_ids_that_begin_alike_stay_two() -> None:
    first, second = (article_id("x" * 400 + end) for end in "ab")
    assert first != second
    assert len(first) == 300
    assert article_id(first) == first
    assert article_id("news/bridge.md") == "news/bridge.md"
    assert article_id("x" * 300) == "x" * 300
    assert article_id("\ud800") != article_id("\ud801")


def lines(*ids: str) -> list[str]:
    return [json.dumps({"id": id_, "title": id_, "text": f"This is {id_}."}) for id_ in ids]


@pytest.mark.parametrize(
    ("now", "kept"),
    [
        pytest.param([*lines("a"), lines("b")[0][:-5]], ("b",), id="its id is readable"),
        pytest.param([lines("c")[0][:-5], *lines("a")], ("c",), id="it has moved"),
        pytest.param([*lines("a"), "{broken"], ("b",), id="its place is all that is known"),
        pytest.param(["{broken", *lines("b")], ("a",), id="the first place"),
        pytest.param(["{broken", *lines("a", "b")], (), id="its place has moved"),
        pytest.param([*lines("a", "b"), lines("new")[0][:-5]], (), id="it was never indexed"),
        pytest.param([*lines("a"), '{"id": "other.txt", "te'], (), id="the id is of another file"),
        pytest.param([*lines("a", "a")], (), id="an id that is taken"),
        pytest.param([*lines("a"), '{"id": "b", "title": "b", "text": ""}'], ("b",), id="it has no text now"),
    ],
)
def test_a_broken_line_keeps_only_what_it_may_have_been(
    sandbox: Sandbox, tmp_path: Path, now: list[str], kept: tuple[str, ...]
) -> None:
    wire = tmp_path / "wire.jsonl"
    wire.write_text("\n".join(lines("a", "b", "c")))
    (tmp_path / "other.txt").write_text("Title\nText.")
    before = taken([tmp_path], sandbox)
    places = {place: (seen, version, article_at(before, version)) for place, (seen, version) in before.places.items()}
    members = {
        id_: (version, "other.txt" if id_ == "other.txt" else "wire.jsonl") for id_, version in before.versions.items()
    }
    wire.write_text("\n".join(now))
    (tmp_path / "other.txt").unlink()
    intake = taken([tmp_path], sandbox, Previous("recipe", members, places))
    intake.keep_unreadable(lambda version: Article(id=article_at(before, version), title="Title", text="Text."))
    assert tuple(sorted(intake.kept)) == kept


def article_at(intake: Intake, version: int) -> str:
    return next(id_ for id_, other in intake.versions.items() if other == version)


def test_of_very_many_broken_lines_the_first_are_named(tmp_path: Path, sandbox: Sandbox) -> None:
    (tmp_path / "wire.jsonl").write_text("{}\n" * 1500)
    rejected = taken([tmp_path], sandbox).rejected
    assert len(rejected) == 1001
    assert (rejected[0].path, rejected[-1]) == (
        "wire.jsonl#1",
        Rejected("wire.jsonl", "500 more of its lines were rejected"),
    )


def test_what_is_kept_has_its_topics_and_has_not_changed(tmp_path: Path, sandbox: Sandbox) -> None:
    (tmp_path / "a.txt").write_bytes(b"\xff")
    stored: list[Prepared] = []
    article = Article(
        id="a.txt", title="Ferry", text="The ferry starts on Monday.", path="a.txt", topics=("Transport",)
    )

    def store(prepared: Prepared) -> int:
        stored.append(prepared)
        return 2

    for recipe, version in (("recipe", 1), ("older", 2)):  # cleaned and chunked as now, and otherwise
        known = Previous("recipe", {"a.txt": (1, "a.txt")}, versions={article_digest(recipe, article): 1})
        intake = Intake(known, sandbox.prepare, store)
        for item in read([tmp_path]):
            intake.take(item)
        intake.keep_unreadable(lambda _: article)
        assert intake.versions == {"a.txt": version}
        assert intake.changes() == Changes(added=(), changed=(), removed=(), unchanged=1)
        assert intake.is_new == (version == 2)
    assert [prepared.article for prepared in stored] == [article]


def test_what_took_too_long_is_not_tried_again_until_it_changes(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Title\nText.")
    asked: list[Callable[[], Raw]] = []

    def prepare(read: Callable[[], Raw]) -> Prepared:
        asked.append(read)
        raise Skip("takes more than 20 seconds to read", costly=True)

    def run(known: Previous) -> Intake:
        intake = Intake(known, prepare, lambda _: 1)
        for item in read([tmp_path]):
            intake.take(item)
        assert [rejected.reason for rejected in intake.rejected] == ["takes more than 20 seconds to read"]
        return intake

    costly = run(Previous("recipe")).costly
    again = run(Previous("recipe", costly=costly))
    assert (len(asked), again.costly) == (1, costly)
    run(Previous("another recipe", costly=costly))
    (tmp_path / "a.txt").write_text("Title\nAnother text.")
    run(Previous("recipe", costly=costly))
    assert len(asked) == 3
