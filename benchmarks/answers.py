"""Write docs/answers.md: answers to our own questions over articles/, as they come.

    python -m benchmarks.answers INDEX [--out docs/answers.md]

INDEX is an index of articles/. Four questions of each kind are asked, the first of each in the file; nothing is left
out and nothing is written by hand. A grade is that of `dateline eval`; a remark says what is wrong with an answer.
"""

import argparse
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from qa import Answer, Assistant
from qa.evaluate import Question, read_questions
from qa.evaluate.key_points import Graded, graded

QUESTIONS = Path(__file__).parent / "sample" / "questions.jsonl"
KINDS = ("fact", "why", "how", "speaker", "yesno", "number", "list", "multi", "summary", "comparison", "time",
         "keyword", "typo", "followup", "absent")  # fmt: skip
EACH = 4
_HEAD = """\
# Answers as they come

Written by `python -m benchmarks.answers INDEX` over `articles/`: the first four questions of each kind that have key
points, and four that the articles do not answer. The grade (0 to 2) is that of `dateline eval`: 2 is all key points
with little noise.
"""


def chosen(questions: Sequence[Question]) -> list[Question]:
    """Return the first questions of each kind, those with key points where the kind has any."""
    fit = [question for question in questions if question.key_points or not question.answerable]
    return [question for kind in KINDS for question in [one for one in fit if one.type == kind][:EACH]]


def asked(assistant: Assistant, question: Question) -> Answer:
    """Return the answer to a question of the file."""
    history = [turn.model_dump() if not isinstance(turn, str) else {"role": "user", "content": turn}
               for turn in question.history]  # fmt: skip
    return assistant.ask(question.question, history=history, asked_on=question.asked_on)


def page(answers: Sequence[tuple[Question, Answer]]) -> str:
    """Return the page."""
    grades = graded(answers)
    lines = [_HEAD]
    for kind, group in groupby(answers, key=lambda pair: pair[0].type):
        lines.append(f"\n## {kind}\n")
        for question, answer in group:
            lines += _entry(question, answer, grades.get(question.id))
    return "\n".join(lines) + "\n"


def _entry(question: Question, answer: Answer, grade: Graded | None) -> Iterator[str]:
    """Yield the lines of a question and its answer."""
    before = [turn if isinstance(turn, str) else turn.content for turn in question.history]
    yield f"**{question.question}**" + (f" (after “{before[0]}”)" if before else "") + _day(question)
    for words in filter(None, (_searched(answer), answer.notice)):
        yield f"<br>*{words}*"
    yield f"<br>{answer.text or 'Not in these articles.'}"
    if answer.caveat:
        yield f"<br>*{answer.caveat}*"
    yield f"<br>{_verdict(answer, grade)}\n"


def _verdict(answer: Answer, grade: Graded | None) -> str:
    if grade is None:
        return "rightly silent" if answer.status == "not_found" else "**wrong: the articles do not say**"
    missing = [point.fact for point in grade.points if not point.shown]
    remarks = [f"missing: {'; '.join(missing)}"] if missing else []
    remarks += [f"{grade.noise} of its statements help nobody"] if grade.noise else []
    return f"grade {grade.grade}" + (f" ({', '.join(remarks)})" if remarks else "")


def _searched(answer: Answer) -> str:
    what = " · ".join(filter(None, (answer.rewritten, answer.period)))
    return f"Searched: {what}" if what else ""


def _day(question: Question) -> str:
    return f" (asked on {question.asked_on})" if question.asked_on else ""


def main() -> None:
    """Ask and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index", help="folder of an index of articles/")
    parser.add_argument("--out", type=Path, default=Path("docs/answers.md"))
    options = parser.parse_args()
    with Assistant.open(options.index) as assistant:
        answers = [(question, asked(assistant, question)) for question in chosen(read_questions(QUESTIONS))]
    options.out.write_text(page(answers), "utf-8")


if __name__ == "__main__":
    main()
