"""The one place where citations are made and let through: only exact words of an article become one."""

import logging
from collections.abc import Mapping
from dataclasses import replace

from index import Article
from qa.values import Answer, Citation, Statement

_log = logging.getLogger(__name__)


def cite(number: int, article: Article, start: int, end: int) -> Citation:
    """Return the citation of `article.text[start:end]`. Raises `ValueError` for an empty or impossible span."""
    if not 0 <= start < end <= len(article.text):
        raise ValueError(f"{start}:{end} is no span of {article.id} ({len(article.text)} characters)")
    return Citation(
        number=number,
        article_id=article.id,
        title=article.title,
        source=article.source,
        published=article.published,
        url=article.url,
        quote=article.text[start:end],
        start=start,
        end=end,
    )


def holds(citation: Citation, articles: Mapping[str, Article]) -> bool:
    """Say whether the citation's quote stands in its article at its offsets."""
    article = articles.get(citation.article_id)
    return (
        article is not None
        and 0 <= citation.start < citation.end
        and article.text[citation.start : citation.end] == citation.quote
    )


def verified(answer: Answer) -> Answer:
    """Return the answer with only those citations that hold, whoever wrote it.

    The articles are those of the answer's passages. A statement that no citation is left of becomes unsupported,
    and an answer without any says nothing that can be shown: it becomes "not_found".
    """
    articles = {passage.article.id: passage.article for passage in answer.passages}
    true = [citation for citation in answer.citations if holds(citation, articles)]
    if len(true) < len(answer.citations):
        _log.warning("%d of %d citations do not hold", len(answer.citations) - len(true), len(answer.citations))
    numbers = {citation.number for citation in true}
    statements = tuple(_standing(statement, numbers) for statement in answer.statements)
    cited = {number for statement in statements for number in statement.citations}
    kept = tuple(citation for citation in true if citation.number in cited)
    return replace(answer, status="answered" if kept else "not_found", statements=statements, citations=kept)


def _standing(statement: Statement, numbers: set[int]) -> Statement:
    """Return the statement on those of its citations that have these numbers."""
    left = tuple(number for number in statement.citations if number in numbers)
    return replace(statement, citations=left, support=statement.support if left else "unsupported")
