"""The frozen options of `dateline serve`."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from index import BadRequestError

KEEP_DAYS = 365  # chosen, not measured: last year's conversation is still found
LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to serve. Sizes are in bytes, times in seconds; `rate` is questions per minute and client (0: no limit).

    `hosts` are host names of the server besides those of loopback; `proxies` are the addresses whose X-Forwarded-*
    headers are trusted. `root_path` is the path or URL at which a proxy serves the page. `llm` names the language model
    that writes the answers (empty: extractive answers), `answer_cache` how many MB of answers are kept (None: as
    `Assistant.open` has it). Conversations and feedback are deleted after `keep_days`
    without change (0: never).
    """

    index: str
    data: Path
    sources: tuple[Path, ...] = ()
    host: str = "127.0.0.1"
    port: int = 7860
    auth: Path | None = None
    insecure: bool = False
    root_path: str = ""
    hosts: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ()
    concurrency: int = 2
    queue_size: int = 100
    rate: float = 30.0
    burst: int = 15
    question_limit: int = 1000
    body_limit: int = 1 << 20
    grace: float = 10.0
    keep_days: int = KEEP_DAYS
    llm: str = ""
    llm_base_url: str | None = None
    llm_timeout: float = 120.0
    reranker: str | None = None
    answer_cache: int | None = None

    def __post_init__(self) -> None:
        """Raise `BadRequestError` for options that must not be combined."""
        if self.host not in LOOPBACK and self.auth is None and not self.insecure:
            raise BadRequestError(
                f"With --host {self.host} everybody who can reach this machine could read and ask. Pass --auth FILE "
                "(see: dateline users add), or --insecure if that is what you want."
            )
        if self.root_path and not self.root_path.startswith(("/", "http://", "https://")):
            raise BadRequestError("--root-path is a path like /news, or a whole URL.")

    @property
    def known_hosts(self) -> frozenset[str] | None:
        """Return the accepted host names, or None for any: beyond loopback only the operator can know them."""
        named = {*self.hosts, urlsplit(self.root_path).hostname or ""} - {""}
        if named or self.host in LOOPBACK:
            return frozenset({name.lower() for name in named} | {*LOOPBACK, "[::1]"})
        return None

    @property
    def alone(self) -> bool:
        """Return whether only this machine reaches the page: on loopback, without a proxy or other names for it."""
        return self.host in LOOPBACK and not (self.auth or self.proxies or self.hosts or self.root_path)

    @property
    def cookie_path(self) -> str:
        """Return the path that cookies are limited to."""
        return urlsplit(self.root_path).path.rstrip("/") or "/"
