"""Two replicas of the page behind a proxy that sends each browser to the same one, over one Chroma server."""

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from index.reindex import reindex
from index.server.address import Address
from index.server.replica import replica_path
from tests.chroma import Chroma, free_port
from tests.conftest import ARTICLES, write
from tests.served import answer
from ui.store import identity
from ui.store.conversations import Store

pytestmark = pytest.mark.slow

LOWMERE = "How many homes were flooded at Lowmere?"
TRAM = "When does the tram reach Osk Hill?"
PROXIED = {"Host": "news.example", "Origin": "https://news.example", "X-Forwarded-For": "203.0.113.9"}


@contextlib.contextmanager
def replica(url: str, machine: Path, data: Path, encoder: Path, name: str) -> Iterator[str]:
    """Run `dateline serve` as on a machine of its own, with a cache of its own, and give its address."""
    environment = {**os.environ, "DATELINE_CACHE": str(machine), "PYTHONPATH": str(ARTICLES.parent)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATELINE_CACHE", str(machine))
        shutil.copytree(encoder, replica_path(Address.parse(url)) / "encoder", copy_function=os.link)
    port = free_port()
    command = [sys.executable, "-m", "ui", "serve", "--index", url, "--data", data, "--port", str(port)]
    command += ["--root-path", f"https://{name}", "--forwarded-allow-ips", "127.0.0.1"]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        assert process.wait(30) == 0


def ready(url: str, generation: int) -> None:
    """Wait until a replica serves this generation."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{url}/readyz", headers=PROXIED).json().get("generation") == generation:
                return
        time.sleep(0.1)
    raise AssertionError(f"{url} does not serve generation {generation}")


def test_two_replicas_follow_one_chroma_server_and_share_conversations(sample_index: Path, tmp_path: Path) -> None:
    sources, index, data = tmp_path / "articles", tmp_path / "index", tmp_path / "pages"
    shutil.copytree(ARTICLES, sources)
    shutil.copytree(sample_index, index)
    chroma = Chroma(tmp_path / "chroma" / "data")
    chroma.path.parent.mkdir()
    chroma.start()
    with contextlib.ExitStack() as running:
        running.callback(chroma.kill)
        reindex([sources], index, publish_to=chroma.url())
        encoder = sample_index / "encoder"
        urls = [
            running.enter_context(replica(chroma.url(), tmp_path / name, data, encoder, "news.example"))
            for name in ("one", "two")
        ]
        for url in urls:
            ready(url, 1)
        found = [answer(url, LOWMERE, headers=PROXIED) for url in urls]
        assert found[0]["status"] == "answered"
        assert found[0]["citations"] == found[1]["citations"]
        assert "4 May 2026" not in answer(urls[0], TRAM, headers=PROXIED)["text"]
        with httpx.Client(headers=PROXIED) as browser:
            pages = [browser.get(url) for url in urls]
            assert ["set-cookie" in page.headers for page in pages] == [True, False]  # one key for both
            with Store.open(data / "dateline.sqlite") as store:
                owner = identity.browser(browser.cookies[identity.COOKIE])
                kept = store.create(owner).id
                store.append(owner, kept, {"question": LOWMERE, "answer": found[0]})
            exports = [browser.get(f"{url}/conversations/{kept}.md").text for url in urls]
            assert found[0]["citations"][0]["quote"][:40] in exports[0]
            assert exports[0] == exports[1]
        write(sources / "tram.md", "Tram line", "The tram reaches Osk Hill on 4 May 2026.")
        assert reindex([sources], index, publish_to=chroma.url()).generation == 2
        for url in urls:
            ready(url, 2)
            assert "4 May 2026" in answer(url, TRAM, headers=PROXIED)["text"]
