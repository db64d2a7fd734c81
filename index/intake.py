"""Compare what the sources hold now with what the archive knows, so that only what is new is worked on.

What this module does not know: generations, vectors, and how a version is stored.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from index.archive import Archive
from index.chunk import Tokens
from index.prepare import Prepared, prepare
from index.read import Item, Raw, ReadWarning, Rejected, Skip, digest
from index.values import Article


@dataclass(slots=True)
class Known:
    """What the archive held before the run, and `recipe`: what cleans and chunks now."""

    recipe: str
    members: dict[str, tuple[int, str]] = field(default_factory=dict)
    places: dict[str, tuple[bytes, int, str]] = field(default_factory=dict)
    versions: dict[bytes, int] = field(default_factory=dict)

    @classmethod
    def load(cls, archive: Archive, generation: int | None, recipe: str) -> "Known":
        """Return what the archive knows, `generation` being the one that is served."""
        members = {} if generation is None else archive.member_articles(generation)
        return cls(recipe, members, archive.places(), archive.versions())


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Articles by what happened to them, each named by its id."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int


class Intake:
    """Collect the version of every article that should be indexed. `store` keeps a new one and numbers it."""

    def __init__(self, known: Known, store: Callable[[Prepared], int], *, tokens: Tokens, budget: int) -> None:
        self._known, self._store, self._tokens, self._budget = known, store, tokens, budget
        self._origin: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        self.places: dict[str, tuple[bytes, int]] = {}
        self.rejected: list[Rejected] = []
        self.warnings: list[ReadWarning] = []
        self.kept: list[str] = []

    def take(self, item: Item | Rejected) -> None:
        """Note the article's version, or the reason why it has none."""
        if isinstance(item, Rejected):
            self.rejected.append(item)
            return
        seen = digest(self._known.recipe, item.digest)
        known, version, id_ = self._known.places.get(item.place, (b"", 0, ""))
        try:
            if known == seen:
                self._claim(id_, item.place)
            else:
                id_, version = self._new(item.read(), item.place)
        except Skip as error:
            self.rejected.append(Rejected(item.place, str(error)))
        else:
            self.versions[id_] = version
            self.places[item.place] = seen, version

    def _new(self, raw: Raw, place: str) -> tuple[str, int]:
        prepared = prepare(raw, tokens=self._tokens, budget=self._budget, recipe=self._known.recipe)
        self._claim(prepared.article.id, place)
        version = self._known.versions.get(prepared.hash)
        if version is None:
            version = self._known.versions[prepared.hash] = self._store(prepared)
        self.warnings.extend(ReadWarning(place, text) for text in raw.warnings)
        return prepared.article.id, version

    def _claim(self, id_: str, place: str) -> None:
        if (first := self._origin.setdefault(id_, place)) != place:
            raise Skip(f"the id {id_!r} is taken by {first}")

    def keep_unreadable(self, again: Callable[[int], Article]) -> None:
        """Keep articles whose file, or a folder above it, is still there but could not be read this time.

        `again` gives a stored article; it is prepared anew where cleaner or chunker have changed since.
        """
        unreadable = {name for r in self.rejected for name in (r.path, r.path.rpartition("#")[0])}
        for id_, (version, path) in self._known.members.items():
            if id_ not in self.versions and any(str(p) in unreadable for p in _upwards(path)):
                article = again(version)
                raw = Raw(**{name: getattr(article, name) for name in Raw.__dataclass_fields__ if name != "warnings"})
                self.versions[id_] = self._new(raw, path)[1]
                self.kept.append(id_)

    def difference(self) -> Difference:
        """Return how the wanted articles differ from the served ones."""
        before = {id_: version for id_, (version, _) in self._known.members.items()}
        common = before.keys() & self.versions.keys()
        changed = [id_ for id_ in common if before[id_] != self.versions[id_]]
        return Difference(
            added=_sorted(self.versions.keys() - before.keys()),
            changed=_sorted(changed),
            removed=_sorted(before.keys() - self.versions.keys()),
            unchanged=len(common) - len(changed),
        )


def _upwards(path: str) -> tuple[PurePosixPath, ...]:
    """Return a path and the folders above it; the last is "." for the source itself."""
    pure = PurePosixPath(path)
    return pure, *pure.parents


def _sorted(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(ids))
