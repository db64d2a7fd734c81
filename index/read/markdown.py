"""Read a Markdown article: front matter in YAML, TOML or JSON, then text.

Links keep their words; pictures, embedded HTML, struck-out words and the marks of footnotes are left out. A table
gives a line a row, each cell with the head of its column.
"""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from markdown_it import MarkdownIt
from markdown_it.token import Token

from index.read import front_matter
from index.read.base import Item, Raw, SourceFile, whole_file
from index.read.head import Head, derived_title, squeezed, take_lines
from index.read.markup import entities
from index.read.mojibake import mended
from index.read.records.fields import Fields

_FILE_DAY = re.compile(r"(?:^|[-_. ])(\d{4}-\d{2}-\d{2})(?=[-_. ]|$)")
"""Site generators name a post by its day: 2024-10-02-mill.md."""
_NOTE = re.compile(r"^\[\^[^\]\s]{1,60}\]:[ \t]*|\[\^[^\]\s]{1,60}\]", re.MULTILINE)
_WIKI_PICTURE = re.compile(r"!\[\[[^\]\n]{0,200}\]\]")
_WIKI_LINK = re.compile(r"\[\[(?:[^\]|\n]{0,200}\|)?([^\]|\n]{1,200})\]\]")
_HIGHLIGHT = re.compile(r"==(?=\S)([^=\n]{1,500})(?<=\S)==")
_TASK = re.compile(r"^\[[ xX]\]\s+")
_STRUCK = re.compile(r"<(/?)(?:del|s|strike)\b", re.IGNORECASE)


def read(found: SourceFile) -> Iterator[Item]:
    """Yield the file's one article."""
    yield whole_file(found, parse)


def parse(text: str, name: str, read_as: tuple[str, ...] = ()) -> Raw:
    """Return the article of a Markdown text; the first heading is the title when the front matter has none."""
    meta, body = front_matter.split(text)
    fields, head = Fields(meta), Head()
    title = squeezed(entities(fields.text("title")))
    heading, lines = _headed(body)
    if heading and (not title or heading == title):
        lines = lines[1:]
    lines = take_lines(lines, head)
    story = "\n".join(lines)
    published, warnings = fields.published(*head.dates, *_FILE_DAY.findall(PurePosixPath(name).stem))
    return mended(
        Raw(
            id=fields.text("id") or name,
            title=title or heading or derived_title(story),
            text=story,
            published=published,
            source=entities(fields.text("source")) or head.source,
            url=fields.text("url") or head.url,
            category=entities(fields.text("category")) or head.category,
            credit=entities(fields.text("credit")) or head.credit,
            topics=fields.topics(),
            path=name,
            updated=fields.updated() or head.last_updated(),
            language=fields.text("language"),
            origins=fields.origins(published, "text", source=head.source, authors=head.credit),
            warnings=(*read_as, *warnings, *fields.warnings),
        )
    )


def _headed(body: str) -> tuple[str, list[str]]:
    """Return the heading that the text begins with, if it does, and all its lines."""
    for pattern, words in ((_NOTE, ""), (_WIKI_PICTURE, ""), (_WIKI_LINK, r"\1"), (_HIGHLIGHT, r"\1")):
        body = pattern.sub(words, body)
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(body)
    lines = list(_lines(tokens))
    first = next((token.type for token in tokens if token.type not in ("hr", "html_block")), "")
    return (lines[0] if lines and first == "heading_open" else ""), lines


def _lines(tokens: list[Token]) -> Iterator[str]:
    row: list[str] = []
    heads: list[str] = []
    in_table = False
    for token in tokens:
        if token.type in ("table_open", "table_close"):
            in_table, heads = token.type == "table_open", []
        elif token.type == "thead_close":
            heads, row = row, []
        elif token.type == "tr_close" and heads:
            yield from _row(heads, row)
            row = []
        elif token.type == "inline" and in_table:
            row.append(squeezed(_words(token)))
        elif token.type == "inline":
            yield from (_TASK.sub("", squeezed(line)) for line in _words(token).splitlines() if line.strip())
        elif token.type in ("fence", "code_block"):
            yield from (line.strip() for line in token.content.splitlines() if line.strip())


def _row(heads: list[str], cells: list[str]) -> Iterator[str]:
    """Yield a row of a table as a line: "Greens, Seats: 4"."""
    parts = [
        f"{head}: {cell}" if head and i else cell
        for i, (head, cell) in enumerate(zip(heads, cells, strict=False))
        if cell
    ]
    if parts:
        yield ", ".join(parts)


def _words(token: Token) -> str:
    """Return the words of a paragraph, but those that are struck out."""
    words: list[str] = []
    struck = 0
    for part in token.children or ():
        if part.type in ("s_open", "s_close"):
            struck += 1 if part.type == "s_open" else -1
        elif part.type == "html_inline":
            struck += _strikes(part.content)
            words.append("\n" if part.content.lower().startswith("<br") else "")
        elif struck <= 0:
            words.append(
                {"softbreak": " ", "hardbreak": "\n"}.get(part.type, part.content if part.type != "image" else "")
            )
    return "".join(words)


def _strikes(tag: str) -> int:
    match = _STRUCK.match(tag)
    return 0 if match is None else -1 if match[1] else 1
