"""One article in several versions: the newest is searched, the others are kept."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from index.build.claims import address_of_page, alike, is_newer
from index.history import compact
from index.reindex import Report, reindex
from index.serving import Index
from index.store.archive import Archive
from index.store.database import Database
from index.store.folder import Folder
from index.values import Article
from tests.conftest import write
from tests.made import MORE, STORY

Run = Callable[..., Report]
FIRST = f"{STORY} {MORE}"
LATER = FIRST.replace("1 May", "8 May")
OTHER = "Teachers in Ellery return to work after a deal on pay, and their union called it a fair one on Friday."
PAGE = "https://courier.example/bridge"


def article(text: str = FIRST, day: str = "2025-04-02", title: str = "Bridge to close", **more: str) -> Article:
    return Article(
        id="a", title=title, text=text, published=date.fromisoformat(day) if day else None,
        updated=date.fromisoformat(more["updated"]) if "updated" in more else None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (PAGE, "http://www.courier.example/bridge/#top", True),
        (PAGE, "https://Courier.example/bridge?utm_source=mail&fbclid=1", True),
        ("https://courier.example/?p=1", "https://courier.example/?p=1&utm_medium=feed", True),
        ("https://courier.example/?p=1", "https://courier.example/?p=2", False),
        (PAGE, "https://courier.example/Bridge", False),
        (PAGE, "https://post.example/bridge", False),
        (PAGE, "https://courier.example:8443/bridge", False),
    ],
)
def test_addresses_are_compared_without_what_tracks_readers(one: str, other: str, same: bool) -> None:
    assert (address_of_page(one) == address_of_page(other)) is same


@pytest.mark.parametrize("url", ["", "https://courier.example", "https://courier.example/", "https://[", "x:99999/a"])
def test_the_address_of_a_site_is_no_article_s(url: str) -> None:
    assert address_of_page(url) == ""


@pytest.mark.parametrize(
    "url",
    [
        "https://www.courier.example/2025/05/bridge-closed",
        "http://courier.example/bridge/",
        "https://www.com/bridge",
        "https://www.www.example/a%20b,c+d~e.html",
        "https://courier.example//bridge//",
        "https://courier.example/",
        "https://1.2.3.4/bridge",
        "https://-.example/..",
    ],
)
def test_a_plain_address_is_the_same_taken_apart(url: str) -> None:
    assert address_of_page(url) == address_of_page(f"{url}#part")  # with a part, it is taken apart as the standard says


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param(article(), article(LATER), True, id="a day is another"),
        pytest.param(article(STORY), article(f"{STORY} {MORE} {OTHER}"), True, id="it has grown"),
        pytest.param(article(STORY), article(OTHER), True, id="one headline"),
        pytest.param(article(STORY), article(OTHER, title="Strike ends"), False, id="another story"),
        pytest.param(article(STORY, title=""), article(OTHER, title=""), False, id="no headline is no headline"),
    ],
)
def test_versions_are_alike(one: Article, other: Article, expected: bool) -> None:
    assert alike(one, other) is expected
    assert alike(other, one) is expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param(article(LATER, "2025-04-03"), article(), True, id="a later day"),
        pytest.param(article(LATER, "2025-04-01"), article(), False, id="an earlier day"),
        pytest.param(article(LATER, updated="2025-04-05"), article(day="2025-04-03"), True, id="updated later"),
        pytest.param(article(LATER, ""), article(), False, id="no day"),
        pytest.param(article(LATER), article(), True, id="what is read later on one day"),
        pytest.param(article(), article(), False, id="the same again"),
        pytest.param(article(STORY), article(), False, id="an excerpt of one day"),
        pytest.param(article(), article(STORY), True, id="the whole after its excerpt"),
        pytest.param(article(STORY, "2025-04-03"), article(), True, id="what was cut the next day"),
    ],
)
def test_the_newer_version_is_told(one: Article, other: Article, expected: bool) -> None:
    assert is_newer(one, other) is expected


def ids(index: Path) -> dict[str, str]:
    with Index.open(index) as opened, opened.generation() as current:
        return {one.id: one.text for one in current.articles()}


def earlier(index: Path, id_: str) -> list[str]:
    with Index.open(index) as opened, opened.generation() as current:
        return [one.text for one in current.earlier(id_)]


@pytest.fixture
def again(source: Path, index_path: Path, tiny_model: Path, checked_here: None) -> Run:
    return lambda **options: reindex([source], index_path, model=str(tiny_model), **options)


def test_two_pages_of_one_address_are_one_article(source: Path, index_path: Path, again: Run) -> None:
    write(source / "v1.md", "Bridge to close", FIRST, url=PAGE)
    assert again().added == ("bridge.md", "ferry.md", "school.md", "v1.md")
    write(source / "v2.md", "Bridge to close on 8 May", LATER, url=f"{PAGE}?utm_source=x", date="2026-03-04")
    rehearsed, report = again(dry_run=True), again()
    for one in (rehearsed, report):
        assert (one.added, one.changed, one.removed) == ((), ("v2.md",), ())
        assert [(older.place, older.newest) for older in one.older] == [("v1.md", "v2.md")]
    assert "v1.md" not in ids(index_path)
    assert earlier(index_path, "v2.md") == [FIRST]
    nothing = again()
    assert (nothing.generation, nothing.unchanged, nothing.embedded) == (2, 4, 0)
    (source / "v2.md").unlink()
    assert again().added == ("v1.md",)
    assert earlier(index_path, "v1.md") == []


def test_an_id_that_comes_again_is_the_same_article(source: Path, index_path: Path, again: Run) -> None:
    rows = [{"id": "wire-1", "title": "Bridge to close", "text": text, "published": day}
            for text, day in ((LATER, "2025-04-03"), (FIRST, "2025-04-02"), (FIRST, "2025-04-02"))]  # fmt: skip
    (source / "wire.jsonl").write_text("\n".join(map(json.dumps, rows)))
    assert not again().rejected
    assert ids(index_path)["wire-1"] == LATER
    assert earlier(index_path, "wire-1") == [FIRST]


def test_one_address_of_different_articles_hides_none(source: Path, index_path: Path, again: Run) -> None:
    write(source / "a.md", "Bridge to close", FIRST, url=PAGE)
    write(source / "b.md", "Strike ends", OTHER, url=PAGE)
    report = again()
    assert (report.older, report.articles) == ((), 5)


def test_what_a_text_was_before_is_kept_as_long_as_its_article(source: Path, index_path: Path, again: Run) -> None:
    for text in (FIRST, LATER, OTHER):
        write(source / "bridge.md", "Bridge to close", text)
        again()
    assert earlier(index_path, "bridge.md") == [LATER, FIRST]
    write(source / "bridge.md", "Bridge to close", FIRST)  # as it was: nothing is embedded again
    assert again().embedded == 0
    assert earlier(index_path, "bridge.md") == [OTHER, LATER]
    write(source / "bridge.md", "Bridge to close", FIRST, source="Harbour Post")  # the same words
    again()
    assert earlier(index_path, "bridge.md") == [OTHER, LATER]
    (source / "bridge.md").unlink()
    again(yes=True)
    with Database.open(Folder(index_path).archive) as database:
        assert Archive(database).earlier.versions() == set()  # they go with their article


def test_compacting_forgets_earlier_versions(source: Path, index_path: Path, again: Run) -> None:
    for text in (FIRST, LATER):
        write(source / "bridge.md", "Bridge to close", text)
        again()
    compact(index_path)
    assert earlier(index_path, "bridge.md") == []
    assert b"1 May" not in (index_path / "archive.sqlite").read_bytes()
    assert again().unchanged == 3
