"""Asking one article alone, and filters by author, in a real browser."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import Visit, visit
from tests.served import Served

pytestmark = pytest.mark.slow

LOWMERE = "How many homes were flooded at Lowmere?"


def test_an_article_is_asked_alone_until_its_chip_is_removed(tab: Visit, chromium: Browser, served: Served) -> None:
    page = tab.page
    chips, only = page.locator("#dl-chips .dl-chip"), page.get_by_role("button", name="Ask only this article")
    citation = served.parts.assistant.ask(LOWMERE).citations[1]
    tab.cite(tab.ask(LOWMERE), 2)
    expect(only).to_have_attribute("aria-pressed", "false")
    only.focus()
    page.keyboard.press("Enter")
    expect(chips).to_have_text([f"Only: {citation.title}"])
    expect(only).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("textbox", name="Your question")).to_be_focused()
    assert tab.complaints() == []
    page.reload()
    expect(chips).to_have_text([f"Only: {citation.title}"])
    turn = tab.ask("What is this article about?")
    expect(turn.locator(".dl-chips")).to_have_text(f"Only: {citation.title}")
    expect(turn.locator(".dl-sources .dl-title")).to_have_text([citation.title])
    link = turn.get_by_role("button", name="Link to ask again").get_attribute("data-query")
    other = visit(chromium, served.url).open(f"?{link}")
    expect(other.page.locator("#dl-chips .dl-chip")).to_have_text([f"Only: {citation.title}"])
    expect(other.answered(0).locator(".dl-sources .dl-title")).to_have_text([citation.title])
    other.context.close()
    tab.cite(turn, 1)
    expect(only).to_have_attribute("aria-pressed", "true")
    chips.first.focus()
    page.keyboard.press("Enter")
    expect(chips).to_have_count(0)
    expect(only).to_have_attribute("aria-pressed", "false")
    expect(tab.ask("How many people were hurt?").locator(".dl-chips")).to_have_count(0)
    expect(turn.locator(".dl-chips")).to_be_visible()


def test_a_link_with_several_names_is_a_page(tab: Visit) -> None:
    tab.open("?q=How+many+homes+were+flooded+at+Lowmere%3F&source=Harbour+Post&source=Ellery+Courier&language=en")
    expect(tab.answered(0).locator(".dl-sources .dl-byline")).to_have_count(2)
    expect(tab.page.locator("#dl-chips .dl-chip")).to_have_text(["Harbour Post", "Ellery Courier", "English"])
    tab.ask("How many people were hurt?")


def test_an_article_that_is_gone_is_said_to_be(tab: Visit) -> None:
    tab.open("?q=Who%3F&article=gone.html")
    expect(tab.page.locator("#dl-chips .dl-chip")).to_have_text(["Only: gone.html"])
    expect(tab.answered(0).get_by_role("alert")).to_contain_text("No article has the id 'gone.html'")


def test_on_a_phone_the_article_makes_room_for_the_question(chromium: Browser, served: Served) -> None:
    tab = visit(
        chromium, served.url, viewport={"width": 320, "height": 640}, locale="de-DE", has_touch=True, is_mobile=True
    ).open("?q=How+many+homes+were+flooded+at+Lowmere%3F")
    tab.cite(tab.answered(0), 1)
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= 320
    tab.page.get_by_role("button", name="Nur diesen Artikel fragen").click()
    expect(tab.page.locator("#dl-reader")).to_be_hidden()
    expect(tab.page.locator("#dl-chips .dl-chip")).to_have_text(re.compile("^Nur: "))
    expect(tab.page.get_by_role("textbox", name="Ihre Frage")).to_be_focused()
    assert tab.complaints() == []
    tab.check()
    tab.context.close()


def test_authors_are_filtered_by(tab: Visit) -> None:
    page = tab.page
    form = page.locator("#dl-filters")
    page.locator("summary", has_text="Filters").click()
    expect(form.get_by_role("group", name="Language")).to_have_count(0)  # all are English
    authors = form.get_by_role("group", name="Author")
    expect(authors.locator("label", has_text="Ruth Sandys")).to_have_text(re.compile(r"Ruth Sandys\s*\d"))
    authors.get_by_label("Ruth Sandys").check()
    expect(page.locator("#dl-chips .dl-chip")).to_have_text(["Ruth Sandys"])
    assert tab.complaints() == []
    turn = tab.ask("What does the mayor plan?")
    expect(turn.locator(".dl-chips")).to_have_text("Ruth Sandys")
    expect(turn.locator(".dl-byline").first).to_contain_text("Harbour Post")
    page.get_by_role("button", name="Browse", exact=True).click()
    page.locator("#dl-browse").get_by_label("Author").select_option("Ruth Sandys")
    expect(page.locator("#dl-browse [role=status]")).to_contain_text("Ruth Sandys")
