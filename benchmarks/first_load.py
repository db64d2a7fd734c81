"""Load the page with an empty cache and again, on a desktop and on a slow phone, and ask: requests, bytes, seconds.

    python -m benchmarks.first_load --index INDEX [--rounds 5]

The phone has fast 3G (1.6 Mbit/s, 150 ms) and a quarter of the CPU. Needs Chromium. Seconds are medians, with the least
and the most: on a machine that does other things too, the least says most.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser, Page, Request

from tests.browser import Visit, browser, profile_of, visit
from tests.served import serving
from ui.server.parts import Page as Look
from ui.web import page

_SAMPLE = Path(__file__).parent / "sample" / "questions.jsonl"
_PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
_FAST_3G = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 93_750}


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--index", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    look = Look(page.build, page.launch_options)
    with (
        tempfile.TemporaryDirectory() as data,
        serving(look, index=given.index, data=Path(data)) as served,
        browser() as opened,
    ):
        visit(opened, served.url).open()  # else the first row had the server's own first steps in it
        for name, slow in (("desktop", False), ("phone", True)):
            rounds = [loads(opened, served.url, slow=slow) for _ in range(given.rounds)]
            for n, which in enumerate(("first load", "second load")):
                sizes = [(requests, size) for requests, size, _ in (one[n] for one in rounds)]
                sys.stdout.write(f"{name}, {which}: {sizes[-1][0]} requests, {sizes[-1][1] / 1000:.0f} KB, ")
                sys.stdout.write(f"welcome after {spread([one[n][2] for one in rounds])}\n")
        sys.stdout.write(f"first text after Enter: {spread(answers(visit(opened, served.url).open()))}\n")
    return 0


def loads(opened: Browser, url: str, *, slow: bool) -> list[tuple[int, int, float]]:
    """Return requests, bytes and seconds to the welcome, of a first load and of a second one."""
    context = profile_of(opened, **(_PHONE if slow else {}))
    found = []
    for _ in range(2):
        tab = context.new_page()
        if slow:
            throttle(tab)
        sizes: dict[str, int] = {}
        tab.on("requestfinished", lambda request, sizes=sizes: sizes.update({request.url: _size(request)}))
        started = time.perf_counter()
        tab.goto(url, wait_until="commit")
        tab.locator(".dl-welcome").wait_for()
        seconds = time.perf_counter() - started
        tab.wait_for_timeout(1000)  # what still comes counts too
        found.append((len(sizes), sum(sizes.values()), seconds))
        tab.close()
    context.close()
    return found


def throttle(tab: Page) -> None:
    """Make a tab as slow as the phone."""
    devtools = tab.context.new_cdp_session(tab)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", _FAST_3G)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": 4})


def answers(tab: Visit) -> list[float]:
    """Ask ten questions, and return the seconds from Enter to the first text of each answer."""
    seconds = []
    for n, line in enumerate(_SAMPLE.read_text(encoding="utf-8").splitlines()[:10]):
        tab.page.get_by_role("textbox", name="Your question").fill(json.loads(line)["question"])
        started = time.perf_counter()
        tab.page.keyboard.press("Enter")
        tab.turns.nth(n).locator(".dl-writing, .dl-answer, .dl-none").first.wait_for()
        seconds.append(time.perf_counter() - started)
        tab.answered(n)
    return seconds


def spread(seconds: Sequence[float]) -> str:
    """Return the median of seconds, with the least and the most."""
    return f"{statistics.median(seconds):.2f} s ({min(seconds):.2f} to {max(seconds):.2f})"


def _size(request: Request) -> int:
    return max(0, int(request.sizes()["responseBodySize"]))  # less than nothing: it came from the cache


if __name__ == "__main__":
    sys.exit(main())
