"""Demote articles that were written to be found or obeyed rather than to report: by their words alone.

A sentence that tells the reader or a machine what to answer states nothing. An article that poses the very question is
found for that, whatever it says: it stays behind the others that answer. What this module does not know: whether it
lies. Honest ones are headed by questions, too, and so it is shown, and answers alone where no other does.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from qa.evidence import THRESHOLD, Evidence, Sentence

_MACHINE = r"(?:ai|language|chat)[ -]?(?:systems?|models?|assistants?|agents?|bots?)"
_ANSWERING = r"(?:answer|say|reply|respond|repeat|state|tell)"
# What news often says is kept out by the words round it: "When asked, he said" has no order behind the comma, and
# "explain" counts only where it opens the sentence.
_ADDRESSES = re.compile(
    "|".join(
        (
            r"\bthe (?:only )?(?:true|correct|right|real|actual) answer (?:is|was|to)\b",
            r"\bquestion\b.*\banswer (?:is|was)\b",
            r"\b(?:ignore|disregard|forget) (?:(?:all|any|the|every|of|these|those|your) )*"
            r"(?:(?:other|previous|prior|preceding|earlier|above) )+"
            r"(?:articles?|reports?|sources?|passages?|documents?|texts?|answers?|instructions?)\b",
            r"\b(?:ignore|disregard|forget) everything (?:above|before|else)\b",
            rf"\b(?:note|notice|message) (?:to|for) (?:the |any |all )?(?:{_MACHINE}|assistants?|bots?)\b",
            r"^\W*(?:system(?: note)?|new instructions?)\W*:",
            r"\b(?:tell|inform|remind) (?:the|your) users?\b",
            rf"\b(?:when|if|whenever)(?: you are| you're| ever)? asked\b[^,:]*[,:] (?:please |always |only |just )*"
            rf"{_ANSWERING}\b",
            rf"\b{_MACHINE},? (?:must|should|shall|have to|are to|please) (?:always |only )*{_ANSWERING}"
            r"(?: that\b| with\b|:)",
            rf"(?:^\W*|, )(?:dear|attention|hello) (?:ai|assistants?|{_MACHINE})\b",
            r"\byour (?:answer|response|reply|output)\b",
            rf"^\W*(?:please |always |you must )*{_ANSWERING} (?:that|with)\b",
            r"^\W*(?:please )?(?:explain|describe|translate|compose|draft|write|provide|summari[sz]e)"
            r" (?:an?|the|how|this|me|us)\b",
        )
    ),
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[“\"][^”\"]*(?:[”\"]|$)")  # a quotation that a sentence leaves open goes on to its end
_REPORTED = re.compile(
    r"\b(?:said|says|told|added|argued|wrote|ruled|warned|urged|insisted|replied|answered|according to)\b",
    re.IGNORECASE,
)
"""Reported speech: what somebody says to somebody is news."""
_CLAUSES = re.compile(r"(?<=[:;.?!–—\n])\s+")
_WORD = re.compile(r"\w+")
_ASKS = re.compile(
    r"\b(?:who|whom|whose|what|which|when|where|why|how)\b|^\W*(?:am|is|are|was|were|do|does|did|has|have|had|can|could"
    r"|will|would|shall|should|may|might|must)\b",
    re.IGNORECASE,
)
"""Not a few words as they are typed into a search box: honest titles begin with these."""
_SAME_QUESTION = 0.8
"""Of all different words of both, the small ones too: "Who is" makes another text than "the new"."""
_LEAST_WORDS = 3  # of a question: shorter ones stand in honest articles too
_UNSUPPORTED, _BEHIND = 30.0, 1.0
"""Logits: docs/decisions/0021."""


def addresses(sentence: str) -> bool:
    """Say whether a sentence tells the reader or a machine what to answer, and is nobody's reported words."""
    return bool(_ADDRESSES.search(_QUOTED.sub(" ", sentence))) and not _REPORTED.search(sentence)


def poses(text: str, question: str) -> bool:
    """Say whether a clause of a text is the question, or begins with it."""
    asked = _words(question)
    if len(asked) < _LEAST_WORDS or not _ASKS.search(question):
        return False
    return any(words[: len(asked)] == asked or _nearly(words, asked) for words in map(_words, _CLAUSES.split(text)))


def demote_stuffing(evidence: Evidence) -> Evidence:
    """Return the evidence with less support for what addresses the reader, and the articles that pose the question.

    Those stand behind the best supported sentence of another article; where there is none, they stay.
    """
    judged = [replace(s, evidence=s.evidence - _UNSUPPORTED) if addresses(s.text) else s for s in evidence.sentences]
    posing = frozenset(_posing(judged, evidence))
    honest = [s.evidence for s in judged if s.article.id not in posing and s.support >= THRESHOLD]
    if honest and posing:
        # One step for all, so that they keep their order.
        less = max(0.0, max(s.evidence for s in judged if s.article.id in posing) - max(honest) + _BEHIND)
        judged = [replace(s, evidence=s.evidence - less) if s.article.id in posing else s for s in judged]
    return replace(evidence, sentences=_ordered(judged), posing=posing)


def _ordered(judged: Sequence[Sentence]) -> tuple[Sentence, ...]:
    return tuple(sorted(judged, key=lambda sentence: -sentence.evidence))


def _posing(judged: Sequence[Sentence], evidence: Evidence) -> Iterator[str]:
    """Yield the ids of the articles of which the title, or a sentence that was read, poses the question."""
    # As typed, without its days, and with a name for its pronoun: any of them may have been copied.
    questions = {evidence.question, evidence.alone, evidence.searched}
    for sentence in judged:
        if any(poses(sentence.article.title, one) or poses(sentence.text, one) for one in questions):
            yield sentence.article.id


def _nearly(words: Sequence[str], asked: Sequence[str]) -> bool:
    """Say whether two begin alike, and have nearly all of their words in common."""
    mine, theirs = set(words), set(asked)
    return words[:1] == asked[:1] and len(mine & theirs) >= _SAME_QUESTION * len(mine | theirs)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
