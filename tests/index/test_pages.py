"""What a server keeps of an article: it comes back whole, and nothing else comes through."""

import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Article
from index.embed.model import SentenceEmbeddings
from index.server.pages import Part, cut, pack, pages, unpack

ARTICLE = Article(
    id="bridge.md", title="Bridge closes", text="The bridge closed on Monday.\nA crack was found.",
    published=date(2026, 3, 3), source="Ellery Courier", url="https://courier.example/bridge", topics=("Roads",),
)  # fmt: skip
VECTOR = np.full(384, 384**-0.5, "<f4").tobytes()
SPANS = [(0, 28, VECTOR), (29, 47, VECTOR)]


def test_an_article_comes_back_as_it_was(embeddings: SentenceEmbeddings) -> None:
    unpacked = unpack(pack(ARTICLE, SPANS), embeddings.fingerprint, embeddings.tokens)
    assert unpacked.article == ARTICLE
    assert [item.chunk.text for item in unpacked.chunks] == ["The bridge closed on Monday.", "A crack was found."]
    assert [vector.tobytes() for vector in unpacked.vectors] == [VECTOR, VECTOR]


def _with(**fields: Any) -> str:
    return pack(replace(ARTICLE, **fields), SPANS)


def _chunks(*chunks: Any) -> str:
    said = json.loads(pack(ARTICLE, []))
    return json.dumps({**said, "chunks": chunks})


def _encoded(vector: Any) -> str:
    return b64encode(np.asarray(vector, "<f4").tobytes()).decode()


GOOD = _encoded(np.full(384, 384**-0.5))
WRONG = {
    "no JSON": "<html>",
    "another shape": "[]",
    "a field too many": _with().replace('"chunks"', '"run": "this", "chunks"'),
    "nested without end": "[" * 100_000,
    "half a surrogate": _with().replace("Bridge closes", "\\ud800"),
    "an escape sequence": _with(title="\x1b[2J"),
    "a direction override": _with(text="The bridge \u202eclosed on Monday.\nA crack was found."),
    "a line break in a title": _with(title="Bridge\ncloses"),
    "an address that runs": _with(url="javascript:alert(1)"),
    "no text": _with(text=""),
    "a number for a title": _with().replace('"Bridge closes"', "7"),
    "a chunk past the end": _chunks([0, 48, GOOD]),
    "a chunk before the start": _chunks([-1, 5, GOOD]),
    "an empty chunk": _chunks([3, 3, GOOD]),
    "chunks that overlap": _chunks([0, 28, GOOD], [20, 47, GOOD]),
    "a place that is no number": _chunks(["0", 28, GOOD]),
    "a place in fractions": _chunks([0.5, 28, GOOD]),
    "a vector too short": _chunks([0, 28, GOOD[:-8]]),
    "a vector that is no vector": _chunks([0, 28, "%%%%"]),
    "a vector of not-a-number": _chunks([0, 28, _encoded([np.nan] * 384)]),
    "a vector without end": _chunks([0, 28, _encoded([np.inf] * 384)]),
    "a vector of no length": _chunks([0, 28, _encoded([0.0] * 384)]),
}


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
def test_what_was_not_packed_like_that_is_refused(embeddings: SentenceEmbeddings, text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        unpack(text, embeddings.fingerprint, embeddings.tokens)


@given(st.text(alphabet="ab\u00e9\U0001f600", min_size=1, max_size=400), st.integers(1, 50), st.integers(50, 120))
def test_parts_are_the_text(text: str, longest: int, page: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("index.server.pages._LONGEST_PART", longest)
        patch.setattr("index.server.pages._LONGEST_PAGE", page)
        parts = cut("0" * 32, text)
        assert "".join(part.require(piece) for part, piece in parts) == text
        assert [Part.parse(part.id) for part, _ in parts] == sorted(part for part, _ in parts)
        listed = list(pages((part for part, _ in parts), 7))
        assert [part for some in listed for part in some] == [part for part, _ in parts]
        assert all(sum(part.size for part in some) <= page and len(some) <= 7 for some in listed)


@pytest.mark.parametrize("harm", [lambda text: text + "x", lambda text: text[::-1], lambda _: None, lambda _: 7])
def test_another_piece_of_text_is_refused(harm: Callable[[str], Any]) -> None:
    ((part, text),) = cut("0" * 32, "The bridge closed.")
    with pytest.raises(ValueError, match="not what was published"):
        part.require(harm(text))


@pytest.mark.parametrize("id_", ["", "../../etc/passwd", "0" * 32, f"{'0' * 32}-0-1-5-{'g' * 64}"])
def test_ids_of_others_are_refused(id_: str) -> None:
    with pytest.raises(ValueError, match="not the id"):
        Part.parse(id_)
