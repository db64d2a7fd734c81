"""Compare what the sources hold now with what the archive has, so that only new or changed articles are processed."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import PurePosixPath

from index.build.claims import Claim, Claims, address_of_page
from index.build.prepare import Prepared, article_id
from index.read import Item, Raw, ReadWarning, Rejected, Skip, source_digest
from index.store.archive import Archive
from index.store.digest import article_digest
from index.text.pages import remarked
from index.values import Article

_MOST_NAMED = 1000
"""Rejected lines of one file that are named; the others are counted: a million took 617 MB (docs/decisions/0017)."""


@dataclass(slots=True)
class Previous:
    """What the archive held before the run, and `recipe`: what cleans and chunks now."""

    recipe: str
    members: dict[str, tuple[int, str]] = field(default_factory=dict)
    places: dict[str, tuple[bytes, int, str]] = field(default_factory=dict)
    versions: dict[bytes, int] = field(default_factory=dict)
    costly: dict[str, tuple[str, str]] = field(default_factory=dict)
    addresses: dict[int, str] = field(default_factory=dict)

    @classmethod
    def load(cls, archive: Archive, generation: int | None, recipe: str) -> "Previous":
        """Return what the archive knows, `generation` being the one that is served."""
        members = {} if generation is None else archive.member_articles(generation)
        costly = archive.setting("costly") or {}
        addresses = {version: address_of_page(url) for version, url in archive.addresses().items()}
        return cls(recipe, members, archive.places(), archive.versions(), costly, addresses)

    def possible(self, item: Item, ids: Iterable[str]) -> set[str]:
        """Return the articles of its file that a broken record may have been: by its ids, or else by its place."""
        named = [article_id(id_) for id_ in ids] or [id_ for _, _, id_ in [self.places.get(item.place, (b"", 0, ""))]]
        return {id_ for id_ in named if id_ in self.members and self.members[id_][1] == item.path}


@dataclass(frozen=True, slots=True)
class Older:
    """A place that holds an older version of the article `newest`. `id` is the id that it would have on its own."""

    place: str
    id: str
    newest: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Articles by what happened to them, each named by its id."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int


class Intake:
    """Collect the version of every article that should be indexed.

    `prepare` makes an article of what a reader's call gives, `store` keeps a new one and numbers it, and `stored`
    returns one that is kept, by its number; None in a dry run, where none is.
    """

    def __init__(
        self,
        known: Previous,
        prepare: Callable[[Callable[[], Raw]], Prepared],
        store: Callable[[Prepared], int],
        stored: Callable[[int], Article | None] = lambda _: None,
    ) -> None:
        self._known, self._prepare, self._store, self._stored = known, prepare, store, stored
        self._claims = Claims(stored)
        self._unreadable: set[str] = set()
        self._possible: set[str] = set()
        self._only_lines: set[str] = set()
        self._broken: Counter[str] = Counter()
        self._rejected: list[Rejected] = []
        self.places: dict[str, tuple[bytes, int]] = {}
        self.costly: dict[str, tuple[str, str]] = {}
        """By place: the digest of what took too long to read and why it was left out, not to be tried at each run."""
        self.warnings: list[ReadWarning] = []
        self.kept: list[str] = []

    @property
    def rejected(self) -> list[Rejected]:
        """Return what was left out, and why."""
        more = ((path, count - _MOST_NAMED) for path, count in self._broken.items() if count > _MOST_NAMED)
        return [*self._rejected, *(Rejected(path, f"{count} more of its lines were rejected") for path, count in more)]

    def take(self, item: Item | Rejected) -> None:
        """Record the article's version, or the reason why it has none."""
        if isinstance(item, Rejected):
            self._rejected.append(item)
            if not item.refused:
                self._unreadable.add(item.path)
            return
        seen = source_digest(self._known.recipe, item.digest)
        known, version, id_ = self._known.places.get(item.place, (b"", 0, ""))
        failed, reason = self._known.costly.get(item.place, ("", ""))
        if failed == seen.hex():  # unchanged since it took too long: reading it again would take as long
            self._leave_out(item, seen, Skip(reason, costly=True))
            return
        try:
            if known == seen:  # neither bytes nor recipe have changed: the stored version is what reading would give
                self._claim_again(id_, item.place, version)
            else:
                version = self._claim_new(item.read, item.place)
        except Skip as skip:
            self._leave_out(item, seen, skip)
        else:
            self.places[item.place] = seen, version

    def _leave_out(self, item: Item, seen: bytes, skip: Skip) -> None:
        """Name a file or record that cannot be used, and note which articles it may have been."""
        if skip.costly:
            self.costly[item.place] = seen.hex(), str(skip)
        rejected = Rejected(item.place, str(skip))
        if item.place == item.path:  # a file of one article, not a line of several
            self._rejected.append(rejected)
            self._unreadable.add(item.path)
            return
        self._broken[item.path] += 1
        if self._broken[item.path] <= _MOST_NAMED:
            self._rejected.append(rejected)
        # A broken line must not remove an article: any that it may have been is kept as it was.
        self._possible |= self._known.possible(item, skip.ids)

    def _claim_new(self, read: Callable[[], Raw], place: str) -> int:
        """Take in what was never read so, and return the number of its version."""
        prepared = self._prepare(read)
        article = prepared.article
        address = address_of_page(article.url)
        rivals = self._claims.rivals(place, article.id, address, lambda: article)
        version = self._known.versions.get(prepared.hash)
        if version is None:  # else the same article was stored before, perhaps from another place
            version = self._known.versions[prepared.hash] = self._store(prepared)
        self._claims.settle(Claim(place, article.id, address, version), rivals, lambda: article)
        self.warnings.extend(ReadWarning(place, text) for text in prepared.warnings)
        return version

    def _claim_again(self, id_: str, place: str, version: int) -> None:
        """Take in a stored version."""
        article = partial(self._stored, version)
        claim = Claim(place, id_, self._known.addresses.get(version, ""), version)
        self._claims.settle(claim, self._claims.rivals(place, id_, claim.address, article), article)

    def leave_out(self, id_: str, lines: Callable[[str], tuple[tuple[int, int], ...]]) -> None:
        """Prepare an article again, without the lines in its chunks that `lines` finds in its text."""
        claim = self._claims.newest[id_]
        article = self._stored(claim.version)
        assert article is not None  # a dry run leaves nothing out
        prepared = self._prepare(partial(_raw, replace(article, boilerplate=lines(article.text))))
        version = self._known.versions.get(prepared.hash)
        if version is None:
            version = self._known.versions[prepared.hash] = self._store(prepared)
        if claim.version == self._known.members.get(id_, (0, ""))[0]:
            self._only_lines.add(id_)
        self._claims.restate(id_, version)
        if claim.place in self.places:
            self.places[claim.place] = self.places[claim.place][0], version

    @property
    def versions(self) -> dict[str, int]:
        """Return the version of each article to index, by its id."""
        return {id_: claim.version for id_, claim in self._claims.newest.items()}

    @property
    def older(self) -> tuple[Older, ...]:
        """Return the places that hold an older version of an article that is read elsewhere."""
        return tuple(Older(old.place, old.id, new.id, old.version) for old, new in self._claims.replaced())

    def keep_unreadable(self, again: Callable[[int], Article]) -> None:
        """Keep articles whose file, or a folder above it, is still there but could not be read this time.

        Of a file that was read, only those are kept that a broken record of it may have been. `again` gives a stored
        article; it is prepared again where cleaner or chunker have changed since.
        """
        taken = self._claims.newest.keys() | {older.id for older in self.older}
        for id_, (version, path) in self._known.members.items():
            if id_ not in taken and (id_ in self._possible or self._is_unreadable(path)):
                self._keep(id_, path, again(version))

    def _is_unreadable(self, path: str) -> bool:
        """Say whether a path or a folder above it is one; the last of them is "." for the source itself."""
        pure = PurePosixPath(path)
        return any(str(above) in self._unreadable for above in (pure, *pure.parents))

    def _keep(self, id_: str, path: str, article: Article) -> None:
        version = self._known.versions.get(article_digest(self._known.recipe, article))
        try:
            if version is None:
                self._claim_new(partial(_raw, article), path)
            else:
                self._claim_again(id_, path, version)
        except Skip as skip:
            self._rejected.append(Rejected(path, str(skip)))
        if id_ in self._claims.newest:
            self.kept.append(id_)

    @property
    def is_new(self) -> bool:
        """Say whether the articles to index are others than those that are served, or other versions of them."""
        return self.versions != {id_: version for id_, (version, _) in self._known.members.items()}

    def changes(self) -> Changes:
        """Return how the wanted articles differ from the served ones; one that was kept as it was has not changed."""
        before = {id_: version for id_, (version, _) in self._known.members.items()}
        now = self.versions
        # an article whose newest version is read elsewhere is the same article, by another id
        moved = {older.id: older.newest for older in self.older if older.id in before and older.id not in now}
        renamed = {*moved.values()} - before.keys()
        common = before.keys() & now.keys()
        changed = {id_ for id_ in common if before[id_] != now[id_]}.difference(self.kept, self._only_lines)
        return Changes(
            added=_sorted(now.keys() - before.keys() - renamed),
            changed=_sorted(changed | renamed),
            removed=_sorted(before.keys() - now.keys() - moved.keys()),
            unchanged=len(common) - len(changed),
        )


def _raw(article: Article) -> Raw:
    """Return a stored article as if it had just been read."""
    names = Raw.__dataclass_fields__.keys() & Article.__dataclass_fields__.keys()
    origins = tuple(origin for origin in article.origins if origin[0] != "language")
    return replace(
        Raw(**{name: getattr(article, name) for name in names}),
        text=remarked(article.text, article.pages),
        origins=origins,
    )


def _sorted(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(ids))
