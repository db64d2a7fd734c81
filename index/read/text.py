"""Read a plain text article: a headline, then lines that say who published it and when, then the story.

A text whose first line is no headline is all story; its first sentence gives it a title.
"""

from collections.abc import Iterator

from index.read.base import Item, Raw, SourceFile, found_in, whole_file
from index.read.head import Head, derived_title, take_headline, take_key_lines, take_lines
from index.read.markup import plain
from index.read.mojibake import mended
from index.read.wrap import unwrapped


def read(found: SourceFile) -> Iterator[Item]:
    """Yield the file's one article."""
    yield whole_file(found, parse)


def parse(text: str, name: str, warnings: tuple[str, ...] = ()) -> Raw:
    """Return the article of a plain text."""
    lines = unwrapped(plain(text)).splitlines()
    head = Head()
    lines = take_key_lines(lines, head) or lines
    return below(head, lines, name, warnings)


def below(head: Head, lines: list[str], name: str, warnings: tuple[str, ...] = ()) -> Raw:
    """Return the article of the lines, which may begin with a headline, a byline, an outlet and a day."""
    lines = take_lines(take_headline(lines, head), head)
    body = "\n".join(line.strip() for line in lines).strip()
    published, no_date = head.published()
    updated = head.last_updated()
    return mended(
        Raw(
            id=name,
            title=head.title or derived_title(body),
            text=body,
            published=published,
            source=head.source,
            url=head.url,
            category=head.category,
            credit=head.credit,
            topics=tuple(topic.strip() for topic in head.topics.split(",") if topic.strip()),
            path=name,
            updated=updated,
            language=head.language,
            origins=found_in("text", published=published, updated=updated, source=head.source, authors=head.credit),
            warnings=(*warnings, *no_date),
        )
    )
