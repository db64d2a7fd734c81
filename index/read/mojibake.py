"""Mend text whose UTF-8 was once read as windows-1252 ("CafÃ©", "itâ€™s"), and say so.

Only what is exactly UTF-8 is mended, and only where more than one such place or one of three letters and more
shows that it is no accident: "NÃO", "Ã la", "Â£" alone stay.
"""

import re
from dataclasses import replace

from index.read.base import Raw

_CODE_PAGE = {
    byte: bytes((byte,)).decode("cp1252", "ignore") or chr(byte) for byte in range(0x80, 0x100)
}  # five bytes have no letter there; readers pass them on as control characters
_BYTE = {letter: byte for byte, letter in _CODE_PAGE.items()}


def _class(first: int, last: int) -> str:
    return "[" + re.escape("".join(_CODE_PAGE[byte] for byte in range(first, last + 1))) + "]"


_TAIL = _class(0x80, 0xBF)
_SEQUENCE = re.compile(
    f"{_class(0xC2, 0xDF)}{_TAIL}|{_class(0xE0, 0xEF)}{_TAIL}{{2}}|{_class(0xF0, 0xF4)}{_TAIL}{{3}}|â€\ufffd"
)
_LOST = {"â€\ufffd": "”"}  # its third byte has no letter in windows-1252
_ENOUGH = 2  # places, or letters of one place: a single pair may be meant so


def mended(raw: Raw) -> Raw:
    """Return the article with mended title and text, and a warning where anything was."""
    found = _SEQUENCE.findall(f"{raw.title}\n{raw.text}")
    if len(found) < _ENOUGH and not any(len(sequence) > _ENOUGH for sequence in found):
        return raw
    warning = f"mended {len(found)} letters such as {found[0]!r}: its UTF-8 was once read as windows-1252"
    title, text, source, credit = (_mend(part) for part in (raw.title, raw.text, raw.source, raw.credit))
    return replace(raw, title=title, text=text, source=source, credit=credit, warnings=(*raw.warnings, warning))


def _mend(text: str) -> str:
    return _SEQUENCE.sub(lambda match: _letter(match[0]), text)


def _letter(sequence: str) -> str:
    if sequence in _LOST:
        return _LOST[sequence]
    try:
        return bytes(_BYTE[letter] for letter in sequence).decode()
    except UnicodeDecodeError:
        return sequence
