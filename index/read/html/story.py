"""Find the lines of a page's story.

trafilatura says which text is the story; the lines are our own, so that nothing is glued together or torn apart.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass

from index.read.base import Skip
from index.read.html.lines import Line, lines_of
from index.read.html.markup import MAX_TEXT, Element
from index.read.html.metadata import byline

_PROSE = re.compile(r"[.!?…:;,][\"”’»')\]]*$")
_POINTER = re.compile(
    r"[\[(►▶→»•*\s]*(?:read|see|watch|listen|also read|read also|related|more|recommended|don['’]t miss"
    r"|you (?:may|might) also like)\b[^:]{0,25}:?",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"\[\s*(?:read|see|watch|listen|related|more)\b[^\[\]]{0,200}\]", re.IGNORECASE)
_LOCKED = re.compile(
    r"(?:this|the (?:full|rest of (?:the|this))) (?:article|story|content) is (?:only )?(?:available )?(?:for|to)"
    r" (?:our )?(?:paying )?(?:subscribers|members)(?: only)?\.?"
    r"|to (?:continue|keep|read on)\b.{0,60}\b(?:subscribe|log in|sign in|register)\b.{0,120}"
    r"|(?:subscribe|log in|sign in|register)(?: now)? to (?:continue|keep|read)\b.{0,120}"
    r"|already (?:a subscriber|a member|have an account|subscribed)\?.{0,80}"
    r"|loading\s*[.…]*|please wait\b.{0,40}"
    r"|you have (?:reached|read|used) .{0,40}\b(?:free|limit)\b.{0,80}",
    re.IGNORECASE,
)
_SHORTEST_PARAGRAPH = 9  # words; chosen, not measured: bylines and captions are shorter
_TABLE_PARTS = ("table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th")
_LONGEST_HEAD = 20  # lines; chosen, not measured: bylines, dates and buttons
_BUTTON = 3  # places in which a link with the same words is a button; chosen, not measured: "Show it on the map"
_MOST_BETWEEN = 8  # lines between a standfirst and the first paragraph; chosen, not measured
_MOST_SEARCHES = 2000  # chosen, not measured: each goes through the whole text
_PARAGRAPHS = ("p", "li", "td", "h2", "h3", "h4", "blockquote")
_QUOTE_TAGS = ("blockquote", "aside", "figure")


@dataclass(frozen=True, slots=True)
class Story:
    """The lines of a page's story, and those between its headline and its first paragraph: byline and date."""

    lines: tuple[Line, ...] = ()
    head: tuple[Line, ...] = ()


def find_story(root: Element) -> Story:
    """Return the page's story, with no lines if there is none. Raises `Skip` for a page that only lists others."""
    body = root.find("body")
    lines = [line for line in lines_of(body if body is not None else root) if re.search(r"\w", line.text)]
    if sum(len(line.text) for line in lines) > MAX_TEXT:
        raise Skip("more than a million characters of text; save the article alone")
    if not lines:
        return Story()
    chosen = _within_story(lines, _marked(root, lines))
    repeated = Counter(line.text for line in chosen if line.link_share > 0.8)
    kept = _below_headline(lines, [line for line in chosen if not _is_pointer(line) and repeated[line.text] < _BUTTON])
    kept = _without_bare_headings(lines, kept)
    if _only_teasers(kept):
        raise Skip("a list of teasers, not a story; save the pages that it links to")
    return Story(tuple(_without_pull_quotes(kept)), tuple(_head(lines, kept)))


def _head(lines: list[Line], story: Sequence[Line]) -> list[Line]:
    """Return the lines from the last headline before the story to the story's first paragraph."""
    paragraphs = [line for line in story if _prose(line) and len(line.text.split()) >= _SHORTEST_PARAGRAPH]
    before = lines[: lines.index(paragraphs[0])] if paragraphs else lines[:10]
    headline = max((i for i, line in enumerate(before) if line.block.tag == "h1"), default=None)
    head = before[headline + 1 :][-_LONGEST_HEAD:] if headline is not None else before[-8:]
    return [*head, *_below_standfirst(lines, paragraphs)]


def _below_standfirst(lines: list[Line], paragraphs: Sequence[Line]) -> list[Line]:
    """Return the lines between the first two paragraphs if byline or time is among them: the first is a standfirst."""
    if len(paragraphs) < 2:
        return []
    first, second = map(lines.index, paragraphs[:2])
    between = [line for line in lines[first + 1 : second] if not line.is_heading]
    told = any(byline(line) or line.block.tag == "time" or line.block.find("time") is not None for line in between)
    return between if told and len(between) <= _MOST_BETWEEN else []


def _below_headline(lines: Sequence[Line], story: list[Line]) -> list[Line]:
    """Return the story without the kicker above its headline, "Politics" or so; all if a paragraph stands there."""
    headline = next((i for i, line in enumerate(lines) if line.block.tag == "h1"), 0)
    above = set(lines[:headline]).intersection(story)
    return story if any(map(_prose, above)) else [line for line in story if line not in above]


def _without_bare_headings(lines: Sequence[Line], story: list[Line]) -> list[Line]:
    """Return the story without headings over nothing but links, which have been left out."""
    kept, bare = set(story), set[Line]()
    heading, linked = None, False
    for line in lines:
        if line.is_heading or line in kept:
            if heading is not None and linked and line.is_heading:
                bare.add(heading)
            heading, linked = line if line.is_heading else None, False
        linked = linked or (line not in kept and line.link_share >= 0.5)
    if heading is not None and linked:
        bare.add(heading)
    return [line for line in story if line not in bare]


def _marked(root: Element, lines: Sequence[Line]) -> list[bool]:
    """Return whether trafilatura takes each line for part of the story."""
    import trafilatura  # half a second, only where there are pages
    from trafilatura.settings import Document

    page = trafilatura.bare_extraction(
        _without_tables(root),
        fast=True,  # without what it falls back to: justext reads 100 stop lists for a page, and glues its lines
        with_metadata=False,
        include_comments=False,
        include_tables=False,
        favor_recall=True,
    )
    if not isinstance(page, Document) or not page.text:
        return [False] * len(lines)
    return list(_found_in(page.text, lines))


def _without_tables(root: Element) -> Element:
    """Return a copy of a page whose tables are blocks: 50 cells that reach over 1,000 rows and columns cost minutes."""
    copy = deepcopy(root)
    for element in copy.iter(*_TABLE_PARTS):
        element.tag = "p" if element.tag in ("td", "th", "caption") and not len(element) else "div"
        for name in ("rowspan", "colspan", "role"):
            element.attrib.pop(name, None)
    return copy


def _found_in(story: str, lines: Sequence[Line]) -> Iterator[bool]:
    """Yield for each line whether its letters are in a text, as a line or a part of one."""
    whole = {_letters(line) for line in story.split("\n")}
    letters = _letters(story)
    searches = _MOST_SEARCHES  # each goes through all of the text
    for line in lines:
        own = _letters(line.text)
        if own in whole:
            yield True
        else:
            searches -= 1
            yield searches > 0 and own in letters


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()


def _within_story(lines: Sequence[Line], marked: Sequence[bool]) -> list[Line]:
    """Return the marked lines and the paragraphs between and beside them that share their container."""
    container = _container([line for line, is_story in zip(lines, marked, strict=True) if is_story and _prose(line)])
    if container is None:
        return [line for line, is_story in zip(lines, marked, strict=True) if is_story] or list(filter(_prose, lines))
    within = set(container.iter())
    return [
        line
        for line, is_story in zip(lines, marked, strict=True)
        if line.block in within and (is_story or line.link_share < 0.5)
    ]


def _container(lines: Sequence[Line]) -> Element | None:
    """Return the deepest element that holds nine tenths of the prose, so that a stray footer does not widen it."""
    if not lines:
        return None
    held: Counter[Element] = Counter()
    for line in lines:
        held[line.block.getparent() if line.block.tag in _PARAGRAPHS else line.block] += len(line.text)
    enough = sum(held.values()) * 0.9
    # Children come before their parents here, so the first that holds enough is the deepest.
    for element in reversed(list(lines[0].block.getroottree().iter())):
        if held[element] >= enough:
            return element
        if element.getparent() is not None:
            held[element.getparent()] += held[element]
    return None


def _prose(line: Line) -> bool:
    return not line.is_heading and line.link_share < 0.5 and bool(_PROSE.search(line.text)) and " " in line.text


def _is_pointer(line: Line) -> bool:
    """Return whether a line points to another story, or asks to subscribe for the rest of this one."""
    if _BRACKETED.fullmatch(line.text) or _LOCKED.fullmatch(line.text):
        return True
    return line.link_share > 0.5 and _POINTER.match(line.text) is not None


def _only_teasers(lines: Sequence[Line]) -> bool:
    """Return whether the lines are headings that link to other pages, each with a few words below."""
    heads = [line for line in lines if line.link_share > 0.8 and len(line.text.split()) >= 2]
    others = [line for line in lines if line not in heads]
    if len({line.text for line in heads}) < 3:  # "Show it on the map" is no headline
        return False
    return sum(len(line.text.split()) for line in others) < 30 * len(heads) and not any(
        len(line.text.split()) >= 50 for line in others
    )


def _without_pull_quotes(lines: Sequence[Line]) -> list[Line]:
    """Return the lines without those set apart that only repeat words of another line."""
    letters = [_letters(line.text) for line in lines]
    whole = "\n".join(letters)
    return [
        line
        for line, own in zip(lines, letters, strict=True)
        if not (_set_apart(line) and len(line.text.split()) >= 3 and whole.count(own) > 1)
    ]


def _set_apart(line: Line) -> bool:
    for element in (line.block, *line.block.iterancestors()):
        if element.tag in _QUOTE_TAGS or re.search(r"pull-?quote|quote", element.get("class", ""), re.IGNORECASE):
            return True
        if element.tag in ("article", "main", "body"):
            return False
    return False
