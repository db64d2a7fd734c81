"""Long conversations in a real browser: every citation is in view, nothing fades, the list stays in its column."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from qa.talk.suggest import follow_ups
from tests.browser import Visit, inside, profile_of
from tests.served import Served, serving
from ui.server.parts import Page
from ui.store.identity import COOKIE, browser
from ui.web import page
from ui.web.turns import PageTurn, to_exchange

pytestmark = pytest.mark.slow

PAGE = Page(page.build, page.launch_options)
LOWMERE = "How many homes were flooded at Lowmere?"


@pytest.fixture(scope="module")
def served(sample_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(PAGE, index=str(sample_index), data=tmp_path_factory.mktemp("pages")) as made:
        yield made


@pytest.fixture(scope="module")
def profile(chromium: Browser) -> BrowserContext:
    """A browser profile whose cache the tests share."""
    return profile_of(chromium)


@pytest.fixture
def tab(profile: BrowserContext, served: Served) -> Iterator[Visit]:
    """A tab of a new visitor."""
    profile.clear_cookies()
    made = Visit(profile, served.url)
    yield made.open()
    made.check()
    made.page.evaluate("localStorage.clear(); sessionStorage.clear()")
    made.page.close()


def kept(tab: Visit, served: Served, count: int, title: str = "") -> str:
    """Store a conversation of so many questions for the tab's visitor, and return its id."""
    key = next(str(cookie["value"]) for cookie in tab.context.cookies() if cookie["name"] == COOKIE)
    answer = served.parts.assistant.ask(LOWMERE)
    exchange = to_exchange(PageTurn(question=LOWMERE, answer=answer, follow_ups=follow_ups(answer, [LOWMERE])))
    store, owner = served.parts.store, browser(key)
    id_ = store.create(owner, title).id
    for _ in range(count):
        store.append(owner, id_, exchange)
    return id_


@pytest.mark.parametrize("width", [1440, 1024])
def test_each_citation_of_a_long_conversation_opens_in_view(tab: Visit, served: Served, width: int) -> None:
    tab.page.set_viewport_size({"width": width, "height": 800})
    tab.open(f"?c={kept(tab, served, 30)}")
    expect(tab.turns).to_have_count(30)
    for n in (29, 0, 15):
        mark = tab.cite(tab.turns.nth(n), 2)
        expect(mark).to_be_in_viewport(ratio=1)
        reader = tab.box(tab.page.locator("#dl-reader .dl-reader"))
        assert (reader["y"] >= 0, reader["y"] + reader["height"] <= 800) == (True, True)
        assert inside(tab.box(mark), reader)


def test_an_open_article_stays_in_view_while_the_next_question_is_asked(tab: Visit) -> None:
    tab.cite(tab.ask(LOWMERE), 1)
    for question in ("How many people were hurt?", "Who runs the night ferry?", "What are Russia's preconditions?"):
        tab.ask(question)
    assert tab.box(tab.page.locator("#dl-reader .dl-reader"))["y"] >= 0
    expect(tab.page.get_by_role("button", name="Close")).to_be_in_viewport(ratio=1)


LONG = "a very long title of more words than the column has room for, to be sure"
ARABIC = "عنوان طويل جدا للمحادثة عن الفيضانات والجسور والعبارات"


@pytest.mark.parametrize("title", [LONG, ARABIC], ids=["long", "arabic"])
def test_titles_stay_in_their_column(tab: Visit, served: Served, title: str) -> None:
    kept(tab, served, 1, title)
    tab.open(f"?c={kept(tab, served, 1)}")
    listed = tab.page.locator("#dl-list .dl-list")
    assert listed.evaluate("list => list.scrollWidth <= list.clientWidth")
    named = tab.page.locator("#dl-list [data-act=open]", has_text=title[:12])
    assert named.evaluate("""button => {
        const range = document.createRange(); range.selectNodeContents(button);
        const text = range.getBoundingClientRect(), box = button.getBoundingClientRect();
        return Math.min(text.right, box.right) - Math.max(text.left, box.left) > 100;
    }""")


def test_what_was_said_before_does_not_fade_while_an_answer_is_made(tab: Visit, served: Served) -> None:
    tab.ask(LOWMERE)
    served.slow.let_go.clear()
    try:
        tab.page.get_by_role("textbox", name="Your question").fill("How many people were hurt?")
        tab.page.keyboard.press("Enter")
        expect(tab.turns.last).to_contain_text("Searching the articles")
        assert tab.complaints() == []
        assert tab.page.locator("#dl-talk .html-container").evaluate("part => getComputedStyle(part).opacity") == "1"
    finally:
        served.slow.let_go.set()
    tab.answered(1)
