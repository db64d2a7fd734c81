"""Run a site until a signal, then shut down cleanly: refuse new questions, finish the running ones.

The one module that knows uvicorn's server.
"""

import asyncio
import logging
import time
from types import FrameType

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from ui.server.app import Site

_log = logging.getLogger(__name__)
_CLOSING_SECONDS = 2  # for connections, after the last answer has been given
_HEAD_SECONDS = 20  # chosen, not measured: a request's head is one packet, unless it is meant to hold a connection
_MOST_CONNECTIONS = 2000  # chosen, not measured: some open files are left for the index


class _Connection(H11Protocol):
    """A connection with a deadline for the head of each request.

    uvicorn's own timeout ends with the first byte, so that a client could hold connections by sending slowly.
    """

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the deadline of the first request."""
        super().connection_made(transport)
        self.access_log = False  # it would hold ids of conversations; `headers` writes ours
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Parse the data, and stop the deadline once the head of the request is complete."""
        super().data_received(data)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the deadline."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self.conn.their_state is not h11.IDLE:
            self._stop_waiting()
        elif self._late is None:
            self._late = self.loop.call_later(_HEAD_SECONDS, self.timeout_keep_alive_handler)

    def _stop_waiting(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None


class _Server(uvicorn.Server):
    """A server that drains before it stops; a second signal stops it at once."""

    def __init__(self, config: uvicorn.Config, site: Site) -> None:
        super().__init__(config)
        self._site, self._lifecycle = site, site.parts.lifecycle
        self._draining: asyncio.Task[None] | None = None  # kept, since the loop does not
        self._loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        """Start, and log the address."""
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)  # type: ignore[arg-type]
        for server in self.servers:
            for socket in server.sockets:
                host, port, *_ = socket.getsockname()
                _log.info("Dateline is at http://%s:%d", f"[{host}]" if ":" in host else host, port)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Start to drain; at a second signal, stop at once."""
        if self._loop is None or self._lifecycle.stopping:
            super().handle_exit(sig, frame)
            return
        self._lifecycle.stopping = True
        self._loop.call_soon_threadsafe(self._begin_to_drain)

    def _begin_to_drain(self) -> None:
        self._draining = asyncio.get_running_loop().create_task(self._drain())

    async def _drain(self) -> None:
        _log.info("Stopping: %d questions wait or are being answered", self._site.busy)
        end = time.monotonic() + self._site.parts.options.grace
        while self._site.busy and time.monotonic() < end:
            await asyncio.sleep(0.05)
        if self._site.busy:
            _log.warning("%d questions are not answered", self._site.busy)
        await asyncio.sleep(0.2)  # an event leaves the queue before its answer has been sent
        self._site.close()
        self.should_exit = True


def server(site: Site) -> uvicorn.Server:
    """Return the server of a site; its `run` serves until SIGTERM or SIGINT."""
    options = site.parts.options
    config = uvicorn.Config(
        site.asgi, host=options.host, port=options.port, http=_Connection, ws="none", loop="asyncio", lifespan="on",
        proxy_headers=False, server_header=False, access_log=False, log_config=None, timeout_keep_alive=20,
        timeout_graceful_shutdown=_CLOSING_SECONDS, limit_concurrency=_MOST_CONNECTIONS,
        h11_max_incomplete_event_size=64 * 1024,
    )  # fmt: skip
    return _Server(config, site)
