"""What a conversation has told already counts less, and is not lost."""

from dataclasses import replace

import pytest

from index import Article
from index.text.chunk import sentences
from qa import Evidence, Turn
from qa.evidence import LEAST, Sentence
from qa.talk.repeated import demote_repeated

VOTE = Article(
    id="vote",
    title="Merger",
    text="The St Brannoc's board backed the plan by nine votes to two. In Brackwater the vote was unanimous.",
)
SAID = (
    Turn("user", "How did the St Brannoc's board vote?"),
    Turn("assistant", "It backed the plan by nine votes to two."),
)


def judged(question: str, *logits: float) -> Evidence:
    """Return evidence with the article's sentences, judged so."""
    spans = sentences(VOTE.text)
    ranked = (Sentence(VOTE, *span, logit) for span, logit in zip(spans, logits, strict=True))
    return Evidence(question, (), tuple(sorted(ranked, key=lambda sentence: -sentence.evidence)), 1, {})


def test_what_was_told_comes_behind_what_was_not() -> None:
    evidence = judged("And the one in Brackwater?", 12.0, 9.0)
    assert [sentence.text[:13] for sentence in demote_repeated(evidence, SAID).sentences] == [
        "In Brackwater",
        "The St Branno",
    ]


@pytest.mark.parametrize(("before", "after"), [(12.0, 8.0), (7.0, LEAST), (3.0, 3.0)])
def test_it_is_still_shown_where_nothing_else_answers(before: float, after: float) -> None:
    assert demote_repeated(judged("And the other?", before, -9.0), SAID).sentences[0].evidence == after


@pytest.mark.parametrize(
    ("question", "said"),
    [("And the other?", ()), ("And the other?", SAID[:1]), ("How did the board vote?", SAID), ("And?", SAID[1:])],
    ids=["no history", "no answer yet", "the same question", "no question"],
)
def test_what_is_new_stays_as_it_was(question: str, said: tuple[Turn, ...]) -> None:
    evidence = judged(question, 12.0, 9.0)
    assert demote_repeated(evidence, said) == evidence


def test_a_sentence_that_adds_something_is_new() -> None:
    evidence = judged("And in Brackwater?", 9.0, 12.0)
    best = demote_repeated(replace(evidence), SAID).sentences[0]
    assert (best.text, best.evidence) == ("In Brackwater the vote was unanimous.", 12.0)


@pytest.mark.parametrize(
    "told",
    ["It backed the plan by seven votes to four.", "It never backed the plan by nine votes to two."],
    ids=["other figures", "denied"],
)
def test_what_was_told_with_other_facts_is_new(told: str) -> None:
    evidence = judged("And the one in Brackwater?", 12.0, 9.0)
    found = demote_repeated(evidence, (SAID[0], Turn("assistant", f"St Brannoc's board {told}")))
    assert found == evidence
