"""Questions and answers as HTML: statements with citations, sources, facts, and "not in these articles".

Pure functions of values.
"""

import re
from collections.abc import Collection, Sequence
from urllib.parse import urlencode

from index import Scope
from qa import Answer, Citation, Passage
from ui.strings import Words
from ui.web.coverage import Coverage
from ui.web.turns import PageTurn
from ui.web.views.filters import FIELDS, names, static_chips
from ui.web.views.frame import coverage_sentence, questions_html
from ui.web.views.markup import Html, button, el, excerpt, join, web_address
from ui.web.views.notes import notes_html
from ui.web.views.statements import byline, mark, statements_html

_NEAREST = 3  # passages below "not in these articles": enough to see why


def turns_html(
    turns: Sequence[PageTurn], coverage: Coverage, words: Words, *, put: int = 0, start: int = 0
) -> list[Html]:
    """Return the HTML of each question with its answer, from the one at `start` on.

    `put` is the number of questions asked in this tab: the script requests an answer once for each new number.
    """
    last = len(turns) - 1
    return [turn_html(turns[n], n, coverage, words, last=n == last, put=put) for n in range(start, len(turns))]


def turn_html(turn: PageTurn, n: int, coverage: Coverage, words: Words, *, last: bool, put: int = 0) -> Html:
    """Return one question and its answer. `n` counts from 0; only the last question can be taken back."""
    return el(
        "section",
        el("h2", turn.question, class_="dl-question", dir="auto"),
        static_chips(turn.scope, words, turn.headlines),
        el("p", words("shared_on", day=words.day(turn.shared_on)), class_="dl-notice") if turn.shared_on else None,
        _rewritten(turn, words),
        _body(turn, n, coverage, words),
        _actions(turn, n, words, last=last),
        questions_html(words("follow_ups"), turn.follow_ups) if last and turn.follow_ups else None,
        class_="dl-turn",
        data_n=n,
        data_waiting=put if turn.waiting else None,
        data_unsought=last and turn.follow_ups is None and bool(turn.answer and turn.answer.citations),
    )


def plain_text(turn: PageTurn, words: Words) -> str:
    """Return the answer with its sources as plain text, for the clipboard."""
    answer = turn.answer
    if answer is None:
        return ""
    if answer.status != "answered":
        return words(answer.status)
    cited = (
        f"[{c.number}] {', '.join(part for part in (c.title, c.source, words.day(c.published), c.url) if part)}: "
        f"“{c.quote}”"
        for c in answer.citations
    )
    return "\n".join((answer.text, "", *cited))


def query(question: str, scope: Scope) -> str:
    """Return the query string of a link that asks the question again with the same filters."""
    fields = [("q", question)]
    fields += [(name, day.isoformat()) for name, day in (("since", scope.since), ("until", scope.until)) if day]
    fields += [(name, value) for name, field in FIELDS.items() for value in getattr(scope, field)]
    return urlencode(fields)


def _rewritten(turn: PageTurn, words: Words) -> Html | None:
    period = turn.answer.period if turn.answer else ""
    asked = "" if turn.rewritten == turn.question else turn.rewritten
    notes = (words("searched_for", query=asked) if asked else "", words("searched_in", period=period) if period else "")
    if not any(notes):
        return None
    alone = button(words("ask_alone"), "alone", data_question=turn.question, class_="dl-linked")
    return el("p", " · ".join(filter(None, notes)), " ", alone, class_="dl-rewritten")


def _body(turn: PageTurn, n: int, coverage: Coverage, words: Words) -> Html:
    answer = turn.answer
    written = statements_html(turn, n, words)
    if turn.trouble:
        return el("p", turn.trouble, class_="dl-trouble", role="alert")
    if turn.stopped:
        return join(written, el("p", words("stopped"), class_="dl-facts"))
    if answer is None:
        place = words("place", number="{number}")  # only the script knows the place in the queue, and fills it in
        return written or el("p", words("looking"), class_="dl-looking", data_said=words("looking"), data_place=place)
    if answer.status == "no_question":
        return el("p", words("no_question"), class_="dl-notice")
    if answer.status == "not_found":
        # Statements of a language model that no article supports are shown too, struck out.
        return join(_notes(answer.notice, turn, n, words), _not_found(turn, answer, n, coverage, words), written)
    return join(
        _notes(answer.notice, turn, n, words),
        written,
        _notes(answer.caveat, turn, n, words),
        _sources(turn, answer, n, words),
        _facts(answer, words),
    )


def _sources(turn: PageTurn, answer: Answer, n: int, words: Words) -> Html:
    """Return the list of cited articles, each with the numbers of its citations."""
    by_article: dict[str, list[Citation]] = {}
    for citation in answer.citations:
        by_article.setdefault(citation.article_id, []).append(citation)
    said = {statement.text for statement in turn.statements}
    items = [
        _source(cited, answer.also_carried_by(cited[0]), said, n, words, gone=id_ in turn.deleted)
        for id_, cited in by_article.items()
    ]
    return el("ul", *items, class_="dl-sources", aria_label=words("sources"))


def _source(
    citations: Sequence[Citation], others: Sequence[str], said: Collection[str], n: int, words: Words, *, gone: bool
) -> Html:
    """Return one cited article, and the other outlets that carry it.

    Words of it that the answer does not show themselves are quoted.
    """
    first = citations[0]
    updated = words("updated", day=words.day(first.updated)) if first.updated else ""
    carried = words("also_carried", outlets=", ".join(others)) if others else ""
    quoted = [el("span", f"“{excerpt(c.quote)}”", class_="dl-excerpt") for c in citations if c.quote not in said]
    inside = el(
        "button",
        el("span", ", ".join(str(citation.number) for citation in citations), class_="dl-number"),
        el("span", first.title, class_="dl-title"),
        el("span", " · ".join(filter(None, (byline(first, words), updated, carried))), class_="dl-byline"),
        el("span", first.correction, class_="dl-why") if first.correction else None,
        *quoted,
        el("span", words("deleted"), class_="dl-why") if gone else None,
        type="button", data_act="cite", data_n=n, data_number=first.number,
    )  # fmt: skip
    address = web_address(first.url)  # for print, where nothing can be clicked
    return el("li", inside, el("p", address, class_="dl-address") if address else None)


def _facts(answer: Answer, words: Words) -> Html:
    """Return the line below an answer: its date, numbers of articles and outlets, seconds, language model."""
    articles, reports, outlets = answer.breadth
    counted = (
        words.count("articles", articles),
        words.count("reports", reports) if reports < articles else "",
        words.count("outlets", outlets) if outlets else "",
    )
    facts = (
        words("as_of", day=words.day(answer.as_of)) if answer.as_of else "",
        ", ".join(filter(None, counted)),
        words("seconds", seconds=words.decimal(answer.timings.get("total", 0.0))),
        answer.model,
    )
    return el("p", " · ".join(fact for fact in facts if fact), class_="dl-facts")


def _notes(text: str, turn: PageTurn, n: int, words: Words) -> Html:
    """Return the notes beside an answer, with its citations as the buttons that they are in its statements."""
    cited = {citation.number: citation for citation in turn.citations}
    return notes_html(text, lambda number: mark(cited[number], n, words) if number in cited else None, words)


def _not_found(turn: PageTurn, answer: Answer, n: int, coverage: Coverage, words: Words) -> Html:
    # The best passage of each article: passages come best first, and in reverse order the best one is written last.
    best = {passage.article.id: k for k, passage in reversed(list(enumerate(answer.passages)))}
    nearest = [_near(answer.passages[k], n, k, words) for k in sorted(best.values())[:_NEAREST]]
    return el(
        "div",
        el("p", words("not_found"), class_="dl-none-head"),
        _filtered(turn, coverage, words) or el("p", words("not_found_why"), " ", coverage_sentence(coverage, words)),
        join(el("h3", words("nearest")), el("ul", *nearest, class_="dl-sources")) if nearest else None,
        class_="dl-none",
    )


def _filtered(turn: PageTurn, coverage: Coverage, words: Words) -> Html | None:
    """Return what the filters of an unanswered question have left, and a button that asks without them."""
    if turn.matching is None:
        return None
    given = {
        "articles": words.count("articles", coverage.articles),
        "filters": ", ".join(names(turn.scope, words, turn.headlines).values()),
    }
    note = (
        words("some_match", matching=words.whole(turn.matching), **given)
        if turn.matching
        else words("none_match", **given)
    )
    return el(
        "p", note, " ", button(words("ask_unfiltered"), "unfiltered", data_question=turn.question, class_="dl-linked")
    )


def _near(passage: Passage, n: int, k: int, words: Words) -> Html:
    inside = el(
        "button",
        el("span", passage.article.title, class_="dl-title"),
        el("span", byline(passage.article, words), class_="dl-byline"),
        el("span", excerpt(passage.chunk.text), class_="dl-excerpt"),
        type="button", data_act="near", data_n=n, data_number=k,
    )  # fmt: skip
    return el("li", inside)


def _actions(turn: PageTurn, n: int, words: Words, *, last: bool) -> Html | None:
    if turn.waiting:
        return None
    shared = query(turn.question, turn.scope)
    both = turn.answer and [
        button(words("copy"), "copy", data_text=plain_text(turn, words), data_said=words("copied")),
        button(words("share"), "pass_on", data_n=n),
        button(words("link"), "link", data_query=shared, data_said=words("copied")),
        button(words("helpful"), "like", drawn="up", data_n=n, aria_pressed=_pressed(turn.feedback == 1)),
        button(words("not_helpful"), "dislike", drawn="down", data_n=n, aria_pressed=_pressed(turn.feedback == -1)),
    ]
    # A follow-up is searched as: Why? (after “What was closed?”)
    shared = query(re.sub(r" \(after “(.*)”\)\Z", r" \1", turn.rewritten) or turn.question, turn.scope)
    looked = [button(words("articles_on"), "more", data_query=shared)] if turn.answer else []
    again = [button(words("retry"), "retry", data_n=n), button(words("edit"), "edit", data_n=n)]
    back = [button(words("undo"), "undo", data_n=n)] if last else []
    return el("div", *(both or ()), *looked, *again, *back, class_="dl-actions")


def _pressed(on: bool) -> str:
    return "true" if on else "false"
