"""Download a generation's articles from a Chroma server into an archive, except those that it has already.

The server is not trusted: whatever differs from what was published is refused.
"""

from collections.abc import Iterable

from index.batch import batched
from index.embed.model import SentenceEmbeddings
from index.server.chroma import ChromaServer
from index.server.packed import UnpackedArticle, unpack
from index.server.published import Published, unusable
from index.server.texts import Texts
from index.store.archive import Archive

_TRANSACTION = 200  # articles that are stored at once, and lost when a download breaks off; chosen, not measured


def download(
    server: ChromaServer, published: Published, hashes: Iterable[str], archive: Archive, embeddings: SentenceEmbeddings
) -> set[int]:
    """Store what the archive lacks of a generation's articles, and return the versions of all of them.

    What was stored is kept when a later page fails. Raises `IndexUnavailableError` when the server does not answer,
    or not what was published.
    """
    return _Download(server, published, archive, embeddings)({bytes.fromhex(hash_) for hash_ in hashes})


class _Download:
    def __init__(
        self, server: ChromaServer, published: Published, archive: Archive, embeddings: SentenceEmbeddings
    ) -> None:
        self._server, self._archive = server, archive
        self._texts = Texts(server, published.texts.id)
        self._embeddings, self._fingerprint = embeddings, embeddings.fingerprint
        self._versions = archive.versions()

    def __call__(self, hashes: set[bytes]) -> set[int]:
        wanted = sorted(hash_.hex() for hash_ in hashes - self._whole(hashes))
        try:
            for texts in batched(self._texts.read(wanted), _TRANSACTION):
                self._store([self._open(hash_, text) for hash_, text in texts])
        except ValueError as error:
            raise unusable(self._server.address, str(error)) from error
        return {self._versions[hash_] for hash_ in hashes}

    def _whole(self, hashes: set[bytes]) -> set[bytes]:
        """Return those of the articles that the archive has with all their vectors."""
        here = {hash_: self._versions[hash_] for hash_ in hashes if hash_ in self._versions}
        missing = self._archive.vectors.missing(set(here.values()), self._fingerprint.vectors)
        partial = {text.version for text in missing}
        return {hash_ for hash_, version in here.items() if version not in partial}

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
