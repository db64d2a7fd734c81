"""Signing in, and a reindex from the page while a second tab asks. What articles and models say tries to be more."""

import re
import shutil
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from index.text.clean import squeeze, visible
from tests.browser import Visit, source_copy, visit
from tests.chat_server import chat_server
from tests.conftest import write
from tests.hostile import ADDRESSES, HOSTILE
from tests.served import DATELINE, Served, serving
from ui.store.users import Users

pytestmark = pytest.mark.slow

LOWMERE = "How many homes were flooded at Lowmere?"
IMAGE = "<img src=x onerror=alert(1)>"
PASSWORDS = {"ada": "correct horse", "ben": "battery staple"}
AT_ONCE = 4


@pytest.fixture(scope="module")
def served(sample_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server for two users over an index of its own; what it would read again holds hostile articles too."""
    folder = tmp_path_factory.mktemp("hostile")
    sources = source_copy(folder)
    for (name, bad), url in zip(HOSTILE.items(), cycle(ADDRESSES.values()), strict=False):
        hostile = bad.replace("\x00", "")
        text = f"The Quorvex machine of {name} weighs 17 tonnes. It says: {hostile}"
        write(sources / "hostile" / f"{IMAGE}{name}.md", f"Quorvex {name} {hostile}", text, source=hostile, url=url)
    (sources / f"{IMAGE}.md").write_bytes(b"\xff\xfe\x00")
    index = Path(shutil.copytree(sample_index, folder / "index"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ui.store.users._COST", 1 << 10)
        users = Users(folder / "users.json")
        for name, password in PASSWORDS.items():
            users.add(name, password, admin=name == "ada")
        with serving(DATELINE, index=str(index), data=folder / "pages", auth=users.path, sources=(sources,)) as made:
            yield made


@pytest.fixture
def signed_in(chromium: Browser, served: Served) -> Iterator[tuple[Visit, Visit]]:
    """Ada, who is an admin, and Ben, each with a browser profile."""
    tabs = []
    for name, password in PASSWORDS.items():
        tab = visit(chromium, served.url)
        tab.page.goto(served.url)
        assert tab.complaints() == []
        tab.page.get_by_label("Name").fill(name)
        tab.page.get_by_label("Password").fill(password)
        tab.page.get_by_role("button", name="Sign in").click()
        expect(tab.page.locator(".dl-user")).to_have_text(name)
        tabs.append(tab)
    yield tabs[0], tabs[1]
    for tab in tabs:
        inert(tab)
        tab.context.close()


def inert(tab: Visit) -> None:
    """Assert that nothing on the page has become more than text."""
    assert (
        tab.page.locator("#dl-body, #dl-index").locator("img, iframe, script, object, embed, form[action]").count() == 0
    )
    for link in tab.page.locator("#dl-reader a").all():
        assert re.match("https?://", link.get_attribute("href") or "")
    tab.check()


def test_two_users_never_see_each_others_conversations(signed_in: tuple[Visit, Visit], served: Served) -> None:
    ada, ben = signed_in
    ada.ask(LOWMERE)
    expect(ada.page).to_have_url(re.compile(r"\?c="))
    expect(ben.page.locator("#dl-list")).to_contain_text("will be listed here")
    ben.open(ada.page.url.removeprefix(f"{served.url}/"))
    expect(ben.page.get_by_role("alert")).to_contain_text("You have no such conversation")
    expect(ben.turns).to_have_count(0)
    ben.ask("Who won the vote?")
    ada.page.reload()
    expect(ada.answered(0).locator("h2")).to_have_text(LOWMERE)
    expect(ada.page.locator("#dl-list [data-act=open]")).to_have_text([LOWMERE])
    ada.page.get_by_role("textbox", name="Your question").fill("half a question")
    ada.page.get_by_role("button", name="Sign out").click()
    expect(ada.page.get_by_label("Password")).to_be_visible()
    assert "half a question" not in ada.page.evaluate("JSON.stringify(sessionStorage)")


def test_a_reindex_from_the_page_while_another_tab_asks(signed_in: tuple[Visit, Visit], served: Served) -> None:
    ada, ben = signed_in
    ben.page.get_by_role("button", name="Index", exact=True).click()
    expect(ben.page.locator("#dl-facts")).to_contain_text("Generation")
    expect(ben.page.get_by_role("button", name="Reindex now")).to_be_hidden()
    ben.page.get_by_role("button", name="Ask", exact=True).click()
    ada.page.get_by_role("button", name="Index", exact=True).click()
    ada.page.get_by_role("button", name="Reindex now").click()
    expect(ada.page.locator("#dl-run progress")).to_be_visible()
    expect(ben.ask(LOWMERE).locator(".dl-answer")).to_contain_text("412")  # meanwhile
    expect(ada.page.locator("#dl-run")).to_contain_text(f"{len(HOSTILE)} added", timeout=240_000)
    expect(ada.page.locator("#dl-rejected")).to_contain_text(f"{IMAGE}.md")
    for tab in (ada, ben):
        expect(tab.page.locator("#dl-toast")).to_contain_text("generation 2 is served now")
    ben.page.locator("#dl-toast").get_by_role("button", name="Close").click()
    expect(ben.page.locator("#dl-toast")).to_be_hidden()
    with served.parts.assistant.index.generation() as generation:
        assert generation.articles_count == 30 + len(HOSTILE)
    for name in ("image", "markdown image", "closes its container", "handlebars", "base", "link in pieces"):
        ben.cite(ben.ask(f"How much does the Quorvex machine of {name} weigh?"), 1)
        expect(ben.page.locator("#dl-reader .dl-text")).to_contain_text("It says:")
        inert(ben)


def test_who_was_signed_out_elsewhere_is_told_and_keeps_the_question(signed_in: tuple[Visit, Visit]) -> None:
    ada, _ = signed_in
    other = Visit(ada.context, ada.url).open()
    other.page.get_by_role("button", name="Sign out").click()
    expect(other.page.get_by_label("Password")).to_be_visible()
    other.page.close()
    box = ada.page.get_by_role("textbox", name="Your question")
    box.fill(LOWMERE)
    ada.page.keyboard.press("Enter")
    expect(ada.page.get_by_role("alert")).to_contain_text("You have been signed out")
    expect(box).to_have_value(LOWMERE)
    ada.problems.clear()  # the browser tells of the request that was refused


def test_a_hostile_question_stays_text(signed_in: tuple[Visit, Visit]) -> None:
    ada, _ = signed_in
    for bad in (IMAGE, HOSTILE["markdown image"], HOSTILE["handlebars"], HOSTILE["translation"], HOSTILE["bidi"]):
        expect(ada.ask(f"{bad} {bad}").locator("h2")).to_have_text(squeeze(visible(f"{bad} {bad}")))
    ada.page.reload()
    expect(ada.answered(4).locator("h2")).to_contain_text("safe")
    ada.open("?q=" + "%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E")
    expect(ada.answered(0).locator("h2")).to_have_text(IMAGE)


def test_a_models_words_stay_text_and_are_marked_without_support(
    chromium: Browser, sample_index: Path, tmp_path: Path
) -> None:
    with (
        chat_server() as model,
        serving(DATELINE, index=str(sample_index), data=tmp_path, llm="openai:local", llm_base_url=model.url) as made,
    ):
        tab = visit(chromium, made.url).open()
        sayings = [squeeze(visible(bad)) for bad in HOSTILE.values()]
        for n in range(0, len(sayings), AT_ONCE):
            some = sayings[n : n + AT_ONCE]
            model.words = [f'[1] "made up" => {bad}\n' for bad in some]
            model.words.append('[1] "The flood that swept through Lowmere on Friday entered 412 homes" => 412 homes.\n')
            turn = tab.ask(LOWMERE)
            expect(turn.locator(".dl-statement")).to_contain_text("412 homes.")
            expect(turn.locator(".dl-unsupported").first).to_contain_text("not supported by the articles")
            assert turn.locator(".dl-unsupported").count() == len(some)
            inert(tab)
        expect(turn.locator(".dl-facts")).to_contain_text("openai:local")
        tab.context.close()
