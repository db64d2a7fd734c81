"""Markdown: front matter of every kind, titles as they are written, and what of the text is story."""

from datetime import date

import pytest

from index.read import Raw, Skip
from index.read.markdown import parse

DAY = date(2024, 10, 2)
STORY = "The bridge over the Senn will close on 1 May, its owner said."


def titled(line: str) -> Raw:
    return parse(f"---\n{line}\ndate: 2024-10-02\n---\n{STORY}\n", "a.md")


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("title: Bridge to close", "Bridge to close"),
        ("title: Bridge to close: 240 jobs go", "Bridge to close: 240 jobs go"),
        ("title: @mayor quits", "@mayor quits"),
        ("title: %5 rise in fares", "%5 rise in fares"),
        ("title: *Exclusive* bridge to close", "*Exclusive* bridge to close"),
        ("title: *Exclusive*", "*Exclusive*"),
        ("title: & then there were none", "& then there were none"),
        ("title: Bridge #4 to close", "Bridge #4 to close"),
        ("title: [Exclusive] Bridge to close", "[Exclusive] Bridge to close"),
        ("title: {{ headline }}", "{{ headline }}"),
        ("title: ! important", "! important"),
        ("title: `code` and more", "`code` and more"),
        ("title: 'Mill's owner: we close'", "Mill's owner: we close"),
        ('title: "We close", says owner', '"We close", says owner'),
        ("title: 'We close' says owner: 'soon'", "We close' says owner: 'soon"),
        ('title: "Bridge to close: 240 jobs go"', "Bridge to close: 240 jobs go"),
        ('title: "Bridge \\"Senn\\" to close"', 'Bridge "Senn" to close'),
        ("title: 'It''s closed'", "It's closed"),
        ("title: Bridge\n  to close", "Bridge to close"),
        ("title: >\n  Bridge\n  to close", "Bridge to close"),
        ("title:\tBridge to close", "Bridge to close"),
        ("title: 1984", "1984"),
        ("title: no", "no"),
        ("headline: Bridge to close", "Bridge to close"),
        ("Title: Bridge to close", "Bridge to close"),
        ("title: Ray&#8217;s bridge", "Ray’s bridge"),
    ],
)
def test_a_title_is_as_it_is_written(line: str, title: str) -> None:
    raw = titled(line)
    assert (raw.title, raw.published, raw.text) == (title, DAY, STORY)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("---\nid: [x\ntitle: y\n---\ntext", ("line", "put the value in quotes")),
        ("---\nid: a: b\n---\ntext", ("line 2", "'id: a: b'", "put the value in quotes")),
        ("---\ntitle: Bridge\ndate: 2024-10-02\n\nText", ("not closed", "put a line ---")),
        ("+++\ntitle = Bridge\n+++\ntext", ("TOML", "line 1", "quotes")),
        ('+++\ntitle = "Bridge"\n\ntext', ("not closed", "put a line +++")),
        ('{\n"title": Bridge\n}\n\ntext', ("JSON", "line 2")),
        ("---\n- x\n---\ntext", ("key: value",)),
        ("---\na: &a [x, x]\nid: *a\n---\ntext", ("alias",)),
    ],
)
def test_front_matter_that_cannot_be_read_is_named_with_a_cure(text: str, words: tuple[str, ...]) -> None:
    with pytest.raises(Skip) as caught:
        parse(text, "a.md")
    assert all(word in str(caught.value) for word in words), str(caught.value)
    assert "mapping" not in str(caught.value)
    assert "scalar" not in str(caught.value)


@pytest.mark.parametrize(
    "front",
    [
        "---\ntitle: Bridge\ndate: 2024-10-02T13:00:00Z\nsource: Courier\nauthor: Ann Lee\ntags: [Senn, jobs]\n---\n",
        "---\ntitle: Bridge\ndate: 2024-10-02\nsource: Courier\nauthor: Ann Lee\ntags:\n  - Senn\n  - jobs\n...\n",
        "---\r\ntitle: Bridge\r\npubDate: 2 Oct 2024\r\npublisher: Courier\r\nauthors: [Ann Lee]\r\n"
        "tags: Senn, jobs\r\n---\r\n",
        '+++\ntitle = "Bridge"\ndate = 2024-10-02T13:00:00Z\nsource = "Courier"\nauthor = "Ann Lee"\n'
        'tags = ["Senn", "jobs"]\n+++\n',
        '{\n"title": "Bridge", "date": "2024-10-02", "source": {"name": "Courier"},\n'
        '"authors": ["Ann Lee"], "tags": ["Senn", "jobs"]}\n',
        "---\n# a comment\ntitle: Bridge # with a mark\npublished: Oct. 2, 2024 # checked\n"
        "source: Courier\nbyline: Ann Lee\nkeywords: [Senn, jobs]\n---\n",
    ],
    ids=["YAML", "dots", "CRLF", "TOML", "JSON", "comments"],
)
def test_front_matter_of_every_kind(front: str) -> None:
    raw = parse(f"{front}\n{STORY}\n", "a.md")
    assert raw.title.startswith("Bridge")
    assert (raw.published, raw.source, raw.credit, raw.topics) == (DAY, "Courier", "Ann Lee", ("Senn", "jobs"))
    assert (raw.text, raw.warnings) == (STORY, ())


@pytest.mark.parametrize("rule", ["---\n\n", "---\n# ", "***\n\n", "- - -\n\n"])
def test_a_rule_at_the_top_is_no_front_matter(rule: str) -> None:
    raw = parse(f"{rule}# Bridge to close\n\n{STORY}\n\n---\n\nThe end.".replace("# # ", "# "), "a.md")
    assert (raw.title, raw.text) == ("Bridge to close", f"{STORY}\nThe end.")


@pytest.mark.parametrize("text", ["{ is a brace.", "{}", "{Ellery} The bridge closed."])
def test_a_brace_at_the_top_is_text(text: str) -> None:
    assert text[:7] in parse(f"{text}\n\n{STORY}", "a.md").text or text == "{}"


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("2024-10-02-mill.md", DAY),
        ("posts/2024-10-02.md", DAY),
        ("mill_2024-10-02_final.md", DAY),
        ("2024-10-02/mill.md", None),
        ("mill-2024-13-40.md", None),
        ("12024-10-02.md", None),
    ],
)
def test_the_name_of_the_file_gives_the_day_if_nothing_else_does(name: str, day: date | None) -> None:
    assert parse(f"# Bridge\n\n{STORY}", name).published == day
    assert parse(f"---\ndate: 2023-01-01\n---\n# Bridge\n\n{STORY}", name).published == date(2023, 1, 1)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "| Party | Seats |\n|---|--:|\n| Greens | 4 |\n| Valley List | **14** |",
            "Greens, Seats: 4\nValley List, Seats: 14",
        ),
        ("| Party | Seats | Votes |\n|---|---|---|\n| Greens | | 9 |", "Greens, Votes: 9"),
        ("The loss of ~~420~~ 240 jobs.", "The loss of  240 jobs."),
        ("The loss of <del>420</del> 240 jobs.", "The loss of  240 jobs."),
        ("It closed.[^1] It opened.[^b]\n\n[^1]: The Courier, page 4.", "It closed. It opened.\nThe Courier, page 4."),
        ("The [[Senn Bridge|bridge]] in [[Ellery]] closed. ![[map.png]]", "The bridge in Ellery closed."),
        ("A ==marked== word, 1 == 1.", "A marked word, 1 == 1."),
        ("Before ![a picture](a.jpg) after.", "Before  after."),
        ("One<br>two  \nthree\nfour", "One\ntwo\nthree four"),
        ("- [x] done\n- [ ] open\n- [link](https://x.example)", "done\nopen\nlink"),
        ("It is [1] and [sic] and array[0][1].", "It is [1] and [sic] and array[0][1]."),
        ("Fares ~5 to ~7 and 2 * 3 * 4.", "Fares ~5 to ~7 and 2 * 3 * 4."),
    ],
)
def test_what_of_the_text_is_story(text: str, shown: str) -> None:
    assert parse(f"# Bridge\n\n{text}\n", "a.md").text.split() == shown.split()
    assert parse(f"# Bridge\n\n{text}\n", "a.md").text.count("\n") == shown.count("\n")


def test_a_text_without_a_heading_keeps_its_first_paragraph() -> None:
    raw = parse(f"{STORY}\n\nThe county pays.", "a.md")
    assert (raw.title, raw.text) == (STORY, f"{STORY}\nThe county pays.")


def test_lines_below_the_heading_are_fields() -> None:
    raw = parse(f"Bridge to close\n====\n\n*Ellery Courier, 2 October 2024*\n\n{STORY}", "a.md")
    assert (raw.title, raw.source, raw.published, raw.text) == ("Bridge to close", "Ellery Courier", DAY, STORY)


def test_words_that_begin_like_null_are_words() -> None:
    front = "title: Mill\nid: n-1\nlanguage: nl\nsource: ~\nauthors:\n  - name: Nan Lee\ntags: [news, Nord, null]"
    raw = parse(f"---\n{front}\n---\nThe mill closes.", "a.md")
    assert (raw.id, raw.language, raw.source, raw.credit, raw.topics) == ("n-1", "nl", "", "Nan Lee", ("news", "Nord"))
