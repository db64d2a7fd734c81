"""The comparison with peers: the rule for relevance, the counts, and the protocol with Dateline as the contender."""

from pathlib import Path
from typing import Any

import pytest

from benchmarks.peers import runner
from benchmarks.peers.__main__ import answerable
from benchmarks.peers.contenders import CONTENDERS, code_lines
from benchmarks.peers.measures import BUDGET, Ranks, holds, interval, percentile, quality, ranks, words
from benchmarks.peers.report import quality_table, row
from tests.conftest import questions

QUOTE = "The bridge over the Senn closed on Monday, after a crack was found."
FILLER = "word " * BUDGET


@pytest.mark.parametrize(
    ("passage", "expected"),
    [
        pytest.param(f"Before. {QUOTE} After.", True, id="whole"),
        pytest.param("the BRIDGE\nover the\t“Senn” closed on Monday", True, id="half, other case and white space"),
        pytest.param("The bridge over the Senn closed", False, id="less than half"),
        pytest.param("The bridge over … the Senn closed … on Monday after … a crack was found", True, id="punctuation"),
        pytest.param(
            "The bridge over it, the Senn closed again, on Monday early, after a long crack was found", False, id="torn"
        ),
        pytest.param("", False, id="nothing"),
    ],
)
def test_a_passage_holds_a_quote_of_which_it_has_half_in_one_piece(passage: str, expected: bool) -> None:
    assert holds(words(passage), words(QUOTE)) is expected


def test_an_empty_quote_is_held_by_nothing() -> None:
    assert not holds(words("some text"), [])


def found(*passages: tuple[str, str]) -> list[dict[str, Any]]:
    return [{"article": article, "text": text} for article, text in passages]


@pytest.mark.parametrize(
    ("passages", "expected"),
    [
        pytest.param([("a", QUOTE)], Ranks(1, 1, True), id="first"),
        pytest.param([("b", QUOTE), ("a", "other words"), ("a", QUOTE)], Ranks(3, 2, True), id="right article only"),
        pytest.param([("b", "x")] * 9 + [("b", QUOTE)], Ranks(0, 0, False), id="never the right article"),
        pytest.param([("b", "x")] * 10 + [("a", QUOTE)], Ranks(0, 0, False), id="eleventh"),
        pytest.param([("b", FILLER), ("a", QUOTE)], Ranks(2, 2, False), id="beyond the budget"),
        pytest.param([("a", FILLER + QUOTE)], Ranks(1, 1, False), id="too far down in a long passage"),
        pytest.param([("a", QUOTE + FILLER)], Ranks(1, 1, True), id="at the top of a long passage"),
        pytest.param([], Ranks(0, 0, False), id="nothing found"),
    ],
)
def test_ranks(passages: list[tuple[str, str]], expected: Ranks) -> None:
    assert ranks(found(*passages), [{"article_id": "a", "quote": QUOTE}]) == expected


def test_any_of_several_evidence_quotes_counts() -> None:
    evidence = [{"article_id": "a", "quote": QUOTE}, {"article_id": "b", "quote": "A ferry will link both banks"}]
    assert ranks(found(("c", "x"), ("b", "A ferry will link both banks.")), evidence).passage == 2


def test_only_questions_whose_evidence_is_indexed_are_scored() -> None:
    evidence = [{"article_id": "a", "quote": QUOTE}, {"article_id": "b", "quote": QUOTE}]
    asked = [{"id": "1", "evidence": evidence}, {"id": "2", "evidence": evidence[1:]}, {"id": "3"}]
    assert list(answerable(asked, {"a"})) == [{"id": "1", "evidence": evidence[:1]}]


def test_means() -> None:
    standings = [Ranks(1, 1, True), Ranks(2, 1, False), Ranks(10, 4, False), Ranks(0, 0, False)]
    mean = quality(standings, [100, 200])
    assert (mean.hit1, mean.hit5, mean.hit10) == (0.25, 0.5, 0.75)
    assert mean.mrr == pytest.approx((1 + 1 / 2 + 1 / 10) / 4)
    assert (mean.article_hit1, mean.within, mean.passage_words) == (0.5, 0.25, 150)
    assert mean.article_mrr == pytest.approx((1 + 1 + 1 / 4) / 4)


def test_intervals_and_percentiles() -> None:
    assert interval([0.5] * 20) == (0.5, 0.5)
    low, high = interval([0.0, 1.0] * 50)
    assert 0.35 < low < 0.5 < high < 0.65
    assert [percentile([4.0, 1.0, 3.0, 2.0], share) for share in (0.0, 0.5, 0.95)] == [1.0, 3.0, 4.0]


def test_lines_of_code_are_counted_without_what_explains_them() -> None:
    source = '"""In\ntwo."""\n\nimport a  # why\n# so\n\ndef f(\n    x,\n):\n    """Say."""\n    return """a\nb"""\n'
    assert code_lines(source) == 6


@pytest.mark.parametrize("contender", CONTENDERS, ids=lambda one: one.key)
def test_contenders_have_what_the_runner_calls(contender: Any) -> None:
    compiled = compile(contender.script.read_text(encoding="utf-8"), contender.script, "exec")
    assert {"index", "again", "searcher"} <= set(compiled.co_names)
    assert contender.lines > 10


@pytest.mark.parametrize("setting", ["retriever", "reader"])
def test_dateline_answers_through_the_protocol(setting: str, sample_index: Path) -> None:
    dateline = next(one for one in CONTENDERS if one.key == "dateline")
    asked = [question for question in questions() if question.get("evidence")][:6]
    task = runner.Task(Path("articles"), [], sample_index, "", setting)
    answers = runner.ask(runner.load(dateline.script).searcher(task), asked)
    assert [answer["id"] for answer in answers] == [question["id"] for question in asked]
    step = {"wall": 2.0, "cpu": 3.0, "memory": 4}
    steps = {"index": step, "again": step, "ask": {**step, "opening": 0.5, "answers": answers}}
    environment = {"versions": {"dateline": "0.1.0"}, "seconds": 1.0, "megabytes": 2.0}
    one = row("Dateline", environment, "dateline", 20, 25, steps, asked)
    assert one.quality.hit10 > 0.8
    assert 0 < one.p50 <= one.p95
    assert "| Dateline | 0.1.0 |" in quality_table([one], "Dateline")
