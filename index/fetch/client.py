"""Get one address: through redirects that are each checked, within limits of size and time, and only if it changed."""

import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Self

import httpx

from index.fetch.guard import Guard
from index.read.base import Skip
from index.read.files import MAX_BYTES

# Chosen, not measured.
_MOST_REDIRECTS = 5
_SECONDS = 60.0
"""For a whole answer; what drips slower is given up."""
_TIMEOUT = httpx.Timeout(20.0, connect=10.0)
_STEP = 1 << 16  # bytes read at once; chosen, not measured
AGENT = f"Dateline/{version('dateline')} (news search; obeys robots.txt as dateline)"


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer: the address that it came from in the end, its status, headers and body."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """Return the type that is declared, in small letters, without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class Client:
    """Gets addresses. Use it as a context manager. It keeps no connection: each one is to an address just checked."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._http = httpx.Client(
            trust_env=False, follow_redirects=False, timeout=_TIMEOUT, verify=True,
            limits=httpx.Limits(max_keepalive_connections=0),
            headers={"User-Agent": AGENT, "Accept-Encoding": "gzip"},
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(
        self,
        address: str,
        *,
        known: Mapping[str, str] | None = None,
        before: Callable[[httpx.URL], None] = lambda _: None,
        most: int = MAX_BYTES,
    ) -> Fetched:
        """Return the answer of an address, whatever its status; raise `Skip` where there is none that can be used.

        `known` are headers that ask whether it has changed. `before` is called for each address on the way.
        """
        url = self._guard.check(address)
        for _ in range(_MOST_REDIRECTS + 1):
            before(url)
            try:
                answer = self._ask(url, known or {}, most)
            except httpx.HTTPError as error:
                raise Skip(f"cannot be fetched: {error or type(error).__name__}") from error
            if answer.status not in (301, 302, 303, 307, 308) or "location" not in answer.headers:
                return answer
            try:
                url = self._guard.check(str(url.join(answer.headers["location"])))
            except httpx.InvalidURL as error:
                raise Skip(f"redirects to what is no address: {error}") from error
        raise Skip(f"redirects more than {_MOST_REDIRECTS} times")

    def _ask(self, url: httpx.URL, headers: Mapping[str, str], most: int) -> Fetched:
        # The connection goes to the address that was checked, whatever the name may stand for by then; the name is
        # what the server and its certificate are asked for.
        pinned = url.copy_with(host=self._guard.resolve(url), fragment=None)
        named = {"Host": url.netloc.decode("ascii"), **headers}
        request = self._http.build_request("GET", pinned, headers=named, extensions={"sni_hostname": url.host})
        ends = time.monotonic() + _SECONDS
        answer = self._http.send(request, stream=True)
        try:
            body = b"".join(_limited(_decoded(answer, most), most, ends)) if answer.status_code == 200 else b""
            return Fetched(str(url), answer.status_code, dict(answer.headers), body)
        finally:
            answer.close()


def _limited(parts: Iterator[bytes], most: int, ends: float) -> Iterator[bytes]:
    taken = 0
    for part in parts:
        taken += len(part)
        if taken > most:
            raise Skip(f"larger than {most >> 20} MB, too large for one article")
        if time.monotonic() > ends:
            raise Skip(f"takes more than {_SECONDS:.0f} seconds to come")
        yield part


def _decoded(answer: httpx.Response, most: int) -> Iterator[bytes]:
    """Yield the body. It is unpacked here, step by step: a few bytes may stand for gigabytes."""
    coding = answer.headers.get("content-encoding", "identity").strip().lower()
    if coding not in ("identity", "gzip", "x-gzip", ""):
        raise Skip(f"comes packed as {coding}, which was not asked for")
    if coding in ("identity", ""):
        yield from answer.iter_raw(_STEP)
        return
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        for raw in answer.iter_raw(_STEP):
            yield unpacker.decompress(raw, most + 1)
            if unpacker.unconsumed_tail:
                raise Skip(f"larger than {most >> 20} MB, too large for one article")
    except zlib.error as error:
        raise Skip(f"is packed wrongly: {error}") from error
