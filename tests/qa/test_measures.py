"""Every measure on cases small enough to work out by hand."""

import math
from collections.abc import Mapping

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from qa.evaluate.accuracy import holds_answer, names_right_choice, normalised
from qa.evaluate.gold import occurrences
from qa.evaluate.metrics import METRICS, area_under_risk, auroc, interval, mean, percentile, risk_coverage, summary
from qa.evaluate.ranking import NAMES, Ranking, measure
from tests.rows import row


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ""),
        ("The  Mayor’s plan.", "mayor plan"),
        ("£1,500,000 and 4.5 per cent", "1500000 and 4.5 percent"),
        ("12%", "12 percent"),
        ("Twenty-five of the three", "25 of 3"),
        ("twenty one", "21"),
        ("twenty years", "20 years"),
        ("the U.S. at 3 a.m.", "us at 3 am"),
        ("1999, 200 more", "1999 200 more"),
        ("ﬁnal – final", "final final"),
        ("well-known", "well known"),
    ],
)
def test_texts_are_written_alike(text: str, words: str) -> None:
    assert normalised(text).strip() == words
    assert normalised(normalised(text)) == normalised(text)


@pytest.mark.parametrize(
    ("text", "answers", "right"),
    [
        ("It has twelve stops.", ["12 stops"], True),
        ("It was built in 1970.", ["70"], False),
        ("It cost £9.7 million.", ["£9.7 million", "nothing"], True),
        ("It cost £19.7 million.", ["£9.7 million"], False),
        ("Nothing.", [], False),
        ("The end.", ["The"], False),
        ("", ["x"], False),
    ],
)
def test_an_answer_holds_the_gold_answer(text: str, answers: list[str], right: bool) -> None:
    assert holds_answer(text, answers) is right


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("It was 70 million.", True),
        ("It was seventy million, not 60.", False),
        ("It was 60.", False),
        ("Nobody knows.", False),
        ("70 million, up from 70.", False),
    ],
)
def test_the_right_choice_and_no_other(text: str, right: bool) -> None:
    assert names_right_choice(text, ["70 million"], ["60", "70", "70 million"]) is right


@pytest.mark.parametrize(
    ("text", "quote", "found"),
    [
        ("One two.\nThree two.", "two.", [(4, 8), (15, 19)]),
        ("One\ntwo  three", "one two", []),
        ("One\ntwo  three", "One two three", [(0, 14)]),
        ("a.b", "a+b", []),
        ("soft words", "so\u00adft", [(0, 4)]),
        ("words", " ", []),
    ],
)
def test_quotes_are_found_whatever_the_white_space(text: str, quote: str, found: list[tuple[int, int]]) -> None:
    assert list(occurrences(text, quote)) == found


def test_ranking() -> None:
    found = measure(
        {
            "second of two": Ranking([False, True, False], 2),
            "all": Ranking([True, True], 2),
            "nothing": Ranking([False] * 10, 1),
            "empty": Ranking([], 3),
            "seventh": Ranking([False] * 6 + [True], 1),
            "eleventh": Ranking([False] * 10 + [True], 1),
        }
    )
    assert set(found["all"]) == set(NAMES)
    assert found["all"] == dict.fromkeys(NAMES, 1.0)
    assert found["nothing"] == found["empty"] == dict.fromkeys(NAMES, 0.0)
    second = found["second of two"]
    assert (second["hit@1"], second["hit@3"], second["recall@5"], second["mrr@10"]) == (0, 1, 0.5, 0.5)
    assert second["ndcg@10"] == pytest.approx((1 / math.log2(3)) / (1 + 1 / math.log2(3)))
    seventh = found["seventh"]
    assert (seventh["hit@5"], seventh["hit@10"], seventh["recall@5"], seventh["recall@10"]) == (0, 1, 0, 1)
    assert seventh["mrr@10"] == pytest.approx(1 / 7)
    assert seventh["ndcg@10"] == pytest.approx(1 / 3)
    assert found["eleventh"]["mrr@10"] == found["eleventh"]["hit@10"] == 0
    assert measure({}) == {}


def test_mean_and_percentile_pass_over_what_is_unknown() -> None:
    values = np.array([[1.0, np.nan, 3.0], [np.nan] * 3, [2.0, 4.0, 9.0]])
    np.testing.assert_allclose(mean(values), [2.0, np.nan, 5.0])
    np.testing.assert_allclose(percentile(values, 50), [2.0, np.nan, 4.0])
    np.testing.assert_allclose(percentile(values, 95), [2.9, np.nan, 8.5])


@pytest.mark.parametrize(
    ("scores", "positive", "expected"),
    [
        ([0.9, 0.8, 0.2], [True, True, False], 1.0),
        ([0.1, 0.9], [True, False], 0.0),
        ([0.5, 0.5], [True, False], 0.5),
        ([0.9, 0.4, 0.6, 0.1], [True, True, False, False], 0.75),
    ],
)
def test_auroc(scores: list[float], positive: list[bool], expected: float) -> None:
    assert auroc(np.array(scores), np.array(positive)) == expected


def test_auroc_is_that_of_scikit_learn_and_unknown_for_one_kind() -> None:
    random = np.random.default_rng(1)
    scores, positive = random.integers(5, size=(20, 40)) / 5, random.random((20, 40)) < 0.4
    expected = [roc_auc_score(labels, row) for labels, row in zip(positive, scores, strict=True)]
    np.testing.assert_allclose(auroc(scores, positive), expected)
    assert np.isnan(auroc(np.array([0.1, 0.2]), np.array([True, True])))


SHOWN = [row(0, support=0.6, shown_right=1), row(1, support=0.9, shown_right=0), row(2, support=0.2),
         row(3, support=0.8, shown_right=1), row(4, support=0.7, shown_right=0, answerable=False)]  # fmt: skip


def test_risk_against_coverage() -> None:
    coverage, risk = risk_coverage(SHOWN)
    assert coverage == pytest.approx([0.2, 0.4, 0.6, 0.8])
    assert risk == pytest.approx([1, 1 / 2, 2 / 3, 2 / 4])
    values = summary(SHOWN)
    assert values["aurc"] == pytest.approx((1 + 1 / 2 + 2 / 3 + 2 / 4) / 4)
    assert values["shown_right"] == 0.5
    nothing = area_under_risk(np.array([0.1, 0.2]), np.array([np.nan, np.nan]))
    assert np.isnan(nothing)
    assert risk_coverage([row(support=0.1)]) == ([], [])


def test_summary_has_every_metric_and_none_where_nothing_is_known() -> None:
    values = summary([row(0, total=9.0, quote_validity=1), row(1, total=0.2), row(2, total=0.4, quote_validity=0.5)])
    assert list(values) == list(METRICS)
    assert values["quote_validity"] == 0.75
    assert values["answer_accuracy"] is None
    assert values["abstention_auroc"] is None
    assert values["latency_p50"] == pytest.approx(0.3)  # without the first


def test_intervals_hold_the_value_and_repeat() -> None:
    column = np.array([0.0, 1.0] * 50)

    def share(numbers: "np.ndarray[tuple[int, ...], np.dtype[np.intp]]") -> np.ndarray:
        return mean(column[numbers])

    limits = interval(share, 100, seed=3)
    assert limits == interval(share, 100, seed=3)
    assert limits != interval(share, 100, seed=4)
    # 1.96 standard errors of a share of one half in 100 draws are 0.098
    assert limits == pytest.approx((0.402, 0.598), abs=0.03)
    assert interval(lambda numbers: np.full(len(numbers), np.nan), 100, seed=0) is None
    assert interval(share, 1, seed=0) == (0.0, 0.0)


def named(values: Mapping[str, float | None]) -> set[str]:
    return {name for name, value in values.items() if value is not None}


def test_types_of_measures_are_told_apart() -> None:
    assert named(summary([row(0)])) == {"latency_p50", "latency_p95"}
