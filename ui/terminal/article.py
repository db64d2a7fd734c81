"""Show a whole article with the words that an answer cites."""

from rich.text import Text

from index.text.chunk import spoken_date
from index.text.clean import visible
from qa.values import Answer, Citation

_WANTED = "black on yellow"
_OTHER = "underline"


def article_text(answer: Answer, wanted: Citation, *, coloured: bool) -> Text:
    """Return the cited article with all of its cited words highlighted, those of the wanted citation most.

    Without colours, cited words are put between » and «.
    """
    article = next(p.article for p in answer.passages if p.article.id == wanted.article_id)
    head = [article.title, article.source, spoken_date(article.published)]
    shown = Text(visible(" · ".join(part for part in head if part)), "bold cyan")
    shown.append(f"\n{visible(article.url or article.id)}\n\n", "dim not bold")
    at = 0
    spans = sorted((c.start, c.end) for c in answer.citations if c.article_id == article.id)
    # Joined first: citations may overlap, and text that is written twice would be none of the article's.
    for start, end in _apart(spans):
        shown.append(_lines(article.text[at:start]), "default not bold")
        words = _lines(article.text[start:end])
        style = _WANTED if start <= wanted.start < end else _OTHER
        shown.append(words if coloured else f"»{words}«", f"{style} not bold")
        at = end
    return shown.append(_lines(article.text[at:]), "default not bold")


def _apart(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Merge sorted spans that overlap or touch."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _lines(text: str) -> str:
    return visible(text).replace("\n", "\n\n")
