"""The findings of a check: each fault with its cure; and whether the model and its vectors still agree."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from index.build.prepare import embedded_text
from index.embed.fingerprint import Fingerprint
from index.embed.model import SentenceEmbeddings
from index.embed.onnx import intact
from index.errors import DatelineError
from index.store.archive import Archive
from index.store.contents import Contents
from index.store.database import Database
from index.store.folder import Folder
from index.text.chunk import heading

OTHER_MODEL = "The index was made with another"
"""Beginning of the finding that only a rebuild cures."""
_LEAST_COSINE = 0.995
"""Of a stored vector and the one that the model gives now. The exported graph and torch agree to 1.000000
(docs/decisions/0004), and another model's vectors are near 0; chosen between, with room for other processors."""
_EMBEDDED_AGAIN = 8
"""Passages that are compared so. A wrong model shows at the first; each costs 30 ms."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong with an index, and the command that cures it."""

    what: str
    cure: str


def wrong_model(folder: Folder, database: Database, number: int, fingerprint: Fingerprint) -> Iterator[str]:
    """Yield what is wrong with the model, the question encoder, or the vectors that they should have made."""
    encoder = folder.encoder(fingerprint)
    try:
        embeddings = SentenceEmbeddings(fingerprint.model, exported=encoder)
        if different := embeddings.fingerprint.differences(fingerprint):
            yield f"{OTHER_MODEL} {', '.join(different)} than this Dateline uses"
            return  # with another model, all that follows would differ too
        if embeddings.exportable and not encoder.exists():
            yield f"The question encoder {encoder.name} is missing"
            return
        if not intact(encoder):
            yield f"The question encoder {encoder.name} is damaged"
            return
        contents = Contents(database, number, fingerprint)
        ids = [row.chunk_id for row in islice(Archive(database).rows(number, fingerprint.vectors), _EMBEDDED_AGAIN)]
        vectors = contents.vectors(ids)
        for id_, (chunk, article) in contents.chunks(ids).items():
            again = embeddings.embed_query(embedded_text(heading(article, embeddings.tokens), chunk))
            if float(np.dot(vectors[id_], again)) < _LEAST_COSINE:
                yield f"The vector of passage {id_} is not what the model gives for its text"
    except DatelineError as error:
        yield str(error)
