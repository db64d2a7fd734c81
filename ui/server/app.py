"""The site as one ASGI application: routes, wrapped in the middleware of `guard/` in its order."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.types import ASGIApp

from ui.server.exports import Exports
from ui.server.guard.admission import Admission
from ui.server.guard.headers import SecurityHeaders
from ui.server.guard.hosts import ForwardedHeaders, RequestFilter
from ui.server.guard.limits import RateLimit
from ui.server.guard.signin import RequireSignIn, SignIn
from ui.server.mount import events, mount
from ui.server.parts import Page, Parts
from ui.server.probes import Probes
from ui.server.upkeep import Upkeep
from ui.settings import QUESTIONS

if TYPE_CHECKING:
    import gradio as gr


@dataclass(frozen=True, slots=True)
class Site:
    """An application to serve, with what the server needs for a clean shutdown."""

    asgi: ASGIApp
    parts: Parts
    blocks: "gr.Blocks"

    @property
    def busy(self) -> int:
        """Return how many events are queued or being handled."""
        queue = self.blocks._queue
        return len(queue) + queue.get_active_worker_count()

    def close(self) -> None:
        """Close the event streams that browsers keep open."""
        self.blocks.close(verbose=False)


def site(parts: Parts, page: Page) -> Site:
    """Build the site that serves a page."""
    return asyncio.run(_site(parts, page))  # without a running loop, Gradio makes loops that it never closes


async def _site(parts: Parts, page: Page) -> Site:
    @asynccontextmanager
    async def kept_up(_: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(Upkeep(blocks, parts.expire).run())
        try:
            yield
        finally:
            task.cancel()

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=kept_up)
    app.router.routes += Probes(parts).routes() + Exports(parts.store, parts.assistant.index).routes()
    if parts.users and parts.sessions:
        path = parts.options.cookie_path
        app.router.routes += SignIn(
            parts.users, parts.sessions, cookie_path=path, languages=parts.settings.languages
        ).routes()
    blocks = mount(app, parts, page)
    return Site(_guarded(app, parts, blocks), parts, blocks)


def _guarded(app: ASGIApp, parts: Parts, blocks: "gr.Blocks") -> ASGIApp:
    """Wrap the application in its middleware, the innermost first."""
    # The order matters. Outermost, forwarded headers are resolved, since every other guard uses host, scheme and client
    # address. Then come the response headers, so that refusals have them too. Hosts and routes are checked before
    # anything is read from disk, and users are known before questions are counted, since limits count by user.
    options = parts.options
    pages = [path for path, *_ in blocks.pages]
    quick = {number for number, event in blocks.fns.items() if event.concurrency_id != QUESTIONS}
    rate = RateLimit(per_minute=options.rate, burst=options.burst)
    inner: ASGIApp = Admission(
        app,
        lifecycle=parts.lifecycle,
        questions=rate,
        body_limit=options.body_limit,
        events=events(blocks),
        quick=quick,
    )
    if parts.sessions:
        inner = RequireSignIn(inner, sessions=parts.sessions, root=options.cookie_path.rstrip("/"))
    inner = RequestFilter(inner, hosts=options.known_hosts, pages=pages)
    inner = SecurityHeaders(inner, cookie_path=options.cookie_path, note=parts.metrics.count_request)
    return ForwardedHeaders(inner, proxies=options.proxies)
