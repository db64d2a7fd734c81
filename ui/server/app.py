"""Puts the server together: Gradio's page behind our doors. The one module of the server that knows Gradio."""

import inspect
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp

from index import DatelineError
from qa import Assistant
from ui.server.api import Endpoint, endpoints
from ui.server.door import Door, Forwarded
from ui.server.exports import Exports
from ui.server.faults import shown
from ui.server.gate import Gate
from ui.server.headers import Headers, Nonces
from ui.server.http import state
from ui.server.lifecycle import Lifecycle
from ui.server.limits import Rate
from ui.server.metrics import Metrics
from ui.server.options import Options
from ui.server.probes import Probes
from ui.server.sessions import Sessions
from ui.server.signin import SignedIn, SignIn
from ui.settings import QUESTIONS, PageSettings
from ui.store import Store
from ui.users import Users

if TYPE_CHECKING:
    import gradio as gr

Build = Callable[..., "gr.Blocks"]
"""`ui.web.page.build`, or another page: from an assistant, a store and `settings` to Gradio's blocks."""


_CLOSED: dict[str, Any] = {
    "run_history": False, "enable_monitoring": False, "show_error": False, "ssr_mode": False, "mcp_server": False,
    "pwa": False, "allowed_paths": [], "max_file_size": 1,
}  # fmt: skip
"""What Gradio offers and this page does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The whole as an ASGI application, and what a server has to tell Gradio when it stops."""

    asgi: ASGIApp
    blocks: "gr.Blocks"

    def close(self) -> None:
        """End the connections that browsers keep open."""
        self.blocks.close(verbose=False)


def site(
    assistant: Assistant,
    store: Store,
    users: Users | None,
    options: Options,
    *,
    build: Build,
    launch: Callable[[PageSettings], dict[str, Any]],
    lifecycle: Lifecycle,
    metrics: Metrics,
) -> Site:
    """Return the site. `launch` gives what Gradio is told of the page's looks (theme, css, head, js, i18n)."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "0"
    import gradio as gr
    from gradio.events import api

    settings = _page_settings(users, options)
    blocks = build(assistant, store, settings=settings)
    with blocks:
        for name, endpoint in endpoints(assistant).items():
            api(_told(endpoint), api_name=name, concurrency_id=QUESTIONS, concurrency_limit=options.concurrency)
    blocks.queue(max_size=options.queue_size, default_concurrency_limit=None, api_open=False)
    metrics.watch_queue(lambda: blocks._queue.get_status().queue_size or 0)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(CORSMiddleware, allow_origins=[])  # else Gradio allows other sites to read, with cookies
    app.router.routes += Probes(assistant, lifecycle, metrics, users).routes()
    app.router.routes += Exports(store).routes()
    sessions = Sessions(store.file, users) if users else None
    root = options.cookie_path.rstrip("/")
    if users and sessions:
        app.router.routes += SignIn(users, sessions, root=root, cookie_path=options.cookie_path).routes()
    gr.mount_gradio_app(
        app, blocks, "/", root_path=options.root_path or None, auth_dependency=_user if users else None,
        **{"footer_links": ["api"], **launch(settings)}, **_CLOSED, blocked_paths=_blocked(options),
    )  # fmt: skip
    mounted: Any = app.router.routes[-1].app  # type: ignore[attr-defined]  # a Mount
    mounted.user_middleware.append(Middleware(Nonces))  # the innermost: before compression
    blocks.app = mounted  # what `close` ends is else the application that `queue` has made
    return Site(asgi=_doors(app, blocks, sessions, options, lifecycle, metrics), blocks=blocks)


def _page_settings(users: Users | None, options: Options) -> PageSettings:
    return PageSettings(
        index=options.index,
        sources=options.sources,
        admins=users.admins() if users else frozenset(),
        sign_in=users is not None,
        question_limit=options.question_limit,
        concurrency=options.concurrency,
        queue_size=options.queue_size,
    )


def _doors(
    app: ASGIApp, blocks: "gr.Blocks", sessions: Sessions | None, options: Options, lifecycle: Lifecycle,
    metrics: Metrics,
) -> ASGIApp:  # fmt: skip
    """Put the doors before the application, the innermost first."""
    questions = Rate(per_minute=options.rate, burst=options.burst)
    inner: ASGIApp = Gate(app, lifecycle=lifecycle, questions=questions, body_limit=options.body_limit)
    if sessions:
        inner = SignedIn(inner, sessions=sessions, root=options.cookie_path.rstrip("/"))
    inner = Door(inner, hosts=options.known_hosts, pages=[page for page, *_ in blocks.pages])
    inner = Headers(
        inner,
        cookie_path=options.cookie_path,
        note=lambda method, status: metrics.requests.labels(method, str(status)).inc(),
    )
    return Forwarded(inner, proxies=options.proxies)


def _told(endpoint: Endpoint) -> Endpoint:
    """Return the endpoint with its errors in the form that reaches Gradio's clients."""
    import gradio as gr

    def failed(error: DatelineError) -> gr.Error:
        return gr.Error(str(error), print_exception=False)

    if inspect.isgeneratorfunction(endpoint):

        @wraps(endpoint)
        def generate(*given: Any, **named: Any) -> Iterator[Any]:
            try:
                yield from endpoint(*given, **named)
            except Exception as error:  # noqa: BLE001  (shown by its id)
                raise failed(shown(error)) from None

        return generate

    @wraps(endpoint)
    def call(*given: Any, **named: Any) -> Any:
        try:
            return endpoint(*given, **named)
        except Exception as error:  # noqa: BLE001  (shown by its id)
            raise failed(shown(error)) from None

    return call


def _user(request: Request) -> str | None:
    user = state(request.scope).get("user")
    return str(user) if user else None


def _blocked(options: Options) -> list[str]:
    return [str(path.resolve()) for path in (Path(options.index), options.data, options.auth, *options.sources) if path]
