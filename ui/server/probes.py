"""Endpoints for monitoring: liveness, readiness and metrics."""

import ipaddress

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from index import DatelineError
from ui.server.guard.hosts import host_name
from ui.server.guard.http import state
from ui.server.options import LOOPBACK
from ui.server.parts import Parts

_PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


class Probes:
    """The routes /healthz, /readyz and /metrics."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [Route("/healthz", self.alive), Route("/readyz", self.ready), Route("/metrics", self.figures)]

    async def alive(self, _: Request) -> Response:
        """Answer as long as the process runs."""
        return PlainTextResponse("alive\n")

    def ready(self, _: Request) -> Response:
        """Return the served generation, or 503 with the reason."""
        if self._parts.lifecycle.stopping:
            return JSONResponse({"ready": False, "detail": "stopping"}, 503)
        try:
            with self._parts.assistant.index.generation() as generation:
                return JSONResponse({"ready": True, "generation": generation.number})
        except DatelineError:
            return JSONResponse({"ready": False, "detail": "the index cannot be read"}, 503)

    def figures(self, request: Request) -> Response:
        """Return the metrics: to this machine, if no proxy forwarded the request, and to admins."""
        user = state(request.scope).get("user")
        users = self._parts.users
        admin = users is not None and user is not None and user in users.admins()
        if not admin and not _is_near(request):
            return JSONResponse({"detail": "The metrics are for this machine and for admins."}, 403)
        return Response(self._parts.metrics.text(), media_type=_PROMETHEUS)


def _is_near(request: Request) -> bool:
    """Return whether a request was made on this machine.

    A loopback address alone does not prove it: a proxy on this machine has one too. Most proxies add a header; one that
    adds none passes on the public host name, or its own.
    """
    if request.client is None or state(request.scope).get("forwarded"):
        return False
    if host_name(request.headers.get("host", "")).strip("[]") not in LOOPBACK:
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
