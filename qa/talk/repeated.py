"""Let sentences count less that the conversation has told already: who asks on wants to hear something else.

What this module does not know: what was meant. A sentence is told if an earlier question and its answer hold nearly
all of its words and every fact that it has: "nine votes to two" was not told by "seven votes to four".
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from index.search.lexical import terms
from qa.evidence import LEAST, Evidence, Sentence
from qa.facts.comparison import adds_no_fact
from qa.judge.compare import MARGIN
from qa.values import Turn

_HELD = 0.8


def untold(evidence: Evidence, history: Sequence[Turn]) -> Evidence:
    """Return the evidence with sentences behind the others that were told before.

    None falls so far that it would not be shown any more, and a question that is put once more may get its answer
    once more.
    """
    told = list(_told(evidence.question, history))
    if not told:
        return evidence
    judged = [_less(one) if _is_among(one, told) else one for one in evidence.sentences]
    judged.sort(key=lambda sentence: (-sentence.evidence, sentence.article.id, sentence.start))
    return replace(evidence, sentences=tuple(judged))


def _told(question: str, history: Sequence[Turn]) -> Iterator[str]:
    """Yield each question with its answer, but not the same question."""
    asked = set(terms(question))
    for before, turn in pairwise(history):
        if (before.role, turn.role) == ("user", "assistant") and not asked <= set(terms(before.content)):
            yield f"{before.content} {turn.content}"


def _is_among(sentence: Sentence, told: Sequence[str]) -> bool:
    words = set(terms(sentence.text))
    return any(
        len(words & set(terms(known))) >= _HELD * len(words) and adds_no_fact(sentence.text, known) for known in told
    )


def _less(sentence: Sentence) -> Sentence:
    return replace(sentence, evidence=max(sentence.evidence - MARGIN, min(sentence.evidence, LEAST)))
