"""Files of questions: what is read, and what is said of lines that cannot be used."""

import json
from pathlib import Path
from typing import Any

import pytest

from qa.evaluate import QuestionsError, read_questions
from tests.conftest import ROOT

GOOD: dict[str, Any] = {"id": "a", "question": "Who?", "answerable": True, "answers": ["Ann"]}


def written(path: Path, *lines: object) -> Path:
    file = path / "questions.jsonl"
    file.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines), "utf-8")
    return file


def test_our_own_questions_are_read() -> None:
    questions = read_questions(ROOT / "benchmarks" / "sample" / "questions.jsonl")
    assert len(questions) >= 60
    assert {question.type for question in questions} >= {"factoid", "followup", "absent"}
    assert sum(bool(question.history) for question in questions) >= 10
    assert sum(not question.answerable for question in questions) >= 15
    assert all(question.evidence for question in questions if question.answerable)


def test_fields_that_are_not_known_and_blank_lines_are_passed_over(tmp_path: Path) -> None:
    file = written(tmp_path, "\ufeff" + json.dumps({**GOOD, "review": {"x": 1}}), "", {**GOOD, "id": "b\u2028"})
    assert [question.id for question in read_questions(file)] == ["a", "b\u2028"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "Invalid JSON"),
        ("[]", "should be an object"),
        ({**GOOD, "question": " "}, "question: "),
        ({**GOOD, "answerable": "yes"}, "answerable: "),
        ({**GOOD, "answers": "Ann"}, "answers: "),
        ({**GOOD, "answers": [""]}, "answers.0: "),
        ({**GOOD, "answers": []}, "it is answerable, so it needs answers, evidence or key_points"),
        ({**GOOD, "evidence": [{"quote": "Ann"}]}, "evidence.0.article_id: Field required"),
        ({**GOOD, "history": [{"role": "system", "content": "x"}]}, "history.0.Turn.role: "),
        ({**GOOD, "asked_on": "yesterday"}, "asked_on: "),
        ({**GOOD, "choices": ["Bob", "Cem"]}, "none of its choices is among its answers"),
        ({key: value for key, value in GOOD.items() if key != "id"}, "id: Field required"),
        ({**GOOD, "id": "first"}, "the id 'first' is taken by an earlier line"),
        ('{"id": "a", "question": "\\ud800", "answerable": false}', "Invalid JSON"),
    ],
)
def test_a_line_that_is_no_question_is_named(tmp_path: Path, line: object, told: str) -> None:
    with pytest.raises(QuestionsError) as caught:
        read_questions(written(tmp_path, {**GOOD, "id": "first"}, line))
    assert "line 2: " in str(caught.value)
    assert told in str(caught.value)
    assert caught.value.exit_code == 2


def test_many_faults_are_counted(tmp_path: Path) -> None:
    with pytest.raises(QuestionsError, match=r"(?s)line 1: .*line 5: .*and 3 more"):
        read_questions(written(tmp_path, *["{"] * 8))


def test_files_that_are_no_questions(tmp_path: Path) -> None:
    with pytest.raises(QuestionsError, match="holds no question"):
        read_questions(written(tmp_path))
    with pytest.raises(QuestionsError, match="No such file"):
        read_questions(tmp_path / "none.jsonl")
    with pytest.raises(QuestionsError, match="cannot be read"):
        read_questions(tmp_path)
    (tmp_path / "latin.jsonl").write_bytes(b'{"id": "\xe9"}')
    with pytest.raises(QuestionsError, match="UTF-8"):
        read_questions(tmp_path / "latin.jsonl")
