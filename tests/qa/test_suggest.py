"""Questions made from sentences by rules: what each rule makes, what is not asked, and that the index answers them."""

from dataclasses import replace

import pytest

from index import Article
from qa import Answer, Assistant
from qa.talk.suggest import follow_ups, starters, suggestions
from tests.citations import check_citations


def made(text: str, title: str = "") -> list[str]:
    return [suggestion.question for suggestion in suggestions(Article(id="a", title=title, text=text))]


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("Some 900 people marched through Brackwater on Wednesday.",
         "How many people marched through Brackwater on Wednesday?"),
        ("The Harbour Fund has raised £2.6 million since May.", "How much has the Harbour Fund raised?"),
        ("Traffic will cross the Harbour Bridge again from Monday.",
         "When will traffic cross the Harbour Bridge again?"),
        ("The Lowmere Library was opened in 1931.", "When was the Lowmere Library opened?"),
        ("Claims for Lowmere can be made at the Town Hall.", "Where can claims for Lowmere be made?"),
        ("Joan Petrak said the cap was still in force.", "What did Joan Petrak say about the cap?"),
        ("Ellen Morcastle, 71, lives in Pump Row.", "Who is Ellen Morcastle?"),
        ("Engineer Bettina Krall, who leads the works, was there.", "Who is Engineer Bettina Krall?"),
        ("But Bettina Krall, who leads the works, was there.", "Who is Bettina Krall?"),
        ("The Brackwater Ferry Board said it would pay.", "What did the Brackwater Ferry Board say?"),
        ("The old gate at Lowmere was opened in June 1931.", "When was the old gate at Lowmere opened?"),
        ("Some 40 crates were lifted 2.5 metres in Lowmere.", "How many crates were lifted 2.5 metres in Lowmere?"),
        ("Vantor Power said it would pay.", "What did Vantor Power say?"),
    ],
    ids=lambda value: value[:30],
)  # fmt: skip
def test_a_rule_makes_a_question(sentence: str, question: str) -> None:
    assert question in made(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "",
        "He said so.",
        "Seven people were hurt.",
        "It will be shown to them in March.",
        "Pelham Foods, the owner, left.",
        "They asked Late Risers, 80% of whom agree.",
        "She runs Parents At Sea, a resource for crews.",
    ],
)
def test_what_cannot_stand_alone_is_not_asked(sentence: str) -> None:
    assert made(sentence) == []


def test_a_question_without_a_name_gets_the_place() -> None:
    text = "Seven people were hurt. The water rose in Lowmere at night. Schools in Lowmere stay shut."
    assert made(text) == ["How many people were hurt in Lowmere?"]


def test_offsets_are_those_of_the_sentence_that_answers() -> None:
    article = Article(id="a", title="", text="A line before.\nEllen Morcastle, 71, lives in Pump Row. She is well.")
    (one,) = suggestions(article)
    assert article.text[one.start : one.end] == "Ellen Morcastle, 71, lives in Pump Row."


def test_starters_are_answered_from_where_they_come(assistant: Assistant) -> None:
    with assistant.index.generation() as generation:
        found = starters(generation.articles(most=6), assistant.ask, most=2)
    assert len(found) == 2
    for question in found:
        check_citations(assistant, assistant.ask(question))


def test_no_articles_no_starters(assistant: Assistant) -> None:
    assert starters([], assistant.ask) == ()


def test_follow_ups_ask_what_the_cited_articles_tell_beside(assistant: Assistant) -> None:
    answer = assistant.ask("How many homes were flooded at Lowmere?")
    found = follow_ups(answer, [])
    assert found
    assert len(set(found)) == len(found) <= 3
    again = follow_ups(answer, [found[0].upper()])
    assert found[0] not in again


def test_follow_ups_that_are_not_answered_are_not_offered(assistant: Assistant) -> None:
    answer = assistant.ask("How many homes were flooded at Lowmere?")
    tried: list[str] = []

    def ask(question: str) -> Answer:
        tried.append(question)
        return assistant.ask(question) if len(tried) > 1 else replace(assistant.ask(question), citations=())

    found = follow_ups(answer, [], ask=ask)
    assert tried[0] not in found
    assert set(found) <= set(tried)
    assert found
    assert follow_ups(answer, [], ask=lambda question: replace(assistant.ask(question), citations=())) == ()
