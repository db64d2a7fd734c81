"""Key points of a question: what counts as shown, what as noise, and patterns that are wrong, hostile or slow."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from qa import Answer, Assistant, Statement
from qa.evaluate import QuestionsError, evaluate, missed, read_gate, read_questions
from qa.evaluate.key_points import graded
from qa.evaluate.patterns import search
from qa.evaluate.questions import Question
from tests.command import dateline
from tests.conftest import write

SLOW = ("(x|xx)+$", "x" * 60 + "y")


def answer(*texts: str) -> Answer:
    statements = tuple(Statement(text=text, support="verbatim", citations=(n,)) for n, text in enumerate(texts, 1))
    status: Any = "answered" if texts else "not_found"
    return Answer(question="?", status=status, statements=statements, citations=(), passages=(), support=0.9,
                  generation=1, timings={})  # fmt: skip


def question(*points: tuple[str, str]) -> Question:
    found = [{"article_id": "a", "quote": quote, "accept": accept} for accept, quote in points]
    return Question.model_validate({"id": "q", "question": "?", "answerable": True, "key_points": found})


RED, BLUE = (r"\bred\b", "The first tram is red."), ("blue|azure", "The second tram will be painted azure in May.")
RED_SAID, BLUE_SAID = "The first tram is red.", "It is Blue."


@pytest.mark.parametrize(
    ("said", "coverage", "noise", "grade"),
    [
        pytest.param([RED_SAID, BLUE_SAID], 1.0, 0, 2, id="both"),
        pytest.param([RED_SAID, BLUE_SAID, "More news."], 1.0, 1, 2, id="one that helps nothing"),
        pytest.param([RED_SAID, BLUE_SAID, "More news.", "Sign up."], 1.0, 2, 1, id="too many of them"),
        pytest.param([RED_SAID], 0.5, 0, 1, id="half"),
        pytest.param(["More news."], 0.0, 1, 0, id="none"),
        pytest.param([], 0.0, 0, 0, id="refused"),
        pytest.param(["The depot will be painted in May."], 0.0, 1, 0, id="four words of a quote in a row"),
        pytest.param(["The second tram will be late."], 0.0, 0, 0, id="five words of a quote in a row"),
        pytest.param(["He was tired and redder."], 0.0, 1, 0, id="a part of a word"),
    ],
)
def test_grades(said: list[str], coverage: float, noise: int, grade: int) -> None:
    found = graded([(question(RED, BLUE), answer(*said))])["q"]
    assert (found.coverage, found.noise, found.grade) == (coverage, noise, grade)


def test_marks_of_citations_are_no_words_of_the_answer() -> None:
    assert graded([(question((r"\[1\]", "x")), answer("One."))])["q"].coverage == 0.0


def test_a_question_without_key_points_has_no_grade() -> None:
    plain = Question(id="q", question="?", answerable=True, answers=("x",))
    assert graded([(plain, answer("x"))]) == {}


def test_a_slow_pattern_ends_and_harms_no_other() -> None:
    started = time.monotonic()
    found = search([("b", "abc"), SLOW, ("z", "abc"), SLOW, ("C$", "abc")], seconds=0.5)
    assert time.monotonic() - started < 5
    assert [value for value in found if isinstance(value, bool)] == [True, False, True]
    assert "takes more than" in str(found[1])


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        pytest.param("(", "missing )", id="wrong"),
        pytest.param("(?:(?:(?:a{60000}){60000}){60000}){60000}b", None, id="large"),
        pytest.param("a{99999999999999}", "repetition number", id="overflow"),
        pytest.param("(" * 450 + ")" * 450, None, id="deep"),
        pytest.param("[\u0100-\uffff]" * 90, None, id="wide"),
    ],
)
def test_hostile_patterns_are_told_or_answered(pattern: str, told: str | None) -> None:
    found, good = search([(pattern, "a" * 4000), ("a", "a")], seconds=2.0)
    assert good is True
    assert told is None or told in str(found)


def test_many_slow_patterns_are_given_up() -> None:
    started = time.monotonic()
    found = search([SLOW] * 200, seconds=0.2)
    assert time.monotonic() - started < 10
    assert len(found) == 200
    assert all(isinstance(value, str) for value in found)


def asked(path: Path, *points: dict[str, str], **more: Any) -> Path:
    line = {"id": "q", "question": "Why was the bridge over the Senn closed?", "answerable": True,
            "key_points": list(points), **more}  # fmt: skip
    file = path / "questions.jsonl"
    file.write_text(json.dumps(line) + "\n", "utf-8")
    return file


POINT = {"article_id": "bridge.md", "quote": "after a crack was found", "accept": "crack", "fact": "a crack"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"accept": " "}, "key_points.0.accept: "),
        ({"accept": "a" * 1001}, "key_points.0.accept: "),
        ({"quote": ""}, "key_points.0.quote: "),
    ],
)
def test_key_points_that_cannot_be_used(tmp_path: Path, change: dict[str, str], told: str) -> None:
    with pytest.raises(QuestionsError, match=told):
        read_questions(asked(tmp_path, POINT | change))


def test_what_is_not_told_has_no_key_points(tmp_path: Path) -> None:
    with pytest.raises(QuestionsError, match="it has no key_points"):
        read_questions(asked(tmp_path, POINT, answerable=False))


@pytest.fixture
def bridge(index_path: Path, tmp_path: Path) -> Path:
    from index.reindex import reindex

    write(tmp_path / "news" / "bridge.md", "Bridge closes", "The bridge over the Senn closed after a crack was found.")
    reindex([tmp_path / "news"], index_path)
    return index_path


def test_key_points_are_metrics_with_a_gate(bridge: Path, tmp_path: Path) -> None:
    with Assistant.open(bridge) as assistant:
        report = evaluate(assistant, asked(tmp_path, POINT, type="why", history=["Which bridge closed?"]))
        other = evaluate(assistant, asked(tmp_path, POINT, POINT | {"accept": "nowhere"}))
        with pytest.raises(QuestionsError, match=r"q: the pattern '\('.* cannot be used: missing \)"):
            evaluate(assistant, asked(tmp_path, POINT | {"accept": "("}))
    expected = {"answer_grade": 2.0, "full_answers": 1.0, "point_coverage": 1.0, "answer_noise": 0.0,
                "answer_accuracy": 1.0, "passage_mrr@10": 1.0, "sentence_precision": 1.0}  # fmt: skip
    assert {name: report.metrics[name] for name in expected} == expected
    assert report.types["why"]["answer_grade"] == 2.0
    assert [(point.fact, point.shown) for point in report.rows[0].points] == [("a crack", True)]
    assert (other.metrics["answer_grade"], other.metrics["point_coverage"]) == (1.0, 0.5)
    assert missed(report, [read_gate("answer_grade=1.5"), read_gate("answer_noise=0.5")]) == []
    assert missed(other, [read_gate("answer_grade=1.5")]) == ["answer_grade is 1; at least 1.5 is wanted."]


@pytest.mark.slow
def test_the_command_shows_key_points_and_a_hostile_pattern_does_not_hang_it(bridge: Path, tmp_path: Path) -> None:
    half = asked(tmp_path, POINT, POINT | {"accept": "nowhere", "fact": "a place"})
    done = dateline("eval", half, "--index", bridge, "--report", tmp_path / "out")
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert "answer_grade" in done.stdout
    assert ("Shown: a crack" in page, "Not shown: a place" in page) == (True, True)
    started = time.monotonic()
    slow = asked(tmp_path, POINT | {"accept": r"(\w|\w\w|\W)+!$", "fact": "slow"})
    done = dateline("eval", slow, "--index", bridge, "--json")
    assert time.monotonic() - started < 60
    (point,) = json.loads(done.stdout)["rows"][0]["points"]
    assert (done.returncode, point["shown"]) == (0, False)
    assert "takes more than" in point["fault"]
