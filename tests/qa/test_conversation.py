"""Conversations: what is kept, how it is saved and read back, and what is refused."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest

from index import BadRequestError
from qa import Answer, Assistant, Conversation, PassagesFound, StatementChecked, Turn
from qa.answer.restore import restored

WINNER = "Who won the election for mayor of Port Ellery?"


@pytest.fixture(scope="module")
def talk(assistant: Assistant) -> Conversation:
    """A conversation of two questions. Read only."""
    conversation = assistant.chat(until="2025-12-31")
    conversation.ask(WINNER)
    conversation.ask("When does he take office?")
    return conversation


def test_a_follow_up_is_searched_with_what_it_refers_to(talk: Conversation) -> None:
    first, second = talk.history
    assert first.answer.rewritten == ""
    assert second.question == second.answer.question == "When does he take office?"
    assert "Colbeck" in second.answer.rewritten
    assert "3 November 2025" in second.answer.text


def test_a_stream_tells_what_is_searched_before_it_answers(assistant: Assistant) -> None:
    conversation = assistant.chat()
    conversation.ask(WINNER)
    events = list(conversation.stream("When does he take office?"))
    assert isinstance(events[0], PassagesFound)
    assert "Colbeck" in events[0].rewritten
    assert isinstance(events[-1], Answer)
    assert events[-1].rewritten == events[0].rewritten
    assert any(isinstance(event, StatementChecked) for event in events)
    assert conversation.history[-1].answer == events[-1]


def test_what_is_given_up_or_fails_is_not_kept(assistant: Assistant) -> None:
    conversation = assistant.chat()
    stream = conversation.stream(WINNER)
    next(stream)
    stream.close()
    with pytest.raises(BadRequestError):
        conversation.ask(WINNER, since="soon")
    assert conversation.history == ()


def test_options_hold_for_every_question_unless_one_has_its_own(assistant: Assistant) -> None:
    conversation = assistant.chat(sources=["Ellery Courier"], k=3)
    assert {p.article.source for p in conversation.ask(WINNER).passages} == {"Ellery Courier"}
    assert len(conversation.ask(WINNER, k=1).passages) == 1
    assert conversation.ask(WINNER, sources=["Harbour Post"]).passages[0].article.source == "Harbour Post"
    with pytest.raises(BadRequestError, match="no option 'source'"):
        assistant.chat(source="Ellery Courier")


def test_a_conversation_survives_json(assistant: Assistant, talk: Conversation) -> None:
    saved = json.dumps(talk.to_dict())
    again = Conversation.from_dict(assistant, json.loads(saved))
    assert again.history == talk.history
    assert json.dumps(again.to_dict()) == saved
    assert "Colbeck" in again.ask("When does he take office?").rewritten
    assert len(talk.history) == 2


def test_days_are_saved_as_days(assistant: Assistant) -> None:
    conversation = assistant.chat(since=date(2025, 5, 1), sources=("Harbour Post",))
    plain = json.loads(json.dumps(conversation.to_dict()))
    assert plain["options"] == {"since": "2025-05-01", "sources": ["Harbour Post"]}
    assert Conversation.from_dict(assistant, plain).ask(WINNER).passages


@pytest.mark.parametrize("question", [WINNER, "How many tanks did Russia lose?"], ids=["answered", "not found"])
def test_an_answer_read_back_is_the_same(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert restored(answer.to_dict()) == answer
    assert restored(json.loads(json.dumps(answer.to_dict()))) == answer


def change(data: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return a copy of JSON values with one of them replaced, or removed if the value is `...`."""
    copy = json.loads(json.dumps(data))
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    inner: Any = copy
    for step in way:
        inner = inner[step]
    if value is ...:
        del inner[last]
    else:
        inner[last] = value
    return dict(copy)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("question", ..., "question: Field required"),
        ("status", "maybe", "status: Input should be 'answered', 'not_found' or"),
        ("citations.0.start", "0", r"citations.0.start: Input should be a valid integer"),
        ("citations.0.published", "soon", r"citations.0.published: "),
        ("citations.0.quote", "Nobody won.", "not the exact words"),
        ("citations.0.start", -1, "not the exact words"),
        ("citations.0.end", 10**9, "not the exact words"),
        ("citations.0.article_id", "elsewhere", "not the exact words"),
        ("citations", [], "not the exact words"),
        ("passages.0.article.text", 7, r"passages.0.article.text: Input should be a valid string"),
        ("passages", [], "not the exact words"),
        ("statements", None, "statements: "),
        ("timings", {"total": {1, 2}}, "no saved answer"),
        ("usage", {"input_tokens": 1}, "usage.output_tokens: Field required"),
    ],
)
def test_what_is_no_saved_answer_is_refused(talk: Conversation, path: str, value: Any, message: str) -> None:
    with pytest.raises(BadRequestError, match=message):
        restored(change(talk.history[0].answer.to_dict(), path, value))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "no saved conversation"),
        ({}, "no saved conversation"),
        ({"form": 2, "options": {}, "exchanges": []}, "no saved conversation of the form 1"),
        ({"form": 1, "exchanges": []}, '"options" and a list'),
        ({"form": 1, "options": {}, "exchanges": {}}, '"options" and a list'),
        ({"form": 1, "options": {"llm": 1}, "exchanges": []}, "no option 'llm'"),
        ({"form": 1, "options": {}, "exchanges": ["Who?"]}, '"question" and an "answer"'),
        ({"form": 1, "options": {}, "exchanges": [{"question": "Who?"}]}, "question: Field required"),
    ],
)
def test_what_is_no_saved_conversation_is_refused(assistant: Assistant, data: Any, message: str) -> None:
    with pytest.raises(BadRequestError, match=message):
        Conversation.from_dict(assistant, data)


def test_questions_at_once_are_all_kept(assistant: Assistant) -> None:
    conversation = assistant.chat()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(conversation.ask, [WINNER] * 8))
    assert len(conversation.history) == 8
    assert {answer.text for answer in answers} == {answers[0].text}


def test_turns_are_what_was_said(talk: Conversation) -> None:
    asked, said = talk.history[0].turns
    assert asked == Turn("user", WINNER)
    assert said.role == "assistant"
    assert "Colbeck" in said.content
    assert "[1]" not in said.content
