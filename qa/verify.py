"""The one place where citations are made and let through: only exact words of an article become one."""

import logging
import re
from collections.abc import Mapping
from dataclasses import replace

from index import Article
from qa.values import Answer, Citation

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

    The articles are those of the answer's passages. An answer that no citation is left of says nothing that can
    be shown: it becomes "not_found".
    """
    articles = {passage.article.id: passage.article for passage in answer.passages}
    false = {citation.number for citation in answer.citations if not holds(citation, articles)}
    if not false and (answer.citations or answer.status == "not_found"):
        return answer
    _log.warning("%d of %d citations do not hold and are left out", len(false), len(answer.citations))
    kept = tuple(citation for citation in answer.citations if citation.number not in false)
    if not kept:
        return replace(answer, status="not_found", text="", citations=(), as_of=None)
    text = re.sub(r"\[(\d{1,4})\]", lambda mark: "" if int(mark[1]) in false else mark[0], answer.text)
    newest = max((citation.published for citation in kept if citation.published), default=None)
    return replace(answer, text=text, citations=kept, as_of=newest)
