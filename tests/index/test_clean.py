"""Cleaning: what leaves the text, what is kept beside it, and that a sentence is never cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.clean import clean
from tests.conftest import ARTICLES

STORY = "The bridge closed on Monday.\nIt will open again in June."
LINES = st.lists(
    st.one_of(
        st.text(max_size=40),
        st.sampled_from(
            [
                "Advertisement",
                "- READ MORE ON:",
                "- Senn",
                "ALSO READ",
                "Town hall burns down",
                "(With inputs from AP.)",
            ]
        ),
        st.sampled_from(["He said so.", "\u202eevil", "a\u200bb", "\U000e0041tag", "  two  blanks ", "none", "\x0c"]),
    ),
    max_size=12,
)


@pytest.mark.parametrize(
    "line",
    [
        "Advertisement",
        "ADVERTISEMENT",
        "Sign up for our newsletter",
        "Subscribe to the Courier and save 20 %",
        "Follow us on Twitter",
        "Read more: Another story",
        "none",
        "___",
        "Our Standards: The Trust Principles.",
        "Click here to see the pictures",
    ],
)
def test_noise_leaves_the_text(line: str) -> None:
    assert clean(f"{STORY}\n{line}").text == STORY


@pytest.mark.parametrize(
    "line",
    [
        "(With inputs from agencies.)",
        "Reporting by Ann Lee; Editing by Bo Ray",
        "This story has not been edited by our staff and is generated from a syndicated feed.",
        "© 2025 Ellery Courier. All rights reserved.",
        "Photo: Ann Lee",
        "Contributing: The Associated Press",
    ],
)
def test_credits_are_kept_beside_the_text(line: str) -> None:
    cleaned = clean(f"{STORY}\n{line}")
    assert cleaned.text == STORY
    assert cleaned.credits == (line.strip("()"),)


@pytest.mark.parametrize(
    "line",
    [
        "Advertisement spending rose by 4 % last year, the agency said.",
        "Follow the river on foot and you will see the damage.",
        "None of the councillors voted against it.",
        "Related costs were not disclosed.",
        "Subscribers to the ferry service will get a refund, the operator said. " + "It gave no date for that." * 20,
    ],
)
def test_sentences_that_only_resemble_noise_stay(line: str) -> None:
    assert clean(f"{STORY}\n{line}").text == f"{STORY}\n{line}"


def test_topics_are_kept_and_foreign_headlines_are_not() -> None:
    text = f"{STORY}\n- READ MORE ON:\n- Senn\n- bridges\nALSO READ\nTown hall burns down\nMayor resignsnone\nnone"
    cleaned = clean(text)
    assert cleaned.text == STORY
    assert cleaned.topics == ("Senn", "bridges")


def test_a_paragraph_after_foreign_headlines_is_story_again() -> None:
    assert clean(f"Read More\nTown hall burns down\n{STORY}").text == STORY


def test_the_article_with_wire_boilerplate() -> None:
    text = (ARTICLES / "kremlin-no-grounds-for-talks.txt").read_text(encoding="utf-8")
    cleaned = clean(text)
    assert "NATO ambitions" in cleaned.text
    assert not any(word in cleaned.text for word in ("READ MORE", "ALSO READ", "none", "Danube", "- Kremlin"))
    assert cleaned.credits == ("With inputs from agencies.",)
    assert "peace talks" in cleaned.topics


def test_what_no_reader_sees_is_removed() -> None:
    hidden = "The\u200b bridge\u202e closed\U000e0049\U000e0047 on\u2066 Monday\x1b[31m."
    assert clean(hidden).text == "The bridge closed on Monday[31m."


def test_a_repeated_headline_is_dropped() -> None:
    assert clean(f"Bridge  closes\nBridge closes\n{STORY}", title="Bridge closes").text == STORY


def test_nothing_gives_nothing() -> None:
    assert clean("").text == ""
    assert clean(" \n\t\n").text == ""


@given(LINES, st.text(max_size=20))
def test_cleaning_twice_changes_nothing(lines: list[str], title: str) -> None:
    once = clean("\n".join(lines), title=title)
    assert clean(once.text, title=title).text == once.text


@given(LINES)
def test_each_line_of_the_text_is_tidy(lines: list[str]) -> None:
    text = clean("\n".join(lines)).text
    assert all(line == " ".join(line.split()) and line for line in text.split("\n") if text)


@pytest.mark.parametrize(
    "junk", ["a " * 50_000, "(" * 100_000, "Reporting by " * 8_000, "get " + "a" * 100_000, "-" * 10**5]
)
def test_adversarial_lines_take_linear_time(junk: str) -> None:
    assert clean(junk + "\nThe end.").text.endswith("The end.")
