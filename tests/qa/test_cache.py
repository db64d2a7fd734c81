"""An answer is given again only where all that it depends on is the same."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from langchain_core.runnables import RunnableLambda

from index.reindex import reindex
from index.serving import Index
from qa import Answer, Assistant, Event, Evidence, PassagesFound, Turn
from qa.answer.extract import Extractive
from qa.cache import ANSWERS
from qa.judge.reader import Reader, Reading
from tests.conftest import questions, write

QUESTION = "What are Russia's preconditions?"
TALK = [Turn("user", "Who is the mayor?"), Turn("assistant", "Nobody knows.")]


@pytest.fixture(scope="module")
def fresh(sample_index: Path) -> Iterator[Assistant]:
    with Assistant.open(sample_index) as opened:
        yield opened


def is_kept(answer: Answer) -> bool:
    return "kept" in answer.timings


def timeless(events: list[Event]) -> list[Event]:
    return [replace(event, timings={}) if isinstance(event, Answer) else event for event in events]


@pytest.mark.parametrize("options", [{}, {"k": 3}, {"as_of": "2026-04-01"}, {"history": TALK[:1]}], ids=repr)
def test_the_same_question_is_answered_once(fresh: Assistant, options: dict[str, Any]) -> None:
    first, again = ([*fresh.stream(f"  {QUESTION}", **options)] for _ in range(2))
    assert timeless(first) == timeless(again)
    assert (is_kept(fresh.ask(QUESTION, **options)), [is_kept(each[-1]) for each in (first, again)]) == (
        True,
        [False, True],
    )
    assert again[-1].timings["total"] < first[-1].timings["total"]


@pytest.mark.parametrize(
    ("question", "options"),
    [
        ("What are Russia's conditions?", {}),
        ("what are Russia's preconditions?", {}),
        (QUESTION, {"since": "2020-01-01"}),
        (QUESTION, {"until": "2030-01-01"}),
        (QUESTION, {"k": 9}),
        (QUESTION, {"exact": True}),
        (QUESTION, {"as_of": "2029-01-01"}),
        (QUESTION, {"history": TALK[1:]}),
        (QUESTION, {"history": TALK}),
        ("Thanks!", {}),
    ],
    ids=repr,
)
def test_what_differs_is_answered_for_itself(fresh: Assistant, question: str, options: dict[str, Any]) -> None:
    fresh.ask(QUESTION)
    assert not is_kept(fresh.ask(question, **options))


def test_a_reader_that_stops_at_the_answer_has_given_all_of_it(fresh: Assistant) -> None:
    question = "Who is the mayor of Ellery?"
    for event in fresh.stream(question):
        if isinstance(event, Answer):
            break
    assert is_kept(fresh.ask(question))


def test_a_reader_that_stops_before_it_has_not(fresh: Assistant) -> None:
    question = "When does the night ferry start?"
    for event in fresh.stream(question):
        if isinstance(event, PassagesFound):
            break
    assert not is_kept(fresh.ask(question))


def test_another_generation_is_asked_anew(source: Path, index_path: Path, tiny_model: Path) -> None:
    question = "Why did the bridge close?"
    reindex([source], index_path, model=str(tiny_model))
    with Assistant.open(index_path) as assistant:
        before = assistant.ask(question)
        assert is_kept(assistant.ask(question))
        write(source / "bridge.md", "Bridge closes", "The bridge over the Senn closed on Monday after a barge hit it.")
        reindex([source], index_path, model=str(tiny_model))
        after = assistant.ask(question)
        assert (is_kept(after), after.generation) == (False, before.generation + 1)
        assert "barge" in after.text
        assert "crack" in before.text
        assert "barge" in assistant.ask(question).text
        assert len(assistant._answers) == 1  # nobody will ask the first generation again


def test_a_swap_while_many_ask(source: Path, index_path: Path, tiny_model: Path) -> None:
    """The generation that an answer names always holds what it cites."""
    texts, wrong, done = {}, list[str](), threading.Event()

    def publish(number: int) -> None:
        texts[number] = f"The bridge over the Senn closed on Monday after {number} cracks were found."
        write(source / "bridge.md", "Bridge closes", texts[number])
        reindex([source], index_path, model=str(tiny_model))

    publish(1)
    with Assistant.open(index_path) as assistant:

        def ask() -> None:
            while not done.is_set():
                answer = assistant.ask("Why did the bridge close?")
                if [c.quote for c in answer.citations if "cracks" in c.quote] != [texts[answer.generation]]:
                    wrong.append(f"{answer.generation}: {answer.text}")

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for number in range(2, 6):
            publish(number)
        done.set()
        for thread in threads:
            thread.join()
    assert wrong == []


def test_answers_stay_within_their_bytes(sample_index: Path) -> None:
    with Assistant.open(sample_index, answer_cache=150_000) as assistant:
        asked = [record["question"] for record in questions()[:12]]
        for question in asked:
            assistant.ask(question)
        assert 0 < assistant._answers.bytes <= 150_000
        assert 0 < len(assistant._answers) < len(asked)
        assert is_kept(assistant.ask(asked[-1]))
        assert not is_kept(assistant.ask(asked[0]))


@pytest.mark.parametrize(
    ("with_answerer", "answer_cache", "kept"),
    [(False, None, True), (False, ANSWERS, True), (False, 0, False), (True, None, False), (True, ANSWERS, True)],
    ids=["by default", "asked for", "switched off", "an answerer of somebody's", "and asked for"],
)
def test_what_others_write_is_kept_only_if_asked_for(
    sample_index: Path, with_answerer: bool, answer_cache: int | None, kept: bool
) -> None:
    written = list[str]()

    def write_answer(evidence: Evidence) -> Answer:
        written.append(evidence.question)
        return Extractive().invoke(evidence)

    answerer = RunnableLambda(write_answer) if with_answerer else None
    with Assistant(Index.open(sample_index), answerer, answer_cache=answer_cache) as assistant:
        assistant.ask(QUESTION)
        assert is_kept(assistant.ask(QUESTION)) == kept
        assert len(written) == with_answerer * (2 - kept)


def test_what_was_read_for_a_question_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, runs = Reader(), list[int]()
    run = Reader._run
    monkeypatch.setattr(Reader, "_run", lambda self, window: runs.append(1) or run(self, window))
    reading = Reading("Bridge closes", ("The bridge closed on Monday.", "It will open in May."))
    first = reader("When did the bridge close?", [reading, reading])
    again = reader("When did the bridge close?", [reading])
    assert [[*scores.logits] for scores in (*first, *again)] == [[*first[0].logits]] * 3
    done = len(runs)
    assert done <= 2  # both at once may have been read by two threads
    for question, other in (
        ("When does the bridge close?", reading),
        ("When did the bridge close?", replace(reading, title="Bridge opens")),
        ("When did the bridge close?", Reading(reading.title, (" ".join(reading.sentences),))),
    ):
        reader(question, [other])
        done += 1
        assert len(runs) == done
