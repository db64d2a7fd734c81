"""The list of stored conversations as HTML: open, rename, delete, download."""

from collections.abc import Sequence

from ui.store.conversations import ConversationSummary
from ui.strings import Words
from ui.web.views.markup import Html, button, el, join


def listing(entries: Sequence[ConversationSummary], current: str, words: Words) -> Html:
    """Return the list. Only the current conversation has buttons to rename, delete and download."""
    items = [_item(entry, words, current=entry.id == current) for entry in entries]
    listed = el("ul", *items, class_="dl-list") if items else el("p", words("no_conversations"), class_="dl-facts")
    return join(button(words("new"), "begin", class_="dl-button"), el("div", listed, id="dl-list"))


def _item(entry: ConversationSummary, words: Words, *, current: bool) -> Html:
    opened = button(entry.title, "open", data_id=entry.id, aria_current="true" if current else None, dir="auto")
    if not current:
        return el("li", opened)
    tools = el(
        "div",
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
