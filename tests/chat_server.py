"""An OpenAI-compatible server on loopback that answers as a test says, and remembers requests and broken streams."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class ChatServer:
    """What the server says: `status`, the `words` it streams, the seconds of `pause` between them."""

    def __init__(self) -> None:
        self.status = 200
        self.words: list[str] = []
        self.pause = 0.0
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.broken = threading.Event()
        self.url = ""


@contextmanager
def chat_server() -> Iterator[ChatServer]:
    """Serve on a free port until the end of the block."""
    state = ChatServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            state.requests.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            state.keys.append(self.headers.get("Authorization", ""))
            self.send_response(state.status)
            self.send_header("Content-Type", "text/event-stream" if state.status == 200 else "application/json")
            self.end_headers()
            try:
                self._answer()
            except OSError:
                state.broken.set()

        def _answer(self) -> None:
            if state.status != 200:
                self.wfile.write(json.dumps({"error": {"message": f"no: {state.keys[-1]}"}}).encode())
                return
            for word in state.words:
                self._send({"choices": [{"index": 0, "delta": {"content": word}, "finish_reason": None}]})
                time.sleep(state.pause)
            self._send({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
            self._send({"choices": [], "usage": {"prompt_tokens": 90, "completion_tokens": 9, "total_tokens": 99}})
            self.wfile.write(b"data: [DONE]\n\n")

        def _send(self, chunk: dict[str, Any]) -> None:
            whole = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "local", **chunk}
            self.wfile.write(f"data: {json.dumps(whole)}\n\n".encode())
            self.wfile.flush()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the base class's name)
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}/v1"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
