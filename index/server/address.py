"""Where an index is: a folder, or the address of one on a Chroma server, and the token that such a server wants."""

import os
import re
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from index.errors import BadRequestError

_NAME = re.compile(r"[a-zA-Z0-9](?:[a-zA-Z0-9._-]{0,98}[a-zA-Z0-9])?")
# An index named like another's generation would be deleted with it (index/server/upload.py, `sweep`).
_OF_A_GENERATION = re.compile(r".*-\d{6,}(-\d+|-articles)?")
_PORTS = {"http": 80, "https": 443}
_TENANT, _DATABASE = "default_tenant", "default_database"  # the only ones of `chroma run`, unless others are made there
_QUOTA = 300
"""Results that Chroma Cloud gives at once (docs.trychroma.com/cloud/quotas-limits, November 2026)."""

VARIABLE = "DATELINE_CHROMA_TOKEN"
_HEADER = "X-Chroma-Token"  # what Chroma Cloud and chromadb's own client use
_TOKEN = re.compile(r"(?:(?:Bearer|Basic) )?[!-~]{1,4096}")


@dataclass(frozen=True, slots=True)
class Address:
    """One index on a Chroma server: `http://host:port/name`, or `https://host/tenant/database/name`."""

    scheme: str
    host: str
    port: int
    name: str = "dateline"
    tenant: str = _TENANT
    database: str = _DATABASE

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
                "An address is http://host:port/name or https://host/tenant/database/name and nothing else. A token "
                f"goes into the environment variable {VARIABLE}."
            )
        *of, name = parts.path.strip("/").split("/")
        name = name or "dateline"
        if len(of) not in (0, 2) or any(len(each) < 3 or not _NAME.fullmatch(each) for each in (*of, name)):
            raise _bad(text, "names have 3 to 100 of the characters a-z A-Z 0-9 . _ -")
        if _OF_A_GENERATION.fullmatch(name):
            raise _bad(text, "a name does not end like -000001")
        return cls(parts.scheme, host, port or _PORTS[parts.scheme], name, *of)

    @property
    def server(self) -> str:
        """Return the address of the server alone."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    @property
    def most_results(self) -> int | None:
        """Return how many results may be asked for at once; None where there is no quota."""
        return None if (self.tenant, self.database) == (_TENANT, _DATABASE) else _QUOTA

    def __str__(self) -> str:
        of = "" if self.most_results is None else f"{self.tenant}/{self.database}/"
        return f"{self.server}/{of}{self.name}"


def address_of(index: str | Path) -> Address | None:
    """Return the address when `index` is one, and None when it is a folder."""
    text = str(index)
    return Address.parse(text) if text.startswith(("http://", "https://")) else None


def token_header(address: Address) -> dict[str, str]:
    """Return the header that carries the token; none while no token is set.

    A value that begins with `Bearer ` or `Basic ` goes into the header that HTTP has for it. Raises `BadRequestError`
    for what cannot be a token, and where others could read it on its way. No message shows it.
    """
    token = os.environ.get(VARIABLE, "").strip()
    if not token:
        return {}
    if not _TOKEN.fullmatch(token):
        raise BadRequestError(f"{VARIABLE} holds no token: it may have printable ASCII characters only, and no spaces.")
    if address.scheme != "https" and not _is_this_machine(address.host):
        raise BadRequestError(
            f"The token in {VARIABLE} would cross the network readable to all. Use https://{address.host}, "
            f"or unset {VARIABLE} if the server wants none."
        )
    return {"Authorization" if " " in token else _HEADER: token}


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _has_more(parts: SplitResult) -> bool:
    return bool("@" in parts.netloc or parts.query or parts.fragment)


def _bad(text: str, reason: str) -> BadRequestError:
    return BadRequestError(
        f"{text!r} is no address of an index: {reason}. Write it like http://127.0.0.1:8000/dateline"
    )
