"""Where an index is: a folder, or the address of one on a Chroma server."""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from index.errors import BadRequestError

_NAME = re.compile(r"[a-zA-Z0-9](?:[a-zA-Z0-9._-]{0,98}[a-zA-Z0-9])?")
# An index named like another's generation would be deleted with it (index/server/upload.py, `sweep`).
_OF_A_GENERATION = re.compile(r".*-\d{6,}(-articles)?")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Address:
    """One index on a Chroma server: `http://host:port/name`."""

    scheme: str
    host: str
    port: int
    name: str = "dateline"

    @classmethod
    def parse(cls, text: str) -> "Address":
        """Return the address that a text names. Raises `BadRequestError` when it names none."""
        try:
            parts = urlsplit(text)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise _bad(text, str(error)) from error
        if parts.scheme not in _PORTS or not host:
            raise _bad(text, "it has no host")
        if _has_more(parts):
            raise BadRequestError(
                "An address is http://host:port/name and nothing else. A Chroma server knows no users and passwords: "
                "let it listen on loopback, or put a proxy before it that decides who may come."
            )
        name = parts.path.strip("/") or "dateline"
        if len(name) < 3 or not _NAME.fullmatch(name) or _OF_A_GENERATION.fullmatch(name):
            raise _bad(text, "a name has 3 to 100 of the characters a-z A-Z 0-9 . _ - and does not end like -000001")
        return cls(parts.scheme, host, port or _PORTS[parts.scheme], name)

    @property
    def server(self) -> str:
        """Return the address of the server alone."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.server}/{self.name}"


def address_of(index: str | Path) -> Address | None:
    """Return the address when `index` is one, and None when it is a folder."""
    text = str(index)
    return Address.parse(text) if text.startswith(("http://", "https://")) else None


def _has_more(parts: SplitResult) -> bool:
    return bool("@" in parts.netloc or parts.query or parts.fragment)


def _bad(text: str, reason: str) -> BadRequestError:
    return BadRequestError(
        f"{text!r} is no address of an index: {reason}. Write it like http://127.0.0.1:8000/dateline"
    )
