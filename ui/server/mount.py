"""Mount Gradio's application: the page and the API, with every feature switched off that they do not need.

The one module of the server that knows Gradio's mounting and queue (`upkeep` knows its sessions).
"""

import inspect
import logging
import os
import sys
from collections.abc import Iterator
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request

from index import DatelineError
from ui.faults import presentable
from ui.server.api import Endpoint, endpoints
from ui.server.guard.events import Events
from ui.server.guard.headers import Nonces
from ui.server.guard.http import state
from ui.server.options import Options
from ui.server.parts import Page, Parts
from ui.server.preload import preload_links
from ui.server.upkeep import CAPACITY
from ui.settings import QUESTIONS

if TYPE_CHECKING:
    import gradio as gr

_log = logging.getLogger(__name__)
_OFF: dict[str, Any] = {
    "run_history": False, "enable_monitoring": False, "show_error": False, "ssr_mode": False, "mcp_server": False,
    "pwa": False, "allowed_paths": [], "max_file_size": 1,
}  # fmt: skip
_PLACES_SECONDS = 1.0
"""How often those who wait are told their places. Gradio's default is to tell all of them whenever a question starts:
with fifty waiting, .362 s of the server's CPU an answer instead of .340 (`benchmarks.load --once`, November 2026)."""
_ENVIRONMENT = {
    "MPLBACKEND": "agg",  # else the first event lets matplotlib look for a display, and write a font cache at home
    "GRADIO_ANALYTICS_ENABLED": "0",
    # Else Gradio computes statistics over the last 10,000 events after each question, for a page that is off here.
    "GRADIO_ANALYTICS_MAX_EVENTS": "1",
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": str(10**12),
}


def mount(app: FastAPI, parts: Parts, page: Page) -> "gr.Blocks":
    """Mount the page at the application's root, after all of its other routes, and return Gradio's blocks."""
    os.environ.update(_ENVIRONMENT)
    import gradio as gr
    from gradio.events import api

    _silence()
    options, settings = parts.options, parts.settings
    blocks = page.build(parts.assistant, parts.store, settings=settings)
    offered = endpoints(parts.assistant)
    for event in blocks.fns.values():
        if event.api_name in offered:  # Gradio names the page's events by their functions
            event.api_name = f"page_{event.api_name}"
    with blocks:
        for name, endpoint in offered.items():
            api(
                _with_presentable_errors(endpoint),
                api_name=name,
                concurrency_id=QUESTIONS,
                concurrency_limit=options.concurrency,
            )
    blocks.queue(
        max_size=options.queue_size,
        default_concurrency_limit=None,
        api_open=False,
        status_update_rate=_PLACES_SECONDS,
    )
    parts.metrics.watch_queue(lambda: len(blocks._queue))
    blocks.state_session_capacity = CAPACITY  # an argument of `launch`, which is not called when mounting
    blocks._queue.pending_messages_per_session.max_size = CAPACITY
    app.add_middleware(CORSMiddleware, allow_origins=[])  # else Gradio's own lets other sites read, with cookies
    gr.mount_gradio_app(
        app, blocks, "/", root_path=options.root_path or None, auth_dependency=_user if parts.users else None,
        blocked_paths=_blocked(options), **{"footer_links": ["api"], **page.looks(settings), **_OFF},
    )  # fmt: skip
    mounted: Any = app.router.routes[-1].app  # type: ignore[attr-defined]  # a Mount
    links = preload_links({one.get_block_name() for one in blocks.blocks.values()}, theme=blocks.theme_hash)
    mounted.user_middleware.append(Middleware(Nonces, links=links))  # innermost: what it edits is not compressed
    blocks.app = mounted  # `close` must end this application; `queue` had created another one
    return blocks


def events(blocks: "gr.Blocks") -> Events:
    """Return what of the page and the API may be called. What ends another event takes nothing, whatever it says."""
    import gradio as gr

    known = [event for event in blocks.fns.values() if not event.cancels]
    names = {event.api_name: event for event in known if event.api_name}
    return Events(
        numbers=dict.fromkeys(blocks.fns, 0) | {event._id: len(event.inputs) for event in known},
        names={name: len(event.inputs) for name, event in names.items()},
        # Gradio adds the state to what an endpoint is given.
        endpoints={
            name: sum(not isinstance(taken, gr.State) for taken in event.inputs) for name, event in names.items()
        },
    )


class _Quiet:
    """Stands in for the module `traceback` in Gradio, which prints past the log, and what clients sent with it."""

    @staticmethod
    def print_exc() -> None:
        """Log where an event failed, and with which kind of error, without the error's own words."""
        kind, _, where = sys.exc_info()
        hidden = RuntimeError(kind.__name__ if kind else "")
        _log.error("An event of the page failed", exc_info=(RuntimeError, hidden, where))


def _silence() -> None:
    import gradio.queueing
    import gradio.route_utils
    import gradio.routes

    for module in (gradio.queueing, gradio.route_utils, gradio.routes):
        vars(module)["traceback"] = _Quiet


def _with_presentable_errors(endpoint: Endpoint) -> Endpoint:
    """Wrap an endpoint so that its errors reach Gradio's clients, which are not shown other classes' messages."""
    import gradio as gr

    def failed(error: DatelineError) -> gr.Error:
        return gr.Error(str(error), print_exception=False)

    if inspect.isgeneratorfunction(endpoint):

        @wraps(endpoint)
        def generate(*given: Any, **named: Any) -> Iterator[Any]:
            try:
                yield from endpoint(*given, **named)
            except Exception as error:  # noqa: BLE001  (shown by its id)
                raise failed(presentable(error)) from None

        return generate

    @wraps(endpoint)
    def call(*given: Any, **named: Any) -> Any:
        try:
            return endpoint(*given, **named)
        except Exception as error:  # noqa: BLE001  (shown by its id)
            raise failed(presentable(error)) from None

    return call


def _user(request: Request) -> str | None:
    user = state(request.scope).get("user")
    return str(user) if user else None


def _blocked(options: Options) -> list[str]:
    return [str(path.resolve()) for path in (Path(options.index), options.data, options.auth, *options.sources) if path]
