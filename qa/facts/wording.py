"""Return the words of a text as facts are compared: what carries meaning, stemmed, synonyms as one, names apart.

The synonyms are those that news reports exchange freely.
"""

import re
from functools import cache, lru_cache

from index.search.lexical import terms
from qa.facts.calendar import WEEKDAY
from qa.facts.figures import numbers, without_dates
from qa.facts.polarity import spelt_out

# "May" is a month only before a number, or behind a word like "in": "may" is common.
_DAY_WORDS = re.compile(
    rf"\b(?:{WEEKDAY}|(?:jan|febr)uary|march|april|june|july|august"
    r"|(?:sept|nov|dec)ember|october|today|yesterday|tomorrow|tonight"
    r"|(?:last|this|next) (?:week|month|year|spring|summer|autumn|winter|night))\b"
    r"|\bMay\b(?= \d)|\b(?:in|since|until|by|of|from|last|next) May\b",
    re.IGNORECASE,
)
# Not at the head of a sentence or quotation, where every word has a capital.
_CAPITALISED = re.compile(r"(?<=[^\s.!?:\"'(])\s+[\"'(]*([A-Z][\w'-]*)")
_CURRENCY = re.compile(r"^ (?:dollars?|euros?|pounds?|yen|rupees?)\b", re.IGNORECASE)
_PERCENT = re.compile(r"\b(?:per ?cent|pct)\b|%", re.IGNORECASE)
_LIGHT = frozenset(
    terms(
        "a an and are as at be been being but by did do does for from had has have he her his i in into is it its"
        " itself of on or our s she so than that the their them then there they this those to too us was we were what"
        " when where which who whom whose with you about also around some however meanwhile just very now new"
        " said says say told according reported reports added announced"
        # Denials are compared by `polarity`, not as words.
        " not no never none nobody nothing neither nor without"
    )
)
_SYNONYMS = (
    "hurt injured injure wounded wound injury injuries hurts",
    "die died dead death deaths dies dying",
    "kill killed kills killing",
    "close closed shut closes closing",
    "begin began begins begun start started starts",
    "buy bought buys purchase purchased acquire acquired",
    "build built builds construct constructed",
    "rise rose rises risen increase increased climb climbed",
    "fall fell falls fallen drop dropped decrease decreased",
    "beat beaten beats defeat defeated",
    "win won wins",
    "lose lost loses",
    "take took taken takes",
    "give gave given gives",
    "go went gone goes",
    "leave left leaves",
    "sell sold sells",
    "pay paid pays",
    "hold held holds",
    "meet met meets",
    "find found finds",
    "shoot shot shoots",
    "become became becomes",
    "sue sued sues",
    "choose chose chosen chooses",
    "lead led leads",
    "break broke broken breaks",
    "spend spent spends",
    "run ran runs",
    "resign resigned resigns quit",
    "people persons person",
    "house houses home homes",
    "reject rejected refuse refused",
    "approve approved backed back",
    "centre center",
    "theatre theater",
    "harbour harbor",
    "neighbour neighbor",
    "programme program",
    "labour labor",
    "defence defense",
    "metre meter",
    "kilometre kilometer km",
    "kilogram kg kilo",
)
"""Words that stand for each other, each line by its first: irregular forms, and what news reports exchange freely."""


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[str, ...]:
    """Return the words of a text that carry meaning, in order: stemmed, synonyms as one; no numbers and days."""
    return tuple(canonical(term) for term in terms(without_figures(text)) if term not in _LIGHT)


@lru_cache(maxsize=4096)
def without_figures(text: str, instead: str = " ") -> str:
    """Return a text, folded, with `instead` for its numbers, dates, weekdays and percent signs."""
    plain = _DAY_WORDS.sub(instead, without_dates(spelt_out(text)))
    for number in reversed(list(numbers(plain))):  # from the end, so that earlier places stay right
        plain = f"{plain[: number.start]}{instead}{_CURRENCY.sub('', plain[number.end :])}"
    return _PERCENT.sub(instead, plain)


@lru_cache(maxsize=4096)
def day_words(text: str) -> frozenset[str]:
    """Return the weekdays, months and words like "yesterday" of a text, without those of its dates."""
    return frozenset(match.lower() for match in _DAY_WORDS.findall(without_dates(text)))


@lru_cache(maxsize=4096)
def names(text: str) -> frozenset[str]:
    """Return the terms of the capitalised words of a text but the first one."""
    found = _CAPITALISED.findall(_DAY_WORDS.sub(" ", without_dates(spelt_out(text))))
    return frozenset(term for name in found for term in words(name))


def canonical(term: str) -> str:
    """Return the term that stands for all of its synonyms."""
    return _synonyms().get(term, term)


@cache
def _synonyms() -> dict[str, str]:
    """Return the term that stands for all synonyms of a line, by the term of each of them."""
    return {term: terms(line)[0] for line in _SYNONYMS for term in terms(line)}
