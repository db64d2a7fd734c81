"""Remember the earlier versions of articles whose text has changed."""

from collections.abc import Iterable, Mapping

from index.store.database import Database

_MOST = 20
"""Earlier versions of one article; chosen, not measured: a live blog may change a hundred times a day."""


class Earlier:
    """The earlier versions in an archive: no generation holds them, and they are kept."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def versions(self) -> set[int]:
        """Return the versions that are kept."""
        return {version for (version,) in self._database.all("SELECT version FROM earlier")}

    def keep(self, versions: Mapping[int, str], recipe: str, newest: Iterable[int]) -> None:
        """Keep more versions, each given with the id of its article, as long as that is among the `newest` versions.

        `recipe` is what cleaned and chunked them. Of one article the last `_MOST` are kept.
        """
        with self._database.writing():
            rows = ((version, id_, recipe) for version, id_ in versions.items())
            self._database.many("INSERT OR REPLACE INTO earlier VALUES (?, ?, ?)", rows)
            self._database.run("CREATE TEMP TABLE IF NOT EXISTS newest (version INTEGER PRIMARY KEY)")
            self._database.run("DELETE FROM temp.newest")
            self._database.many("INSERT INTO temp.newest VALUES (?)", ((version,) for version in newest))
            self._database.run(
                "DELETE FROM earlier WHERE version IN temp.newest"
                " OR newest NOT IN (SELECT id FROM article JOIN temp.newest USING (version))"
                " OR version NOT IN (SELECT version FROM (SELECT version, row_number() OVER"
                " (PARTITION BY newest ORDER BY version DESC) AS place FROM earlier) WHERE place <= ?)",
                (_MOST,),
            )

    def forget(self) -> None:
        """Keep none any longer."""
        self._database.run("DELETE FROM earlier")
