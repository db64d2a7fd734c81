"""Correct words that neither the index nor a dictionary of English knows, by the index's own words.

rapidfuzz finds the words at a small distance, symspellpy's dictionary knows what is no mistake (docs/decisions/0024).
Which word is meant is decided here: by the distance, how often the index has it, and its letters.
"""

import math
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Protocol

from index.search.lexical import terms

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SHORTEST = 4
"""Three letters and fewer are near too many words."""
_LONG = 7
"""Letters from which on two mistakes are corrected, instead of one."""
_LONG_NAME = 5
"""Letters from which on a word with a capital is corrected: a name that the index lacks may be right."""
_MOST = 8
"""Words to correct in one question: each takes 4 ms with 40,000 words in the index."""
_DISTANCE, _FIRST, _LETTERS = 4.0, 3.0, 2.0
"""What a mistake costs, and another first letter, and what the same letters gain, against the logarithm of a word's
count. Of 400 words of rtqa_tune_2023 with one mistake each, .925 are put right, as many as by distance and count alone;
but with these "wich" is "with" (November 2026)."""


_ELSEWHERE = 0.5
"""The count of a common word that the index lacks: "hapened" means "happened", even where articles only have "opened".
It changes none of 363 words with a mistake over 1,500 articles: small indexes need it."""


class Words(Protocol):
    """What is known of the words of an index: a `Generation`."""

    def frequencies(self, terms: Sequence[str]) -> list[int]:
        """Return how many passages contain each analysed term."""

    @property
    def words(self) -> Mapping[str, int]:
        """Return how often the newest articles have each word, in small letters."""


def corrected(question: str, index: Words) -> str:
    """Return the question with the words that nobody knows replaced by the nearest of the index's.

    Where most words are unknown it is in another language, or none, and stays as it is.
    """
    found = list(_WORD.finditer(question))
    unknown = [m for m in found if _may_be_wrong(m[0], shouted=question.isupper()) and _is_unknown(m[0], index)]
    if not unknown or len(unknown) > _MOST or 2 * len(unknown) > len(found):
        return question
    # From the end, so that earlier places stay right.
    for match in reversed(unknown):
        if word := _nearest(match[0], index.words):
            question = f"{question[: match.start()]}{_cased(word, match[0])}{question[match.end() :]}"
    return question


def _may_be_wrong(word: str, *, shouted: bool) -> bool:
    """Say whether a word is long enough to be corrected; acronyms and words with letters of other alphabets are not."""
    if not word.isascii() or (word.isupper() and not shouted):
        return False
    return len(word) >= (_LONG_NAME if word[0].isupper() else _SHORTEST)


def _is_unknown(word: str, index: Words) -> bool:
    """Say whether a word is written as no article has it, and as no English word is."""
    if any(index.frequencies(terms(word))):
        return False
    small = word.lower().replace("’", "'")
    # Without its possessive, too: "dragon's" is no mistake.
    return not {small, small.partition("'")[0]} & _english() and small not in index.words


def _nearest(word: str, words: Mapping[str, int]) -> str:
    """Return the word of the index that is most likely meant; "" if none is near.

    Two mistakes in a name ("Gwenyth") must leave its letters: other names are near, too.
    """
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    small = word.lower().replace("’", "'")
    most = 1 + (len(word) >= _LONG)
    near = process.extract(small, words.keys(), scorer=OSA.distance, score_cutoff=most, limit=None)
    likely = [
        (_likelihood(small, other, int(distance), words[other]), other)
        for other, distance, _ in near
        if distance == 1 or not word[0].isupper() or set(small) == set(other)
    ]
    if small == word:  # a name is not turned into a common word
        common = process.extract(small, _common() - words.keys(), scorer=OSA.distance, score_cutoff=1, limit=None)
        likely += [(_likelihood(small, other, 1, _ELSEWHERE), other) for other, _, _ in common]
    return max(likely, default=(0.0, ""))[1]


def _likelihood(word: str, other: str, distance: int, count: float) -> float:
    """Return how likely the other word was meant, as a logarithm."""
    # The same letters in another order are the commonest slip of the hand.
    gain = _LETTERS if set(word) == set(other) else 0.0
    return math.log(count) - _DISTANCE * distance - (_FIRST if word[0] != other[0] else 0.0) + gain


def _cased(word: str, like: str) -> str:
    """Return a word with capitals where the other has them."""
    if like.isupper():
        return word.upper()
    return word.title() if like[0].isupper() else word


def _english() -> frozenset[str]:
    """Return English words, and the names that the reader's tokenizer knows."""
    return _listed() | _pieces()


@cache
def _common() -> frozenset[str]:
    """Return the English words that are one piece to the reader's tokenizer: the frequent ones."""
    return _listed() & _pieces()


@cache
def _listed() -> frozenset[str]:
    """Return the 83,000 words of symspellpy's dictionary."""
    import symspellpy

    listed = files(symspellpy).joinpath("frequency_dictionary_en_82_765.txt").read_text("utf-8-sig")
    return frozenset(line.partition(" ")[0] for line in listed.splitlines())


@cache
def _pieces() -> frozenset[str]:
    from tokenizers import Tokenizer

    from index.embed.model import SentenceEmbeddings

    return frozenset(Tokenizer.from_file(str(SentenceEmbeddings().folder / "tokenizer.json")).get_vocab())
