"""Check and clean the turns before a question, and cut them to what the question can refer to."""

from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage

from index import BadRequestError
from index.text.clean import squeeze, visible
from qa.arguments import short
from qa.values import Turn

# Chosen, not measured: twice the turns that qa/talk/followup.py and a model look at, and five times an answer's length.
MOST_TURNS = 12
LONGEST_TURN = 2000  # characters
History = Sequence[Turn | Mapping[str, Any] | BaseMessage]

_SPOKEN = (HumanMessage, AIMessage)


def turns(history: History) -> tuple[Turn, ...]:
    """Return the last turns of a history, the oldest first, each cut to its beginning; empty ones are left out.

    A turn is a `Turn`, a mapping with `role` ("user" or "assistant") and `content`, or a message of LangChain; of
    those, instructions and what tools gave are left out too. Raises `BadRequestError` for anything else. Turns before
    the last dozen are ignored.
    """
    if isinstance(history, str | bytes | Mapping) or not isinstance(history, Sequence):
        raise BadRequestError(
            'history is a list of turns like {"role": "user", "content": "…"}, the oldest first; '
            f"{type(history).__name__} is not."
        )
    spoken = [item for item in history if not isinstance(item, BaseMessage) or isinstance(item, _SPOKEN)]
    checked = [_turn(item) for item in spoken[-MOST_TURNS:]]
    return tuple(turn for turn in checked if turn.content)


def _turn(item: object) -> Turn:
    role, content = (item.role, item.content) if isinstance(item, Turn) else _fields(item)
    if role not in ("user", "assistant"):
        raise BadRequestError(f'The role of a turn is "user" or "assistant"; {short(role)} is not.')
    if not isinstance(content, str):
        raise BadRequestError(f"The content of a turn is a text; {short(content)} is not.")
    return Turn(role, squeeze(visible(content[:LONGEST_TURN])))


def _fields(item: object) -> tuple[Any, Any]:
    if isinstance(item, BaseMessage):
        return "user" if isinstance(item, HumanMessage) else "assistant", str(item.text)
    if not isinstance(item, Mapping) or not {"role", "content"} <= item.keys():
        raise BadRequestError(f'A turn of the history has "role" and "content"; {short(item)} has not.')
    return item["role"], item["content"]
