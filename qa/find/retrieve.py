"""Find the passages that may answer a question: those that match it best, with a bonus for the right days."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from functools import partial
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from index import Article, BadRequestError, Scope
from index.generation import Generation
from index.search.hybrid import EVEN
from index.serving import Index
from qa.arguments import PASSAGES, passages_count, question_text, scope_of, short
from qa.days.when import Days, Period, before, label, narrowed
from qa.evidence import Evidence
from qa.find.copies import uncrowded
from qa.find.latest import newest_first
from qa.find.overview import overview
from qa.query import Query, Wording
from qa.values import Passage

DAY_WEIGHT, RECENT_WEIGHT = 0.05, 0.03
"""Added to the fused score. MRR of passages on rtqa_dev_2022H2: .813 without, .829, then .839 (docs/decisions/0014)."""
_DATED = 30
"""How many more candidates to fetch when the question names days: the bonus may lift one. Chosen, not measured."""
_SPARE = 5
"""How many more candidates to fetch as replacements for copies. Chosen, not measured."""


def find(wording: Wording, query: Query, generation: Generation) -> Evidence:
    """Return the passages for a question, searched with what it refers to in the turns before it.

    A question that can be read without those turns is also searched without them: what they add may mislead.
    """
    only = wording.only
    scope = known_by(query, generation)
    within = narrowed(scope, only.reported) if only else None
    search = partial(
        retrieve,
        generation,
        scope=within or scope,
        k=query.k,
        days=[period.best for period in wording.periods],
        recent=before(query.asked_on) if query.asked_on else None,
        latest=wording.latest,
    )
    if wording.general and (wording.periods or wording.latest or query.scope.articles):
        evidence = overview(wording.question, generation, within or scope, query.k)
    else:
        evidence = search(wording.text, weights=wording.weights)
    spoken, shown = wording.spoken, wording.shown if wording.shown != query.question else ""
    if not (wording.points_back or wording.continues) and wording.text != wording.question:
        alone = search(wording.question)
        evidence = unite(alone, evidence, query.k)
        if evidence.passages[:1] == alone.passages[:1]:  # it stands alone: what was said before finds nothing better
            evidence, spoken, shown = alone, "", ""
    return replace(
        evidence,
        question=query.question,
        asked=wording.question,
        rewritten=shown,
        spoken=spoken,
        period=_searched_days(wording.periods, within),
        latest_by=query.today if wording.latest else None,
    )


def known_by(query: Query, generation: Generation) -> Scope:
    """Return which articles to search: none later than the day on which the question is asked, where that is given.

    Where any article is later, those without a day are left out too.
    """
    if query.asked_on is None or all(day <= query.asked_on for day in generation.days()):
        return query.scope
    # No day is left where the filter begins later: then nothing is searched, rather than everything.
    return narrowed(query.scope, Days(None, query.asked_on)) or replace(query.scope, since=None, until=date.min)


def _searched_days(periods: Sequence[Period], within: Scope | None) -> str:
    """Return words for the days that were searched, or preferred."""
    named = ", ".join(label(period.days) for period in periods)
    return named if within or not named else f"{named} first"


def retrieve(
    generation: Generation,
    question: str,
    scope: Scope,
    k: int = PASSAGES,
    *,
    weights: Mapping[str, float] = EVEN,
    days: Sequence[Days] = (),
    recent: Days | None = None,
    latest: bool = False,
) -> Evidence:
    """Return the k best passages of the generation for a question.

    `weights` says how much an analysed term counts in the search by words; one that it does not name counts 1. `days`
    are those that the question speaks of, `recent` those just before it was asked, where that is known. `latest`: new
    reports go first.
    """
    # Fetch more than wanted: the bonus for its day may lift an article from further down, and copies leave gaps.
    matches = generation.search(question, k + (_DATED if days or recent or latest else _SPARE), scope, weights)
    started = time.perf_counter()
    passages = [
        Passage(
            match.chunk,
            match.article,
            match.score + _lift(match.article, days, recent),
            {"dense": match.dense, "lexical": match.lexical},
        )
        for match in matches.found
    ]
    passages.sort(key=lambda passage: (-passage.score, passage.chunk.id))
    kept = uncrowded(newest_first(passages) if latest else passages, k)
    timings = {**matches.timings, "fuse": matches.timings["fuse"] + time.perf_counter() - started}
    return Evidence(question, kept, (), generation.number, timings, vector=matches.vector)


def unite(one: Evidence, other: Evidence, k: int) -> Evidence:
    """Return the k best passages of two searches, each with the better of its scores."""
    # Scores are absolute (docs/decisions/0005), so those of two searches can be compared.
    best: dict[str, Passage] = {}
    for passage in (*one.passages, *other.passages):
        known = best.get(passage.chunk.id)
        if known is None or known.score < passage.score:
            best[passage.chunk.id] = passage
    ranked = sorted(best.values(), key=lambda passage: (-passage.score, passage.chunk.id))
    timings = {stage: one.timings[stage] + other.timings.get(stage, 0.0) for stage in one.timings}
    return replace(one, passages=uncrowded(ranked, k), timings=timings)


def with_parts(evidence: Evidence, parts: Sequence[Evidence]) -> Evidence:
    """Return the evidence of a question with that of its parts: their read passages and their seconds join its own."""
    known = {passage.chunk.id for passage in evidence.passages}
    read = {passage.chunk.id: passage for part in parts for passage in part.passages if "reader" in passage.scores}
    # At the end: a part is cited from them, but the whole question did not find them.
    more = (passage for id_, passage in read.items() if id_ not in known)
    stages = dict.fromkeys(stage for one in (evidence, *parts) for stage in one.timings)
    timings = {stage: sum(one.timings.get(stage, 0.0) for one in (evidence, *parts)) for stage in stages}
    return replace(evidence, parts=tuple(parts), passages=(*evidence.passages, *more), timings=timings)


def _lift(article: Article, days: Sequence[Days], recent: Days | None) -> float:
    """Return the bonus for an article from the days that the question names, or from those just before it was asked."""
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
        if not isinstance(scope, Scope | None):
            raise BadRequestError(f"scope is a Scope, like Scope(since=day); {short(scope)} is not.")
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
