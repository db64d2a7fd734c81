"""Check what a language model wrote against the passages that it was shown: find the words that support it, if any.

A quote must be found to the letter (qa/facts/locate.py), every figure and name of the statement in what is cited
(qa/facts/figures.py, qa/facts/names.py), and the statement must not invert it (qa/facts/contradiction.py). A statement
is never changed to make it fit.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from index import Article
from index.search.lexical import terms
from index.text.chunk import Span, sentences
from index.text.clean import squeeze, visible
from qa.answer.verify import MARKS
from qa.facts.contradiction import stands_by
from qa.facts.figures import Source, invented_figures
from qa.facts.locate import locate
from qa.facts.names import invented_names
from qa.values import Support
from qa.write.context import Excerpt
from qa.write.parse import Draft

MATCHED = 0.7
"""The share of a statement's words that a sentence must hold to stand in for a quote that was not found: of
the other sentences of an article, one in four hundred has as many (docs/decisions/0012)."""
LEAST_SHARED = 0.4
"""The share of a statement's words that the quoted sentences and their title must hold: with fewer it is about
something else than its quote."""
LONGEST = 600  # characters of a statement; chosen, not measured: longer ones are paragraphs, which no quote supports
_LOWER = re.compile(r"\b[a-z]+\b")


@dataclass(frozen=True, slots=True)
class Grounded:
    """A checked statement, and the words that support it: `article.text[start:end]`, or none."""

    text: str
    support: Support
    article: Article | None = None
    start: int = 0
    end: int = 0


class Grounds:
    """The passages that a model was shown, in the order of their numbers."""

    def __init__(self, shown: Sequence[Excerpt]) -> None:
        self._shown = shown

    def check(self, draft: Draft) -> Grounded:
        """Return the draft as a statement with the words that support it, if there are any."""
        text = tidy(draft.text)
        if not any(character.isalnum() for character in text) or len(text) > LONGEST:
            return Grounded(text, "unsupported")
        place = self._quoted(draft)
        return self._matched(text) if place is None else self._cited(text, *place)

    def _cited(self, text: str, article: Article, start: int, end: int) -> Grounded:
        """Return the statement with its quote: with the whole sentence, where its names stand only there."""
        whole = _whole_sentences(article, start, end)
        figures = Source(article.text[start:end], article.title, article.published)
        said = article.text[whole[0] : whole[1]]
        if (
            invented_figures(text, figures)
            or not self._names_stand(text, article, whole)
            or _shared(text, f"{article.title} {said}") < LEAST_SHARED
            or not stands_by(text, said, article.title)
        ):
            return Grounded(text, "unsupported")
        # Nothing is cited that does not show it: where only the whole sentence has a name, all of it is cited.
        if not self._names_stand(text, article, (start, end)):
            start, end = whole
        return Grounded(text, "quoted", article, start, end)

    def _quoted(self, draft: Draft) -> tuple[Article, int, int] | None:
        """Return where the quote stands: in the passage of that number, else in the first that holds it."""
        # The number is a hint: models mix them up, and the quote says where it is from.
        named = self._shown[draft.passage - 1 : draft.passage] if draft.passage > 0 else ()
        for shown in (*named, *self._shown):
            if span := locate(draft.quote, shown.text):
                return shown.article, shown.start + span[0], shown.start + span[1]
        return None

    def _matched(self, text: str) -> Grounded:
        """Return the statement with the one sentence that holds nearly all of its words, and its facts."""
        best, share = None, MATCHED
        for shown in self._shown:
            for start, end in sentences(shown.article.text, shown.start, shown.end):
                held = _shared(text, shown.article.text[start:end])
                source = Source(shown.article.text[start:end], shown.article.title, shown.article.published)
                # `share` rises with each find: the sentence that holds most of the words stays.
                stands = held >= share and not invented_figures(text, source) and stands_by(text, source.quote)
                if stands and self._names_stand(text, shown.article, (start, end)):
                    best, share = Grounded(text, "matched", shown.article, start, end), held
        return best or Grounded(text, "unsupported")

    def _names_stand(self, text: str, article: Article, span: Span) -> bool:
        source = Source(article.text[span[0] : span[1]], article.title, article.published)
        return not invented_names(text, source, common=self._common)

    @cached_property
    def _common(self) -> frozenset[str]:
        """Return the words that the passages write with a small letter: at the head of a sentence they are no names."""
        return frozenset(word for shown in self._shown for word in _LOWER.findall(shown.article.text))


def tidy(text: str) -> str:
    """Return a model's words as they may be shown: one line, only what a reader can see, without numbers like [3]."""
    return squeeze(MARKS.sub("", visible(text)))


def _shared(text: str, source: str) -> float:
    """Return the share of a text's words that its source has too."""
    said = set(terms(text))
    return len(said & set(terms(source))) / max(1, len(said))


def _whole_sentences(article: Article, start: int, end: int) -> Span:
    """Return the span of the sentences that a span touches."""
    line_start = article.text.rfind("\n", 0, start) + 1
    line_end = article.text.find("\n", end)
    # Only the lines that it touches are cut into sentences: no sentence goes beyond its paragraph.
    around = sentences(article.text, line_start, len(article.text) if line_end < 0 else line_end)
    touched = [(first, last) for first, last in around if first < end and start < last]
    return min(start, touched[0][0]) if touched else start, max(end, touched[-1][1]) if touched else end
