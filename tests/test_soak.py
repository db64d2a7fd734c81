"""A hundred questions over three swaps; the long form is benchmarks/soak.py."""

from pathlib import Path

import pytest

from benchmarks.killing import Child
from benchmarks.soak import growth, soak
from tests.conftest import questions

pytestmark = pytest.mark.slow


def test_questions_beside_reindexes_are_answered_wholly_and_nothing_stays_open(
    tmp_path: Path, tiny_model: Path
) -> None:
    def run(source: Path, index: Path) -> None:
        assert Child("reindex", source, "--index", index, "--model", tiny_model).end() == 0

    asked = [question["question"] for question in questions()]
    result = soak(tmp_path / "source", tmp_path / "index", asked, number=100, swaps=3, run=run, passages=2)
    assert result["failures"] == []
    assert result["questions"] >= 100
    assert result["generation"] == 4
    first, *_, last = result["series"]
    assert (last["files"], last["threads"]) == (first["files"], first["threads"])


def test_growth_is_noticed() -> None:
    flat = [{"MB": 100 + n % 3, "threads": 20, "files": 30} for n in range(30)]
    assert growth(flat) == []
    leaking = [{"MB": 100 + 2 * n, "threads": 20, "files": 30 + n} for n in range(30)]
    assert [failure.split()[0] for failure in growth(leaking)] == ["MB", "files"]
