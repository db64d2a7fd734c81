"""Down-weight sentences already used in this conversation: a follow-up asks for something else.

A sentence counts as used if an earlier question and its answer hold nearly all of its words and every fact that it
has: "nine votes to two" was not said by "seven votes to four".
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from index.search.lexical import terms
from qa.evidence import LEAST, Evidence, Sentence
from qa.facts.comparison import adds_no_fact
from qa.intent.fragment import asks_who_said
from qa.judge.compare import MARGIN
from qa.values import Turn

_HELD = 0.8
"""The share of a sentence's words that the exchange must have; like that of a copy, not measured by itself."""


def demote_repeated(evidence: Evidence, history: Sequence[Turn]) -> Evidence:
    """Return the evidence with sentences that the conversation has used already behind the others.

    None falls so far that it would not be shown any more, and the same question asked again may get its answer again.
    """
    # Who said something stands in the very sentence that said it.
    said = [] if asks_who_said(evidence.question) else list(_exchanges(evidence.question, history))
    if not said:
        return evidence
    judged = [_less(one) if _repeats(one, said) else one for one in evidence.sentences]
    judged.sort(key=lambda sentence: (-sentence.evidence, sentence.article.id, sentence.start))
    return replace(evidence, sentences=tuple(judged))


def _exchanges(question: str, history: Sequence[Turn]) -> Iterator[str]:
    """Yield each earlier question with its answer, but not where it was the same question."""
    # By words, so that the same question may come again with another mark or in capitals.
    asked = set(terms(question))
    for before, turn in pairwise(history):
        if (before.role, turn.role) == ("user", "assistant") and not asked <= set(terms(before.content)):
            yield f"{before.content} {turn.content}"


def _repeats(sentence: Sentence, said: Sequence[str]) -> bool:
    words = set(terms(sentence.text))
    return any(
        len(words & set(terms(earlier))) >= _HELD * len(words) and adds_no_fact(sentence.text, earlier)
        for earlier in said
    )


def _less(sentence: Sentence) -> Sentence:
    return replace(sentence, evidence=max(sentence.evidence - MARGIN, min(sentence.evidence, LEAST)))
