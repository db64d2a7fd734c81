"""What the tests of the page share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.served import DATELINE, Served, serving


@pytest.fixture(scope="module")
def served(sample_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of the page over the sample index."""
    with serving(DATELINE, index=str(sample_index), data=tmp_path_factory.mktemp("pages")) as made:
        yield made
