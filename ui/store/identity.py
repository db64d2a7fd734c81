"""The owner of stored data: a signed-in user, or a browser, identified by a random key in a cookie.

The server draws the key (256 bits) and stores only its hash; the cookie is HttpOnly.
"""

import hashlib
from collections.abc import Mapping
from typing import Protocol

COOKIE = "dateline_browser"


class Asking(Protocol):
    """The attributes that are needed of a request; Gradio's `gr.Request` has them."""

    username: str | None

    @property
    def cookies(self) -> Mapping[str, str]:
        """Return the cookies of the request."""


def owner(request: Asking) -> str:
    """Return the owner that a request acts for; empty when nothing can be stored for it."""
    if request.username:
        return f"user:{request.username}"
    return browser(request.cookies.get(COOKIE, ""))


def browser(key: str) -> str:
    """Return the owner for a cookie's value; empty if it is not one that the server has drawn."""
    # 43 characters are 256 bits in URL-safe base64, as the server draws them.
    return f"browser:{hashlib.sha256(key.encode()).hexdigest()[:32]}" if len(key) == 43 else ""
