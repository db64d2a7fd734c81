"""The page in a real browser: asking, reading at the exact words, filters, conversations, looks, hostile articles."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser import Visit, inside, visit
from tests.served import DATELINE, Served, serving

pytestmark = pytest.mark.slow

LOWMERE = "How many homes were flooded at Lowmere?"
HURT = "How many people were hurt?"
TANKS = "How many tanks did Russia lose?"


def test_a_citation_opens_the_article_at_the_exact_words(tab: Visit, served: Served) -> None:
    turn = tab.ask(LOWMERE)
    answer = served.parts.assistant.ask(LOWMERE)
    expect(turn.locator(".dl-facts")).to_contain_text("as of 10 May 2025 · 2 articles, 2 outlets")
    expect(turn.locator(".dl-differ li")).to_have_text(
        ["412 homes1Harbour Post · 10 May 2025", re.compile("^340 homes2")]
    )
    for citation in answer.citations:
        mark = tab.cite(turn, citation.number)
        assert mark.all_inner_texts() == [citation.quote]
        expect(tab.page.locator("#dl-reader h2")).to_have_text(citation.title)
        expect(mark).to_be_in_viewport(ratio=1)
        reader = tab.box(tab.page.locator("#dl-reader .dl-reader"))
        assert inside(tab.box(mark), reader)
        assert reader["x"] > tab.box(turn)["x"] + tab.box(turn)["width"] - 1  # beside the chat
    tab.shoot("citation")
    tab.page.get_by_role("button", name="Previous citation").click()
    assert tab.marked(1).all_inner_texts() == [answer.citations[0].quote]
    tab.page.get_by_text("How these passages were found").click()
    expect(tab.page.locator(".dl-scores tbody tr").first).to_be_visible()
    tab.page.keyboard.press("Escape")
    expect(tab.page.locator("#dl-reader")).to_be_hidden()
    expect(turn.locator(".dl-answer [data-number='2']")).to_be_focused()


def test_the_cited_words_are_brought_into_view_in_a_long_article(chromium: Browser, served: Served) -> None:
    tab = visit(chromium, served.url, viewport={"width": 1100, "height": 420}).open()
    question = "What are Russia's preconditions?"
    turn = tab.ask(question)
    for citation in served.parts.assistant.ask(question).citations:
        mark = tab.cite(turn, citation.number)
        assert mark.all_inner_texts() == [citation.quote]
        expect(mark).to_be_in_viewport(ratio=1)
    finding = tab.page.get_by_role("searchbox", name="Find in this article")
    finding.fill("russia")
    expect(tab.page.locator(".dl-hits")).to_have_text(re.compile(r"^1 of [2-9]"))
    finding.press("Enter")
    expect(tab.page.locator(".dl-hits")).to_have_text(re.compile("^2 of "))
    expect(mark).to_have_count(1)  # what is found does not touch what is marked
    finding.fill("zeppelin")
    expect(tab.page.locator(".dl-hits")).to_have_text("Not in this article")
    assert tab.page.locator("#dl-list li[hidden]").count() == 0  # the list of conversations has a field of its own
    tab.check()
    tab.context.close()


def test_an_article_that_opens_leaves_the_focus_with_who_types_already(tab: Visit) -> None:
    turn, box = tab.ask(LOWMERE), tab.page.get_by_role("textbox", name="Your question")
    turn.locator(".dl-answer [data-act=cite]").first.click()
    box.fill("Who is the mayor?")
    tab.marked(1)
    tab.page.wait_for_timeout(300)
    expect(box).to_be_focused()
    expect(tab.marked(1)).to_be_in_viewport()


def test_a_follow_up_is_searched_with_what_it_refers_to_or_as_it_was_typed(tab: Visit) -> None:
    tab.ask(LOWMERE)
    second = tab.ask("And how many were hurt there?")
    expect(second.locator(".dl-rewritten")).to_contain_text("Searched for: And how many were hurt there? ")
    expect(second.locator(".dl-answer")).to_contain_text("Seven people were hurt")
    suggestion = second.locator("[data-act=suggested]").first
    asked = suggestion.inner_text()
    suggestion.dblclick()  # is asked once
    third = tab.answered(2)
    expect(third.locator("h2")).to_have_text(asked)
    expect(third.locator(".dl-answer")).to_be_visible()
    second.get_by_role("button", name="Ask exactly as typed").click()
    fourth = tab.answered(3)
    expect(fourth.locator("h2")).to_have_text("And how many were hurt there?")
    expect(fourth.locator(".dl-rewritten")).to_have_count(0)


def test_what_the_articles_do_not_say_has_a_look_of_its_own(tab: Visit) -> None:
    turn = tab.ask(TANKS)
    expect(turn.locator(".dl-none-head")).to_have_text("Not in these articles.")
    expect(turn.locator(".dl-none")).to_contain_text("The index holds 30 articles, from 21 January 2025")
    expect(turn.locator("[data-act=cite]")).to_have_count(0)
    turn.locator("[data-act=near]").first.click()
    expect(tab.page.locator("#dl-reader mark").first).to_be_in_viewport()
    tab.shoot("not-found")


def test_filters_are_chips_that_travel_with_the_question(tab: Visit, served: Served) -> None:
    page = tab.page
    form, chips = page.locator("#dl-filters"), page.locator("#dl-chips .dl-chip")
    page.locator("summary", has_text="Filters").click()
    form.get_by_role("button", name="Last week").click()
    expect(chips).to_have_text(["From 24 February 2026"])  # the newest article is of 2 March
    form.get_by_label("From").fill("2025-05-01")
    form.get_by_label("Harbour Post").check()
    form.get_by_label("Ellery Courier").check()
    expect(form.locator("label", has_text="Harbour Post")).to_have_text(re.compile(r"Harbour Post\s*\d+"))
    expect(chips).to_have_text(["From 1 May 2025", "Ellery Courier", "Harbour Post"])
    form.get_by_label("Harbour Post").uncheck()
    tab.shoot("filters")
    page.reload()
    expect(chips).to_have_text(["From 1 May 2025", "Ellery Courier"])
    turn = tab.ask(LOWMERE)
    expect(turn.locator(".dl-chips")).to_have_text("From 1 May 2025Ellery Courier")
    expect(turn.locator(".dl-facts")).to_contain_text("1 outlet")
    assert {one.inner_text() for one in turn.locator(".dl-sources .dl-byline").all()} == {"Ellery Courier · 9 May 2025"}
    page.get_by_role("button", name="Remove filter: Ellery Courier").click()
    expect(chips).to_have_text(["From 1 May 2025"])
    page.get_by_role("button", name="Remove filter").click()
    expect(chips).to_have_count(0)
    expect(form.get_by_label("From")).to_have_value("")


def test_edit_retry_undo_and_copy(tab: Visit) -> None:
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = tab.page
    tab.ask(TANKS)
    tab.ask(LOWMERE)
    tab.turns.first.get_by_role("button", name="Edit").click()
    box = page.get_by_role("textbox", name="Your question")
    expect(box).to_have_value(TANKS)
    expect(page.locator("#dl-note")).to_contain_text("Editing question 1")
    page.keyboard.press("Escape")
    expect(page.locator("#dl-note")).to_be_hidden()
    box.fill("half a question")
    tab.turns.first.get_by_role("button", name="Edit").click()
    expect(box).to_have_value(TANKS)
    box.fill(HURT)
    page.keyboard.press("Enter")
    expect(box).to_have_value("half a question")  # it has waited
    turn = tab.answered(0)
    expect(turn.locator("h2")).to_have_text(HURT)
    turn.get_by_role("button", name="Copy").click()
    expect(page.locator("#dl-said")).to_have_text("Copied")
    assert "[1] " in page.evaluate("navigator.clipboard.readText()")
    kinds = "navigator.clipboard.read().then(async ([item]) => (await item.getType('text/html')).text())"
    assert "<ol><li>" in page.evaluate(kinds)
    turn.get_by_role("button", name="Retry").click()
    expect(tab.answered(0).locator("h2")).to_have_text(HURT)
    expect(box).to_be_focused()  # what was clicked has gone
    box.fill("half a question more")
    tab.turns.first.get_by_role("button", name="Undo").click()
    expect(page.locator(".dl-welcome")).to_be_visible()
    expect(box).to_have_value("half a question more")


def test_an_answer_can_be_stopped(tab: Visit, served: Served) -> None:
    late: list[Route] = []  # of what stops it: a Retry, sent right after, may come first

    def hold(route: Route) -> None:
        late.append(route)

    tab.page.route("**/gradio_api/cancel*", hold)
    served.slow.let_go.clear()
    try:
        tab.page.get_by_role("textbox", name="Your question").fill(LOWMERE)
        tab.page.keyboard.press("Enter")
        expect(tab.turns).to_contain_text("Searching the articles")
        tab.page.get_by_role("button", name="Stop").click()
        expect(tab.turns).to_contain_text("Stopped.")
    finally:
        served.slow.let_go.set()
    tab.turns.first.get_by_role("button", name="Retry").click()
    for route in late:
        route.continue_()
    expect(tab.answered(0).locator(".dl-answer")).to_contain_text("412")


def test_an_answer_that_was_left_does_not_come_back(tab: Visit, served: Served) -> None:
    """Another question is asked while the one that was stopped is still searched, and is answered later."""
    box = tab.page.get_by_role("textbox", name="Your question")
    for leave in ("Stop", "New conversation"):
        served.slow.let_go.clear()
        served.slow.begun.clear()
        box.fill(TANKS)
        tab.page.keyboard.press("Enter")
        assert served.slow.begun.wait(20)
        tab.page.get_by_role("button", name=leave).click()
        expect(tab.page.locator("#dl-box .stop-button")).to_be_hidden()
        box.fill(LOWMERE)
        tab.page.keyboard.press("Enter")
        expect(tab.turns.last).to_contain_text("Searching the articles")
        served.slow.let_go.set()
        expect(tab.page.locator(".dl-turn[data-waiting]")).to_have_count(0)
        expect(tab.turns.last.locator(".dl-answer")).to_contain_text("412")
    expect(tab.turns).to_have_count(1)


def test_an_answer_comes_though_its_stream_was_closed(tab: Visit) -> None:
    closing = 'data: {"msg": "close_stream"}\n\n'
    stream = "**/gradio_api/queue/data*"
    tab.page.route(stream, lambda route: route.fulfill(content_type="text/event-stream", body=closing), times=1)
    expect(tab.ask(LOWMERE).locator(".dl-answer")).to_contain_text("412")


def test_who_waits_sees_the_place_in_the_queue_and_a_full_queue_is_told(
    chromium: Browser, sample_index: Path, tmp_path: Path
) -> None:
    with serving(DATELINE, index=str(sample_index), data=tmp_path, concurrency=1, queue_size=2) as made:
        made.slow.let_go.clear()
        tabs = [visit(chromium, made.url).open() for _ in range(4)]
        said = ["Searching the articles", "number 1 in the queue", "number 2 in the queue", "not taken"]
        for tab, told in zip(tabs, said, strict=True):
            tab.page.get_by_role("textbox", name="Your question").fill(LOWMERE)
            tab.page.keyboard.press("Enter")
            expect(tab.turns).to_contain_text(told)
            made.slow.begun.wait(20)
        made.slow.let_go.set()
        for tab in tabs[:3]:
            expect(tab.answered(0).locator(".dl-answer")).to_contain_text("412")
            tab.check()
        expect(tabs[3].page.locator(".dl-toast")).to_have_count(0)  # the server was reached
        expect(tabs[3].page.get_by_role("textbox", name="Your question")).to_have_value("")
        tabs[3].turns.first.get_by_role("button", name="Retry").click()
        expect(tabs[3].answered(0).locator(".dl-answer")).to_contain_text("412")
        for tab in tabs:
            tab.context.close()


def test_a_failure_shows_a_number_and_no_details(tab: Visit) -> None:
    turn = tab.ask("crash the server, please")
    expect(turn.locator(".dl-trouble")).to_contain_text("number")
    assert "secret" not in tab.page.content()


def test_conversations_are_kept_for_their_browser_alone(tab: Visit, chromium: Browser, served: Served) -> None:
    page = tab.page
    turn = tab.ask(LOWMERE)
    turn.get_by_role("button", name="Helpful", exact=True).click()
    expect(turn.get_by_role("button", name="Helpful", exact=True)).to_have_attribute("aria-pressed", "true")
    page.reload()
    again = tab.answered(0)
    expect(again.locator(".dl-answer")).to_contain_text("412")
    expect(again.get_by_role("button", name="Helpful", exact=True)).to_have_attribute("aria-pressed", "true")
    assert tab.cite(again, 1).inner_text() == served.parts.assistant.ask(LOWMERE).citations[0].quote
    page.keyboard.press("Escape")
    exported = json.loads(_downloaded(tab, "Export JSON").read_text(encoding="utf-8"))
    assert exported["exchanges"][0]["answer"]["citations"][0]["quote"] in _downloaded(tab, "Export Markdown").read_text(
        encoding="utf-8"
    ).replace("\\", "")
    assert [given.value for given in served.parts.store.all_feedback()] == [1]
    other = visit(chromium, served.url).open(f"?c={exported['id']}")
    expect(other.page.locator("#dl-list")).to_contain_text("will be listed here")
    expect(other.page.locator(".dl-welcome")).to_be_visible()
    other.check()
    other.context.close()
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".dl-welcome")).to_be_visible()
    tab.ask(TANKS)
    listed = page.locator("#dl-list [data-act=open]")
    expect(listed).to_have_text([TANKS, LOWMERE])
    page.get_by_role("button", name="Rename").click()
    page.get_by_role("textbox", name="Rename").fill("<b>Tanks</b>")
    page.keyboard.press("Enter")
    expect(listed).to_have_text(["<b>Tanks</b>", LOWMERE])
    listed.nth(1).click()
    expect(tab.answered(0).locator("h2")).to_have_text(LOWMERE)
    page.get_by_role("button", name="Pin").click()
    expect(page.locator(".dl-group")).to_have_text(["Pinned", "Today"])
    expect(listed).to_have_text([LOWMERE, "<b>Tanks</b>"])
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("alert").get_by_role("button", name="Delete").click()
    expect(listed).to_have_text(["<b>Tanks</b>"])


def test_what_cannot_be_done_is_told(tab: Visit, served: Served) -> None:
    tab.ask(LOWMERE)
    expect(tab.page).to_have_url(re.compile(r"\?c="))
    other = Visit(tab.context, served.url).open(tab.page.url.removeprefix(f"{served.url}/"))
    other.page.get_by_role("button", name="Delete").click()
    other.page.get_by_role("button", name="Delete").last.click()
    expect(other.page.locator("#dl-list")).to_contain_text("will be listed here")
    other.page.close()
    tab.page.get_by_role("button", name="Rename").click()
    tab.page.get_by_role("textbox", name="Rename").fill("Flood")
    tab.page.keyboard.press("Enter")
    expect(tab.page.locator("#dl-toast").get_by_role("alert")).to_contain_text("You have no such conversation")


def _downloaded(tab: Visit, name: str) -> Path:
    with tab.page.expect_download() as download:
        tab.page.get_by_role("link", name=name).click()
    return Path(download.value.path())


def test_a_link_asks_its_question_again(tab: Visit) -> None:
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.open("?q=How+many+homes+were+flooded+at+Lowmere%3F&source=Harbour+Post&until=2025-05-31")
    turn = tab.answered(0)
    expect(turn.locator(".dl-chips")).to_have_text("Until 31 May 2025Harbour Post")
    expect(tab.page.locator("#dl-chips .dl-chip")).to_have_text(["Until 31 May 2025", "Harbour Post"])
    turn.get_by_role("button", name="Link to ask again").click()
    expect(tab.page.locator("#dl-said")).to_have_text("Copied")
    link = tab.page.evaluate("navigator.clipboard.readText()")
    assert link.startswith(f"{tab.url}/?q=How+many+homes")
    assert link.endswith("&until=2025-05-31&source=Harbour+Post")


def test_a_bad_link_is_still_a_page(tab: Visit) -> None:
    for bad in ("?q=x&since=yesterday", "?c=../../etc/passwd"):
        tab.open(bad)
        expect(tab.page.locator(".dl-welcome")).to_be_visible()
        expect(tab.page.get_by_role("alert")).to_be_visible()


def test_dark_mode_is_kept(tab: Visit) -> None:
    tab.page.get_by_role("button", name="Dark or light").click()
    turn = tab.ask(LOWMERE)
    tab.cite(turn, 1)
    assert tab.complaints() == []
    tab.shoot("dark")
    tab.page.reload()
    expect(tab.page.locator("body")).to_have_class("dark")


def everywhere(tab: Visit) -> list[str]:
    """Return what axe finds where the page is laid out in another way; other tests look at 1280 and 320."""
    found = []
    for width, dark in ((1440, False), (1024, False), (1024, True), (390, False)):
        tab.page.set_viewport_size({"width": width, "height": 800})
        tab.page.evaluate("dark => document.body.classList.toggle('dark', dark)", dark)
        tab.page.evaluate("Promise.all(document.getAnimations().map((fading) => fading.finished)).then(() => {})")
        found += [f"{width}, dark {dark}: {complaint}" for complaint in tab.complaints()]
    tab.page.set_viewport_size({"width": 1280, "height": 800})
    return found


def test_axe_has_nothing_to_say(tab: Visit) -> None:
    expect(tab.page.locator(".dl-welcome [data-act=suggested]").first).to_be_visible()
    tab.shoot("welcome")
    assert everywhere(tab) == []
    turn = tab.ask(LOWMERE)
    tab.page.locator("summary", has_text="Filters").click()
    assert everywhere(tab) == []
    tab.cite(turn, 1)
    assert everywhere(tab) == []
    tab.page.keyboard.press("Escape")
    tab.page.get_by_role("button", name="Browse", exact=True).click()
    expect(tab.page.locator("#dl-browse .dl-found li").first).to_be_visible()
    assert everywhere(tab) == []
    tab.page.get_by_role("button", name="Index", exact=True).click()
    expect(tab.page.locator("#dl-facts")).to_contain_text("all-MiniLM-L6-v2")
    expect(tab.page.locator("#dl-index svg").first).to_be_visible()
    assert everywhere(tab) == []
    tab.shoot("index")


def test_a_phone_in_german(chromium: Browser, served: Served) -> None:
    tab = visit(
        chromium, served.url, viewport={"width": 320, "height": 640}, locale="de-DE", has_touch=True, is_mobile=True,
        device_scale_factor=2,
    ).open("?q=How+many+homes+were+flooded+at+Lowmere%3F")  # fmt: skip
    page = tab.page
    turn = tab.answered(0)
    expect(turn.locator(".dl-facts")).to_contain_text("Stand: 10. Mai 2025 · 2 Artikel, 2 Medien")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.get_by_role("button", name="Fragen", exact=True)).to_be_visible()
    expect(page.get_by_role("textbox", name="Ihre Frage")).to_be_visible()
    tab.shoot("phone")
    width = "document.documentElement.scrollWidth"
    assert page.evaluate(width) <= 320
    mark = tab.cite(turn, 2)
    expect(mark).to_be_in_viewport(ratio=1)
    drawer = tab.box(page.locator("#dl-reader"))
    assert (drawer["x"], drawer["width"]) == (0, 320)
    assert tab.complaints() == []
    tab.shoot("phone-citation")
    page.get_by_role("button", name="Schließen").click()
    page.get_by_role("button", name="Gespräche").click()
    expect(page.locator("#dl-list")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#dl-list")).to_be_hidden()
    page.get_by_role("button", name="Index", exact=True).click()
    expect(page.locator("#dl-facts")).to_contain_text("Letzter Lauf")
    assert page.evaluate(width) <= 320
    tab.check()
    tab.context.close()
