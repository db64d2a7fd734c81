"""What stands around the conversation, as HTML: header, welcome, toast, the note above the box."""

import json
from collections.abc import Sequence

from ui.strings import Words
from ui.web.coverage import Coverage
from ui.web.views.markup import Html, button, el

_MOST_OUTLETS = 6  # named in the welcome: two lines
_KEYS = (
    ("/", "key_ask"), ("Enter", "key_enter"), ("↑", "key_up"), ("j", "key_next"), ("k", "key_previous"),
    ("Esc", "key_escape"), ("?", "key_help"),
)  # fmt: skip
VIEWS = ("ask", "browse", "index")
SCRIPT_TEXTS = (
    "busy", "close", "comment", "found", "looking", "no_connection", "not_there", "queued", "reason_beside",
    "reason_missing", "reason_old", "reason_wrong", "reindex_full", "send", "signed_out", "stop", "take_back",
    "thanks", "too_long", "try_again", "unreachable", "why_not",
)  # fmt: skip


def welcome(starters: Sequence[str], stories: Html | None, coverage: Coverage, words: Words) -> list[Html]:
    """Return the HTML of an empty conversation: what the index covers, starter questions, the newest stories."""
    return [
        el(
            "section",
            el("h2", words("welcome")),
            el("p", words("about"), " ", coverage_sentence(coverage, words)),
            questions_html(words("starters"), starters),
            stories,
            class_="dl-welcome",
        )
    ]


def page_header(words: Words, user: str, *, limit: int) -> Html:
    """Return the page's header: name, views, user, dark or light, and a status line for screen readers.

    With the status line come the texts that the script shows by itself, and the longest question in characters.
    """
    views = [
        button(words(f"{name}_tab"), "view", data_view=name, aria_current="page" if name == "ask" else None)
        for name in VIEWS
    ]
    texts = json.dumps({key: words(key) for key in SCRIPT_TEXTS}, ensure_ascii=False)
    out = el("form", el("button", words("sign_out"), type="submit"), action="logout", method="post")
    return el(
        "div",
        button(words("conversations"), "side", drawn="list", aria_expanded="false"),
        el("h1", "Dateline", class_="dl-brand"),
        el("nav", *views, class_="dl-nav", aria_label=words("views")),
        el("span", user, class_="dl-user") if user else None,
        out if user else None,
        button(words("keys_help"), "keys", drawn="keys"),
        button(words("dark"), "dark", drawn="moon"),
        _keys(words),
        el("p", id="dl-said", class_="dl-sr", role="status", data_words=texts, data_limit=limit),
        class_="dl-head",
    )


def _keys(words: Words) -> Html:
    """Return the list of keys, which the script opens."""
    rows = [el("div", el("dt", el("kbd", key)), el("dd", words(said))) for key, said in _KEYS]
    close = el("form", el("button", words("close"), type="submit", class_="dl-button"), method="dialog")
    return el("dialog", el("h2", words("keys")), el("dl", *rows), close, id="dl-keys", aria_label=words("keys"))


def toast(said: str, words: Words, *, bad: bool = False) -> Html:
    """Return a notification that stays until it is closed. (Gradio's own needs the queue.)"""
    closing = button(words("close"), "dismiss", drawn="close")
    return el("div", el("p", said), closing, class_="dl-toast", role="alert" if bad else "status")


def shared_toast(key: str, words: Words) -> Html:
    """Return a notification with the link of an answer that was shared."""
    copy = button(words("copy"), "link", data_query=f"s={key}", data_said=words("copied"), class_="dl-linked")
    closing = button(words("close"), "dismiss", drawn="close")
    return el("div", el("p", words("shared"), " ", copy), closing, class_="dl-toast", role="status")


def editing_note(n: int | None, words: Words) -> Html:
    """Return the note above the box while a question is being edited."""
    if n is None:
        return Html()
    return el("p", words("editing", number=n + 1), button(words("cancel"), "keep"), class_="dl-note")


def coverage_sentence(coverage: Coverage, words: Words) -> str:
    """Return a sentence on what the index covers: number of articles, first and last day, outlets."""
    if coverage.first and coverage.last:
        span = words("covered_span", first=words.day(coverage.first), last=words.day(coverage.last))
    else:
        span = words("covered_all_dates")
    names = [name for name in coverage.outlets if name]
    some = ", ".join(names[:_MOST_OUTLETS])
    if len(names) > _MOST_OUTLETS:
        some += f", {words('others', count=len(names) - _MOST_OUTLETS)}"
    if some:
        span += f", {words('of', names=some)}"
    return words("covered", articles=words.count("articles", coverage.articles), span=span)


def questions_html(label: str, questions: Sequence[str]) -> Html | None:
    """Return questions as buttons that ask them."""
    if not questions:
        return None
    items = [el("li", button(question, "suggested", data_question=question)) for question in questions]
    return el("div", el("h3", label), el("ul", *items), class_="dl-questions")
