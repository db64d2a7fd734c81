"""Download a generation's articles from a Chroma server into an archive, except those that it has already.

The server is not trusted: whatever differs from what was published is refused.
"""

from collections.abc import Iterator

from index.embed.model import SentenceEmbeddings
from index.server.chroma import ChromaServer
from index.server.pages import PART, Part, UnpackedArticle, pages, unpack
from index.server.published import Published, content_digest, unusable
from index.store.archive import Archive

_PAGE = 1000  # ids a request; chosen, not measured
_TRANSACTION = 200  # articles that are stored at once, and lost when a download breaks off; chosen, not measured


def download(server: ChromaServer, published: Published, archive: Archive, embeddings: SentenceEmbeddings) -> set[int]:
    """Store what the archive lacks of a generation, and return the versions of all its articles.

    What was stored is kept when a later page fails. Raises `IndexUnavailableError` when the server does not answer,
    or not what was published.
    """
    return _Download(server, published, archive, embeddings)()


class _Download:
    def __init__(
        self, server: ChromaServer, published: Published, archive: Archive, embeddings: SentenceEmbeddings
    ) -> None:
        self._server, self._published, self._archive = server, published, archive
        self._embeddings, self._fingerprint = embeddings, embeddings.fingerprint
        self._versions = archive.versions()

    def __call__(self) -> set[int]:
        try:
            parts = self._list()
            hashes = {bytes.fromhex(part.hash) for part in parts}
            whole = self._whole(hashes)
            wanted = [part for part in parts if bytes.fromhex(part.hash) not in whole]
            articles: list[UnpackedArticle] = []
            for hash_, text in self._texts(wanted):
                articles.append(self._open(hash_, text))
                if len(articles) == _TRANSACTION:
                    self._store(articles)
                    articles.clear()
            self._store(articles)
        except ValueError as error:
            raise unusable(self._server.address, str(error)) from error
        return {self._versions[hash_] for hash_ in hashes}

    def _list(self) -> list[Part]:
        """Return all parts of all articles in order; raise `ValueError` unless they are those that were published."""
        parts: list[Part] = []
        for offset in range(0, self._published.parts_count, _PAGE):
            ids = self._server.get(self._published.articles, include=(), limit=_PAGE, offset=offset).ids
            if not ids:
                break  # or a server could make us ask for ever
            parts.extend(map(Part.parse, ids))
        parts.sort()
        if content_digest(self._fingerprint, {part.hash for part in parts}) != self._published.digest:
            raise ValueError("its list of articles is not the one that was published")
        expected = 0
        for part, after in zip(parts, [*parts[1:], None], strict=True):
            ends = after is None or after.hash != part.hash
            if part.number != expected or part.is_last != ends:
                raise ValueError(f"it lacks a part of the article {part.hash}")
            expected = 0 if ends else expected + 1
        return parts

    def _whole(self, hashes: set[bytes]) -> set[bytes]:
        """Return those of the articles that the archive has with all their vectors."""
        here = {hash_: self._versions[hash_] for hash_ in hashes if hash_ in self._versions}
        missing = self._archive.vectors.missing(set(here.values()), self._fingerprint.vectors)
        partial = {text.version for text in missing}
        return {hash_ for hash_, version in here.items() if version not in partial}

    def _texts(self, parts: list[Part]) -> Iterator[tuple[str, str]]:
        """Yield the hash and packed text of each article."""
        pieces: list[str] = []
        for page in pages(parts):
            records = self._server.get(self._published.articles, include=("metadatas",), ids=[part.id for part in page])
            found = dict(zip(records.ids, records.metadatas or [], strict=True))
            for part in page:
                pieces.append(part.require(found.get(part.id, {}).get(PART)))
                if part.is_last:
                    yield part.hash, "".join(pieces)
                    pieces.clear()

    def _open(self, hash_: str, text: str) -> UnpackedArticle:
        unpacked = unpack(text, self._fingerprint, self._embeddings.tokens)
        if unpacked.hash.hex() != hash_:
            raise ValueError(f"the article {hash_} is another than its id says")
        return unpacked

    def _store(self, articles: list[UnpackedArticle]) -> None:
        vectors = [
            (item.embedded, vector)
            for unpacked in articles
            for item, vector in zip(unpacked.chunks, unpacked.vectors, strict=True)
        ]
        with self._archive.writing():
            for unpacked in articles:
                if unpacked.hash not in self._versions:
                    self._versions[unpacked.hash] = self._archive.add(unpacked.hash, unpacked.article, unpacked.chunks)
        # the articles come first: a vector that no article has would never be deleted
        self._archive.vectors.add(self._fingerprint.vectors, vectors)
