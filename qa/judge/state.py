"""Answer a question for how things are ("Is the bridge open?") from the newest report first.

A reader trained to find the words of a question prefers a report that has them, also when a newer one has overtaken it.
"""

import re
from dataclasses import replace

from index.search.lexical import terms
from qa.evidence import LEAST, Evidence, Sentence
from qa.intent.form import form
from qa.intent.general import matter_of
from qa.judge.compare import shown
from qa.judge.leads import lead, story

_PRESENT = re.compile(
    r"^\W*(?:(?:and|but|so) )?(?:(?:is|are|am|has|have|do|does|can|will|may|must)(?:n['’]?t)?|(?:ca|wo)n['’]?t)\b",
    re.IGNORECASE,
)
_NAMED = 0.5
"""The share of the matter's words that a newer report's headline and lead have to hold. Of 62 questions over two
archives 24 are answered otherwise: 14 better, 4 as well as before, 6 worse (docs/decisions/0041)."""


def asks_state(question: str) -> bool:
    """Say whether a question asks how things are, or will be: "Is it open?", and not "Was it open?"."""
    return form(question) == "verdict" and _PRESENT.match(question) is not None


def with_newest(evidence: Evidence) -> Evidence:
    """Return the evidence with the newest report on the matter before the best sentence, if that is of an older one."""
    found = shown(evidence.sentences)
    if not found or not asks_state(evidence.searched):
        return evidence
    first = _newest(evidence, found[0])
    if first is None:
        return evidence
    place = first.article.id, first.start
    others = (sentence for sentence in evidence.sentences if (sentence.article.id, sentence.start) != place)
    return replace(evidence, sentences=(replace(first, evidence=found[0].evidence, doubt=found[0].doubt), *others))


def _newest(evidence: Evidence, best: Sentence) -> Sentence | None:
    """Return what the newest of the later reports on the matter says: its lead, or else its best sentence."""
    matter = matter_of(evidence.searched)
    support = {sentence.article.id: sentence for sentence in reversed(evidence.sentences)}  # the best of each
    later = [
        article
        for article in story(evidence, matter)
        if article.published and best.article.published and article.published > best.article.published
        if article.id in support and support[article.id].evidence - support[article.id].doubt >= LEAST
        if _names(f"{article.title} {article.text[slice(*lead(article))]}", matter)
    ]
    if not later:
        return None
    newest = max(later, key=lambda article: (article.published, article.id))
    first = Sentence(newest, *lead(newest), evidence=0.0)
    return first if _names(first.text, matter) else support[newest.id]


def _names(text: str, matter: frozenset[str]) -> bool:
    return bool(matter) and len(matter.intersection(terms(text))) >= _NAMED * len(matter)
