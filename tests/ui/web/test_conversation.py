"""Long conversations in a real browser: every citation is in view, nothing fades, the list stays in its column."""

import re

import pytest
from playwright.sync_api import Request, expect

from tests.browser import Visit, inside, profile_of
from tests.scripted import wait_for
from tests.served import Served
from ui.store.identity import COOKIE, browser
from ui.web.turns import PageTurn, to_exchange

pytestmark = pytest.mark.slow

LOWMERE = "How many homes were flooded at Lowmere?"


def kept(tab: Visit, served: Served, count: int, title: str = "") -> str:
    """Store a conversation of so many questions for the tab's visitor, and return its id."""
    key = next(str(cookie["value"]) for cookie in tab.context.cookies() if cookie["name"] == COOKIE)
    answer = served.parts.assistant.ask(LOWMERE)
    exchange = to_exchange(PageTurn(question=LOWMERE, answer=answer))
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


def typed(tab: Visit, text: str) -> None:
    """Type a question and press Enter, without waiting for anything."""
    tab.page.get_by_role("textbox", name="Your question").fill(text)
    tab.page.keyboard.press("Enter")


def test_questions_that_are_typed_while_an_answer_is_made_are_asked_next(tab: Visit, served: Served) -> None:
    served.slow.let_go.clear()
    try:
        typed(tab, LOWMERE)
        expect(tab.turns).to_contain_text("Searching the articles")
        typed(tab, "How many people were hurt?")
        typed(tab, "Who runs the night ferry?")
        mine = tab.page.locator(".dl-mine")
        expect(mine).to_have_count(2)
        expect(mine.first).to_contain_text("Will be asked next.")
        mine.last.get_by_role("button", name="Take it back").click()
        expect(mine).to_have_count(1)
        expect(tab.page.get_by_role("textbox", name="Your question")).to_have_value("Who runs the night ferry?")
    finally:
        served.slow.let_go.set()
    expect(tab.answered(1).locator("h2")).to_have_text("How many people were hurt?")
    expect(tab.turns.first.locator("h2")).to_be_in_viewport()  # its answer is being read
    expect(tab.page.get_by_role("textbox", name="Your question")).to_have_value("Who runs the night ferry?")


def test_what_the_reader_does_in_the_list_stays_while_an_answer_comes(tab: Visit, served: Served) -> None:
    page, listed = tab.page, tab.page.locator("#dl-list [data-act=open]")
    tab.ask(LOWMERE)
    served.slow.let_go.clear()
    try:
        typed(tab, "How many people were hurt?")
        expect(tab.turns.last).to_contain_text("Searching the articles")
        tab.turns.first.get_by_role("button", name="Retry").click()
        expect(page.get_by_role("alert")).to_contain_text("An answer is being made.")
        page.get_by_role("button", name="Rename").click()
        page.keyboard.press("Escape")
        expect(page.get_by_role("textbox", name="Rename")).to_have_count(0)
        page.get_by_role("button", name="Rename").click()
        page.get_by_role("textbox", name="Rename").fill("Homes at Low")
    finally:
        served.slow.let_go.set()
    tab.answered(1)
    page.keyboard.type("mere")
    expect(page.get_by_role("textbox", name="Rename")).to_have_value("Homes at Lowmere")
    page.keyboard.press("Enter")
    expect(listed).to_have_text(["Homes at Lowmere"])
    page.get_by_role("button", name="Pin").click()
    expect(page.get_by_role("button", name="Release the pin")).to_be_focused()


def test_a_question_right_after_an_answer_is_asked(tab: Visit) -> None:
    for n in range(6):  # the last event of one answer and the first of the next question meet
        typed(tab, f"{LOWMERE} {'!' * n}")
        expect(tab.answered(n).locator(".dl-answer, .dl-none")).to_be_visible()


def test_who_reads_an_earlier_answer_meanwhile_is_left_there(tab: Visit, served: Served) -> None:
    tab.open(f"?c={kept(tab, served, 8)}")
    place = 'document.querySelector(".dl-turn h2").getBoundingClientRect().top'
    served.slow.let_go.clear()
    try:
        typed(tab, "How many people were hurt?")
        expect(tab.turns.last).to_contain_text("Searching the articles")
        tab.page.wait_for_timeout(600)  # until it stands at the top
        tab.page.evaluate("window.scrollTo(0, 0)")
        before = tab.page.evaluate(place)
    finally:
        served.slow.let_go.set()
    tab.answered(8)
    assert tab.page.evaluate(place) == before


def test_a_question_is_shown_before_the_server_has_it(tab: Visit) -> None:
    tab.page.route("**/gradio_api/run/predict*", lambda _: None)  # never arrives
    typed(tab, LOWMERE)
    expect(tab.page.locator(".dl-mine h2")).to_have_text(LOWMERE)
    expect(tab.page.locator(".dl-mine")).to_contain_text("Searching the articles")
    expect(tab.page.locator(".dl-welcome")).to_be_hidden()  # else the window scrolls past it
    expect(tab.page.get_by_role("textbox", name="Your question")).to_have_value("")
    tab.page.unroute_all(behavior="ignoreErrors")


def test_a_question_that_did_not_arrive_comes_back_with_a_word(tab: Visit) -> None:
    tab.page.route("**/gradio_api/run/predict*", lambda route: route.abort())
    typed(tab, LOWMERE)
    expect(tab.page.get_by_role("alert")).to_contain_text("The server cannot be reached")
    expect(tab.page.get_by_role("textbox", name="Your question")).to_have_value(LOWMERE)
    tab.page.unroute_all(behavior="ignoreErrors")
    tab.page.keyboard.press("Enter")
    expect(tab.answered(0).locator(".dl-answer")).to_contain_text("412")
    tab.page.route("**/gradio_api/run/predict*", lambda route: route.abort())
    tab.turns.first.locator(".dl-answer [data-act=cite]").first.click()  # no question is lost now, and none comes back
    expect(tab.page.get_by_role("alert")).to_have_text(re.compile("^The server cannot be reached. Please try again"))
    expect(tab.page.get_by_role("textbox", name="Your question")).to_have_value("")
    tab.page.unroute_all(behavior="ignoreErrors")
    tab.problems.clear()  # the browser tells of the requests that failed


@pytest.mark.parametrize(
    ("status", "detail"),
    [(503, "Queue is full. Max size is 2 and size is 2."), (429, "That was too fast. Please try again in 3 s.")],
    ids=["queue-full", "too-fast"],
)
def test_a_question_that_was_refused_stays_in_its_turn(tab: Visit, status: int, detail: str) -> None:
    join = "**/gradio_api/queue/join*"
    tab.page.route(join, lambda route: route.fulfill(status=status, json={"detail": detail}))
    typed(tab, LOWMERE)
    expect(tab.turns.first).to_contain_text("not taken")
    tab.turns.first.get_by_role("button", name="Retry").click()  # refused again
    expect(tab.turns.first).to_contain_text("not taken")
    expect(tab.page.locator(".dl-toast")).to_have_count(0)
    expect(tab.page.get_by_role("textbox", name="Your question")).to_have_value("")
    tab.page.unroute(join)
    tab.problems.clear()  # the browser tells of the requests that were refused
    tab.turns.first.get_by_role("button", name="Retry").click()
    expect(tab.answered(0).locator(".dl-answer")).to_contain_text("412")


def test_a_question_to_a_server_that_stops_comes_back(tab: Visit) -> None:
    stopping = {"detail": "The server is being restarted. Please ask again in a minute."}
    tab.page.route("**/gradio_api/queue/join*", lambda route: route.fulfill(status=503, json=stopping))
    typed(tab, LOWMERE)
    expect(tab.page.locator(".dl-toast")).to_contain_text("The server cannot be reached")
    expect(tab.page.get_by_role("textbox", name="Your question")).to_have_value(LOWMERE)
    tab.page.unroute_all(behavior="ignoreErrors")
    tab.problems.clear()


def test_a_reload_keeps_the_draft_and_the_question_that_waits(tab: Visit, served: Served) -> None:
    served.slow.let_go.clear()
    try:
        typed(tab, LOWMERE)
        expect(tab.turns).to_contain_text("Searching the articles")
        tab.page.get_by_role("textbox", name="Your question").fill("half a quest")
        tab.page.reload()
        expect(tab.page.get_by_role("textbox", name="Your question")).to_have_value("half a quest")
    finally:
        served.slow.let_go.set()
    expect(tab.answered(0).locator(".dl-answer")).to_contain_text("412")


def test_back_and_forward_go_through_articles_views_and_conversations(tab: Visit) -> None:
    page, reader = tab.page, tab.page.locator("#dl-reader")
    tab.ask(LOWMERE)
    first = page.url
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".dl-welcome")).to_be_visible()
    turn = tab.ask("How many tanks did Russia lose?")
    turn.locator("[data-act=near]").first.click()
    expect(reader).to_be_visible()
    page.go_back()
    expect(reader).to_be_hidden()
    page.go_forward()
    expect(reader).to_be_visible()
    reader.get_by_role("button", name="Close").evaluate("button => { button.click(); button.click(); }")
    expect(reader).to_be_hidden()
    expect(turn).to_be_visible()
    page.get_by_role("button", name="Index", exact=True).click()
    expect(page.locator("#dl-facts")).to_be_visible()
    page.go_back()
    expect(tab.turns.locator("h2")).to_have_text(["How many tanks did Russia lose?"])
    expect(tab.turns.first).to_be_visible()
    page.go_back()
    expect(tab.turns.locator("h2")).to_have_text([LOWMERE])
    expect(page).to_have_url(first)
    expect(page).to_have_title(f"{LOWMERE} · Dateline")


def test_a_conversation_is_reopened_at_its_end_and_reloaded_where_it_was(tab: Visit, served: Served) -> None:
    tab.open(f"?c={kept(tab, served, 12)}")
    expect(tab.turns.last).to_be_in_viewport()
    tab.turns.nth(4).locator("h2").scroll_into_view_if_needed()
    expect(tab.turns.nth(4).locator("h2")).to_be_in_viewport()
    tab.page.wait_for_function("Object.values(sessionStorage).includes(String(Math.round(scrollY)))")
    tab.page.reload()
    expect(tab.turns.nth(4).locator("h2")).to_be_in_viewport()
    tab.page.get_by_role("button", name="Index", exact=True).click()
    tab.page.get_by_role("button", name="Ask", exact=True).click()
    expect(tab.turns.nth(4).locator("h2")).to_be_in_viewport()


def test_a_question_that_is_too_long_is_told_and_kept(tab: Visit) -> None:
    box = tab.page.get_by_role("textbox", name="Your question")
    typed(tab, "long " * 1000)
    expect(tab.page.get_by_role("alert")).to_have_text("That has 5,000 characters; a question has at most 1000.")
    assert len(box.input_value()) == 5000
    expect(tab.turns).to_have_count(0)
    typed(tab, LOWMERE)
    expect(tab.answered(0).locator(".dl-answer")).to_be_visible()
    expect(tab.page.get_by_role("alert")).to_have_count(0)


def test_each_answer_sends_only_what_is_new(tab: Visit, served: Served) -> None:
    tab.open(f"?c={kept(tab, served, 12)}")
    sizes: list[int] = []
    tab.page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    tab.ask("Who runs the night ferry?")
    tab.page.wait_for_function("!document.querySelector('#dl-box .stop-button')")
    assert sum(sizes) < 60_000


def test_titles_follow_the_first_question_and_undo_leaves_nothing_behind(tab: Visit) -> None:
    tab.ask("How many tanks did Russia lose?")
    listed = tab.page.locator("#dl-list [data-act=open]")
    expect(listed).to_have_text(["How many tanks did Russia lose?"])
    tab.turns.first.get_by_role("button", name="Edit").click()
    box = tab.page.get_by_role("textbox", name="Your question")
    expect(box).to_have_value("How many tanks did Russia lose?")
    expect(box).to_be_focused()
    typed(tab, LOWMERE)
    expect(listed).to_have_text([LOWMERE])
    tab.turns.first.get_by_role("button", name="Undo").click()
    expect(listed).to_have_count(0)


def test_the_current_citation_stays_marked_after_feedback(tab: Visit, served: Served) -> None:
    turn = tab.ask(LOWMERE)
    tab.cite(turn, 2)
    turn.get_by_role("button", name="Not helpful").click()
    turn.get_by_role("button", name="Not what I asked").wait_for()
    assert tab.complaints() == []
    turn.get_by_role("textbox", name="In your own words").fill("  The newer\nfigure is enough.")
    turn.locator(".dl-reasons").get_by_role("button", name="Send").click()
    expect(turn.locator(".dl-reasons")).to_have_text("Thank you.")
    kept = served.parts.store  # the page thanks at once, and sends meanwhile
    wait_for(lambda: ("The newer figure is enough.", -1) in {(f.comment, f.value) for f in kept.all_feedback()}, 30)
    turn.get_by_role("button", name="Helpful", exact=True).click()
    expect(turn.get_by_role("button", name="Helpful", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(turn.locator(".dl-answer [data-number='2']")).to_have_attribute("aria-current", "true")


def test_programs_find_the_api(tab: Visit) -> None:
    tab.page.get_by_role("button", name="Index", exact=True).click()
    tab.page.get_by_role("button", name="For programs: the API").click()
    expect(tab.page.get_by_text("/ask").first).to_be_visible()
    tab.problems.clear()  # Gradio's page asks for parts that are switched off here


def test_who_serves_for_himself_may_reindex_and_is_told_when_the_server_is_busy(tab: Visit) -> None:
    full = {"detail": "Queue is full. Max size is 2 and size is 2."}
    tab.page.route("**/gradio_api/queue/join*", lambda route: route.fulfill(status=503, json=full))
    tab.page.get_by_role("button", name="Index", exact=True).click()
    tab.page.get_by_role("button", name="Reindex now").click()
    expect(tab.page.locator(".dl-toast")).to_contain_text("The server is busy with questions. Nothing was reindexed")
    tab.page.unroute_all(behavior="ignoreErrors")
    tab.problems.clear()  # the browser tells of the request that was refused


def test_much_enlarged_the_answer_has_room(tab: Visit) -> None:
    tab.page.set_viewport_size({"width": 360, "height": 225})
    turn = tab.ask(LOWMERE)
    turn.locator(".dl-answer").scroll_into_view_if_needed()
    for covering in ("#dl-head", "#dl-ask"):
        assert tab.page.locator(covering).evaluate("part => getComputedStyle(part).position") == "static"


def test_the_list_stays_beside_an_open_article_where_there_is_room(tab: Visit) -> None:
    tab.page.set_viewport_size({"width": 1440, "height": 900})
    tab.cite(tab.ask(LOWMERE), 1)
    expect(tab.page.locator("#dl-list")).to_be_visible()
    tab.page.set_viewport_size({"width": 1100, "height": 900})
    expect(tab.page.locator("#dl-list")).to_be_hidden()


def test_the_page_is_light(tab: Visit, served: Served) -> None:
    """What is sent on the first visit, and with the second."""
    fresh = tab.context.browser
    assert fresh is not None
    context = profile_of(fresh)
    for most, requests in ((300_000, 45), (60_000, 45)):
        sizes: dict[str, int] = {}
        page = context.new_page()
        page.on("requestfinished", lambda request, sizes=sizes: sizes.update({request.url: _size(request)}))
        page.goto(served.url)
        expect(page.locator(".dl-welcome")).to_be_visible()
        expect(page.locator(".dl-welcome [data-act=suggested]").first).to_be_visible()
        assert sum(sizes.values()) < most
        assert len(sizes) <= requests
        page.close()
    context.close()


def _size(request: Request) -> int:
    return max(0, request.sizes()["responseBodySize"])  # less than nothing: it came from the cache
