"""ASGI functions that the middleware shares."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

TOO_MANY, STOPPING = 429, 503  # status codes


async def refuse(
    scope: Scope, receive: Receive, send: Send, status: int, detail: str, headers: Mapping[str, str] | None = None
) -> None:
    """Respond with an error. The page shows `detail` to the reader."""
    await JSONResponse({"detail": detail}, status, headers=headers)(scope, receive, send)


def state(scope: Scope) -> dict[str, Any]:
    """Return what outer middleware has found out about a request: `user`, `nonce`, `route`, `forwarded`."""
    noted: dict[str, Any] = scope.setdefault("state", {})
    return noted


def joins_queue(scope: Scope) -> bool:
    """Return whether a request adds an event to Gradio's queue."""
    path: str = scope["path"].rstrip("/")
    return bool(scope["method"] == "POST") and (
        path == "/gradio_api/queue/join" or path.startswith(("/gradio_api/call/", "/gradio_api/run/"))
    )
