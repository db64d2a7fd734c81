"""One generation of an index, open for searching."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from index import stories
from index.embed.fingerprint import Fingerprint
from index.embed.model import SentenceEmbeddings
from index.errors import BadRequestError
from index.process import Home
from index.search import hybrid
from index.search.lexical import Lexical
from index.storage import VectorSearch
from index.store.contents import Contents
from index.store.database import Database
from index.values import Article, Chunk, Hit, Scope

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_COUNTED = 5000
"""The most articles whose words are counted: a question with a spelling mistake waits for it once."""
_MORE = 2
"""How many times as many hits to ask for as should be enough, and by how much to repeat it (docs/decisions/0034)."""
_EXACT_BELOW = 2000
"""Chunks that are compared one by one instead of by HNSW. Chosen, not measured: their vectors take 3 MB."""


class Generation:
    """One generation of an index, open for searching: it never changes. Thread-safe."""

    def __init__(self, number: int, database: Database, dense: VectorSearch, lexical: Lexical,
                 embeddings: SentenceEmbeddings, fingerprint: Fingerprint, about: dict[str, Any]) -> None:  # fmt: skip
        self.number = number
        self.embeddings = embeddings
        self.fingerprint = fingerprint
        self.articles_count: int = about["articles"]
        self.chunks_count: int = about["chunks"]
        self.created: str = about["created"]
        self._database, self._dense, self._lexical = database, dense, lexical
        self._contents = Contents(database, number, fingerprint)
        self._exact = lru_cache(maxsize=16)(self._few)  # of scopes: a conversation keeps to one, and each takes 3 MB
        self._named = lru_cache(maxsize=4)(self._ids)  # of scopes: each takes 100 bytes a chunk
        self._home = Home("index")

    def search(self, question: str, k: int, scope: Scope, weights: Mapping[str, float] = hybrid.EVEN) -> hybrid.Matches:
        """Return the k chunks that match a question best, by meaning and by words.

        `weights` says how much an analysed term counts in the search by words; one that it does not name counts 1.
        """
        return hybrid.search(self, question, k, scope, weights)

    def dense(self, vector: Sequence[float], k: int, scope: Scope) -> list[Hit]:
        """Return the k chunks nearest to a unit vector by cosine.

        A scope that leaves few chunks is searched exactly, since HNSW loses recall under selective filters.
        """
        self._home.require()
        few = self._exact(scope) if scope else None
        if few is None:
            return self._near(vector, k, scope)
        return _nearest(vector, k, *few)

    def lexical(self, text: str, k: int, scope: Scope, weights: Mapping[str, float] | None = None) -> list[Hit]:
        """Return the k chunks with the highest BM25 score for the text's words, titles counted too.

        `weights` says how much an analysed term counts; one that it does not name counts 1.
        """
        if not scope.needs_archive:
            return self._lexical.search(text, k, scope, weights)
        named = self._named(scope)
        if len(named) > _EXACT_BELOW:  # naming each of many takes longer than filtering more hits
            asked = self._enough(k, named)
            hits = self._lexical.search(text, asked, Scope(), weights)
            kept = [hit for hit in hits if hit.chunk_id in named]
            if len(kept) >= k or len(hits) < asked:
                return kept[:k]
        return self._lexical.search(text, k, scope, weights, among=[*named])

    def frequencies(self, terms: Sequence[str]) -> list[int]:
        """Return how many chunks contain each analysed term."""
        return self._lexical.frequencies(terms)

    @cached_property
    def words(self) -> Counter[str]:
        """Return how often each word stands in the newest articles, titles included, in small letters.

        Counting takes a second for 10,000 passages, so it is done when it is first asked for.
        """
        counts: Counter[str] = Counter()
        for article in self.articles(most=_COUNTED):
            counts.update(_WORD.findall(f"{article.title}\n{article.text}".lower().replace("’", "'")))
        return counts

    def chunks(self, ids: Sequence[str]) -> dict[str, tuple[Chunk, Article]]:
        """Return the chunks with these ids, each with its article."""
        return self._contents.chunks(ids)

    def vectors(self, ids: Sequence[str]) -> dict[str, "np.ndarray[Any, np.dtype[np.float32]]"]:
        """Return the unit vectors of the chunks with these ids."""
        return self._contents.vectors(ids)

    def article(self, id_: str) -> Article | None:
        """Return the article with this id, if there is one."""
        return self._contents.article(id_)

    def earlier(self, id_: str) -> list[Article]:
        """Return the earlier versions of an article that are kept, the newest first."""
        return self._contents.earlier(id_)

    def story(self, id_: str) -> list[Article]:
        """Return all articles that tell the story of this one in nearly the same words, the first to appear first.

        An article that nobody else carries is a story by itself; for an unknown id there is none.
        """
        article = self.article(id_)
        day = article.published.toordinal() if article and article.published else None
        mine = next((one for one in self._contents.sketched(stories.window(day)) if one.id == id_), None)
        if article is None or mine is None:
            return [article] if article else []
        ids = stories.story_of(mine, lambda day: self._contents.sketched(stories.window(day)))
        return [article] if len(ids) == 1 else self._story(ids)

    def stories(self) -> list[list[Article]]:
        """Return the stories that several articles tell, the newest first."""
        found = [self._story(ids) for ids in stories.stories(self._contents.sketched())]
        return sorted(found, key=lambda story: (story[0].published or date.min, story[0].id), reverse=True)

    def _story(self, ids: Sequence[str]) -> list[Article]:
        articles = [article for id_ in ids if (article := self.article(id_))]
        return sorted(articles, key=lambda article: (article.published or date.max, article.id))

    def chunks_of(self, id_: str) -> list[Chunk]:
        """Return the chunks of an article, in its order."""
        return self._contents.chunks_of(id_)

    def articles(self, scope: Scope = Scope(), *, most: int = -1) -> Iterator[Article]:  # noqa: B008  (frozen)
        """Yield the articles in the scope, newest first; no more than `most`, if that is not negative."""
        return self._contents.articles(scope, most=most)

    def days(self) -> dict[date, int]:
        """Return how many articles each day has, for the days that have any."""
        return self._contents.days()

    def sources(self) -> dict[str, int]:
        """Return how many articles each outlet has, the most frequent first."""
        return self._contents.values("source")

    def categories(self) -> dict[str, int]:
        """Return how many articles each category has, the most frequent first."""
        return self._contents.values("category")

    def authors(self) -> dict[str, int]:
        """Return how many articles each author has, the most frequent first; an outlet of the index is none."""
        outlets = {name.casefold() for name in self.sources()}
        found = self._contents.values("author")
        return {name: count for name, count in found.items() if name.casefold() not in outlets}

    def languages(self) -> dict[str, int]:
        """Return how many articles each language has, by its code, the most frequent first; "" is none known."""
        return self._contents.values("language")

    def require(self, scope: Scope) -> None:
        """Raise `BadRequestError` when the scope names an outlet, author or the like that no article has."""
        for what, names, known in (
            ("source", scope.sources, self.sources),
            ("category", scope.categories, self.categories),
            ("author", scope.authors, self.authors),
            ("language", scope.languages, self.languages),
        ):
            if names:
                _require_known(what, names, known(), str.casefold if what == "author" else str)
        if scope.articles and (unknown := [*{*scope.articles} - self._contents.values("id").keys()]):
            raise BadRequestError(f"No article has the id {unknown[0]!r}. Find its id with: dateline articles list")

    def close(self) -> None:
        """Close the engines and the archive."""
        self._dense.close()
        self._database.close()

    def _few(self, scope: Scope) -> tuple[list[str], "np.ndarray[Any, np.dtype[np.float32]]"] | None:
        if self._contents.scoped(scope, _EXACT_BELOW + 1) > _EXACT_BELOW:
            return None
        return self._contents.scoped_vectors(scope)

    def _ids(self, scope: Scope) -> frozenset[str]:
        few = self._exact(scope)
        return frozenset(few[0] if few else self._contents.scoped_ids(scope))

    def _near(self, vector: Sequence[float], k: int, scope: Scope) -> list[Hit]:
        """Return the k chunks of a scope of many that are nearest to a vector, found approximately.

        Filters that the engine has no fields for are applied to what it finds: more is asked for until enough is left
        (docs/decisions/0034).
        """
        if not scope.needs_archive:
            return self._dense.search(vector, min(k, self.chunks_count), scope) if self.chunks_count else []
        named = self._named(scope)
        asked = self._enough(k, named)
        while True:
            most = min(asked, self.chunks_count)
            found = self._dense.search(vector, most, Scope())
            hits = [hit for hit in found if hit.chunk_id in named]
            if len(hits) >= k or len(found) == self.chunks_count:
                return hits[:k]
            if len(found) < most:  # some servers give no more than so many
                return _nearest(vector, k, *self._contents.scoped_vectors(scope))
            asked *= _MORE

    def _enough(self, k: int, named: frozenset[str]) -> int:
        """Return how many hits of a whole search should hold k of these chunks."""
        return _MORE * k * self.chunks_count // len(named)


def _nearest(
    vector: Sequence[float], k: int, ids: Sequence[str], vectors: "np.ndarray[Any, np.dtype[np.float32]]"
) -> list[Hit]:
    """Return the k chunks with the highest cosine, found by comparing each."""
    if not ids:
        return []
    scores = np.einsum("ij,j->i", vectors, np.asarray(vector, np.float32))  # in this thread: see index/search/delta
    return [Hit(ids[i], float(scores[i])) for i in np.argsort(-scores, kind="stable")[:k]]


def _require_known(what: str, names: Sequence[str], known: Mapping[str, int], same: Callable[[str], str]) -> None:
    have = {same(name) for name in known}
    for name in names:
        if same(name) not in have:
            some = get_close_matches(name, known, n=3) or [one for one in [*known][:10] if one]
            listed = (
                f"There are: {', '.join(some)}" if some else "None are named; reindex, if an older Dateline built it"
            )
            raise BadRequestError(f"No article has the {what} {name!r}. {listed}")
