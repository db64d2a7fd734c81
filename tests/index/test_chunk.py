"""Chunking: offsets that hold, budgets that are kept, nothing lost, nothing twice."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.build.prepare import embedded_text
from index.embed.model import SentenceEmbeddings
from index.text.chunk import chunk, heading, sentences
from index.text.clean import clean
from index.values import Article

TEXT = st.lists(
    st.one_of(
        st.text(alphabet=st.characters(codec="utf-8"), max_size=60),
        st.sampled_from(
            ["Mr. Lee came. He left at 3 p.m. on Nov. 5.", "“Why?” she asked. 😀 Fine.", "x" * 900, "a b " * 300]
        ),
    ),
    max_size=8,
).map(lambda lines: clean("\n".join(lines)).text)


def article(text: str, title: str = "A headline", published: date | None = date(2026, 3, 3)) -> Article:
    return Article(id="a", title=title, text=text, published=published)


@given(TEXT)
@settings(deadline=None)
def test_sentences_have_true_offsets_and_lose_nothing(text: str) -> None:
    spans = sentences(text)
    assert all(text[start:end].strip() == text[start:end] != "" for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert "".join("".join(text[s:e].split()) for s, e in spans) == "".join(text.split())
    assert all("\n" not in text[start:end] for start, end in spans)


@given(TEXT, st.integers(min_value=32, max_value=200))
@settings(deadline=None)
def test_chunks_keep_offsets_order_budget_and_every_word(text: str, budget: int) -> None:
    model = SentenceEmbeddings()
    chunks = chunk(article(text), tokens=model.tokens, budget=budget)
    assert all(text[c.start : c.end] == c.text for c in chunks)
    assert all(before.end <= after.start for before, after in pairwise(chunks))
    assert "".join("".join(c.text.split()) for c in chunks) == "".join(text.split())
    assert all(len(spans) <= budget for spans in model.tokens([c.text for c in chunks]))
    assert len({c.id for c in chunks}) == len(chunks)


@pytest.mark.parametrize("title", ["", "Short", "A very long headline about bridges " * 30])
def test_heading_and_chunk_fit_the_model(title: str, embeddings: SentenceEmbeddings) -> None:
    piece = article("The bridge over the river was closed, officials said. " * 200, title)
    chunks = chunk(piece, tokens=embeddings.tokens, budget=embeddings.chunk_tokens)
    texts = [embedded_text(heading(piece, embeddings.tokens), c) for c in chunks]
    assert max(len(spans) for spans in embeddings.tokens(texts)) + 2 <= embeddings.max_tokens
    assert len(chunks) > 5


def test_chunks_of_one_article_are_about_equally_long(embeddings: SentenceEmbeddings) -> None:
    chunks = chunk(
        article("Ten words are in this sentence about the old bridge. " * 50), tokens=embeddings.tokens, budget=100
    )
    lengths = [len(c.text) for c in chunks]
    assert min(lengths) > 0.7 * max(lengths)


def test_ids_come_from_content(embeddings: SentenceEmbeddings) -> None:
    first, again, other = (
        chunk(article(text), tokens=embeddings.tokens, budget=100)[0].id for text in ("One.", "One.", "Two.")
    )
    assert first == again != other


def test_an_empty_text_has_no_chunk(embeddings: SentenceEmbeddings) -> None:
    assert chunk(article(""), tokens=embeddings.tokens, budget=100) == []


def test_a_line_of_half_a_megabyte_is_cut_between_words(embeddings: SentenceEmbeddings) -> None:
    text = "word " * 100_000
    chunks = chunk(article(text.strip()), tokens=embeddings.tokens, budget=200)
    assert all(c.text.startswith("word") and c.text.endswith("word") for c in chunks)
