"""Decide which version of an article is searched when several places hold it: the newest.

Two places tell one article when they have its id or its address, and their texts are alike. The address alone is not
believed: some sites give every page that of their front page.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from urllib.parse import parse_qsl, urlencode, urlsplit

from index.read import Skip
from index.values import Article

_TRACKING = re.compile(r"utm_\w+|[a-z]{1,3}clid|mc_[ce]id|_ga|igshid|ocid|cmpid|smid|partner", re.IGNORECASE)
"""Parameters that say where a reader came from, and nothing of what the address shows."""
_PLAIN = re.compile(r"https?://([a-z0-9-]+(?:\.[a-z0-9-]+)+)(/[A-Za-z0-9/._~%+,-]*)")
"""Most addresses: of these, taking them apart as the standard says gives the same, and takes ten times as long."""
_WORD = re.compile(r"\w+")
_RUN = 3  # words
_READ = 100_000  # characters that are compared; chosen, not measured: three times the longest article of 7,764
_ALIKE = 0.15
"""The share of the shorter text's runs of three words that stand in the other too. Of 20,000 pairs of different
articles, mostly of one outlet, none has so much; 9 have .05, by what surrounds each page (November 2026)."""
_EXCERPT = 0.9
"""The share from which the shorter text is an excerpt, like a feed's: it adds nothing to the other."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A place that tells an article. `version` is what is stored of it, `address` its own in a form to compare."""

    place: str
    id: str
    address: str
    version: int


@dataclass(slots=True)
class Claims:
    """The claims of a run, settled one after the other. `stored` returns a stored version; None in a dry run."""

    stored: Callable[[int], Article | None]
    newest: dict[str, Claim] = field(default_factory=dict)
    _addresses: dict[str, str] = field(default_factory=dict)
    _replaced: dict[Claim, Claim] = field(default_factory=dict)

    def rivals(self, place: str, id_: str, address: str, article: Callable[[], Article | None]) -> list[Claim]:
        """Return the claims so far that are of the same article. Raises `Skip` where the id is another's."""
        found: list[Claim] = []
        first = self.newest.get(id_)
        if first is not None and first.place != place:
            if not alike(article(), self.stored(first.version)):
                raise Skip(f"the id {id_!r} is taken by {first.place}", ids=(id_,))
            found.append(first)
        other = self.newest.get(self._addresses.get(address, "")) if address else None
        if other is not None and other not in found and other.place != place:
            found += [other] if alike(article(), self.stored(other.version)) else []
        return found

    def settle(self, claim: Claim, rivals: list[Claim], article: Callable[[], Article | None]) -> bool:
        """Record a claim, and say whether it is the newest of these rivals."""
        for rival in rivals:
            if not is_newer(article(), self.stored(rival.version)):
                self._replaced[claim] = rival
                return False
        for rival in rivals:
            self.newest.pop(rival.id, None)
            self._replaced[rival] = claim
        self.newest[claim.id] = claim
        if claim.address and self._addresses.get(claim.address) not in self.newest:
            self._addresses[claim.address] = claim.id
        return True

    def restate(self, id_: str, version: int) -> Claim:
        """Give an article's newest claim another version of the same text, and return it."""
        self.newest[id_] = replace(self.newest[id_], version=version)
        return self.newest[id_]

    def replaced(self) -> Iterator[tuple[Claim, Claim]]:
        """Yield each claim that is not the newest of its article, with the one that is."""
        for claim, newer in self._replaced.items():
            newest = newer
            while newest in self._replaced:
                newest = self._replaced[newest]
            yield claim, self.newest[newest.id]


def address_of_page(url: str) -> str:
    """Return an address in a form to compare, without scheme, `www.`, fragment and what tracks its readers.

    "" for one that can be no article's: that of a whole site.
    """
    if plain := _PLAIN.fullmatch(url):
        path = plain[2].rstrip("/")
        return path and f"{plain[1].removeprefix('www.')}{path}"
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    except ValueError:
        return ""
    asked = urlencode([(name, value) for name, value in parse_qsl(parts.query) if not _TRACKING.fullmatch(name)])
    path = parts.path.rstrip("/")
    return f"{host}{port}{path}{asked and f'?{asked}'}" if host and (path or asked) else ""


def alike(one: Article | None, other: Article | None) -> bool:
    """Say whether two texts can be versions of one article: one headline, or some of the same words in a row."""
    if one is None or other is None:
        return True
    return _titled_alike(one, other) or _shared(one.text, other.text) >= _ALIKE


def is_newer(one: Article | None, other: Article | None) -> bool:
    """Say whether a text replaces another version that was read before it.

    The later day decides; on one day, an excerpt does not replace the whole, and else what is read later does.
    """
    if one is None or other is None:
        return True
    if (mine := _day(one)) != (theirs := _day(other)):
        return mine > theirs
    if one.text == other.text and one.title == other.title:
        return False  # the first keeps its place, or every new feed would move all of its articles
    if _shared(one.text, other.text) >= _EXCERPT and len(one.text) != len(other.text):
        return len(one.text) > len(other.text)
    return True


def _day(article: Article) -> date:
    return max(filter(None, (article.published, article.updated)), default=date.min)


def _titled_alike(one: Article, other: Article) -> bool:
    return bool(one.title) and one.title.casefold() == other.title.casefold()


def _shared(one: str, other: str) -> float:
    """Return the share of the runs of the shorter text that the other has too."""
    fewer, more = sorted((_runs(one), _runs(other)), key=len)
    return len(fewer & more) / len(fewer) if fewer else 0.0


def _runs(text: str) -> set[tuple[str, ...]]:
    words = _WORD.findall(text[:_READ].lower())
    return {tuple(words[at : at + _RUN]) for at in range(max(1, len(words) - _RUN + 1))}
