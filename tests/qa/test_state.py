"""How things are is told from the newest report first; what was, or is asked of nothing newer, is not."""

from dataclasses import replace
from datetime import date

import pytest

from index import Article, Chunk
from qa.evidence import Evidence, Sentence
from qa.judge.state import asks_state, with_newest
from qa.values import Passage


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Is the pier open?", True),
        ("Isn't the pier open?", True),
        ("Has the pier reopened yet?", True),
        ("Will the pier close?", True),
        ("Won't the pier close?", True),
        ("And do the boats sail?", True),
        ("Was the pier open?", False),
        ("Did the pier close?", False),
        ("Would the pier close?", False),
        ("What is open?", False),
        ("Island ferries: why are they late?", False),
        ("Can you summarise the row?", False),
    ],
)
def test_what_asks_for_a_state(question: str, *, expected: bool) -> None:
    assert asks_state(question) is expected


def article(id_: str, title: str, text: str, day: int | None) -> Article:
    return Article(id=id_, title=title, text=text, published=date(2025, 5, day) if day else None)


SHUT = article("a", "Pier shut", "The pier of Wendle was closed on Monday.\nA beam broke.", 1)
OPEN = article("b", "Pier opens", "The first walkers were back at Wendle's pier at noon.\nIt took four days.", 5)
HEADED = article("c", "Pier opens", "It was a long wait for the people of Wendle.\nThe rail is painted green.", 6)
FISH = article("d", "Fish prices", "A kilo of cod costs six crowns more than in May.\nThe pier fair was quiet.", 9)


def asked(question: str, *articles: Article, evidence: float = 6.0, score: float = 0.75) -> Evidence:
    """Return what is found of these articles: the first sentence of the first answers best, then the last of each."""
    found = tuple(
        Passage(Chunk(f"{of.id}:0", of.id, 0, len(of.text), of.text), of, at, {"fused": at})
        for of, at in zip(articles, (0.8, *[score] * len(articles)), strict=False)
    )
    end = articles[0].text.index("\n")
    first = Sentence(articles[0], 0, end, 12.0)
    last = (Sentence(of, of.text.index("\n") + 1, len(of.text), evidence) for of in articles)
    return Evidence(question, found, (first, *last), 1, {})


def test_the_newest_report_goes_first_and_the_best_sentence_follows() -> None:
    evidence = with_newest(asked("Is the pier closed?", SHUT, OPEN))
    assert [sentence.text for sentence in evidence.sentences[:2]] == [
        "The first walkers were back at Wendle's pier at noon.",
        "The pier of Wendle was closed on Monday.",
    ]
    assert evidence.sentences[0].support == evidence.sentences[1].support
    assert len(evidence.sentences) == 4


def test_where_the_lead_does_not_name_the_matter_the_best_sentence_of_the_newest_is_told() -> None:
    evidence = with_newest(asked("Is the pier closed?", SHUT, OPEN, HEADED))
    assert evidence.sentences[0].text == "The rail is painted green."
    assert len(evidence.sentences) == 4  # it has moved up, and stands there once


@pytest.mark.parametrize(
    "evidence",
    [
        pytest.param(asked("Was the pier closed?", SHUT, OPEN), id="what was is asked"),
        pytest.param(asked("Is the pier closed?", OPEN, SHUT), id="the best is of the newest"),
        pytest.param(asked("Is the pier closed?", SHUT, FISH), id="the newest is on something else"),
        pytest.param(asked("Is the pier closed?", SHUT, OPEN, evidence=2.0), id="nothing in the newest is supported"),
        pytest.param(asked("Is the pier closed?", SHUT, OPEN, score=0.5), id="it was found far behind"),
        pytest.param(asked("Is the pier closed?", replace(SHUT, published=None), OPEN), id="the best has no day"),
        pytest.param(asked("Is the pier closed?", SHUT, replace(OPEN, published=None)), id="the other has no day"),
        pytest.param(
            replace(asked("Is the pier shut?", SHUT, OPEN), posing=frozenset("b")), id="it poses the question"
        ),
    ],
)
def test_else_the_best_sentence_stays_first(evidence: Evidence) -> None:
    assert with_newest(evidence) == evidence


def test_where_nothing_answers_nothing_newer_does() -> None:
    evidence = asked("Is the pier closed?", SHUT, OPEN)
    silent = replace(evidence, sentences=tuple(replace(s, doubt=30.0) for s in evidence.sentences))
    assert with_newest(silent) == silent
