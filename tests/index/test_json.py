"""JSON: the names that fields go by, the shapes that files have, and text that is markup."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from index.read import Item, Raw, Skip, read
from index.read.records.jsonl import parse

DAY = date(2024, 10, 2)
STORY = "The bridge over the Senn will close on 1 May, its owner said."
RECORD = {"id": "a", "title": "Bridge to close", "text": STORY}


def one(**record: Any) -> Raw:
    return parse(json.dumps(record).encode(), "a.jsonl")


def load(folder: Path) -> tuple[list[Raw], dict[str, str]]:
    articles, refused = [], {}
    for item in read([folder]):
        assert isinstance(item, Item)
        try:
            articles.append(item.read())
        except Skip as error:
            refused[item.place] = str(error)
    return articles, refused


@pytest.mark.parametrize(
    "key",
    [
        "published",
        "date",
        "publishedAt",
        "published_at",
        "pubDate",
        "pub_date",
        "datePublished",
        "date_publish",
        "Date",
    ],
)
def test_names_of_the_date(key: str) -> None:
    assert one(**RECORD, **{key: "2024-10-02T13:00:00Z"}).published == DAY


@pytest.mark.parametrize("key", ["text", "content", "body", "articleBody", "maintext", "Text", "full_text"])
def test_names_of_the_text(key: str) -> None:
    assert one(title="Bridge to close", **{key: STORY}).text == STORY


@pytest.mark.parametrize(
    ("record", "field", "value"),
    [
        ({"headline": "Bridge shut", "title": None}, "title", "Bridge shut"),
        ({"source": {"id": None, "name": "Courier"}}, "source", "Courier"),
        ({"publisher": "Courier"}, "source", "Courier"),
        ({"outlet": "Courier"}, "source", "Courier"),
        ({"source_domain": "x.example", "sitename": "Courier"}, "source", "Courier"),
        ({"link": "https://x.example/a"}, "url", "https://x.example/a"),
        ({"source": "https://x.example/a", "source-hostname": "Courier"}, "url", "https://x.example/a"),
        ({"source": "https://x.example/a", "source-hostname": "Courier"}, "source", "Courier"),
        ({"domain": "x.example"}, "source", "x.example"),
        ({"author": 3, "byline": "Ann Lee"}, "credit", "Ann Lee"),
        ({"categories": [4, 5]}, "category", ""),
        ({"headline": {"main": "Mill"}, "title": ""}, "title", "Mill"),
        ({"byline": {"original": "By Ann Lee"}}, "credit", "By Ann Lee"),
        ({"date": {"$date": "2024-10-02T00:00:00Z"}}, "published", DAY),
        ({"tags": "Senn; bridges"}, "topics", ("Senn", "bridges")),
        ({"section": "Local"}, "category", "Local"),
        ({"category": ["Local", "Economy", "Local"]}, "category", "Local; Economy"),
        ({"author": "Ann Lee"}, "credit", "Ann Lee"),
        ({"authors": ["Ann Lee", {"name": "Bo Ray"}]}, "credit", "Ann Lee; Bo Ray"),
        ({"byline": "By Ann Lee"}, "credit", "By Ann Lee"),
        ({"tags": ["Senn", " bridges "]}, "topics", ("Senn", "bridges")),
        ({"keywords": "Senn, bridges"}, "topics", ("Senn", "bridges")),
        ({"title": 1984}, "title", "1984"),
        ({"title": "Ray&#8217;s <i>bridge</i> &amp; mill"}, "title", "Ray’s bridge & mill"),
    ],
)
def test_names_and_shapes_of_other_fields(record: dict[str, Any], field: str, value: object) -> None:
    assert getattr(one(**{**RECORD, **record}), field) == value


@pytest.mark.parametrize(
    ("record", "warning"),
    [
        ({"published": "soon"}, "'soon' cannot be read"),
        ({"crawl_time": "2024-10-02"}, "not 'crawl_time'"),
        ({"created_at": "2024-10-02", "x": 1}, "not 'created_at'"),
        ({"category": 1.5}, "'category' is not text"),
        ({"source": ["a"]}, "'source' is not text"),
        ({"author": True}, "'author' is not text"),
    ],
)
def test_what_is_not_used_is_said_and_costs_no_article(record: dict[str, Any], warning: str) -> None:
    raw = one(**RECORD, **record)
    assert (raw.text, raw.published) == (STORY, None)
    assert warning in raw.warnings[0]


def test_nothing_is_said_where_all_is_used() -> None:
    assert one(**RECORD, published="2024-10-02", crawl_time="2024-11-01", views=7).warnings == ()


@pytest.mark.parametrize("id_", [True, 1.0, ["a"], {"a": 1}])
def test_an_id_that_is_no_text_is_refused(id_: object) -> None:
    with pytest.raises(Skip, match="'id' is not text"):
        one(title="Bridge", text=STORY, id=id_)


def test_an_id_may_be_a_whole_number() -> None:
    assert one(title="Bridge", text=STORY, id=7).id == "7"


def test_an_id_may_be_a_database_s() -> None:
    assert one(title="Bridge", text=STORY, _id={"$oid": "65aa"}).id == "65aa"


def test_a_record_without_text_names_its_keys() -> None:
    with pytest.raises(Skip, match="the key text, content or body is read, not 'abstract'"):
        one(title="Bridge", abstract="It closes.")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "<p>It closed.</p><p>Ole <b>Brand</b> said so.&nbsp;Yes.</p><script>x()</script>",
            "It closed.\nOle Brand said so. Yes.",
        ),
        ("It closed.\\nIts owner said so.", "It closed.\nIts owner said so."),
        ("It closed. It was… [+1234 chars]", "It closed. It was…"),
        ("a < b and c > d", "a < b and c > d"),
        ("AT&T bought C:\\new\\name", "AT&T bought C:\\new\\name"),
        ("Line one\n\nLine two", "Line one\n\nLine two"),
    ],
)
def test_text_is_shown_as_a_reader_would_see_it(text: str, shown: str) -> None:
    assert one(title="Bridge", text=text).text == shown


def test_hard_wrapped_text_has_whole_sentences() -> None:
    text = (
        "The bridge over the Senn will close on 1 May, and it will not open\nagain before the autumn, its owner said."
    )
    assert one(title="Bridge", text=text).text == text.replace("\n", " ")


TWO = [{**RECORD, "id": "a"}, {**RECORD, "id": "b"}]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.jsonl", json.dumps(TWO)),
        ("a.jsonl", json.dumps(TWO, indent=2)),
        ("a.jsonl", "\n".join(json.dumps(record, indent=1) for record in TWO)),
        ("a.jsonl", "\r\n".join(map(json.dumps, TWO)) + "\r\n"),
        ("a.jsonl", "\r".join(map(json.dumps, TWO))),
        ("a.jsonl", "\ufeff" + "\n".join(map(json.dumps, TWO))),
        ("a.jsonl", "\ufeff\n\n" + json.dumps(TWO)),
        ("A.JSONL", "\n".join(map(json.dumps, TWO))),
        ("a.ndjson", "\n".join(map(json.dumps, TWO))),
        ("a.json", json.dumps(TWO)),
        ("a.json", json.dumps({"status": "ok", "articles": TWO, "sources": []})),
        ("a.json", json.dumps({"response": {"results": TWO}}, indent=1)),
        ("a.json", json.dumps({"hits": {"total": 2, "hits": [{"_id": r["id"], "_source": r} for r in TWO]}})),
        ("a.jsonl", "\n".join(json.dumps({"id": r["id"], "fields": {"bodyText": r["text"]}}) for r in TWO)),
        ("a.json", json.dumps({record["id"]: {"title": "B", "text": record["text"]} for record in TWO})),
    ],
    ids=["array", "tall array", "tall objects", "CRLF", "CR", "mark", "mark and blanks", "capitals", "ndjson", "json",
         "answer", "response", "search", "within", "by id"],
)  # fmt: skip
def test_shapes_of_files(tmp_path: Path, name: str, data: str) -> None:
    (tmp_path / name).write_bytes(data.encode())
    articles, refused = load(tmp_path)
    assert refused == {}
    assert [article.id for article in articles] == ["a", "b"]


def test_a_json_feed_names_its_outlet(tmp_path: Path) -> None:
    items = [{"id": "1", "content_html": f"<p>{STORY}</p>"}]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Courier", "language": "en", "items": items}
    (tmp_path / "a.json").write_text(json.dumps(feed))
    ((raw,), _) = load(tmp_path)
    assert (raw.source, raw.language, raw.text) == ("Courier", "en", STORY)


def test_one_object_is_one_article(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({**RECORD, "authors": [{"name": "Ann Lee"}]}, indent=2))
    articles, refused = load(tmp_path)
    assert (len(articles), refused) == (1, {})
    assert articles[0].credit == "Ann Lee"


def test_a_broken_first_line_leaves_lines_their_numbers(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("[1,\n" + "\n".join(map(json.dumps, TWO)) + "\n[2]\n")
    articles, refused = load(tmp_path)
    assert [article.id for article in articles] == ["a", "b"]
    assert list(refused) == ["a.jsonl#1", "a.jsonl#4"]


def test_utf16_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(json.dumps(RECORD).encode("utf-16"))
    (rejected,) = read([tmp_path])
    assert "save it as UTF-8" in rejected.reason  # type: ignore[union-attr]


def test_a_line_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(
        json.dumps(RECORD).encode() + b'\n{"title": "Caf\xe9", "text": "The caf\xe9."}\n'
    )
    articles, refused = load(tmp_path)
    assert len(articles) == 1
    assert "iconv -f windows-1252" in refused["a.jsonl#2"]
