"""Read a saved web page or newsletter: the story without navigation, adverts, comments or hidden text.

Metadata is read first, then what a reader does not see is removed, then what is not the story. Nothing is fetched.
"""

import re
from collections.abc import Iterator, Sequence
from functools import partial

from index.read import text
from index.read.base import Item, Raw, Skip, SourceFile, found_in, source_digest
from index.read.html.boilerplate import remove_boilerplate, remove_dialogs
from index.read.html.lines import Line
from index.read.html.linked_data import linked_data
from index.read.html.live_blog import is_live_blog, mark_older_entries, written
from index.read.html.markup import decode_page, is_markup, parse_markup
from index.read.html.metadata import byline, headline_of, page_authors, page_outlet, page_section, page_title, page_url
from index.read.html.publication import is_dateline, publication_day, update_day
from index.read.html.story import Story, find_story
from index.read.html.visibility import remove_unseen
from index.read.markup import entities
from index.read.mojibake import mended


def read(found: SourceFile) -> Iterator[Item]:
    """Yield the page's one article."""
    data = found.data()
    yield Item(found.name, found.name, source_digest(data, found.name), partial(parse, data, found.name))


def parse(data: bytes, name: str) -> Raw:
    """Return the article of a page. Raises `Skip` with the reason when there is none."""
    page = decode_page(data)
    if not is_markup(page):
        return text.parse(page, name)
    root = parse_markup(page)
    about = linked_data(root)
    outlet, url = page_outlet(root, about), page_url(root, about)
    # Open dialogs go first: a page may show nothing else until one is answered.
    remove_dialogs(root)
    remove_unseen(root)
    if about.is_live_blog or is_live_blog(root):
        mark_older_entries(root)
    remove_boilerplate(root)
    story = find_story(root)
    published, where, warnings = publication_day(root, stated=about.published, head=story.head, url=url)
    updated = update_day(root, stated=about.updated)
    credit = entities(page_authors(root, about, story.head))
    text_ = _text(story, (*credit.split("; "), outlet)) or about.body or written(about.updates)
    above = (text_.partition("\n")[0], *(line.text for line in story.head))
    title = headline_of(page_title(root, about, outlet), above)
    raw = Raw(
        id=name,
        title=entities(title) or name,
        text=entities(text_) or _no_story(page),
        published=published,
        source=entities(outlet),
        url=url,
        category=entities(page_section(root, about)),
        credit=credit,
        path=name,
        updated=updated,
        language=root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or "",
        origins=(
            *found_in(where, published=published),
            *found_in("page", updated=updated, authors=credit, source=outlet),
        ),
        warnings=warnings,
    )
    return mended(raw)


def _text(story: Story, names: Sequence[str]) -> str:
    """Return the story without its headline, byline and date line; nothing where there are headings alone.

    `names` are those of the authors and the outlet, which may be a line of the head.
    """

    def tells_who_or_when(line: Line) -> bool:
        counts = line.text.isdigit()  # of comments, or of who liked it
        return counts or line.text in names or bool(byline(line)) or is_dateline(line)

    head = set(filter(tells_who_or_when, story.head))
    lines = [line for line in story.lines if line.block.tag != "h1" and line not in head]
    return "\n".join(line.text for line in lines) if any(not line.is_heading for line in lines) else ""


def _no_story(page: str) -> str:
    if re.search(r"<noscript\b|<script\b", page, re.IGNORECASE):
        raise Skip("no story found in the page: it needs JavaScript to show it; save the page from a browser")
    raise Skip("no story found in the page")
