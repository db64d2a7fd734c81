"""Tables in the text of articles: what is one, where its cells are, what is none; and how the page shows it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Article
from tests.hostile import inert
from ui.strings import Words
from ui.web.views.reader import Span, alone, article_html
from ui.web.views.tables import Table, blocks

BEFORE, AFTER = "Ellery has elected a new council on Sunday.", "Turnout was 61 percent, the council said: “A record.”"


def grid(text: str) -> list[list[str]]:
    """Return the cells of the first table in a text."""
    table = next(one for one in blocks(text) if isinstance(one, Table))
    cut = [[text[slice(*span)] if span else "" for span in (row.name, *row.cells)] for row in table.rows]
    return [["", *table.columns], *cut]


TABLES = {
    "plain": (
        ["Greens, Seats: 4, Share: 12.9%", "Harbour List, Seats: 11, Share: 35.2%"],
        [["", "Seats", "Share"], ["Greens", "4", "12.9%"], ["Harbour List", "11", "35.2%"]],
    ),
    "a cell is empty": (
        ["Greens, Seats: 4", "Left, Seats: 2, Change: +1", "Right, Seats: 3, Change: -1"],
        [["", "Seats", "Change"], ["Greens", "4", ""], ["Left", "2", "+1"], ["Right", "3", "-1"]],
    ),
    "commas in cells": (
        ["Workers, Sailors and Cooks, Votes: 1,204, of which by post: 80", "Left, Votes: 20", "Right, Votes: 19"],
        [["", "Votes"], ["Workers, Sailors and Cooks", "1,204, of which by post: 80"], ["Left", "20"], ["Right", "19"]],
    ),
    "one column": (
        ["Monday, High: 12", "Tuesday, High: 14", "Wednesday, High: 9"],
        [["", "High"], ["Monday", "12"], ["Tuesday", "14"], ["Wednesday", "9"]],
    ),
    "two columns of one name": (
        ["Ellery, Goals: 2, Goals: 1", "Tarn, Goals: 0, Goals: 3"],
        [["", "Goals", "Goals"], ["Ellery", "2", "1"], ["Tarn", "0", "3"]],
    ),
    "a row without a name": (
        ["Greens, Seats: 4, Share: 12", "Left, Seats: 2, Share: 8", "Seats: 6, Share: 20"],
        [["", "Seats", "Share"], ["Greens", "4", "12"], ["Left", "2", "8"], ["", "6", "20"]],
    ),
    "times of day": (
        ["Osk Hill, Leaves: 10:30, Arrives: 11:05", "Tarn, Leaves: 12:00, Arrives: 12:40"],
        [["", "Leaves", "Arrives"], ["Osk Hill", "10:30", "11:05"], ["Tarn", "12:00", "12:40"]],
    ),
    "what looks like markup": (
        ["<b>x</b>, <img src=x>: <i>1</i>, B: 2", "y, <img src=x>: 3, B: &amp;"],
        [["", "<img src=x>", "B"], ["<b>x</b>", "<i>1</i>", "2"], ["y", "3", "&amp;"]],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("lines", "expected"), TABLES.values(), ids=TABLES)
def test_rows_with_the_same_columns_are_a_table(lines: list[str], expected: list[list[str]]) -> None:
    assert grid("\n".join([BEFORE, *lines, AFTER])) == expected


NONE = {
    "sentences": [BEFORE, AFTER],
    "one row": ["Greens, Seats: 4, Share: 12.9%"],
    "two rows of one column": ["Ann Lee, Ellery: 40", "Bo Ray, Ellery: 41"],
    "what people say": ["Ann Lee, mayor: We will build it.", "Ann Lee, mayor: Soon.", "Ann Lee, mayor: In May!"],
    "what was said": ["Lee, 45, said: “We came at 8, and I said: wait.”", "Ray, 50, said: “No one, as I said: none.”"]
    * 2,
    "an interview": ["Q: Who won?", "A: The Greens, in short: everybody.", "Q: Why?", "A: Luck, in short: votes."],
    "labels": ["Our rating: False", "Our rating: True", "Our rating: Half true"],
    "figures of one thing": ["Population: 1,200", "Area: 40 square kilometres", "Mayor: Ann Lee"],
    "paragraphs": [f"In {n} words, the plan: {'it goes on and on ' * 20}, the cost: 3" for n in range(3)],
    "columns in another order": ["Left, Seats: 4, Share: 1", "Right, Share: 4, Seats: 1"],
}


@pytest.mark.parametrize("lines", NONE.values(), ids=NONE)
def test_other_lines_are_none(lines: list[str]) -> None:
    text = "\n".join([BEFORE, *lines, AFTER])
    assert [text[slice(*span)] for span in blocks(text) if not isinstance(span, Table)] == text.split("\n")


@given(st.lists(st.text(st.sampled_from("ab,: \n.é"), max_size=30), max_size=8).map("\n".join))
def test_every_word_of_a_text_is_in_one_block(text: str) -> None:
    ends = -1
    for block in blocks(text):
        spans = (
            [span for row in block.rows for span in (row.name, *row.cells) if span]
            if isinstance(block, Table)
            else [block]
        )
        for start, end in spans:
            assert ends <= start <= end <= len(text)
            assert "\n" not in text[start:end]
            ends = end


RESULTS = "Greens, Seats: 4, Share: 12.9%\nHarbour List, Seats: 11, Share: 35.2%"


def test_cited_words_are_marked_inside_the_cells() -> None:
    text = f"{BEFORE}\n{RESULTS}\n{AFTER}"
    row, cell = text.index("Harbour"), text.index("12.9")
    shown = alone(Article(id="a", title="Results", text=text), row, text.index(AFTER) - 1)
    view = replace(shown, current=1, spans=(replace(shown.spans[0], number=1), Span(cell, cell + 4, 2)))
    html = article_html(view, Words("en"))
    current = 'class="dl-current" tabindex="-1"'
    for marked in (
        f'<th scope="row"><mark data-numbers="1" {current}>Harbour List</mark></th>',
        f'<td><mark data-numbers="1" {current}>11</mark></td>',
        '<td><mark data-numbers="2">12.9</mark>%</td>',
        '<th scope="row">Greens</th><td>4</td>',
        '<thead><tr><td></td><th scope="col">Seats</th><th scope="col">Share</th></tr></thead>',
        f'<p dir="auto">{BEFORE}</p>',
    ):
        assert marked in html


def test_no_cell_is_markup() -> None:
    lines = TABLES["what looks like markup"][0]
    seen = inert(article_html(alone(Article(id="a", title="T", text="\n".join(lines)), 0, 1), Words("de")))
    assert "<img src=x>" in seen.text
    assert [tag for tag, _ in seen.tags].count("td") == 5
