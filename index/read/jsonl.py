"""Read JSON lines: an object a line with `title`, `text` and perhaps `id`, `published`, `source`, `url`, `category`.

The file is streamed, so its size does not matter; a line may have 20 MB.
"""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from index.read.base import Found, Item, Raw, Rejected, Skip, decode, digest, parse_date
from index.read.files import MAX_BYTES

_FIELDS = ("title", "source", "url", "category")


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
    try:
        record = json.loads(decode(line))
    except (ValueError, RecursionError) as error:
        raise Skip(f"broken JSON: {error}") from error
    if not isinstance(record, dict):
        raise Skip("not a JSON object")
    fields = {key: _text(record, key) for key in _FIELDS}
    text = _text(record, "text")
    return Raw(
        id=_text(record, "id") or fields["url"] or digest(fields["title"], text).hex(),
        text=text,
        published=parse_date(record.get("published")),
        path=name,
        **fields,
    )


def _text(record: dict[str, Any], key: str) -> str:
    value = record.get(key)
    if value is None:
        return ""
    if isinstance(value, str | int) and not isinstance(value, bool):
        return str(value).strip()
    raise Skip(f"the field {key!r} is not text")
