"""Respect what a site asks for: its robots.txt (RFC 9309), and a pause between requests."""

import time
from dataclasses import dataclass, field

import httpx
from protego import Protego

from index.fetch.client import Client
from index.read.base import Skip

NAME = "dateline"
_LONGEST_PAUSE = 30.0  # seconds; chosen, not measured: some sites ask for hours
_LARGEST = 500 << 10
"""Bytes of a robots.txt that RFC 9309 asks to be read at least."""


@dataclass(slots=True)
class _Site:
    rules: Protego | None  # None: nothing may be fetched
    pause: float
    due: float = 0.0
    refuses: str = ""


@dataclass(slots=True)
class Manners:
    """What each site asks for. `pause` is that between two requests, in seconds, where a site names none."""

    client: Client
    pause: float = 1.0
    _sites: dict[str, _Site] = field(default_factory=dict)

    def before(self, url: httpx.URL) -> None:
        """Wait until a page may be asked for. Raises `Skip` when it may not be."""
        site = self._site(url)
        if site.refuses:
            raise Skip(site.refuses)
        if site.rules is None:
            raise Skip(f"the robots.txt of {url.host} cannot be read, so nothing there is fetched")
        if not site.rules.can_fetch(str(url), NAME):
            raise Skip(f"the robots.txt of {url.host} does not allow it")
        time.sleep(max(0.0, site.due - time.monotonic()))
        site.due = time.monotonic() + site.pause

    def refuse(self, address: str, reason: str) -> None:
        """Ask the site of an address no more in this run."""
        self._site(httpx.URL(address)).refuses = reason

    def _site(self, url: httpx.URL) -> _Site:
        key = f"{url.scheme}://{url.netloc.decode('ascii')}"
        if key not in self._sites:
            self._sites[key] = self._asked(f"{key}/robots.txt")
        return self._sites[key]

    def _asked(self, address: str) -> _Site:
        try:
            answer = self.client.get(address, most=_LARGEST)
        except Skip as skip:
            return _Site(None, self.pause, refuses=str(skip))
        if answer.status >= 500:
            return _Site(None, self.pause)
        text = answer.body.decode("utf-8", "replace") if answer.status == 200 else ""
        rules = Protego.parse(text)
        asked = rules.crawl_delay(NAME)
        return _Site(rules, self.pause if asked is None else min(max(self.pause, asked), _LONGEST_PAUSE))
