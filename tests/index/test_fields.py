"""What is known of an article beside its text, and where that was found."""

from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest

from index import Article
from index.build.intake import _raw
from index.build.prepare import Prepared, prepare
from index.embed.model import SentenceEmbeddings
from index.read import Raw
from index.read.html import parse
from index.reindex import reindex
from index.serving import Index
from index.text.byline import authors_of
from index.text.language import language_of
from index.text.pages import MARK, marked, remarked, unmarked
from qa.answer.verify import cite
from tests import made
from tests.reading import one


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("By Ann Lee and Bo Ray, political editor", ("Ann Lee", "Bo Ray")),
        ("Ann Lee; Bo Ray; Ann Lee", ("Ann Lee", "Bo Ray")),
        ("by: Jan van der Meer in Tarn", ("Jan van der Meer",)),
        ("Ann Lee, Bo Ray & Cy Po", ("Ann Lee", "Bo Ray", "Cy Po")),
        ("Von Jörg Müller und Änne Öhl", ("Jörg Müller", "Änne Öhl")),
        ("Sam Po, Jr.", ("Sam Po, Jr.",)),
        ("Ann Lee (Tarn)", ("Ann Lee",)),
        ("ANN LEE", ("ANN LEE",)),
        ("Associated Press", ()),
        ("Reuters Staff", ()),
        ("Courier newsroom", ()),
        ("Tarn Valley Wire", ()),
        ("Ann Lee, Senn Valley Times", ("Ann Lee",)),
        ("By Ora Post, Jim Courier and Li Sun", ("Ora Post", "Jim Courier", "Li Sun")),  # outlets' names, and surnames
        ("ann@courier.example", ()),
        ("Updated 14 May 2025", ()),
        ("", ()),
    ],
)
def test_authors_are_the_persons_of_a_byline(byline: str, names: tuple[str, ...]) -> None:
    assert authors_of(byline) == names


GERMAN = (
    "Die Brücke über die Senn ist seit Montag gesperrt, weil ein Lager gebrochen ist. Sie bleibt es bis zum Herbst."
)
FRENCH = "La mairie a annoncé lundi que le pont serait fermé jusqu’en septembre. Les habitants ont demandé une réunion."


@pytest.mark.parametrize(
    ("text", "declared", "expected"),
    [
        (made.STORY, "", ("en", "text")),
        (GERMAN, "en-GB", ("de", "text")),
        (FRENCH, "", ("fr", "text")),
        ("Lara 3, Ambrose 4", "en-GB", ("en", "file")),
        ("Lara 3, Ambrose 4", "", ("", "")),
        ("Lara 3, Ambrose 4", "english, mostly", ("", "")),
    ],
)
def test_words_tell_the_language_before_what_is_declared(text: str, declared: str, expected: tuple[str, str]) -> None:
    assert language_of(text, declared) == expected


NOT_PLAINLY_ENGLISH = {
    "German": GERMAN,
    "Dutch": "De brug over de Senn was maandag dicht. Het water is te hoog, en de bus rijdt om tot het beter is.",
    "Danish": "Broen over Senn er lukket fra mandag, for et leje er i stykker, og alle har at vente til oktober.",
    "Afrikaans": "Die brug was Maandag toe, en die bus is by die stasie. Sy sê dat hy more weer sal ry as dit kan.",
    "Pidgin": "Di govment don close di bridge for Senn river and e go still dey close until dem don fix am finish.",
    "names": "The Ellery Choir, the Osk Hill Band, the Tarn Trio, the Corrick Players, Lara Voss, Ora Post",
    "two languages": f"{GERMAN} The bridge is closed, and lorries go by the tunnel.",
    "few words": "The bridge, the ferry, the tram, the market and the harbour: the list of the mayor to the council",
}


def test_plain_english_is_told_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.text.language._classified", lambda _: ("nothing", 1.0))
    assert language_of(made.STORY) == language_of(made.MORE, "de") == ("en", "text")


@pytest.mark.parametrize("text", NOT_PLAINLY_ENGLISH.values(), ids=NOT_PLAINLY_ENGLISH.keys())
def test_the_library_tells_the_language_of_all_else(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("index.text.language._classified", lambda _: ("asked", 1.0))
    assert language_of(text) == ("asked", "text")


def page(head: str, body: str = "") -> Raw:
    story = f"<article><h1>Bridge to close</h1>{body}<p>{made.STORY}</p><p>{made.MORE}</p></article>"
    return parse(
        f"<html lang=en><head><title>Bridge to close</title>{head}</head><body>{story}</body></html>".encode(), "a"
    )


@pytest.mark.parametrize(
    ("head", "body", "where"),
    [
        (
            '<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"2025-04-02"}</script>',
            "",
            "JSON-LD",
        ),
        ("<meta property='article:published_time' content='2025-04-02'>", "", "meta"),
        ("", "<time pubdate datetime='2025-04-02'>today</time>", "markup"),
        ("", "<p>Published 2 April 2025</p>", "text"),
        ("<link rel=canonical href='https://x.example/2025/04/02/bridge'>", "", "address"),
    ],
)
def test_a_page_says_where_its_day_was_found(head: str, body: str, where: str) -> None:
    raw = page(head, body)
    assert raw.published == date(2025, 4, 2)
    assert dict(raw.origins)["published"] == where


def test_an_update_is_not_the_publication() -> None:
    published = "<meta property='article:published_time' content='2025-04-02'>"
    raw = page(f"{published}<meta property='article:modified_time' content='2025-05-01'>")
    assert (raw.published, raw.updated) == (date(2025, 4, 2), date(2025, 5, 1))


def test_each_field_of_a_record_names_its_key(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(
        '{"headline": "T", "body": "It closes.", "pubDate": "2025-04-02", "lastmod": "2025-05-01", "lang": "en",'
        ' "byline": "Ann Lee", "publisher": {"name": "Courier"}}'
    )
    raw = one(tmp_path)
    assert (raw.updated, raw.language) == (date(2025, 5, 1), "en")
    assert dict(raw.origins) == {
        "source": "key publisher", "authors": "key byline", "published": "key pubDate", "updated": "key lastmod",
    }  # fmt: skip


def prepared(raw: Raw, embeddings: SentenceEmbeddings) -> Prepared:
    return prepare(raw, tokens=embeddings.tokens, budget=embeddings.chunk_tokens, recipe="r")


def test_a_raw_article_has_the_fields_of_an_article_with_their_types_and_defaults() -> None:
    raw, article = ({one.name: (one.type, one.default) for one in fields(kind)} for kind in (Raw, Article))
    shared = raw.keys() & article.keys()
    assert {name: raw[name] for name in shared} == {name: article[name] for name in shared}
    assert (raw.keys() - shared, article.keys() - shared) == ({"warnings"}, {"authors", "pages"})


def test_an_update_before_the_publication_is_none(embeddings: SentenceEmbeddings) -> None:
    raw = Raw(id="a", title="T", text=made.STORY, published=date(2025, 4, 2), updated=date(2025, 4, 1))
    assert prepared(raw, embeddings).article.updated is None


@pytest.mark.parametrize(
    ("pages", "text", "starts"),
    [
        ([["One two."], ["Three."]], "One two.\nThree.", (0, 9)),
        ([["cut infor-"], ["mation, ends"]], "cut infor-\nmation, ends", (0, 11)),
        ([["One."], [], ["", "Three."]], "One.\n\nThree.", (0, 6, 6)),
        ([["", ""], ["Two."]], "\n\nTwo.", (0, 2)),
        ([["One."]], "One.", ()),
        ([], "", ()),
        ([[f"O{MARK}ne."], ["Two."]], "One.\nTwo.", (0, 5)),
    ],
)
def test_marks_follow_the_pages_and_leave_the_text(pages: list[list[str]], text: str, starts: tuple[int, ...]) -> None:
    assert unmarked("\n".join(marked(pages))) == (text, starts)
    assert unmarked(remarked(text, starts)) == (text, starts)


def test_a_citation_names_the_page_on_which_it_begins(tmp_path: Path, embeddings: SentenceEmbeddings) -> None:
    pages = [["Bridge to close", "", "The bridge will close on 1 May, which will be a"],
             ["Monday, the county said. It will open again in autumn."], ["The ferry will run each hour."]]  # fmt: skip
    (tmp_path / "a.pdf").write_bytes(made.pdf(*pages))
    article = prepared(one(tmp_path), embeddings).article
    assert article.title == "Bridge to close"
    assert "\ue00c" not in article.text
    for words, number in (("The bridge", 1), ("Monday", 2), ("It will open", 2), ("The ferry", 3)):
        start = article.text.index(words)
        assert cite(1, article, start, start + 5).page == number
    assert cite(1, Article(id="a", title="", text="One."), 0, 4).page is None
    assert prepared(_raw(article), embeddings).article == article  # as an article that is kept is prepared again


@pytest.mark.slow
def test_what_is_known_of_an_article_is_kept(tmp_path: Path, tiny_model: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "a.pdf").write_bytes(made.pdf(["Bridge to close", "By Ann Lee", "", made.STORY], [made.MORE]))
    for _ in range(2):
        report = reindex([tmp_path / "a"], tmp_path / "index", model=str(tiny_model))
    assert report.unchanged == 1
    with Index.open(tmp_path / "index", model=str(tiny_model)) as opened, opened.generation() as current:
        article = current.article("a.pdf")
    assert article is not None
    assert (article.authors, article.language, len(article.pages)) == (("Ann Lee",), "en", 2)
    assert article.text[article.pages[1] :].startswith("Ole Brand")
    assert dict(article.origins) == {"authors": "text", "language": "text"}
