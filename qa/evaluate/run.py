"""Ask every question of a file, and report on what came back."""

import platform
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

from index import BadRequestError, DatelineError
from index.build.publish import Progress
from index.embed.fingerprint import sha256
from qa.assistant import Assistant
from qa.evaluate import libraries, metrics
from qa.evaluate.gold import gold_of
from qa.evaluate.key_points import faults_of
from qa.evaluate.questions import Question, QuestionsError, read_questions
from qa.evaluate.rows import Asked, cited, rows_of
from qa.evaluate.values import Report, Settings
from qa.evidence import THRESHOLD
from qa.talk.conversation import Exchange
from qa.values import Answer, Turn

PASSAGES = 10
"""How many passages are asked for: every ranking is measured on the ten best."""
_LIBRARIES = ("dateline", "chromadb", "tantivy", "onnxruntime", "sentence-transformers", "ir-measures")
_MOST_LISTED = 5  # faults in a message: the first ones show the kind


class IndexChangedError(DatelineError):
    """Raised when a new generation appears while the questions are asked."""


def evaluate(
    assistant: Assistant,
    questions: Path,
    *,
    index: str = "",
    limit: int | None = None,
    seed: int = 0,
    progress: Progress = lambda *_: None,
) -> Report:
    """Return the report on the questions of a file.

    `limit` asks only so many of them, drawn by `seed`, which also draws the resamples of the intervals. `index` is
    how the report names the index. Raises `QuestionsError` for a file that cannot be used, or whose articles the
    index does not hold, `IndexChangedError`, and `LibraryMissingError` without the extra `eval`.
    """
    # Before anything else: a run of an hour must not end with a missing library.
    libraries.require()
    started, clock = datetime.now(UTC), time.perf_counter()
    chosen = _drawn(read_questions(questions), limit, seed)
    if faults := faults_of(chosen):
        listed = "\n  ".join(faults[:_MOST_LISTED])
        raise QuestionsError(f"{questions} has key points that cannot be used:\n  {listed}")
    asked = _ask(assistant, chosen, progress)
    rows = rows_of(asked)
    with assistant.index.generation() as generation:
        settings = Settings(
            questions=str(questions),
            questions_sha256=sha256(questions),
            asked=len(rows),
            limit=limit,
            seed=seed,
            index=index,
            generation=generation.number,
            articles=generation.articles_count,
            passages=generation.chunks_count,
            model=generation.fingerprint.model,
            fingerprint=generation.fingerprint.key,
            reranker=assistant.reranker_name,
            answered_by=tuple(dict.fromkeys(one.answer.model for one in asked if one.answer.model)),
            threshold=THRESHOLD,
            versions={"python": platform.python_version(), **{name: _version(name) for name in _LIBRARIES}},
            started=started.isoformat(timespec="seconds"),
            seconds=round(time.perf_counter() - clock, 1),
        )
    return Report(
        settings=settings,
        metrics=metrics.summary(rows),
        intervals=metrics.intervals(rows, seed),
        latency=metrics.stages(rows),
        types={
            type_: {"questions": len(some), **metrics.summary(some)}
            for type_ in dict.fromkeys(row.question.type for row in rows)
            if (some := [row for row in rows if row.question.type == type_])
        },
        rows=tuple(rows),
    )


def _drawn(questions: list[Question], limit: int | None, seed: int) -> list[Question]:
    if limit is None or limit >= len(questions):
        return questions
    if limit < 1:
        raise BadRequestError(f"The limit is how many questions to ask, 1 or more; {limit} is not.")
    # In the order of the file, so that two reports can be read side by side.
    chosen = np.random.default_rng(seed).choice(len(questions), size=limit, replace=False)
    return [questions[number] for number in sorted(chosen)]


def _ask(assistant: Assistant, questions: Sequence[Question], progress: Progress) -> list[Asked]:
    """Return every question with its answer, all from one generation."""
    with assistant.index.generation() as generation:
        golds = [gold_of(question, generation) for question in questions]
        # One article that is missing is a finding; none at all is the wrong index, and the whole run in vain.
        if any(question.quotes for question in questions) and not any(gold.articles for gold in golds):
            named = next(question.quotes[0].article_id for question in questions if question.quotes)
            raise QuestionsError(
                f"The index holds none of the articles that the questions rest on, like {named!r}. "
                "Ask the index of these articles: --index DIR"
            )
        asked = []
        for done, (question, gold) in enumerate(zip(questions, golds, strict=True)):
            progress("ask", done, len(questions))
            answer = _answer(assistant, question)
            # Gold chunks are those of one generation: answers from another would be held against the wrong ids.
            if answer.generation != generation.number:
                raise IndexChangedError(
                    f"The index changed from generation {generation.number} to {answer.generation} while the "
                    "questions were asked. Ask them again."
                )
            asked.append(Asked(question, answer, gold, cited(answer, gold, generation)))
        progress("ask", len(questions), len(questions))
    return asked


def _answer(assistant: Assistant, question: Question) -> Answer:
    history: list[Turn] = []
    try:
        # Of a conversation given as questions, each answer is the system's own, mistakes included.
        for said in question.history:
            if isinstance(said, str):
                answer = assistant.ask(said, history=history, asked_on=question.asked_on)
                history += Exchange(said, answer).turns
            else:
                history.append(Turn(said.role, said.content))
        return assistant.ask(question.question, history=history, asked_on=question.asked_on, k=PASSAGES)
    except BadRequestError as error:
        raise QuestionsError(f"The question {question.id!r} cannot be asked: {error}") from error


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
