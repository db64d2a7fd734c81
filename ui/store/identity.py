"""Who asks: a signed-in user, or a browser that is known by a random key in a cookie. Knows no library.

The key is drawn by the server, 256 bits, and never leaves the cookie (HttpOnly): the store knows only its hash.
"""

import hashlib
from collections.abc import Mapping
from typing import Protocol

COOKIE = "dateline_browser"


class Asking(Protocol):
    """What is needed of a request: Gradio's `gr.Request` has it."""

    username: str | None

    @property
    def cookies(self) -> Mapping[str, str]:
        """Return the cookies that came with the request."""


def owner(request: Asking) -> str:
    """Return the owner of what is kept for this request; empty when nothing can be kept."""
    if request.username:
        return f"user:{request.username}"
    return browser(request.cookies.get(COOKIE, ""))


def browser(key: str) -> str:
    """Return the owner that a cookie's value stands for; empty when it is none of ours."""
    return f"browser:{hashlib.sha256(key.encode()).hexdigest()[:32]}" if len(key) == 43 else ""
