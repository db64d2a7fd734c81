"""Delete from a server what no generation of an index uses any more."""

from collections.abc import Iterable

from index.server.chroma import ChromaServer
from index.server.members import fetch_members, list_names
from index.server.published import Pointer, Published, TextCollection, generation_collections, set_pointer
from index.server.texts import Texts, name_of


def forget_old(server: ChromaServer, pointer: Pointer) -> None:
    """Delete every generation but the served one."""
    only = next_pointer(server, served=pointer.served, generations=(pointer.current,), owner=pointer.owner)
    set_pointer(server, only)  # before anything is deleted, so that it never names what is gone
    sweep(server, only)


def sweep(server: ChromaServer, pointer: Pointer) -> None:
    """Delete collections and texts of generations that the pointer does not name: old ones, and half-made ones."""
    kept = {name for published in pointer.generations for name in published.names(server.address)}
    for _, name in generation_collections(server):
        if name not in kept:
            server.delete(name)
    texts = pointer.current.texts.id
    if server.count(texts) != pointer.records:
        Texts(server, texts).remove(stray_records(server, pointer))


def stray_records(server: ChromaServer, pointer: Pointer) -> list[str]:
    """Return the ids of the records of the served generation's texts that no generation of the pointer has."""
    named = _named(server, pointer.current.texts, pointer.generations)
    return [id_ for id_ in Texts(server, pointer.current.texts.id).ids() if name_of(id_) not in named]


def next_pointer(server: ChromaServer, *, served: int, generations: tuple[Published, ...], owner: str) -> Pointer:
    """Return a pointer to whole generations, of which one is `served`."""
    current = next(published for published in generations if published.number == served)
    named = _named(server, current.texts, generations)
    records = sum(name_of(id_) in named for id_ in Texts(server, current.texts.id).ids())
    return Pointer(served=served, records=records, generations=generations, owner=owner)


def _named(server: ChromaServer, texts: TextCollection, generations: Iterable[Published]) -> set[str | None]:
    """Return the names of the texts that these generations have in a collection."""
    own = [published for published in generations if published.texts == texts]
    return {name for published in own for name in (*list_names(published), *fetch_members(server, published).all())}
