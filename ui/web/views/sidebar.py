"""The list of stored conversations as HTML: open, pin, rename, delete, download."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from ui.store.conversations import ConversationSummary
from ui.strings import Words
from ui.web.views.markup import Html, button, el, join

_MANY = 8  # conversations from which on a box finds them
_GROUPS = (("today", 0), ("yesterday", 1), ("last_days", 7), ("last_month", 30))


def listing(entries: Sequence[ConversationSummary], current: str, words: Words, *, today: date | None = None) -> Html:
    """Return the list, in groups of days. Only the current conversation has tools: pin, rename, delete, download."""
    groups: dict[str, list[Html]] = {}
    for entry in entries:
        group = "pinned" if entry.pinned else _group(entry.changed, today or datetime.now(UTC).date())
        groups.setdefault(group, []).append(_item(entry, words, current=entry.id == current))
    listed = [
        join(el("h2", words(group), class_="dl-group"), el("ul", *items, class_="dl-list"))
        for group, items in groups.items()
    ] or [el("p", words("no_conversations"), class_="dl-facts")]
    return join(
        button(words("new"), "begin", class_="dl-button"),
        _search(words) if len(entries) >= _MANY else None,
        el("div", *listed, id="dl-list"),
    )


def _search(words: Words) -> Html:
    label = words("find_conversation")
    return el("input", type="search", placeholder=label, aria_label=label, class_="dl-find")


def _group(changed: str, today: date) -> str:
    """Return the key of the group that a conversation belongs to. Days are those of UTC, as they are stored."""
    try:
        days = (today - datetime.fromisoformat(changed).date()).days
    except ValueError:
        return "older"
    return next((name for name, most in _GROUPS if days <= most), "older")


def _item(entry: ConversationSummary, words: Words, *, current: bool) -> Html:
    opened = button(entry.title, "open", data_id=entry.id, aria_current="true" if current else None, dir="auto")
    if not current:
        return el("li", opened)
    tools = el(
        "div",
        button(words("unpin" if entry.pinned else "pin"), "pin", drawn="pin", data_id=entry.id,
               data_pinned="" if entry.pinned else "1", aria_pressed="true" if entry.pinned else "false"),
        button(words("rename"), "renaming", drawn="pen", data_id=entry.id, data_title=entry.title,
               data_save=words("save"), data_cancel=words("cancel"), data_label=words("rename")),
        button(words("delete"), "deleting", drawn="bin", data_id=entry.id, data_sure=words("delete_sure"),
               data_delete=words("delete"), data_cancel=words("cancel")),
        _file(entry.id, "md", "Markdown", words("export_markdown")),
        _file(entry.id, "json", "JSON", words("export_json")),
        class_="dl-tools",
    )  # fmt: skip
    return el("li", opened, tools)


def _file(id_: str, form: str, name: str, label: str) -> Html:
    return el("a", name, href=f"conversations/{id_}.{form}", download=True, title=label, aria_label=label)
