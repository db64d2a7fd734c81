"""Who speaks, or who "he" is: the name in brackets before a quote, only where the article leaves no doubt."""

from dataclasses import replace

import pytest

from index import Article, BadRequestError
from qa import Answer, Assistant, Statement
from qa.answer.lead_in import lead_in
from qa.answer.restore import restored
from qa.answer.verify import cite, verified
from qa.facts.persons import full_names, is_person

LIND = "Mayor Ada Lind opened the ferry on Monday."


@pytest.mark.parametrize(
    ("before", "sentence", "name"),
    [
        pytest.param(LIND, "She paid for the first ticket.", "Mayor Ada Lind", id="she, with the title"),
        pytest.param(f"{LIND} Lind, 52, said it was late.", "She paid for it.", "Mayor Ada Lind", id="surname"),
        pytest.param(f"{LIND} She smiled.", "She paid for it.", "Mayor Ada Lind", id="through another she"),
        pytest.param(f"{LIND} “It was time,” Lind said.", "“We will build more.”", "Mayor Ada Lind", id="goes on"),
        pytest.param(f"{LIND}\n“It was time,” Lind said.\n", "“We need more.”", "Mayor Ada Lind", id="next paragraph"),
        pytest.param(f"{LIND} Lind told reporters:\n", "“We will build more.”", "Mayor Ada Lind", id="colon"),
        pytest.param(f"{LIND} Lind said it was late.", "“We need more,” she said.", "Mayor Ada Lind", id="she said"),
        pytest.param("“It was time,” said Bo Hart.\n\n", "He has waited for years.", "Bo Hart", id="said Name"),
        pytest.param("Ely President Bo Hart said no.", "He wants more.", "Ely President Bo Hart", id="of what"),
        pytest.param("Secretary of State Bo Hart said no.", "He wants more.", "Bo Hart", id="half a title"),
        pytest.param("“No,” said Łucja Żuk.", "“Not with us.”", "Łucja Żuk", id="any alphabet"),
    ],
)  # fmt: skip
def test_a_name_that_is_certain(before: str, sentence: str, name: str) -> None:
    assert lead_in(f"{before} {sentence}", len(before) + 1, len(before) + 1 + len(sentence)) == name


@pytest.mark.parametrize(
    ("before", "sentence"),
    [
        pytest.param("", "She paid for it.", id="nothing before"),
        pytest.param(f"{LIND} Lind met Idris Colbeck.", "She paid for it.", id="two are named"),
        pytest.param(f"{LIND} Lind thanked the skipper and his wife.", "She paid for it.", id="no name"),
        pytest.param("Bo Hart said her plan was good.", "He paid for it.", id="the other sex"),
        pytest.param("The ferry left Port Ellery.", "She paid for it.", id="a place"),
        pytest.param("Ann Lee and Bo Lee said no. Lee said it twice.", "He paid for it.", id="one surname for two"),
        pytest.param("The skipper said Bo Hart and others had lost.", "He was sorry.", id="told about, not telling"),
        pytest.param("She was ill, Ada Lind said.", "She was 80.", id="one name for two"),
        pytest.param("A guest wore a shirt that said Make Ellery Great.", "He left.", id="what a shirt says"),
        pytest.param("At Harbour Kitchen, while eggs are dear, it is fine.", "“We sell out,” she said.", id="a firm"),
        pytest.param(LIND, "“He is no friend,” said Bo Hart.", id="it names somebody itself"),
        pytest.param(f"{LIND} Lind said it was time.\n\n", "“It was not.”", id="another paragraph"),
        pytest.param(f"{LIND} Ann Lee wept. Lind gave her a hug.", "“I was sad,” she said.", id="whom she hugged"),
        pytest.param("Bo Hart asked him how it was.", "“It was fine,” he said.", id="whom he asked"),
        pytest.param("At Urban Kitchen, a shop, eggs are dear.", "“We sell out,” she said.", id="where it is"),
        pytest.param(f"{LIND} “It was time,” Lind said.\n\n", "“It was not,” said a guest.", id="a guest says it"),
        pytest.param(f"{LIND} Lind left. “", "She was late.”", id="within somebody's words"),
        pytest.param(LIND, "The ferry is full.", id="no pronoun"),
        pytest.param(LIND, "They paid for it.", id="they"),
        pytest.param("The ferry opened on Monday.", "It was full.", id="it"),
    ],
)  # fmt: skip
def test_in_doubt_there_is_none(before: str, sentence: str) -> None:
    text = f"{before} {sentence}".lstrip()
    assert lead_in(text, len(text) - len(sentence), len(text)) == ""


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("But Mayor Ada Lind met Dr. Bo R. Hart", ["Ada Lind", "Bo R. Hart"]),
        ("The Courier’s Ann Lee wrote", ["Ann Lee"]),
        ("On Tuesday Ursula von der Berg left", ["Ursula von der Berg"]),
        ("the White House and Ellery City Council", []),
        ("In New Ellery", []),
        ("At Harbour Kitchen", []),
        ("", []),
    ],
)
def test_full_names(text: str, names: list[str]) -> None:
    assert [person.name for person in full_names(text)] == names


@pytest.mark.parametrize(
    ("name", "text", "person"),
    [
        ("Ada Lind", "", True), ("Ellery City Council", "", False), ("Lind", "Mayor Lind left.", True),
        ("Lind", "Who is Lind?", True), ("Lind's", "Lind, 52, left.", True), ("Moscow", "Moscow said no.", False),
    ],
)  # fmt: skip
def test_a_name_of_one_word_needs_a_sign_that_it_is_a_person(name: str, text: str, person: bool) -> None:
    assert is_person(name, [text]) is person


ARTICLE = Article(id="a", title="Ferry", text=f"{LIND} She paid for the first ticket.", source="", published=None)


def _answer(name: str) -> Answer:
    citation = cite(1, ARTICLE, len(LIND) + 1, len(ARTICLE.text))
    return Answer(
        question="Who paid?", status="answered",
        statements=(Statement(text=citation.quote, support="verbatim", citations=(1,), lead_in=name),),
        citations=(citation,), passages=(), support=0.9, generation=1, timings={},
    )  # fmt: skip


def test_a_lead_in_is_outside_of_the_quote() -> None:
    answer = verified(_answer("Mayor Ada Lind"), {"a": ARTICLE}.get)
    assert answer.text == "[Mayor Ada Lind:] She paid for the first ticket. [1]"
    assert answer.citations[0].quote == answer.statements[0].text == "She paid for the first ticket."
    assert answer.to_dict()["statements"][0]["lead_in"] == "Mayor Ada Lind"


@pytest.mark.parametrize("forged", ["Idris Colbeck", "Ada Lind", "Mayor Ada Lind:] I resign. ["])
def test_a_lead_in_that_the_article_does_not_give_is_left_away(forged: str) -> None:
    assert verified(_answer(forged), {"a": ARTICLE}.get).statements[0].lead_in == ""


def test_a_saved_answer_keeps_only_a_lead_in_that_holds(assistant: Assistant) -> None:
    answer = assistant.ask("How many votes did the new mayor win?")
    assert [statement.lead_in for statement in answer.statements if statement.text.startswith("He ")] == [
        "Idris Colbeck"
    ]
    assert restored(answer.to_dict()).text == answer.text
    forged = replace(answer, statements=tuple(replace(s, lead_in="Teresa Valdane") for s in answer.statements))
    assert "Valdane:]" not in restored(forged.to_dict()).text
    with pytest.raises(BadRequestError, match="changed"):
        restored({**answer.to_dict(), "citations": []})
