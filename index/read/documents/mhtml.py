"""Read a page that a browser has saved in one file (.mhtml, .mht): a mail whose first HTML part is the page."""

from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from functools import partial

from index.read import html
from index.read.base import Item, Raw, Skip, SourceFile, source_digest
from index.read.documents.mail import header, utf8
from index.read.head import squeezed


def read(found: SourceFile) -> Iterator[Item]:
    """Yield the page's one article."""
    data = found.data()
    yield Item(found.name, found.name, source_digest(data, found.name), partial(parse, data, found.name))


def parse(data: bytes, name: str) -> Raw:
    """Return the article of a saved page. The day on which it was saved is not the day of the article."""
    message = message_from_bytes(data, policy=policy.default)
    page = next((part for part in message.walk() if part.get_content_type() == "text/html"), None)
    if page is None:
        raise Skip("no page in it; save it anew from the browser")
    raw = html.parse(utf8(page), name)
    place = header(page, "Content-Location") or header(message, "Snapshot-Content-Location")
    title = squeezed(header(message, "Subject"))
    return replace(raw, url=raw.url or place.strip(), title=title if title and raw.title == name else raw.title)
