"""What is kept stays within its bytes, the latest used first, whoever asks at once."""

import threading

import pytest

from index.embed.cache import BoundedCache


def cache(most: int) -> BoundedCache[str, str]:
    return BoundedCache(most, lambda key, value: len(key) + len(value))


@pytest.mark.parametrize(
    ("most", "put", "used", "left"),
    [
        (20, "abcd", "", "abcd"),
        (15, "abcd", "", "bcd"),
        (15, "abcd", "a", "acd"),
        (4, "abcd", "", ""),
        (0, "abcd", "", ""),
        (10, "aaab", "", "ab"),
    ],
    ids=["all fit", "the oldest goes", "one that is used stays", "larger than all space", "none", "the same key again"],
)
def test_the_latest_used_are_kept(most: int, put: str, used: str, left: str) -> None:
    kept = cache(most)
    for key in put:
        kept.put(key, key * 4)
        for one in used:
            kept.get(one)
    assert [key for key in "abcd" if kept.get(key)] == [*left]
    assert kept.bytes == 5 * len(kept) <= max(most, 0)


def test_a_value_may_be_replaced_by_a_larger_one() -> None:
    kept = cache(20)
    kept.put("a", "1")
    kept.put("a", "1" * 10)
    assert (kept.get("a"), kept.bytes, len(kept)) == ("1" * 10, 11, 1)
    kept.clear()
    assert (kept.get("a"), kept.bytes, len(kept)) == (None, 0, 0)


def test_many_threads_at_once() -> None:
    kept, wrong = cache(400), list[str]()

    def use(offset: int) -> None:
        for number in range(3000):
            key = str((number * 7 + offset) % 97)
            if (value := kept.get(key)) is not None and value != key * 5:
                wrong.append(key)
            kept.put(key, key * 5)

    threads = [threading.Thread(target=use, args=(offset,)) for offset in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert kept.bytes == sum(6 * len(str(key)) for key in range(97) if kept.get(str(key))) <= 400
