"""Read a Markdown article: YAML front matter (`title`, `date`, `source`, `url`, `category`, `author`, `id`), then text.

Links keep their words, pictures and embedded HTML are left out.
"""

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from index.read.base import Found, Item, Raw, Skip, decode, digest, first_date

_LONGEST_FRONT_MATTER = 50_000


class _Fields(yaml.BaseLoader):
    """Load text, lists and mappings, and nothing else.

    A wrong tag, a day in the year 99999 or a merge of merges cannot fail or grow: tags are passed over, days and
    numbers stay text, and an alias, which front matter has no use for, is refused.
    """

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem="an alias (*) is not read here", problem_mark=mark)
        return super().compose_node(parent, index)


_Fields.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"~|null|Null|NULL|"), ["~", "n", "N", ""])
_Fields.add_constructor("tag:yaml.org,2002:null", lambda *_: None)


def read(found: Found) -> Iterator[Item]:
    """Yield the file's one article."""
    data = found.data()
    yield Item(found.name, found.name, digest(data, found.name), partial(_decoded, data, found.name))


def _decoded(data: bytes, name: str) -> Raw:
    return parse(decode(data), name)


def parse(text: str, name: str) -> Raw:
    """Return the article of a Markdown text; the first heading is the title when the front matter has none."""
    meta, body = _front_matter(text)
    lines = list(_lines(MarkdownIt("commonmark").parse(body)))
    title = _field(meta, "title")
    if not title and lines:
        title = lines.pop(0)
    elif lines and lines[0] == title:
        lines.pop(0)
    published, warnings = first_date((meta.get("date"), meta.get("published")))
    return Raw(
        id=_field(meta, "id") or name,
        title=title,
        text="\n".join(lines),
        published=published,
        source=_field(meta, "source"),
        url=_field(meta, "url"),
        category=_field(meta, "category"),
        credit=_field(meta, "author"),
        path=name,
        warnings=warnings,
    )


def _front_matter(text: str) -> tuple[dict[str, Any], str]:
    lines = text.splitlines()
    if not lines or lines[0].strip() != "---":
        return {}, text
    end = next((i for i, line in enumerate(lines[1:], 1) if line.strip() == "---"), None)
    if end is None:
        raise Skip("the front matter is not closed by a line ---")
    if (size := sum(map(len, lines[1:end]))) > _LONGEST_FRONT_MATTER:
        raise Skip(f"the front matter has {size} characters, more than {_LONGEST_FRONT_MATTER}")
    try:
        meta = yaml.load("\n".join(lines[1:end]), Loader=_Fields) or {}  # noqa: S506  (it makes no objects)
    except (yaml.YAMLError, RecursionError) as error:
        raise Skip(f"the front matter is not YAML: {str(error).splitlines()[0]}") from error
    if not isinstance(meta, dict):
        raise Skip("the front matter is not a list of `key: value` lines")
    return meta, "\n".join(lines[end + 1 :])


def _field(meta: dict[str, Any], key: str) -> str:
    value = meta.get(key)
    return "" if value is None or isinstance(value, dict | list) else str(value).strip()


def _lines(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "inline":
            words = "".join(_words(token.children or []))
            yield from (line.strip() for line in words.splitlines() if line.strip())
        elif token.type in ("fence", "code_block"):
            yield from (line.strip() for line in token.content.splitlines() if line.strip())


def _words(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in ("text", "code_inline"):
            yield token.content
        elif token.type == "softbreak":
            yield " "
        elif token.type == "hardbreak":
            yield "\n"
