"""What stands beside asking, in a real browser: browsing, newest stories, cards, keys, filters that match nothing."""

import re

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser import Visit, visit
from tests.served import Served

pytestmark = pytest.mark.slow

LOWMERE = "How many homes were flooded at Lowmere?"


def test_an_empty_page_shows_the_newest_stories(tab: Visit) -> None:
    stories = tab.page.locator(".dl-stories [data-act=article]")
    expect(stories).to_have_count(6)
    expect(stories.first).to_contain_text("Harbour Post · 2 March 2026")
    stories.first.click()
    expect(tab.page.locator("#dl-reader h2")).to_have_text(stories.first.locator(".dl-title").inner_text())
    expect(tab.page.locator("#dl-reader mark").first).to_be_in_viewport()
    tab.page.keyboard.press("Escape")
    asking = tab.page.locator(".dl-stories [data-act=suggested]").first
    question = asking.inner_text()
    asking.click()
    expect(tab.answered(0).locator("h2")).to_have_text(question)
    expect(tab.turns.first.locator(".dl-answer")).to_be_visible()


def test_the_archive_is_searched_and_filtered_without_asking(tab: Visit) -> None:
    page = tab.page
    page.get_by_role("button", name="Browse", exact=True).click()
    found = page.locator(".dl-found [data-act=article]")
    expect(found).to_have_count(36)  # 30 of the archive, and six on the page to ask
    page.evaluate("window.scrollTo(0, 600)")
    page.wait_for_function("sessionStorage.getItem('dateline-spot-browse') === '600'")
    page.get_by_role("button", name="Ask", exact=True).click()
    page.go_back()
    page.wait_for_function("scrollY === 600")  # where the reader was
    page.get_by_role("searchbox", name="Search the articles").fill("flood wall")
    page.keyboard.press("Enter")
    first = page.locator("#dl-browse .dl-found li").first
    expect(first).to_contain_text("Lowmere to get a flood wall")
    page.wait_for_function("scrollY === 0")
    tab.shoot("browse")
    page.locator("#dl-browse").get_by_label("Outlet").select_option("Senn Valley Radio")
    expect(page.locator("#dl-browse [role=status]")).to_contain_text("Senn Valley Radio")
    for line in page.locator("#dl-browse .dl-byline").all_inner_texts():
        assert line.startswith("Senn Valley Radio")
    page.locator("#dl-browse").get_by_label("From").fill("2026-02-28")
    expect(page.locator("#dl-browse [role=status]")).to_contain_text("From 28 February 2026")
    assert tab.complaints() == []
    page.locator("#dl-browse").get_by_label("Until").focus()
    page.keyboard.type("02032026", delay=150)  # each digit of the year searches, and none may take the field away
    expect(page.locator("#dl-browse").get_by_label("Until")).to_have_value(re.compile("2026-0[23]-0[23]"))
    expect(page.locator("#dl-browse").get_by_label("Until")).to_be_focused()
    page.go_back()
    expect(page.locator(".dl-welcome")).to_be_visible()


def test_words_that_are_typed_while_a_search_runs_stay(tab: Visit) -> None:
    page = tab.page
    page.get_by_role("button", name="Browse", exact=True).click()
    field = page.get_by_role("searchbox", name="Search the articles")
    field.fill("flood")
    page.keyboard.press("Enter")
    page.keyboard.type(" wall")
    expect(page.locator("#dl-browse .dl-found")).to_contain_text("Lowmere")
    expect(page.locator("#dl-browse .dl-found li")).not_to_have_count(30)
    expect(field).to_have_value("flood wall")
    expect(field).to_be_focused()


def test_all_articles_on_a_question_are_a_click_away_and_so_is_the_way_back(tab: Visit) -> None:
    turn = tab.ask(LOWMERE)
    late: list[Route] = []  # the first event of the view: another may be answered before it
    events = "**/gradio_api/run/predict*"
    tab.page.route(events, lambda route: route.continue_() if late else late.append(route))
    turn.get_by_role("button", name="All articles on this").click()
    tab.page.wait_for_timeout(500)
    with tab.page.expect_response(events):
        late[0].continue_()
    tab.page.unroute(events)
    listed = tab.page.locator("#dl-browse [data-act=article]")
    expect(listed.nth(2)).to_be_visible()
    expect(tab.page.get_by_role("searchbox")).to_have_value(LOWMERE)
    listed.nth(1).click()
    expect(tab.page.locator("#dl-reader mark").first).to_be_in_viewport()
    tab.page.go_back()
    expect(tab.page.locator("#dl-reader")).to_be_hidden()
    tab.page.go_back()
    expect(turn.locator(".dl-answer")).to_be_in_viewport()


def test_a_citation_can_be_hit_and_shows_a_card_to_pointer_and_focus(tab: Visit, served: Served) -> None:
    turn = tab.ask(LOWMERE)
    told = turn.locator(".dl-who").all_inner_texts()
    assert told == ["Harbour Post · 10 May 2025", "Ellery Courier · 9 May 2025"]
    box = tab.box(turn.locator(".dl-cite button").first)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for right, down in ((-11, 0), (11, 0), (0, -11), (0, 11)):
        hit = "([x, y]) => document.elementFromPoint(x, y).closest('[data-act]')?.dataset.act"
        assert tab.page.evaluate(hit, [x + right, y + down]) == "cite"
    citation = served.parts.assistant.ask(LOWMERE).citations[1]
    mark = turn.locator(".dl-cite button").nth(1)
    card = tab.page.get_by_role("tooltip")
    mark.hover()
    for said in (citation.title, "Ellery Courier · 9 May 2025", citation.quote):
        expect(card).to_contain_text(said)
    expect(card).to_be_in_viewport(ratio=1)
    assert tab.complaints() == []
    tab.page.mouse.move(0, 0)
    expect(card).to_be_hidden()
    mark.focus()
    tab.page.keyboard.press("Shift+Tab")
    expect(card).to_contain_text("Harbour Post")
    tab.page.keyboard.press("Escape")
    expect(card).to_be_hidden()


def test_keys_lead_through_citations_and_to_the_box(tab: Visit) -> None:
    page, box = tab.page, tab.page.get_by_role("textbox", name="Your question")
    tab.ask(LOWMERE)
    page.locator("body").click(position={"x": 700, "y": 500})
    page.keyboard.press("j")
    tab.marked(1)
    page.keyboard.press("j")
    tab.marked(2)
    page.keyboard.press("k")
    tab.marked(1)
    page.keyboard.press("/")
    expect(box).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(box).to_have_value(LOWMERE)
    page.keyboard.press("j")
    expect(box).to_have_value(f"{LOWMERE}j")
    page.keyboard.press("Escape")
    expect(page.locator("#dl-reader")).to_be_hidden()
    page.get_by_role("button", name="Keys and what they do").click()
    expect(page.get_by_role("dialog")).to_contain_text("next citation")
    assert tab.complaints() == []


def test_filters_that_match_nothing_say_so_and_can_be_left_out(tab: Visit) -> None:
    tab.open("?q=How+many+homes+were+flooded+at+Lowmere%3F&source=Harbour+Post&since=2026-03-03")
    turn = tab.answered(0)
    expect(turn.locator(".dl-none")).to_contain_text("0 of 30 articles match: From 3 March 2026, Harbour Post.")
    turn.get_by_role("button", name="Ask without filters").click()
    expect(tab.answered(1).locator(".dl-answer")).to_contain_text("412")
    tab.page.reload()
    expect(tab.turns.first).to_contain_text("0 of 30 articles match")


def test_printing_shows_answer_and_addresses_and_no_open_article(tab: Visit) -> None:
    turn = tab.ask(LOWMERE)
    tab.cite(turn, 1)
    tab.page.emulate_media(media="print")
    expect(turn.locator(".dl-answer")).to_be_visible()
    expect(turn.locator(".dl-address").first).to_be_visible()
    expect(tab.page.locator("#dl-reader")).to_be_hidden()
    expect(tab.page.locator("#dl-ask")).to_be_hidden()
    tab.page.emulate_media(media="screen")


def test_browsing_fits_a_phone_and_an_answer_is_read_from_its_beginning(chromium: Browser, served: Served) -> None:
    tab = visit(chromium, served.url, viewport={"width": 320, "height": 640}, has_touch=True, is_mobile=True).open()
    tab.page.get_by_role("button", name="Browse", exact=True).click()
    expect(tab.page.locator("#dl-browse .dl-found li").first).to_be_visible()
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= 320
    assert tab.complaints() == []
    tab.page.get_by_role("button", name="Ask", exact=True).click()
    turn = tab.ask(LOWMERE)
    expect(turn.locator("[data-act=suggested]").first).to_be_attached()
    expect(turn.locator("h2")).to_be_in_viewport(ratio=1)
    tab.check()
    tab.context.close()


def test_what_could_be_asked_next_is_tried_first_and_counts_nowhere(tab: Visit, served: Served) -> None:
    def counted() -> int:
        return served.parts.metrics.text().decode().count("dateline_questions_total{")

    turn = tab.ask(LOWMERE)
    before = counted()
    suggested = turn.locator("[data-act=suggested]")
    expect(suggested.first).to_be_visible()
    questions = suggested.all_inner_texts()
    assert counted() == before
    assert all(served.parts.assistant.ask(question).citations for question in questions)
    tab.page.reload()
    expect(tab.answered(0).locator("[data-act=suggested]")).to_have_text(questions)


def test_an_answer_can_be_shared_as_it_was_given(tab: Visit, chromium: Browser, served: Served) -> None:
    turn = tab.ask(LOWMERE)
    turn.get_by_role("button", name="Share").click()
    link = tab.page.locator("#dl-toast [data-act=link]")
    expect(link).to_be_visible()
    address = f"?{link.get_attribute('data-query')}"
    other = visit(chromium, served.url).open(address)
    shown = other.turns.first
    expect(shown.locator(".dl-notice").first).to_contain_text("Shared answer, given on")
    expect(shown.locator(".dl-answer")).to_contain_text("412")
    other.cite(shown, 2)
    expect(other.page).to_have_url(f"{served.url}/{address}")
    other.page.reload()
    expect(other.turns.first.locator(".dl-answer")).to_contain_text("412")
    other.ask("How many people were hurt?")
    expect(other.page.locator("#dl-list [data-act=open]")).to_have_text(["How many people were hurt?"])
    other.open("?s=AAAAAAAAAAAAAAAAAAAAAA")
    expect(other.page.get_by_role("alert")).to_contain_text("no such shared answer")
    other.check()
    other.context.close()
