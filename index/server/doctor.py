"""Check an index on a Chroma server: what the server has, this machine's copy, and whether the two agree.

The archive that it was published from is on another machine and is not checked.
"""

from collections.abc import Iterator
from contextlib import closing

from index.build.check import SAMPLE, require_reachable
from index.build.findings import Finding, wrong_model
from index.errors import (
    DatelineError,
    IndexDamagedError,
    IndexNotFoundError,
    IndexUnavailableError,
    PublishedDamagedError,
)
from index.search.delta import BaseAndDelta
from index.search.lexical import Lexical
from index.server.address import Address
from index.server.chroma import ChromaServer
from index.server.members import fetch_members
from index.server.published import Pointer, Published, generation_collections, require_pointer, require_whole
from index.server.replica import Replica
from index.server.sweep import stray_records
from index.server.texts import Texts, complete
from index.store.archive import Archive, Row
from index.store.database import Database


def examine_server(address: Address, *, model: str | None = None) -> list[Finding]:
    """Return all faults of the index at the address. Brings this machine's copy up to date; changes nothing else."""
    publish = f"dateline reindex --full --index FOLDER --publish {address}, where the archive is"
    again = f"dateline doctor --index {address}"
    with closing(Replica(address, model=model)) as replica:
        try:
            pointer = require_pointer(replica.server)
            replica.update()
            # A fault of the copy could look like one of the server: its own faults come first.
            here = [Finding(what, f"dateline doctor --repair --index {address}") for what in _wrong_here(replica)]
            return here or [Finding(what, publish) for what in _wrong_there(replica, pointer)]
        except IndexDamagedError as error:
            return [Finding(str(error), f"dateline doctor --repair --index {address}")]
        except (PublishedDamagedError, IndexNotFoundError) as error:
            return [Finding(str(error), publish)]
        except IndexUnavailableError as error:
            return [Finding(str(error), f"start the server, or mend the way to it, then: {again}")]
        except DatelineError as error:
            return [Finding(str(error), f"do what it says, then: {again}")]


def repair_copy(address: Address, *, model: str | None = None) -> int:
    """Delete this machine's copy and download it again; return the number of its generation."""
    with closing(Replica(address, model=model)) as replica:
        replica.renew()
        return replica.folder.require_served()


def _wrong_here(replica: Replica) -> Iterator[str]:
    folder = replica.folder
    number = folder.require_served()
    fingerprint, about = folder.about(number)
    with Database.open(folder.archive) as database:
        if (state := database.integrity()) != "ok":
            yield f"The copy {folder.archive} is damaged: {state}"
            return
        ids = {row.chunk_id for row in Archive(database).rows(number, fingerprint.vectors)}
        if len(ids) != about["chunks"]:
            yield f"The copy {folder.path} has {len(ids)} passages, {about['chunks']} expected"
        if folder.digests(number) != about["files"]:
            yield f"The files of {folder.generation(number)} are not as they were written"
        elif set(Lexical.open(folder.generation(number) / "tantivy").ids()) != ids:
            yield f"The copy's tantivy index {folder.generation(number)} holds other passages than its archive"
        yield from wrong_model(folder, database, number, fingerprint)


def _wrong_there(replica: Replica, pointer: Pointer) -> Iterator[str]:
    server = replica.server
    for published in pointer.generations:
        require_whole(server, published)
        yield from _lacking_texts(server, published)
    named = {name for published in pointer.generations for name in published.names(server.address)}
    for _, name in generation_collections(server):
        if name not in named:
            yield f"The collection {name} is left over from a run that did not finish"
    if stray := stray_records(server, pointer):
        yield f"{len(stray)} records of articles are left over from a run that did not finish, first {stray[0]}"
    number = replica.folder.require_served()
    model = replica.folder.about(number)[0].vectors
    with Database.open(replica.folder.archive) as database, closing(replica.dense(number)) as meaning:
        yield from _wrong_vectors(meaning, [*Archive(database).rows(number, model)])


def _lacking_texts(server: ChromaServer, published: Published) -> Iterator[str]:
    there = complete(Texts(server, published.texts.id).ids())
    if lacking := fetch_members(server, published).all().keys() - there:
        yield f"The server lacks {len(lacking)} articles of generation {published.number}, first {min(lacking)}"


def _wrong_vectors(meaning: BaseAndDelta, rows: list[Row]) -> Iterator[str]:
    """Yield in what the served vectors differ from those that were published."""
    expected = {row.chunk_id: row.vector for row in rows}
    found = set(meaning.ids())
    for what, ids in (("lacks", expected.keys() - found), ("has besides", found - expected.keys())):
        if ids:
            yield f"The server {what} {len(ids)} passages, first {min(ids)}"
    if found != expected.keys():
        return
    if other := meaning.differing(rows[:: max(1, len(rows) // SAMPLE)]):
        yield f"The server's vector of passage {other[0]} is not the one that was published"
        return
    try:
        require_reachable(meaning, expected)
    except IndexDamagedError as error:
        yield str(error)
