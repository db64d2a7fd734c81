"""Answers that were shared: each is kept as it was given, for everybody who has its link and may open the page.

A shared answer is a conversation of one exchange, of an owner that only its link names.
"""

import re
import secrets
from collections.abc import Mapping
from typing import Any

from index import BadRequestError
from ui.store.conversations import Store

_KEY = re.compile(r"[\w-]{22}\Z")


def share(store: Store, exchange: Mapping[str, Any]) -> str:
    """Keep a copy of an exchange, and return the key of its link."""
    # Too long to be guessed: whoever has the link may read the answer, and nobody else finds it.
    key = secrets.token_urlsafe(16)
    store.append(_owner(key), store.create(_owner(key)).id, exchange)
    return key


def shared(store: Store, key: str) -> Mapping[str, Any]:
    """Return a shared exchange. Raises `BadRequestError` when there is none."""
    found = store.conversations(_owner(key)) if _KEY.match(key) else []
    if not found:
        raise BadRequestError("There is no such shared answer: it may have been deleted.")
    exchange: Mapping[str, Any] = store.load(_owner(key), found[0].id).exchanges[0]
    return exchange


def _owner(key: str) -> str:
    return f"shared:{key}"
