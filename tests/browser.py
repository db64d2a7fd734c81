"""A real browser on the real page: what a person would do there, and what must not happen meanwhile."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect, sync_playwright

from tests.conftest import ROOT

SCREENSHOTS = ROOT / "docs" / "screenshots"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_WAIT = int(os.environ.get("DATELINE_BROWSER_WAIT", "60000"))
_IMPACTS = ("minor", "moderate", "serious", "critical")
_CLOSED = "AbortError: signal is aborted"
"""What Gradio's page prints when it is left while an event is open, and then `_LOST` for each of these events."""
_LOST = "Connection errored out"


@contextmanager
def browser() -> Iterator[Browser]:
    """Give a headless Chromium. Skips the test where there is none."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        pytest.skip("no Chromium here: apt-get install chromium, as `make test` does")
    expect.set_options(timeout=_WAIT)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        try:
            yield opened
        finally:
            opened.close()


class Visit:
    """A tab on the page. Notes every request to elsewhere, every dialog and every error: `check` says if any was."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.url, self.context = url, context
        self.problems: list[str] = []
        self._leaving = False
        context.set_default_timeout(_WAIT)
        self.page: Page = context.new_page()
        self.page.on("dialog", lambda dialog: (self.problems.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        self.page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        self.page.on("console", self._console)
        self.page.on("request", lambda request: self._request(request.url))
        self.page.on("domcontentloaded", lambda _: self._arrived())

    def _console(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        if message.text.startswith(_CLOSED):
            self._leaving = True
        elif not (self._leaving and _LOST in message.text):
            self.problems.append(f"console: {message.text}")

    def _arrived(self) -> None:
        self._leaving = False

    def _request(self, url: str) -> None:
        if urlsplit(url).scheme not in ("data", "blob") and not url.startswith(self.url):
            self.problems.append(f"request: {url}")

    def open(self, query: str = "") -> "Visit":
        """Load the page, and wait until it has greeted."""
        self.page.goto(f"{self.url}/{query}")
        expect(self.page.locator(".dl-welcome, .dl-turn").first).to_be_visible()
        return self

    def check(self) -> None:
        """Assert that nothing happened that must not."""
        assert self.problems == []

    @property
    def turns(self) -> Locator:
        """Return the questions with their answers."""
        return self.page.locator(".dl-turn")

    def ask(self, question: str) -> Locator:
        """Type a question, and return it with its answer."""
        before = self.turns.count()
        self.page.get_by_role("textbox", name="Your question").fill(question)
        self.page.keyboard.press("Enter")
        return self.answered(before)

    def answered(self, n: int) -> Locator:
        """Wait for the answer to question `n`, and return both."""
        expect(self.turns).to_have_count(n + 1)
        expect(self.page.locator(".dl-turn[data-waiting]")).to_have_count(0)
        return self.turns.nth(n)

    def cite(self, turn: Locator, number: int) -> Locator:
        """Click a citation, and return the words that are marked for it."""
        turn.locator(f".dl-answer [data-act=cite][data-number='{number}']").click()
        return self.marked(number)

    def marked(self, number: int) -> Locator:
        """Return the words that are marked for a citation as the current one."""
        mark = self.page.locator(f"#dl-reader mark.dl-current[data-numbers~='{number}']")
        expect(mark.first).to_be_visible()
        return mark

    def box(self, locator: Locator) -> dict[str, float]:
        """Return where a part stands on the screen."""
        found = locator.bounding_box()
        assert found is not None
        return dict(found)

    def complaints(self) -> list[str]:
        """Return what axe finds."""
        found = Axe().run(self.page).response["violations"]
        return [
            f"{one['id']}: {node['html'][:120]} {node['failureSummary'][:200]}"
            for one in found
            if one["impact"] in _IMPACTS
            for node in one["nodes"]
        ]

    def shoot(self, name: str) -> None:
        """Take a picture for docs/screenshots, when DATELINE_SCREENSHOTS is set: else a run leaves the tree clean."""
        if os.environ.get("DATELINE_SCREENSHOTS"):
            SCREENSHOTS.mkdir(parents=True, exist_ok=True)
            self.page.mouse.move(0, 0)
            self.page.wait_for_timeout(400)
            taken = self.page.screenshot(animations="disabled", caret="hide")
            Image.open(BytesIO(taken)).convert("RGB").quantize(128).save(SCREENSHOTS / f"{name}.png", optimize=True)


def inside(small: dict[str, float], large: dict[str, float]) -> bool:
    """Say whether one box lies in another, from top to bottom."""
    return large["y"] <= small["y"] and small["y"] + small["height"] <= large["y"] + large["height"]


def profile_of(opened: Browser, **given: Any) -> BrowserContext:
    """Return a browser profile of its own. `given` are Playwright's options for a context."""
    size = {"width": 1280, "height": 800}
    return opened.new_context(**{"viewport": size, "locale": "en-GB", **given})


def visit(opened: Browser, url: str, **given: Any) -> Visit:
    """Return a tab of a browser profile of its own."""
    return Visit(profile_of(opened, **given), url)


def source_copy(folder: Path) -> Path:
    """Return a copy of the sample's articles that a test may add to."""
    return Path(shutil.copytree(ROOT / "articles", folder / "articles"))
