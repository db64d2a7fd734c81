"""Ask an HTTP server, within a time limit that holds whatever the server does.

A socket's timeout bounds each single read, so a server that sends a byte now and then can keep a client waiting for
ever. Here a watchdog shuts the connection when the time is up. The size of the answer is limited too; its content is
for the caller to check. docs/decisions/0008 says why this is not `chromadb.HttpClient` or httpx.
"""

import http.client
import json
import random
import socket
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from index.errors import IndexUnavailableError
from index.text.clean import squeeze, visible

_LARGEST = 256 * 2**20  # bytes of a body; a page of 1,000 vectors of 1,024 numbers has 20 MB as JSON
_BUSY = (429, 502, 503, 504)  # what a server or the proxy before it says when trying again may help
_PAUSE = 0.1  # seconds before the second attempt, then doubled; partly random, so that clients spread


@dataclass(frozen=True, slots=True)
class Timeout:
    """How long to wait for an answer, in seconds, all attempts together; with several, each may take half of it."""

    seconds: float
    attempts: int = 1

    @property
    def each(self) -> float:
        """Return how long one attempt may take."""
        return self.seconds / min(2, self.attempts)


@dataclass(frozen=True, slots=True)
class Response:
    """A server's response: its status and the body's bytes. `secrets` are what it may repeat of the request."""

    status: int
    body: bytes
    secrets: tuple[str, ...] = field(default=(), repr=False)

    @property
    def words(self) -> str:
        """Return the first words of the body, safe to display."""
        body = self.body
        for secret in self.secrets:  # before it is cut, which might leave half of one
            body = body.replace(secret.encode(), b"***")
        return squeeze(visible(body[:400].decode("utf-8", "replace")))[:120]


class _Failed(Exception):  # noqa: N818  (it never leaves this module)
    """An attempt brought no answer."""


class HttpClient:
    """Connections to one server. Thread-safe; `close` it. The values of its `headers` are secrets."""

    def __init__(self, scheme: str, host: str, port: int, headers: Mapping[str, str]) -> None:
        self._scheme, self._host, self._port = scheme, host, port
        self._headers = {"Content-Type": "application/json", **headers}
        self._secrets = tuple(word for value in headers.values() for word in value.split()[-1:])
        self._lock = threading.Lock()
        self._idle: list[http.client.HTTPConnection] = []
        self._closed = False

    def call(self, method: str, path: str, body: Any = None, *, timeout: Timeout) -> Response:
        """Send a request, and return the answer whatever its status.

        Give several attempts only to idempotent requests. Raises `IndexUnavailableError` when there is no answer in
        time, or only "busy".
        """
        content = None if body is None else json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
        end = time.monotonic() + timeout.seconds
        attempt = 0
        while True:
            attempt += 1
            try:
                left = min(timeout.each, end - time.monotonic())
                return self._once(method, path, content, left, fresh=timeout.attempts == 1)
            except _Failed as error:
                pause = _PAUSE * 2**attempt * random.uniform(0.5, 1)  # noqa: S311  (no secret)
                if attempt >= timeout.attempts or self._closed or time.monotonic() + pause >= end:
                    raise IndexUnavailableError(self._unavailable(str(error))) from error
            time.sleep(pause)

    def close(self) -> None:
        """Close the connections, and refuse to make others."""
        with self._lock:
            self._closed = True
            for connection in self._idle:
                connection.close()
            self._idle.clear()

    def _once(self, method: str, path: str, content: bytes | None, seconds: float, *, fresh: bool) -> Response:
        connection = self._take(max(0.001, seconds), fresh=fresh)
        cut = threading.Event()
        watchdog = threading.Timer(seconds, _cut, (connection, cut))
        watchdog.daemon = True  # or it would hold up the end of the process
        watchdog.start()
        try:
            connection.request(method, path, content, self._headers)
            answer = connection.getresponse()
            body = _whole_body(answer, cut)
        except (OSError, http.client.HTTPException, UnicodeError, _Failed) as error:
            self._drop(connection)
            # A connection that the watchdog shut fails with any error; the one to report is that time was up.
            late = cut.is_set() or isinstance(error, TimeoutError)
            raise _Failed(f"nothing whole in {seconds:.1f} s" if late else _reason(error)) from error
        finally:
            watchdog.cancel()
        self._release(connection, reusable=not answer.will_close)
        if answer.status in _BUSY:
            raise _Failed(f"status {answer.status}")
        return Response(answer.status, body, self._secrets)

    def _take(self, seconds: float, *, fresh: bool) -> http.client.HTTPConnection:
        with self._lock:
            if self._closed:
                raise _Failed("it was closed here")
            connection = None if fresh or not self._idle else self._idle.pop()
        if connection is None:
            kind = http.client.HTTPSConnection if self._scheme == "https" else http.client.HTTPConnection
            return kind(self._host, self._port, timeout=seconds)
        connection.timeout = seconds
        if connection.sock is not None:
            connection.sock.settimeout(seconds)
        return connection

    def _release(self, connection: http.client.HTTPConnection, *, reusable: bool) -> None:
        with self._lock:
            if reusable and not self._closed:
                self._idle.append(connection)
                return
        connection.close()

    def _drop(self, connection: http.client.HTTPConnection) -> None:
        """Close a connection that failed, and the idle ones: when the server was restarted, they are dead too."""
        with self._lock:
            idle, self._idle = self._idle, []
        for dead in (connection, *idle):
            dead.close()

    def _unavailable(self, reason: str) -> str:
        return (
            f"The Chroma server at {self._scheme}://{self._host}:{self._port} cannot be reached: {reason}. "
            f"Is it running? It is started with: chroma run --path FOLDER --port {self._port}"
        )


def _whole_body(answer: http.client.HTTPResponse, cut: threading.Event) -> bytes:
    body = answer.read(_LARGEST + 1)
    if len(body) > _LARGEST:
        raise _Failed(f"its answer is longer than {_LARGEST >> 20} MB")
    if answer.length or cut.is_set():
        raise _Failed("it broke off")
    return body


def _cut(connection: http.client.HTTPConnection, cut: threading.Event) -> None:
    cut.set()
    if connection.sock is not None:
        with suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)


def _reason(error: Exception) -> str:
    if isinstance(error, http.client.HTTPException):
        return "it does not speak HTTP" if not isinstance(error, http.client.RemoteDisconnected) else "it hung up"
    return squeeze(visible(str(getattr(error, "strerror", None) or error)))
