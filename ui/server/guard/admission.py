"""Rate limits, body limits and session isolation.

Bodies are read here completely, within limits of size and time, before any other code sees them: what is checked is
then exactly what Gradio gets.
"""

import asyncio
import ipaddress
import json
import re
from collections import OrderedDict
from collections.abc import Container, Mapping, Sequence
from typing import Any

from starlette.datastructures import Headers, QueryParams
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.server.guard.events import Events
from ui.server.guard.http import STOPPING, TOO_MANY, joins_queue, refuse, state
from ui.server.guard.lifecycle import Lifecycle
from ui.server.guard.limits import RateLimit
from ui.store.identity import COOKIE, browser

# Chosen, not measured.
_BODY_SECONDS = 15.0  # for a megabyte at most
_MOST_SESSIONS = 10_000  # owners that are remembered: some 2 MB
_OTHERS = 10  # times as many events as questions
_HEARTBEAT, _CALL = "/gradio_api/heartbeat/", "/gradio_api/call/"
_SESSION = re.compile(r"[A-Za-z0-9_-]{1,64}")  # Gradio's page draws 11 characters, its client a UUID
_NETWORK = 64  # bits of an IPv6 address that name a household; the rest is its own to change


class Admission:
    """Limits bodies and questions per minute, and refuses a session to all but the client that began it.

    `events` are what may be called. `quick` holds the numbers of the page's events that ask no question (opening an
    article, changing a filter): they may come ten times as often as questions.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        lifecycle: Lifecycle,
        questions: RateLimit,
        body_limit: int,
        events: Events,
        quick: Container[int] = (),
    ) -> None:
        self._app, self._lifecycle, self._body_limit, self._events = app, lifecycle, body_limit, events
        self._questions, self._others, self._quick = questions, questions.times(_OTHERS), quick
        self._sessions: OrderedDict[str, str] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            body = await self._body(scope, receive) if scope["method"] == "POST" else b""
            payload = _payload(scope, body)
            if joins_queue(scope):
                self._admit(scope, self._others if self._is_quick(scope, payload) else self._questions)
            self._own(scope, payload)
            self._require_known(scope, payload)
        except _RefusedError as error:
            await refuse(scope, receive, send, error.status, error.detail, error.headers)
            return
        await self._app(scope, _replay(body, receive) if scope["method"] == "POST" else receive, send)

    def _require_known(self, scope: Scope, payload: Mapping[str, Any]) -> None:
        if joins_queue(scope) and (problem := self._events.problem(scope, payload)):
            raise _RefusedError(*problem)

    def _is_quick(self, scope: Scope, payload: Mapping[str, Any]) -> bool:
        by_name = scope["path"].startswith(_CALL)  # Gradio does not look at the number there
        number = payload.get("fn_index")
        return not by_name and type(number) is int and number in self._quick

    def _admit(self, scope: Scope, rate: RateLimit) -> None:
        if self._lifecycle.stopping and rate is self._questions:
            raise _RefusedError(STOPPING, "The server is being restarted. Please ask again in a minute.", 30)
        if wait := rate.take(client(scope)):
            seconds = max(1, round(wait))
            raise _RefusedError(TOO_MANY, f"That was too fast. Please try again in {seconds} s.", seconds)

    async def _body(self, scope: Scope, receive: Receive) -> bytes:
        length = Headers(scope=scope).get("content-length", "0")
        if not length.isdecimal() or int(length) > self._body_limit:
            raise _RefusedError(413, "That is too much at once.")
        try:
            async with asyncio.timeout(_BODY_SECONDS):
                return await self._read(receive)
        except TimeoutError:
            raise _RefusedError(408, "The request took too long to arrive.") from None

    async def _read(self, receive: Receive) -> bytes:
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise _RefusedError(400, "The request broke off.")
            body += message.get("body", b"")
            if len(body) > self._body_limit:
                raise _RefusedError(413, "That is too much at once.")
            if not message.get("more_body"):
                return bytes(body)

    def _own(self, scope: Scope, payload: Mapping[str, Any]) -> None:
        """Refuse a session that another client has begun: browsers choose the id, so that it proves nothing."""
        session = _session(scope, payload)
        if session is None:
            return
        client_owner = owner(scope)
        if self._sessions.setdefault(session, client_owner) != client_owner:
            raise _RefusedError(403, "This session belongs to somebody else. Please load the page again.")
        self._sessions.move_to_end(session)
        if len(self._sessions) > _MOST_SESSIONS:
            self._sessions.popitem(last=False)


class _RefusedError(Exception):
    def __init__(self, status: int, detail: str, retry: int = 0) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail
        self.headers = {"retry-after": str(retry)} if retry else None


def owner(scope: Scope) -> str:
    """Return the owner of a request: the signed-in user or the browser; empty for a client without the cookie."""
    user = state(scope).get("user")
    return f"user:{user}" if user else browser(HTTPConnection(scope).cookies.get(COOKIE, ""))


def client(scope: Scope) -> str:
    """Return the key that limits count by: the signed-in user or the address, since a cookie is easily discarded."""
    user = state(scope).get("user")
    return f"user:{user}" if user else f"address:{address(scope)}"


def address(scope: Scope) -> str:
    """Return the IPv4 address of a client, or its IPv6 network: one client has all addresses of such a network."""
    host: str = (scope["client"] or ("",))[0]
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(found, ipaddress.IPv4Address):
        return host
    return str(found.ipv4_mapped or ipaddress.ip_network((int(found), _NETWORK), strict=False))


def _payload(scope: Scope, body: bytes) -> Mapping[str, Any]:
    """Return the JSON object that a request sends to Gradio. Refuses JSON that Gradio could parse differently."""
    if scope["method"] != "POST" or not scope["path"].startswith("/gradio_api/"):
        return {}
    try:
        found = json.loads(body, object_pairs_hook=_unrepeated)
    except (ValueError, RecursionError):
        raise _RefusedError(400, "The request is not in JSON, or names something twice.") from None
    if not isinstance(found, dict):
        raise _RefusedError(400, "The request is not a JSON object.")
    return found


def _unrepeated(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Return the JSON object. Raises `ValueError` for a repeated name, of which parsers take different ones."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name is repeated")
    return found


def _session(scope: Scope, payload: Mapping[str, Any]) -> str | None:
    """Return the id of the session that a request uses, or None. Refuses ids that Gradio's clients never choose."""
    path: str = scope["path"]
    found: Any = payload.get("session_hash")
    if path.startswith(_HEARTBEAT):
        found = path.removeprefix(_HEARTBEAT).strip("/")
    elif path.rstrip("/") == "/gradio_api/queue/data":
        found = QueryParams(scope["query_string"]).get("session_hash")
    elif path.startswith(_CALL) and scope["method"] != "POST":
        found = path.rstrip("/").rpartition("/")[2]  # an event's id; Gradio takes a session's for one as well
    if found is not None and not (isinstance(found, str) and _SESSION.fullmatch(found)):
        raise _RefusedError(400, "This is no session.")
    return found


def _replay(body: bytes, receive: Receive) -> Receive:
    """Return an ASGI `receive` that yields the body again, and then the messages that follow."""
    left = [body]

    async def again() -> Message:
        if left:
            return {"type": "http.request", "body": left.pop(), "more_body": False}
        return await receive()

    return again
