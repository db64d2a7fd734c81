"""Measure each answer: rankings against evidence, words against gold answers, citations against the index."""

from collections.abc import Sequence
from dataclasses import dataclass

from index.generation import Generation
from qa.evaluate.accuracy import holds_answer, names_right_choice, words_of
from qa.evaluate.gold import Gold
from qa.evaluate.key_points import Graded, graded
from qa.evaluate.questions import Question
from qa.evaluate.ranking import Ranking, measure
from qa.evaluate.values import Cited, RankedPassage, Row
from qa.values import Answer

_SNIPPET = 240  # characters of a passage in a report: two lines


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its answer, and what the index holds of its evidence and citations."""

    question: Question
    answer: Answer
    gold: Gold
    citations: tuple[Cited, ...]


def cited(answer: Answer, gold: Gold, generation: Generation) -> tuple[Cited, ...]:
    """Return the citations, each compared with the words of its article in the index."""
    found = []
    for citation in answer.citations:
        article = generation.article(citation.article_id)
        # Compared with the index again, not with what the answer says of itself: quote_validity checks the check.
        words = article.text[citation.start : citation.end] if article and citation.start >= 0 else ""
        found.append(
            Cited(
                article_id=citation.article_id,
                title=citation.title,
                start=citation.start,
                end=citation.end,
                quote=citation.quote,
                valid=bool(words) and words == citation.quote,
                on_evidence=gold.overlaps(citation.article_id, citation.start, citation.end),
            )
        )
    return tuple(found)


def rows_of(asked: Sequence[Asked]) -> list[Row]:
    """Return a row for each question, with the value of every per-question metric that it has one of."""
    with_evidence = {one.question.id: one for one in asked if one.question.answerable and one.question.quotes}
    passages = measure({id_: _passage_ranking(one) for id_, one in with_evidence.items()})
    grades = graded([(one.question, one.answer) for one in asked])
    articles = measure({id_: _article_ranking(one) for id_, one in with_evidence.items()})
    return [
        Row(
            question=one.question,
            status=one.answer.status,
            answer=one.answer.text,
            rewritten=one.answer.rewritten,
            support=one.answer.support,
            citations=one.citations,
            passages=_ranked(one),
            timings=one.answer.timings,
            measures={
                **{f"passage_{name}": value for name, value in passages.get(one.question.id, {}).items()},
                **{f"article_{name}": value for name, value in articles.get(one.question.id, {}).items()},
                **_answer_measures(one, grades.get(one.question.id)),
            },
            absent=one.gold.absent,
            lost=one.gold.lost,
            points=grades[one.question.id].points if one.question.id in grades else (),
        )
        for one in asked
    ]


def _passage_ranking(one: Asked) -> Ranking:
    """Return the ranking of the passages. Evidence that the index has lost counts as one that was not found."""
    flags = [passage.chunk.id in one.gold.chunks for passage in one.answer.passages]
    return Ranking(flags, max(1, len(one.gold.chunks)))


def _article_ranking(one: Asked) -> Ranking:
    # An article's rank is that of its best passage.
    ids = dict.fromkeys(passage.article.id for passage in one.answer.passages)
    return Ranking([id_ in one.gold.articles for id_ in ids], max(1, len(one.gold.articles)))


def _ranked(one: Asked) -> tuple[RankedPassage, ...]:
    return tuple(
        RankedPassage(
            article_id=passage.article.id,
            title=passage.article.title,
            start=passage.chunk.start,
            end=passage.chunk.end,
            score=passage.score,
            relevant=passage.chunk.id in one.gold.chunks,
            words=_start(passage.chunk.text),
        )
        for passage in one.answer.passages
    )


def _answer_measures(one: Asked, grade: Graded | None) -> dict[str, float]:
    """Return the per-question metrics that concern the answer."""
    question, answered = one.question, one.answer.status == "answered"
    judged: dict[str, float] = {"abstention_accuracy": answered == question.answerable}
    if question.answerable:
        judged["answerable_kept"] = answered
    else:
        judged["abstention_recall"] = not answered
    if not answered:
        judged["abstention_precision"] = not question.answerable
    if grade:
        judged |= {"answer_grade": grade.grade, "full_answers": grade.grade == 2, "point_coverage": grade.coverage}
        # A refusal has no statements, so it has no noise, rather than none of it.
        judged |= {"answer_noise": grade.noise} if answered else {}
    if question.answerable and (question.answers or grade):
        judged |= _right(one, grade, answered=answered)
    elif not question.answerable and answered:
        judged["shown_right"] = False
    if one.citations:
        judged["quote_validity"] = sum(c.valid for c in one.citations) / len(one.citations)
        if question.answerable and question.quotes:
            judged["sentence_precision"] = sum(c.on_evidence for c in one.citations) / len(one.citations)
    return {name: float(value) for name, value in judged.items()}


def _right(one: Asked, grade: Graded | None, *, answered: bool) -> dict[str, float]:
    """Return whether the answer holds a gold answer, or all key points where no gold answer is given."""
    words, question = words_of(one.answer), one.question
    by_points = grade is not None and not question.answers
    held = answered and (grade.coverage == 1.0 if by_points and grade else holds_answer(words, question.answers))
    right = answered and names_right_choice(words, question.answers, question.choices) if question.choices else held
    shown = {"shown_right": right} if answered else {}
    return {"answer_accuracy": right, "gold_in_answer": held, **shown}


def _start(words: str) -> str:
    """Return the first words of a passage."""
    if len(words) <= _SNIPPET:
        return words
    return (words[:_SNIPPET].rpartition(" ")[0] or words[:_SNIPPET]) + " …"
