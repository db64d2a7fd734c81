"""Write the rows of a data table as lines that keep their headers: "Greens, Seats: 4, Share: 12.9%"."""

import re
from collections.abc import Callable

from index.read.html.markup import Element

_LAYOUT = ("presentation", "none")
# Chosen, not measured: what has longer cells or more columns arranges a page.
_LONGEST_CELL = 160  # characters
_MOST_COLUMNS = 40

Row = list[tuple[str, bool]]
"""The text of each column, and whether it is a header."""


def data_rows(table: Element, cell_text: Callable[[Element], str]) -> list[str]:
    """Return the rows of a table as lines, its caption first; nothing for a table that only arranges the page."""
    if table.get("role") in _LAYOUT or table.find(".//table") is not None:
        return []
    rows = [row for row in _grid(table, cell_text) if any(text for text, _ in row)]
    if len(rows) < 2 or max(map(len, rows)) < 2 or any(len(text) > _LONGEST_CELL for row in rows for text, _ in row):
        return []
    headers, body = _headers(rows)
    caption = table.find("caption")
    title = [cell_text(caption)] if caption is not None else []
    return [line for line in (*title, *(_line(row, headers) for row in body)) if line]


def _grid(table: Element, cell_text: Callable[[Element], str]) -> list[Row]:
    """Return the cells of each row, with those that reach over several columns or rows repeated."""
    rows: list[Row] = []
    reaching: dict[int, tuple[int, str, bool]] = {}
    for tr in table.iter("tr"):
        row: Row = []
        for cell in tr.iterchildren("td", "th"):
            _fill(row, reaching)
            text, header = cell_text(cell), cell.tag == "th"
            down = _span(cell.get("rowspan")) - 1
            for _ in range(min(_span(cell.get("colspan")), _MOST_COLUMNS - len(row))):
                if down:
                    reaching[len(row)] = (down, text, header)
                row.append((text, header))
        _fill(row, reaching)
        rows.append(row)
    return rows


def _fill(row: Row, reaching: dict[int, tuple[int, str, bool]]) -> None:
    while len(row) in reaching:
        column = len(row)
        left, text, header = reaching.pop(column)
        if left > 1:
            reaching[column] = (left - 1, text, header)
        row.append((text, header))


def _span(value: str | None) -> int:
    return min(int(value), _MOST_COLUMNS) if value and re.fullmatch(r"[1-9]\d{0,3}", value) else 1


def _headers(rows: list[Row]) -> tuple[list[str], list[Row]]:
    """Return the header of each column and the rows below: rows of header cells, or a first row without figures."""
    above = 0
    while above < len(rows) - 1 and all(header for _, header in rows[above]):
        above += 1
    if not above and _reads_as_header(rows):
        above = 1
    if not above:
        return [], rows
    width = max(map(len, rows[:above]))
    columns = ([row[i][0] for row in rows[:above] if i < len(row)] for i in range(width))
    return [" ".join(dict.fromkeys(filter(None, column))) for column in columns], rows[above:]


def _reads_as_header(rows: list[Row]) -> bool:
    first, rest = rows[0], rows[1:]
    if any(header for row in rows for _, header in row) or any(re.search(r"\d", text) for text, _ in first):
        return False
    figures = [row for row in rest if any(re.match(r"[^\w]{0,3}\d", text) for text, _ in row[1:])]
    return len(rest) >= 2 and len(figures) == len(rest) and all(text for text, _ in first[1:])


def _line(row: Row, headers: list[str]) -> str:
    """Return one row. Its first cell names it; the others follow their column's header."""
    (name, _), *others = row
    parts = [name] if name else []
    for i, (text, _) in enumerate(others, start=1):
        header = headers[i] if i < len(headers) else ""
        if text and (i == 1 or row[i] != row[i - 1]):
            parts.append(f"{header.rstrip(':')}: {text}" if header else text)
    if not headers and len(row) == 2 and len(parts) == 2:
        return f"{parts[0].rstrip(':')}: {parts[1]}"
    return ", ".join(parts)
