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
from ui.web.articles import Articles
from ui.web.components import NOT_NOTIFIED, Components, Values, number, text
from ui.web.coverage import Coverage
from ui.web.session import Session, SessionActions, error_text, new_conversation
from ui.web.tab import Tab
from ui.web.views import filters
from ui.web.views.browse import stories_html
from ui.web.views.frame import editing_note, page_header, shared_toast, toast, welcome
from ui.web.views.markup import Html
from ui.web.views.render import turns_html
from ui.web.views.sidebar import listing


class EventHandlers:
    """The handlers of the page's events. Each gets the session of its browser tab, and returns the next one among the
    new values of components. `page` makes of it what Gradio calls.

    An event carries data from the browser, which can be anything: numbers and texts are read by `number` and `text`.
    """

    def __init__(
        self, actions: SessionActions, articles: Articles, components: Components, settings: PageSettings
    ) -> None:
        self._actions, self._articles, self._components, self._settings = actions, articles, components, settings

    def arrive(self, _: Session, request: gr.Request) -> Values:
        """Set up a new tab: open the conversation that its address names, or ask the question of a shared link."""
        known = self._known()  # read first: what changes while this runs is then news at the next tick
        coverage, query, components = self._actions.coverage(), request.query_params, self._components
        language = preferred(request.headers.get("accept-language", ""), self._settings.languages)
        words, scope, trouble = Words(language), Scope(), ""
        session = Session(owner=owner(request), language=language)
        try:
            if id_ := query.get("c"):
                session = self._actions.open(session, id_)
            elif key := query.get("s"):
                session = self._actions.open_shared(session, key)
            elif question := query.get("q"):
                scope = filters.from_link({name: query.getlist(name) for name in query})
                session = self._actions.ask(session, question[: self._settings.question_limit], scope)
        except BadRequestError as error:
            trouble = str(error)
        return {
            **self._begun(session, opened="arrived"),
            components.notified: known,
            components.head: page_header(words, request.username or "", limit=self._settings.question_limit),
            components.side: self._side(session),
            components.filters: filters.form(scope, coverage, words),
            components.chips: filters.chips(scope, words, self._actions.headlines(scope)),
            components.toast: toast(trouble, words, bad=True) if trouble else "",
        }

    # Asking

    def ask(self, session: Session, event: gr.EventData) -> Values:
        """Add a question. The page's script then requests `answer`, since only answers wait in the queue.

        While another one waits, the question is refused, and stays with the script.
        """
        try:
            scope = filters.from_event(event._data)
        except BadRequestError as error:
            chips = filters.chips(Scope(), Words(session.language), trouble=str(error))
            return {self._components.chips: chips, self._components.conversation: self._patch(session, refused=True)}
        question = text(event, "question")[: self._settings.question_limit]
        asked = self._actions.ask(session, question, scope, alone=bool(text(event, "alone")))
        if asked.number == session.number:
            return {self._components.conversation: self._patch(session, refused=True)}
        return self._begun(asked, start=len(asked.turns) - 1)

    def retry(self, session: Session, event: gr.EventData) -> Values:
        """Ask a question again."""
        session = self._actions.retry(session, number(event, "n"))
        return self._begun(session, start=len(session.turns) - 1)

    def answer(self, tab: Tab) -> Iterator[Values]:
        """Stream the answer to the waiting question."""
        components = self._components
        for session, change in tab.follow(self._actions.answer, self._actions.put):
            patch = self._patch(session, start=len(session.turns) - 1)
            yield {
                components.conversation: {**patch, "change": change},
                components.side: gr.skip() if session.waiting else self._side(session),
                components.box: gr.skip() if session.waiting else self._idle(),
            }

    def end(self, session: Session) -> Values:
        """Stop the answer, and keep what has been written. (The name "stop" is an event of Gradio's own.)"""
        session = self._actions.stop(session)
        return {**self._changed(session, start=len(session.turns) - 1), self._components.box: self._idle()}

    def reject(self, session: Session) -> Values:
        """Show that a question was rejected because the queue was full."""
        session = self._actions.reject(session)
        return {**self._changed(session, start=len(session.turns) - 1), self._components.box: self._idle()}

    def undo(self, session: Session, event: gr.EventData) -> Values:
        """Take a question back. The script puts it into the box, if that is free."""
        n = number(event, "n")
        after = self._actions.undo(session, n)
        if after is session:  # an answer is being made
            return {}
        return self._changed(after, start=n if after.turns else 0)

    def edit(self, session: Session, event: gr.EventData) -> Values:
        """Let the next question that is asked replace this one. The script puts it into the box."""
        session = self._actions.edit(session, number(event, "n"))
        if session.editing is None:
            return {}
        return {
            self._components.session: session,
            self._components.note: editing_note(session.editing, Words(session.language)),
        }

    def keep(self, session: Session) -> Values:
        """Cancel editing."""
        session = self._actions.edit(session, -1)
        note = editing_note(None, Words(session.language))
        return {
            self._components.session: session,
            self._components.note: note,
        }

    def rate(self, session: Session, event: gr.EventData) -> Values:
        """Store what the reader thinks of an answer. The script shows it already."""
        value = {"1": 1, "-1": -1}.get(text(event, "value"), 0)

        def step() -> Values:
            changed = self._actions.set_feedback(session, number(event, "n"), value, text(event, "comment"))
            return {self._components.session: changed}

        return self._tried(session, step)

    def pass_on(self, session: Session, event: gr.EventData) -> Values:
        """Keep an answer for others, and show its link. (The name "share" is an event of Gradio's own.)"""

        def step() -> Values:
            key = self._actions.share(session, number(event, "n"))
            return {self._components.toast: shared_toast(key, Words(session.language))}

        return self._tried(session, step)

    # Conversations

    def begin(self, session: Session) -> Values:
        """Start a new conversation."""
        return self._opened(new_conversation(session), "new")

    def open(self, session: Session, event: gr.EventData) -> Values:
        """Open a stored conversation."""
        return self._tried(session, lambda: self._opened(self._actions.open(session, text(event, "id")), "open"))

    def rename(self, session: Session, event: gr.EventData) -> Values:
        """Rename a stored conversation."""

        def step() -> Values:
            self._actions.rename(session, text(event, "id"), text(event, "title"))
            return {self._components.side: self._side(session)}

        return self._tried(session, step)

    def pin(self, session: Session, event: gr.EventData) -> Values:
        """Pin a stored conversation, or release it."""

        def step() -> Values:
            self._actions.pin(session, text(event, "id"), bool(text(event, "pinned")))
            return {self._components.side: self._side(session)}

        return self._tried(session, step)

    def delete(self, session: Session, event: gr.EventData) -> Values:
        """Delete a stored conversation."""

        def step() -> Values:
            after = self._actions.delete(session, text(event, "id"))
            if after is session:
                return {self._components.side: self._side(session)}
            return self._opened(after, "new")

        return self._tried(session, step)

    # Filters and news

    def filtered(self, session: Session, event: gr.EventData) -> Values:
        """Show the filters of the form as chips."""
        words = Words(session.language)
        try:
            scope = filters.from_event(event._data)
            return {self._components.chips: filters.chips(scope, words, self._actions.headlines(scope))}
        except BadRequestError as error:
            return {self._components.chips: filters.chips(Scope(), words, trouble=str(error))}

    def news(self, session: Session, notified: tuple[int, int]) -> Values:
        """Notify of a new generation once, and show starter questions as soon as they are known. Runs on a timer."""
        components, words, known = self._components, Words(session.language), self._known()
        if notified in (NOT_NOTIFIED, known):
            return {}
        values: Values = {components.notified: known}
        if not session.turns:
            values[components.conversation] = self._patch(session)
        if notified[0] == known[0]:
            return values
        coverage = self._actions.coverage()
        return {
            **values,
            components.toast: toast(words("new_generation", number=coverage.generation), words),
            components.filters: filters.form(Scope(), coverage, words),
        }

    # What the components show

    def _known(self) -> tuple[int, int]:
        return self._actions.coverage().generation, len(self._actions.suggestions.starters())

    def _begun(self, session: Session, *, start: int = 0, opened: str = "") -> Values:
        values = self._changed(session, start=start, opened=opened)
        if session.waiting:
            values |= {self._components.box: gr.update(submit_btn=False, stop_btn=True)}  # its button stops the answer
        return values

    def _opened(self, session: Session, how: str) -> Values:
        return {**self._changed(session, opened=how), self._components.reader: "", self._components.box: self._idle()}

    def _changed(self, session: Session, *, start: int = 0, opened: str = "") -> Values:
        components = self._components
        return {
            components.session: session,
            components.side: self._side(session),
            components.conversation: self._patch(session, start=start, opened=opened),
            components.note: editing_note(session.editing, Words(session.language)),
        }

    def resync(self, session: Session) -> Values:
        """Send the whole conversation to a tab that has missed a change of it."""
        return {self._components.conversation: self._patch(session)}

    def _patch(self, session: Session, *, start: int = 0, opened: str = "", refused: bool = False) -> dict[str, Any]:
        """Return what the script has to know of a change: the questions from `start` on, and how it came."""
        words, coverage = Words(session.language), self._actions.coverage()
        start = max(start, 0)
        html = turns_html(session.turns, coverage, words, put=session.number, start=start)
        if not session.turns:
            start, html = 0, self._welcome(coverage, words)
        return {
            "start": start, "turns": html, "asked": session.number, "c": session.conversation,
            "opened": opened, "refused": refused,
        }  # fmt: skip

    def _welcome(self, coverage: Coverage, words: Words) -> list[Html]:
        starters = self._actions.suggestions.starters()
        return welcome(
            starters.questions, stories_html(self._articles.stories(), starters.of_story, words), coverage, words
        )

    def _tried(self, session: Session, step: Callable[[], Values]) -> Values:
        """Return the result of a step; if it fails, show the error and leave the session as it was."""
        try:
            return step()
        except Exception as error:  # noqa: BLE001  (whatever it is, the reader gets an id and the log the rest)
            words = Words(session.language)
            said = toast(error_text(presentable(error), session.language), words, bad=True)
            shown = self._patch(session)
            return {
                self._components.side: self._side(session),
                self._components.toast: said,
                self._components.conversation: shown,
            }

    def _side(self, session: Session) -> Html:
        return listing(self._actions.conversations(session), session.conversation, Words(session.language))

    @staticmethod
    def _idle() -> Any:
        return gr.update(submit_btn=True, stop_btn=False)
