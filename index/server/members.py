"""Which articles a published generation has: lists that generations share, and what differs from them.

A list is a text that is named by its SHA-256. It gives article versions by their hashes in hex, each with the number
of its chunks.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from index.server.chroma import ChromaServer
from index.server.published import Published, content_digest, unusable
from index.server.texts import Texts

_Articles = dict[Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")], Annotated[int, Field(ge=0, lt=2**40, strict=True)]]
_ARTICLES: TypeAdapter[dict[str, int]] = TypeAdapter(_Articles)


@dataclass(frozen=True, slots=True)
class Members:
    """The article versions of a generation, each with the number of its chunks.

    `shards` are those of each of its shards. What was `added` since is in none of them, and what is `gone` still is.
    """

    shards: tuple[Mapping[str, int], ...]
    added: Mapping[str, int]
    gone: Mapping[str, int]

    def all(self) -> dict[str, int]:
        """Return all of them."""
        held = {hash_: count for shard in self.shards for hash_, count in shard.items() if hash_ not in self.gone}
        return {**held, **self.added}


class _Changes(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    added: _Articles
    gone: _Articles


def list_names(published: Published) -> list[str]:
    """Return the names of a generation's lists."""
    return [published.changes, *(shard.articles for shard in published.shards)]


def write_list(articles: Mapping[str, int]) -> tuple[str, str]:
    """Return the name and the text of a list."""
    return _named(_sorted(articles))


def write_changes(added: Mapping[str, int], gone: Mapping[str, int]) -> tuple[str, str]:
    """Return the name and the text of what was added, and what is gone."""
    return _named({"added": _sorted(added), "gone": _sorted(gone)})


def read_changes(text: str) -> tuple[dict[str, int], dict[str, int]]:
    """Return what was added, and what is gone. Raises `ValueError` for another text."""
    changes = _Changes.model_validate_json(text)
    return changes.added, changes.gone


def fetch_lists(server: ChromaServer, published: Published, known: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the texts of a generation's lists by their names; those that are `known` are not asked for.

    Raises `IndexUnavailableError` for one that is not as it was published.
    """
    known = known or {}
    lacking = [name for name in list_names(published) if name not in known]
    try:
        fetched = dict(Texts(server, published.texts.id).read(lacking))
    except ValueError as error:
        raise unusable(server.address, str(error)) from error
    return {name: fetched.get(name) or known[name] for name in list_names(published)}


def fetch_members(server: ChromaServer, published: Published) -> Members:
    """Return the members of a generation. Raises `IndexUnavailableError` unless they are those that were published."""
    try:
        return read_members(published, fetch_lists(server, published))
    except ValueError as error:
        raise unusable(server.address, str(error)) from error


def read_members(published: Published, lists: Mapping[str, str]) -> Members:
    """Return the members of a generation, by the texts of its lists.

    Raises `ValueError` unless they are those that were published.
    """
    # The server is not trusted: the lists have to be those named, agree with each other, and add up to the digest.
    if any(is_other(name, lists.get(name)) for name in list_names(published)):
        raise _wrong()
    added, gone = read_changes(lists[published.changes])
    shards = tuple(_ARTICLES.validate_json(lists[shard.articles]) for shard in published.shards)
    members = Members(shards, added, gone)
    held = {hash_: count for articles in shards for hash_, count in articles.items()}
    if [sum(articles.values()) for articles in shards] != [shard.chunks for shard in published.shards]:
        raise _wrong()
    if sum(map(len, shards)) != len(held) or added.keys() & held.keys() or not gone.items() <= held.items():
        raise _wrong()
    every = members.all()
    if (len(every), sum(every.values())) != (published.articles_count, published.chunks_count):
        raise _wrong()
    if content_digest(published.fingerprint, every) != published.digest:
        raise _wrong()
    return members


def is_other(name: str, text: str | None) -> bool:
    """Say whether a list is not the one of this name."""
    return text is None or hashlib.sha256(text.encode()).hexdigest() != name


def _wrong() -> ValueError:
    return ValueError("its list of articles is not the one that was published")


def _sorted(articles: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(articles.items()))


def _named(value: Any) -> tuple[str, str]:
    text = json.dumps(value, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest(), text
