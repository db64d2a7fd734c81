"""Read JSON lines, an object a line, or a JSON file that holds such objects.

A field may have any of its usual names (`index.read.fields`). Lines are streamed, so the size of the file does not
matter; a line may have 20 MB, and so may a file whose records are not one a line.
"""

import json
import re
from collections.abc import Iterator
from functools import partial
from typing import Any, BinaryIO

from index.read.base import Item, Raw, Skip, SourceFile, decode, source_digest
from index.read.fields import Fields
from index.read.files import MAX_BYTES
from index.read.head import derived_title
from index.read.markup import plain
from index.read.mojibake import mended
from index.read.wrap import unwrapped
from index.store.digest import digest

_ID = re.compile(r'"(?:id|url)"\s*:\s*("(?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"|\d{1,300})')
_IDS_WITHIN = 100_000  # bytes of a broken line that are searched for ids; chosen, not measured: ids come early
_ESCAPED_BREAK = re.compile(r"(?<=[.!?\"”’])(?:\\r)?\\n")
"""A line break that was encoded twice. After a letter it is left: it may be part of a path."""
_CUT = re.compile(r"\s*(?:…|\.\.\.)?\s*\[\+\d+ chars\]$")
"""How NewsAPI marks a text that it has cut."""
_BLANK = b"\xef\xbb\xbf \t\r\n"


def read(found: SourceFile) -> Iterator[Item]:
    """Yield an item a record, named by its number: that of its line, where records have lines to themselves."""
    with found.open() as file:
        records = _records(file)
        if records is None:
            file.seek(0)
            yield from _lines(file, found.name)
            return
    for number, record in enumerate(records, 1):
        line = json.dumps(record).encode()
        yield Item(
            f"{found.name}#{number}", found.name, source_digest(line, found.name), partial(parse, line, found.name)
        )


def _lines(file: BinaryIO, name: str) -> Iterator[Item]:
    for number, line in enumerate(iter(partial(file.readline, MAX_BYTES + 1), b""), 1):
        place = f"{name}#{number}"
        if len(line) > MAX_BYTES:
            yield Item(place, name, b"", partial(_too_long, _ids(line)))
            while line and not line.endswith(b"\n"):
                line = file.readline(MAX_BYTES)  # noqa: PLW2901  (the rest of the same line)
        elif line.strip():
            yield Item(place, name, source_digest(line, name), partial(parse, line, name))


def _too_long(ids: tuple[str, ...]) -> Raw:
    raise Skip(f"a line of more than {MAX_BYTES >> 20} MB", ids=ids)


def _records(file: BinaryIO) -> list[Any] | None:
    """Return the records of a file that does not hold one a line: of an array, an object or several; None for lines.

    Raises `Skip` for an array that is too large to be read at once, and for UTF-16.
    """
    first = next((line for line in iter(partial(file.readline, MAX_BYTES), b"") if line.strip(_BLANK)), b"")
    if first[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in first[:4]:
        raise Skip("UTF-16, which JSON lines are not; save it as UTF-8")
    if _is_record(first) and file.read(1):
        return None
    file.seek(0)
    data = file.read(MAX_BYTES + 1)
    if len(data) <= MAX_BYTES:
        return _values(data)
    if first.lstrip(_BLANK)[:1] == b"[":
        raise Skip(f"an array of more than {MAX_BYTES >> 20} MB; write a record a line: jq -c '.[]' OLD > NEW.jsonl")
    return None


def _is_record(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line.decode("utf-8-sig")), dict)
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
    if isinstance(value, dict) and not Fields(value).text("text"):
        inner = value.get("response", value)
        lists = [v for v in (inner.values() if isinstance(inner, dict) else ()) if isinstance(v, list) and v]
        records = [v for v in lists if isinstance(v[0], dict)]
        if len(records) == 1:
            return records[0]
    return [value]


def parse(line: bytes, name: str) -> Raw:
    """Return the article of one line. Without an `id`, its address or else its content names it."""
    record = _record(line)
    try:
        return mended(_article(Fields(record), name))
    except Skip as error:
        ids = (str(record[key]).strip() for key in ("id", "url") if record.get(key))
        raise Skip(str(error), ids=tuple(ids)[:1]) from error


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
        id=fields.text("id") or url or _content_id(title, text),
        title=plain(title) or derived_title(body),
        text=body,
        published=published,
        source=plain(fields.text("source")),
        url=url,
        category=plain(fields.text("category")),
        credit=plain(fields.text("credit")),
        topics=fields.topics(),
        path=name,
        warnings=(*warnings, *fields.warnings),
    )


def _content_id(*parts: str) -> str:
    """Return an id from the article's words, the same in every version of the readers."""
    return digest("1", *parts).hex()
