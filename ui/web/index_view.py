"""The view of the index: what it holds, what the last run could not read, and a button to reindex."""

from collections.abc import Iterator

from qa import Assistant
from ui.settings import PageSettings
from ui.strings import Words
from ui.web.reindexing import Reindexing
from ui.web.session import SessionActions
from ui.web.views import overview
from ui.web.views.markup import Html


class IndexView:
    """What the view shows, and the run that a reader may start in it."""

    def __init__(self, assistant: Assistant, actions: SessionActions, settings: PageSettings) -> None:
        self._assistant, self._actions, self._settings = assistant, actions, settings
        self._reindexing = Reindexing(settings.index, settings.sources)

    def html(self, user: str, words: Words, *, progress: Html | None = None, running: bool = False) -> Html:
        """Return the view for a user, with the progress of a run if there is one."""
        run = self._assistant.index.last_run()
        return overview.index_html(
            self._actions.coverage(), run, words, allowed=self._may(user), reason=self._reason(user, words),
            progress=progress, running=running,
        )  # fmt: skip

    def reindex(self, user: str, words: Words) -> Iterator[Html]:
        """Start a run, or follow the one in progress, and yield the view at each change."""
        if not self._may(user):  # hiding the button protects nothing: anybody can send its event
            return
        self._reindexing.start()
        for run in self._reindexing.states():
            yield self.html(user, words, progress=overview.progress(run, words), running=not run.over)

    def _may(self, user: str) -> bool:
        return user in self._settings.admins() if self._settings.sign_in else self._settings.alone

    def _reason(self, user: str, words: Words) -> str:
        """Return why a reader may not reindex; nothing is said to those who have an operator."""
        return "" if self._settings.sign_in or self._may(user) else words("reindex_off")
