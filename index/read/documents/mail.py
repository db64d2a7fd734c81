"""Read a mail or newsletter (.eml, .mbox): its HTML part as a page, or else its plain text; its header says the rest.

Attachments are not read, and named.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from functools import partial
from typing import BinaryIO

from index.read import html
from index.read.base import Item, Raw, Skip, SourceFile, first_date, found_in, source_digest
from index.read.encoding import decode_any
from index.read.files import MAX_BYTES
from index.read.head import derived_title, squeezed
from index.read.markup import plain
from index.read.mojibake import mended
from index.read.records.fields import content_id
from index.read.wrap import unwrapped

_ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)
"""How a mailbox keeps a line of a text from looking like the next message."""
_PREFIX = re.compile(r"(?:\s*(?:re|fwd?|aw|wg|tr)\s*:\s*)+", re.IGNORECASE)


def read(found: SourceFile) -> Iterator[Item]:
    """Yield the message's one article."""
    data = found.data()
    yield Item(found.name, found.name, source_digest(data, found.name), partial(parse, data, found.name, found.name))


def read_mailbox(found: SourceFile) -> Iterator[Item]:
    """Yield an item a message of a mailbox, named by its number. Only one message is held at a time."""
    with found.open() as file:
        for number, message in enumerate(_messages(file), 1):
            place = f"{found.name}#{number}"
            if len(message) > MAX_BYTES:
                yield Item(place, found.name, b"", _too_long)
            else:
                read = partial(parse, _ESCAPED.sub(rb"\1", message), found.name, "")
                yield Item(place, found.name, source_digest(message, found.name), read)


def _messages(file: BinaryIO) -> Iterator[bytes]:
    """Yield the messages of a mailbox, no more of each than shows that it is too long."""
    kept, begun, blank = bytearray(), False, True
    for line in iter(partial(file.readline, MAX_BYTES), b""):
        if blank and line.startswith(b"From "):
            if begun:
                yield bytes(kept)
            kept, begun = bytearray(), True
        elif begun and len(kept) <= MAX_BYTES:
            kept += line
        elif not begun and line.strip():
            raise Skip('not a mailbox: it does not begin with a line "From …"')
        blank = not line.strip()
    if begun:
        yield bytes(kept)


def _too_long() -> Raw:
    raise Skip(f"a message of more than {MAX_BYTES >> 20} MB")


def parse(data: bytes, name: str, id_: str) -> Raw:
    """Return the article of a message. Its Message-ID names it, or else `id_` or its content."""
    message = message_from_bytes(data, policy=policy.default)
    subject, sender = squeezed(header(message, "Subject")), parseaddr(header(message, "From"))
    if not message.keys() or not (subject or sender[1]):
        raise Skip("not a mail: it has neither a subject nor a sender")
    try:
        raw = _story(message, name)
    except RecursionError as error:
        raise Skip("its parts are nested too deep") from error
    published, warnings = first_date([header(message, "Date")])
    title = _PREFIX.sub("", subject, count=1) or raw.title
    return mended(
        replace(
            raw,
            id=header(message, "Message-ID").strip(" <>") or id_ or content_id(title, raw.text),
            title=title,
            published=published or raw.published,
            source=raw.source or squeezed(sender[0]) or sender[1].rpartition("@")[2],
            origins=(*found_in("mail header", published=published, source=not raw.source), *_others(raw)),
            warnings=(*raw.warnings, *warnings, *_attached(message)),
        )
    )


def _others(raw: Raw) -> Iterator[tuple[str, str]]:
    return ((field, where) for field, where in raw.origins if field != "published")


def header(message: EmailMessage, name: str) -> str:
    """Return a line of the header, its coded words as letters; "" for one that is missing or broken."""
    try:
        return str(message[name] or "")
    except Exception:  # noqa: BLE001  (the library's parser of headers raises nearly anything for a hostile one)
        return ""


def _story(message: EmailMessage, name: str) -> Raw:
    """Return the HTML part as an article, or the plain one where there is no other or that holds no story."""
    pages, texts = _parts(message, "text/html"), _parts(message, "text/plain")
    for part in pages:
        try:
            return html.parse(utf8(part), name)
        except Skip:
            if not texts:
                raise
    for part in texts:
        text, warnings = _decoded(part)
        body = unwrapped(plain(text)).strip()
        return Raw(id=name, title=derived_title(body), text=body, path=name, warnings=warnings)
    raise Skip("no text in the message")


def _parts(message: EmailMessage, kind: str) -> list[EmailMessage]:
    """Return the parts of a kind that are no attachments, nor in a message that is attached."""
    return [
        part
        for part in message.walk()
        if part.get_content_type() == kind and header(part, "Content-Disposition")[:10] != "attachment"
    ]


def _attached(message: EmailMessage) -> Iterator[str]:
    names = [squeezed(part.get_filename() or "")[:60] for part in message.walk() if part.get_filename()]
    if names:
        yield f"attachments are not read: {', '.join(names[:6])}"


def _payload(part: EmailMessage) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _decoded(part: EmailMessage) -> tuple[str, tuple[str, ...]]:
    """Return the text of a part in its declared encoding; where that is wrong or missing, in the one that it has."""
    data = _payload(part)
    try:
        return data.decode(part.get_content_charset("utf-8")), ()
    except (LookupError, UnicodeDecodeError):
        return decode_any(data)


def utf8(part: EmailMessage) -> bytes:
    """Return a part's bytes, in UTF-8 if it declares an encoding and has it."""
    data = _payload(part)
    try:
        return data.decode(part.get_content_charset("")).encode("utf-8") if part.get_content_charset() else data
    except (LookupError, UnicodeDecodeError):
        return data
