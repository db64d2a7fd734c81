"""Say whether two sentences state the same facts.

The one place that says what "the same" means: numbers with what they count, dates and weekdays, names and the order in
which they act, denial, certainty and opposite words. Any doubt is a difference: two statements where one would do cost
a reader a line, and one in the place of two a fact. It compares words, not meanings.
"""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from qa.facts.calendar import WEEKDAY
from qa.facts.figures import Day, days
from qa.facts.polarity import denials, opposed
from qa.facts.quantities import Quantity, quantities
from qa.facts.roles import other_parts, turned_roles
from qa.facts.wording import canonical, day_words, names, without_figures, words

_SAME_WORDS = 0.8
"""Share of the statement's words that what restates it has. This and the next: docs/decisions/0018."""
_OTHER_WORDS = 0.5
"""With more words in common than this two sentences are near copies, and each word that was exchanged counts."""
_LEAST_WORDS = 4
"""Sentences of fewer words are near in meaning as soon as they have one in common."""
_INSERTED = 3
"""More words than these within a sentence can make another thing its subject."""
_RELATIVE = re.compile(
    rf"\b(?:{WEEKDAY}|today|yesterday|tomorrow|tonight"
    r"|(?:last|this|next) (?:week|night))\b",
    re.IGNORECASE,
)
_DEGREES = re.compile(
    r"\b(?:may|might|could|would|should|must|can|will|won't|shall|to be|all|every|most|some|half|few|several|only"
    r"|almost|nearly|partly|partially|mostly|largely|former|formerly|ex|deputy|vice|acting|alleged|allegedly|suspected"
    r"|attempted|would-be|if|hope[sd]?|want(?:s|ed)?|claim(?:s|ed)?|plan(?:s|ned)?|propos(?:e|es|ed)|urg(?:e|es|ed)"
    r"|threaten(?:s|ed)?|promis(?:e|es|ed)|consider(?:s|ed|ing)?|fear(?:s|ed)?|ask(?:s|ed)|demand(?:s|ed)?"
    r"|expect(?:s|ed)|likely|possibl[ey]|probabl[ey]|perhaps|no longer|still|twice|double|third"
    r"|quarter|seem(?:s|ed)?|appear(?:s|ed)? to|look(?:s|ed)?|about to|close to|on the verge of|used to"
    r"|false|falsely|untrue|hoax|myth|fake|unfounded|baseless|rumou?rs?|rumou?red"
    r"|all but|nobody but|none but|except(?:ing)?|apart from|other than|save for|excluding)\b",
    re.IGNORECASE,
)
_NOW, _THEN = re.compile(r"\b(?:is|are)\b"), re.compile(r"\b(?:was|were)\b")
_MAYBE = re.compile(r"\b(?:may|might|could|possibl[ey]|perhaps|likely|expect|plan|propos|consider|hope|want)")


def restates(text: str, statement: str, *, near: bool = False) -> bool:
    """Say whether a text states all that a statement states: it may stand beside it as a second source.

    The text may add something. `near` is whether the two are near in meaning, by their vectors: then they may use other
    words, but must not be near copies, of which one word was exchanged.
    """
    mine, theirs = words(statement), words(text)
    if not mine or not theirs or not _holds_figures(text, statement) or opposed(text, statement):
        return False
    share = len(set(mine) & set(theirs)) / len(set(mine))
    if share >= _SAME_WORDS:
        return (
            denials(text) == denials(statement)
            and _degrees(text) == _degrees(statement)
            and not _then_and_now(text, statement)
            and names(statement) <= set(theirs)
            and _runs_along(mine, theirs)
            and not turned_roles(statement, text)
            and not other_parts(statement, text)
        )
    return (
        near
        and share <= _OTHER_WORDS  # between the two shares it is a near copy in which words were exchanged
        and min(len(set(mine)), len(set(theirs))) >= _LEAST_WORDS
        and bool(denials(text)) == bool(denials(statement))
        and bool(_MAYBE.search(text.lower())) == bool(_MAYBE.search(statement.lower()))
        and names(statement) <= set(theirs)
        and not turned_roles(statement, text)
    )


def adds_no_fact(statement: str, earlier: str) -> bool:
    """Say whether the numbers, days and names of a statement stand in an earlier text, and both affirm or both deny."""
    return (
        {quantity.value for quantity in quantities(statement)} <= {quantity.value for quantity in quantities(earlier)}
        and _hold_days(earlier, statement)
        and names(statement) <= set(words(earlier))
        and bool(denials(statement)) == bool(denials(earlier))
    )


def _runs_along(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    """Say whether the words of a statement stand in a text in their order, none of them exchanged for another."""
    # `autojunk` would pass over the frequent words of a text of 200 and more.
    for kind, first, after, start, end in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
        inside = start > 0 and end < len(theirs)
        if kind == "replace" or (kind == "insert" and inside and end - start > _INSERTED):
            return False
        gone = mine[first:after] if kind == "delete" else ()
        if len(gone) > max(1, len(mine) // 5) or not set(gone).isdisjoint(theirs):
            return False  # too many, or moved to another place
    return True


def _holds_figures(text: str, statement: str) -> bool:
    """Say whether both have the same quantities, and the text every day that the statement has."""
    return _hold_days(text, statement) and _same_quantities(quantities(text), quantities(statement))


def _hold_days(text: str, statement: str) -> bool:
    # Weekdays are compared as words, since what day they are depends on the report.
    known = days(text)
    return day_words(statement) <= day_words(text) and all(
        any(may_be(day, other) for other in known) for day in days(statement)
    )


def names_a_weekday(text: str) -> bool:
    """Say whether a text names a day by its place in the week, or as seen from its own: what that is depends on it."""
    return bool(_RELATIVE.search(text))


def may_be(day: Day, other: Day) -> bool:
    """Say whether a date can be another one: what either leaves open is no difference."""
    return all(part is None or part == theirs or theirs is None for part, theirs in zip(day, other, strict=True))


def _same_quantities(some: Sequence[Quantity], others: Sequence[Quantity]) -> bool:
    """Say whether two texts have the same quantities in the same order."""
    return len(some) == len(others) and all(map(same_quantity, some, others))


def same_quantity(one: Quantity, other: Quantity) -> bool:
    """Say whether two quantities have the same value, and may be of the same thing."""
    return one.value == other.value and one.about == other.about and comparable(one, other)


def comparable(one: Quantity, other: Quantity) -> bool:
    """Say whether two quantities have the same unit and count the same, as far as the texts say."""
    if one.unit != other.unit:
        return False
    mine, theirs = ({canonical(term) for term in quantity.counted} for quantity in (one, other))
    return not mine or not theirs or bool(mine & theirs)  # what is left open may be the same


def _then_and_now(one: str, other: str) -> bool:
    """Say whether one text says what is, and the other what was."""
    now, then = ([bool(tense.search(text)) for text in (one, other)] for tense in (_NOW, _THEN))
    return now == [not was for was in then] and now[0] != now[1]


@lru_cache(maxsize=4096)
def _degrees(text: str) -> frozenset[str]:
    return frozenset(match.lower() for match in _DEGREES.findall(without_figures(text)))
