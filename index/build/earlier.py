"""Keep what an article said before: the version that was served, and older ones that the sources still hold."""

from index.build.intake import Intake
from index.store.archive import Archive


def keep_earlier(archive: Archive, intake: Intake, served: int | None, recipe: str) -> None:
    """Keep what is older than the versions of this run.

    `served` is the generation before it; None where its articles were cleaned otherwise than `recipe` says, so that
    other texts may be the same ones.
    """
    now = intake.versions
    before = archive.member_articles(served) if served is not None and intake.is_new else {}
    kept = {older.version: older.newest for older in intake.older} | {
        version: id_
        for id_, (version, _) in before.items()
        if now.get(id_, version) != version and _differ(archive, version, now[id_])
    }
    if intake.is_new or kept.keys() - archive.earlier.versions():
        archive.earlier.keep(kept, recipe, now.values())


def _differ(archive: Archive, one: int, other: int) -> bool:
    """Say whether two versions are other words, and not the same ones with other fields."""
    first, second = archive.version(one), archive.version(other)
    return (first.title, first.text) != (second.title, second.text)
