"""A question with its answer, or the part of it that has arrived: the value that the page shows and stores."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from typing import Any

from index import Scope
from index.generation import Generation
from qa import Answer, Citation, Event, Exchange, PassagesFound, Statement, StatementChecked, TextPiece, Turn
from qa.answer.restore import answers

_LISTS = tuple(one.name for one in fields(Scope) if one.name not in ("since", "until"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTurn:
    """A question with its answer, or the part of it that has arrived.

    `writing` is text that is not verified yet, `trouble` the message when answering failed, and `feedback` the reader's
    feedback: 1, -1, or 0 for none. `deleted` holds the ids of cited articles that the index no longer has. `alone` says
    that it was asked without what was said before; `matching` is how many articles its filters left, if none answers;
    `follow_ups` is None until they were sought; `headlines` are those of the articles in its scope, in the
    same order; `shared_on` is the day of an answer that somebody has shared.
    """

    question: str
    scope: Scope = field(default_factory=Scope)
    statements: tuple[Statement, ...] = ()
    citations: tuple[Citation, ...] = ()
    writing: str = ""
    rewritten: str = ""
    answer: Answer | None = None
    stopped: bool = False
    trouble: str = ""
    answer_id: str = ""
    feedback: int = 0
    follow_ups: tuple[str, ...] | None = None
    deleted: frozenset[str] = frozenset()
    alone: bool = False
    matching: int | None = None
    headlines: tuple[str, ...] = ()
    shared_on: date | None = None

    @property
    def waiting(self) -> bool:
        """Return whether the answer is still to come."""
        return self.answer is None and not self.stopped and not self.trouble


def with_event(turn: PageTurn, event: Event) -> PageTurn:
    """Return the question with an event of its answer's stream added."""
    match event:
        case PassagesFound():
            return replace(turn, rewritten=event.rewritten)
        case TextPiece():
            return replace(turn, writing=turn.writing + event.text)
        case StatementChecked():
            return replace(
                turn,
                writing="",
                statements=(*turn.statements, event.statement),
                citations=(*turn.citations, *event.citations),
            )
        case Answer():
            return replace(
                turn,
                answer=event,
                writing="",
                statements=event.statements,
                citations=event.citations,
                rewritten=event.rewritten,
            )


def to_exchange(turn: PageTurn) -> dict[str, Any]:
    """Return an answered question as JSON values: an exchange of the store."""
    assert turn.answer is not None  # nothing else is kept
    scope = {name: _plain(value) for name, value in asdict(turn.scope).items() if value}
    return {
        "question": turn.question,
        "scope": scope,
        "answer": turn.answer.to_dict(),
        **({"alone": True} if turn.alone else {}),
        **({} if turn.matching is None else {"matching": turn.matching}),
        **({"headlines": [*turn.headlines]} if turn.headlines else {}),
    }


def from_exchange(data: Mapping[str, Any], *, feedback: int = 0) -> PageTurn:
    """Return the question of a stored exchange. The articles' texts are empty, since the store does not keep them."""
    # Parsed, not verified: the store keeps no article texts to verify against. `reader` says so when the article of an
    # opened citation has changed or gone.
    kept = dict(data["answer"])
    kept["passages"] = [{**p, "article": {"text": "", **p["article"]}} for p in kept["passages"]]
    answer = answers().validate_python(kept)
    scope = data.get("scope", {})
    return PageTurn(
        question=str(data["question"]),
        scope=Scope(
            since=_day(scope.get("since")),
            until=_day(scope.get("until")),
            **{name: tuple(scope.get(name, ())) for name in _LISTS},
        ),
        statements=answer.statements,
        citations=answer.citations,
        rewritten=answer.rewritten,
        answer=answer,
        answer_id=str(data["answer_id"]),
        feedback=feedback,
        alone=bool(data.get("alone")),
        matching=data.get("matching"),
        headlines=tuple(data.get("headlines", ())),
    )


def messages(turns: tuple[PageTurn, ...]) -> list[Turn]:
    """Return the answered questions and their answers as the history of the next question."""
    return [said for turn in turns if turn.answer for said in Exchange(turn.question, turn.answer).turns]


def light(answer: Answer) -> Answer:
    """Return the answer without articles' texts: the index has them, and hundreds of sessions stay in memory."""
    passages = tuple(replace(p, article=replace(p.article, text="")) for p in answer.passages)
    return replace(answer, passages=passages)


def deleted_articles(generation: Generation, ids: Iterable[str]) -> frozenset[str]:
    """Return the ids of those articles that the index no longer has."""
    return frozenset(id_ for id_ in set(ids) if generation.article(id_) is None)


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
