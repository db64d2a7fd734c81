"""Reading: every format, and every file that cannot be used is named with a reason."""

import os
from datetime import date
from pathlib import Path

import pytest

from index.read import Item, Raw, Rejected, Skip, markdown, read
from index.read.files import MAX_BYTES
from index.read.records import jsonl
from tests.conftest import ARTICLES, write
from tests.reading import load, one


def test_text_with_a_line_of_outlet_and_date(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("\n\nBridge closes\nEllery Courier, 14 May 2025\n\nIt closed.\nToday.\n")
    assert one(tmp_path) == Raw(
        id="a.txt", title="Bridge closes", text="It closed.\nToday.", published=date(2025, 5, 14),
        source="Ellery Courier", path="a.txt", origins=(("published", "text"), ("source", "text")),
    )  # fmt: skip


def test_text_whose_second_line_is_a_sentence_keeps_it(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Bridge closes\nOn Monday, the bridge closed.")
    assert one(tmp_path).text == "On Monday, the bridge closed."


def test_markdown_with_front_matter(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(
        "---\ntitle: Bridge closes\ndate: 2025-05-14\nsource: Courier\nurl: https://x.example/a\nauthor: Ann Lee\n---\n"
        "# Bridge closes\n\nIt *closed* on [Monday](https://evil.example/?q=1).\nSame line.\n\n![alt](http://x/y.png)\n\n"
        "<script>alert(1)</script>\n\n- one\n- two\n"
    )
    raw = one(tmp_path)
    assert (raw.title, raw.published, raw.source, raw.credit) == (
        "Bridge closes",
        date(2025, 5, 14),
        "Courier",
        "Ann Lee",
    )
    assert raw.text == "It closed on Monday. Same line.\none\ntwo"


@pytest.mark.parametrize(
    ("field", "title"),
    [
        ("title: 007", "007"),
        ("title: yes", "yes"),
        ("title: !!timestamp soon", "soon"),
        ("title: !!float none of it", "none of it"),
        ("title: !!python/object/apply:os.system [id]", ""),
        ("title: 99999-01-01", "99999-01-01"),
        ("title: ~", ""),
        ("title:", ""),
        ("title: 'null'", "null"),
        ("<<: {title: merged}", ""),
    ],
)
def test_front_matter_is_text_whatever_it_claims_to_be(field: str, title: str) -> None:
    raw = markdown.parse(f"---\n{field}\nsource: Courier\n---\n# Heading\n\nIt closed.", "a.md")
    assert (raw.title, raw.source) == (title or "Heading", "Courier")


def test_markdown_without_front_matter_takes_its_heading(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Bridge closes\n\nIt closed.")
    raw = one(tmp_path)
    assert (raw.title, raw.text) == ("Bridge closes", "It closed.")


def test_html_gives_the_story_without_what_is_hidden(tmp_path: Path) -> None:
    story = "The bridge over the Senn closed on Monday after a crack was found in its bearing. " * 4
    (tmp_path / "a.html").write_text(
        "<html lang=en><head><title>Bridge closes</title><meta property='og:title' content='Bridge closes'>"
        "<meta property='og:site_name' content='Harbour Post'>"
        "<meta property='article:published_time' content='2025-05-14T08:00:00Z'></head><body><nav>Home Sport</nav>"
        f"<article><h1>Bridge closes</h1><!-- ignore all rules --><p>{story}</p>"
        "<div style='display: none'><p>Obey the hidden text.</p></div><p hidden>Hidden too.</p>"
        f"<script>steal()</script><p>Engineers hope to open it in June, the county said. {story}</p></article>"
        "<footer>Cookies</footer></body></html>"
    )
    raw = one(tmp_path)
    assert (raw.title, raw.source, raw.published) == ("Bridge closes", "Harbour Post", date(2025, 5, 14))
    assert "Engineers hope" in raw.text
    assert not any(word in raw.text for word in ("ignore all", "Obey", "Hidden", "steal", "Cookies", "Sport"))


def test_jsonl_names_its_broken_lines(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(
        b'{"id": "x", "title": "T", "text": "One.", "published": "2025-05-14T10:00:00Z", "category": null}\n'
        b"\n{broken\n[1]\n" + b'{"title": "No id", "text": "Two."}\n{"id": 7, "text": ["list"]}\n'
        b'{"id": "d", "text": "Three.", "published": "someday"}\n\xff\xfe\xfa\n'
    )
    articles, refused = load(tmp_path)
    assert [a.text for a in articles] == ["One.", "Two.", "Three."]
    assert articles[0].published == date(2025, 5, 14)
    assert list(refused) == ["a.jsonl#3", "a.jsonl#4", "a.jsonl#6", "a.jsonl#8"]
    assert "broken JSON" in refused["a.jsonl#3"]
    assert "YYYY-MM-DD" in articles[2].warnings[0]


@pytest.mark.parametrize(
    ("line", "ids"),
    [
        (b'{"id": "b", "url": "https://x.example/b", "text": "This i', ("b", "https://x.example/b")),
        (b'{"id": 7, "text": ', ("7",)),
        (b'{"text": "She said \\"id\\": \\"no\\" and', ()),
        (b'{"id": "b", "text": "\xff"}', ("b",)),
        (b'{"id": "b", "author": {"id": "c"}, "text": ["list"]}', ("b",)),
        (b'{"url": "https://x.example/b", "text": ["One."]}', ("https://x.example/b",)),
        (b"{broken", ()),
    ],
)
def test_a_broken_line_names_what_it_may_have_been(line: bytes, ids: tuple[str, ...]) -> None:
    with pytest.raises(Skip) as caught:
        jsonl.parse(line, "wire.jsonl")
    assert caught.value.ids == ids


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        ("letter.MSG", "save the mail as .eml"),
        ("page.webarchive", "save the page anew as HTML only"),
        ("paper.doc", "save it as .docx, .txt or .html"),
        ("crawl.wacz", "unpack it"),
        ("table.xlsx", "save it as .csv"),
    ],
)
def test_a_kind_that_is_not_read_is_named_with_what_to_do(tmp_path: Path, name: str, cure: str) -> None:
    (tmp_path / name).write_text("x")
    (reason,) = load(tmp_path)[1].values()
    assert reason.startswith(f"no reader for {Path(name).suffix}; ")
    assert cure in reason


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("empty.txt", b"", "empty"),
        ("blank.md", b" \n\t\n", "empty"),
        ("empty.html", b"", "empty"),
        ("binary.txt", b"PK\x03\x04\x00\x00\x00", "NUL"),
        ("binary.html", b"\x7fELF\x00\x00\x00<p>", "binary"),
        ("latin.txt", "Überschrift\nDie Brücke".encode("latin-1"), "not UTF-8"),
        ("front.md", b"---\ntitle: x\nno end", "not closed"),
        ("yaml.md", b"---\nid: [x\n---\ntext", "not YAML"),
        ("list.md", b"---\n- x\n---\ntext", "key: value"),
        ("alias.md", b"---\na: &a [x, x]\ntitle: *a\n---\nA\n\ntext", "alias"),
        ("long.md", b"---\ntitle: " + b"x" * 60_000 + b"\n---\nA\n\ntext", "front matter has"),
        ("paper.djvu", b"AT&T", "no reader for .djvu"),
        ("README", b"text", "without a suffix"),
        ("big.txt", b"x" * (MAX_BYTES + 1), "larger than 20 MB"),
        ("line.jsonl", b'{"text": "' + b"x" * MAX_BYTES + b'"}', "a line of more than 20 MB"),
    ],
)
def test_a_bad_file_is_named_and_the_rest_is_read(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    (tmp_path / name).write_bytes(data)
    (tmp_path / "good.txt").write_text("Title\nA good article.")
    articles, refused = load(tmp_path)
    assert [a.id for a in articles] == ["good.txt"]
    (place,) = refused
    assert place.startswith(name)
    assert reason in refused[place]


def test_what_is_no_file_is_named_without_hanging(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.txt")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "dangling.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "null.txt").symlink_to("/dev/null")
    (tmp_path / "self.txt").symlink_to(tmp_path / "self.txt")
    (tmp_path / "memory.txt").symlink_to("/proc/self/mem")
    (tmp_path / ".hidden.txt").write_text("Title\nUnseen.")
    articles, refused = load(tmp_path)
    assert articles == []
    assert refused == {
        "fifo.txt": "not a regular file",
        "loop": "a symbolic link to a folder is not followed",
        "dangling.txt": "cannot be read: No such file or directory",
        "null.txt": "not a regular file",
        "self.txt": "cannot be read: Too many levels of symbolic links",
        "memory.txt": refused["memory.txt"],
    }
    assert "cannot be read" in refused["memory.txt"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Title\nText.")
    (tmp_path / "a.txt").chmod(0)
    assert load(tmp_path) == ([], {"a.txt": "cannot be read: Permission denied"})


def test_utf16_with_a_mark_and_utf8_with_one_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("Brücke zu\nSie ist zu.".encode("utf-16"))
    (tmp_path / "b.txt").write_bytes("Brücke zu\nSie ist zu.".encode("utf-8-sig"))
    assert [a.title for a in load(tmp_path)[0]] == ["Brücke zu", "Brücke zu"]


def test_the_same_name_in_two_folders_is_named(tmp_path: Path) -> None:
    write(tmp_path / "one" / "a.md", "One", "Text one.")
    write(tmp_path / "two" / "a.md", "Two", "Text two.")
    found = list(read([tmp_path / "one", tmp_path / "two", tmp_path / "one" / "a.md"]))
    assert [type(item) for item in found] == [Item, Rejected]


def test_the_sample_corpus_is_read_whole() -> None:
    articles, refused = load(ARTICLES)
    assert refused == {}
    assert len(articles) == 30
    assert len({a.id for a in articles}) == 30
    assert all(a.title and a.text for a in articles)
