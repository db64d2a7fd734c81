"""The article beside the chat: its whole cleaned text with the cited words marked, and the scores that found it.

Offsets refer to the text in the index. If an article has changed since, quotes that no longer stand at their offsets
are not marked, and a notice says so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from index import Article
from qa import Citation, Passage
from ui.strings import Words
from ui.web.views.markup import Html, button, el, join, link
from ui.web.views.statements import byline
from ui.web.views.tables import Table, blocks

_LONG = 1200  # characters: about what a screen shows
_STAGES = ("dense", "lexical", "fused", "reader")


@dataclass(frozen=True, slots=True)
class Span:
    """A span to mark: `number` is that of its citation (0: a passage that is not cited)."""

    start: int
    end: int
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """An article to show: `spans` are marked in it, `current` is the number of the clicked citation, if any.

    `order` holds the numbers of all of the answer's citations, those in other articles too; `n` is the question's
    position in the conversation.
    """

    n: int
    article: Article
    spans: tuple[Span, ...]
    current: int | None
    order: tuple[int, ...]
    passages: tuple[Passage, ...] = ()
    changed: bool = False
    gone: bool = False


def view(n: int, article: Article, number: int, citations: Sequence[Citation], passages: Sequence[Passage]) -> View:
    """Return the view of an article with all of its citations marked; `number` is the current one."""
    here = [citation for citation in citations if citation.article_id == article.id]
    held = [citation for citation in here if article.text[citation.start : citation.end] == citation.quote]
    return View(
        n=n,
        article=article,
        spans=tuple(Span(citation.start, citation.end, citation.number) for citation in held),
        current=number,
        order=tuple(citation.number for citation in citations),
        passages=_of(article, passages),
        changed=len(held) < len(here),
    )


def near(n: int, article: Article, passage: Passage, passages: Sequence[Passage]) -> View:
    """Return the view of an article with a retrieved passage marked, for a question that was not answered."""
    chunk = passage.chunk
    held = article.text[chunk.start : chunk.end] == chunk.text
    return View(
        n=n,
        article=article,
        spans=(Span(chunk.start, chunk.end, 0),) if held else (),
        current=None,
        order=(),
        passages=_of(article, passages),
        changed=not held,
    )


def alone(article: Article, start: int, end: int) -> View:
    """Return the view of an article that no question is about, with one span marked if it lies in the text."""
    held = 0 <= start < end <= len(article.text)
    return View(n=-1, article=article, spans=(Span(start, end, 0),) if held else (), current=None, order=())


def gone(n: int, citation: Citation, citations: Sequence[Citation]) -> View:
    """Return the view of a citation whose article was deleted from the index: its quote is all that is left."""
    article = Article(
        id=citation.article_id, title=citation.title, text=citation.quote, published=citation.published,
        source=citation.source, url=citation.url,
    )  # fmt: skip
    return View(
        n=n,
        article=article,
        spans=(Span(0, len(citation.quote), citation.number),),
        current=citation.number,
        order=tuple(one.number for one in citations),
        gone=True,
    )


def article_html(shown: View, words: Words) -> Html:
    """Return the view as HTML."""
    article = shown.article
    return el(
        "section",  # the script makes it a dialog where it covers the page, which an "article" may not be
        _bar(shown, words),
        el("h2", article.title, class_="dl-headline", dir="auto"),
        el("p", _origin(article, words), class_="dl-byline"),
        _tools(shown, words),
        _warning(shown, words),
        el("div", *_blocks(shown, words), class_="dl-text", lang=article.language or None),
        el("p", article.credit, class_="dl-facts") if article.credit else None,
        _scores(shown.passages, words),
        class_="dl-reader",
        aria_label=words("reader"),
        data_n=shown.n,
        data_current=shown.current,
    )


def _tools(shown: View, words: Words) -> Html | None:
    """Return what asks this article alone, and a field that finds words in a long one; the script does both."""
    label = words("find_in_article")
    field = el("input", type="search", placeholder=label, aria_label=label, class_="dl-find dl-search-text")
    asking = button(words("ask_only"), "only", data_id=shown.article.id, aria_pressed="false", class_="dl-button")
    finding = (field, el("span", class_="dl-hits", role="status")) if len(shown.article.text) > _LONG else ()
    return None if shown.gone else el("div", asking, *finding, class_="dl-finding")


def _warning(shown: View, words: Words) -> Html | None:
    key = "article_gone" if shown.gone else "article_changed" if shown.changed else ""
    return el("p", words(key), class_="dl-notice", role="status") if key else None


def _of(article: Article, passages: Sequence[Passage]) -> tuple[Passage, ...]:
    return tuple(passage for passage in passages if passage.article.id == article.id)


def _bar(shown: View, words: Words) -> Html:
    """Return the buttons for the previous and next citation, and to close the article."""
    steps: list[Html] = []
    if shown.current is not None and shown.current in shown.order and len(shown.order) > 1:
        at = shown.order.index(shown.current)
        for label, drawn, other in (("previous_citation", "back", at - 1), ("next_citation", "next", at + 1)):
            number = shown.order[other] if 0 <= other < len(shown.order) else None
            data = {"data_n": shown.n, "data_number": number, "data_step": drawn, "disabled": number is None}
            steps.append(button(words(label), "cite", drawn=drawn, **data))
        place = words("citation_of", number=at + 1, count=len(shown.order))
        steps.insert(1, el("span", place, class_="dl-place"))
    return el("div", el("div", *steps), button(words("close"), "close", drawn="close"), class_="dl-bar")


def _origin(article: Article, words: Words) -> Html:
    away = link(article.url, words("original"))
    return join(byline(article, words), " · " if away and byline(article, words) else "", away)


def _blocks(shown: View, words: Words) -> Iterator[Html]:
    """Yield the paragraphs and tables with their marks. A span over two paragraphs or cells is marked in both."""
    for block in blocks(shown.article.text):
        if isinstance(block, Table):
            yield _table(shown, block, words)
        else:
            yield el("p", *_pieces(shown, *block), dir="auto")


def _table(shown: View, table: Table, words: Words) -> Html:
    """Return a table, which can be scrolled sideways. Its first column has no name in an article's text."""
    head = el("tr", el("td"), *(el("th", name, scope="col") for name in table.columns))
    rows = [
        el(
            "tr",
            el("th", *_pieces(shown, *row.name), scope="row"),
            *(el("td", *(_pieces(shown, *cell) if cell else ())) for cell in row.cells),
        )
        for row in table.rows
    ]
    inside = el("table", el("thead", head), el("tbody", *rows), dir="auto")
    return el("div", inside, class_="dl-wide dl-table", role="region", aria_label=words("table"), tabindex=0)


def _pieces(shown: View, start: int, end: int) -> Iterator[str]:
    """Yield the text from `start` to `end` in pieces, marked or plain.

    Spans may overlap, and HTML elements may not: the text is cut wherever a span begins or ends, and each piece bears
    the numbers of all spans over it.
    """
    cuts = {start, end}
    for span in shown.spans:
        cuts |= {at for at in (span.start, span.end) if start < at < end}
    edges = sorted(cuts)
    for first, last in pairwise(edges):
        words = shown.article.text[first:last]
        over = [span for span in shown.spans if span.start <= first and last <= span.end]
        if not over:
            yield words
            continue
        current = any(span.number == shown.current for span in over)
        numbers = " ".join(str(span.number) for span in over if span.number)
        yield el("mark", words, data_numbers=numbers or None, class_="dl-current" if current else None,
                 tabindex=-1 if current else None)  # fmt: skip


def _scores(passages: Sequence[Passage], words: Words) -> Html | None:
    """Return a collapsed table of the article's passages with the score of each retrieval stage."""
    if not passages:
        return None
    head = el("tr", *(el("th", name, scope="col") for name in _heads(words)))
    rows = [_row(passage, words) for passage in passages]
    table = el("table", el("thead", head), el("tbody", *rows))
    return el("details", el("summary", words("scores")), el("div", table, class_="dl-wide"), class_="dl-scores")


def _heads(words: Words) -> tuple[str, ...]:
    return (words("passage"), *(words(f"scores_{stage}") for stage in _STAGES), words("score"))


def _row(passage: Passage, words: Words) -> Html:
    opening = " ".join(passage.chunk.text.split()[:7]) + " …"
    values = [passage.scores.get(stage) for stage in _STAGES]
    cells = ["–" if value is None else words.decimal(value, 2) for value in (*values, passage.score)]
    return el("tr", el("th", opening, scope="row"), *(el("td", cell) for cell in cells))
