"""Read a file of questions: one JSON object a line, with the right answers and the words that they rest on."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, ValidationError, model_validator

from index import DatelineError
from qa.evaluate.accuracy import normalised

_MOST_LISTED = 5  # faults in a message: the first ones show the kind
_LONGEST_PATTERN = 1000  # characters; chosen, not measured: a pattern is written by hand
_Words = Annotated[str, Field(pattern=r"\S")]


class QuestionsError(DatelineError):
    """Raised for a file of questions that cannot be used; the message names its lines, and why."""

    exit_code = 2


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Quote(_Frozen):
    """Words of an article that answer a question."""

    article_id: _Words
    quote: _Words


class Turn(_Frozen):
    """Something said before the question."""

    role: Literal["user", "assistant"]
    content: str


class KeyPoint(Quote):
    """A fact that a right answer shows: words that match the regular expression `accept`, case ignored.

    The article's `quote` tells it; `fact` is a name for it.
    """

    accept: Annotated[str, Field(pattern=r"\S", max_length=_LONGEST_PATTERN)]
    fact: str = ""


class Question(_Frozen):
    """A question whose answer is known.

    `answers` are the ways to say the right answer, any of which will do; `evidence` are the quotes that hold it, any
    of which will do; with `choices`, an answer is right when it names the right one and no other. `key_points` are
    what a right answer shows, all of them. A question that is not `answerable` has no answer in the articles.
    `history` is the conversation so far; of one that is given as plain questions, the answers are the system's own.
    `asked_on` is the day.
    """

    id: _Words
    question: _Words
    answerable: StrictBool
    answers: tuple[_Words, ...] = ()
    evidence: tuple[Quote, ...] = ()
    type: _Words = "question"
    choices: tuple[_Words, ...] = ()
    history: tuple[Turn | str, ...] = ()
    asked_on: date | None = None
    key_points: tuple[KeyPoint, ...] = ()

    @property
    def quotes(self) -> tuple[Quote, ...]:
        """Return the quotes that answer it: the evidence, or else those of the key points."""
        return self.evidence or self.key_points

    @model_validator(mode="after")
    def _can_be_graded(self) -> Self:
        if self.answerable and not self.answers and not self.quotes:
            raise ValueError("it is answerable, so it needs answers, evidence or key_points")
        if self.key_points and not self.answerable:
            raise ValueError("it is not answerable, so it has no key_points")
        right = {normalised(answer) for answer in self.answers}
        if self.answerable and self.choices and not right & {normalised(choice) for choice in self.choices}:
            raise ValueError("none of its choices is among its answers")
        return self


def read_questions(path: Path) -> list[Question]:
    """Return the questions of a file, in its order. Unknown fields are ignored.

    Raises `QuestionsError` that names the lines which cannot be used.
    """
    questions: dict[str, Question] = {}
    faults: list[str] = []
    try:
        for number, line in _lines(path):
            try:
                question = Question.model_validate_json(line)
            except ValidationError as error:
                # Collected: whoever mends a file wants to know all of its lines, not one a run.
                faults.append(f"line {number}: {_words_of(error)}")
                continue
            if question.id in questions:
                faults.append(f"line {number}: the id {question.id!r} is taken by an earlier line")
            questions[question.id] = question
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionsError(f"{path} cannot be read as UTF-8 text: {error}") from error
    if faults:
        rest = f"\n  and {len(faults) - _MOST_LISTED} more" if len(faults) > _MOST_LISTED else ""
        listed = "\n  ".join(faults[:_MOST_LISTED])
        raise QuestionsError(f"{path} has lines that are no questions:\n  {listed}{rest}")
    if not questions:
        raise QuestionsError(f"{path} holds no question. Write one JSON object a line.")
    return list(questions.values())


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    # Spreadsheets write a mark of byte order first, at which JSON fails.
    with path.open(encoding="utf-8-sig") as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield number, line


def _words_of(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"{where}: {first['msg']}" if where else str(first["msg"])
