"""Detect a report that names another person, place or firm than all others that answer the question.

Figures are compared in qa/facts/disagreement.py. Two names may stand for one thing, so it asks much: two other outlets
share a name that the report never mentions, and none of these mentions the one that it gives.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from index.search.lexical import terms
from qa.evidence import THRESHOLD, Sentence
from qa.facts.kinds import asks_for
from qa.facts.wording import canonical, words

_ASKS_NAME = re.compile(r"\b(?:who|whom|whose|where|which)\b", re.IGNORECASE)
_CAPITALISED = re.compile(r"\b[A-Z][\w'’-]+")
# What this marks: 2 of 20 lies (docs/decisions/0021). Of 79 questions of our own and 220 natural ones none is answered
# otherwise with one outlet or three, nor with .1 to 4 logits (November 2026): they are what the rule says in words.
_LEAST_OTHERS = 2  # outlets: one alone may be the one that is wrong
_BEHIND = 1.0  # logits: next to the other report


def lone(question: str, judged: Sequence[Sentence]) -> tuple[Sentence, ...]:
    """Return the best sentence, if the name in it stands alone, and then the best one that has the others' name."""
    supported = [sentence for sentence in judged if sentence.support >= THRESHOLD]
    if not supported or asks_for(question) or not _ASKS_NAME.search(question):
        return ()
    best, asked = supported[0], set(words(question))
    # Reversed, so that the best of equal texts stays; `reversed(others)` below turns the order back.
    others = list({s.text: s for s in reversed(supported) if _is_independent(s, best)}.values())  # a copy counts once
    given, shared = _names(best) - asked, _shared(others) - asked
    if not given or not shared:
        return ()
    shared -= _mentioned(best)  # what the report mentions anywhere it does not contradict
    witnesses = [sentence for sentence in reversed(others) if shared & _names(sentence)]
    if not witnesses or any(given & _mentioned(witness) for witness in witnesses):
        return ()
    return best, witnesses[0]


def behind(judged: Sequence[Sentence], found: Sequence[Sentence]) -> list[Sentence]:
    """Return the sentences, the lone one behind the other unless it is of a newer day: then things may have changed."""
    if not found or _day(found[0]) > _day(found[1]):
        return list(judged)
    best, witness = found
    lower = [
        replace(s, evidence=min(s.evidence, witness.evidence - _BEHIND)) if s.article.id == best.article.id else s
        for s in judged
    ]
    return sorted(lower, key=lambda sentence: -sentence.evidence)


def _is_independent(sentence: Sentence, best: Sentence) -> bool:
    return sentence.article.id != best.article.id and sentence.article.source != best.article.source


def _shared(others: Sequence[Sentence]) -> set[str]:
    """Return the names that sentences of two outlets and more have."""
    by_outlet: dict[str, set[str]] = {}
    for sentence in others:
        by_outlet.setdefault(sentence.article.source or sentence.article.id, set()).update(_names(sentence))
    counts = Counter(name for known in by_outlet.values() for name in known)
    return {name for name, count in counts.items() if count >= _LEAST_OTHERS}


def _names(sentence: Sentence) -> set[str]:
    return {term for name in _CAPITALISED.findall(sentence.text) for term in words(name)}


def _mentioned(sentence: Sentence) -> set[str]:
    return {canonical(term) for term in terms(f"{sentence.article.title}\n{sentence.article.text}")}


def _day(sentence: Sentence) -> date:
    return sentence.article.published or date.min
