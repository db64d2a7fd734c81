"""The state of one browser tab, and the actions that change it: ask, undo, edit, open, delete, give feedback.

Each action takes a session and returns the next one. This module must not import Gradio: it is tested without a page.
"""

from collections.abc import Generator, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime

from index import BadRequestError, DatelineError, Scope
from qa import Assistant, Event
from ui.faults import ServerError, presentable
from ui.store.conversations import ConversationSummary, Store
from ui.store.shared import share, shared
from ui.strings import Words
from ui.web.coverage import Coverage, coverage
from ui.web.suggestions import Suggestions
from ui.web.turns import PageTurn, deleted_articles, from_exchange, light, messages, to_exchange, with_event


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """State of one browser tab. Without an `owner` nothing is stored; `editing` is the position of the question that
    the next one replaces.

    `number` counts all questions asked in the tab, also those that were taken back.
    """

    owner: str = ""
    language: str = "en"
    conversation: str = ""
    turns: tuple[PageTurn, ...] = ()
    editing: int | None = None
    number: int = 0

    @property
    def waiting(self) -> bool:
        """Return whether the last question waits for its answer."""
        return bool(self.turns) and self.turns[-1].waiting


class SessionActions:
    """The actions of all tabs, over one assistant and one store. Thread-safe."""

    def __init__(self, assistant: Assistant, store: Store) -> None:
        self._assistant, self._store = assistant, store
        self._coverage: Coverage | None = None
        self.suggestions = Suggestions(assistant)

    # What the page shows of the index and the store

    def coverage(self) -> Coverage:
        """Return what the served generation covers. It is counted once for each generation."""
        with self._assistant.index.generation() as generation:
            if self._coverage is None or self._coverage.generation != generation.number:
                self._coverage = coverage(generation)
            return self._coverage

    def headlines(self, scope: Scope) -> tuple[str, ...]:
        """Return the headlines of the articles that a scope names; "" of those that the index no longer has."""
        if not scope.articles:
            return ()
        with self._assistant.index.generation() as generation:
            return tuple(one.title if (one := generation.article(id_)) else "" for id_ in scope.articles)

    def conversations(self, session: Session) -> list[ConversationSummary]:
        """Return the stored conversations of the session's owner."""
        return self._store.conversations(session.owner) if session.owner else []

    # Asking

    def ask(self, session: Session, question: str, scope: Scope, *, alone: bool = False) -> Session:
        """Add a question, replacing the one that is being edited and all after it.

        Asked `alone`, it is searched as it is, whatever was said before.
        """
        if not question.strip() or session.waiting:
            return session
        if session.editing is not None:
            session = self._cut(session, session.editing)
        turn = PageTurn(question=question, scope=scope, alone=alone, headlines=self.headlines(scope))
        turns = (*session.turns, turn)
        return replace(session, editing=None, turns=turns, number=session.number + 1)

    def retry(self, session: Session, n: int) -> Session:
        """Ask question `n` again; those after it are removed."""
        if session.waiting or not 0 <= n < len(session.turns):
            return session
        before = session.turns[n]
        cut = replace(self._cut(session, n), editing=None)
        return self.ask(cut, before.question, before.scope, alone=before.alone)

    def undo(self, session: Session, n: int) -> Session:
        """Remove question `n` and those after it; a conversation that has none left is deleted."""
        if session.waiting or not 0 <= n < len(session.turns):
            return session
        session = replace(self._cut(session, n), editing=None)
        if session.conversation and not any(turn.answer_id for turn in session.turns):
            self._store.delete(session.owner, session.conversation)
            session = replace(session, conversation="")
        return session

    def edit(self, session: Session, n: int) -> Session:
        """Mark question `n` to be replaced by the next one; -1 cancels."""
        return session if session.waiting else replace(session, editing=n if 0 <= n < len(session.turns) else None)

    def stop(self, session: Session) -> Session:
        """Mark the answer that is being written as stopped."""
        return _last(session, replace(session.turns[-1], stopped=True)) if session.waiting else session

    def reject(self, session: Session) -> Session:
        """Mark the last question as rejected."""
        if not session.waiting:
            return session
        return _last(session, replace(session.turns[-1], writing="", trouble=Words(session.language)("unanswered")))

    def answer(self, session: Session) -> Generator[PageTurn, None, None]:
        """Yield the last question at each event of its answer. An error becomes part of it, as `ui.faults` shows it."""
        turn = session.turns[-1]
        try:
            for event in self._events(session, turn):
                turn = with_event(turn, event)
                yield turn if turn.answer is None else replace(turn, matching=self._matching(turn))
        except Exception as error:  # noqa: BLE001  (whatever it is, the reader gets an id and the log the rest)
            yield _failed(turn, error, session.language)

    def put(self, session: Session, turn: PageTurn) -> Session:
        """Return the session with `turn` as its last question; once it is answered, it is stored for the owner."""
        if turn.answer is None:
            return _last(session, turn)
        try:
            return self._kept(session, turn)
        except Exception as error:  # noqa: BLE001  (as above)
            return _last(session, _failed(turn, error, session.language))

    # Stored conversations

    def open(self, session: Session, id_: str) -> Session:
        """Open a stored conversation. Raises `BadRequestError` when the owner has none with this id."""
        kept = self._store.load(session.owner, id_)
        turns = tuple(
            from_exchange(exchange, feedback=self._store.feedback_on(session.owner, str(exchange["answer_id"])))
            for exchange in kept.exchanges
        )
        turns = self._with_deleted(turns)
        return replace(session, conversation=kept.id, turns=turns, editing=None)

    def share(self, session: Session, n: int) -> str:
        """Keep a copy of answer `n` for others, and return the key of its link."""
        turn = turn_at(session, n)
        if turn.answer is None:
            raise BadRequestError("There is no such answer.")
        return share(self._store, to_exchange(turn))

    def open_shared(self, session: Session, key: str) -> Session:
        """Show a shared answer. Raises `BadRequestError` when there is none."""
        exchange = shared(self._store, key)
        turn = replace(from_exchange(exchange), answer_id="", shared_on=_day(str(exchange["asked_on"])))
        return replace(session, turns=self._with_deleted((turn,)))

    def rename(self, session: Session, id_: str, title: str) -> None:
        """Rename a stored conversation."""
        self._store.rename(session.owner, id_, title)

    def pin(self, session: Session, id_: str, pinned: bool) -> None:
        """Pin a stored conversation to the top of the list, or release it."""
        self._store.pin(session.owner, id_, pinned)

    def delete(self, session: Session, id_: str) -> Session:
        """Delete a stored conversation; if it is the open one, start a new one."""
        self._store.delete(session.owner, id_)
        return new_conversation(session) if session.conversation == id_ else session

    def set_feedback(self, session: Session, n: int, value: int, comment: str = "") -> Session:
        """Store feedback on answer `n`: 1 good, -1 bad, 0 withdraws it; a comment says what was wrong."""
        turn = turn_at(session, n)
        if not session.owner or not turn.answer_id:
            return session
        self._store.set_feedback(session.owner, turn.answer_id, value, comment)
        changed = replace(turn, feedback=value)
        return replace(session, turns=(*session.turns[:n], changed, *session.turns[n + 1 :]))

    def _events(self, session: Session, turn: PageTurn) -> Iterator[Event]:
        return self._assistant.stream(
            turn.question, history=[] if turn.alone else messages(session.turns[:-1]),
            exact=turn.alone,
            **asdict(turn.scope),
        )  # fmt: skip

    def _kept(self, session: Session, turn: PageTurn) -> Session:
        """Return the session with its last question answered, after storing it for the owner."""
        assert turn.answer is not None  # `put` sees to it
        answer, id_ = turn.answer, session.conversation
        if session.owner:
            id_ = id_ or self._store.create(session.owner).id
            answer_id = self._store.append(session.owner, id_, to_exchange(turn))
            turn = replace(turn, answer_id=answer_id, feedback=self._store.feedback_on(session.owner, answer_id))
        return replace(_last(session, replace(turn, answer=light(answer))), conversation=id_)

    def _matching(self, turn: PageTurn) -> int | None:
        """Return how many articles the filters of an unanswered question leave; None without filters."""
        if turn.scope == Scope() or turn.answer is None or turn.answer.status != "not_found":
            return None
        with self._assistant.index.generation() as generation:
            return sum(1 for _ in generation.articles(turn.scope))

    def _with_deleted(self, turns: tuple[PageTurn, ...]) -> tuple[PageTurn, ...]:
        """Return stored questions with `deleted` filled in: cited articles that the index no longer has."""
        with self._assistant.index.generation() as generation:
            return tuple(
                replace(turn, deleted=deleted_articles(generation, (c.article_id for c in turn.citations)))
                for turn in turns
            )

    def _cut(self, session: Session, n: int) -> Session:
        """Return the session with its first n questions only, and delete the others from the store."""
        if session.conversation:
            # Stopped and failed questions are in the session but not in the store, so the positions there differ.
            kept = sum(bool(turn.answer_id) for turn in session.turns[:n])
            self._store.keep(session.owner, session.conversation, kept)
        return replace(session, turns=session.turns[:n])


def error_text(error: DatelineError, language: str) -> str:
    """Return the text that shows an error to the reader, in the page's language if it is a `ServerError`."""
    return Words(language)("error", id=error.id) if isinstance(error, ServerError) else str(error)


def _failed(turn: PageTurn, error: Exception, language: str) -> PageTurn:
    return replace(turn, answer=None, writing="", trouble=error_text(presentable(error), language))


def new_conversation(session: Session) -> Session:
    """Return the session with a new, empty conversation."""
    return replace(session, conversation="", turns=(), editing=None)


def turn_at(session: Session, n: int) -> PageTurn:
    """Return question `n`. Raises `BadRequestError` when there is none."""
    if not 0 <= n < len(session.turns):
        raise BadRequestError("There is no such question.")
    return session.turns[n]


def _day(moment: str) -> date:
    return datetime.fromisoformat(moment).date()


def _last(session: Session, turn: PageTurn) -> Session:
    return replace(session, turns=(*session.turns[:-1], turn))
