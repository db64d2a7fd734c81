"""What was said before: checked, cleaned, and cut to what a question can refer to.

What this module does not know: what any of it means.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from index import BadRequestError
from index.clean import squeeze, visible
from qa.values import Turn

MOST_TURNS = 12
LONGEST_TURN = 2000
History = Sequence[Turn | Mapping[str, Any]]


def turns(history: History) -> tuple[Turn, ...]:
    """Return the last turns of a history, the oldest first, each cut to its beginning; empty ones are left out.

    A turn is a `Turn` or a mapping with `role` ("user" or "assistant") and `content`. Raises `BadRequestError` for
    anything else. Turns before the last dozen are not looked at.
    """
    if isinstance(history, str | bytes | Mapping) or not isinstance(history, Sequence):
        raise BadRequestError(
            'history is a list of turns like {"role": "user", "content": "…"}, the oldest first; '
            f"{type(history).__name__} is not."
        )
    checked = [_turn(item) for item in history[-MOST_TURNS:]]
    return tuple(turn for turn in checked if turn.content)


def _turn(item: Turn | Mapping[str, Any]) -> Turn:
    role, content = (item.role, item.content) if isinstance(item, Turn) else _fields(item)
    if role not in ("user", "assistant"):
        raise BadRequestError(f'The role of a turn is "user" or "assistant"; {_short(role)} is not.')
    if not isinstance(content, str):
        raise BadRequestError(f"The content of a turn is a text; {_short(content)} is not.")
    return Turn(role, squeeze(visible(content[:LONGEST_TURN])))


def _fields(item: object) -> tuple[Any, Any]:
    if not isinstance(item, Mapping) or not {"role", "content"} <= item.keys():
        raise BadRequestError(f'A turn of the history has "role" and "content"; {_short(item)} has not.')
    return item["role"], item["content"]


def _short(value: object) -> str:
    return repr(value)[:60]
