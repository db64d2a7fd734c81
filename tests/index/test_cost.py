"""What a small change costs: it follows the change, and not what the index has besides."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.store.archive import Archive
from index.store.database import Database
from index.values import Article, Chunk, Embeddable

MODEL = "model"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database.create(tmp_path / "archive.sqlite") as opened:
        yield opened


def steps(database: Database, versions: set[int]) -> int:
    """Return how many hundreds of SQLite's instructions it takes to find what is missing of some versions."""
    counted = 0

    def count() -> None:
        nonlocal counted
        counted += 1

    database._connection.set_progress_handler(count, 100)
    Archive(database).vectors.missing(versions, MODEL)
    database._connection.set_progress_handler(None, 0)
    return counted


def add(archive: Archive, name: str) -> int:
    article = Article(id=name, title=name, text="The bridge is closed.\nThe ferry runs.")
    texts = [article.text[:21], article.text[22:]]
    chunks = [Embeddable(Chunk(f"{name}-{text}", name, 0, 1, text), f"{name}-{text}".encode()) for text in texts]
    return archive.add(name.encode(), article, chunks)


def test_what_is_not_embedded_is_found_without_a_look_at_all_other_chunks(database: Database) -> None:
    archive = Archive(database)
    with archive.writing():
        versions = [add(archive, f"article {number}") for number in range(20)]
        few = steps(database, {versions[3]})
        more = [add(archive, f"article {number}") for number in range(20, 1000)]
    assert steps(database, {versions[3]}) <= few + 1
    assert steps(database, {*more}) > 100 * few


def test_what_is_missing_comes_once_and_in_the_order_of_the_versions(database: Database) -> None:
    archive = Archive(database)
    with archive.writing():
        one, other = add(archive, "one"), add(archive, "other")
        database.run("UPDATE chunk SET embedded = 'both' WHERE ordinal = 1")
    found = archive.vectors.missing({other, one}, MODEL)
    assert [(missing.version, bytes(missing.embedded)[:3]) for missing in found[:1]] == [(one, b"one")]
    assert sorted((missing.version, missing.embedded) for missing in found[1:]) == [
        (one, "both"), (other, b"other-The bridge is closed."),
    ]  # fmt: skip


def test_the_process_that_reads_articles_starts_without_what_few_articles_need() -> None:
    code = "import sys, index.build.worker; sys.exit(str({'numpy', 'py3langid', 'sqlite3', 'lxml'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == "set()"
