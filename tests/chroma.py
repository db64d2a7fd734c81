"""A real Chroma server for tests, one that is slow, and ones that answer nonsense."""

import http.server
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

DATABASE = "/api/v2/tenants/default_tenant/databases/default_database"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Chroma:
    """`chroma run` on a free port."""

    def __init__(self, path: Path) -> None:
        self.path, self.port = path, free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [str(Path(sys.executable).with_name("chroma")), "run", "--path", str(self.path)]
        command += ["--host", "127.0.0.1", "--port", str(self.port)]
        with (self.path.parent / "chroma.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        while not self._answers():
            assert self._process.poll() is None, "the server ended"
            time.sleep(0.05)

    def kill(self) -> None:
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def url(self, name: str = "dateline") -> str:
        return f"http://127.0.0.1:{self.port}/{name}"

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Ask the server something that Dateline would not."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{DATABASE}{path}", data, method=method)
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request) as response:
            return json.load(response)

    def collections(self, name: str) -> dict[str, str]:
        """Return the ids of the index's collections, by their names."""
        return {c["name"]: c["id"] for c in self.call("GET", "/collections") if c["name"].startswith(name)}

    def _answers(self) -> bool:
        try:
            return bool(self.call("GET", "/collections_count") is not None)
        except (urllib.error.URLError, OSError):
            return False


class Proxy:
    """Pass bytes on to a port; or hold them back (`stall`), or let them through one at a time (`drip`)."""

    def __init__(self, port: int) -> None:
        self.mode = "pass"
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.create_connection(("127.0.0.1", self._target)) as server:
            back = threading.Thread(target=self._pump, args=(server, client, True), daemon=True)
            back.start()
            self._pump(client, server, False)
            back.join()

    def _pump(self, source: socket.socket, sink: socket.socket, answering: bool) -> None:
        try:
            while data := source.recv(65536):
                while self.mode == "stall":
                    time.sleep(0.05)
                if self.mode == "drip" and answering:
                    for byte in data:
                        sink.sendall(bytes([byte]))
                        time.sleep(0.2)
                else:
                    sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            source.close()
            sink.close()


@contextmanager
def answering(status: int, body: bytes, **headers: str) -> Iterator[int]:
    """Run a server that answers everything alike, and give its port."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815  (the names that the library calls)

        def log_message(self, *_: Any) -> None:
            pass

    with _listening(Handler) as own:
        yield own


@contextmanager
def _listening(handler: type[http.server.BaseHTTPRequestHandler]) -> Iterator[int]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()


@contextmanager
def guarded(port: int, header: str, token: str) -> Iterator[int]:
    """Run a proxy before a Chroma server, and give its port: it wants a token, and tells all that it was sent.

    It has the quotas of Chroma Cloud.
    """

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.headers.get(header) != token:
                told = f"no entry with {dict(self.headers)}".encode()
                self._answer(403 if self.headers.get(header) else 401, told)
                return
            if over := _over_quota(body):
                self._answer(429 if over == "rows" else 400, f"over quota: {over}, {dict(self.headers)}".encode())
                return
            request = urllib.request.Request(f"http://127.0.0.1:{port}{self.path}", body or None, method=self.command)
            request.add_header("Content-Type", "application/json")
            try:
                with urllib.request.urlopen(request) as response:
                    self._answer(response.status, response.read())
            except urllib.error.HTTPError as error:
                self._answer(error.code, error.read())

        do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815  (the names that the library calls)

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with _listening(Handler) as own:
        yield own


def _over_quota(body: bytes) -> str:
    """Return which quota a request is over; "" if none."""
    said = json.loads(body) if body else {}
    fields = [*(said.get("metadatas") or []), said.get("metadata") or {}, said.get("new_metadata") or {}]
    longest = max((len(str(value).encode()) for each in fields for value in each.values()), default=0)
    collection = max((len(str(value).encode()) for each in fields[-2:] for value in each.values()), default=0)
    if max(said.get("n_results") or 0, said.get("limit") or 0, len(said.get("ids") or ())) > 300:
        return "rows"
    return "value" if longest > 4096 or collection > 256 else "keys" if max(map(len, fields)) > 32 else ""
