"""Grade an answer by the key points of its question: which are shown, and which statements help with none of them.

A right answer shows all key points, 1 to 4 of them. A statement helps when it shows one, or repeats five words in a row
of the quote that a key point rests on.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa.answer.verify import MARKS
from qa.evaluate.patterns import search
from qa.evaluate.questions import KeyPoint, Question
from qa.evaluate.values import PointFound
from qa.values import Answer

_RUN = 5
"""Words in a row that a statement shares with a quote: fewer are shared by chance ("at the end of the")."""
_MOST_NOISE = 1
"""The most statements that help nothing in an answer that is right in full."""


@dataclass(frozen=True, slots=True)
class Graded:
    """Which key points an answer shows, and how many of its statements help with none of them."""

    points: tuple[PointFound, ...]
    noise: int

    @property
    def coverage(self) -> float:
        """Return the share of key points that are shown."""
        return sum(point.shown for point in self.points) / len(self.points)

    @property
    def grade(self) -> int:
        """Return 2 for all key points with little noise, 1 for some of them or more noise, 0 for none."""
        if self.coverage == 1.0 and self.noise <= _MOST_NOISE:
            return 2
        return int(self.coverage > 0.0)


def faults_of(questions: Sequence[Question]) -> list[str]:
    """Return what is wrong with the patterns of the questions: each is tried on its own quote."""
    points = [(question, point) for question in questions for point in question.key_points]
    found = search([(point.accept, point.quote) for _, point in points])
    return [
        f"{question.id}: the pattern {point.accept[:80]!r} cannot be used: {why}"
        for (question, point), why in zip(points, found, strict=True)
        if isinstance(why, str)
    ]


def graded(asked: Sequence[tuple[Question, Answer]]) -> dict[str, Graded]:
    """Return the grade of each answer by the id of its question, for the questions that have key points.

    A pattern that takes too long on an answer counts as not shown, and its point says so.
    """
    with_points = [(question, answer) for question, answer in asked if question.key_points]
    pairs = [pair for question, answer in with_points for pair in _pairs(question, answer)]
    # All patterns in one child process; the finds come back in the order of `_pairs`, in which `_graded` takes them.
    found = iter(search(pairs))
    return {question.id: _graded(question, answer, found) for question, answer in with_points}


def _pairs(question: Question, answer: Answer) -> Iterator[tuple[str, str]]:
    """Yield what is searched for: each key point in the whole answer, then in each statement."""
    for text in (MARKS.sub("", answer.text), *(statement.text for statement in answer.supported)):
        for point in question.key_points:
            yield point.accept, text


def _graded(question: Question, answer: Answer, found: Iterator[bool | str]) -> Graded:
    """Return the grade of an answer from what was found for its pairs."""
    points = tuple(_point(point, next(found)) for point in question.key_points)
    noise = 0
    for statement in answer.supported:
        shown = [next(found) is True for _ in question.key_points]
        # A statement that repeats the quote in part helps, though the pattern looks for its other half.
        noise += not any(shown) and not any(_overlaps(point, statement.text) for point in question.key_points)
    return Graded(points, noise)


def _point(point: KeyPoint, found: bool | str) -> PointFound:
    fault = found if isinstance(found, str) else ""
    return PointFound(fact=point.fact or point.accept, shown=found is True, fault=fault)


def _overlaps(point: KeyPoint, statement: str) -> bool:
    """Say whether a statement repeats a run of words of a key point's quote."""
    quote, said = _words(point.quote), f" {' '.join(_words(statement))} "
    # A quote of fewer words must stand there as a whole.
    size = min(_RUN, len(quote))
    return any(f" {' '.join(quote[at : at + size])} " in said for at in range(len(quote) - size + 1))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())
