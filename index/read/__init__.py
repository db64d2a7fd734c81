"""Turn files and folders into raw articles, one `Item` at a time, naming what cannot be read and why.

A format is one module with one `Reader`; to add one, write the module and list it in `READERS`.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from index.read import html, jsonl, markdown, text
from index.read.base import Item, Raw, Reader, ReadWarning, Rejected, Skip, failure, source_digest
from index.read.files import SourceFile, walk

__all__ = ["READERS", "Item", "Raw", "ReadWarning", "Reader", "Rejected", "Skip", "read", "source_digest"]

READERS: dict[str, Reader] = {
    ".txt": text.read,
    ".md": markdown.read,
    ".markdown": markdown.read,
    ".html": html.read,
    ".htm": html.read,
    ".xhtml": html.read,
    ".xht": html.read,
    ".jsonl": jsonl.read,
    ".ndjson": jsonl.read,
    ".json": jsonl.read,
}


def read(paths: Sequence[Path], *, follow_links: bool = False) -> Iterator[Item | Rejected]:
    """Yield the articles of the files and folders, in a fixed order, and each file that was refused.

    `follow_links` reads what symbolic links lead to outside the folders too.
    """
    for found in walk(paths, tuple(READERS), follow_links=follow_links):
        if isinstance(found, Rejected):
            yield found
        else:
            yield from _items(found)


def _items(found: SourceFile) -> Iterator[Item | Rejected]:
    try:
        yield from READERS[found.path.suffix.lower()](found)
    except Skip as error:
        yield Rejected(found.name, str(error))
    except OSError as error:
        yield Rejected(found.name, f"cannot be read: {error.strerror or error}")
    except Exception as error:  # noqa: BLE001  (whatever a reader fails with, the other files are read)
        yield Rejected(found.name, failure(error))
