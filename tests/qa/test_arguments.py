"""Arguments that are not what they should be are refused by their name; what can be meant is understood."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage, SystemMessage, ToolMessage

from index import BadRequestError, Scope
from qa import Assistant
from qa.arguments import day_of, passages_count
from qa.facts.names import invented_names
from qa.find.retrieve import NewsRetriever
from qa.history import turns
from qa.values import Turn

ASKED = "How many homes were flooded at Lowmere?"


class Moment(datetime):
    """As `pandas.Timestamp` is one."""


class NotATime(datetime):
    """As `pandas.NaT` is one."""

    def date(self) -> date:
        raise ValueError("NaTType does not support date")


class ItsOwnDay(datetime):
    """As `pandas.NaT` is one, too."""

    def date(self) -> date:
        return self


@pytest.mark.parametrize(
    "value",
    [
        "2025-05-01",
        "20250501",
        date(2025, 5, 1),
        datetime(2025, 5, 1, 23, 59),
        datetime(2025, 5, 1, 23, 59, tzinfo=UTC),
        Moment(2025, 5, 1, 12),
        np.datetime64("2025-05-01"),
        np.datetime64("2025-05-01T23:59:59.999999999"),
        np.datetime64("2025-05-01T10", "h"),
    ],
    ids=repr,
)
def test_a_moment_is_its_day(value: Any) -> None:
    day = day_of("since", value)
    assert (type(day), day) == (date, date(2025, 5, 1))


@pytest.mark.parametrize(
    "value",
    ["", " ", "2025-3-1", "2025-02-30", "2025-W01", "2025-05", "2025-05-01T10:00", "٢٠٢٥-٠٥-٠١", "today", 20250501,
     5.0, True, b"2025-05-01", ["2025-05-01"], np.datetime64("NaT"), np.datetime64(10**12, "D"), NotATime(2025, 5, 1),
     ItsOwnDay(2025, 5, 1)],
    ids=repr,
)  # fmt: skip
def test_what_is_no_day_is_refused(value: Any) -> None:
    with pytest.raises(BadRequestError, match="until is a day like 2026-03-03"):
        day_of("until", value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"question": None}, "The question is a text; None is not"),
        ({"question": b"Who?"}, "The question is a text"),
        ({"question": [ASKED]}, "The question is a text"),
        ({"question": " \u200b\n"}, "The question is empty"),
        ({"question": "x" * 2001}, "2001 characters; 2000 are the most"),
        ({"since": "2025-06-01", "until": datetime(2025, 5, 1)}, r"since \(2025-06-01\) is after until \(2025-05-01\)"),
        ({"asked_on": "2025-3-1"}, "asked_on is a day"),
        ({"sources": "Harbour Post"}, r"sources is a list of names, like \['Harbour Post'\]"),
        ({"categories": "x"}, r"categories is a list of names, like \['x'\]"),
        ({"categories": 5}, "categories is a list of names; 5 is not one"),
        ({"authors": "Ann Lee"}, r"authors is a list of names, like \['Ann Lee'\]"),
        ({"authors": ["Nobody"]}, "No article has the author 'Nobody'"),
        ({"languages": ["tlh"]}, "No article has the language 'tlh'. There are: en"),
        ({"articles": ["bridge"]}, "No article has the id 'bridge'. Find its id with: dateline articles list"),
        ({"sources": [None]}, "sources is a list of names; None is not one"),
        ({"k": 0}, "k is the number of passages to find, 1 to 100; 0 is not"),
        ({"k": 101}, "101 is not"),
        ({"k": "10"}, "'10' is not"),
        ({"k": 2.0}, "2.0 is not"),
        ({"k": True}, "True is not"),
        ({"k": None}, "None is not"),
        ({"history": [HumanMessage([{"type": "text", "text": "Who?"}]), "Who?"]}, '"role" and "content"'),
    ],
    ids=repr,
)
def test_what_a_question_cannot_be_asked_with(assistant: Assistant, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(BadRequestError, match=message):
        assistant.ask(**{"question": ASKED, **arguments})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"path": None}, "The index is a folder, or an address"),
        ({"path": b"index-data"}, "The index is a folder, or an address"),
        ({"answerer": print}, "answerer is a LangChain Runnable, such as RunnableLambda"),
        ({"llm": 5}, "llm is a name like ollama:qwen3"),
        ({"llm_timeout": -1}, "llm_timeout is a number of seconds, 0 or more; -1 is not"),
        ({"reranker": 5}, "reranker is the name or folder of a cross-encoder"),
        ({"answer_cache": -5}, "answer_cache is a number of bytes"),
        ({"answer_cache": "16"}, "answer_cache is a number of bytes"),
        ({"answer_cache": float("nan")}, "answer_cache is a number of bytes"),
    ],
    ids=repr,
)
def test_what_an_assistant_cannot_be_opened_with(sample_index: Path, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(BadRequestError, match=message):
        Assistant.open(**{"path": sample_index, **arguments})


def test_a_passage_count_may_be_of_any_integer_type() -> None:
    assert [passages_count(k) for k in (1, 100, np.int64(7))] == [1, 100, 7]


def test_no_names_are_none(assistant: Assistant) -> None:
    within = assistant.ask(ASKED, sources=(name for name in ["Harbour Post"]))  # type: ignore[arg-type]
    assert {passage.article.source for passage in within.passages} == {"Harbour Post"}
    assert assistant.ask(ASKED, sources=None, categories=None).status == "answered"  # type: ignore[arg-type]


def test_a_question_is_asked_of_one_article_or_language(assistant: Assistant) -> None:
    first = assistant.ask(ASKED, languages=["EN"])
    other = next(one.article.id for one in first.passages if one.article.id != first.citations[0].article_id)
    within = assistant.ask(ASKED, articles=[other])
    assert {passage.article.id for passage in within.passages} == {other}
    chat = assistant.chat(articles=[other], languages=["en"])
    assert {passage.article.id for passage in chat.ask("Who?").passages} == {other}
    assert chat.to_dict()["options"] == {"articles": [other], "languages": ["en"]}


def test_a_batch_is_no_text(assistant: Assistant) -> None:
    with pytest.raises(BadRequestError, match="batch takes a list"):
        assistant.batch(ASKED)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "given", [{"query": ASKED}, {"question": ASKED, "top_k": 3}, [("human", ASKED)], None, 7, {}], ids=repr
)
def test_what_the_chain_does_not_take(assistant: Assistant, given: Any) -> None:
    with pytest.raises(BadRequestError, match=r"The chain takes a question|The question is a text"):
        assistant.chain.invoke(given)


@pytest.mark.parametrize(
    ("question", "options"),
    [
        (ASKED, {"k": 0}),
        (ASKED, {"k": True}),
        ("", {}),
        (ASKED, {"scope": Scope(since=date(2025, 6, 1), until=date(2025, 5, 1))}),
        (ASKED, {"scope": Scope(sources="Harbour Post")}),  # type: ignore[arg-type]
        (ASKED, {"scope": "Harbour Post"}),
    ],
    ids=repr,
)
def test_the_retriever_refuses_what_a_question_would(
    assistant: Assistant, question: str, options: dict[str, Any]
) -> None:
    with pytest.raises(BadRequestError):
        assistant.retriever.invoke(question, **options)


def test_the_retriever_takes_its_own_count_and_moments(assistant: Assistant) -> None:
    with pytest.raises(BadRequestError, match="k is the number"):
        NewsRetriever(index=assistant.index, k=0).invoke(ASKED)
    found = NewsRetriever(index=assistant.index, k=3, scope=Scope(since=datetime(2025, 5, 8))).invoke(ASKED)
    assert len(found) == 3
    assert all(document.metadata["published"] >= "2025-05-08" for document in found)


def test_messages_of_langchain_are_a_history() -> None:
    said = turns(
        [
            SystemMessage("Obey."),
            HumanMessage("Who won?"),
            ToolMessage("7", tool_call_id="1"),
            AIMessage([{"type": "text", "text": "Mr. Dorn"}, {"type": "image_url", "image_url": {"url": "x"}}]),
            AIMessage("", tool_calls=[{"name": "find", "args": {}, "id": "1"}]),
            AIMessageChunk("won."),
            {"role": "user", "content": "And then?"},
        ]
    )
    assert said == (
        Turn("user", "Who won?"),
        Turn("assistant", "Mr. Dorn"),
        Turn("assistant", "won."),
        Turn("user", "And then?"),
    )


def test_a_conversation_keeps_days(assistant: Assistant) -> None:
    chat = assistant.chat(since=datetime(2025, 5, 1, 10), until="2025-06-01")
    assert chat.to_dict()["options"] == {"since": "2025-05-01", "until": "2025-06-01"}
    with pytest.raises(BadRequestError, match="since is a day"):
        assistant.chat(since="soon")


@pytest.mark.parametrize("day", ["0001-01-01", "0001-01-31", "9999-12-31"])
@pytest.mark.parametrize("question", ["What happened last week?", "What happened on 9 May, in June and yesterday?"])
def test_the_first_and_the_last_day_can_be_asked_on(assistant: Assistant, day: str, question: str) -> None:
    assistant.ask(question, asked_on=day, k=1)


def test_names_of_any_alphabet_stand_together_for_initials() -> None:
    from qa.facts.figures import Source

    source = Source("The Élan Öresund Šibenik group met.", "", None)
    assert invented_names("Then the EÖŠ met.", source) == ["EÖŠ"]
    assert invented_names("Then the ÉÖŠ met.", source) == []
    assert invented_names("Then Łukasz met the group.", source) == ["Łukasz"]
