"""What every reader takes and gives. Knows no format."""

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from typing import Protocol

from index.read.files import Found, Rejected, Skip

__all__ = ["Found", "Item", "Raw", "Reader", "Rejected", "Skip", "decode", "digest", "parse_date"]

READER_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """An article as its file tells it, before cleaning."""

    id: str
    title: str
    text: str
    published: date | None = None
    source: str = ""
    url: str = ""
    category: str = ""
    path: str = ""
    credit: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A place where an article stands, the digest of its bytes, and how to read it.

    `read` raises `Skip` with the reason when the article cannot be used. It may run in another process, so it is a
    module's function, perhaps with some arguments (`functools.partial`). An item whose digest is known from the last
    run need not be read again.
    """

    place: str
    path: str
    digest: bytes
    read: Callable[[], Raw]


class Reader(Protocol):
    """Give the articles of one file."""

    def __call__(self, found: Found, /) -> Iterator[Item | Rejected]: ...


def digest(*parts: bytes | str) -> bytes:
    """Return 16 bytes that change when any part or the readers' version changes."""
    hasher = hashlib.blake2b(digest_size=16)
    for part in (str(READER_VERSION), *parts):
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        hasher.update(len(data).to_bytes(8, "little") + data)
    return hasher.digest()


def decode(data: bytes) -> str:
    """Return the text of UTF-8, or of UTF-16 with a byte-order mark. Nothing is guessed."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Skip(f"not {encoding.removesuffix('-sig').upper()} text (byte {error.start})") from error
    if "\0" in text:
        raise Skip("binary data (it holds NUL bytes)")
    if not text.strip():
        raise Skip("empty")
    return text


_FORMATS = ("%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%B %d %Y", "%Y/%m/%d", "%Y%m%d")


def parse_date(value: object) -> date | None:
    """Return the day that an ISO, RFC 2822 or written-out English date names; None for nothing.

    Raises `Skip` for anything else: an article with the wrong date is worse than one that is reported.
    """
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = re.sub(r"\s+", " ", str(value)[:80]).strip()
    for parse in (datetime.fromisoformat, parsedate_to_datetime, *map(_by_format, _FORMATS)):
        try:
            return parse(text).date()
        except (ValueError, TypeError, IndexError):
            continue
    raise Skip(f"the date {text!r} cannot be read; write it as YYYY-MM-DD")


def _by_format(form: str) -> Callable[[str], datetime]:
    return lambda text: datetime.strptime(text, form)
