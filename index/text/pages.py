"""Follow the pages of a document through cleaning: a mark in the first word of each, until offsets are known.

Lines are joined over the end of a page, and others are left out; so the marks stay in the text, and are taken out last.
"""

import re
from collections.abc import Sequence

MARK = "\ue00c"  # of the Private Use Area: no text means anything by it
_MARKED = re.compile(rf"\S*?({MARK}+)")
_FIRST_WORD = re.compile(r"\S+?(?=[\s,.;:!?]|$)")


def marked(pages: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of all pages, with a mark in the first word of each page but the first."""
    lines: list[str] = []
    due = ""
    for number, page in enumerate(pages):
        due += MARK if number else ""
        for line in page:
            plain = line.replace(MARK, "")
            if due and plain.strip():
                plain, due = _FIRST_WORD.sub(lambda match, marks=due: match[0] + marks, plain, count=1), ""  # type: ignore[misc]
            lines.append(plain)
    return lines


def unmarked(text: str) -> tuple[str, tuple[int, ...]]:
    """Return the text without marks, and where each page begins in it; no pages where there are no marks."""
    starts = [0]
    kept: list[str] = []
    at = length = 0
    for match in _MARKED.finditer(text):
        kept.append(text[at : match.start(1)])
        begins = length + match.start() - at
        length += match.start(1) - at
        starts += [begins] * len(match[1])
        at = match.end()
    kept.append(text[at:])
    return "".join(kept), tuple(starts) if len(starts) > 1 else ()


def remarked(text: str, pages: Sequence[int]) -> str:
    """Return a text with its marks again."""
    for start in reversed(pages[1:]):
        text = text[:start] + MARK + text[start:]
    return text
