"""Write the text of a page's elements as lines: a paragraph, heading, list item or table row is a line each.

Nothing is glued together that a browser shows apart, and nothing torn apart that it shows in one line.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.read.html.markup import Element
from index.read.html.tables import data_rows

_INLINE = frozenset(
    (
        "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "dfn", "em", "font", "i",
        "ins", "kbd", "label", "mark", "nobr", "q", "rb", "rt", "ruby", "samp", "small", "span", "strong",
        "sub", "sup", "time", "tt", "u", "var", "wbr", "img", "picture", "source", "amp-img",
    )
)  # fmt: skip
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_BREAK = "\n"
_SENTENCE_END = re.compile(r"[.!?:;…][\"”’')\]]*$")
_BULLET = re.compile(r"[•·▪‣–-]\s")
_NOTE_LINK = re.compile(r"note|\bfn|\bref|cite", re.IGNORECASE)
_NOTE_MARK = re.compile(r"\[?(?:\d{1,3}|[a-z*†‡])\]?")
_DROP_CAP = re.compile(r"drop-?cap|first-?letter|initial-?letter", re.IGNORECASE)
_SUPERSCRIPT = str.maketrans("0123456789+-−n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻ⁿ")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text, the element that it stands in, and how many of its characters are in links."""

    text: str
    block: Element
    linked: int = 0

    @property
    def is_heading(self) -> bool:
        return self.block.tag in _HEADINGS

    @property
    def link_share(self) -> float:
        return self.linked / max(1, len(self.text))


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    linked: bool
    bold: bool


class _Writer:
    """Collects pieces of text, and closes a line at each border of a block."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._pieces: list[_Piece] = []

    def write(self, element: Element, block: Element, *, linked: bool, bold: bool) -> None:
        self.add(element.text, linked, bold)
        for child in element:
            if isinstance(child.tag, str):
                self._child(child, block, linked, bold)
            self.add(child.tail, linked, bold)

    def _child(self, child: Element, block: Element, linked: bool, bold: bool) -> None:
        linked = linked or child.tag == "a"
        bold = bold or child.tag in ("b", "strong")
        if _marks_note(child):
            return
        if _set_apart(child) and self._ends_word():
            self.add(" ", linked, bold)
        if child.tag == "br":
            self._pieces.append(_Piece(_BREAK, linked, bold))
        elif child.tag == "sup":
            self.add(_superscript(child, "".join(piece.text for piece in self._pieces[-3:])), linked, bold)
        elif child.tag == "q":
            self.add("“", linked, bold)
            self.write(child, block, linked=linked, bold=bold)
            self.add("”", linked, bold)
        elif child.tag == "table" and (rows := data_rows(child, self._cell)):
            self.close(block)
            self.lines += [Line(row, child) for row in rows]
        elif _flows(child):
            self.write(child, block, linked=linked, bold=bold)
        else:
            self.close(block)
            self.write(child, child, linked=linked, bold=bold)
            self.close(child)

    def _ends_word(self) -> bool:
        last = self._pieces[-1].text[-1:] if self._pieces else ""
        return last.islower() or last.isdigit()

    def _cell(self, cell: Element) -> str:
        return " ".join(line.text for line in lines_of(cell))

    def add(self, text: str | None, linked: bool, bold: bool) -> None:
        if text:
            self._pieces.append(_Piece(re.sub(r"\s+", " ", text), linked, bold))

    def close(self, block: Element) -> None:
        """End the line. A single `<br>` in mid-sentence is a wrap; other breaks divide paragraphs."""
        pieces, self._pieces = self._pieces, []
        self.lines += [Line(text, block, linked) for text, linked in _paragraphs(pieces)]


def lines_of(root: Element) -> list[Line]:
    """Return the lines of an element, top to bottom."""
    writer = _Writer()
    writer.write(root, root, linked=False, bold=False)
    writer.close(root)
    return writer.lines


def _flows(element: Element) -> bool:
    """Return whether an element is part of its parent's line."""
    if element.tag in _INLINE:
        style = element.get("style", "")
        return not re.search(r"display\s*:\s*(?:block|flex|grid|table)", style, re.IGNORECASE)
    return bool(_DROP_CAP.search(element.get("class", ""))) and len("".join(element.itertext()).strip()) <= 3


def _marks_note(element: Element) -> bool:
    """Return whether an element is the mark of a footnote: a link to it, or back from it."""
    place = element.get("href", "") if element.tag == "a" else ""
    names = f"{place} {element.get('class', '')}"
    return (
        place.startswith("#")
        and bool(_NOTE_LINK.search(names))
        and _NOTE_MARK.fullmatch("".join(element.itertext()).strip()) is not None
    )


def _set_apart(element: Element) -> bool:
    """Return whether two spans touch, the second of which begins big: a style sheet sets a space between them."""
    before = element.getprevious()
    if before is None or before.tail or any(one.tag not in ("span", "time") for one in (before, element)):
        return False
    return "".join(element.itertext())[:1].isupper()


def _superscript(element: Element, before: str) -> str:
    """Return a raised text: nothing for the mark of a footnote, powers and units as such ("km²", "10⁶")."""
    text = "".join(element.itertext()).strip()
    after_word = re.search(r"(?:[^\W\d]{4,}|[.,;:!?”\"’)])\s*$", before)
    if _NOTE_MARK.fullmatch(text) and (text.startswith("[") or after_word or element.find(".//a") is not None):
        return ""
    return text.translate(_SUPERSCRIPT) if re.fullmatch(r"[-−+]?\d+|n", text) else text


def _paragraphs(pieces: Sequence[_Piece]) -> Iterator[tuple[str, int]]:
    """Yield the lines of a run of text with its breaks: the text, and the number of linked characters."""
    current: list[_Piece] = []
    last: list[_Piece] = []
    broken = 0
    for run in _runs(pieces):
        if run and current and (broken > 1 or _divides(last, run)):
            yield _joined(current)
            current = []
        broken = 1 if run else broken + 1
        if run:
            current += [*([_Piece(" ", False, False)] if current else []), *run]
            last = run
    if current:
        yield _joined(current)


def _runs(pieces: Sequence[_Piece]) -> Iterator[list[_Piece]]:
    """Yield the pieces between breaks; an empty list where nothing stands between two."""
    run: list[_Piece] = []
    for piece in (*pieces, _Piece(_BREAK, False, False)):
        if piece.text == _BREAK:
            yield run if any(one.text.strip() for one in run) else []
            run = []
        else:
            run.append(piece)


def _divides(before: Sequence[_Piece], after: Sequence[_Piece]) -> bool:
    """Return whether a single break ends a paragraph: after a sentence, beside a bold heading, before a bullet."""
    return (
        _bold(before)
        or _bold(after)
        or bool(_SENTENCE_END.search(_joined(before)[0]) or _BULLET.match(_joined(after)[0]))
    )


def _bold(pieces: Sequence[_Piece]) -> bool:
    return all(piece.bold for piece in pieces if piece.text.strip())


def _joined(pieces: Sequence[_Piece]) -> tuple[str, int]:
    text = " ".join("".join(piece.text for piece in pieces).split())
    return text, sum(len(piece.text) for piece in pieces if piece.linked)
