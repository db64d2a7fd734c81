"""Forty questions over five swaps; the long form is benchmarks/soak.py."""

from pathlib import Path

import pytest

from benchmarks.soak import growth, soak
from index.reindex import reindex
from tests.conftest import questions


@pytest.mark.usefixtures("checked_here")
def test_questions_beside_reindexes_are_answered_wholly_and_nothing_stays_open(
    tmp_path: Path, tiny_model: Path
) -> None:
    def run(source: Path, index: Path) -> None:
        reindex([source], index, model=str(tiny_model))

    asked = [question["question"] for question in questions()]
    result = soak(tmp_path / "source", tmp_path / "index", asked, number=40, swaps=5, run=run, passages=1)
    assert [failure for failure in result["failures"] if not failure.startswith("MB")] == []  # it indexes here too
    assert result["questions"] >= 40
    assert result["generation"] == 6


def test_growth_is_noticed() -> None:
    flat = [{"MB": 100 + n % 3, "threads": 20 + n % 4, "files": 30 + n % 2} for n in range(30)]
    assert growth(flat) == []
    leaking = [{"MB": 100 + 2 * n, "threads": 20 + n, "files": 30 + n} for n in range(30)]
    assert [failure.split()[0] for failure in growth(leaking)] == ["MB", "threads", "files"]
    generations = [{"MB": 100, "threads": 20, "files": 30 + 5 * n} for n in range(8)]  # each has some files
    assert [failure.split()[0] for failure in growth(generations)] == ["files"]
