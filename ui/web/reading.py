"""The handlers for what is read beside the conversation: cited articles, lists of articles, the view of the index."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace

import gradio as gr

from index import BadRequestError, Scope
from ui.strings import Words
from ui.web.articles import Articles, Found, Order
from ui.web.components import Components, Values, number, text
from ui.web.index_view import IndexView
from ui.web.session import Session, SessionActions, turn_at
from ui.web.tab import Tab
from ui.web.views import filters
from ui.web.views.browse import browse_html
from ui.web.views.frame import toast
from ui.web.views.markup import Html
from ui.web.views.reader import View, article_html
from ui.web.views.render import turn_html

_LONGEST_QUERY = 1000  # characters, as of a question


class ReadingHandlers:
    """The handlers of reading. They read the tab's session, and never change it: so none waits for another event."""

    def __init__(self, actions: SessionActions, articles: Articles, components: Components, index: IndexView) -> None:
        self._actions, self._articles, self._components, self._index = actions, articles, components, index
        self._suggesting = asyncio.Semaphore(1)

    def cite(self, tab: Tab, event: gr.EventData) -> Values:
        """Show the article of a citation."""
        n, session = number(event, "n"), tab.session
        return self._read(session, lambda: self._articles.cited(n, turn_at(session, n), number(event, "number")))

    def near(self, tab: Tab, event: gr.EventData) -> Values:
        """Show the article of a passage."""
        n, session = number(event, "n"), tab.session
        return self._read(session, lambda: self._articles.passage(n, turn_at(session, n), number(event, "number")))

    def article(self, tab: Tab, event: gr.EventData) -> Values:
        """Show an article of a list, with the sentence that it was listed with."""
        span = number(event, "start"), number(event, "end")
        return self._read(tab.session, lambda: self._articles.article(text(event, "id"), *span))

    async def suggest(self, tab: Tab, event: gr.EventData) -> Values:
        """Show what could be asked after the last question. The session stays: another question may be on its way."""
        n, session, change = number(event, "n"), tab.session, tab.changes
        turn = turn_at(session, n)
        # One at a time, and outside Gradio's queue: its size counts all events, and those places are for questions.
        async with self._suggesting:
            found = await asyncio.to_thread(self._actions.suggestions.follow_ups, session.turns, turn)
        html = turn_html(
            replace(turn, follow_ups=found), n, self._actions.coverage(), Words(session.language), last=True
        )
        patch = {"only": n, "c": session.conversation, "turns": [html], "change": change}
        return {self._components.conversation: patch}

    def search(self, tab: Tab, event: gr.EventData) -> Values:
        """Show the newest articles, or those that match some words."""
        words, coverage = Words(tab.session.language), self._actions.coverage()
        query, scope, trouble = text(event, "query").strip()[:_LONGEST_QUERY], Scope(), ""
        order: Order = "newest" if text(event, "order") == "newest" else "best"
        found: list[Found] = []
        try:
            scope = filters.from_form(lambda name: text(event, name))
            found = self._articles.browse(query, scope, order)
        except BadRequestError as error:
            trouble = str(error)
        html = browse_html(found, query, scope, order, coverage, words, trouble=trouble)
        return {self._components.browse: html}

    def overview(self, tab: Tab, request: gr.Request) -> Values:
        """Show what the index holds."""
        return {self._components.index: self._index.html(request.username or "", Words(tab.session.language))}

    def reindex(self, tab: Tab, request: gr.Request) -> Iterator[Html]:
        """Start a run, or follow the one in progress, and yield its progress."""
        yield from self._index.reindex(request.username or "", Words(tab.session.language))

    def _read(self, session: Session, find: Callable[[], View]) -> Values:
        words = Words(session.language)
        try:
            return {self._components.reader: article_html(find(), words)}
        except BadRequestError as error:
            return {self._components.toast: toast(str(error), words, bad=True)}
