"""Read a table (CSV, TSV): its first row names the columns, and each further one is an article.

A column may have any of the usual names of a field, or one from `--field` (`index.read.records.fields`).
"""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import BinaryIO

from index.read.base import Item, Raw, Skip, SourceFile
from index.read.encoding import encoding_of
from index.read.files import MAX_BYTES
from index.read.records.fields import NO_COLUMNS, field_of
from index.read.records.jsonl import item

_DELIMITERS = (",", ";", "\t", "|")
_QUOTE = "put a cell that holds the delimiter or a quotation mark in quotes, and write such a mark twice"
_SEPARATOR = re.compile(r'"?sep=.?"?', re.IGNORECASE)
"""What Excel writes above the names of the columns."""
_SAMPLE = 1 << 20  # bytes from which the encoding is detected; chosen, not measured


def read(found: SourceFile, columns: Mapping[str, str] = NO_COLUMNS) -> Iterator[Item]:
    """Yield an item a row, named by its number. `columns` says which column holds a field, by the field's name."""
    with found.open() as file:
        encoding = encoding_of(_sample(file))
        text = io.TextIOWrapper(file, encoding.name, newline="")
        warnings = (encoding.warning,) if encoding.warning else ()
        try:
            yield from _items(text, found.name, columns, warnings)
        except UnicodeDecodeError as error:
            raise Skip(f"not {encoding.name.upper()} text all through; the rows above are read") from error


def _items(text: io.TextIOWrapper, name: str, columns: Mapping[str, str], warnings: tuple[str, ...]) -> Iterator[Item]:
    before = csv.field_size_limit(MAX_BYTES)  # the library's own, one for all: a long article is longer than 131,072
    try:
        first = text.readline(MAX_BYTES)
        if _SEPARATOR.fullmatch(first.strip()):
            first = text.readline(MAX_BYTES)
        delimiter = max(_DELIMITERS, key=lambda sign: (_known(first, sign, columns), first.count(sign)))
        names = next(csv.reader([first], delimiter=delimiter, strict=True), [])
        if not _known(first, delimiter, columns):
            raise Skip(
                f"no column for a text among {', '.join(map(repr, names[:12]))}; name it: --field text=COLUMN"
                if names else "empty"
            )  # fmt: skip
        for number, row in enumerate(_rows(text, delimiter), 1):
            place = f"{name}#{number}"
            if isinstance(row, str):
                yield Item(place, name, b"", partial(_broken, row))
            elif any(row[len(names) :]):
                yield Item(place, name, b"", partial(_broken, f"{len(row)} cells in {len(names)} columns; {_QUOTE}"))
            elif any(row):
                line = json.dumps(dict(zip(names, row, strict=False))).encode()
                yield item(line, place, name, columns, warnings)
    finally:
        csv.field_size_limit(before)


def _rows(text: io.TextIOWrapper, delimiter: str) -> Iterator[list[str] | str]:
    """Yield the cells of each row; of a broken one, the reason."""
    rows = csv.reader(_lines(text), delimiter=delimiter, strict=True)
    while True:
        try:
            yield next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield f"the row is broken: {error}; {_QUOTE}"


def _known(line: str, delimiter: str, columns: Mapping[str, str]) -> int:
    """Return how many columns a header line has that are known, 0 unless one of them is the text."""
    try:
        names = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return 0
    fields = [field_of(name, columns) for name in names]
    return sum(map(bool, fields)) if "text" in fields else 0


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    while line := text.readline(MAX_BYTES):
        if len(line) == MAX_BYTES:
            raise Skip(f"a line of more than {MAX_BYTES >> 20} million characters; the rows above are read")
        yield line


def _broken(reason: str) -> Raw:
    raise Skip(reason)


def _sample(file: BinaryIO) -> bytes:
    sample = file.read(_SAMPLE)
    file.seek(0)
    return sample if len(sample) < _SAMPLE else sample[: sample.rfind(b"\n") + 1] or sample
