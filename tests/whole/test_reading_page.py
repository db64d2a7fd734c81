"""docs/reading.md shows what is read of each format: `python -m tests.formats` writes it."""

from pathlib import Path

import pytest

from index.read import formats
from tests.formats import EXAMPLES, PAGE, renewed, section


def test_each_reader_has_an_example() -> None:
    shown = {Path(example.name).suffix for example in EXAMPLES}
    assert [one for one in formats._READERS if not shown & {*one.split()}] == []
    assert ".gz" in shown


@pytest.mark.slow
def test_the_page_shows_what_is_read(tmp_path: Path, tiny_model: Path) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert renewed(page, section(tmp_path, "--model", str(tiny_model))) == page, "run: python -m tests.formats"
