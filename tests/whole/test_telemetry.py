"""Nothing is reported to anybody: telemetry is off, and the seal that the installed commands run under holds."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests import sealed
from tests.conftest import ROOT
from tests.served import Served, answer

NAME = "ORT_DISABLE_TELEMETRY"
CONNECT = "import socket; socket.socket(socket.{}).connect(('{}', 9))"


@pytest.mark.skipif(not sealed.SUPPORTED, reason="the seal is made for Linux on x86-64 and ARM")
@pytest.mark.parametrize(
    "code",
    [
        CONNECT.format("AF_INET", "127.0.0.1"),
        CONNECT.format("AF_INET6", "::1"),
        "import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'', ('127.0.0.1', 9))",
        "import socket; socket.getaddrinfo('dateline.invalid', 80)",
        f"import os, sys; os.execv(sys.executable, [sys.executable, '-c', {CONNECT.format('AF_INET', '127.0.0.1')!r}])",
    ],
    ids=["IPv4", "IPv6", "datagram", "name look-up", "another program"],
)
def test_the_seal_ends_what_reaches_for_the_network(code: str) -> None:
    done = subprocess.run([sys.executable, sealed.__file__, sys.executable, "-c", code], check=False)
    assert done.returncode == -signal.SIGSYS


@pytest.mark.skipif(not sealed.SUPPORTED, reason="the seal is made for Linux on x86-64 and ARM")
def test_the_seal_lets_a_server_listen(tmp_path: Path) -> None:
    code = (
        "import socket, sys; socket.create_server(('127.0.0.1', 0)); socket.socketpair();"
        "listening = socket.socket(socket.AF_UNIX); listening.bind(sys.argv[1]); listening.listen();"
        "socket.socket(socket.AF_UNIX).connect(sys.argv[1])"
    )
    subprocess.run([sys.executable, sealed.__file__, sys.executable, "-c", code, tmp_path / "socket"], check=True)


@pytest.mark.parametrize(
    ("given", "kept"), [({}, "1"), ({"ORT_DISABLE_TELEMETRY": "0"}, "0")], ids=["by default", "wanted"]
)
def test_onnx_runtime_is_told_to_be_quiet_unless_the_user_has_said_so(given: dict[str, str], kept: str) -> None:
    reader = ROOT / "qa" / "model" / "reader.onnx"
    code = f"import os; from index.embed.onnx import session; session({str(reader)!r}); print(os.environ[{NAME!r}])"
    assert printed(code, given) == kept


@pytest.mark.slow
def test_importing_changes_no_variable_and_loads_no_onnx_runtime() -> None:
    code = (
        "import os, sys; before = dict(os.environ);"
        "import index.embed.model, index.search.dense, qa, ui.cli, ui.web.page;"
        "print(before == dict(os.environ), 'onnxruntime' in sys.modules)"
    )
    assert printed(code, {}) == "True False"


@pytest.mark.slow
def test_the_page_has_gradio_look_for_no_screen(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """With matplotlib there, Gradio's first event would load pyplot, which writes a list of fonts at home."""
    monkeypatch.delitem(sys.modules, "matplotlib.pyplot", raising=False)  # another test may have loaded it
    assert answer(served.url, "How many homes were flooded at Lowmere?")["status"] == "answered"
    assert "matplotlib" in sys.modules
    assert "matplotlib.pyplot" not in sys.modules


def printed(code: str, variables: dict[str, str]) -> str:
    inherited = {name: value for name, value in os.environ.items() if name != NAME}
    done = subprocess.run(
        [sys.executable, "-c", code], env=inherited | variables, cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()
