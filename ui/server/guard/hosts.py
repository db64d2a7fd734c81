"""Which requests are accepted at all: known host names, our own origin, listed routes. All others are refused.

Gradio serves more than the page needs (uploads, files, a proxy, reloading): a route that is not listed here is a 404.
"""

import re
from collections.abc import Collection, Container
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, QueryParams
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from ui.server.guard.http import refuse, state

_LOOPBACK = ("localhost", "127.0.0.1", "::1", "[::1]")
_GET = {
    "", "/config", "/theme.css", "/favicon.ico", "/manifest.json", "/robots.txt", "/login", "/logout",
    "/healthz", "/readyz", "/metrics", "/gradio_api/info", "/gradio_api/openapi.json", "/gradio_api/theme.css",
    "/gradio_api/queue/data", "/gradio_api/queue/status", "/gradio_api/startup-events", "/gradio_api/app_id",
}  # fmt: skip
_GET_BELOW = (
    "/assets/", "/static/", "/svelte/", "/conversations/", "/gradio_api/heartbeat/", "/gradio_api/call/",
)  # fmt: skip
_POST = {"/login", "/logout", "/gradio_api/queue/join", "/gradio_api/cancel", "/gradio_api/reset"}
_POST_BELOW = ("/gradio_api/call/", "/gradio_api/run/")
_REPEATABLE = {"source", "category", "author", "language", "article"}  # a shared link names all that it filters by
_LONGEST_HEADER = 8 * 1024  # bytes; the limit of nginx and Apache for a line
_FIRST_PART = 40  # characters of a path that the log shows
_PROXIED = re.compile(
    rb"forwarded|(?:^|-)via$|(?:client|real|remote|connecting|originating|proxyuser)[-_]?(?:ip|addr|host|port)\b"
    rb"|^x-(?:original|envoy|appengine|azure|arr|amzn|amz|cloud|varnish|proxy|nginx|haproxy|traefik|nf|vercel|sucuri"
    rb"|scheme|host|cache)\b|^(?:cf|cdn|fly|fastly|ali|akamai|tailscale|ngrok|proxy)-|^cdn-loop$|^early-data$"
)
"""Headers that proxies add: one of them proves that a request came through a proxy."""
_BELIEVED = (b"forwarded", b"x-forwarded")


class RequestFilter:
    """Accepts the requests that the page and the API make. `hosts` None allows any name; `pages` are further paths."""

    def __init__(self, app: ASGIApp, *, hosts: Collection[str] | None, pages: Collection[str] = ()) -> None:
        self._app, self._hosts = app, hosts
        self._public = {host for host in hosts or () if host not in _LOOPBACK}
        self._get = _GET | {f"/{page.strip('/')}" for page in pages if page.strip("/")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        state(scope)["route"] = self._route(scope["path"])
        if problem := self._problem(scope):
            await refuse(scope, receive, send, *problem)
            return
        await self._app(scope, receive, send)

    def _problem(self, scope: Scope) -> tuple[int, str] | None:
        headers = Headers(scope=scope)
        host = host_name(headers.get("host", ""))
        if any(len(value) > _LONGEST_HEADER for _, value in scope["headers"]):
            return 431, "A header of the request is too long."
        # DNS rebinding: another site's name can be made to lead to this address, and its page is then of "our" origin.
        if self._hosts is not None and host not in self._hosts:
            return 421, "This server does not go by that name. Its operator can allow it with --allow-host."
        if not self._known(scope["method"], scope["path"]):
            return 404, "There is nothing here."
        if _repeats(scope):
            return 400, "A parameter is given more than once."
        return self._elsewhere(scope["path"], headers)

    def _elsewhere(self, path: str, headers: Headers) -> tuple[int, str] | None:
        """Return the refusal for a request that another site's page has made, if it is one."""
        origin = headers.get("origin")
        if origin is not None and not self._same(origin, headers.get("host", "")):
            return 403, "Requests from other sites are refused."
        # Browsers send no Origin with a plain GET, but they say where it comes from.
        if headers.get("sec-fetch-site") == "cross-site" and not _visits(path, headers):
            return 403, "Requests from other sites are refused."
        return None

    def _known(self, method: str, path: str) -> bool:
        short = path.rstrip("/")
        if "\0" in path or "\\" in path or ".." in path.split("/"):
            return False
        if method in ("GET", "HEAD"):
            return short in self._get or path.startswith(_GET_BELOW)
        return method == "POST" and (short in _POST or path.startswith(_POST_BELOW))

    def _route(self, path: str) -> str:
        """Return a path as the log may hold it: without ids, and of an unknown path only the first part."""
        if path.rstrip("/") in self._get | _POST:
            return path
        for below in (*_GET_BELOW, *_POST_BELOW):
            if path.startswith(below):
                return f"{below}…"
        first, _, more = path[1:].partition("/")
        return f"/{first}" if len(first) <= _FIRST_PART and not more else f"/{first[:_FIRST_PART]}…"

    def _same(self, origin: str, host: str) -> bool:
        """Return whether an origin is ours. A proxy may pass on another host name than the one in the browser."""
        try:
            parts = urlsplit(origin)
            return bool(parts.netloc) and (parts.netloc == host or parts.hostname in self._public)
        except ValueError:
            return False


def _visits(path: str, headers: Headers) -> bool:
    """Return whether a request is a navigation to the page, by a link on another site."""
    return path.rstrip("/") in ("", "/login") and headers.get("sec-fetch-mode") == "navigate"


def _repeats(scope: Scope) -> bool:
    """Return whether a query repeats a parameter: a guard could check the first while Gradio uses the last."""
    path = scope["path"]
    # Gradio sends the page's own query with each of its events
    of_page = path in ("", "/", "/gradio_api/queue/join") or path.startswith("/gradio_api/run/")
    allowed = _REPEATABLE if of_page else ()
    names = [name for name, _ in QueryParams(scope["query_string"]).multi_items() if name not in allowed]
    return len(names) > len(set(names))


def host_name(host: str) -> str:
    """Return the host name in a Host header, in lower case and without the port."""
    name, _, port = host.lower().rpartition(":")
    return name if name and port.isdecimal() else host.lower()


class ForwardedHeaders:
    """Applies X-Forwarded-* headers that come from trusted proxies, and removes all others."""

    def __init__(self, app: ASGIApp, *, proxies: Collection[str]) -> None:
        self._app = app
        believing: Any = ProxyHeadersMiddleware
        self._believing: ASGIApp = believing(app, list(proxies))
        self._trusted: Container[str] = self._believing.trusted_hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] == "http":
            state(scope)["forwarded"] = any(_PROXIED.search(name) for name, _ in scope["headers"])
            if (scope["client"] or ("",))[0] in self._trusted:
                await self._believing(scope, receive, send)
                return
            scope["headers"] = [pair for pair in scope["headers"] if not pair[0].startswith(_BELIEVED)]
        await self._app(scope, receive, send)
