"""Find a quote in a text, letter by letter, and return its offsets.

Quotes come back from a language model with other quotation marks, dashes, blanks and line breaks, and with letters in
another Unicode form (NFKC); both sides are folded alike, and the place is given in the text as it is. Nothing else is
forgiven: one other letter, and the quote is not there.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from index.text.clean import visible

_QUOTES = dict.fromkeys(map(ord, "‘’‚‛′`´ʼ＇"), "'") | dict.fromkeys(map(ord, "“”„‟″«»＂"), '"')
_DASHES = dict.fromkeys([*range(0x2010, 0x2016), 0x2212], "-")
_SAME = _QUOTES | _DASHES
_CLUSTER = re.compile(r"\s+|\S")
_BLANKS = re.compile(r"\s+")
_FOREIGN_WORD = re.compile(r"\S*[^\s\x00-\x7f]\S*")  # no character combines with one beyond a blank
_WRAPPING = " \t\n\"'.,;:"
LEAST_LETTERS = 8
"""A quote with fewer letters and digits than these stands nearly everywhere, and shows nothing."""


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text. Character i of `text` was made of the characters `starts[i]` to `ends[i]` of the original."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]


def fold(text: str) -> Folded:
    """Return the text in NFKC, with plain quotation marks and dashes, and every run of white space as one blank."""
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end in _clusters(text):
        piece = " " if text[start].isspace() else _plain(text[start:end])
        pieces.append(piece)
        starts += [start] * len(piece)
        ends += [end] * len(piece)
    return Folded("".join(pieces), tuple(starts), tuple(ends))


def fold_text(text: str) -> str:
    """Return the text of `fold`, without the places: a hundred times as fast for English."""
    plain = _BLANKS.sub(" ", text).translate(_SAME)
    return plain if plain.isascii() else _FOREIGN_WORD.sub(lambda word: fold(word[0]).text, plain)


def locate(quote: str, text: str) -> tuple[int, int] | None:
    """Return start and end of the quote in the text, or None if it is not there or too short to show anything.

    What stands round the quote does not count (quotation marks, blanks, a full stop at its end), and no word is
    cut: `art` is not in `start`.
    """
    # Marks round a quote are the model's own as often as the article's.
    wanted = fold(visible(quote)).text.strip(_WRAPPING)
    # Letters are counted: "!!!!!!!!" is long enough, and says nothing.
    if sum(character.isalnum() for character in wanted) < LEAST_LETTERS:
        return None
    folded = fold(text)
    at = folded.text.find(wanted)
    while at >= 0:
        if _whole(folded, at, at + len(wanted)):
            return folded.starts[at], folded.ends[at + len(wanted) - 1]
        at = folded.text.find(wanted, at + 1)
    return None


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of runs of white space, and of single characters with the marks that combine with them."""
    start = -1
    for match in _CLUSTER.finditer(text):
        if start >= 0 and not (unicodedata.combining(match[0][0]) and not text[start].isspace()):
            yield start, match.start()
            start = match.start()
        elif start < 0:
            start = match.start()
    if start >= 0:
        yield start, len(text)


def _plain(cluster: str) -> str:
    """Return a cluster as it is compared. Some compatibility forms hold a blank; a run of them is one."""
    # Before NFKC, since it makes a blank and an accent of "´"; and again, since it makes a dash of "︱".
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", cluster.translate(_SAME)).translate(_SAME))


def _whole(folded: Folded, first: int, after: int) -> bool:
    """Say whether a span of a folded text cuts neither a word nor what was one character before."""
    starts, text = folded.starts, folded.text
    if (first and starts[first - 1] == starts[first]) or (after < len(text) and starts[after - 1] == starts[after]):
        return False
    cut_before = first > 0 and text[first - 1].isalnum() and text[first].isalnum()
    cut_after = after < len(text) and text[after - 1].isalnum() and text[after].isalnum()
    return not (cut_before or cut_after)
