"""Keep a folder up to date with addresses: pages, feeds with the pages that they name, sitemaps with theirs.

Each page is a file of its own, named like its address, beside a note of when and how it came. So what was fetched is
kept when a run is killed, a page is asked for again only whether it has changed, and a site that does not answer
loses nothing. A page that is gone (404, 410), or that nothing lists any more, is deleted.
"""

import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from urllib.parse import unquote, urlsplit

from index.fetch.client import Client, Fetched
from index.fetch.guard import Guard
from index.fetch.links import listed, unpacked
from index.fetch.manners import Manners
from index.read.base import Rejected, Skip
from index.read.formats import guess

MOST_PAGES = 1000
"""Pages that one address may add in a run, the newest first where a sitemap gives days. Chosen, not measured."""
_DEEPEST = 3  # sitemaps in sitemaps; chosen, not measured: the protocol allows one level
_KINDS = {"application/pdf": ".pdf", "text/plain": ".txt", "text/markdown": ".md"}
_PAGES = ("text/html", "application/xhtml+xml", "")
_NOTES = ".notes"
_LONGEST_NAME = 80  # characters; chosen, not measured: file systems take 255 bytes
GUARD = Guard()


@dataclass(frozen=True, slots=True)
class _Note:
    """What is known of an address: the file it is in, what asks whether it changed, and what it lists.

    `source` is the address that it was found through.
    """

    address: str
    source: str
    file: str = ""
    etag: str = ""
    modified: str = ""
    changed: str = ""
    links: tuple[tuple[str, str], ...] = ()

    @property
    def conditions(self) -> dict[str, str]:
        """Return the headers that ask whether it has changed."""
        asked = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in asked.items() if value}


@dataclass(slots=True)
class _Mirror:
    """One run over the addresses that are found through one source. `hosts` are those that pages are fetched from."""

    source: str
    hosts: frozenset[str]
    folder: Path
    manners: Manners
    progress: Callable[[str, int, int | None], None]
    problems: list[Rejected] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)
    _elsewhere: Counter[str] = field(default_factory=Counter)

    def take(self) -> None:
        """Fetch the source, and what it lists."""
        found = islice(self._pages(self.source, 0), MOST_PAGES + 1)
        for number, (address, changed) in enumerate(found, 1):
            if number > MOST_PAGES:
                reason = f"lists more than {MOST_PAGES} pages; the others were left out"
                self.problems.append(Rejected(self.source, reason))
                return
            self.progress("fetch", number, None)
            self._one(address, changed)
        for host, count in self._elsewhere.items():
            reason = f"lists pages of another site ({host[:100]}: {count}); to have them, give an address of it too"
            self.problems.append(Rejected(self.source, reason))

    def _pages(self, address: str, depth: int) -> Iterator[tuple[str, str]]:
        """Yield the pages of the sites that were named which an address lists, those that changed last first."""
        note = self._one(address, "")
        for link, day in sorted(note.links if note else (), key=lambda pair: pair[1], reverse=True):
            if link in self._seen:
                continue
            if (host := _host(link)) not in self.hosts:
                self._elsewhere[host] += 1
                continue
            if _is_list(link) and depth < _DEEPEST:
                yield from self._pages(link, depth + 1)
            else:
                yield link, day

    def _one(self, address: str, changed: str) -> _Note | None:
        """Fetch one address unless it is as it was; return what is known of it, None where nothing is."""
        self._seen.add(address)
        known = _read(self._note_of(address))
        if known is not None and known.file and not (self.folder / known.file).is_file():
            known = None
        if known is not None and changed and known.changed == changed:
            return known
        try:
            conditions = known.conditions if known else {}
            answer = self.manners.client.get(address, known=conditions, before=self.manners.before)
            return self._taken(address, answer, known, changed)
        except Skip as skip:
            self.problems.append(Rejected(address, str(skip)))
        except OSError as error:  # an address that no file can be named after, or a full disk: the others are tried
            self.problems.append(Rejected(address, f"cannot be kept: {error.strerror}"))
        return known  # as it was

    def _taken(self, address: str, answer: Fetched, known: _Note | None, changed: str) -> _Note | None:
        match answer.status:
            case 200:
                return self._keep(address, answer, changed)
            case 304 if known is not None:
                return known
            case 404 | 410:
                _forget(self.folder, self._note_of(address), known)
                raise Skip(f"is gone (HTTP {answer.status})")
            case 429 | 503:
                later = answer.headers.get("retry-after", "")
                reason = f"asks to come back later (HTTP {answer.status}{later and f', after {later[:40]}'})"
                self.manners.refuse(answer.url, reason)
                raise Skip(reason)
            case status:
                raise Skip(f"cannot be fetched (HTTP {status})")

    def _keep(self, address: str, answer: Fetched, changed: str) -> _Note:
        """Store an answer as a file that a reader knows, then its note."""
        body = unpacked(answer.body)
        suffix, data = _as_file(answer, body)
        links = tuple(listed(body)) if suffix == ".xml" else ()
        is_sitemap = suffix == ".xml" and re.search(rb"<(?:\w+:)?(?:urlset|sitemapindex)[\s>]", body[:2000]) is not None
        name = "" if is_sitemap else file_name(address, suffix)
        if name:
            _write(self.folder / name, data)
        headers = answer.headers
        note = _Note(
            address, self.source, name, headers.get("etag", ""), headers.get("last-modified", ""), changed, links
        )
        _write(self._note_of(address), json.dumps(asdict(note)).encode())
        return note

    def _note_of(self, address: str) -> Path:
        return self.folder / _NOTES / f"{hashlib.blake2b(address.encode(), digest_size=16).hexdigest()}.json"


def mirror(
    addresses: Sequence[str],
    folder: Path,
    *,
    pause: float = 1.0,
    progress: Callable[[str, int, int | None], None] = lambda *_: None,
) -> list[Rejected]:
    """Bring a folder up to date with addresses, and return what could not be fetched, and why."""
    (folder / _NOTES).mkdir(parents=True, exist_ok=True)
    problems: list[Rejected] = []
    with Client(GUARD) as client:
        manners, hosts = Manners(client, pause), frozenset(map(_host, addresses))
        for address in addresses:
            run = _Mirror(address, hosts, folder, manners, progress, problems)
            run.take()
    for path in (folder / _NOTES).glob("*.json"):
        note = _read(path)
        if note is None or note.source not in addresses:
            _forget(folder, path, note)
    return problems


def _forget(folder: Path, note: Path, known: _Note | None) -> None:
    if known is not None and known.file:
        (folder / known.file).unlink(missing_ok=True)
    note.unlink(missing_ok=True)


def file_name(address: str, suffix: str) -> str:
    """Return the name of the file that an address is kept in: like the address, and safe as a path.

    A digest tells apart addresses that had to be changed for that, or that differ in their query (`?id=3`).
    """
    parts = urlsplit(address)
    steps = [parts.netloc, *(unquote(step) for step in parts.path.split("/") if step)]
    plain = [re.sub(r"[^\w.~@+-]|^\.+", "-", step)[:_LONGEST_NAME] for step in steps]
    if len(plain) == 1:
        plain.append("index")
    if plain[1:] != steps[1:] or parts.query or parts.path.endswith("/") or address.startswith("http://"):
        plain[-1] += "-" + hashlib.blake2b(address.encode(), digest_size=5).hexdigest()
    return "/".join([*plain[:-1], plain[-1] + suffix])


def _as_file(answer: Fetched, body: bytes) -> tuple[str, bytes]:
    """Return the suffix and bytes of the file that holds an answer. Raises `Skip` for what is no article."""
    kind = guess(body[:1024])
    if kind in (".xml", ".pdf"):
        return kind, body
    if answer.media_type in _KINDS:
        return _KINDS[answer.media_type], body
    if answer.media_type not in _PAGES and kind != ".html":
        raise Skip(f"is {answer.media_type[:60]}, and no page, feed, sitemap or PDF")
    return ".mhtml", _saved(answer, body)


def _saved(answer: Fetched, body: bytes) -> bytes:
    """Return a page as a browser saves it, with the address that it came from and the encoding that was declared."""
    boundary = f"dateline-{hashlib.sha256(body).hexdigest()}"
    charset = re.search(r"charset=[\"']?([\w.:-]{1,40})", answer.headers.get("content-type", ""), re.IGNORECASE)
    address = answer.url.encode("ascii", "ignore").decode("ascii")
    head = (
        "MIME-Version: 1.0\r\n"
        f'Content-Type: multipart/related; type="text/html"; boundary="{boundary}"\r\n\r\n--{boundary}\r\n'
        f"Content-Type: text/html{f'; charset={charset[1]}' if charset else ''}\r\n"
        f"Content-Transfer-Encoding: binary\r\nContent-Location: {address}\r\n\r\n"
    )
    return head.encode() + body + f"\r\n--{boundary}--\r\n".encode()


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _is_list(address: str) -> bool:
    return urlsplit(address).path.lower().endswith((".xml", ".xml.gz", ".rss", ".atom"))


def _read(path: Path) -> _Note | None:
    try:
        values = json.loads(path.read_bytes())
        return _Note(**{**values, "links": tuple((str(link), str(day)) for link, day in values["links"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None  # there is none, or another version of Dateline wrote it: the page is fetched again


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_bytes(data)
    os.replace(partial, path)
