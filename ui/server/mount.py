"""Gradio's application: the page and the API, with all that this page does not need shut off.

The one module of the server that knows Gradio.
"""

import inspect
import os
from collections.abc import Iterator
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request

from index import DatelineError
from ui.faults import shown
from ui.server.api import Endpoint, endpoints
from ui.server.guard.headers import Nonces
from ui.server.guard.http import state
from ui.server.options import Options
from ui.server.parts import Page, Parts
from ui.server.upkeep import CAPACITY
from ui.settings import QUESTIONS

if TYPE_CHECKING:
    import gradio as gr

_OFF: dict[str, Any] = {
    "run_history": False, "enable_monitoring": False, "show_error": False, "ssr_mode": False, "mcp_server": False,
    "pwa": False, "allowed_paths": [], "max_file_size": 1,
}  # fmt: skip


_ENVIRONMENT = {
    "MPLBACKEND": "agg",  # else the first event has matplotlib look for a screen, and write a list of fonts at home
    "GRADIO_ANALYTICS_ENABLED": "0",
    "GRADIO_ANALYTICS_MAX_EVENTS": "1",  # else each question ends with statistics over the last 10,000, which only
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": str(10**12),  # the monitoring page shows
}


def mount(app: FastAPI, parts: Parts, page: Page) -> "gr.Blocks":
    """Mount the page at the application's root, after all its other routes, and return Gradio's blocks."""
    os.environ.update(_ENVIRONMENT)
    import gradio as gr
    from gradio.events import api

    options, settings = parts.options, parts.settings
    blocks = page.build(parts.assistant, parts.store, settings=settings)
    offered = endpoints(parts.assistant)
    for event in blocks.fns.values():
        if event.api_name in offered:  # Gradio names the page's events by their functions
            event.api_name = f"page_{event.api_name}"
    with blocks:
        for name, endpoint in offered.items():
            api(_told(endpoint), api_name=name, concurrency_id=QUESTIONS, concurrency_limit=options.concurrency)
    blocks.queue(max_size=options.queue_size, default_concurrency_limit=None, api_open=False)
    parts.metrics.watch_queue(lambda: len(blocks._queue))
    blocks.state_session_capacity = CAPACITY  # what `launch` would be told
    blocks._queue.pending_messages_per_session.max_size = CAPACITY
    app.add_middleware(CORSMiddleware, allow_origins=[])  # else Gradio lets other sites read, with cookies
    gr.mount_gradio_app(
        app, blocks, "/", root_path=options.root_path or None, auth_dependency=_user if parts.users else None,
        blocked_paths=_blocked(options), **{"footer_links": ["api"], **page.looks(settings), **_OFF},
    )  # fmt: skip
    mounted: Any = app.router.routes[-1].app  # type: ignore[attr-defined]  # a Mount
    mounted.user_middleware.append(Middleware(Nonces))  # the innermost: before compression
    blocks.app = mounted  # it is what `close` has to end; `queue` had made another one
    return blocks


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
