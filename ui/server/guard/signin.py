"""Sign-in: the middleware that finds the user of a request, and the routes to sign in and out."""

import asyncio
import logging
from importlib.resources import files
from urllib.parse import quote

from jinja2 import Environment, StrictUndefined
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from index import DatelineError
from ui.server.guard.admission import address
from ui.server.guard.attempts import SignInAttempts
from ui.server.guard.headers import cookie
from ui.server.guard.http import TOO_MANY, refuse, state
from ui.store.sessions import SECONDS, SignInSessions
from ui.store.users import LONGEST_NAME, Users, composed
from ui.strings import Words, preferred

COOKIE = "dateline_session"
_NOT_NOW = "Signing in does not work now. Please try again later."
_log = logging.getLogger(__name__)
_LONGEST_FORM = 16 * 1024  # bytes; chosen, not measured: name, password and address take one
_OPEN = ("/login", "/healthz", "/readyz", "/metrics", "/robots.txt", "/favicon.ico")


class RequireSignIn:
    """Finds the user of a request. Without one, browsers are redirected to the sign-in page; programs get a 401."""

    def __init__(self, app: ASGIApp, *, sessions: SignInSessions, root: str) -> None:
        self._app, self._sessions, self._root = app, sessions, root

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        token = HTTPConnection(scope).cookies.get(COOKIE, "")
        try:
            state(scope)["user"] = user = self._sessions.user(token) if token else None
        except DatelineError:
            _log.exception("Nobody can be signed in")
            await refuse(scope, receive, send, 503, _NOT_NOW)
            return
        if user or scope["path"].rstrip("/") in _OPEN:
            await self._app(scope, receive, send)
        elif scope["path"] == "/" and "text/html" in Headers(scope=scope).get("accept", ""):
            query = scope["query_string"].decode("latin-1")
            wanted = quote(f"/?{query}" if query else "/", safe="")
            await RedirectResponse(f"{self._root}/login?next={wanted}", 303)(scope, receive, send)
        else:
            await refuse(scope, receive, send, 401, "Please sign in.")


class SignIn:
    """The routes /login and /logout."""

    def __init__(
        self, users: Users, sessions: SignInSessions, *, cookie_path: str, languages: tuple[str, ...] = ("en", "de")
    ) -> None:
        self._users, self._sessions, self._cookie_path, self._languages = users, sessions, cookie_path, languages
        self._root = cookie_path.rstrip("/")
        self._attempts = SignInAttempts()
        self._hashing = asyncio.Semaphore(2)  # a hash takes 32 MB and a tenth of a second of a core
        source = (files("ui.server.guard") / "signin.html").read_text(encoding="utf-8")
        self._page = Environment(autoescape=True, undefined=StrictUndefined).from_string(source)

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/login", self._asked, methods=["GET"]),
            Route("/login", self._try, methods=["POST"]),
            Route("/logout", self._leave, methods=["GET", "POST"]),
        ]

    async def _asked(self, request: Request) -> Response:
        return self._shown(request, 200, "", _local(request.query_params.get("next", "")))

    async def _try(self, request: Request) -> Response:
        given = await _form(request)
        name = composed(given.get("username", "").strip())[: LONGEST_NAME + 1]
        wanted = _local(given.get("next", ""))
        asking = address(request.scope)
        if self._attempts.refused(asking, name):
            return self._failed(request, TOO_MANY, "sign_in_often", wanted)
        # Before the check, so that a right guess takes as long as a wrong one.
        await asyncio.sleep(self._attempts.delay(asking, name))
        try:
            async with self._hashing:
                right = await asyncio.to_thread(self._users.check, name, given.get("password", ""))
        except DatelineError:
            _log.exception("Nobody can sign in")
            return JSONResponse({"detail": _NOT_NOW}, 503)
        if not right:
            return self._failed(request, 401, "sign_in_wrong", wanted)
        self._attempts.succeeded(asking, name)
        response: Response = JSONResponse({"success": True})
        if _for_people(request):
            response = RedirectResponse(f"{self._root}{wanted}", 303)
        response.headers.append("set-cookie", self._cookie(request, self._sessions.begin(name), SECONDS))
        return response

    async def _leave(self, request: Request) -> Response:
        self._sessions.end(request.cookies.get(COOKIE, ""))
        response = RedirectResponse(f"{self._root}/login", 303)
        response.headers.append("set-cookie", self._cookie(request, "", 0))
        return response

    def _failed(self, request: Request, status: int, why: str, wanted: str) -> Response:
        if _for_people(request):
            return self._shown(request, status, why, wanted)
        return JSONResponse({"detail": Words("en")(why)}, status)

    def _shown(self, request: Request, status: int, why: str, wanted: str) -> Response:
        """Return the sign-in page. `why` is the key of the message on it."""
        words = Words(preferred(request.headers.get("accept-language", ""), self._languages))
        gaps = {"language": words.language, "root": self._root, "next": wanted, "why": words(why) if why else ""}
        gaps |= {name: words(name) for name in ("sign_in", "name", "password")}
        return HTMLResponse(self._page.render(gaps), status)

    def _cookie(self, request: Request, value: str, seconds: int) -> str:
        return cookie(COOKIE, value, self._cookie_path, seconds, secure=request.url.scheme == "https")


async def _form(request: Request) -> dict[str, str]:
    """Return the fields of a form. Refuses repeated fields, files, and forms that are far too long."""
    if len(await request.body()) > _LONGEST_FORM:
        raise HTTPException(413, "That is too much for signing in.")
    found = (await request.form(max_files=0)).multi_items()
    fields = {name: value for name, value in found if isinstance(value, str)}
    if len(fields) < len(found):
        raise HTTPException(400, "The form names a field twice, or holds a file.")
    return fields


def _for_people(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


def _local(path: str) -> str:
    """Return the path to redirect to; "/" for one that could lead to another site, such as //host or /\\host."""
    plain = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if plain else "/"
