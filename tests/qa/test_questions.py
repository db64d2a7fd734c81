"""Files of questions: what is read, and what is said of lines that cannot be used."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from qa import Assistant
from qa.evaluate import QuestionsError, read_questions
from qa.evaluate.gold import occurrences
from tests.conftest import ROOT, questions

GOOD: dict[str, Any] = {"id": "a", "question": "Who?", "answerable": True, "answers": ["Ann"]}


def written(path: Path, *lines: object) -> Path:
    file = path / "questions.jsonl"
    file.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines), "utf-8")
    return file


def test_our_own_questions_are_read() -> None:
    read = read_questions(ROOT / "benchmarks" / "sample" / "questions.jsonl")
    assert sum(bool(question.history) for question in read) >= 16
    assert all(question.quotes for question in read if question.answerable)


def test_our_own_questions_are_of_every_kind() -> None:
    kinds = Counter(record["type"] for record in questions())
    assert len(questions()) >= 160
    assert kinds["absent"] >= 50
    for kind in (
        "fact", "why", "how", "speaker", "yesno", "number", "list", "multi", "summary", "comparison", "time", "keyword",
        "typo", "followup",
    ):  # fmt: skip
        assert kinds[kind] >= 4, kind


def test_the_key_points_of_our_own_questions_stand_in_their_articles(assistant: Assistant) -> None:
    with assistant.index.generation() as generation:
        for record in questions():
            for point in record.get("key_points", ()):
                article = generation.article(point["article_id"])
                assert article is not None
                assert occurrences(article.text, point["quote"]), (record["id"], point["quote"])
                assert re.search(point["accept"], point["quote"], re.IGNORECASE), (record["id"], point["accept"])


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
