"""Say whether an answer is right: whether it holds a gold answer once both are written alike.

Alike means: NFKC, small letters, no thousands separators, the number words from zero to ninety-nine as digits,
"per cent" and "%" as "percent", no possessive s, no articles (a, an, the), no punctuation and no signs of currency.
Only whole words match, so that "70" is not found in "1970". Not matched: paraphrases, larger numbers
in words ("two thousand"), units and dates written in another way.
"""

import re
import unicodedata
from collections.abc import Sequence

from qa.facts.figures import ONES, TENS
from qa.values import Answer

_SMALL = ONES.split()
_TENS = {word: 10 * number for number, word in enumerate(TENS.split(), start=2)}
_NUMBERS = {word: number for number, word in enumerate(_SMALL)} | _TENS
_COMPOUND = re.compile(rf"\b({'|'.join(_TENS)})[- ]({'|'.join(_SMALL[1:10])})\b")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")
_INITIALS = re.compile(r"\b(?:[^\W\d_]\.){2,}")
_POSSESSIVES = re.compile(r"(?<=\w)['’ʼ]s\b")
_APOSTROPHES = re.compile(r"(?<=\w)['’ʼ](?=\w)")
_WORD = re.compile(r"\d+(?:\.\d+)+|[^\W_]+")
_ARTICLES = {"a", "an", "the"}


def normalised(text: str) -> str:
    """Return the text's words written alike, each with a blank before and after it."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("%", " percent ").replace("per cent", "percent")
    # The order matters: possessives go before apostrophes are closed up, or "Anna's" became "annas".
    plain = _APOSTROPHES.sub("", _POSSESSIVES.sub("", _THOUSANDS.sub("", plain)))
    plain = _INITIALS.sub(lambda found: found[0].replace(".", ""), plain)
    plain = _COMPOUND.sub(lambda found: str(_TENS[found[1]] + _NUMBERS[found[2]]), plain)
    words = (word for word in _WORD.findall(plain) if word not in _ARTICLES)
    return f" {' '.join(str(_NUMBERS.get(word, word)) for word in words)} "


def holds_answer(text: str, answers: Sequence[str]) -> bool:
    """Say whether the text holds one of the answers."""
    inside = normalised(text)
    return any(wanted in inside for answer in answers if (wanted := normalised(answer)).strip())


def names_right_choice(text: str, answers: Sequence[str], choices: Sequence[str]) -> bool:
    """Say whether the text holds a right choice and no wrong one.

    A choice is right when it is among the answers. A wrong one that is only named within a right one does not count.
    """
    inside = normalised(text)
    gold = {normalised(answer) for answer in answers}
    options = {normalised(choice) for choice in choices} - {normalised("")}
    right = [option for option in options if option in gold and option in inside]
    # The longest first: within "New York City" the wrong "York" is only named.
    for option in sorted(right, key=len, reverse=True):
        inside = inside.replace(option, " | ")
    return bool(right) and not any(option in inside for option in options - gold)


def words_of(answer: Answer) -> str:
    """Return the answer's supported statements, without citation numbers."""
    return " ".join(statement.text for statement in answer.supported)
