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
from index.search.lexical import Lexical
from index.search.metadata import same_vector
from index.server.address import Address
from index.server.published import Pointer, RemoteDense, require_pointer, require_whole
from index.server.replica import Replica
from index.server.upload import generation_collections
from index.store.archive import Archive
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
    for published in pointer.generations:
        require_whole(replica.server, published)
    named = {published.number for published in pointer.generations}
    for number, name in generation_collections(replica.server):
        if number not in named:
            yield f"The collection {name} is left over from a run that did not finish"
    number = replica.folder.require_served()
    model = replica.folder.about(number)[0].vectors
    with Database.open(replica.folder.archive) as database:
        rows = {row.chunk_id: row.vector for row in Archive(database).rows(number, model)}
    yield from _wrong_vectors(replica.dense(number), rows)


def _wrong_vectors(dense: RemoteDense, expected: dict[str, bytes]) -> Iterator[str]:
    """Yield in what the served vectors differ from those that were published."""
    found = set(dense.ids())
    for what, ids in (("lacks", expected.keys() - found), ("has besides", found - expected.keys())):
        if ids:
            yield f"The server {what} {len(ids)} passages, first {min(ids)}"
    if found != expected.keys():
        return
    sample = list(expected)[:: max(1, len(expected) // SAMPLE)]
    for id_, vector in (dense.vectors(sample) if sample else {}).items():
        if not same_vector(expected[id_], vector):
            yield f"The server's vector of passage {id_} is not the one that was published"
            return
    try:
        require_reachable(dense, expected)
    except IndexDamagedError as error:
        yield str(error)
