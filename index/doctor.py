"""Check every part of an index, and rebuild the served generation from the archive's cached vectors.

The source files are not read: that an article was never indexed is not noticed here.
"""

from collections.abc import Iterator
from pathlib import Path

from index.build.findings import OTHER_MODEL, Finding, wrong_model
from index.build.plan import plan
from index.build.publish import Progress, check, publish, unshared
from index.build.vectors import embed_missing
from index.embed.engine import Local
from index.embed.fingerprint import Fingerprint
from index.embed.model import SentenceEmbeddings
from index.errors import DatelineError, IndexDamagedError, IndexMismatchError, IndexNotFoundError
from index.server.address import address_of
from index.store.archive import Archive
from index.store.contents import Contents
from index.store.database import SCHEMA_VERSION, Database
from index.store.folder import Folder
from index.store.lock import writer_lock

_REPAIR = "dateline doctor --repair"


def examine(index: str | Path, *, model: str | None = None) -> list[Finding]:
    """Return all faults found: an empty list for a healthy index. Changes nothing.

    `model` is needed for an index on a server that was not made with the default model.
    """
    if (address := address_of(index)) is not None:
        from index.server.doctor import examine_server  # it builds on this module

        return examine_server(address, model=model)
    folder = Folder(Path(index))
    try:
        with Database.open(folder.archive) as database:
            return list(_wrong(folder, database))
    except IndexDamagedError as error:
        return [Finding(str(error), f"dateline reindex ARTICLES --index {folder.path}, after moving the archive away")]
    except DatelineError as error:
        return [Finding(str(error), _cure(error, folder, f"{_REPAIR} --index {folder.path}"))]


def _cure(error: DatelineError, folder: Folder, damage: str) -> str:
    """Return the cure of an error: `damage` for damage; any other error names its own cure, which comes first."""
    if isinstance(error, IndexDamagedError):
        return damage
    if folder.path.is_file():
        return "name a folder with --index"
    if isinstance(error, IndexNotFoundError):
        return f"dateline reindex ARTICLES --index {folder.path}"
    if isinstance(error, IndexMismatchError):
        return "pip install --upgrade of Dateline, or another --index"
    return f"do what it says, then: dateline doctor --index {folder.path}"


def _wrong(folder: Folder, database: Database) -> Iterator[Finding]:
    """Yield what is wrong; stop where a failed check makes the next ones meaningless."""
    cure = f"{_REPAIR} --index {folder.path}"
    if database.format < SCHEMA_VERSION:
        yield Finding(f"The archive has the older format {database.format}", cure)
        return
    if (state := database.integrity()) != "ok":
        raise IndexDamagedError(f"The archive {folder.archive} is damaged: {state}")
    try:
        number = folder.require_served()
        fingerprint, _ = folder.about(number)
    except DatelineError as error:
        yield Finding(str(error), cure)
        return
    for _ in Contents(database, number, fingerprint).articles():
        pass  # each is checked as it is read; a damaged one raises, since no repair can restore it
    try:
        check(folder, number, every=True)
    except DatelineError as error:
        yield Finding(str(error), _cure(error, folder, cure))
        return
    known = Archive(database).generations()
    if number not in known:
        yield Finding(f"The archive does not know generation {number}, which is served", cure)
    for what in wrong_model(folder, database, number, fingerprint):
        yield Finding(what, _rebuild(folder) if what.startswith(OTHER_MODEL) else cure)
    stray = [folder.generation(other) for other in folder.numbers() if other not in known]
    for path in (*stray, *map(folder.base_path, sorted(unshared(folder)))):
        yield Finding(f"{path} is left over from a run that did not finish", cure)


def repair(index: str | Path, *, model: str | None = None, progress: Progress = lambda *_: None) -> int:
    """Build and serve a new generation from the archive's cached vectors, and return its number.

    Nothing is read from the sources, and only a passage whose vector is lost or damaged is embedded. An archive of
    an older format is migrated. Raises `IndexDamagedError` when the archive itself is damaged: then only a reindex
    helps. For an index on a server, only this machine's copy is rebuilt.
    """
    if (address := address_of(index)) is not None:
        from index.server.doctor import repair_copy  # it builds on this module

        return repair_copy(address, model=model)
    folder = Folder(Path(index))
    with writer_lock(folder.path), Database.open(folder.archive) as database:
        database.migrate()
        archive = Archive(database)
        if (state := database.integrity()) != "ok":
            raise IndexDamagedError(
                f"The archive {folder.archive} is damaged ({state}), and everything else is made from it. "
                f"Move it away and run: dateline reindex ARTICLES --index {folder.path}"
            )
        number = _last_good(folder, archive)
        fingerprint = Fingerprint(**archive.generations()[number])
        embeddings = SentenceEmbeddings(fingerprint.model)
        if different := embeddings.fingerprint.differences(fingerprint):
            raise IndexMismatchError(
                f"{OTHER_MODEL} {', '.join(different)} than this Dateline uses. Run: {_rebuild(folder)}"
            )
        versions = {version for version, _ in archive.member_articles(number).values()}
        archive.vectors.drop_damaged(versions, fingerprint.vectors)
        if any(wrong_model(folder, database, number, fingerprint)):
            folder.encoder(fingerprint).unlink(missing_ok=True)
        embed_missing(folder, archive, embeddings, versions, progress, Local())
        return publish(folder, archive, plan(folder, archive, versions, fingerprint, whole=True), progress)


def _rebuild(folder: Folder) -> str:
    return f"dateline reindex --full --index {folder.path}"


def _last_good(folder: Folder, archive: Archive) -> int:
    """Return the number of the generation to rebuild: the served one, or else the newest that the archive knows."""
    known = archive.generations()
    if not known:
        raise IndexDamagedError(
            f"The archive knows no generation. Run: dateline reindex ARTICLES --index {folder.path}"
        )
    try:
        served = folder.served()
    except IndexDamagedError:
        folder.current.unlink()
        served = None
    return served if served in known and served is not None else max(known)
