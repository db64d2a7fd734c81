"""Where an open index is stored: a folder of generations, and an engine that searches their vectors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from index.store.folder import Folder
from index.values import Hit, Scope


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


@dataclass(frozen=True, slots=True)
class FolderStorage:
    """The folder holds the vectors too."""

    folder: Folder

    def dense(self, number: int) -> VectorSearch:
        """Open a generation's Chroma collection."""
        from index.search.dense import Dense  # takes a second to load, and is not needed when a server searches

        return Dense.open(self.folder.generation(number) / "chroma")

    def close(self) -> None:
        """Do nothing: each generation closes its own files."""
