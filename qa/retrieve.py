"""Find the passages that may answer: candidates by meaning and by words, fused into one ranking.

What this module does not know: which sentence of a passage answers, and whether any does.
"""

import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from index import Scope
from index.lexical import terms
from index.serving import Generation, Index
from qa.evidence import Evidence
from qa.fuse import ceiling, fuse, idf
from qa.values import Passage

CANDIDATES = 50
PASSAGES = 10


def retrieve(
    generation: Generation,
    question: str,
    scope: Scope,
    k: int = PASSAGES,
    *,
    weights: Mapping[str, float] = MappingProxyType({}),
) -> Evidence:
    """Return the k best passages of the generation for a question.

    `weights` says how much an analysed term counts in the search by words; one that it does not name counts 1.
    """
    clock = time.perf_counter
    started = clock()
    vector = generation.embeddings.embed_query(question)
    embedded = clock()
    near = {hit.chunk_id: hit.score for hit in generation.dense(vector, CANDIDATES, scope)}
    searched = clock()
    lexical = {hit.chunk_id: hit.score for hit in generation.lexical(question, CANDIDATES, scope, weights)}
    matched = clock()
    words = list(dict.fromkeys(terms(question)))
    masses = [
        idf(frequency, generation.chunks_count) * weights.get(word, 1.0)
        for word, frequency in zip(words, generation.frequencies(words), strict=True)
    ]
    for id_, other in generation.vectors([id_ for id_ in lexical if id_ not in near]).items():
        near[id_] = float(other @ vector)
    fused = fuse(near, lexical, highest=ceiling(masses))
    best = sorted(fused, key=lambda id_: (-fused[id_], id_))[:k]
    found = generation.chunks(best)
    passages = tuple(
        Passage(*found[id_], fused[id_], {"dense": near.get(id_, 0.0), "lexical": lexical.get(id_, 0.0)})
        for id_ in best
        if id_ in found
    )
    timings = {"embed": embedded - started, "dense": searched - embedded, "lexical": matched - searched,
               "fuse": clock() - matched}  # fmt: skip
    return Evidence(question, passages, (), generation.number, timings)


class NewsRetriever(BaseRetriever):
    """A LangChain retriever over an index: `retriever.invoke(question)` gives documents with offsets and scores.

    `scope` and `k` may also be given for one call: `retriever.invoke(question, scope=Scope(since=day))`.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    index: Index
    k: int = PASSAGES
    scope: Scope = Scope()

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002  (the base class's signature)
        scope: Scope | None = None,
        k: int | None = None,
    ) -> list[Document]:
        with self.index.generation() as generation:
            evidence = retrieve(generation, query, scope or self.scope, k or self.k)
        return [document(passage) for passage in evidence.passages]


def document(passage: Passage) -> Document:
    """Return a passage as a LangChain document; its metadata holds what a citation needs."""
    article, chunk = passage.article, passage.chunk
    metadata: dict[str, Any] = {
        "article_id": article.id,
        "title": article.title,
        "source": article.source,
        "published": article.published.isoformat() if article.published else None,
        "url": article.url,
        "category": article.category,
        "start": chunk.start,
        "end": chunk.end,
        "score": passage.score,
        **passage.scores,
    }
    return Document(page_content=chunk.text, id=chunk.id, metadata=metadata)
