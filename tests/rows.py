"""Rows of an evaluation, made by hand."""

from qa.evaluate.questions import Question
from qa.evaluate.values import Row


def row(number: int = 0, *, answerable: bool = True, support: float = 0.5, type_: str = "fact",
        total: float = 0.1, **measures: float) -> Row:  # fmt: skip
    question = Question(
        id=f"q{number}", question=f"Question {number}?", answerable=answerable, answers=("x",), type=type_
    )
    answered = support >= 0.5
    return Row(
        question=question, status="answered" if answered else "not_found", answer="x [1]", rewritten="",
        support=support, citations=(), passages=(), timings={"read": total / 2, "total": total},
        measures=measures, absent=(), lost=(),
    )  # fmt: skip
