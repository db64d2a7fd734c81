"""Read an indexed article again from the file that it came from, as it was before cleaning."""

from contextlib import closing
from pathlib import Path

from index.errors import BadRequestError
from index.fetch.source import is_address
from index.read import Item, Raw, Skip, read
from index.read.inputs.stdin import STDIN
from index.store.archive import Archive
from index.store.database import Database
from index.store.folder import Folder


def original(index: str | Path, id_: str) -> Raw:
    """Return an article as its file tells it now. Raises `BadRequestError` where it does not tell it any more."""
    folder = Folder(Path(index))
    with closing(Database.open(folder.archive)) as database:
        archive = Archive(database)
        places = {place for place, (_, _, known) in archive.places().items() if known == id_}
        sources = [folder.fetched if is_address(one) else Path(one) for one in archive.setting("sources") or ()]
        columns = archive.setting("columns") or {}
    paths = [path for path in dict.fromkeys(sources) if path != STDIN and path.exists()]
    for item in read(paths, columns=columns):
        if isinstance(item, Item) and item.place in places:
            return _read(item, id_)
    raise BadRequestError(f"The file of {id_!r} is not where it was read; --clean shows what the index holds of it.")


def _read(item: Item, id_: str) -> Raw:
    try:
        return item.read()
    except Skip as skip:
        raise BadRequestError(f"{id_!r} cannot be read any more: {skip}. Run: dateline reindex") from skip
