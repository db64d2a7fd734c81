"""Turn bytes into text. A code page that nothing declares is taken only where no other gives a text, and is reported.

A wrong guess changes letters and cannot be undone: charset-normalizer alone takes 6 of 17 short texts for another code
page (docs/decisions/0023), so that it is believed only where no other reading comes near; else the file is refused.
"""

import re
from dataclasses import dataclass

from index.read.files import Skip

_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_DETECTED = 20_000  # bytes that tell the code page; chosen, not measured: charset-normalizer takes 0.2 s for them
_SAMPLE = 2000  # bytes that are searched for the NULs of UTF-16; chosen, not measured: the first lines show it


_ENGLISH = frozenset((
    "a", "and", "at", "by", "for", "from", "has", "he", "in", "is", "it", "of", "on", "said", "that", "the", "to",
    "was", "were", "will", "with",
))  # fmt: skip
_ENGLISH_SHARE = 0.2
"""Share of these words from which a text is English, whose code page is windows-1252. The sample's articles have .24
to .33 of them; of ten other languages in the tests, Polish has most, .10."""
_SURE, _APART = 0.6, 0.2
"""Least coherence (charset-normalizer's, 0 to 1) of a reading, and its least distance to the next; of the 17
texts, those that are read so have .667 and nothing within .3, those that would be wrong have less, or a near rival."""
_NOT_WESTERN = re.compile(
    r"(?<=[a-z])[^\w\s\x00-\x7f’‘·´‑–—…\xad\xa0-](?=[a-z])|[a-z][‚„†‡ˆ‰‹¡¿]|[a-z][À-ÖØ-ÞŠŽŒŸ]|[ÒÓ][A-Z][a-z]"
)
"""What no text in windows-1252 has: "³" within a word is windows-1250's "ł", "‚" behind one DOS's "é"; "mayorÕs" and
"ÒIt" are from a Macintosh."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """How to decode bytes, and a warning where that is a guess."""

    name: str
    warning: str = ""


def decode(data: bytes) -> str:
    """Return the text of UTF-8, or of UTF-16, which its mark or its NULs give away.

    Raises `Skip` for anything else, naming the line and what to do.
    """
    encoding = _unicode(data)
    try:
        return _text(data.decode(encoding))
    except UnicodeDecodeError as error:
        raise Skip(_cure(data, encoding, error.start)) from error


def decode_any(data: bytes) -> tuple[str, tuple[str, ...]]:
    """Return the text, and a warning where the code page was guessed from its letters.

    Raises `Skip` where no code page fits.
    """
    encoding = encoding_of(data)
    return _text(data.decode(encoding.name)), (encoding.warning,) if encoding.warning else ()


def encoding_of(data: bytes) -> Encoding:
    """Return the encoding of bytes that declare none. Raises `Skip` with the cure where none fits."""
    encoding = _unicode(data)
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        code_page = _code_page(data) if encoding == "utf-8-sig" else None
        if code_page is None:
            raise Skip(_cure(data, encoding, error.start)) from error
        warning = f"read as {code_page}, which it does not declare; save it as UTF-8 if letters are wrong"
        return Encoding(code_page, warning)
    return Encoding(encoding)


def _unicode(data: bytes) -> str:
    return _MARKS.get(data[:2]) or _unmarked_utf16(data) or "utf-8-sig"


def _text(text: str) -> str:
    if "\0" in text:
        raise Skip("binary data (it holds NUL bytes)")
    if not text.strip():
        raise Skip("empty")
    return text


def _code_page(data: bytes) -> str | None:
    """Return the code page that the letters tell; None where they do not, or where some of it is UTF-8."""
    if b"\0" in data or not data.decode("utf-8", "ignore").isascii():
        return None
    western = data.decode("cp1252", "replace")
    words = re.findall(r"[^\W\d_]+", western.lower())
    english = sum(word in _ENGLISH for word in words) >= _ENGLISH_SHARE * len(words) > 0
    if english and "\ufffd" not in western and not _NOT_WESTERN.search(western):
        return "windows-1252"
    return _clearest(data[:_DETECTED])


def _clearest(data: bytes) -> str | None:
    """Return the code page whose reading makes most sense, if no other reading comes near."""
    import logging

    from charset_normalizer import from_bytes

    logging.getLogger("charset_normalizer").setLevel(logging.ERROR)
    readings = sorted(from_bytes(data), key=lambda reading: -reading.coherence)
    if not readings or readings[0].coherence < _SURE:
        return None
    best, text = readings[0], str(readings[0])
    rivals = [other for other in readings if other.coherence > best.coherence - _APART and str(other) != text]
    return None if rivals else best.encoding


def _unmarked_utf16(data: bytes) -> str | None:
    """Return the encoding of a Western text in UTF-16: every other byte of it is NUL, and none between."""
    sample = data[:_SAMPLE]
    for encoding, filler, letters in (
        ("utf-16-le", sample[1::2], sample[::2]),
        ("utf-16-be", sample[::2], sample[1::2]),
    ):
        if len(sample) > 3 and b"\0" not in letters and filler.count(0) > 0.7 * len(filler):
            return encoding
    return None


def _cure(data: bytes, codec: str, at: int) -> str:
    encoding = codec.removesuffix("-sig").upper()
    number = data.count(b"\n", 0, at) + 1
    line = f"line {number}, " if b"\n" in data.strip() else ""
    before = data[max(0, at - 12) : at].split(b"\n")[-1].decode("ascii", "ignore").strip()
    what = f"not {encoding} text ({line}byte 0x{data[at]:02X} after {before!r})"
    if encoding != "UTF-8":
        return f"{what}; save it as UTF-8"
    if not data.decode("utf-8", "ignore").isascii():
        return f"{what}, as other letters in it are; write that letter anew and save it as UTF-8"
    return f"{what}; save it as UTF-8, for a Western file with: iconv -f windows-1252 -t utf-8"
