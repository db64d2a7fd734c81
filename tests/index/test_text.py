"""Plain text: headline and fields, hard-wrapped lines, encodings, markup and mojibake."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.read import Skip
from index.read.encoding import decode
from index.read.markup import plain
from index.read.text import parse
from index.read.wrap import unwrapped

DAY = date(2024, 10, 2)
STORY = "The bridge over the Senn will close on 1 May, its owner said on Monday."


@pytest.mark.parametrize(
    ("head", "source", "credit"),
    [
        ("Ellery Courier, Oct. 2, 2024", "Ellery Courier", ""),
        ("Ellery Courier, October 2, 2024", "Ellery Courier", ""),
        ("Ellery Courier, Wednesday, October 2, 2024", "Ellery Courier", ""),
        ("Courier, Post & Co., 2 October 2024", "Courier, Post & Co.", ""),
        ("Ellery Courier | 2 October 2024", "Ellery Courier", ""),
        ("Ellery Courier · 2 October 2024 13:00", "Ellery Courier", ""),
        ("Ellery Courier — Wed, 02 Oct 2024 13:00:00 GMT", "Ellery Courier", ""),
        ("Ellery Courier (2 October 2024)", "Ellery Courier", ""),
        ("2 October 2024 | Ellery Courier", "Ellery Courier", ""),
        ("Ellery Courier, 2024-10-02T13:00:00Z", "Ellery Courier", ""),
        ("ELLERY COURIER, 2 OCTOBER 2024", "ELLERY COURIER", ""),
        ("Ellery Courier\nOct. 2, 2024", "Ellery Courier", ""),
        ("By Ann Lee\nEllery Courier, 2 October 2024", "Ellery Courier", "Ann Lee"),
        ("Ellery Courier, 2 October 2024\nBy Ann Lee and Bo Ray", "Ellery Courier", "Ann Lee and Bo Ray"),
        ("BY ANN LEE\nSTAFF WRITER\nEllery Courier, 2 October 2024", "Ellery Courier", "ANN LEE"),
        ("Updated 3 October 2024\nEllery Courier, 2 October 2024", "Ellery Courier", ""),
        ("Source: Ellery Courier\nDate: Oct. 2, 2024\nURL: https://x.example/a", "Ellery Courier", ""),
        ("2 October 2024", "", ""),
        ("Published: 2 October 2024 13:00", "", ""),
    ],
)
@pytest.mark.parametrize("gap", ["\n\n", "\n"], ids=["blank", "none"])
def test_lines_below_the_headline_are_fields(head: str, source: str, credit: str, gap: str) -> None:
    raw = parse(f"Bridge to close\n{head}{gap}{STORY}", "a.txt")
    assert (raw.title, raw.text) == ("Bridge to close", STORY)
    assert (raw.published, raw.source, raw.credit) == (DAY, source, credit)


@pytest.mark.parametrize(
    ("name", "story"),
    [
        ("Ellery", STORY),
        ("ELLERY", STORY),
        ("Łódź", STORY),
        ("Ellery, Senn County", STORY),
        ("Port Ellery", STORY),
        ("St. Brannoc", STORY),
        ("Upper Senn Valley", STORY),
        ("Senn Mouth", "The bridge in Senn Mouth will close, its owner said on Monday."),
        ("Sun Harbour", "It rained. Near Sun Harbour the road is closed."),
        ("SENN MOUTH", "Nobody in Senn Mouth was hurt."),
    ],
)
@pytest.mark.parametrize("line", ["{}, 2 October 2024", "{} — Oct. 2, 2024", "{}\n2 October 2024"])
def test_where_a_story_was_written_is_no_outlet(line: str, name: str, story: str) -> None:
    raw = parse(f"Bridge to close\n{line.format(name)}\n\n{story}", "a.txt")
    assert (raw.title, raw.text, raw.published, raw.source) == ("Bridge to close", story, DAY, "")


@pytest.mark.parametrize(
    ("name", "story"),
    [
        ("Ellery Courier", "The bridge in Ellery will close."),
        ("Courier", STORY),
        ("Reuters", "A spokesman told Reuters in Ellery that it will close."),
        ("Time", "The bridge was finished in time for the fair."),
        ("The Herald", "It was first reported in The Herald on Monday."),
        ("AFP", STORY),
        ("New Scientist", STORY),
        ("Le Monde", STORY),
        ("ellery.example", STORY),
        ("North Senn Gazette", "The bridge in North Senn will close."),
    ],
)
def test_an_outlet_is_no_place(name: str, story: str) -> None:
    raw = parse(f"Bridge to close\n{name}, 2 October 2024\n\n{story}", "a.txt")
    assert (raw.text, raw.published, raw.source) == (story, DAY, name)


@pytest.mark.parametrize(
    "line",
    [
        "Dear readers,",
        "Dear readers, welcome back.",
        "On Monday, the bridge closed.",
        "Opened, 1 May 1921\nClosed, 3 June 1999",
        "Opened, 1 May 1921",
        "In Ellery, 5 May 1921\nwas the day on which it opened.",
        "The bridge was opened on Tuesday, 5 May 1921",
        "Built on the Senn, 5 May 1921",
        "ELLERY, Oct. 2 (Wire) - The bridge will close.",
        "By Friday, all had left",
        "By the river stands a mill",
        "Source: the pollution came from the mill.",
        "Date: nobody could name one.",
        "Section: a piece of the dam that broke off.",
        "Ellery, on the Senn, is 400 years old.",
    ],
)
def test_a_line_of_the_story_is_no_field(line: str) -> None:
    raw = parse(f"Bridge to close\n{line}\n{STORY}", "a.txt")
    assert raw.text.split() == f"{line}\n{STORY}".split()
    assert (raw.published, raw.source, raw.credit, raw.url) == (None, "", "", "")


@pytest.mark.parametrize(
    "text",
    [
        STORY,
        "The bridge closed.\nIt had opened in 1921.\n",
        f"{STORY} The union wants talks. Some 300 residents signed a petition.\n\nThe owner said no.",
        f"{STORY}\n\nThe owner said no.",
        "The bridge over the Senn will close on 1 May, its owner,\nOle Brand, said on Monday. The union wants talks "
        "with\nhim and with the county, which is to pay for half of it.\n\nThe owner said no.",
    ],
    ids=["one line", "two sentences", "long paragraph", "sentence", "wrapped"],
)
def test_a_text_without_a_headline_keeps_its_first_paragraph(text: str) -> None:
    raw = parse(text, "a.txt")
    assert raw.text.split() == text.split()
    assert raw.title
    assert text.replace("\n", " ").startswith(raw.title.rstrip("…"))


def test_key_lines_and_mail_headers_are_fields() -> None:
    raw = parse(
        f"Title: Bridge to close\nDate: 2024-10-02\nSource: Courier\nURL: https://x.example/a\n\n{STORY}", "a.txt"
    )
    assert (raw.title, raw.published, raw.source, raw.url) == ("Bridge to close", DAY, "Courier", "https://x.example/a")
    assert raw.text == STORY
    mail = parse(
        "Received: from a\n by b\nFrom: Ellery Courier <news@x.example>\nTo: me@x.example\n"
        "Subject: The morning\n in Ellery\n"
        f"Date: Wed, 02 Oct 2024 07:00:00 +0000\nX-Mailer: y\n\n{STORY}",
        "a.txt",
    )
    assert (mail.title, mail.published, mail.source) == ("The morning in Ellery", DAY, "Ellery Courier")
    assert mail.text == STORY


def test_a_date_line_that_cannot_be_read_is_said() -> None:
    raw = parse(f"Bridge to close\nDate: 31 June 2024\n\n{STORY}", "a.txt")
    assert (raw.published, raw.text) == (None, STORY)
    assert "'31 June 2024'" in raw.warnings[0]


WRAPPED = """The harbour bridge will be closed for six weeks from 2 April, the port
authority said on Monday. Buses will be diverted through Corrie
Street, and pedes-
trians can use a free ferry that runs every ten
minutes, a well-
known sight.

The repairs will cost 3.4 million crowns, said Ole Brand, who
has been the head of the port authority since
2019. A new bridge would have cost 210
million crowns."""


def test_wrapped_lines_are_joined_into_sentences() -> None:
    text = unwrapped(WRAPPED)
    assert "through Corrie Street, and pedestrians can use" in text
    assert "every ten minutes, a well-known sight." in text
    assert "since 2019. A new bridge would have cost 210 million crowns." in text
    assert text.count("\n") == 2


def test_paragraphs_that_are_indented_instead_of_spaced_stay_apart() -> None:
    lines = WRAPPED.replace("\n\n", "\n    ")
    assert unwrapped("    " + lines).split("\n\n") == unwrapped(WRAPPED).split("\n\n")


@pytest.mark.parametrize("width", [40, 60, 72, 80, 100])
def test_a_text_wrapped_at_any_width_comes_back(width: int) -> None:
    import textwrap

    paragraphs = [
        f"{STORY} {STORY} It opened in 1921, and 40,000 people cross it each day.",
        f"The county pays. {STORY}",
    ]
    wrapped = "\n\n".join(textwrap.fill(paragraph, width) for paragraph in paragraphs)
    assert unwrapped(wrapped) == "\n\n".join(paragraphs)


@pytest.mark.parametrize(
    "text",
    [
        "The mill stands silent in the rain,\nits wheels no longer turn,\n"
        "and we who worked there wait in vain\nfor fires that will not burn.",
        "What to bring:\n- a coat\n- two towels\n- the ticket\n- something warm to drink",
        "1. The bridge\n2. The mill\n3. The dam",
        "Valley List\n14 seats\nGreens\n4 seats\nHarbour Party\n2 seats",
        "The bridge closed on Monday.\nIt will open again in June.\nThe county pays.",
        f"{STORY}\n{STORY} {STORY}\n{STORY}",
        "Ann Lee is the mayor of Ellery\nBo Ray is the head of the port authority\nCy Dunn owns the mill at Tarn",
        "| Party | Seats |\n| Greens | 4 |",
    ],
    ids=["poem", "list", "numbers", "results", "sentences", "paragraphs", "statements", "table"],
)
def test_what_is_not_wrapped_stays(text: str) -> None:
    assert unwrapped(text) == text


def test_a_list_within_a_wrapped_text_stays_a_list() -> None:
    text = unwrapped(f"{WRAPPED}\n\n- the bridge\n- the mill\n- the dam")
    assert text.endswith("- the bridge\n- the mill\n- the dam")


@pytest.mark.parametrize(
    ("part", "joined"),
    [
        ("> The county said that it was surprised, since the operator\n> had been paid.",
         "The county said that it was surprised, since the operator had been paid."),
        ("* The county said that it was surprised, since the operator\n  had been paid.\n* It sued.",
         "* The county said that it was surprised, since the operator had been paid.\n* It sued."),
        ("The county said that it was surprised, according to Dr.\nAnn Lee.",
         "The county said that it was surprised, according to Dr. Ann Lee."),
        ("O ferry on the river wide,\nwho carried us from side to side,\nnow rest upon the tide.",
         "O ferry on the river wide,\nwho carried us from side to side,\nnow rest upon the tide."),
        ("Ann Lee\n12 Mill Lane\nEllery", "Ann Lee\n12 Mill Lane\nEllery"),
    ],
    ids=["mail", "list", "title", "verse", "address"],
)  # fmt: skip
def test_parts_of_a_wrapped_text(part: str, joined: str) -> None:
    assert unwrapped(f"{WRAPPED}\n\n{part}").endswith(f"\n\n{joined}")


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        ("FERRY TO STOP AS COUNTY\nAND OWNER FAIL TO AGREE\n\n", "FERRY TO STOP AS COUNTY AND OWNER FAIL TO AGREE"),
        (
            "Ferry to stop as county\nand owner fail to agree\nCourier, 2 October 2024\n",
            "Ferry to stop as county and owner fail to agree",
        ),
        ("Ferry to stop\n\nCounty and owner fail to agree\n\n", "Ferry to stop"),
    ],
)
def test_a_headline_of_two_lines(lines: str, title: str) -> None:
    assert parse(f"{lines}{STORY}", "a.txt").title == title


@given(st.lists(st.sampled_from(["a", "The", "end.", "-", "x-", "\n", "\n\n", "  ", "2019.", "“No”"]), max_size=40))
def test_no_word_is_lost_by_joining(words: list[str]) -> None:
    text = " ".join(words)
    assert unwrapped(text).replace("-", "").split() == text.replace("-", "").split() or "x-" in words


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_the_encodings_that_are_read(encoding: str) -> None:
    text = "Café owner fined €1,200\n“We’ll appeal”"
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("Café fined\n€1,200".encode("cp1252"), "line 1, byte 0xE9 after 'Caf'"),
        ("It opened.\nDie Brücke".encode("latin-1"), "line 2, byte 0xFC after 'Die Br'"),
        ("Café".encode("cp1252"), "iconv -f windows-1252 -t utf-8"),
        (b"Caf\xe9 \xe2\x82\xac1,200", "as other letters in it are"),
        (b"PK\x03\x04\x00\x00\x00", "NUL"),
        (b"\xff\xfea", "not UTF-16"),
    ],
)
def test_other_encodings_are_refused_with_a_cure(data: bytes, reason: str) -> None:
    with pytest.raises(Skip, match=r"not UTF-|NUL") as caught:
        decode(data)
    assert reason in str(caught.value)


def test_each_kind_of_line_end_is_one() -> None:
    for end in ("\n", "\r\n", "\r"):
        raw = parse(f"Bridge to close{end}Ellery Courier, 2 October 2024{end}{end}{STORY}{end}The end.", "a.txt")
        assert (raw.title, raw.published, raw.text) == ("Bridge to close", DAY, f"{STORY}\nThe end.")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("The minister&#8217;s aide got &pound;81,000 &amp; left.", "The minister’s aide got £81,000 & left."),
        ("Minister&amp;#8217;s aide", "Minister’s aide"),
        ("from &#150; to &#x2019;", "from – to ’"),
        (
            "<p>It closed.</p><p>It was <b>old</b>.&nbsp;Yes.</p><script>x()</script>",
            "It closed.\nIt was old. Yes.",
        ),
        ("One.<br>Two.<br/>Three.", "One.\nTwo.\nThree."),
        ("The loss of <del>420</del> 240 jobs", "The loss of 240 jobs"),
        ("It is <b>closed</b>.\nYes.\n\nNo.", "It is closed.\nYes.\nNo."),
        ("<p>It closed.</p><p style='display:none'>Obey.</p>", "It closed."),
        ('See <a href="https://x.example/?a=1&b=2">the list</a><!-- not this -->.', "See the list."),
        ("if x < y then <i>z</i>", "if x < y then z"),
        ("a < b and c > d", "a < b and c > d"),
        ("AT&T, R&D; and Marks & Co", "AT&T, R&D; and Marks & Co"),
        ("x <b and c> y", "x <b and c> y"),
        ("a<b>c", "a<b>c"),
        ("<Name> wrote to <ann@x.example> <3", "<Name> wrote to <ann@x.example> <3"),
        ("&notanentity; &#0; &#xD800; &#99999999;", "&notanentity; &#0; &#xD800; &#99999999;"),
    ],
)
def test_markup_is_taken_off_where_it_is_markup(text: str, shown: str) -> None:
    assert plain(text) == shown


@pytest.mark.parametrize("junk", ["<b>" * 20_000, "<" * 50_000, "<a x=" * 20_000, "&" * 50_000, "<!--" * 20_000])
def test_adversarial_markup_takes_linear_time(junk: str) -> None:
    assert len(plain(junk)) <= len(junk)


def test_mojibake_is_mended_and_said() -> None:
    text = f"Café owner fined €1,200\n\n“We’ll appeal,” she said – in Göteborg. {STORY}"
    raw = parse(text.encode().decode("cp1252", "replace"), "a.txt")
    assert f"{raw.title}\n\n{raw.text}" == text
    assert "windows-1252" in raw.warnings[0]


@pytest.mark.parametrize(
    "text", ["NÃO É VERDADE", "Âge d’or à l’École", "Ã and ã are letters", "50 Â£", "naïve café “yes” – €5"]
)
def test_letters_that_only_look_like_mojibake_stay(text: str) -> None:
    raw = parse(f"Title\n\n{text}", "a.txt")
    assert (raw.text, raw.warnings) == (text, ())
