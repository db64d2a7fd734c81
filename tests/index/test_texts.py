"""Texts in a collection: they come back whole, a half-sent one is not there, and nothing else comes through."""

from collections.abc import Callable, Sequence
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.server.address import Address
from index.server.chroma import ChromaServer, Records
from index.server.texts import Texts, complete, name_of

NAMES = st.text(alphabet="0123456789abcdef", min_size=32, max_size=32)
TEXTS = st.dictionaries(NAMES, st.text(alphabet="ab{}", min_size=1, max_size=400), max_size=8)


class Kept:
    """A collection in memory, with the quotas of Chroma Cloud made small."""

    address = Address.parse("http://127.0.0.1")

    def __init__(self, value: int, size: int) -> None:
        self.records: dict[str, dict[str, Any]] = {}
        self._value, self._size = value, size

    def add(self, _: str, ids: Sequence[str], vectors: Sequence[bytes], metadatas: Sequence[dict[str, Any]]) -> None:
        assert len(ids) == len(vectors) == len(metadatas) <= 5
        texts = [value for fields in metadatas for key, value in fields.items() if key.isdecimal()]
        assert all(len(text) <= self._value for text in texts)
        assert len(ids) == 1 or sum(map(len, texts)) <= self._size
        self.records.update(zip(ids, metadatas, strict=True))

    def get(
        self, _: str, *, include: Sequence[str], ids: Sequence[str] = (), limit: int = 0, offset: int = 0
    ) -> Records:
        found = [id_ for id_ in ids if id_ in self.records] or [*self.records][offset : offset + limit]
        metadatas = [self.records[id_] for id_ in found] if include else None
        return Records(ids=found, metadatas=metadatas)


def kept(value: int = 4000, size: int = 2**22) -> tuple[Kept, Texts]:
    server = Kept(value, size)
    return server, Texts(cast("ChromaServer", server), "collection")


@given(TEXTS, st.integers(1, 20), st.integers(40, 100))
def test_texts_come_back_whole(texts: dict[str, str], value: int, page: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name, to in (("_VALUE", value), ("_VALUES", 3), ("_LONGEST_PAGE", page), ("ROWS", 5), ("_READ", 2)):
            patch.setattr(f"index.server.texts.{name}", to)
        server, stored = kept(value, page)
        assert stored.add(texts.items(), 0) == [*server.records]
        assert dict(stored.read(texts)) == texts
        assert complete(stored.ids()) == texts.keys()
        assert {name_of(id_) for id_ in server.records} == texts.keys()


def test_a_text_that_was_sent_in_part_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.server.texts._VALUE", 4)
    monkeypatch.setattr("index.server.texts._VALUES", 2)
    server, stored = kept()
    (*_, last) = stored.add([("0" * 32, "a long text, in four records")], 0)
    del server.records[last]
    assert server.records
    assert complete(stored.ids()) == set()


HARM: dict[str, Callable[[dict[str, Any]], object]] = {
    "another letter": lambda fields: fields.update({"0": "The fridge closed."}),
    "a number": lambda fields: fields.update({"0": 7}),
    "a piece less": lambda fields: fields.pop("0"),
    "another digest": lambda fields: fields.update(sha256="0" * 64),
    "no count": lambda fields: fields.pop("count"),
    "records without end": lambda fields: fields.update(count=10**9),
    "a record more": lambda fields: fields.update(count=2),
}


@pytest.mark.parametrize("harm", HARM.values(), ids=HARM)
def test_another_text_is_refused(harm: Callable[[dict[str, Any]], object]) -> None:
    server, stored = kept()
    (id_,) = stored.add([("0" * 32, "The bridge closed.")], 0)
    harm(server.records[id_])
    with pytest.raises(ValueError, match="not what was published"):
        dict(stored.read(["0" * 32]))


@pytest.mark.parametrize("id_", ["", "../../etc/passwd", "0" * 32, f"{'g' * 32}-0", f"{'0' * 32}-x", f"{'0' * 33}-0"])
def test_ids_of_others_name_no_text(id_: str) -> None:
    assert name_of(id_) is None
