"""Restate a follow-up by a language model, as a question that stands alone, if what it says can be trusted.

The model's words are only searched for, and only if each name, number and nearly each word of them was said before.
Whether the model chose the right ones is not checked.
"""

import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import closing

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage

from index.search.lexical import terms
from index.text.clean import squeeze, visible
from qa.facts.letters import CAPITAL
from qa.values import Turn
from qa.write.breaker import CircuitBreaker
from qa.write.prompts import compose_restatement
from qa.write.stream import CallLimits, ModelFailedError, stream, words

LONGEST = 300  # characters of a restated question; chosen, not measured, as are the next
LIMITS = CallLimits(first=15.0, total=20.0, tries=1, characters=2 * LONGEST)
_TURNS = 6  # as many as the rules for follow-ups look at
_LONGEST_TURN = 300  # characters of a turn that the model sees
# Small models repeat the prompt's last line, or begin a list, before they give the question.
_LABEL = re.compile(r"^(?:(?:rewritten|standalone|last)?\s*question\s*:|[-*>]\s)\s*", re.IGNORECASE)
_NAME = re.compile(rf"\b(?:{CAPITAL}\w*|\d[\d.,]*)")
_KNOWN = 0.8
"""The share of the restated question's words that were said before. Chosen, not measured; so is the next."""
_KEPT = 0.5
"""The share of the question's own words that are kept."""
_log = logging.getLogger(__name__)


class Restater:
    """Restates follow-ups by a chat model. Thread-safe. A model that has just failed is left alone for a moment."""

    def __init__(self, model: BaseChatModel, *, limits: CallLimits = LIMITS) -> None:
        self._model = model
        self._limits = limits
        self._breaker = CircuitBreaker(after=1)

    def __call__(self, question: str, history: Sequence[Turn]) -> str:
        """Return the question restated, or "" when the model fails, is late, or says what nobody has said."""
        if self._breaker.is_open:
            return ""
        messages = compose_restatement(question, history[-_TURNS:], _LONGEST_TURN)
        try:
            with closing(stream(self._model, messages, limits=self._limits)) as pieces:
                reply = _line(pieces)
        except ModelFailedError as error:
            _log.warning("The question was not restated: the model %s", error.reason)
            self._breaker.record(failed=True)
            return ""
        self._breaker.record(failed=False)
        restated = _LABEL.sub("", squeeze(visible(reply))).strip("\"'“”` ")
        return restated if sensible(restated, question, history) else ""


def sensible(restated: str, question: str, history: Sequence[Turn]) -> bool:
    """Say whether words can stand for the question: they are its own, or were said before, and add nothing."""
    if not restated or len(restated) > LONGEST + len(question):
        return False
    asked = set(terms(question))
    said = asked.union(*(terms(turn.content) for turn in history))
    new = [term for term in terms(restated) if term not in said]
    # Not the first one: a question begins with a capital anyway.
    names = [term for word in _NAME.findall(restated)[1:] for term in terms(word)]
    kept = asked & set(terms(restated))
    return (
        len(new) <= (1.0 - _KNOWN) * len(terms(restated))
        and all(term in said for term in names)
        and len(kept) >= _KEPT * len(asked)
    )


def _line(pieces: Iterator[AIMessage]) -> str:
    """Return the first line of a text that comes in pieces."""
    text = ""
    for piece in pieces:
        # Small models go on to answer the question: what comes after its line is not waited for.
        text = (text + words(piece)).lstrip()
        if "\n" in text:
            break
    return text.partition("\n")[0]
