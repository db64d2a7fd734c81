"""The handlers of the page's events: each calls the session, and returns new values for the components that change.

Layout is in `page`, state in `session`, and HTML in `render`.
"""

from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr

from index import BadRequestError, Scope
from ui.faults import presentable
from ui.settings import PageSettings
from ui.store.identity import owner
from ui.strings import Words, preferred
from ui.web.components import NOT_NOTIFIED, Components, Values
from ui.web.session import Session, SessionActions, error_text, new_conversation
from ui.web.views import filters
from ui.web.views.markup import Html
from ui.web.views.reader import View, article_html
from ui.web.views.render import editing_note, page_header, toast, turns_html, welcome
from ui.web.views.sidebar import listing


class EventHandlers:
    """The handlers of the page's events. Each gets the session of its browser tab, and returns the next one.

    An event carries data from the browser, which can be anything: numbers and texts are read by `_number` and `_text`.
    """

    def __init__(self, actions: SessionActions, components: Components, settings: PageSettings) -> None:
        self._actions, self._components, self._settings = actions, components, settings

    def arrive(self, request: gr.Request) -> Values:
        """Set up a new tab: open the conversation named in its address, or ask the question of a shared link."""
        known = self._known()  # read first: what changes while this runs is then news at the next tick
        coverage, query, components = self._actions.coverage(), request.query_params, self._components
        language = preferred(request.headers.get("accept-language", ""), self._settings.languages)
        words, scope, trouble = Words(language), Scope(), ""
        session = Session(owner=owner(request), language=language)
        try:
            if id_ := query.get("c"):
                session = self._actions.open(session, id_)
            elif question := query.get("q"):
                scope = filters.from_link({name: query.getlist(name) for name in query})
                session = self._actions.ask(session, question[: self._settings.question_limit], scope)
        except BadRequestError as error:
            trouble = str(error)
        since, until, sources, categories = filters.fields(scope)
        return {
            **self._begun(session),
            components.notified: known,
            components.head: page_header(words, request.username or ""),
            components.side: self._side(session),
            components.since: since,
            components.until: until,
            components.sources: gr.update(value=sources, choices=[name for name in coverage.outlets if name]),
            components.categories: gr.update(value=categories, choices=[name for name in coverage.categories if name]),
            components.chips: filters.chips(scope, words, trouble=trouble),
        }

    # Asking

    def put(self, session: Session, question: str, since: str, until: str, sources: Any, categories: Any) -> Values:
        """Add the question in the box. page.js then requests `answer`, since only answers wait in the queue."""
        try:
            scope = filters.scope(since, until, sources, categories)
        except BadRequestError as error:
            return {self._components.chips: filters.chips(Scope(), Words(session.language), trouble=str(error))}
        return {
            **self._begun(self._actions.ask(session, question, scope)),
            self._components.box: self._busy(clear=True),
        }

    def suggested(
        self, session: Session, since: str, until: str, sources: Any, categories: Any, event: gr.EventData
    ) -> Values:
        """Add a suggested question."""
        return self.put(session, _text(event, "question"), since, until, sources, categories)

    def retry(self, session: Session, event: gr.EventData) -> Values:
        """Ask a question again."""
        return self._begun(self._actions.retry(session, _number(event, "n")))

    def answer(self, session: Session) -> Iterator[Values]:
        """Stream the answer to the waiting question."""
        components = self._components
        for latest in self._actions.answer(session):
            session = latest
            yield {components.session: session, components.conversation: self._shown(session)}
        yield {components.box: self._idle(), components.side: self._side(session)}

    def stop(self, session: Session) -> Values:
        """Stop the answer, and keep what has been written."""
        return {**self._changed(self._actions.stop(session)), self._components.box: self._idle()}

    def reject(self, session: Session) -> Values:
        """Show that a question was rejected because the queue was full."""
        return {**self._changed(self._actions.reject(session)), self._components.box: self._idle()}

    def undo(self, session: Session, event: gr.EventData) -> Values:
        """Take a question back and put its text into the box."""
        n = _number(event, "n")
        before = session.turns[n].question if 0 <= n < len(session.turns) else ""
        return {**self._changed(self._actions.undo(session, n)), self._components.box: gr.update(value=before)}

    def edit(self, session: Session, event: gr.EventData) -> Values:
        """Put a question into the box; the next one that is asked replaces it."""
        session = self._actions.edit(session, _number(event, "n"))
        if session.editing is None:
            return {self._components.session: gr.skip()}
        return {
            **self._changed(session),
            self._components.box: gr.update(value=session.turns[session.editing].question),
        }

    def keep(self, session: Session) -> Values:
        """Cancel editing."""
        return {**self._changed(self._actions.edit(session, -1)), self._components.box: gr.update(value="")}

    def like(self, session: Session, event: gr.EventData) -> Values:
        """Store that an answer is good."""
        return self._tried(session, lambda: self._actions.set_feedback(session, _number(event, "n"), 1))

    def dislike(self, session: Session, event: gr.EventData) -> Values:
        """Store that an answer is bad."""
        return self._tried(session, lambda: self._actions.set_feedback(session, _number(event, "n"), -1))

    # Conversations

    def begin_new(self, session: Session) -> Values:
        """Start a new conversation."""
        return {**self._changed(new_conversation(session)), self._components.reader: ""}

    def open(self, session: Session, event: gr.EventData) -> Values:
        """Open a stored conversation."""
        return {
            **self._tried(session, lambda: self._actions.open(session, _text(event, "id"))),
            self._components.reader: "",
        }

    def rename(self, session: Session, event: gr.EventData) -> Values:
        """Rename a stored conversation."""

        def step() -> Session:
            self._actions.rename(session, _text(event, "id"), _text(event, "title"))
            return session

        return self._tried(session, step)

    def delete(self, session: Session, event: gr.EventData) -> Values:
        """Delete a stored conversation."""
        return self._tried(session, lambda: self._actions.delete(session, _text(event, "id")))

    # Reading

    def cite(self, session: Session, event: gr.EventData) -> Values:
        """Show the article of a citation."""
        return self._read(session, self._actions.cited, event)

    def near(self, session: Session, event: gr.EventData) -> Values:
        """Show the article of a passage."""
        return self._read(session, self._actions.passage, event)

    # Filters and news

    def filtered(self, session: Session, since: str, until: str, sources: Any, categories: Any) -> Values:
        """Show the filters in the fields as chips."""
        words = Words(session.language)
        try:
            return {self._components.chips: filters.chips(filters.scope(since, until, sources, categories), words)}
        except BadRequestError as error:
            return {self._components.chips: filters.chips(Scope(), words, trouble=str(error))}

    def unfilter(
        self, session: Session, since: str, until: str, sources: Any, categories: Any, event: gr.EventData
    ) -> Values:
        """Remove a filter."""
        try:
            scope = filters.without(filters.scope(since, until, sources, categories), _text(event, "name"))
        except BadRequestError:
            scope = Scope()
        values: Values = dict(zip(self._components.fields, filters.fields(scope), strict=True))
        return {**values, self._components.chips: filters.chips(scope, Words(session.language))}

    def news(self, session: Session, notified: tuple[int, int]) -> Values:
        """Notify of a new generation once, and show starter questions as soon as they are known. Runs on a timer."""
        components, words, known = self._components, Words(session.language), self._known()
        if notified in (NOT_NOTIFIED, known):
            return {components.session: gr.skip()}
        values: Values = {
            components.notified: known,
            components.conversation: gr.skip() if session.turns else self._shown(session),
        }
        if notified[0] == known[0]:
            return values
        coverage = self._actions.coverage()
        return {
            **values,
            components.toast: toast(words("new_generation", number=coverage.generation), words),
            components.sources: gr.update(choices=[name for name in coverage.outlets if name]),
            components.categories: gr.update(choices=[name for name in coverage.categories if name]),
        }

    # What the components show

    def _known(self) -> tuple[int, int]:
        return self._actions.coverage().generation, len(self._actions.starters())

    def _begun(self, session: Session) -> Values:
        values = self._changed(session)
        if session.waiting:
            values |= {self._components.box: self._busy()}
        return values

    def _changed(self, session: Session) -> Values:
        components = self._components
        return {
            components.session: session,
            components.conversation: self._shown(session),
            components.side: self._side(session),
            components.note: editing_note(session.editing, Words(session.language)),
        }

    def _tried(self, session: Session, step: Callable[[], Session]) -> Values:
        """Return the result of a step; if it fails, show the error and leave the session as it was."""
        try:
            return self._changed(step())
        except Exception as error:  # noqa: BLE001  (whatever it is, the reader gets an id and the log the rest)
            words = Words(session.language)
            said = toast(error_text(presentable(error), session.language), words, bad=True)
            return {self._components.side: self._side(session), self._components.toast: said}

    def _read(self, session: Session, find: Callable[[Session, int, int], View], event: gr.EventData) -> Values:
        try:
            view = find(session, _number(event, "n"), _number(event, "number"))
        except BadRequestError as error:
            return {self._components.toast: toast(str(error), Words(session.language), bad=True)}
        return {self._components.reader: article_html(view, Words(session.language))}

    def _shown(self, session: Session) -> list[Html]:
        words, coverage = Words(session.language), self._actions.coverage()
        if not session.turns:
            return welcome(self._actions.starters(), coverage, words)
        return turns_html(session.turns, coverage, words, put=session.number)

    def _side(self, session: Session) -> Html:
        return listing(self._actions.conversations(session), session.conversation, Words(session.language))

    @staticmethod
    def _busy(*, clear: bool = False) -> Any:
        """Return the update of the box while an answer is written: its button stops the answer."""
        return (
            gr.update(submit_btn=False, stop_btn=True, value="")
            if clear
            else gr.update(submit_btn=False, stop_btn=True)
        )

    @staticmethod
    def _idle() -> Any:
        return gr.update(submit_btn=True, stop_btn=False)


def _number(event: gr.EventData, name: str) -> int:
    """Return a number of an event's data, or -1, which no question or citation has: a browser can send anything."""
    value = _text(event, name)  # at most 8 digits: int() of a very long text takes seconds
    return int(value) if value.isascii() and value.isdigit() and len(value) < 9 else -1


def _text(event: gr.EventData, name: str) -> str:
    data = event._data
    return str(data.get(name, "")) if isinstance(data, dict) else ""
