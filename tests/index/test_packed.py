"""An article as a server has it: it comes back whole, and nothing else comes through."""

import json
from base64 import b64encode
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from index import Article
from index.embed.model import SentenceEmbeddings
from index.server.packed import pack, unpack

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
