"""Find the tables in an article's text, which has each row as a line: "Greens, Seats: 4, Share: 12.9%".

The text keeps nothing else of a table (`index.read.html.tables`). So it is told by its form: lines in succession that
name the same columns. What is found are offsets, so that citations can be marked inside a cell.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Span = tuple[int, int]
_Column = tuple[str, int]
"""The name of a column, and how many columns of that name are before it."""
_COLUMN = re.compile(r"(?:^|, )([^,:]{1,60}): (?=\S)")
_LONGEST = 160  # characters of a cell, as in index/read/html/tables.py
_SENTENCE = re.compile(r"[.?!…][\"”’')]*\s*$")


@dataclass(frozen=True, slots=True)
class Row:
    """The offsets of a row's name and of its cells; None where it has none."""

    name: Span
    cells: tuple[Span | None, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The names of the columns after the first one, and the rows below."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    """A line at `start`, and where in it each column begins: at its name, and at its cell."""

    start: int
    text: str
    columns: dict[_Column, Span]


def blocks(text: str) -> Iterator[Span | Table]:
    """Yield the text in its order: the offsets of each line, or a table of several."""
    together: list[_Line] = []
    start = 0
    for words in text.split("\n"):
        line = _Line(start, words, _columns(words))
        if together and not together[-1].columns.keys() & line.columns.keys():
            yield from _table_or_lines(together)
            together = []
        together.append(line)
        start += len(words) + 1
    yield from _table_or_lines(together)


def _columns(line: str) -> dict[_Column, Span]:
    seen: Counter[str] = Counter()
    found: dict[_Column, Span] = {}
    for match in _COLUMN.finditer(line):
        found[match[1], seen[match[1]]] = match.span()
        seen[match[1]] += 1
    return found


def _table_or_lines(lines: Sequence[_Line]) -> Iterator[Span | Table]:
    """Yield lines as the table that they are, or else one by one."""
    columns = _common(lines)
    rows = tuple(_row(line, columns) for line in lines)
    if _is_table(lines, columns, rows):
        yield Table(tuple(name for name, _ in columns), rows)
    else:
        yield from ((line.start, line.start + len(line.text)) for line in lines)


def _common(lines: Sequence[_Line]) -> list[_Column]:
    """Return the columns that half of the lines have, and more than one: others are words of a cell."""
    counts = Counter(column for line in lines for column in line.columns)
    longest = sorted(lines, key=lambda line: -len(line.columns))  # which lacks no cell, if any does
    ordered = dict.fromkeys(column for line in longest for column in line.columns)
    return [column for column in ordered if counts[column] >= max(2, len(lines) / 2)]


def _row(line: _Line, columns: Sequence[_Column]) -> Row:
    begin = [line.columns[column] for column in columns if column in line.columns]
    ends = [*(start for start, _ in begin), len(line.text)][1:]
    cells = {cell: (line.start + cell, line.start + end) for (_, cell), end in zip(begin, ends, strict=True)}
    name = line.start, line.start + (begin[0][0] if begin else len(line.text))
    return Row(name, tuple(cells[line.columns[one][1]] if one in line.columns else None for one in columns))


def _is_table(lines: Sequence[_Line], columns: Sequence[_Column], rows: Sequence[Row]) -> bool:
    """Say whether the lines are rows, and not what several people say, one after another ("Ann Lee, mayor: …")."""
    if len(lines) < 2 or not columns or len(lines) + len(columns) < 4:
        return False
    named = sum(end > start for (start, end) in (row.name for row in rows))
    spoken = sum(bool(_SENTENCE.search(line.text)) for line in lines)
    spans = [span for row in rows for span in (row.name, *row.cells) if span]
    return (
        2 * named > len(rows)
        and 2 * spoken < len(rows)
        and all(any(row.cells) for row in rows)
        and all(0 <= end - start <= _LONGEST for start, end in spans)  # less than 0: in another order
    )
