"""Questions and answers as HTML: statements with citations, sources, facts, and "not in these articles".

Pure functions of values.
"""

import json
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from index import Article, Scope
from qa import Answer, Citation, Passage, Statement
from ui.strings import Words
from ui.web.coverage import Coverage
from ui.web.turns import PageTurn
from ui.web.views.filters import static_chips
from ui.web.views.markup import Html, button, el, join

_EXCERPT = 220
_LONG_WORD = 20
_MOST_OUTLETS = 6
_NEAREST = 3
VIEWS = ("ask", "index")
TOLD_BY_THE_SCRIPT = (
    "close", "looking", "no_connection", "queued", "send", "signed_out", "stop", "take_back", "too_long", "try_again",
)  # fmt: skip


def turns_html(
    turns: Sequence[PageTurn], coverage: Coverage, words: Words, *, put: int = 0, start: int = 0
) -> list[Html]:
    """Return the HTML of each question with its answer, from the one at `start` on.

    `put` is the number of questions asked in this tab: the script requests an answer once for each new number.
    """
    last = len(turns) - 1
    return [turn_html(turns[n], n, coverage, words, last=n == last, put=put) for n in range(start, len(turns))]


def welcome(starters: Sequence[str], coverage: Coverage, words: Words) -> list[Html]:
    """Return the HTML of an empty conversation: what the index covers, and starter questions."""
    return [
        el(
            "section",
            el("h2", words("welcome")),
            el("p", words("about"), " ", coverage_sentence(coverage, words)),
            _questions(words("starters"), starters),
            class_="dl-welcome",
        )
    ]


def page_header(words: Words, user: str, *, limit: int) -> Html:
    """Return the page's header: name, views, user, dark or light, and a status line for screen readers.

    With the status line come the texts that the script shows by itself, and the longest question in characters.
    """
    views = [
        button(words(f"{name}_tab"), "view", data_view=name, aria_current="page" if name == "ask" else None)
        for name in VIEWS
    ]
    told = json.dumps({key: words(key) for key in TOLD_BY_THE_SCRIPT}, ensure_ascii=False)
    out = el("form", el("button", words("sign_out"), type="submit"), action="logout", method="post")
    return el(
        "div",
        button(words("conversations"), "side", drawn="list", aria_expanded="false"),
        el("h1", "Dateline", class_="dl-brand"),
        el("nav", *views, class_="dl-nav", aria_label=words("views")),
        el("span", user, class_="dl-user") if user else None,
        out if user else None,
        button(words("dark"), "dark", drawn="moon"),
        el("p", id="dl-said", class_="dl-sr", role="status", data_words=told, data_limit=limit),
        class_="dl-head",
    )


def toast(said: str, words: Words, *, bad: bool = False) -> Html:
    """Return a notification that stays until it is closed. (Gradio's own needs the queue.)"""
    closing = button(words("close"), "dismiss", drawn="close")
    return el("div", el("p", said), closing, class_="dl-toast", role="alert" if bad else "status")


def editing_note(n: int | None, words: Words) -> Html:
    """Return the note above the box while a question is being edited."""
    if n is None:
        return Html()
    return el("p", words("editing", number=n + 1), button(words("cancel"), "keep"), class_="dl-note")


def turn_html(turn: PageTurn, n: int, coverage: Coverage, words: Words, *, last: bool, put: int = 0) -> Html:
    """Return one question and its answer. `n` counts from 0; only the last question can be taken back."""
    return el(
        "section",
        el("h2", turn.question, class_="dl-question", dir="auto"),
        static_chips(turn.scope, words),
        _rewritten(turn, words),
        _body(turn, n, coverage, words),
        _actions(turn, n, words, last=last),
        _questions(words("follow_ups"), turn.follow_ups) if last else None,
        class_="dl-turn",
        data_n=n,
        data_waiting=put if turn.waiting else None,
    )


def coverage_sentence(coverage: Coverage, words: Words) -> str:
    """Return a sentence on what the index covers: number of articles, first and last day, outlets."""
    if coverage.first and coverage.last:
        span = words("covered_span", first=words.day(coverage.first), last=words.day(coverage.last))
    else:
        span = words("covered_all_dates")
    names = [name for name in coverage.outlets if name]
    some = ", ".join(names[:_MOST_OUTLETS])
    if len(names) > _MOST_OUTLETS:
        some += f", {words('others', count=len(names) - _MOST_OUTLETS)}"
    if some:
        span += f", {words('of', names=some)}"
    return words("covered", articles=words.count("articles", coverage.articles), span=span)


def byline(article: Article | Citation, words: Words) -> str:
    """Return outlet and day."""
    return " · ".join(part for part in (article.source, words.day(article.published)) if part)


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
    fields += [("source", name) for name in scope.sources] + [("category", name) for name in scope.categories]
    return urlencode(fields)


def _rewritten(turn: PageTurn, words: Words) -> Html | None:
    if not turn.rewritten or turn.rewritten == turn.question:
        return None
    return el("p", words("searched_for", query=turn.rewritten), class_="dl-rewritten")


def _body(turn: PageTurn, n: int, coverage: Coverage, words: Words) -> Html:
    answer = turn.answer
    written = _statements(turn, n, words)
    if turn.trouble:
        return el("p", turn.trouble, class_="dl-trouble", role="alert")
    if turn.stopped:
        return join(written, el("p", words("stopped"), class_="dl-facts"))
    if answer is None:
        place = words("place", number="{number}")  # only page.js knows the place in the queue, and fills it in
        return written or el("p", words("looking"), class_="dl-looking", data_said=words("looking"), data_place=place)
    if answer.status == "no_question":
        return el("p", words("no_question"), class_="dl-notice")
    if answer.status == "not_found":
        # Statements of a language model that no article supports are shown too, struck out.
        return join(_notice(answer), _not_found(answer, n, coverage, words), written)
    return join(_notice(answer), written, _caveat(answer), _sources(turn, answer, n, words), _facts(answer, words))


def _statements(turn: PageTurn, n: int, words: Words) -> Html:
    """Return the statements as one paragraph, followed by the text that is being written and not verified yet."""
    if not turn.statements and not turn.writing:
        return Html()
    titles = {citation.number: citation for citation in turn.citations}
    parts = [_statement(statement, n, titles, words) for statement in turn.statements]
    if turn.writing:
        parts.append(el("span", turn.writing, class_="dl-writing"))
    return el("p", *(join(part, " ") for part in parts), class_="dl-answer", dir="auto")


def _statement(statement: Statement, n: int, citations: Mapping[int, Citation], words: Words) -> Html:
    if not statement.citations:
        mark = el("span", f" ({words('unsupported')})", class_="dl-why")
        return el("span", el("s", statement.text), mark, class_="dl-unsupported")
    marks = [_mark(citations[number], n, words) for number in statement.citations if number in citations]
    before, space, last = statement.text.rpartition(" ")
    if len(last) > _LONG_WORD:
        before, space, last = statement.text, "", ""
    kept = el("span", last, *marks, class_="dl-last")  # the last word does not break from its citation numbers
    return el("span", before, space, kept, class_="dl-statement", data_support=statement.support)


def _mark(citation: Citation, n: int, words: Words) -> Html:
    label = words("citation", number=citation.number, title=citation.title)
    inside = el(
        "button", str(citation.number), type="button", data_act="cite", data_n=n, data_number=citation.number,
        title=f"{citation.title}: “{_short(citation.quote)}”", aria_label=label,
    )  # fmt: skip
    return el("sup", inside, class_="dl-cite")


def _sources(turn: PageTurn, answer: Answer, n: int, words: Words) -> Html:
    """Return the list of cited articles, each with the numbers of its citations."""
    by_article: dict[str, list[Citation]] = {}
    for citation in answer.citations:
        by_article.setdefault(citation.article_id, []).append(citation)
    items = [_source(cited, n, words, gone=id_ in turn.deleted) for id_, cited in by_article.items()]
    return el("ul", *items, class_="dl-sources", aria_label=words("sources"))


def _source(citations: Sequence[Citation], n: int, words: Words, *, gone: bool) -> Html:
    first = citations[0]
    inside = el(
        "button",
        el("span", ", ".join(str(citation.number) for citation in citations), class_="dl-number"),
        el("span", first.title, class_="dl-title"),
        el("span", byline(first, words), class_="dl-byline"),
        el("span", words("deleted"), class_="dl-why") if gone else None,
        type="button", data_act="cite", data_n=n, data_number=first.number,
    )  # fmt: skip
    return el("li", inside)


def _facts(answer: Answer, words: Words) -> Html:
    """Return the line below an answer: its date, numbers of articles and outlets, seconds, language model."""
    articles = len({citation.article_id for citation in answer.citations})
    outlets = len({citation.source for citation in answer.citations if citation.source})
    counted = words.count("articles", articles) + (f", {words.count('outlets', outlets)}" if outlets else "")
    facts = (
        words("as_of", day=words.day(answer.as_of)) if answer.as_of else "",
        counted,
        words("seconds", seconds=words.decimal(answer.timings.get("total", 0.0))),
        answer.model,
    )
    return el("p", " · ".join(fact for fact in facts if fact), class_="dl-facts")


def _notice(answer: Answer) -> Html | None:
    return el("p", answer.notice, class_="dl-notice") if answer.notice else None


def _caveat(answer: Answer) -> Html | None:
    return el("p", answer.caveat, class_="dl-notice") if answer.caveat else None


def _not_found(answer: Answer, n: int, coverage: Coverage, words: Words) -> Html:
    # The best passage of each article: passages come best first, and in reverse order the best one is written last.
    best = {passage.article.id: k for k, passage in reversed(list(enumerate(answer.passages)))}
    nearest = [_near(answer.passages[k], n, k, words) for k in sorted(best.values())[:_NEAREST]]
    return el(
        "div",
        el("p", words("not_found"), class_="dl-none-head"),
        el("p", words("not_found_why"), " ", coverage_sentence(coverage, words)),
        join(el("h3", words("nearest")), el("ul", *nearest, class_="dl-sources")) if nearest else None,
        class_="dl-none",
    )


def _near(passage: Passage, n: int, k: int, words: Words) -> Html:
    inside = el(
        "button",
        el("span", passage.article.title, class_="dl-title"),
        el("span", byline(passage.article, words), class_="dl-byline"),
        el("span", _short(passage.chunk.text), class_="dl-excerpt"),
        type="button", data_act="near", data_n=n, data_number=k,
    )  # fmt: skip
    return el("li", inside)


def _actions(turn: PageTurn, n: int, words: Words, *, last: bool) -> Html | None:
    if turn.waiting:
        return None
    shared = query(turn.question, turn.scope)
    both = turn.answer and [
        button(words("copy"), "copy", data_text=plain_text(turn, words), data_said=words("copied")),
        button(words("link"), "link", data_query=shared, data_said=words("copied")),
        button(words("helpful"), "like", drawn="up", data_n=n, aria_pressed=_pressed(turn.feedback == 1)),
        button(words("not_helpful"), "dislike", drawn="down", data_n=n, aria_pressed=_pressed(turn.feedback == -1)),
    ]
    again = [button(words("retry"), "retry", data_n=n), button(words("edit"), "edit", data_n=n)]
    back = [button(words("undo"), "undo", data_n=n)] if last else []
    return el("div", *(both or ()), *again, *back, class_="dl-actions")


def _pressed(on: bool) -> str:
    return "true" if on else "false"


def _questions(label: str, questions: Sequence[str]) -> Html | None:
    if not questions:
        return None
    items = [el("li", button(question, "suggested", data_question=question)) for question in questions]
    return el("div", el("h3", label), el("ul", *items), class_="dl-questions")


def _short(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= _EXCERPT else line[: _EXCERPT - 1].rstrip(" .,;:") + " …"
