"""Stream what a chat model writes to synchronous code, with deadlines, a few retries and a limit.

Models run on one event loop of their own, in a thread that all questions share (the providers' clients keep their
connections on the loop that they were first used on). So a stream that is given up is cancelled at once, even while the
model has not written anything yet.
"""

import asyncio
import json
import logging
import threading
import time
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, cast

from langchain_core import exceptions as langchain
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.runnables import Runnable, RunnableConfig

_log = logging.getLogger(__name__)

_REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (langchain.ModelRateLimitError, "is over its rate limit"),
    (langchain.ModelAuthenticationError, "refused the key"),
    (langchain.ModelPermissionDeniedError, "refused the key"),
    (langchain.ModelNotFoundError, "is unknown to its server"),
    (langchain.ContextOverflowError, "cannot read as much text as it was shown"),
    (langchain.ModelTimeoutError, "did not answer in time"),
    (TimeoutError, "did not answer in time"),
    (langchain.ModelConnectionError, "cannot be reached"),
    (ConnectionError, "cannot be reached"),
)
_STATUSES = {401: "refused the key", 403: "refused the key", 404: "is unknown to its server",
             408: "did not answer in time", 429: "is over its rate limit"}  # fmt: skip
_FAILED = "failed"
_CUT = {"length", "max_tokens"}  # the providers' words for a text that was cut off


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLimits:
    """Limits of a model call: seconds to the first words and in all, attempts, and characters of its text.

    Chosen, not measured: a model on two cores reads a prompt for ten seconds.
    """

    first: float = 60.0
    total: float = 120.0
    tries: int = 3
    pause: float = 1.0
    characters: int = 6000


class ModelFailedError(Exception):
    """Raised when a model stops answering. `reason` is in plain words that may be shown; the cause is never in it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def stream(
    model: Runnable[Any, Any],
    messages: Sequence[BaseMessage],
    *,
    limits: CallLimits,
    config: RunnableConfig | None = None,
) -> Generator[AIMessage, None, None]:
    """Yield what a model writes, in pieces as they come. Closing the iterator stops the model.

    Raises `ModelFailedError` when it breaks off, is late, or writes more than it may. Only a model that has not
    written anything yet is tried again.
    """
    inbox: SimpleQueue[AIMessage | BaseException | None] = SimpleQueue()
    work = asyncio.run_coroutine_threadsafe(_pump(model, list(messages), limits, config, inbox), _loop())
    started = time.monotonic()
    # Until its first words a model may be loading, or busy with others: that has a deadline of its own.
    deadline, written = started + min(limits.first, limits.total), 0
    try:
        while (piece := _next(inbox, deadline)) is not None:
            if written == 0 and words(piece):
                deadline = started + limits.total
            written += len(words(piece))
            yield piece
            if written > limits.characters or _CUT & set(map(str, piece.response_metadata.values())):
                raise ModelFailedError("wrote more than it may")
    finally:
        work.cancel()  # also when the caller stops early: the request ends, and the model with it


def words(piece: AIMessage) -> str:
    """Return the text of a message or of a piece of one; of a call to a tool, its arguments as JSON."""
    if isinstance(piece, AIMessageChunk) and piece.tool_call_chunks:
        return "".join(part["args"] or "" for part in piece.tool_call_chunks)
    if piece.tool_calls and not isinstance(piece, AIMessageChunk):
        return json.dumps(piece.tool_calls[0]["args"])
    return str(piece.text)


def _next(inbox: "SimpleQueue[AIMessage | BaseException | None]", deadline: float) -> AIMessage | None:
    try:
        piece = inbox.get(timeout=max(0.0, deadline - time.monotonic()))
    except Empty:
        raise ModelFailedError("did not answer in time") from None
    if isinstance(piece, BaseException):
        # Neither shown nor logged: providers put parts of keys and of prompts into their messages.
        raise ModelFailedError(_reason(piece)) from None
    return piece


async def _pump(
    model: Runnable[Any, Any],
    messages: list[BaseMessage],
    limits: CallLimits,
    config: RunnableConfig | None,
    inbox: "SimpleQueue[AIMessage | BaseException | None]",
) -> None:
    """Put a model's pieces into the inbox, and at the end None or what went wrong."""
    for attempt in range(1, limits.tries + 1):
        begun = False
        try:
            written = cast("AsyncGenerator[AIMessage, None]", model.astream(messages, config))
            async with aclosing(written):
                async for piece in written:
                    begun = begun or bool(words(piece))
                    inbox.put(piece)
        except Exception as error:  # noqa: BLE001  (whatever a provider raises ends in a notice, not in a crash)
            _log.warning("language model: %s, attempt %d", type(error).__name__, attempt)
            # What was begun is not tried again: its first half has been shown.
            if begun or attempt == limits.tries or not _passing(error):
                inbox.put(error)
                return
            await asyncio.sleep(limits.pause * 2 ** (attempt - 1))
        else:
            inbox.put(None)
            return


def _passing(error: Exception) -> bool:
    """Say whether another try may succeed."""
    if isinstance(error, langchain.ModelError):
        return error.is_retryable
    status = getattr(error, "status_code", None)
    return isinstance(error, ConnectionError) or status == 429 or (isinstance(status, int) and status >= 500)


def _reason(error: BaseException) -> str:
    for kind, reason in _REASONS:
        if isinstance(error, kind):
            return reason
    return _STATUSES.get(getattr(error, "status_code", None) or 0, _FAILED)


_starting = threading.Lock()
_started: list[asyncio.AbstractEventLoop] = []


def _loop() -> asyncio.AbstractEventLoop:
    """Return the event loop of the models; its thread is started at the first use."""
    with _starting:
        if not _started:
            loop = asyncio.new_event_loop()
            # A daemon: a model that hangs must not keep the process from ending.
            threading.Thread(target=loop.run_forever, name="dateline-models", daemon=True).start()
            _started.append(loop)
        return _started[0]
