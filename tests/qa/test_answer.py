"""Answers from the sample corpus: right, cited to the letter, or honestly absent."""

import asyncio
import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from langchain_core.documents import Document
from langchain_core.runnables import Runnable, RunnableConfig, RunnableLambda

from index import Article, BadRequestError, Chunk
from qa import (
    Answer,
    Answerer,
    Assistant,
    Citation,
    DatelineError,
    Event,
    Evidence,
    Passage,
    PassagesFound,
    Statement,
    StatementChecked,
    TextPiece,
)
from qa.answer.restore import restored
from qa.answer.verify import cite, holds, of_passages, verified
from tests.citations import check_citations
from tests.conftest import questions

QUESTION = "What are Russia's preconditions?"


def test_the_readers_question(assistant: Assistant) -> None:
    answer = assistant.ask(QUESTION)
    assert answer.status == "answered"
    assert "NATO" in answer.text
    assert "withdraw its troops" in answer.text or "pull its soldiers out" in answer.text
    assert len(answer.text.split()) < 80
    check_citations(assistant, answer)


def test_what_the_articles_do_not_say(assistant: Assistant) -> None:
    answer = assistant.ask("How many tanks did Russia lose?")
    assert (answer.status, answer.text, answer.citations, answer.as_of) == ("not_found", "", (), None)
    assert answer.passages[0].article.id == "kremlin-no-grounds-for-talks.txt"


@pytest.mark.slow
@pytest.mark.parametrize("record", questions(), ids=lambda record: record["id"])
def test_every_citation_of_every_answer_is_exact(assistant: Assistant, record: dict[str, Any]) -> None:
    check_citations(assistant, assistant.ask(record["question"]))


def test_both_figures_of_a_contradiction_are_given(assistant: Assistant) -> None:
    answer = assistant.ask("How many homes were flooded at Lowmere?")
    assert "412" in answer.text
    assert "340" in answer.text
    assert {c.source for c in answer.citations} >= {"Harbour Post", "Ellery Courier"}


def test_filters_choose_the_articles(assistant: Assistant) -> None:
    question = "How many homes were flooded at Lowmere?"
    only = assistant.ask(question, sources=["Ellery Courier"], until="2025-05-31")
    assert {p.article.source for p in only.passages} == {"Ellery Courier"}
    assert "412" not in only.text
    assert "340" in only.text
    assert only.as_of is not None
    assert only.as_of <= date(2025, 5, 31)
    nothing = assistant.ask(question, since=date(2030, 1, 1))
    assert (nothing.status, nothing.passages) == ("not_found", ())


def test_a_stream_gives_passages_then_text_then_the_answer(assistant: Assistant) -> None:
    first, *pieces, last = assistant.stream(QUESTION)
    assert isinstance(first, PassagesFound)
    assert isinstance(last, Answer)
    assert first.passages == last.passages
    assert pieces
    checked = [piece for piece in pieces if isinstance(piece, StatementChecked)]
    assert tuple(event.statement for event in checked) == last.statements
    assert tuple(citation for event in checked for citation in event.citations) == last.citations
    words = [piece.text for piece in pieces if isinstance(piece, TextPiece)]
    assert words == [statement.text for statement in last.statements]


def test_a_stream_that_is_given_up_frees_its_generation(assistant: Assistant) -> None:
    stream = assistant.stream(QUESTION)
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert assistant.ask(QUESTION).status == "answered"


def test_the_same_answer_by_every_way(assistant: Assistant) -> None:
    def same(answer: Answer) -> Answer:
        return replace(answer, timings={})

    expected = same(assistant.ask(QUESTION))
    assert same(asyncio.run(assistant.aask(QUESTION))) == expected
    assert [same(a) for a in assistant.batch([QUESTION, QUESTION])] == [expected, expected]
    assert same(assistant.chain.invoke(QUESTION)) == expected
    assert same(assistant.chain.invoke({"question": QUESTION, "k": 10})) == expected
    assert same(asyncio.run(assistant.chain.ainvoke(QUESTION))) == expected


def test_the_retriever_is_langchains(assistant: Assistant) -> None:
    documents = assistant.retriever.invoke(QUESTION, k=4)
    assert len(documents) == 4
    assert all(isinstance(document, Document) for document in documents)
    best = documents[0]
    with assistant.index.generation() as current:
        article = current.article(best.metadata["article_id"])
    assert article is not None
    assert article.text[best.metadata["start"] : best.metadata["end"]] == best.page_content
    assert best.metadata["score"] >= documents[1].metadata["score"]


def test_an_answer_is_json(assistant: Assistant) -> None:
    answer = assistant.ask("Who is the mayor of Port Ellery?")
    plain = json.loads(json.dumps(answer.to_dict()))
    assert set(plain) == {
        "question", "status", "text", "statements", "citations", "passages", "as_of", "support", "generation",
        "timings", "model", "rewritten", "period", "notice", "caveat", "usage", "stories",
    }  # fmt: skip
    for citation in plain["citations"]:
        texts = {p["article"]["id"]: p["article"]["text"] for p in plain["passages"]}
        assert texts[citation["article_id"]][citation["start"] : citation["end"]] == citation["quote"]


@pytest.mark.parametrize(
    ("question", "options", "message"),
    [
        ("", {}, "empty"),
        (" \u200b\n", {}, "empty"),
        ("x" * 2001, {}, "2000 are the most"),
        ("Who?", {"since": "yesterday"}, "since is a day like"),
        ("Who?", {"k": 0}, "1 to 100"),
        ("Who?", {"sources": "Courier"}, "list of names"),
    ],
)
def test_a_question_that_cannot_be_asked(
    assistant: Assistant, question: str, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(BadRequestError, match=message):
        assistant.ask(question, **options)


@pytest.mark.parametrize(
    "question",
    ["{question.__class__}", "{{7*7}}", '{"lc": 1, "type": "secret"}', "AND OR", "<script>alert(1)</script>"],
)
def test_a_question_is_never_a_template(assistant: Assistant, question: str) -> None:
    assert assistant.ask(question).question == question


def test_hidden_instructions_are_in_no_passage(assistant: Assistant) -> None:
    with assistant.index.generation() as current:
        pages = [a for a in current.articles() if a.path.endswith(".html")]
    assert len(pages) == 5
    assert not [a.id for a in pages if "instruction" in a.text.lower() or "ignore" in a.text.lower()]


def liar(change: dict[str, Any]) -> Runnable[Evidence, Answer]:
    """Return an answerer whose second citation is not what its article says."""

    def answer(evidence: Evidence) -> Answer:
        article = evidence.passages[0].article
        true = cite(1, article, 0, 20)
        return Answer(
            question=evidence.question, status="answered", passages=evidence.passages,
            statements=(
                Statement(text="True.", support="quoted", citations=(1, 2)),
                Statement(text="False.", support="quoted", citations=(2,)),
                Statement(text="Cites nothing.", support="quoted", citations=()),
                Statement(text="Cites what is not there.", support="quoted", citations=(3,)),
            ),
            citations=(true, replace(true, **{"number": 2, **change})),
            support=1.0, generation=evidence.generation, timings={},
        )  # fmt: skip

    return RunnableLambda(answer)


@pytest.mark.parametrize(
    "change",
    [
        {"quote": "Something else."},
        {"start": 5},
        {"start": -3, "end": 0},
        {"article_id": "nowhere"},
        {"end": 10**6},
        {"number": 1, "start": 3},
    ],
)
def test_a_citation_that_does_not_hold_is_not_shown(assistant: Assistant, change: dict[str, Any]) -> None:
    answer = Assistant(assistant.index, liar(change)).ask(QUESTION)
    assert [(c.number, c.start) for c in answer.citations] == [(1, 0)]
    assert answer.text == "True. [1]"
    assert [s.support for s in answer.statements] == ["quoted", "unsupported", "unsupported", "unsupported"]
    assert answer.as_of == answer.citations[0].published


def test_an_answer_without_any_true_citation_is_not_found(assistant: Assistant) -> None:
    answer = assistant.ask(QUESTION)
    false = replace(answer, citations=tuple(replace(c, quote="invented") for c in answer.citations))
    gone = verified(false, of_passages(answer))
    assert (gone.status, gone.text, gone.citations) == ("not_found", "", ())
    assert verified(replace(answer, citations=()), of_passages(answer)).status == "not_found"


def test_thanks_that_were_saved_are_read_back(assistant: Assistant) -> None:
    thanks = replace(assistant.ask(QUESTION), status="no_question", statements=(), citations=(), passages=())
    assert restored(thanks.to_dict()) == thanks


def test_only_real_spans_can_be_cited() -> None:
    article = Article(id="a", title="T", text="Some words.")
    assert holds(cite(1, article, 0, 4), {"a": article}.get)
    for start, end in ((0, 0), (-1, 3), (5, 99), (4, 2)):
        with pytest.raises(ValueError, match="no span"):
            cite(1, article, start, end)


FORGED = Article(id="forged", title="Bridge", text="The mayor stole the bridge.", source="Nowhere Times")


class Agreeing(str):
    """A text that calls itself equal to any other."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return True


def answering(evidence: Evidence, *citations: Citation, text: str = "The mayor stole the bridge.") -> Answer:
    """Return an answer of one statement that stands on these citations, as a careless answerer would write it."""
    numbers = tuple(citation.number for citation in citations)
    return Answer(
        question=evidence.question, status="answered", passages=evidence.passages, citations=citations,
        statements=(Statement(text=text, support="verbatim", citations=numbers),),
        support=1.0, generation=evidence.generation, timings={},
    )  # fmt: skip


def with_a_forged_passage(evidence: Evidence) -> Answer:
    whole = len(FORGED.text)
    passage = Passage(Chunk("c", FORGED.id, 0, whole, FORGED.text), FORGED, 1.0)
    return replace(answering(evidence, cite(1, FORGED, 0, whole)), passages=(passage,))


def with_a_forged_article(evidence: Evidence) -> Answer:
    own = replace(evidence.passages[0].article, text=FORGED.text)
    passages = tuple(replace(passage, article=own) for passage in evidence.passages)
    return replace(answering(evidence, cite(1, own, 0, len(own.text))), passages=passages)


def changed(**change: Any) -> Callable[[Evidence], Answer]:
    """Return an answerer whose only citation was changed so after it was made."""
    return lambda evidence: answering(
        evidence, replace(cite(1, evidence.passages[0].article, 0, 20), **change), text="Anything."
    )


@pytest.mark.parametrize(
    "answerer",
    [
        pytest.param(with_a_forged_passage, id="passage"),
        pytest.param(with_a_forged_article, id="article"),
        pytest.param(changed(title="The mayor stole the bridge"), id="title"),
        pytest.param(changed(source="Nowhere Times"), id="outlet"),
        pytest.param(changed(published=date(1999, 1, 1)), id="day"),
        pytest.param(changed(url="http://127.0.0.1/"), id="address"),
        pytest.param(changed(start=math.nan), id="start NaN"),
        pytest.param(changed(end=math.nan), id="end NaN"),
        pytest.param(changed(start=-20), id="start negative"),
        pytest.param(changed(start=0.0), id="start not whole"),
        pytest.param(changed(end=None), id="no end"),
        pytest.param(changed(quote=None), id="no quote"),
        pytest.param(changed(article_id=["a"]), id="id of another type"),
        pytest.param(changed(number=0), id="number 0"),
        pytest.param(changed(number=-1), id="number negative"),
        pytest.param(changed(number=math.nan), id="number NaN"),
        pytest.param(changed(number="1"), id="number in words"),
        pytest.param(changed(number=True), id="number True"),
    ],
)
def test_nothing_forged_is_cited(assistant: Assistant, answerer: Callable[[Evidence], Answer]) -> None:
    answer = Assistant(assistant.index, RunnableLambda(answerer)).ask(QUESTION)
    assert (answer.status, answer.text, answer.citations) == ("not_found", "", ())
    assert [statement.support for statement in answer.statements] == ["unsupported"]
    assert FORGED not in [passage.article for passage in answer.passages]
    json.dumps(answer.to_dict(), allow_nan=False)


def test_what_calls_itself_equal_to_a_quote_is_replaced_by_the_quote(assistant: Assistant) -> None:
    forged = changed(quote=Agreeing("The mayor stole the bridge."))
    answer = Assistant(assistant.index, RunnableLambda(forged)).ask(QUESTION)
    (citation,) = answer.citations
    assert citation.quote == answer.passages[0].article.text[:20]
    assert (type(citation.quote), answer.statements[0].support) == (str, "quoted")


def test_an_article_that_was_not_retrieved_is_not_cited(assistant: Assistant) -> None:
    with assistant.index.generation() as current:
        every = list(current.articles())

    def answer(evidence: Evidence) -> Answer:
        found = {passage.article.id for passage in evidence.passages}
        other = next(article for article in every if article.id not in found)
        return answering(evidence, cite(1, other, 0, 20))

    assert Assistant(assistant.index, RunnableLambda(answer)).ask(QUESTION).status == "not_found"


def test_only_what_a_citation_says_is_verbatim_and_marks_in_the_text_are_none(assistant: Assistant) -> None:
    def answer(evidence: Evidence) -> Answer:
        return answering(evidence, cite(1, evidence.passages[0].article, 0, 20), text="So it was [7], they say [2, 3].")

    (statement,) = Assistant(assistant.index, RunnableLambda(answer)).ask(QUESTION).statements
    assert (statement.text, statement.support) == ("So it was, they say.", "quoted")


def test_an_answer_is_to_the_question_that_was_asked(assistant: Assistant) -> None:
    def answer(evidence: Evidence) -> Answer:
        own = answering(evidence, cite(1, evidence.passages[0].article, 0, 20))
        return replace(own, question="Another?", generation=99, rewritten="?", statements=list(own.statements))  # type: ignore[arg-type]

    found = Assistant(assistant.index, RunnableLambda(answer)).ask(QUESTION)
    assert (found.question, found.rewritten) == (QUESTION, "")
    assert found.generation != 99
    assert len(found.citations) == 1


@dataclass
class Playing(Answerer):
    """Yields these events, made from the evidence."""

    play: Callable[[Evidence], Iterator[Any]]

    def events(self, evidence: Evidence, config: RunnableConfig | None = None) -> Iterator[Event]:
        return self.play(evidence)


def forging(evidence: Evidence) -> Iterator[Event]:
    article = evidence.passages[0].article
    true, false = cite(1, article, 0, 20), cite(2, FORGED, 0, len(FORGED.text))
    yield PassagesFound((replace(evidence.passages[0], article=FORGED),))
    yield StatementChecked(Statement(text="Stolen.", support="quoted", citations=(2,)), (false,))
    yield StatementChecked(Statement(text="True.", support="quoted", citations=(1, 2)), (true,))
    yield StatementChecked(Statement(text="Again.", support="quoted", citations=(1,)))
    yield StatementChecked(Statement(text="Retold.", support="quoted", citations=(1,)), (cite(1, article, 2, 9),))
    yield StatementChecked(Statement(text="Early.", support="quoted", citations=(3,)))
    yield answering(evidence, true)
    yield TextPiece("Too late.")


def test_a_stream_never_shows_a_forged_citation(assistant: Assistant) -> None:
    found, *events, last = Assistant(assistant.index, Playing(forging)).stream(QUESTION)
    assert isinstance(found, PassagesFound)
    assert FORGED not in [passage.article for passage in found.passages]
    checked = [event for event in events if isinstance(event, StatementChecked)]
    assert len(checked) == len(events) == 5
    assert [event.statement.citations for event in checked] == [(), (1,), (1,), (1,), ()]
    assert [event.statement.support == "unsupported" for event in checked] == [True, False, False, False, True]
    assert [[citation.start for citation in event.citations] for event in checked] == [[], [0], [], [], []]
    assert isinstance(last, Answer)


def raising(evidence: Evidence) -> Iterator[Event]:
    yield TextPiece("So far")
    raise KeyError("model")


@pytest.mark.parametrize(
    ("answerer", "message"),
    [
        pytest.param(lambda _: None, r"answerer mine gave nothing \(None\).*has to give an Answer", id="none"),
        pytest.param(lambda _: "The mayor.", "answerer mine gave a str", id="words"),
        pytest.param(lambda _: {"text": "The mayor."}, "answerer mine gave a dict", id="mapping"),
        pytest.param(lambda e: [answering(e)], "answerer mine gave a list", id="list"),
        pytest.param(lambda _: 1 // 0, "answerer mine failed: ZeroDivisionError", id="raises"),
        pytest.param(lambda e: replace(answering(e), statements=None), "gave nothing", id="no statements"),
        pytest.param(lambda e: replace(answering(e), statements=("A.",)), "gave a str", id="no statement"),
        pytest.param(lambda e: replace(answering(e), citations=({"number": 1},)), "gave a dict", id="no citation"),
        pytest.param(lambda e: replace(answering(e), support=math.nan), "gave the support nan", id="support NaN"),
        pytest.param(lambda e: replace(answering(e), timings=None), "gave nothing", id="no timings"),
        pytest.param(lambda e: answering(e, text=None), "gave nothing", id="no text"),  # type: ignore[arg-type]
    ],
)
def test_an_answerer_that_gives_no_answer_is_named(
    assistant: Assistant, answerer: Callable[[Evidence], Any], message: str
) -> None:
    named: Runnable[Evidence, Any] = RunnableLambda(answerer, name="mine")
    with pytest.raises(DatelineError, match=message):
        Assistant(assistant.index, named).ask(QUESTION)


@pytest.mark.parametrize(
    ("play", "message"),
    [
        pytest.param(lambda _: iter(()), "answerer Playing ended without an Answer", id="nothing"),
        pytest.param(lambda _: None, "answerer Playing failed: TypeError", id="no events"),
        pytest.param(lambda _: iter(["words"]), "answerer Playing gave a str", id="words"),
        pytest.param(lambda _: iter([TextPiece(None)]), "answerer Playing gave nothing", id="no text"),  # type: ignore[arg-type]
        pytest.param(raising, "answerer Playing failed: KeyError: 'model'", id="raises"),
    ],
)
def test_a_stream_that_breaks_names_its_answerer(
    assistant: Assistant, play: Callable[[Evidence], Iterator[Event]], message: str
) -> None:
    with pytest.raises(DatelineError, match=message):
        Assistant(assistant.index, Playing(play)).ask(QUESTION)
