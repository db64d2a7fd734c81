"""Figures and names of a statement that its source does not hold are found; the same said otherwise is not."""

from datetime import date

import pytest

from qa.facts.figures import Source, invented_figures
from qa.facts.names import invented_names

SOURCE = Source(
    "Officials said on Monday that 1,200 people, twelve dogs and a cat had left Russia's border; "
    "the United Nations spoke of 2.5 million dollars and the third convoy since 9 February. “We are tired,” "
    "said O’Neill.",
    "Bridge to Brazil closes",
    date(2026, 3, 3),
)


@pytest.mark.parametrize(
    "statement",
    [
        "1200 people left.",
        "Twelve hundred people left.",
        "12 dogs left.",
        "One cat left.",
        "$2.5m was spoken of.",
        "2,500,000 dollars",
        "It was the 3rd convoy.",
        "It closes on March 3.",
        "It closes on 3 March 2026.",
        "It closes on 2026-03-03.",
        "It was written in 2026.",
        "The first left on February 9, 2026.",
        "No one was hurt, at first.",
        'They said "we are tired".',
        "",
    ],
    ids=repr,
)
def test_figures_that_stand(statement: str) -> None:
    assert invented_figures(statement, SOURCE) == []


@pytest.mark.parametrize(
    ("statement", "wrong"),
    [
        ("1,300 people left.", ["1300"]),
        ("Thirteen dogs left.", ["13"]),
        ("Two cats left.", ["2"]),
        ("2.5 billion dollars", ["2.5e+09"]),
        ("3 people left.", []),
        ("9 people left.", ["9"]),
        ("It was the fourth convoy.", ["4"]),
        ("It closes on March 4.", ["3 4"]),
        ("It closes on 3 March 2025.", ["2025 3 3"]),
        ("It was written in 2025.", ["2025"]),
        ("The first left on February 9, 2024.", ["2024 2 9"]),
        ('They said "we are not tired".', ["we are not tired"]),
    ],
    ids=repr,
)
def test_figures_that_were_made_up(statement: str, wrong: list[str]) -> None:
    assert invented_figures(statement, SOURCE) == wrong


@pytest.mark.parametrize(
    "statement",
    [
        "Russia is left.",
        "Russian officials spoke.",
        "Russians left.",
        "The UN and the U.N. spoke.",
        "The Brazilian bridge closes in March.",
        "O'Neill is tired.",
        "People left, and Officials said so.",
        "",
    ],
    ids=repr,
)
def test_names_that_stand(statement: str) -> None:
    assert invented_names(statement, SOURCE) == []


@pytest.mark.parametrize(
    ("statement", "wrong"),
    [
        ("Ukraine is left.", ["Ukraine"]),
        ("The dogs left for Austria.", ["Austria"]),
        ("Zelensky spoke.", ["Zelensky"]),
        ("It happened on Tuesday.", ["Tuesday"]),
        ("Talks stalled.", ["Talks"]),
        ("The EU spoke.", ["EU"]),
        ("The dogs left. Putin stayed.", ["Putin"]),
        ("Sean O'Brien is tired.", ["Sean", "O'Brien"]),
    ],
    ids=repr,
)
def test_names_that_were_made_up(statement: str, wrong: list[str]) -> None:
    assert invented_names(statement, SOURCE) == wrong


def test_an_acronym_stands_for_its_name() -> None:
    source = Source("The US and the EU agreed, they told us.")
    assert invented_names("The United States and the European Union agreed.", source) == []
    assert invented_names("Uma Singh agreed.", source) == ["Uma", "Singh"]


def test_common_words_at_the_head_of_a_sentence_are_no_names() -> None:
    assert invented_names("Talks stalled.", SOURCE, common={"talks"}) == []
    assert invented_names("The Talks stalled.", SOURCE, common={"talks"}) == ["Talks"]
