"""The note of an outlet that it has corrected a story, told with each citation of it."""

import time
from dataclasses import replace
from datetime import date

import pytest

from index import Article
from index.text.correction import correction_note
from qa.answer.verify import cite, holds


@pytest.mark.parametrize(
    "note",
    [
        "Correction: An earlier version gave another day for the closure.",
        "Correction, 28 February 2025: The bridge is in Ellery, not in Tarn.",
        "CORRECTION (April 3, 2025): The bridge is in Ellery, not in Tarn.",
        "Editor's note: An earlier version of this story misstated the day.",
        "– An earlier version of this article gave a wrong day.",
        "This story has been corrected to show that the bridge closes on 8 May.",
        "This article was updated to clarify what the county pays.",
        "Korrektur: Die Brücke schließt am 8. Mai.",
    ],
)
def test_a_correction_is_found(note: str) -> None:
    assert correction_note(f"The bridge will close.\n{note}\nIt opens in autumn.") == note


@pytest.mark.parametrize(
    "line",
    [
        "Corrections officer Ann Lee was hurt on Monday.",
        "Correction facilities: the county closed two on Monday.",
        "The correction: a fall of a tenth, was overdue, brokers said.",
        "Editor's note: This gallery holds graphic pictures.",
        "This story has been updated with additional details.",
        "He said an earlier version of this story had been told for years.",
        "",
    ],
)
def test_what_is_no_correction_is_none(line: str) -> None:
    assert correction_note(f"The bridge will close.\n{line}\nIt opens in autumn.") == ""


def test_a_text_of_marks_alone_is_no_work() -> None:
    started = time.process_time()
    assert correction_note("* *\n" * 200_000) == ""
    assert time.process_time() - started < 2.0


def test_a_citation_tells_an_update_and_a_correction() -> None:
    note = "Correction: It is 8 May, not 1 May."
    text = f"The bridge will close on 8 May.\n{note}"
    article = Article(id="a", title="Bridge", text=text, published=date(2025, 4, 2), updated=date(2025, 4, 3))
    citation = cite(1, article, 0, 31)
    assert (citation.updated, citation.correction) == (date(2025, 4, 3), note)
    assert holds(citation, {"a": article}.get)
    assert holds(replace(citation, updated=None, correction=""), {"a": article}.get)  # saved before these were told
    assert not holds(replace(citation, correction="Correction: The mayor has resigned."), {"a": article}.get)
