"""Find the sentences that a summary is made of: how the reports of the story begin.

A reader trained to find one fact prefers a late detail; a news report says what happened in its first sentence.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import islice

from index import Article
from index.search.lexical import terms
from index.text.chunk import Span, sentences
from qa.evidence import Evidence, Sentence
from qa.intent.form import form
from qa.intent.general import matter_of
from qa.judge.statements import is_finished, is_statement
from qa.judge.stuffing import addresses

_SAME_STORY = 0.18
"""How far the fused score of a report may be behind the best one's. Of 11 natural questions for summaries: mean grade
1.82, with .08 or .12 1.64; without leads .64 (November 2026)."""
_LOOKED_AT = 3
"""Statements of an article among which the first that names the matter is its lead: a live report may begin with what
its outlet says in each. One of the 11 questions is answered by it, and no other answer changes."""
_READ = 2500
"""Characters of an article in which its first sentences are looked for."""
_LEAST_WORDS = 6  # of a lead; chosen, not measured: shorter ones are headings and datelines


def with_leads(evidence: Evidence) -> Evidence:
    """Return the evidence with the sentences of a summary, if the question asks for one.

    They are the first sentence of the best report and that of the newest of the story; of one report the first two.
    """
    if form(evidence.searched) != "summary" or not evidence.sentences:
        return evidence
    matter = matter_of(evidence.searched)
    reports = story(evidence, matter)
    best, newest = reports[0], max(reports, key=lambda article: article.published or date.min)
    begun = _begin(best, evidence, matter)
    other = _begin(newest, evidence, matter)[:1] if newest.id != best.id else begun[1:2]
    # Told by day: what happened comes before what became of it, whichever was found first.
    found = (*begun[:1], *other)
    return replace(evidence, leads=tuple(sorted(found, key=lambda s: (s.article.published or date.min, s.start))))


def story(evidence: Evidence, matter: frozenset[str]) -> list[Article]:
    """Return the articles whose best passage was found nearly as well as the best of all, that one first.

    The others have the matter in their headline or lead: a report on something else may mention it, too. What poses the
    very question, or was corrected, counts only where there is nothing else.
    """
    score: dict[str, float] = {}
    articles: dict[str, Article] = {}
    for passage in evidence.passages:
        value = passage.scores.get("fused", passage.score)
        articles[passage.article.id] = passage.article
        score[passage.article.id] = max(value, score.get(passage.article.id, value))
    trusted = [id_ for id_ in articles if id_ not in evidence.posing and id_ not in evidence.corrected]
    ranked = sorted(trusted or articles, key=lambda id_: -score[id_])
    near = [articles[id_] for id_ in ranked if score[id_] >= score[ranked[0]] - _SAME_STORY]
    return [near[0], *(article for article in near[1:] if _is_about(article, matter))]


def _is_about(article: Article, matter: frozenset[str]) -> bool:
    return not matter.isdisjoint(terms(f"{article.title} {article.text[slice(*lead(article))]}"))


def _begin(article: Article, evidence: Evidence, matter: frozenset[str]) -> list[Sentence]:
    """Return the lead of an article and the statement after it, as well supported as its best sentence."""
    known = [sentence for sentence in evidence.sentences if sentence.article.id == article.id]
    if not known:
        return []
    # The reader seldom likes a lead, so it has the support of the sentence for which its article was found.
    best = max(known, key=lambda sentence: sentence.evidence - sentence.doubt)
    spans = [*islice(_statements(article), _LOOKED_AT + 1)]
    named = (n for n, span in enumerate(spans[:_LOOKED_AT]) if not matter.isdisjoint(terms(article.text[slice(*span)])))
    first = next(named, 0)
    return [replace(best, start=start, end=end, words=(0, 0), vector=()) for start, end in spans[first : first + 2]]


def lead(article: Article) -> Span:
    """Return where the first statement of an article begins and ends; (0, 0) if it has none."""
    return next(_statements(article), (0, 0))


def _statements(article: Article) -> Iterator[Span]:
    """Yield where an article's first statements begin and end: finished sentences that address nobody."""
    for start, end in sentences(article.text, 0, min(len(article.text), _READ)):
        text = article.text[start:end]
        if is_statement(text) and is_finished(text) and len(text.split()) >= _LEAST_WORDS and not addresses(text):
            yield start, end
