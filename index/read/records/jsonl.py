"""Read JSON lines, an object a line, a JSON array of such objects, or one object that holds them.

A field may have any of its usual names (`index.read.records.fields`). Lines and arrays are streamed, so the size of the
file does not matter; a record may have 20 MB, and so may a file that is one object.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, BinaryIO

from index.read.base import Item, Raw, Skip, SourceFile, decode, source_digest
from index.read.files import MAX_BYTES
from index.read.head import derived_title
from index.read.markup import plain
from index.read.mojibake import mended
from index.read.records.fields import NO_COLUMNS, Fields, content_id, flattened
from index.read.records.json_array import elements
from index.read.wrap import unwrapped

_ID = re.compile(r'"(?:id|url)"\s*:\s*("(?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"|\d{1,300})')
_IDS_WITHIN = 100_000  # bytes of a broken line that are searched for ids; chosen, not measured: ids come early
_ESCAPED_BREAK = re.compile(r"(?<=[.!?\"”’])(?:\\r)?\\n")
"""A line break that was encoded twice. After a letter it is left: it may be part of a path."""
_CUT = re.compile(r"\s*(?:…|\.\.\.)?\s*\[\+\d+ chars\]$")
"""How NewsAPI marks a text that it has cut."""
_BLANK = b"\xef\xbb\xbf \t\r\n"
_ARRAY = re.compile(rb"(?:\xef\xbb\xbf)?\s*\[\s*(?:\{|\Z)")
_ANSWERS = ("response", "hits", "data", "result", "results")
"""Keys of an object that holds the list of records."""
_MOST_CONTAINERS = 500_000  # lists and objects of a file that is one object; chosen, not measured: some 100 MB


def read(found: SourceFile, columns: Mapping[str, str] = NO_COLUMNS) -> Iterator[Item]:
    """Yield an item a record, named by its number: that of its line, where records have lines to themselves.

    `columns` says which key holds a field, by the field's name.
    """
    with found.open() as file:
        first = next((line for line in iter(partial(file.readline, MAX_BYTES), b"") if line.strip(_BLANK)), b"")
        if first[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in first[:4]:
            raise Skip("UTF-16, which JSON lines are not; save it as UTF-8")
        follows = bool(file.read(1))
        file.seek(0)
        if _ARRAY.match(first):
            yield from _numbered(elements(file, MAX_BYTES), found.name, columns)
        elif not (follows and _is_record(first)) and (records := _records(file)) is not None:
            yield from _numbered((json.dumps(record).encode() for record in records), found.name, columns)
        else:
            file.seek(0)
            yield from _lines(file, found.name, columns)


def _numbered(records: Iterable[bytes | None], name: str, columns: Mapping[str, str]) -> Iterator[Item]:
    for number, line in enumerate(records, 1):
        place = f"{name}#{number}"
        yield Item(place, name, b"", partial(_too_long, ())) if line is None else item(line, place, name, columns)


def item(line: bytes, place: str, name: str, columns: Mapping[str, str], warnings: tuple[str, ...] = ()) -> Item:
    """Return the item of a record that is given as JSON."""
    mapping = (json.dumps(dict(columns), sort_keys=True),) if columns else ()
    return Item(place, name, source_digest(line, name, *mapping), partial(parse, line, name, columns, warnings))


def _lines(file: BinaryIO, name: str, columns: Mapping[str, str]) -> Iterator[Item]:
    for number, line in enumerate(iter(partial(file.readline, MAX_BYTES + 1), b""), 1):
        place = f"{name}#{number}"
        if len(line) > MAX_BYTES:
            yield Item(place, name, b"", partial(_too_long, _ids(line)))
            while line and not line.endswith(b"\n"):
                line = file.readline(MAX_BYTES)  # noqa: PLW2901  (the rest of the same line)
        elif line.strip():
            yield item(line, place, name, columns)


def _too_long(ids: tuple[str, ...]) -> Raw:
    raise Skip(f"a line of more than {MAX_BYTES >> 20} MB, or another record", ids=ids)


def _records(file: BinaryIO) -> list[Any] | None:
    """Return the records of a file that is one object, or several over many lines; None for anything else."""
    data = file.read(MAX_BYTES + 1)
    return _values(data) if len(data) <= MAX_BYTES and _is_bounded(data) else None


def _is_bounded(data: bytes) -> bool:
    """Say whether parsing costs no more than the data's size suggests: an empty list takes 56 bytes, and three here."""
    return data.count(b"[") + data.count(b"{") <= _MOST_CONTAINERS


def _is_record(line: bytes) -> bool:
    try:
        return _is_bounded(line) and isinstance(json.loads(line.decode("utf-8-sig")), dict)
    except (ValueError, RecursionError):
        return False


def _values(data: bytes) -> list[Any] | None:
    """Return the records of a whole file; None when it is not JSON, or has a value a line."""
    values = []
    try:
        text, decoder = data.decode("utf-8-sig"), json.JSONDecoder()
        at = len(text) - len(text.lstrip())
        while at < len(text):
            value, at = decoder.raw_decode(text, at)
            values.append(value)
            at = next((i for i in range(at, len(text)) if not text[i].isspace()), len(text))
    except (ValueError, RecursionError):
        return None
    if len(values) == 1:
        return _unpacked(values[0])
    # A value a line is read by lines instead: places are line numbers then, and one broken line costs one article.
    return None if len(values) == sum(1 for line in data.split(b"\n") if line.strip()) else values


def _unpacked(value: Any) -> list[Any]:
    """Return the records of one value: an array's, those in the answer of a web service, or the value itself."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict) and not Fields(flattened(value)).text("text"):
        lists = list(_lists(value))
        if len(lists) == 1:
            return [{**_feed(value), **record} if isinstance(record, dict) else record for record in lists[0]]
        if value and all(isinstance(one, dict) and Fields(one).text("text") for one in value.values()):
            return [{"id": key, **record} for key, record in value.items()]
    return [value]


def _lists(value: dict[str, Any]) -> Iterator[list[Any]]:
    """Yield the lists of objects in the answer of a web service."""
    for key, inner in value.items():
        if isinstance(inner, list) and inner and isinstance(inner[0], dict):
            yield inner
        elif isinstance(inner, dict) and key in _ANSWERS:
            yield from _lists(inner)


def _feed(value: dict[str, Any]) -> dict[str, Any]:
    """Return what a JSON feed says of all its items."""
    if not str(value.get("version", "")).startswith("https://jsonfeed.org/"):
        return {}
    return {"source": value.get("title"), "language": value.get("language")}


def parse(line: bytes, name: str, columns: Mapping[str, str] = NO_COLUMNS, warnings: tuple[str, ...] = ()) -> Raw:
    """Return the article of one line. Without an `id`, its address or else its content names it."""
    record = _record(line)
    try:
        raw = mended(_article(Fields(flattened(record, columns), columns), name))
    except Skip as error:
        ids = (str(record[key]).strip() for key in ("id", "url") if record.get(key))
        raise Skip(str(error), ids=tuple(ids)[:1]) from error
    return replace(raw, warnings=(*warnings, *raw.warnings))


def _record(line: bytes) -> dict[str, Any]:
    """Return the object of a line; raise `Skip` where there is none, with whatever looks like its ids."""
    try:
        record = json.loads(decode(line))
    except (ValueError, RecursionError, Skip) as error:
        reason = str(error) if isinstance(error, Skip) else f"broken JSON: {error}"
        raise Skip(reason, ids=_ids(line)) from error
    if not isinstance(record, dict):
        raise Skip("not a JSON object")
    return record


def _ids(line: bytes) -> tuple[str, ...]:
    values = (json.loads(value) for value in _ID.findall(line[:_IDS_WITHIN].decode("utf-8", "replace")))
    return tuple(dict.fromkeys(str(value).strip() for value in values))


def _article(fields: Fields, name: str) -> Raw:
    title, text, url = fields.text("title"), fields.text("text"), fields.text("url")
    if not text:
        raise Skip(fields.no_text())
    body = unwrapped(plain(_CUT.sub("…", _ESCAPED_BREAK.sub("\n", text))))
    published, warnings = fields.published()
    return Raw(
        id=fields.text("id") or url or content_id(title, text),
        title=plain(title) or derived_title(body),
        text=body,
        published=published,
        source=plain(fields.text("source")),
        url=url,
        category=plain(fields.text("category")),
        credit=plain(fields.text("credit")),
        topics=fields.topics(),
        path=name,
        updated=fields.updated(),
        language=fields.text("language"),
        origins=fields.origins(published),
        warnings=(*warnings, *fields.warnings),
    )
