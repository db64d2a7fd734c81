"""Opens what a site needs, and closes it again: index, store, users, page."""

from collections.abc import Iterator
from contextlib import contextmanager

from ui.server.app import Site, site
from ui.server.lifecycle import Lifecycle
from ui.server.metrics import Metrics
from ui.server.observed import ObservedAssistant, Watch
from ui.server.options import Options
from ui.store import Store
from ui.users import Users


@contextmanager
def serving(options: Options) -> Iterator[tuple[Site, Lifecycle]]:
    """Give the site of the page, and close everything at the end."""
    from ui.web import page

    users = Users(options.auth) if options.auth else None
    if users:
        users.names()  # an unreadable file is told now
    lifecycle = Lifecycle()
    assistant = ObservedAssistant.open(options.index)
    assert isinstance(assistant, ObservedAssistant)  # `open` makes an instance of its class
    with assistant, Store.open(options.data / "dateline.sqlite") as store:
        metrics = Metrics(generation=lambda: _generation(assistant), answering=lambda: lifecycle.answering)
        assistant.watch = Watch(observer=metrics.observe, lifecycle=lifecycle, question_limit=options.question_limit)
        yield (
            site(
                assistant, store, users, options,
                build=page.build, launch=page.launch_options, lifecycle=lifecycle, metrics=metrics,
            ),
            lifecycle,
        )  # fmt: skip


def _generation(assistant: ObservedAssistant) -> int:
    with assistant.index.generation() as generation:
        return generation.number
