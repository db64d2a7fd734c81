"""The parts of a server process (assistant, store, users, metrics), opened and closed together."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from langchain_core.runnables import Runnable

from qa import Answer, Assistant, Evidence
from qa.write.generate import Generative
from ui.server.guard.lifecycle import Lifecycle
from ui.server.metrics import Metrics
from ui.server.observed import ObservedAssistant, Watch
from ui.server.options import Options
from ui.settings import PageSettings
from ui.store.conversations import Store
from ui.store.sessions import SignInSessions
from ui.store.users import Users

if TYPE_CHECKING:
    import gradio as gr


class Build(Protocol):
    """A function that builds a page, such as `ui.web.page.build`."""

    def __call__(self, assistant: Assistant, store: Store, *, settings: PageSettings) -> "gr.Blocks":
        """Return the page."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page to serve. `looks` returns the options of Gradio's `launch` for its appearance: theme, css, js, i18n."""

    build: Build
    looks: Callable[[PageSettings], dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts of one server process. Without `users` nobody signs in."""

    options: Options
    assistant: Assistant
    store: Store
    users: Users | None
    sessions: SignInSessions | None
    lifecycle: Lifecycle
    metrics: Metrics

    @property
    def settings(self) -> PageSettings:
        """Return the settings for the page."""
        return PageSettings(
            index=self.options.index,
            sources=self.options.sources,
            admins=self.users.admins if self.users else frozenset,
            sign_in=self.users is not None,
            alone=self.options.alone,
            question_limit=self.options.question_limit,
            concurrency=self.options.concurrency,
            queue_size=self.options.queue_size,
        )

    def expire(self) -> None:
        """Delete conversations and feedback that are older than the options allow, and expired sessions."""
        if self.options.keep_days:
            self.store.expire(self.options.keep_days)
        if self.sessions:
            self.sessions.expire()


@contextmanager
def open_parts(options: Options, *, answerer: Runnable[Evidence, Answer] | None = None) -> Iterator[Parts]:
    """Open the parts, and close them at the end. Raises a `DatelineError` when one cannot be opened."""
    users = Users(options.auth) if options.auth else None
    if users:
        users.names()  # an unreadable file fails here, and not at the first sign-in
    lifecycle = Lifecycle()
    writer = _writer(options) if options.llm else None
    model = writer.model if writer else None  # also restates follow-up questions
    assistant = ObservedAssistant.open(
        options.index,
        answerer=answerer or writer,
        llm=model,
        reranker=options.reranker,
        answer_cache=None if options.answer_cache is None else options.answer_cache << 20,
    )
    assert isinstance(assistant, ObservedAssistant)  # `open` makes an instance of its class
    with assistant, Store.open(options.data / "dateline.sqlite") as store:
        metrics = Metrics(generation=lambda: _generation(assistant), answering=lambda: lifecycle.answering)
        assistant.watch = Watch(observer=metrics.observe, lifecycle=lifecycle, question_limit=options.question_limit)
        yield Parts(
            options=options, assistant=assistant, store=store, users=users,
            sessions=SignInSessions(store.file, users) if users else None, lifecycle=lifecycle, metrics=metrics,
        )  # fmt: skip


def _writer(options: Options) -> Generative:
    """Return the answerer of a language model. It keeps unsupported statements, since the page marks them."""
    return Generative.open(
        options.llm, base_url=options.llm_base_url, timeout=options.llm_timeout, keep_unsupported=True
    )


def _generation(assistant: Assistant) -> int:
    with assistant.index.generation() as generation:
        return generation.number
