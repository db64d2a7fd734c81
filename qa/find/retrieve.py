"""Find the passages that may answer: candidates by meaning and by words, fused into one ranking.

What this module does not know: which sentence of a passage answers, and whether any does.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from types import MappingProxyType
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from index import Article, Scope
from index.search.fuse import ceiling, fuse, idf
from index.search.lexical import terms
from index.serving import Generation, Index
from qa.arguments import passages_count, question_text, scope_of
from qa.evidence import Evidence
from qa.find.copies import uncrowded
from qa.find.when import Days
from qa.values import Passage

CANDIDATES = 50
PASSAGES = 10
DAY_WEIGHT, RECENT_WEIGHT = 0.05, 0.03
_DATED = 30
"""How many more are looked at when the question speaks of days."""
_SPARE = 5
"""How many more are looked at, to take the place of copies."""


def retrieve(
    generation: Generation,
    question: str,
    scope: Scope,
    k: int = PASSAGES,
    *,
    weights: Mapping[str, float] = MappingProxyType({}),
    days: Sequence[Days] = (),
    recent: Days | None = None,
) -> Evidence:
    """Return the k best passages of the generation for a question.

    `weights` says how much an analysed term counts in the search by words; one that it does not name counts 1. `days`
    are those that the question speaks of, `recent` those just before it was asked, where that is known.
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
    best = sorted(fused, key=lambda id_: (-fused[id_], id_))[: k + (_DATED if days or recent else _SPARE)]
    found = generation.chunks(best)
    passages = [
        Passage(
            *found[id_],
            fused[id_] + _lift(found[id_][1], days, recent),
            {"dense": near.get(id_, 0.0), "lexical": lexical.get(id_, 0.0)},
        )
        for id_ in best
        if id_ in found
    ]
    passages.sort(key=lambda passage: (-passage.score, passage.chunk.id))
    timings = {"embed": embedded - started, "dense": searched - embedded, "lexical": matched - searched,
               "fuse": clock() - matched}  # fmt: skip
    return Evidence(question, uncrowded(passages, k), (), generation.number, timings, vector=tuple(vector))


def united(one: Evidence, other: Evidence, k: int) -> Evidence:
    """Return the k best passages of two searches, each with the better of its scores."""
    best: dict[str, Passage] = {}
    for passage in (*one.passages, *other.passages):
        known = best.get(passage.chunk.id)
        if known is None or known.score < passage.score:
            best[passage.chunk.id] = passage
    ranked = sorted(best.values(), key=lambda passage: (-passage.score, passage.chunk.id))
    timings = {stage: one.timings[stage] + other.timings.get(stage, 0.0) for stage in one.timings}
    return replace(one, passages=uncrowded(ranked, k), timings=timings)


def _lift(article: Article, days: Sequence[Days], recent: Days | None) -> float:
    """Return what an article gains that is of the days which the question speaks of, or of those just before it."""
    if any(some.hold(article.published) for some in days):
        return DAY_WEIGHT
    return RECENT_WEIGHT if recent and recent.hold(article.published) else 0.0


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
        asked, count = question_text(query), passages_count(self.k if k is None else k)
        within = scope_of(**asdict(self.scope if scope is None else scope))
        with self.index.generation() as generation:
            evidence = retrieve(generation, asked, within, count)
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
