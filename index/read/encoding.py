"""Turn bytes into text. No code page is guessed: a wrong guess changes letters in silence, and cannot be undone.

(charset-normalizer takes a Western line in windows-1252 for cp1250 or UTF-16: 4 of 6 short texts, November 2026.)
"""

from index.read.files import Skip

_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_SAMPLE = 2000  # bytes that are looked at for the NULs of UTF-16; chosen, not measured: the first lines show it


def decode(data: bytes) -> str:
    """Return the text of UTF-8, or of UTF-16, which its mark or its NULs give away.

    Raises `Skip` for anything else, naming the line and what to do.
    """
    encoding = _MARKS.get(data[:2]) or _unmarked_utf16(data) or "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Skip(_cure(data, encoding.removesuffix("-sig").upper(), error.start)) from error
    if "\0" in text:
        raise Skip("binary data (it holds NUL bytes)")
    if not text.strip():
        raise Skip("empty")
    return text


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


def _cure(data: bytes, encoding: str, at: int) -> str:
    number = data.count(b"\n", 0, at) + 1
    line = f"line {number}, " if b"\n" in data.strip() else ""
    before = data[max(0, at - 12) : at].split(b"\n")[-1].decode("ascii", "ignore").strip()
    what = f"not {encoding} text ({line}byte 0x{data[at]:02X} after {before!r})"
    if encoding != "UTF-8":
        return f"{what}; save it as UTF-8"
    if not data.decode("utf-8", "ignore").isascii():
        return f"{what}, as other letters in it are; write that letter anew and save it as UTF-8"
    return f"{what}; save it as UTF-8, for a Western file with: iconv -f windows-1252 -t utf-8"
