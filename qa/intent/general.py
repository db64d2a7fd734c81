"""Recognise a question that names no subject: "What happened?", "What's the latest news?"."""

import re

from index.search.lexical import terms
from qa.intent.mentions import content

_GENERAL = frozenset(
    "happen happened happening happens news new latest newest headline headlines event events report reported reports "  # noqa: SIM905
    "reporting story stories important main major big biggest top recent recently going today thing things summary "
    "summarise summarize sum tell show give lately week weeks month months year day days article articles current "
    "currently go goes made make what's what’s".split()
)
"""Words that name no matter."""
_ASKS = re.compile(r"\b(?:happen|news|headline|event|story|stories|report|latest|going on)", re.IGNORECASE)
_OF_ARTICLE = re.compile(r"\b(?:about|summary|summari[sz]e|sum up|gist|main points?|tell)\b", re.IGNORECASE)
"""Asks what an article says at all, where it is asked of that article alone."""
_POINTS = frozenset(("gist", "point", "points", "piece", "text", "page"))


def matter_of(question: str) -> frozenset[str]:
    """Return the terms, as the index has them, of the words that say what a question for a summary is about."""
    named = (word for word in content(question) if word.lower() not in _GENERAL)
    return frozenset(term for word in named for term in terms(word) if len(term) > 1)  # not the "s" of a genitive


def is_general(question: str, *, of_article: bool = False) -> bool:
    """Say whether a question asks what happened and names no subject, or what its one article says."""
    # Both: words that name no matter are in every question, and "news" in questions about the press.
    asks = _ASKS.search(question) or (of_article and _OF_ARTICLE.search(question))
    known = _GENERAL | _POINTS if of_article else _GENERAL
    return bool(asks) and all(word.lower() in known for word in content(question))
