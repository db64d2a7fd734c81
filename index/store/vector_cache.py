"""The cached vectors of an archive: each text that was embedded, by its digest and the model."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.store.database import Database
from index.store.digest import vector_digest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Missing:
    """A text that has no vector yet: its digest, and its offsets in a version of an article."""

    embedded: bytes
    version: int
    start: int
    end: int


class VectorCache:
    """What is embedded once, and found again when a generation is built. Not thread-safe: there is one writer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def missing(self, versions: set[int], model: str) -> list[Missing]:
        """Return each text of the versions without a vector of the model, once even if several chunks share it."""
        self._database.select(versions)
        # CROSS JOIN keeps the order of the tables: SQLite would look at every chunk, to have them grouped already
        rows = self._database.all(
            "SELECT embedded, min(version), start, end FROM temp.selected CROSS JOIN chunk USING (version)"
            " WHERE NOT EXISTS (SELECT 1 FROM vector v WHERE v.embedded = chunk.embedded AND v.model = ?)"
            " GROUP BY embedded ORDER BY min(version), ordinal",
            (model,),
        )
        return [Missing(*row) for row in rows]

    def add(self, model: str, vectors: Iterable[tuple[bytes, "NDArray[np.float32]"]]) -> None:
        """Cache vectors of texts by the texts' digests."""
        rows = ((embedded, model, vector.astype("<f4").tobytes()) for embedded, vector in vectors)
        with self._database.writing():
            self._database.many(
                "INSERT OR REPLACE INTO vector VALUES (?, ?, ?, ?)", ((*row, vector_digest(*row)) for row in rows)
            )

    def drop_damaged(self, versions: set[int], model: str) -> None:
        """Delete the cached vectors of the versions that are not as they were written, so that they are missing."""
        self._database.select(versions)
        rows = self._database.stream(
            "SELECT DISTINCT embedded, model, data, digest FROM chunk JOIN temp.selected USING (version)"
            " JOIN vector USING (embedded) WHERE model = ?",
            (model,),
        )
        # The list is complete before anything is deleted: SQLite leaves open what a query yields of a changing table.
        damaged = [(embedded,) for embedded, *rest, digest in rows if vector_digest(embedded, *rest) != digest]
        if damaged:
            with self._database.writing():
                self._database.many("DELETE FROM vector WHERE embedded = ?", damaged)
