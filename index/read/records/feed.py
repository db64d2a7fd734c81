"""Read an RSS or Atom feed: each entry is an article, as far as the feed holds it. A sitemap only lists addresses.

The entries are cut out of the file unparsed, and each is read with the feed's head alone: the size of the feed does not
matter, and what is wrong with one entry costs no other.
"""

import re
from collections.abc import Iterator
from functools import partial
from itertools import chain
from typing import Any, BinaryIO

from index.read.base import Item, Raw, Skip, SourceFile, first_date, found_in, source_digest
from index.read.files import MAX_BYTES
from index.read.head import derived_title, squeezed
from index.read.markup import entities, plain
from index.read.mojibake import mended
from index.read.records.fields import content_id
from index.read.wrap import unwrapped

_STEP = 1 << 18  # bytes read at once; chosen, not measured
_LONGEST_HEAD = 1 << 20
"""Bytes before the first entry; chosen, not measured: the feed's title, its outlet and its name spaces take 2,000."""
_SIGN = re.compile(rb"<!--|<!\[CDATA\[|<(/?)(?:[\w.-]+:)?(?:item|entry)(?=[\s/>])")
_LONGEST_SIGN = 64  # bytes; a sign that two reads divide is found with so many of the first
_ENDS = {b"<!--": b"-->", b"<![CDATA[": b"]]>"}
_ROOT = re.compile(rb"<(?![?!])([\w.:-]+)")
_BARE = re.compile(rb"&(?!#?\w{1,32};)")
"""An ampersand that should be written &amp;: many titles have one, and of AT&T the parser would make "AT&T;"."""
_SENDER = re.compile(r"\S+@\S+(?:\s*\((?P<name>[^()]+)\))?")
"""An author as RSS asks for it: ann@courier.example (Ann Lee). The parser takes addresses in new domains apart."""
_APPEARED = r"\s*The post {title} (?:first appeared|appeared first) on .{{1,120}}\s*\Z"
"""What WordPress adds below an entry."""
_ADDRESSES = ("urlset", "sitemapindex")


def read(found: SourceFile) -> Iterator[Item]:
    """Yield an item an entry, named by its number."""
    with found.open() as file:
        head, cut = _head(_utf8(file))
        root = _root(head)
        for number, entry in enumerate(cut, 1):
            place = f"{found.name}#{number}"
            if entry is None:
                yield Item(place, found.name, b"", _too_long)
            else:
                digest = source_digest(head, entry, found.name)
                yield Item(place, found.name, digest, partial(parse, head, entry, root, found.name))


def _utf8(file: BinaryIO) -> Iterator[bytes]:
    """Yield the file's bytes; of one in UTF-16, as UTF-8."""
    from codecs import getincrementaldecoder

    first = file.read(_STEP)
    rest = iter(partial(file.read, _STEP), b"")
    if first[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        yield from chain([first], rest)
        return
    decoder = getincrementaldecoder("utf-16")("replace")
    declared = re.compile(r"(<\?xml[^>]{0,100}?)\s+encoding=(?:\"[^\"]*\"|'[^']*')")
    yield declared.sub(r"\1", decoder.decode(first)).encode("utf-8", "ignore")
    for chunk in rest:
        yield decoder.decode(chunk).encode("utf-8", "ignore")


def _head(chunks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes | None]]:
    """Return what stands before the first entry, and the entries. Raises `Skip` for a file that has none."""
    cut = _cut(chunks)
    head = next(cut)
    assert head is not None
    root = _root(head)
    if root in _ADDRESSES:
        raise Skip("a sitemap, which lists addresses and holds no articles; save the pages that it lists")
    if root not in ("rss", "feed", "RDF"):
        raise Skip(f"XML that is no feed (<{root}>); save its articles as .html, .txt or .jsonl")
    return head, cut


def _root(head: bytes) -> str:
    match = _ROOT.search(re.sub(rb"<!--.*?-->", b"", head, flags=re.DOTALL))
    return match[1].decode("ascii", "replace").rpartition(":")[2] if match else ""


def _cut(chunks: Iterator[bytes]) -> Iterator[bytes | None]:
    """Yield what stands before the first entry, then each entry, None for one of more than 20 MB."""
    cutter = _Cutter()
    for chunk in chunks:
        yield from cutter.feed(chunk)
    yield from cutter.end()


class _Cutter:
    """Follows tags of entries, but for those in comments and CDATA sections."""

    def __init__(self) -> None:
        self._kept = bytearray()
        self._at = self._depth = 0
        self._until = b""  # the end of the comment or CDATA section that the text is in
        self._in_head = True
        self._too_long = False

    def feed(self, chunk: bytes) -> Iterator[bytes | None]:
        """Yield what is complete with these bytes."""
        self._kept += chunk
        while (sign := self._sign()) is not None:
            begins, change = sign
            if change > 0 and self._depth == 0:
                yield from self._before(begins)
            self._depth = max(0, self._depth + change)
            if self._depth == 0 and not self._in_head:
                yield None if self._too_long else bytes(self._kept[: self._at])
                self._drop(self._at)
                self._too_long = False
        if self._in_head and len(self._kept) > _LONGEST_HEAD:
            raise Skip(f"no entry within the first {_LONGEST_HEAD >> 20} MB")
        if len(self._kept) > MAX_BYTES:
            self._too_long = self._depth > 0
            self._drop(self._at)

    def end(self) -> Iterator[bytes]:
        """Yield the head of a feed that has no entries. Raises `Skip` within an entry."""
        if self._in_head:
            yield bytes(self._kept)
        if self._depth:
            raise Skip("the feed ends within an entry, which is left out")

    def _before(self, begins: int) -> Iterator[bytes]:
        if self._in_head:
            yield bytes(self._kept[:begins])
            self._in_head = False
        self._drop(begins)

    def _drop(self, end: int) -> None:
        del self._kept[:end]
        self._at -= end

    def _sign(self) -> tuple[int, int] | None:
        """Go on behind the next tag of an entry; return where it begins and how it changes the depth."""
        while self._passed():
            match = _SIGN.search(self._kept, self._at)
            if match is None:
                self._at = max(self._at, len(self._kept) - _LONGEST_SIGN)
                return None
            if match[0] in _ENDS:
                self._until, self._at = _ENDS[match[0]], match.end()
                continue
            end = self._kept.find(b">", match.end())
            self._at = match.start() if end < 0 else end + 1
            if end < 0:
                return None
            return match.start(), -1 if match[1] else 0 if self._kept[end - 1 : end] == b"/" else 1
        return None

    def _passed(self) -> bool:
        """Go on behind the comment or CDATA section, if the text is in one; false where its end is yet to come."""
        if not self._until:
            return True
        end = self._kept.find(self._until, self._at)
        if end < 0:
            self._at = max(self._at, len(self._kept) - len(self._until))
            return False
        self._at, self._until = end + len(self._until), b""
        return True


def _too_long() -> Raw:
    raise Skip(f"an entry of more than {MAX_BYTES >> 20} MB")


def parse(head: bytes, entry: bytes, root: str, name: str) -> Raw:
    """Return the article of one entry below its feed's head."""
    import feedparser  # 0.1 s, only where there are feeds

    tail = b"</channel></rss>" if root == "rss" else b""  # of the others only the root is open, and that may stay so
    # Not sanitized: that would remove the style attributes, by which hidden text is recognised. No address is fetched.
    data = _BARE.sub(b"&amp;", head + entry + tail)
    read = feedparser.parse(data, sanitize_html=False, resolve_relative_uris=False)
    if not read.entries:
        raise Skip("no entry can be read in it: its XML is broken")
    return mended(_article(read.entries[0], read.feed, name))


def _article(entry: Any, feed: Any, name: str) -> Raw:
    title = squeezed(plain(str(entry.get("title") or "")))
    text = _text(entry, title)
    url = str(entry.get("link") or "")
    published, warnings = first_date(
        dict.get(entry, name) for name in ("published", "created", "updated")
    )  # its own warns
    tags = [str(tag.get("term") or "") for tag in entry.get("tags") or ()]
    categories = list(dict.fromkeys(squeezed(entities(tag)) for tag in tags if tag.strip()))
    return Raw(
        id=str(entry.get("id") or "") or url or content_id(title, text),
        title=title or derived_title(text),
        text=text,
        published=published,
        source=squeezed(plain(str((entry.get("source") or {}).get("title") or feed.get("title") or ""))),
        url=url,
        category=categories[0] if categories else "",
        credit=_authors(entry),
        topics=tuple(categories[1:]),
        path=name,
        updated=first_date([dict.get(entry, "updated")])[0],
        language=str(feed.get("language") or ""),
        origins=found_in("feed", published=published, authors=_authors(entry), category=categories),
        warnings=warnings,
    )


def _text(entry: Any, title: str) -> str:
    """Return the longest that the entry says: its content, or else its summary."""
    parts = [*(part.get("value") for part in entry.get("content") or ()), entry.get("summary")]
    added = re.compile(_APPEARED.format(title=re.escape(title)))
    return max((unwrapped(added.sub("", plain(str(part or ""))).strip()) for part in parts), key=len)


def _authors(entry: Any) -> str:
    if match := _SENDER.fullmatch(str(entry.get("author") or "").strip()):
        return squeezed(entities(match["name"] or ""))
    names = [str(author.get("name") or "") for author in entry.get("authors") or ()]
    return "; ".join(dict.fromkeys(squeezed(entities(name)) for name in names if name.strip()))
