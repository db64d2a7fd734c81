"""Fill the archive's cache of vectors: each text is embedded once. A run that is killed keeps what it embedded."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter

from index.batch import batched
from index.build.prepare import embedded_text
from index.build.publish import Progress
from index.embed.engine import Engine
from index.embed.model import SentenceEmbeddings
from index.embed.onnx import intact
from index.store import space
from index.store.archive import Archive
from index.store.folder import Folder
from index.store.vector_cache import Missing
from index.text.chunk import heading
from index.values import Chunk

_WINDOW = 2048
"""Texts that are sorted by length together, so that those of a batch are alike. Chosen, not measured: some 2 MB."""


def embed_missing(
    folder: Folder,
    archive: Archive,
    embeddings: SentenceEmbeddings,
    versions: set[int],
    progress: Progress,
    engine: Engine,
) -> int:
    """Embed all texts of the article versions that have no vector, or a damaged one; return how many there were.

    First the model's graph is exported, unless it is there undamaged: all texts go through it.
    """
    fingerprint = embeddings.fingerprint
    encoder = folder.encoder(fingerprint)
    if not intact(encoder):
        encoder.unlink()
    embeddings.exported = encoder  # passages and questions go through the same graph
    archive.vectors.drop_damaged(versions, fingerprint.vectors)
    missing = archive.vectors.missing(versions, fingerprint.vectors)
    size = space.needed(
        chunks=archive.chunk_count(versions),
        embedded=len(missing),
        dimension=fingerprint.dimension,
        encoder=embeddings.exportable and not encoder.exists(),
    )
    space.require(folder.path, size)
    done = 0
    with space.guarded(folder.path, size):
        progress("embed", 0, len(missing))
        embeddings.export(encoder)
        # Sorted, so that the texts of a batch are alike and need little padding; longest first, so that a lack of
        # memory shows at once.
        texts = (
            sorted(_texts(archive, embeddings, window), key=lambda pair: len(pair[1]), reverse=True)
            for window in batched(missing, _WINDOW)
        )
        for keys, vectors in engine.embed(embeddings, texts):
            archive.vectors.add(fingerprint.vectors, zip(keys, vectors, strict=True))
            done += len(keys)
            progress("embed", done, len(missing))
    return done


def _texts(archive: Archive, embeddings: SentenceEmbeddings, window: Iterable[Missing]) -> Iterator[tuple[bytes, str]]:
    """Yield the digest and the text of each; those of one article follow each other, so it is fetched once."""
    for version, some in groupby(window, key=attrgetter("version")):
        article = archive.version(version)
        head = heading(article, embeddings.tokens)
        for missing in some:
            text = article.text[missing.start : missing.end]
            yield missing.embedded, embedded_text(head, Chunk("", article.id, missing.start, missing.end, text))
