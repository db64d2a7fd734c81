"""Which vectors are sent again: few, and never those that a shard has and keeps."""

from itertools import count, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.server.published import Shard
from index.server.shards import Articles, ShardPlan, plan_shards

NUMBERS = count(1)


def shard(articles: Articles) -> Shard:
    id_ = "bd2eab2a-cba2-48c3-9b69-60f4807a56fb"
    return Shard(number=next(NUMBERS), piece=1, id=id_, chunks=sum(articles.values()), articles="0" * 64)


def articles(first: int, last: int, chunks: int = 10) -> dict[str, int]:
    return {f"{number:032x}": chunks for number in range(first, last)}


def after(before: dict[Shard, Articles], plan: ShardPlan) -> dict[Shard, Articles]:
    return {**plan.kept, **{shard(new): new for new in plan.new}}


BASE = articles(0, 2000)
CASES: dict[str, tuple[Articles, int, int, int, int]] = {
    # wanted, then: shards kept, chunks sent, chunks that are compared one by one, chunks that are gone
    "the same": (BASE, 1, 0, 0, 0),
    "one more": (articles(0, 2001), 1, 0, 10, 0),
    "one less": (articles(1, 2000), 1, 0, 0, 10),
    "a tenth more": (articles(0, 2200), 1, 0, 2000, 0),
    "more than a tenth more": (articles(0, 2201), 1, 2010, 0, 0),
    "a fifth less": (articles(400, 2000), 1, 0, 0, 4000),
    "more than a fifth less": (articles(401, 2000), 0, 15990, 0, 0),
    "all others": (articles(5000, 5100), 0, 1000, 0, 0),
    "nothing": ({}, 0, 0, 0, 0),
    "one too large": ({**BASE, "f" * 32: 50_000}, 0, 70_000, 0, 0),
}


@pytest.mark.parametrize(("wanted", "kept", "sent", "added", "gone"), CASES.values(), ids=CASES)
def test_what_is_sent(wanted: Articles, kept: int, sent: int, added: int, gone: int) -> None:
    plan = plan_shards({shard(BASE): BASE}, wanted)
    assert len(plan.kept) == kept
    assert sum(sum(new.values()) for new in plan.new) == sent
    assert (sum(plan.added.values()), sum(plan.gone.values())) == (added, gone)


def test_of_very_many_no_tenth_is_compared_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.server.shards._MOST_ADDED", 1500)
    before = {shard(BASE): BASE}
    assert plan_shards(before, articles(0, 2150)).new == ()
    assert plan_shards(before, articles(0, 2151)).new == (articles(2000, 2151),)


def test_the_first_shard_has_all_of_it() -> None:
    plan = plan_shards({}, articles(0, 5))
    assert (plan.new, plan.added, plan.gone) == ((articles(0, 5),), {}, {})


def test_an_article_that_comes_back_is_not_sent_again() -> None:
    before = {shard(BASE): BASE}
    without = plan_shards(before, articles(1, 2000))
    back = plan_shards(after(before, without), BASE)
    assert (back.new, back.added, back.gone) == ((), {}, {})


def test_a_large_index_is_divided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.server.shards._LARGEST", 3000)
    plan = plan_shards({}, BASE)
    assert [sum(new.values()) for new in plan.new] == [3000] * 6 + [2000]
    more = plan_shards(after({}, plan), articles(0, 2300))
    assert len(more.kept) == 7
    assert [sum(new.values()) for new in more.new] == [3000]


def test_an_index_that_grows_has_few_shards_and_sends_each_chunk_a_few_times() -> None:
    now: dict[Shard, Articles] = {}
    sent = 0
    for last in range(1000, 20_000, 50):
        plan = plan_shards(now, articles(0, last))
        sent += sum(sum(new.values()) for new in plan.new)
        now = after(now, plan)
        sizes = sorted((each.chunks for each in now), reverse=True)
        assert len(sizes) <= 5
        assert all(larger >= 1.5 * smaller for larger, smaller in pairwise(sizes))
    assert sent < 4 * 199_500


@given(st.lists(st.sets(st.integers(0, 60), max_size=60), min_size=1, max_size=8))
def test_each_article_is_in_one_place(generations: list[set[int]]) -> None:
    now: dict[Shard, Articles] = {}
    for numbers in generations:
        wanted = {f"{number:032x}": 40 for number in numbers}
        plan = plan_shards(now, wanted)
        held = [hash_ for each in (*plan.kept.values(), *plan.new, plan.added) for hash_ in each]
        assert len(held) == len({*held})
        assert {*held} - plan.gone.keys() == wanted.keys()
        now = after(now, plan)
