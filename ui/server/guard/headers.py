"""Security headers for each response, the cookie that identifies a browser, and the access log.

Scripts run only from our own files, or with the nonce of the same response: a script that came into the page with an
article would not run. Gradio compiles the small functions of its events in the browser, hence 'unsafe-eval'.
"""

import gzip
import logging
import re
import secrets
import time
from collections.abc import Callable
from http.cookies import SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.server.guard.http import state
from ui.store.identity import COOKIE, browser

_log = logging.getLogger("ui.server.access")
_PREVIEW = re.compile(rb'<meta\s+(?:property="og|name="twitter):[^>]*>')
_KEY_SECONDS = 400 * 24 * 3600  # the longest that browsers keep a cookie (RFC 6265bis)
_POLICY = "; ".join([
    "default-src 'self'", "script-src 'self' 'nonce-{nonce}' 'unsafe-eval'", "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:", "font-src 'self' data:", "connect-src 'self'", "media-src 'self' blob:",
    "worker-src 'self' blob:", "object-src 'none'", "base-uri 'self'", "form-action 'self'", "frame-ancestors 'none'",
])  # fmt: skip
_FIXED = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",  # with "no-referrer", browsers send forms with the origin "null"
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class SecurityHeaders:
    """Adds the headers to each response, and calls `note` with its method and status."""

    def __init__(self, app: ASGIApp, *, cookie_path: str, note: Callable[[str, int], None]) -> None:
        self._app, self._cookie_path, self._note = app, cookie_path, note

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        nonce = state(scope)["nonce"] = secrets.token_urlsafe(16)
        known = bool(browser(HTTPConnection(scope).cookies.get(COOKIE, "")))

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _FIXED.items():
                    headers[name] = value
                headers["content-security-policy"] = _POLICY.format(nonce=nonce)
                if not scope["path"].startswith(("/assets/", "/static/", "/svelte/")):
                    headers["cache-control"] = "no-store"
                # Only where the page begins: requests that run side by side would each get another key.
                if not known and scope["path"] in ("/", "/config"):
                    headers.append("set-cookie", self._key(scope["scheme"] == "https"))
                self._finish(scope, message["status"], time.perf_counter() - started)
            await send(message)

        await self._app(scope, receive, with_headers)

    def _key(self, secure: bool) -> str:
        return cookie(COOKIE, secrets.token_urlsafe(32), self._cookie_path, _KEY_SECONDS, secure=secure)

    def _finish(self, scope: Scope, status: int, seconds: float) -> None:
        self._note(scope["method"], status)
        _log.info(
            "%s %s %d", scope["method"], state(scope).get("route", "-"), status,
            extra={"seconds": round(seconds, 4), "user": state(scope).get("user") or ""},
        )  # fmt: skip


def cookie(name: str, value: str, path: str, seconds: int, *, secure: bool) -> str:
    """Return the value of a Set-Cookie header that scripts and other sites cannot use."""
    made: SimpleCookie = SimpleCookie({name: value})
    for key, setting in (
        ("path", path),
        ("max-age", seconds),
        ("httponly", True),
        ("samesite", "Lax"),
        ("secure", secure),
    ):
        made[name][key] = setting
    return made[name].OutputString()


class Nonces:
    """Puts the response's nonce into the page's own script tags, removes Gradio's tags for link previews, and ends the
    head with `links`.

    It must be inside any middleware that compresses. The page itself is compressed here, since Gradio's does not: it
    holds nothing secret that its length could give away.
    """

    def __init__(self, app: ASGIApp, links: str = "") -> None:
        self._app, self._links = app, links.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        nonce = state(scope).get("nonce") if scope["type"] == "http" else None
        if nonce is None or scope["path"] != "/":
            await self._app(scope, receive, send)
            return
        start: Message = {}
        body = bytearray()

        async def collect(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            # Held back until it is whole: a tag may be divided between two messages.
            body.extend(message.get("body", b""))
            if message.get("more_body"):
                return
            page = _PREVIEW.sub(b"", bytes(body)).replace(b"<script", b'<script nonce="%s"' % nonce.encode())
            page = page.replace(b"</head>", self._links + b"</head>", 1)
            headers = MutableHeaders(scope=start)
            if "gzip" in Headers(scope=scope).get("accept-encoding", "") and "content-encoding" not in headers:
                page = gzip.compress(page, compresslevel=6, mtime=0)
                headers["content-encoding"] = "gzip"
                headers.add_vary_header("accept-encoding")
            headers["content-length"] = str(len(page))
            await send(start)
            await send({"type": "http.response.body", "body": page})

        await self._app(scope, receive, collect)
