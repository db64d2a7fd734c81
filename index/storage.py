"""Where an open index is stored: a folder of generations, and an engine that searches their vectors."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Protocol

from index.store.folder import Base, Folder
from index.values import Hit, Scope

if TYPE_CHECKING:
    from index.search.dense import Dense

_Files = frozenset[tuple[str, str]]


class VectorSearch(Protocol):
    """An engine that searches by meaning."""

    def search(self, vector: Sequence[float], k: int, scope: Scope) -> list[Hit]:
        """Return the k chunks nearest to a unit vector by cosine, best first."""

    def count(self) -> int:
        """Return how many chunks it says it has."""

    def close(self) -> None:
        """Release its connections and memory."""


class Storage(Protocol):
    """A folder of generations, and where their vectors are searched."""

    @property
    def folder(self) -> Folder:
        """Return the folder."""

    def dense(self, number: int) -> VectorSearch:
        """Open a generation's search by meaning."""

    def close(self) -> None:
        """Release its connections and memory."""


@dataclass(slots=True)
class _Open:
    """An open base, and how many generations use it."""

    dense: "Dense"
    uses: int = 0


@dataclass(slots=True)
class FolderStorage:
    """The folder holds the vectors too. A base is opened once, however many generations have it. Not thread-safe."""

    folder: Folder
    _bases: dict[_Files, _Open] = field(default_factory=dict)

    def dense(self, number: int) -> VectorSearch:
        """Open the base of a generation, and what it has beside."""
        from index.search.delta import BaseAndDelta  # takes a second to load, and is not needed when a server searches

        shared = self.folder.base(number)
        files = self._borrow(number, shared)
        release = partial(self._release, files)
        try:
            return BaseAndDelta.open(self.folder, number, shared, self._bases[files].dense, release)
        except BaseException:
            self._release(files)
            raise

    def close(self) -> None:
        """Do nothing: each generation releases its base."""

    def _borrow(self, number: int, base: Base | None) -> _Files:
        """Open the base of a generation, unless it is open, and return what identifies it."""
        from index.search.dense import Dense

        # By the digests of Chroma's files too: a path may be another base's by now, and a base that was extended has
        # files of the same names as the one that it was copied from
        known = self.folder.about(number)[1]["files"] if base is None else base.files
        files = frozenset({("", str(base and base.number)), *known.items()})
        if files not in self._bases:
            self.folder.require_base_intact(base)
            self._bases[files] = _Open(Dense.open(self.folder.chroma(number)))
        self._bases[files].uses += 1
        return files

    def _release(self, files: _Files) -> None:
        base = self._bases[files]
        base.uses -= 1
        if not base.uses:
            del self._bases[files]
            base.dense.close()
