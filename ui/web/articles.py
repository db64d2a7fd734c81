"""The articles beside the answers: those that are cited, that match some words, and the newest ones."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from index import Article, BadRequestError, Scope
from index.generation import Generation
from index.search.lexical import terms
from index.serving import Index
from index.text.sentences import Span, sentences
from qa.find.copies import copies
from qa.find.retrieve import retrieve
from qa.values import Passage
from ui.web.turns import PageTurn
from ui.web.views.reader import View, alone, gone, near, view

Order = Literal["best", "newest"]
MOST = 50
"""How many articles a list shows, and how many passages are searched for it."""
_CLOSE = 0.4
"""The least share of the best passage's score. Of the evidence of the 79 questions of benchmarks/sample, .986 is listed
then, in 7.3 articles a question (.5: .973 in 4.8; 0: all of it, in 28.3 of the 30 articles)."""
STORIES = 6
"""How many stories an empty page shows."""
_WHOLE = re.compile(r"(?:\S+\s+){3}.*[.!?…।。؟][\"'”’)\]]*\s*\Z", re.DOTALL)
_LOOKED_AT = 3
"""For one story of the front page, how many articles are looked at: some tell the same as an earlier one."""


@dataclass(frozen=True, slots=True)
class Found:
    """An article of a list, with the sentence that it is shown with, and the outlets that tell the same."""

    article: Article
    sentence: Span
    also: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Return the sentence."""
        return self.article.text[slice(*self.sentence)]


class Articles:
    """The articles of the served generation, as the page shows them. Thread-safe."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._stories: tuple[int, list[Found]] = (0, [])

    def browse(self, query: str, scope: Scope, order: Order) -> list[Found]:
        """Return the articles that match a query, or the newest ones. Raises `BadRequestError` for unknown filters."""
        with self._index.generation() as generation:
            generation.require(scope)
            return matching(generation, query, scope, order) if query else newest(generation, scope)

    def stories(self) -> list[Found]:
        """Return the newest stories. They are sought once for each generation."""
        with self._index.generation() as generation:
            if self._stories[0] != generation.number:
                self._stories = generation.number, stories(generation, STORIES)
            return self._stories[1]

    def article(self, id_: str, start: int, end: int) -> View:
        """Return the view of any article, with one span marked. Raises `BadRequestError` when there is none."""
        return alone(self._require(id_), start, end)

    def cited(self, n: int, turn: PageTurn, number: int) -> View:
        """Return the view of a cited article. Raises `BadRequestError` when there is no such citation."""
        citation = next((c for c in turn.citations if c.number == number), None)
        if citation is None:
            raise BadRequestError("There is no such citation.")
        with self._index.generation() as generation:
            article = generation.article(citation.article_id)
        if article is None:
            return gone(n, citation, turn.citations)
        return view(n, article, number, turn.citations, turn.answer.passages if turn.answer else ())

    def passage(self, n: int, turn: PageTurn, k: int) -> View:
        """Return the view of the k-th passage of answer `n`. Raises `BadRequestError` when there is none."""
        passages = turn.answer.passages if turn.answer else ()
        if not 0 <= k < len(passages):
            raise BadRequestError("There is no such passage.")
        return near(n, self._require(passages[k].article.id), passages[k], passages)

    def _require(self, id_: str) -> Article:
        with self._index.generation() as generation:
            article = generation.article(id_)
        if article is None:
            raise BadRequestError("This article is no longer in the index.")
        return article


def newest(generation: Generation, scope: Scope, most: int = MOST) -> list[Found]:
    """Return the newest articles of a scope, each with its first sentence."""
    return [Found(article, _first(article)) for article in generation.articles(scope, most=most)]


def stories(generation: Generation, most: int) -> list[Found]:
    """Return the newest stories: of articles that say the same in nearly the same words, the first counts."""
    articles = list(generation.articles(most=most * _LOOKED_AT))
    openings = [
        Passage(chunks[0], article, 0.0) for article in articles if (chunks := generation.chunks_of(article.id))
    ]
    copied = copies(openings)
    also: dict[str, list[str]] = {}
    for passage in openings:
        if original := copied.get(passage.chunk.id):
            also.setdefault(original.article.id, []).append(passage.article.source)
    firsts = [passage.article for passage in openings if passage.chunk.id not in copied]
    return [
        Found(article, _first(article), tuple(dict.fromkeys(filter(None, also.get(article.id, ())))))
        for article in firsts[:most]
    ]


def matching(generation: Generation, words: str, scope: Scope, order: Order = "best") -> list[Found]:
    """Return the articles that match some words, by meaning or literally, each with the sentence that does so best."""
    passages = retrieve(generation, words, scope, MOST).passages
    best: dict[str, Passage] = {}
    for passage in passages:
        if passage.score >= _CLOSE * passages[0].score:
            best.setdefault(passage.article.id, passage)
    wanted = set(terms(words))
    found = [Found(passage.article, _nearest(passage, wanted)) for passage in best.values()]
    return found if order == "best" else sorted(found, key=_day, reverse=True)


def _day(found: Found) -> str:
    return found.article.published.isoformat() if found.article.published else ""


def _first(article: Article) -> Span:
    """Return the first whole sentence of an article, after author's name, place or headline in lines of their own."""
    spans = _shown(sentences(article.text), article)
    return next((span for span in spans if _WHOLE.match(article.text[slice(*span)])), spans[0])


def _nearest(passage: Passage, wanted: set[str]) -> Span:
    """Return the sentence of a passage that has most of the words, the first of equals."""
    chunk, article = passage.chunk, passage.article
    spans = _shown(sentences(article.text, chunk.start, chunk.end), article)
    return max(spans, key=lambda span: len(wanted & set(terms(article.text[slice(*span)]))))


def _shown(spans: Iterable[Span], article: Article) -> Sequence[Span]:
    return list(spans) or [(0, len(article.text))]
