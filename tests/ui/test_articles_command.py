"""The command `dateline articles`: what the index holds, what is known of each article, and what was rejected."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from index import Article, BadRequestError
from index.reindex import reindex
from tests import made
from ui.terminal.articles import articles
from ui.terminal.articles.difference import difference

Run = Callable[..., str]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> Path:
    """An index of a feed, a PDF, a page of another language, and a file that cannot be read."""
    folder = tmp_path_factory.mktemp("listed")
    (folder / "news").mkdir()
    (folder / "news" / "a.rss").write_bytes(made.rss(made.rss_item(1), made.rss_item(2)))
    (folder / "news" / "a2.rss").write_bytes(made.rss(made.rss_item(2, made.STORY.replace("1 May", "8 May"))))
    (folder / "news" / "b.pdf").write_bytes(made.pdf(["Mill to close", "By Bo Ray", "", made.MORE], [made.STORY]))
    german = "Die Brücke über die Senn ist seit Montag gesperrt, weil ein Lager gebrochen ist, sagte der Kreis."
    (folder / "news" / "c.txt").write_text(f"Brücke zu\nSenn-Bote, 3 April 2025\n\n{german}\n")
    (folder / "news" / "d.doc").write_bytes(b"old")
    page = made.PAGE.replace("</p><p>", "</p><p>Read more: Ferry starts</p><p>").replace("2025-04-02T", "2025-03-01T")
    (folder / "news" / "e.html").write_text(page, encoding="utf-8")
    reindex([folder / "news"], folder / "index", model=str(tiny_model))
    return folder / "index"


@pytest.fixture
def run(filled: Path) -> Run:
    def called(*arguments: str) -> str:
        done = CliRunner().invoke(articles, [*arguments, "--index", str(filled)])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.stdout

    return called


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "ids"),
    [
        ([], ["c.txt", "https://courier.example/?p=1", "https://courier.example/?p=2", "e.html", "b.pdf"]),
        (["--author", "ann lee"], ["https://courier.example/?p=1", "https://courier.example/?p=2"]),
        (["--author", "Bo Ray"], ["b.pdf"]),
        (["--author", "Bo Ray", "--language", "de"], []),
        (["--language", "DE"], ["c.txt"]),
        (["--source", "Ellery Courier", "--most", "1"], ["https://courier.example/?p=1"]),
        (["--since", "2025-04-03"], ["c.txt"]),
    ],
    ids=lambda value: " ".join(value) if value and value[0].startswith("-") else "",
)
def test_articles_are_listed_newest_first_and_filtered(run: Run, arguments: list[str], ids: list[str]) -> None:
    lines = run("list", *arguments)
    assert [one["id"] for one in json.loads(run("list", *arguments, "--json"))] == ids
    assert all(f"[{id_}]" in lines for id_ in ids)
    assert ids or lines == "No such articles.\n"


@pytest.mark.slow
def test_an_article_is_shown_with_where_each_field_was_found(run: Run) -> None:
    shown = run("show", "https://courier.example/?p=1").split("\n")
    assert shown[:3] == ["Bridge 1", "id: https://courier.example/?p=1", "source: Ellery Courier"]
    assert {"published: 2025-04-02  (feed)", "authors: Ann Lee  (feed)", "language: en  (text)"} <= {*shown}
    assert shown[-2] == made.STORY
    assert json.loads(run("show", "b.pdf", "--json"))["pages"][0] == 0
    assert "pages: 2" in run("show", "b.pdf")


@pytest.mark.slow
def test_what_an_article_said_before_is_shown_if_asked_for(run: Run) -> None:
    id_ = "https://courier.example/?p=2"
    assert run("show", id_).endswith("1 earlier version: add --versions.\n")
    both = run("show", id_, "--versions")
    assert both.index("on 8 May") < both.index("on 1 May")
    assert "on 1 May" in json.loads(run("show", id_, "--versions", "--json"))["earlier"][0]["text"]
    assert json.loads(run("show", "b.pdf", "--json"))["earlier"] == 0


@pytest.mark.slow
def test_what_cleaning_took_out_is_shown(run: Run, filled: Path) -> None:
    before, after = run("show", "e.html", "--raw"), run("show", "e.html", "--clean")
    assert "Read more: Ferry starts" in before
    assert after == f"{made.STORY}\n{made.MORE}\n"
    assert run("show", "e.html", "--diff") == f"  {made.STORY}\n- Read more: Ferry starts\n  {made.MORE}\n"
    with pytest.raises(BadRequestError, match="give one"):
        run("show", "e.html", "--raw", "--diff")
    (filled.parent / "news" / "e.html").rename(filled.parent / "e.html")
    with pytest.raises(BadRequestError, match="is not where it was read"):
        run("show", "e.html", "--raw")
    (filled.parent / "e.html").rename(filled.parent / "news" / "e.html")


def test_lines_that_are_not_searched_are_marked() -> None:
    text = "Write to us at the desk.\nThe bridge will close.\nIt opens in autumn."
    article = Article(id="a", title="Bridge", text=text, boilerplate=((0, 24),))
    before = "Write to us at the desk.\n\nThe bridge  will close.\nAdvertisement\nIt opens in autumn."
    shown = ["~ Write to us at the desk.", "  The bridge will close.", "- Advertisement", "  It opens in autumn."]
    assert list(difference(before, article)) == shown


@pytest.mark.slow
def test_an_unknown_id_says_how_to_find_one(run: Run) -> None:
    with pytest.raises(BadRequestError, match="dateline articles list"):
        run("show", "nothing")


@pytest.mark.slow
def test_what_was_rejected_is_listed_with_the_cure(run: Run) -> None:
    assert run("rejected") == "d.doc: no reader for .doc; save it as .docx, .txt or .html\n"
    assert json.loads(run("rejected", "--json"))[0]["path"] == "d.doc"
