"""Turn files and folders into raw articles, one `Item` at a time, naming what cannot be read and why.

A format is one module with one `Reader`. A new one is listed in `index.read.formats`, or declared by another package as
an entry point of the group `dateline.readers`.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from index.read.base import Item, Raw, Reader, ReadWarning, Rejected, Skip, failure, source_digest
from index.read.files import SourceFile, walk
from index.read.formats import reader_of, suffixes
from index.read.inputs.stdin import STDIN, spooled
from index.read.records.fields import NO_COLUMNS

__all__ = ["Item", "Raw", "ReadWarning", "Reader", "Rejected", "Skip", "read", "source_digest"]


def read(
    paths: Sequence[Path], *, follow_links: bool = False, columns: Mapping[str, str] = NO_COLUMNS
) -> Iterator[Item | Rejected]:
    """Yield the articles of the files and folders, in a fixed order, and each file that was refused.

    `follow_links` reads what symbolic links lead to outside the folders too. `columns` says which column of a table,
    or key of a JSON record, holds a field, by the field's name. The path "-" is the standard input.
    """
    if STDIN in paths:
        try:
            with spooled() as file:
                yield from _items(file, columns)
        except Skip as error:
            yield Rejected("stdin", str(error))
    for found in walk([path for path in paths if path != STDIN], suffixes(), follow_links=follow_links):
        if isinstance(found, Rejected):
            yield found
        else:
            yield from _items(found, columns)


def _items(found: SourceFile, columns: Mapping[str, str]) -> Iterator[Item | Rejected]:
    try:
        file, reader = reader_of(found, columns)
        yield from reader(file)
    except Skip as error:
        yield Rejected(found.name, str(error))
    except OSError as error:
        yield Rejected(found.name, f"cannot be read: {error.strerror or error}")
    except Exception as error:  # noqa: BLE001  (whatever a reader fails with, the other files are read)
        yield Rejected(found.name, failure(error))
