"""Quotes are found to the letter, under other typography, and mapped back to true offsets."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.clean import visible
from qa.facts.locate import fold, fold_text, locate

TEXT = "The mayor said: “We won’t close the bridge – not\nin 2026.” Traders at the ﬁsh market, on ½ pay, disagreed."


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("close the bridge", "close the bridge"),
        ('"We won\'t close the bridge - not in 2026."', "We won’t close the bridge – not\nin 2026"),
        ("  The   mayor\tsaid  ", "The mayor said"),
        ("the fish market", "the ﬁsh market"),
        ("market, on 1⁄2 pay", "market, on ½ pay"),
        ("the bridge — not in", "the bridge – not\nin"),
        ("not in 2026. Traders at", None),
        ("close the bridges", None),
        ("lose the bridge", None),
        ("Close the bridge", None),
        ("close a bridge", None),
        ("close ... bridge", None),
        ("ish market", None),
        ("We won", None),
        ("", None),
        ("“…”", None),
    ],
    ids=repr,
)
def test_what_is_found_and_what_is_not(quote: str, found: str | None) -> None:
    span = locate(quote, TEXT)
    assert (TEXT[slice(*span)] if span else None) == found


def test_the_first_whole_place_is_taken() -> None:
    assert locate("bridge open", "drawbridge opens, bridge opens, bridge open") == (32, 43)


letters = st.text(
    st.one_of(st.sampled_from("aB1 .-–—\n\t “”\"'’ﬁ½…éé́ǅ㎏Å가"), st.characters(codec="utf-8")), max_size=60
)


@given(letters, st.integers(0, 60), st.integers(0, 60))
def test_a_piece_is_found_as_itself(raw: str, one: int, other: int) -> None:
    text = visible(raw)
    quote = text[min(one, other) : max(one, other)]
    if span := locate(quote, text):
        start, end = span
        assert 0 <= start < end <= len(text)
        assert fold(text[start:end]).text.strip(" \t\n\"'.,;:") == fold(quote).text.strip(" \t\n\"'.,;:")


@given(letters, letters)
def test_what_is_found_reads_like_the_quote(raw: str, quote: str) -> None:
    text = visible(f"{raw} {quote} {raw}")
    if span := locate(quote, text):
        wanted = fold(visible(quote)).text.strip(" \t\n\"'.,;:")
        assert fold(text[slice(*span)]).text == wanted


@given(letters)
def test_the_text_alone_is_the_same(raw: str) -> None:
    assert fold_text(raw) == fold(raw).text


@given(letters)
def test_offsets_cover_the_text_in_order(raw: str) -> None:
    text = unicodedata.normalize("NFC", raw)
    folded = fold(text)
    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    assert all(start < end for start, end in zip(folded.starts, folded.ends, strict=True))
    assert list(folded.starts) == sorted(folded.starts)
    assert not text.strip() or folded.ends[-1] == len(text)


@given(st.text(st.sampled_from("abcdefg hij"), min_size=12, max_size=40), st.integers(0, 8))
def test_a_run_of_whole_words_is_always_found(text: str, skip: int) -> None:
    words = text.split()
    quote = " ".join(words[skip : skip + 5])
    if sum(map(str.isalnum, quote)) >= 8:
        assert locate(quote, text) is not None
