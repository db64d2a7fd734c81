"""HTML that is safe by construction: `el` escapes all text, and no other module of the page may build a tag.

So a headline, a question or a model's sentence can never become markup.
"""

import re
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from index.text.clean import visible

_NAME = re.compile(r"[a-z][a-z0-9-]*\Z")
_VOID = frozenset({"br", "hr", "input"})


Html = Markup
"""A string of markup. Plain text that is joined to it, or formatted into it, is escaped."""


def el(tag: str, /, *children: str | None, **attributes: str | int | bool | None) -> Html:
    """Return an element. Children that are not `Html` are text.

    Attributes are written `class_="x"`, `data_act="go"`; True writes the name only, None and False omit it.
    Invisible characters, among them those that reverse the direction of text, are dropped.
    """
    head = [tag]
    for name, value in attributes.items():
        if value is None or value is False:
            continue
        written = name.rstrip("_").replace("_", "-")
        if not _NAME.match(written) or written.startswith("on") or written in ("style", "srcdoc"):
            raise ValueError(f"{written} is no attribute for this page")
        head.append(written if value is True else f'{written}="{text(str(value))}"')
    inside = join(*children)
    return Html(f"<{' '.join(head)}>" if tag in _VOID else f"<{' '.join(head)}>{inside}</{tag}>")


def join(*parts: str | None) -> Html:
    """Concatenate the parts; those that are not `Html` are text."""
    return Html("".join(part if isinstance(part, Html) else text(part) for part in parts if part))


def text(value: str) -> Html:
    """Escape text for HTML, also inside attributes."""
    return escape(visible(value))


def excerpt(words: str, most: int = 220) -> str:
    """Return a text in one line, cut at a word where it is too long."""
    line = " ".join(words.split())
    if len(line) <= most:
        return line
    cut = line[:most].rsplit(" ", 1)[0] if " " in line[:most] else line[: most - 1]
    return cut.rstrip(" .,;:") + " …"


def web_address(url: str) -> str:
    """Return the address if it is safe to link: http or https, with a host and without user or password; else ""."""
    seen = visible(url).strip()
    try:
        parts = urlsplit(seen)
        host = parts.hostname
    except ValueError:
        return ""
    fine = parts.scheme in ("http", "https") and host and not parts.username and not parts.password
    return seen if fine and not re.search(r"[\s\\<>\"'`]", seen) else ""


def link(url: str, label: str) -> Html:
    """Return a link to another site, which does not learn this one's address; "" if the address is not safe."""
    address = web_address(url)
    if not address:
        return Html()
    return el("a", label, href=address, target="_blank", rel="noopener noreferrer nofollow", class_="dl-out")


_ICONS = {
    "up": "M7 11v9H4v-9zM7 11l4-8c1.4 0 2.3 1 2.3 2.3V9H19c1 0 1.8.9 1.6 1.9l-1.3 7.4c-.2 1-1 1.7-2 1.7H7",
    "down": "M17 13V4h3v9zM17 13l-4 8c-1.4 0-2.3-1-2.3-2.3V15H5c-1 0-1.8-.9-1.6-1.9l1.3-7.4c.2-1 1-1.7 2-1.7H17",
    "close": "M6 6l12 12M18 6L6 18",
    "pen": "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3",
    "pin": "M9 3h6l-1 6 4 4H6l4-4zM12 13v8",
    "bin": "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
    "back": "M15 5l-7 7 7 7",
    "next": "M9 5l7 7-7 7",
    "list": "M4 6h16M4 12h16M4 18h10",
    "keys": "M3 7h18v10H3zM7 11h.01M11 11h.01M15 11h.01M8 14h8",
    "moon": "M20 14a8 8 0 0 1-10-10 8 8 0 1 0 10 10z",
}


def icon(name: str) -> Html:
    """Return one of the page's icons. Screen readers skip it: it needs a label beside it."""
    return Html(
        '<svg viewBox="0 0 24 24" width="16" height="16" fill="none" stroke="currentColor" stroke-width="1.7" '
        'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">'
        f'<path d="{_ICONS[name]}"></path></svg>'
    )


def button(label: str, act: str, /, *, drawn: str = "", **data: str | int | bool | None) -> Html:
    """Return a button whose click the script turns into the event `act`.

    With `drawn` it shows that icon, and the label becomes its tooltip and accessible name.
    """
    if drawn:
        return el("button", icon(drawn), type="button", data_act=act, title=label, aria_label=label, **data)
    return el("button", label, type="button", data_act=act, **data)
