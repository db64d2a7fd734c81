"""The one place where citations are made and let through: only exact words of an article become one."""

import logging
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from index import Article
from index.text.correction import correction_note
from qa.answer.lead_in import lead_in
from qa.values import Answer, Citation, Passage, Statement, StatementChecked, TextPiece

_log = logging.getLogger(__name__)
MARKS = re.compile(r"\s*\[\s*\d+(?:\s*[,;–-]\s*\d+)*\s*\]")
"""Numbers in brackets, with the blanks before them: [3], [1, 2]."""

Find = Callable[[str], Article | None]
"""From the id of an article to the article, if citations may point into it."""


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
        page=article.page_of(start),
        updated=article.updated,
        correction=correction_note(article.text),
    )


def holds(citation: Citation, find: Find) -> bool:
    """Say whether the citation is, in every field, what `cite` makes of its article and its offsets."""
    return made_again(citation, find) is not None


def made_again(citation: Citation, find: Find) -> Citation | None:
    """Return what `cite` makes of the citation's article and offsets, if the citation is that in every field."""
    if not all(type(value) is int for value in (citation.number, citation.start, citation.end)):
        return None  # a custom answerer may have put anything there: NaN, True, None
    if not isinstance(citation.article_id, str) or citation.number < 1:
        return None
    article = find(citation.article_id)
    if article is None or not 0 <= citation.start < citation.end <= len(article.text):
        return None
    # Made again and compared as a whole, so that no field, such as title or day, can differ from the article's.
    made = cite(citation.number, article, citation.start, citation.end)
    older = replace(made, updated=None, correction="")  # older answers were saved without these
    return next((one for one in (made, older) if citation == one), None)


def retrieved(passages: Iterable[Passage], archived: Find) -> Find:
    """Return a function that finds the articles of these passages, as `archived` gives them, and no others."""
    found: dict[str, Article | None] = {passage.article.id: None for passage in passages}

    def find(id_: str) -> Article | None:
        # The archive's own text, and not the one that an answerer was handed.
        if id_ in found and found[id_] is None:
            found[id_] = archived(id_)
        return found.get(id_)

    return find


def of_passages(answer: Answer) -> Find:
    """Return a function that finds the articles of the answer's own passages: a saved answer has no index at hand."""
    return {passage.article.id: passage.article for passage in answer.passages}.get


def verify(
    events: Iterable[TextPiece | StatementChecked | Answer], find: Find
) -> Iterator[TextPiece | StatementChecked | Answer]:
    """Yield the events of an answerer with only those citations that hold."""
    ledger = Ledger(find)
    for event in events:
        if isinstance(event, Answer):
            yield verified(event, find)
        else:
            yield ledger.checked(event) if isinstance(event, StatementChecked) else event


def verified(answer: Answer, find: Find) -> Answer:
    """Return the answer with only those citations that hold, whoever wrote it.

    A statement that no citation is left of becomes unsupported, and an answer without any says nothing that can be
    shown: it becomes "not_found", or stays "no_question".
    """
    ledger = Ledger(find)
    new = ledger.admit(answer.citations)
    statements = tuple(map(ledger.standing, answer.statements))
    cited = {number for statement in statements for number in statement.citations}
    kept = tuple(citation for citation in new if citation.number in cited)
    without = answer.status if answer.status == "no_question" else "not_found"
    return replace(answer, status="answered" if kept else without, statements=statements, citations=kept)


class Ledger:
    """The citations of one answer that hold, by their numbers. It grows with a stream of statements."""

    def __init__(self, find: Find) -> None:
        self._find = find
        self._known: dict[int, Citation] = {}

    def checked(self, event: StatementChecked) -> StatementChecked:
        """Return the event with only citations that hold: a forged one is not even shown for a moment."""
        new = self.admit(event.citations)
        return StatementChecked(self.standing(event.statement), new)

    def admit(self, citations: tuple[Citation, ...]) -> tuple[Citation, ...]:
        """Return and remember the citations that hold and whose number is free."""
        new = []
        for citation in citations:
            # What was made here goes on: a class of the answerer's own could call itself equal to it.
            made = made_again(citation, self._find)
            if made and made.number not in self._known:
                self._known[made.number] = made
                new.append(made)
        if len(new) < len(citations):
            _log.warning("%d of %d citations do not hold", len(citations) - len(new), len(citations))
        return tuple(new)

    def standing(self, statement: Statement) -> Statement:
        """Return the statement on those of its citations that are known here.

        "Verbatim" is only what one of them says in these words, and no number in brackets pretends to be another.
        """
        left = tuple(number for number in statement.citations if type(number) is int and number in self._known)
        if not left:
            return replace(statement, citations=(), support="unsupported", highlight=None, lead_in="")
        said = [self._known[number] for number in left if self._known[number].quote == statement.text]
        if said:
            led = statement.lead_in if statement.lead_in and any(map(self._leads_in(statement), said)) else ""
            return replace(statement, citations=left, highlight=_inside(statement), lead_in=led)
        support = "quoted" if statement.support == "verbatim" else statement.support
        text = MARKS.sub("", statement.text)
        return replace(statement, text=text, citations=left, support=support, highlight=None, lead_in="")

    def _leads_in(self, statement: Statement) -> Callable[[Citation], bool]:
        """Return a function that says whether a citation's article gives the lead-in, which an answerer may invent."""

        def gives(citation: Citation) -> bool:
            article = self._find(citation.article_id)
            return article is not None and statement.lead_in == lead_in(article.text, citation.start, citation.end)

        return gives


def _inside(statement: Statement) -> tuple[int, int] | None:
    """Return the highlight of a statement, if it is a span of its text."""
    match statement.highlight:
        case (int(start), int(end)) if 0 <= start < end <= len(statement.text):
            return start, end
    return None
