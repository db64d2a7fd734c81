"""Runs a site until it is told to stop, and then ends in order: no new questions, the running ones finished.

The one module that knows uvicorn.
"""

import asyncio
import logging
from types import FrameType

import uvicorn

from ui.server.app import Site
from ui.server.lifecycle import Lifecycle
from ui.server.options import Options

_log = logging.getLogger(__name__)
_CLOSING_SECONDS = 2
_MOST_CONNECTIONS = 2000


class _Server(uvicorn.Server):
    """A server that drains before it stops; a second signal stops it at once."""

    def __init__(self, config: uvicorn.Config, site: Site, lifecycle: Lifecycle, grace: float) -> None:
        super().__init__(config)
        self._site, self._lifecycle, self._grace = site, lifecycle, grace
        self._draining: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        """Start, and say where."""
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)  # type: ignore[arg-type]
        for server in self.servers:
            for socket in server.sockets:
                host, port, *_ = socket.getsockname()
                _log.info("Dateline is at http://%s:%d", f"[{host}]" if ":" in host else host, port)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop."""
        if self._loop is None or self._lifecycle.stopping:
            super().handle_exit(sig, frame)
            return
        self._lifecycle.stopping = True
        self._loop.call_soon_threadsafe(self._begin_to_drain)

    def _begin_to_drain(self) -> None:
        self._draining = asyncio.get_running_loop().create_task(self._drain())

    async def _drain(self) -> None:
        _log.info("Stopping: %d questions are being answered", self._lifecycle.answering)
        done = await asyncio.to_thread(self._lifecycle.drain, self._grace)
        if not done:
            _log.warning("%d questions are not answered", self._lifecycle.answering)
        await asyncio.sleep(0.2)  # for the answers to leave
        self._site.close()
        self.should_exit = True


def run(site: Site, lifecycle: Lifecycle, options: Options) -> None:
    """Serve until SIGTERM or SIGINT."""
    config = uvicorn.Config(
        site.asgi, host=options.host, port=options.port, http="h11", ws="none", loop="asyncio", lifespan="on",
        proxy_headers=False, server_header=False, access_log=False, log_config=None, timeout_keep_alive=20,
        timeout_graceful_shutdown=_CLOSING_SECONDS, limit_concurrency=_MOST_CONNECTIONS,
        h11_max_incomplete_event_size=64 * 1024,
    )  # fmt: skip
    server = _Server(config, site, lifecycle, options.grace)
    server.run()
