"""Read a plain text article: the headline on the first line, then perhaps "Outlet, date", then the story."""

from collections.abc import Iterator
from functools import partial

from index.read.base import Found, Item, Raw, decode, digest, parse_date


def read(found: Found) -> Iterator[Item]:
    """Yield the file's one article."""
    data = found.data()
    yield Item(found.name, found.name, digest(data, found.name), partial(_decoded, data, found.name))


def _decoded(data: bytes, name: str) -> Raw:
    return parse(decode(data), name)


def parse(text: str, name: str) -> Raw:
    """Return the article of a plain text."""
    lines = [line.strip() for line in text.splitlines()]
    lines = lines[next(i for i, line in enumerate(lines) if line) :]
    title, body = lines[0], lines[1:]
    while body and not body[0]:
        body.pop(0)
    source, published = "", None
    if body and len(body[0]) <= 80 and "," in body[0]:
        outlet, _, day = body[0].partition(",")
        published = parse_date(day.strip())
        if published:
            source, body = outlet.strip(), body[1:]
    return Raw(id=name, title=title, text="\n".join(body).strip(), published=published, source=source, path=name)
