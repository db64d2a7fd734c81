"""Read JSON lines: an object a line with `title`, `text` and perhaps `id`, `published`, `source`, `url`, `category`.

The file is streamed, so its size does not matter; a line may have 20 MB.
"""

import json
import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from index.read.base import Found, Item, Raw, Rejected, Skip, decode, digest, first_date
from index.read.files import MAX_BYTES

_FIELDS = ("title", "source", "url", "category")
_ID = re.compile(r'"(?:id|url)"\s*:\s*("(?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"|\d{1,300})')
_IDS_WITHIN = 100_000


def read(found: Found) -> Iterator[Item | Rejected]:
    """Yield an article a line; a line that cannot be used is named by its number."""
    with found.path.open("rb") as file:
        for number, line in enumerate(iter(partial(file.readline, MAX_BYTES + 1), b""), 1):
            place = f"{found.name}#{number}"
            if len(line) > MAX_BYTES:
                yield Rejected(place, f"a line of more than {MAX_BYTES >> 20} MB")
                while line and not line.endswith(b"\n"):
                    line = file.readline(MAX_BYTES)  # noqa: PLW2901  (the rest of the same line)
            elif line.strip():
                yield Item(place, found.name, digest(line, found.name), partial(parse, line, found.name))


def parse(line: bytes, name: str) -> Raw:
    """Return the article of one line. Without an `id`, its address or else its content names it."""
    record = _record(line)
    try:
        return _article(record, name)
    except Skip as error:
        ids = (str(record[key]).strip() for key in ("id", "url") if record.get(key))
        raise Skip(str(error), ids=tuple(ids)[:1]) from error


def _record(line: bytes) -> dict[str, Any]:
    """Return the object of a line; where there is none, all that look like its ids go with the reason."""
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


def _article(record: dict[str, Any], name: str) -> Raw:
    fields = {key: _text(record, key) for key in _FIELDS}
    text = _text(record, "text")
    published, warnings = first_date((record.get("published"),))
    return Raw(
        id=_text(record, "id") or fields["url"] or digest(fields["title"], text).hex(),
        text=text,
        published=published,
        path=name,
        warnings=warnings,
        **fields,
    )


def _text(record: dict[str, Any], key: str) -> str:
    value = record.get(key)
    if value is None:
        return ""
    if isinstance(value, str | int) and not isinstance(value, bool):
        return str(value).strip()
    raise Skip(f"the field {key!r} is not text")
