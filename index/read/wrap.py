"""Join the lines of hard-wrapped text, so that a sentence stands in one line. Poems and lists stay as they are.

With these numbers none of 4,600 real articles that were not wrapped is changed (docs/decisions/0020).
"""

import re
from collections.abc import Iterator
from itertools import pairwise

_WIDEST = 110
"""A paragraph with a longer line was not wrapped: terminals have 80 columns, wide printers 132 at most."""
_PROSE, _COLUMN = 55, 30
"""Lines of verse are shorter than prose: the longest of a wrapped text is at least 55 long; or nearly all its lines are
full, as in a newspaper's column of 30 letters and more."""
_FULL_ENOUGH = 0.75
"""In a paragraph of a wrapped text some line comes this near to the longest; in a verse or an address none does."""
_ENDED = re.compile(r"[.!?:;…][)\]\"'”’»]*$|[)\]\"”»]$")
_LIST = re.compile(r"(?:[-*•·–—+>|#]|\(?\d{1,3}[.)]|\(?[a-z][.)])(?:\s|$)|[|#>]|\[\d")
_HYPHEN = re.compile(r"[^\W\d_]{2,}-$")
_TITLE = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|St|Ft|Mt|Sen|Rep|Gov|Gen|Col|Lt|Maj|Capt|Sgt|Prof|Rev|Hon|No|vs"
    r"|Jan|Feb|Aug|Sept?|Oct|Nov|Dec|U\.S|U\.N|U\.K)\.$"
)
# A word of one of these classes cannot end a line of a list or a heading: its sentence goes on.
_GOES_ON = re.compile(
    r"(?:,|\b(?:a|an|the|of|in|on|at|by|to|for|from|with|since|until|than|as|and|or|but|nor|that|which|who|whose|is|are|was"
    r"|were|be|been|has|have|had|will|would|can|could|may|might|must|should|not|no|its|his|her|their|our|my|this"
    r"|these|those|into|over|under|after|before|between|about|against|during|through|said))$",
    re.IGNORECASE,
)
_COMPOUND = frozenset((
    "all", "anti", "co", "cross", "deputy", "ex", "far", "first", "full", "fund", "half", "hard", "high",
    "home", "ill", "inter", "long", "low", "mid", "middle", "mother", "multi", "near", "newly", "non", "off",
    "old", "one", "one-time", "open", "out", "over", "part", "post", "pre", "pro", "right-wing", "second",
    "self", "semi", "short", "single", "six", "so", "state", "three", "two", "ultra", "under", "well", "wide",
    "world", "year",
))  # fmt: skip  # what a hyphen often joins to a word: it stays where a line ends in one of these


def unwrapped(text: str) -> str:
    """Return the text with the lines of each wrapped paragraph joined; a text that is not wrapped as it is."""
    blocks = list(_blocks(text))
    wrapped = [block for block in blocks if _may_be_wrapped(block)]
    if not _is_wrapped(wrapped):
        return text
    width = max(len(line) for block in wrapped for line in block)
    wide = _FULL_ENOUGH * width
    words = frozenset(re.findall(r"[\w-]+", text.lower()))
    return "\n\n".join(
        "\n".join(_joined(block, width, words) if _may_be_wrapped(block, wide) else block) for block in blocks
    )


def _blocks(text: str) -> Iterator[list[str]]:
    """Yield the lines of each paragraph; a blank line or a deeper indent begins the next one."""
    block: list[str] = []
    margin = 0
    for raw in text.splitlines():
        line, indent = raw.strip(), len(raw) - len(raw.lstrip())
        hangs = bool(block) and _LIST.match(block[-1]) is not None
        if block and (not line or (indent > margin + 1 and not hangs)):
            yield _unquoted(block)
            block = []
        if line:
            block.append(line)
        margin = indent
    if block:
        yield _unquoted(block)


def _unquoted(block: list[str]) -> list[str]:
    """Return the lines without the mark that mail sets before those of others."""
    quoted = all(line.startswith(">") for line in block)
    return [line.lstrip("> ") or line for line in block] if quoted else block


def _may_be_wrapped(block: list[str], least: float = 0) -> bool:
    """Say whether the longest line of a paragraph is as long as lines are that were cut to a column."""
    return len(block) > 1 and least <= max(map(len, block)) <= _WIDEST


def _is_wrapped(blocks: list[list[str]]) -> bool:
    """Say whether line ends stand in mid-sentence, as in prose that was cut to a column."""
    pairs = [(a, b) for block in blocks for a, b in pairwise(block) if not _LIST.match(b)]
    width = max((len(line) for pair in pairs for line in pair), default=0)
    middle = [(a, b) for a, b in pairs if not _ENDED.search(a)]
    going_on = [(a, b) for a, b in middle if _continues(a, b, width)]
    if not middle or 3 * len(middle) < len(pairs) or 2 * len(going_on) < len(middle):
        return False
    full = sum(_is_full(a, b, width) for a, b in pairs)
    return width >= _PROSE or (width >= _COLUMN and len(pairs) > 3 and full >= 0.8 * len(pairs))


def _is_full(line: str, following: str, width: int) -> bool:
    """Say whether the next line's first word had no room."""
    return len(line) + 1 + len(following.split(maxsplit=1)[0]) > width


def _joined(block: list[str], width: int, words: frozenset[str]) -> Iterator[str]:
    line = block[0]
    for before, after in pairwise(block):
        if not _continues(before, after, width):
            yield line
            line = after
        elif _HYPHEN.search(before) and after[0].islower():
            line = _unhyphenated(line, after, words)
        else:
            line = f"{line} {after}"
    yield line


def _continues(line: str, following: str, width: int) -> bool:
    if _LIST.match(following):
        return bool(
            following[0] in "-–—" and following[1:2] == " " and not _ENDED.search(line) and not _LIST.match(line)
        )
    if _is_full(line, following, width):
        return True
    starts_low = following[0].islower()
    if _TITLE.search(line):
        return True
    if _ENDED.search(line):
        return starts_low and line[-1] in "\"”)]’;'"
    return starts_low or bool(_GOES_ON.search(line))


def _unhyphenated(line: str, after: str, words: frozenset[str]) -> str:
    """Join a word that was cut at the line's end; its hyphen stays where it is one of a compound."""
    first = line.rsplit(maxsplit=1)[-1].strip("(\"“'‘")[:-1].lower()
    second = re.split(r"[^\w-]", after, maxsplit=1)[0].lower()
    if first + second in words:
        return line[:-1] + after
    compound = f"{first}-{second}" in words or first in _COMPOUND or "-" in first
    return line + after if compound else line[:-1] + after
