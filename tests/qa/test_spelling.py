"""Spelling: which words of a question are corrected by the index's own, and above all which are not."""

from collections import Counter
from collections.abc import Sequence

import pytest

from index.search.lexical import terms
from qa import Assistant
from qa.find.spelling import corrected

NEWS = Counter(
    {"with": 900, "which": 400, "price": 90, "rise": 200, "before": 300, "brother": 40, "marathon": 12, "costco": 9,
     "minnesota": 8, "attack": 80, "title": 30, "edward": 20, "gwyneth": 4, "colbeck": 30, "ferrara": 5, "ferry": 60,
     "opened": 60,
     "denied": 70, "dealer": 9, "until": 90, "the": 5000, "of": 3000, "who": 500, "won": 100, "did": 300, "what": 400,
     "canes": 1, "cases": 300, "bridge": 50, "harris": 7, "mark": 50, "o'neill": 3, "new": 400, "his": 900}
)  # fmt: skip


class Index:
    """The words of an index by their counts."""

    words = NEWS

    def frequencies(self, terms_: Sequence[str]) -> list[int]:
        known = {term for word in NEWS for term in terms(word)}
        return [int(term in known) for term in terms_]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        pytest.param("who won the marathn", "who won the marathon", id="a letter left out"),
        pytest.param("what did his brohter do", "what did his brother do", id="two exchanged"),
        pytest.param("who was there bevore the attack", "who was there before the attack", id="another letter"),
        pytest.param("what did the brotther do", "what did the brother do", id="one doubled"),
        pytest.param("wich new title", "which new title", id="the same letters before the more frequent word"),
        pytest.param("What did Gwenyth say?", "What did Gwyneth say?", id="a name"),
        pytest.param("Who is Kolbeck?", "Who is Colbeck?", id="another first letter"),
        pytest.param("what hapened on the brige", "what happened on the bridge", id="a common word that it lacks"),
        pytest.param("what opend", "what opened", id="its own word before others as near"),
        pytest.param("WHO WON THE MARATHN", "WHO WON THE MARATHON", id="capitals"),
        pytest.param("what did edwrad do at cosco", "what did edward do at costco", id="two words"),
    ],
)
def test_words_that_nobody_knows_are_corrected(typed: str, meant: str) -> None:
    assert corrected(typed, Index()) == meant


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("What did the canes do?", id="a word that the index has once"),
        pytest.param("Which bridges rose?", id="another form of a word of the index"),
        pytest.param("untill when", id="a word that is searched as the right one anyway"),
        pytest.param("Who is the denizen of the bridge?", id="an English word that it lacks"),
        pytest.param("Is it dearer?", id="another"),
        pytest.param("How many moons does Mars have?", id="a name that everybody knows"),
        pytest.param("Summarise the new title.", id="British spelling"),
        pytest.param("What did Ferrante do?", id="a name two letters from another"),
        pytest.param("Who won the mvp?", id="three letters"),
        pytest.param("What did the HMRC do?", id="an acronym"),
        pytest.param("Who is Karł Marathń?", id="letters of another alphabet"),
        pytest.param("Wann wird die Bruecke wiedereroeffnet", id="another language"),
        pytest.param("asdf qwer bevor yxcv", id="no language"),
        pytest.param("", id="empty"),
        pytest.param("2025 412 £5.20 x1y2", id="numbers"),
    ],
)
def test_what_may_be_right_stays(question: str) -> None:
    assert corrected(question, Index()) == question


def test_a_long_text_of_unknown_words_is_left_alone() -> None:
    text = " ".join(["who won the marathn"] * 9)
    assert corrected(text, Index()) == text


def test_what_was_searched_is_shown_and_can_be_turned_off(assistant: Assistant) -> None:
    typed, meant = "how many homes were flodded at Lowmeer", "how many homes were flooded at Lowmere"
    found = assistant.ask(typed)
    assert (found.question, found.rewritten) == (typed, meant)
    assert "412" in found.text
    assert assistant.ask(typed, exact=True).rewritten == ""
    assert assistant.ask(meant).rewritten == ""


@pytest.mark.parametrize(
    ("question", "searched"),
    [("Ist die Brücke offen?", ""), ("Is the bridgge open?", "Is the bridge open?")],  # "offen" is near "often"
)
def test_words_of_another_language_are_no_mistakes(assistant: Assistant, question: str, searched: str) -> None:
    assert assistant.ask(question).rewritten == searched


def test_no_question_of_our_own_is_changed_without_need(assistant: Assistant) -> None:
    from tests.conftest import questions

    with assistant.index.generation() as generation:
        changed = [q["question"] for q in questions() if corrected(q["question"], generation) != q["question"]]
    assert all(q["type"] == "typo" for q in questions() if q["question"] in changed), changed
