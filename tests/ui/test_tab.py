"""A browser tab's session: events that come at once, and answers that are left."""

import threading
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from ui.web.session import Session
from ui.web.tab import Tab
from ui.web.turns import PageTurn

QUESTION = PageTurn(question="Who?")


def put(session: Session, turn: PageTurn) -> Session:
    return replace(session, turns=(*session.turns[:-1], turn))


def waiting(number: int = 1) -> Tab:
    """Return a tab whose question waits for its answer."""
    tab = Tab()
    with tab.changing():
        tab.session = Session(turns=(QUESTION,), number=number)
    return tab


def in_two(session: Session) -> Generator[PageTurn, None, None]:
    yield replace(session.turns[-1], writing="It is")
    yield replace(session.turns[-1], trouble="done")


class Held:
    """An answer that comes when it is let go."""

    def __init__(self) -> None:
        self.begun, self.go, self.closed = threading.Event(), threading.Event(), threading.Event()

    def __call__(self, session: Session) -> Generator[PageTurn, None, None]:
        try:
            self.begun.set()
            self.go.wait(20)
            yield replace(session.turns[-1], trouble="late")
        finally:
            self.closed.set()


def test_no_change_of_events_that_come_at_once_is_lost() -> None:
    tab = Tab()

    def ask(_: int) -> int:
        with tab.changing():
            before = tab.session
            tab.session = replace(before, turns=(*before.turns, replace(QUESTION, trouble="x")))
            return tab.next_change()

    with ThreadPoolExecutor(8) as pool:
        changes = list(pool.map(ask, range(200)))
    assert len(tab.session.turns) == 200
    assert sorted(changes) == list(range(1, 201))


def test_an_answer_is_followed_to_its_end() -> None:
    tab = waiting()
    seen = [
        (session.turns[-1].writing or session.turns[-1].trouble, change) for session, change in tab.follow(in_two, put)
    ]
    assert seen == [("It is", 1), ("done", 2)]
    assert tab.session.turns[-1].trouble == "done"
    assert list(tab.follow(in_two, put)) == []  # nothing waits any more


def test_an_answer_that_nobody_awaits_is_left_at_once_and_another_is_made() -> None:
    tab, held = waiting(), Held()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(lambda: list(tab.follow(held, put)))
        assert held.begun.wait(20)
        assert list(tab.follow(in_two, put)) == []  # it is being made
        with tab.changing():
            tab.session = Session(turns=(replace(QUESTION, stopped=True),), number=1)
        assert first.result(20) == []  # though its step goes on
        assert not held.closed.is_set()
        with tab.changing():
            tab.session = Session(turns=(QUESTION,), number=2)
        assert [session.turns[-1].trouble for session, _ in tab.follow(in_two, put)] == ["", "done"]
        held.go.set()
        assert held.closed.wait(20)
    assert tab.session.turns[-1].trouble == "done"


def test_what_changes_while_an_answer_is_made_stays() -> None:
    tab = waiting()
    following = tab.follow(in_two, put)
    next(following)
    with tab.changing():
        tab.session = replace(tab.session, language="de")
    list(following)
    assert (tab.session.language, tab.session.turns[-1].trouble) == ("de", "done")


def test_an_answer_whose_reader_is_gone_can_be_made_again() -> None:
    tab = waiting()
    following = tab.follow(in_two, put)
    next(following)
    following.close()  # type: ignore[attr-defined]
    assert [session.turns[-1].trouble for session, _ in tab.follow(in_two, put)] == ["", "done"]
