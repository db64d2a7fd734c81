"""Group the cited articles by story: what three outlets have from one agency is one report, not three."""

from collections.abc import Callable, Sequence

from index import Article
from qa.values import Citation, Story

StoryOf = Callable[[str], Sequence[Article]]
"""From the id of an article to all articles of its story."""


def cited_stories(citations: Sequence[Citation], story_of: StoryOf) -> tuple[Story, ...]:
    """Return the stories that are cited, in the order of their first citations."""
    found: dict[frozenset[str], Story] = {}
    for id_ in dict.fromkeys(citation.article_id for citation in citations):
        story = story_of(id_)
        key = frozenset(article.id for article in story) or frozenset((id_,))
        cited = tuple(dict.fromkeys(c.article_id for c in citations if c.article_id in key))
        outlets = tuple(dict.fromkeys(article.source for article in story if article.source))
        found.setdefault(key, Story(cited=cited, outlets=outlets))
    return tuple(found.values())
