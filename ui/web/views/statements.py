"""The statements of an answer as HTML: each with its citations, outlet and day; by day where events are told."""

from collections.abc import Mapping, Sequence
from datetime import date

from index import Article
from qa import Citation, Statement
from qa.find.latest import wants_latest
from qa.intent.form import form
from qa.values import bracketed
from ui.strings import Words
from ui.web.turns import PageTurn
from ui.web.views.markup import Html, el, excerpt, join

_LONG_WORD = 20  # characters; a longer one may be put on a line of its own without its numbers


def byline(article: Article | Citation, words: Words) -> str:
    """Return outlet and day."""
    return " · ".join(part for part in (article.source, words.day(article.published)) if part)


def statements_html(turn: PageTurn, n: int, words: Words) -> Html:
    """Return the statements, each with outlet and day, and the text that is being written and not verified yet."""
    if not turn.statements and not turn.writing:
        return Html()
    cited = {citation.number: citation for citation in turn.citations}
    if days := _by_day(turn, cited):
        return el(
            "ol", *(_day(day, said, n, cited, words) for day, said in days), class_="dl-answer dl-timeline", dir="auto"
        )
    parts = [el("li", _statement(statement, n, cited, words)) for statement in turn.statements]
    if turn.writing:
        parts.append(el("li", el("span", turn.writing, class_="dl-writing")))
    return el("ul", *parts, class_="dl-answer", dir="auto")


def _by_day(turn: PageTurn, cited: Mapping[int, Citation]) -> list[tuple[date, list[Statement]]]:
    """Return the statements by the day of their first report, if the question asks for a course of events.

    What happened is told from the beginning, and how things are now from the end. Empty where not every statement has a
    day, or all have the same one.
    """
    latest = wants_latest(turn.question)
    if turn.answer is None or not (latest or form(turn.question) == "summary"):
        return []
    days: dict[date, list[Statement]] = {}
    for statement in turn.statements:
        reported = [day for number in statement.citations if number in cited and (day := cited[number].published)]
        if not reported:
            return []
        days.setdefault(min(reported), []).append(statement)
    return sorted(days.items(), key=lambda item: item[0], reverse=latest) if len(days) > 1 else []


def _day(day: date, said: Sequence[Statement], n: int, cited: Mapping[int, Citation], words: Words) -> Html:
    items = [el("li", _statement(statement, n, cited, words, dated=True)) for statement in said]
    return el("li", el("h3", words.day(day)), el("ul", *items))


def _statement(
    statement: Statement, n: int, citations: Mapping[int, Citation], words: Words, *, dated: bool = False
) -> Html:
    """Return a statement with its citations, and who reported it when; `dated` if its day is told already."""
    if not statement.citations:
        why = el("span", f" ({words('unsupported')})", class_="dl-why")
        return el("span", el("s", statement.text), why, class_="dl-unsupported")
    cited = [citations[number] for number in statement.citations if number in citations]
    marks = [mark(citation, n, words) for citation in cited]
    cut = statement.text.rfind(" ") + 1
    if len(statement.text) - cut > _LONG_WORD:
        cut = len(statement.text)
    # The last word does not break from its citation numbers.
    kept = el("span", _emphasised(statement, cut, len(statement.text)), *marks, class_="dl-last")
    who = dict.fromkeys(filter(None, (c.source if dated else byline(c, words) for c in cited)))
    return join(
        el(
            "span",
            _lead_in(statement),
            _emphasised(statement, 0, cut),
            kept,
            class_="dl-statement",
            data_support=statement.support,
        ),
        " ",
        el("span", "; ".join(who), class_="dl-who") if who else None,
    )


def _lead_in(statement: Statement) -> Html | None:
    return el("span", bracketed(statement.lead_in), class_="dl-lead") if statement.lead_in else None


def _emphasised(statement: Statement, start: int, end: int) -> Html:
    """Return the text from start to end, those of its words in bold that answer."""
    first, last = (min(max(at, start), end) for at in statement.highlight or (start, start))
    text = statement.text
    return join(text[start:first], el("strong", text[first:last]) if first < last else None, text[last:end])


def mark(citation: Citation, n: int, words: Words) -> Html:
    """Return a citation's number as the button that opens it."""
    label = words("citation", number=citation.number, title=citation.title)
    inside = el(
        "button", str(citation.number), type="button", data_act="cite", data_n=n, data_number=citation.number,
        data_title=citation.title, data_byline=byline(citation, words), data_quote=excerpt(citation.quote),
        aria_label=label,
    )  # fmt: skip
    return el("sup", inside, class_="dl-cite")
