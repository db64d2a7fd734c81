"""The first step of a question: word it so that it can be searched without the conversation before it."""

from collections.abc import Callable, Sequence

from qa.query import Query, Wording
from qa.talk.followup import Vocabulary, resolve
from qa.values import Turn

Restate = Callable[[str, Sequence[Turn]], str]
"""From a question and the turns before it to a question that stands alone; "" when there is none to trust."""


def understand(query: Query, vocabulary: Vocabulary, restate: Restate | None = None) -> Wording:
    """Return how to search a question: restated by a language model if there is one, then completed by rules."""
    restated = restate(query.question, query.history) if query.history and restate else ""
    resolved = resolve(restated or query.question, query.history, vocabulary)
    return Wording(
        question=resolved.question,
        text=resolved.text,
        spoken=resolved.spoken,
        weights=resolved.weights,
        points_back=resolved.leans,
    )
