"""Split front matter from a Markdown text, in YAML (---), TOML (+++) or JSON ({ … }).

Titles are taken as they are written: in YAML a plain `title: Mill to close: 240 jobs go`, `title: @mayor quits` or
`title: Mill #4` would be an error or cut, so the values of text fields are quoted before YAML sees them.
"""

import json
import re
import tomllib
from typing import Any

import yaml

from index.read.base import Skip

_LONGEST = 50_000  # characters; chosen, not measured: no author writes so many fields, and YAML is slow
_TEXT_FIELD = re.compile(
    r"(?P<key>title|headline|subtitle|description|summary|source|publisher|outlet|authors?|byline|category|section)"
    r"[ \t]*:[ \t]+(?P<value>\S.*)",
    re.IGNORECASE,
)
# What YAML reads as it is meant: quoted text, a list, a block of lines, an alias, a tag, nothing.
_FOR_YAML = re.compile(
    r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|\[.*\]|\{(?!\{).*\}|[|>][+-]?\d?|[*&]\w+|!!\S.*|~|null)\s*(?:\s#.*)?"""
)
_BEGINS_FIELDS = re.compile(r"[^\s:#][^:]*:(?:\s|$)|-\s+\S|[{\[]")


class _Fields(yaml.BaseLoader):
    """Load text, lists and mappings, and nothing else.

    A wrong tag, a day in the year 99999 or a merge of merges cannot fail or grow: tags are ignored, days and
    numbers stay text, and an alias, which front matter has no use for, is refused.
    """

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem="an alias (*) is not read here", problem_mark=mark)
        return super().compose_node(parent, index)


_Fields.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"(?:~|null|Null|NULL|)\Z"), ["~", "n", "N", ""])
_Fields.add_constructor("tag:yaml.org,2002:null", lambda *_: None)


def split(text: str) -> tuple[dict[str, Any], str]:
    """Return the fields of the front matter, none where there is none, and the text below it.

    Raises `Skip` with the line and the cure for front matter that cannot be read.
    """
    lines = text.splitlines()
    fence = lines[0].strip() if lines else ""
    if fence == "---" and _begins_fields(lines[1:]):
        return _fenced(lines, ("---", "..."), _yaml)
    if fence == "+++":
        return _fenced(lines, ("+++",), _toml)
    if fence.startswith("{"):
        return _json(text)
    return {}, text


def _begins_fields(lines: list[str]) -> bool:
    """Say whether fields follow a line ---, which is a rule else. A line # may be a comment or a heading."""
    first = next((line for line in lines if not line.startswith("#")), "")
    return _BEGINS_FIELDS.match(first) is not None


def _fenced(lines: list[str], ends: tuple[str, ...], parse: Any) -> tuple[dict[str, Any], str]:
    end = next((i for i, line in enumerate(lines[1:], 1) if line.rstrip() in ends), None)
    if end is None:
        raise Skip(f"the front matter is not closed: put a line {ends[0]} below its last field")
    _require_short("\n".join(lines[1:end]))
    meta = parse(lines[1:end])
    if not isinstance(meta, dict):
        raise Skip("the front matter is not a list of `key: value` lines")
    return meta, "\n".join(lines[end + 1 :])


def _require_short(written: str) -> None:
    if len(written) > _LONGEST:
        raise Skip(f"the front matter has {len(written)} characters, more than {_LONGEST}")


def _yaml(lines: list[str]) -> Any:
    quoted = [_quoted(line, after) for line, after in zip(lines, [*lines[1:], ""], strict=True)]
    try:
        return yaml.load("\n".join(quoted), Loader=_Fields) or {}  # noqa: S506  (it makes no objects)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        number = min(mark.line + 1 if mark else 1, len(lines))
        line = lines[number - 1].strip()[:60]
        cure = '; put the value in quotes, as in title: "…"' if "alias" not in (error.problem or "") else ""
        reason = error.problem if "alias" in (error.problem or "") else "cannot be read"
        raise Skip(f"line {number + 1} of the file, {line!r}, is not YAML: it {reason}{cure}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Skip(f"the front matter is not YAML: {str(error).splitlines()[0]}") from error


def _quoted(line: str, following: str) -> str:
    """Return a line of front matter with the value of a text field in quotes, unless YAML reads that as it is meant."""
    match = _TEXT_FIELD.fullmatch(line.rstrip())
    if match is None or following[:1].isspace() or _FOR_YAML.fullmatch(match["value"]):
        return re.sub(r"^([\w-]+:)\t+", r"\1 ", line)
    value = match["value"]
    if value[0] in "\"'" and value[-1] == value[0] and len(value) > 1:
        value = value[1:-1]
    return f"{match['key']}: {json.dumps(value, ensure_ascii=False)}"


def _toml(lines: list[str]) -> Any:
    try:
        return tomllib.loads("\n".join(lines))
    except (ValueError, RecursionError) as error:
        raise Skip(f'the front matter is not TOML: {error}; text has to be in quotes, as in title = "…"') from error


def _json(text: str) -> tuple[dict[str, Any], str]:
    try:
        meta, end = json.JSONDecoder().raw_decode(text[: _LONGEST + 1])
    except (ValueError, RecursionError) as error:
        if re.match(r"\{\s*\"", text):
            raise Skip(f"the front matter is not JSON: {error}") from error
        return {}, text  # a text that begins with a brace
    return (meta, text[end:]) if isinstance(meta, dict) else ({}, text)
