"""Restate a follow-up by a language model, as a question that stands alone, if what it says can be trusted.

The model's words are only searched for, and only if each name, number and nearly each word of them was said before.
What this module does not know: whether the model chose the right ones.
"""

import logging
import queue
import re
import threading
import time
from collections.abc import Iterator, Sequence

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from index.clean import squeeze, visible
from index.lexical import terms
from qa.prompts import CONDENSE_HUMAN, CONDENSE_SYSTEM
from qa.values import Turn

SECONDS = 20.0
LONGEST = 300
_TURNS = 6
_LONGEST_TURN = 300
_LABEL = re.compile(r"^(?:(?:rewritten|standalone|last)?\s*question\s*:|[-*>]\s)\s*", re.IGNORECASE)
_NAME = re.compile(r"\b(?:[A-Z]\w*|\d[\d.,]*)")
_KNOWN = 0.8
_KEPT = 0.5
_log = logging.getLogger(__name__)


def condense(model: BaseChatModel, question: str, history: Sequence[Turn], *, seconds: float = SECONDS) -> str:
    """Return the question restated, or "" when the model fails, is too slow, or says what nobody has said."""
    try:
        reply = _reply(model, _messages(question, history), seconds)
    except Exception as error:  # noqa: BLE001  (a model may raise anything, and the rules can do without it)
        _log.warning("The question was not restated by the model: %s", type(error).__name__)
        return ""
    restated = _LABEL.sub("", squeeze(visible(reply))).strip("\"'“”` ")
    return restated if sensible(restated, question, history) else ""


def sensible(restated: str, question: str, history: Sequence[Turn]) -> bool:
    """Say whether words can stand for the question: they are its own, or were said before, and add nothing."""
    if not restated or len(restated) > LONGEST + len(question):
        return False
    asked = set(terms(question))
    said = asked.union(*(terms(turn.content) for turn in history))
    new = [term for term in terms(restated) if term not in said]
    names = [term for word in _NAME.findall(restated)[1:] for term in terms(word)]
    kept = asked & set(terms(restated))
    return (
        len(new) <= (1.0 - _KNOWN) * len(terms(restated))
        and all(term in said for term in names)
        and len(kept) >= _KEPT * len(asked)
    )


def _messages(question: str, history: Sequence[Turn]) -> list[BaseMessage]:
    said = "\n".join(f"{turn.role.capitalize()}: {turn.content[:_LONGEST_TURN]}" for turn in history[-_TURNS:])
    return [
        SystemMessage(CONDENSE_SYSTEM),
        HumanMessage(CONDENSE_HUMAN.format(conversation=said, question=question)),
    ]


def _reply(model: BaseChatModel, messages: list[BaseMessage], seconds: float) -> str:
    """Return the first line that the model writes. Raises `TimeoutError` if it takes longer than `seconds`.

    A model that is too slow is left to a thread, which gives it up at its next word.
    """
    pieces: queue.SimpleQueue[str | BaseException | None] = queue.SimpleQueue()
    given_up = threading.Event()

    def run() -> None:
        try:
            for piece in model.stream(messages):
                if given_up.is_set():
                    return
                pieces.put(str(piece.text))
            pieces.put(None)
        except BaseException as error:  # noqa: BLE001  (handed to the thread that waits, whatever it is)
            pieces.put(error)

    threading.Thread(target=run, daemon=True, name="condense").start()
    try:
        return _line(_until(pieces, time.monotonic() + seconds))
    finally:
        given_up.set()


def _until(pieces: "queue.SimpleQueue[str | BaseException | None]", end: float) -> Iterator[str]:
    while True:
        try:
            piece = pieces.get(timeout=max(0.0, end - time.monotonic()))
        except queue.Empty:
            raise TimeoutError from None
        if isinstance(piece, BaseException):
            raise piece
        if piece is None:
            return
        yield piece


def _line(pieces: Iterator[str]) -> str:
    """Return the first line of a text that comes in pieces, or what is too long for one."""
    text = ""
    for piece in pieces:
        text = (text + piece).lstrip()
        if "\n" in text or len(text) > 2 * LONGEST:
            break
    return text.partition("\n")[0]
