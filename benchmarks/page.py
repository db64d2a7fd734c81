"""Ask forty questions on the page and open every citation: the marked words must be in view, measured by their boxes.

    python -m benchmarks.page --index INDEX [--questions QUESTIONS.jsonl]

Prints one line for each citation that is not in view, then how many were opened and how long the answers took.
Needs Chromium; the questions are those of `benchmarks/sample`, asked in one conversation.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from playwright.sync_api import Locator, Page

from tests.browser import Visit, browser, inside, visit
from tests.served import serving
from ui.server.parts import Page as Look
from ui.web import page

_SIZES = ((1440, 900), (1024, 768), (390, 844))
_SAMPLE = Path(__file__).parent / "sample" / "questions.jsonl"


def main() -> int:
    """Run the benchmark. Returns 1 if a citation was out of view."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--index", required=True)
    parser.add_argument("--questions", type=Path, default=_SAMPLE)
    parser.add_argument("--count", type=int, default=40)
    given = parser.parse_args()
    lines = given.questions.read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines][: given.count]
    look = Look(page.build, page.launch_options)
    bad = 0
    with (
        tempfile.TemporaryDirectory() as data,
        serving(look, index=given.index, data=Path(data)) as served,
        browser() as opened,
    ):
        tab = visit(opened, served.url).open()
        seconds = asked(tab, questions)
        address = tab.page.url.removeprefix(served.url + "/")
        for width, height in _SIZES:
            tab.page.set_viewport_size({"width": width, "height": height})
            tab.page.goto("about:blank")  # else the article that is open comes back with the page
            tab.open(address)
            tab.answered(len(questions) - 1)
            results = list(opened_citations(tab))
            bad += sum(not good for good in results)
            sys.stdout.write(f"{width} × {height}: {len(results)} citations, {sum(results)} in view\n")
        tab.check()
    sys.stdout.write(f"{len(questions)} questions, {statistics.median(seconds):.2f} s in the median\n")
    return 1 if bad else 0


def asked(tab: Visit, questions: Sequence[str]) -> list[float]:
    """Ask the questions, and return the seconds until each answer was shown."""
    seconds = []
    for question in questions:
        started = time.perf_counter()
        tab.ask(question)
        seconds.append(time.perf_counter() - started)
    return seconds


def opened_citations(tab: Visit) -> Iterator[bool]:
    """Open each citation, and yield whether its words are in view."""
    for n in range(tab.turns.count()):
        turn = tab.turns.nth(n)
        for number in [int(mark.inner_text()) for mark in turn.locator(".dl-answer .dl-cite button").all()]:
            tab.cite(turn, number)
            mark = tab.page.locator(f"#dl-reader [data-n='{n}'] mark.dl-current[data-numbers~='{number}']").first
            mark.wait_for()
            good = in_view(tab.page, mark) or in_view(tab.page, mark, after=0.5)
            if not good:
                sys.stdout.write(f"out of view: question {n + 1}, citation {number}\n")
            yield good
            if tab.page.locator("#dl-main[inert]").count():  # a drawer over the conversation
                tab.page.keyboard.press("Escape")
                tab.page.locator("#dl-reader .dl-reader").wait_for(state="hidden")


def in_view(shown: Page, mark: Locator, *, after: float = 0.0) -> bool:
    """Say whether a mark's box lies in that of the article and in the window, after some seconds."""
    time.sleep(after)
    box, pane, size = mark.bounding_box(), shown.locator("#dl-reader .dl-reader").bounding_box(), shown.viewport_size
    if box is None or pane is None or size is None:
        return False
    window = {"x": 0.0, "y": 0.0, "width": float(size["width"]), "height": float(size["height"])}
    return inside(dict(box), dict(pane)) and inside(dict(box), window)


if __name__ == "__main__":
    sys.exit(main())
