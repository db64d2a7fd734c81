"""The page's HTML, without a browser: what it says, and that no text of others is ever markup in it."""

import re
import string
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Article, BadRequestError, Chunk, Scope
from index.read.files import Rejected
from index.text.clean import visible
from qa import Answer, Assistant, Citation, Passage, PassagesFound, Statement, StatementChecked, TextPiece
from qa.values import Story
from qa.write import generate as write
from tests.hostile import ADDRESSES, HOSTILE, inert
from ui.store.conversations import ConversationSummary, answer_id
from ui.strings import STRINGS, Words, preferred
from ui.web import articles
from ui.web.articles import Found
from ui.web.coverage import Coverage, coverage
from ui.web.reindexing import Run
from ui.web.suggestions import Suggestions
from ui.web.turns import PageTurn, from_exchange, to_exchange, with_event
from ui.web.views import filters, frame, overview, render
from ui.web.views.browse import browse_html, stories_html
from ui.web.views.markup import Html, el, link, web_address
from ui.web.views.notes import notes_html
from ui.web.views.reader import Span, View, article_html, gone, near, view
from ui.web.views.sidebar import listing

EN, DE = Words("en"), Words("de")
DAY = date(2026, 3, 3)
TEXT = "The bridge closed on Monday. A crack was found.\nTraffic uses the tunnel."


def article(**changes: Any) -> Article:
    given: dict[str, Any] = {"id": "a", "title": "Bridge closes", "text": TEXT, "published": DAY, "source": "Courier",
                             "url": "https://courier.example/a", "category": "transport"}  # fmt: skip
    return Article(**{**given, **changes})


def cited(number: int, start: int, end: int, **changes: Any) -> Citation:
    of = article(**changes)
    return Citation(number=number, article_id=of.id, title=of.title, source=of.source, published=of.published,
                    url=of.url, quote=of.text[start:end], start=start, end=end)  # fmt: skip


def passage(**changes: Any) -> Passage:
    of = article(**changes)
    scores = {"dense": 0.5, "lexical": 0.25, "fused": 0.4, "reader": 1.5}
    return Passage(Chunk("c", of.id, 0, len(of.text), of.text), of, 0.75, scores)


def answer(**changes: Any) -> Answer:
    first = cited(1, 0, 28)
    given: dict[str, Any] = {
        "question": "When did the bridge close?", "status": "answered",
        "statements": (Statement(text=first.quote, support="verbatim", citations=(1,)),), "citations": (first,),
        "passages": (passage(),), "support": 0.9, "generation": 3, "timings": {"total": 0.23},
    }  # fmt: skip
    return Answer(**{**given, **changes})


def asked(of: Answer | None = None, **changes: Any) -> PageTurn:
    of = of or answer()
    given: dict[str, Any] = {"question": of.question, "statements": of.statements, "citations": of.citations,
                             "answer": of, "answer_id": "x", "rewritten": of.rewritten}  # fmt: skip
    return PageTurn(**{**given, **changes})


COVERAGE = Coverage(
    generation=3, created="2026-03-04T10:20:30+00:00", model="all-MiniLM-L6-v2", articles=4, passages=9,
    first=date(2025, 11, 1), last=DAY, outlets={"Courier": 2, "Post": 1, "": 1}, categories={"transport": 4},
    months={(2025, 11): 1, (2026, 3): 2},
)  # fmt: skip


def told(html: str) -> str:
    """Return what a reader sees, in one line."""
    return " ".join(inert(html).text.split())


def turn(one: PageTurn, words: Words = EN) -> str:
    (html,) = render.turns_html([one], COVERAGE, words, put=1)
    return html


# What it says


def test_an_answer_shows_statements_sources_and_the_quiet_line() -> None:
    seen = inert(turn(asked()))
    assert "The bridge closed on Monday.1" in seen.text
    assert "Bridge closesCourier · 3 March 2026" in seen.text
    assert "as of 3 March 2026 · 1 article, 1 outlet · 0.2 s" in seen.text
    (mark,) = [a for tag, a in seen.tags if a.get("data-act") == "cite" and "aria-label" in a]
    assert (mark["data-n"], mark["data-number"]) == ("0", "1")
    assert mark["aria-label"] == "Citation 1: Bridge closes"


def test_the_quiet_line_counts_articles_and_outlets_not_citations() -> None:
    citations = (cited(1, 0, 28), cited(2, 29, 47), cited(3, 0, 28, id="b", source="Post"))
    statements = (Statement(text="It closed.", support="matched", citations=(1, 2, 3)),)
    said = told(turn(asked(answer(citations=citations, statements=statements, model="small-1"))))
    assert "2 articles, 2 outlets · 0.2 s · small-1" in said
    assert "1, 2 Bridge closes" in said.replace("1, 2B", "1, 2 B")


def test_a_source_tells_who_else_carries_it_and_what_was_changed() -> None:
    notes: dict[str, Any] = {"updated": date(2025, 5, 12), "correction": "Correction: it was <b>not</b> 340."}
    copies = answer(
        citations=(replace(cited(1, 0, 28), **notes), cited(2, 0, 28, id="b", source="Post")),
        stories=(Story(cited=("a", "b"), outlets=("Courier", "Post", "Radio")),),
    )
    shown = told(turn(asked(copies)))
    assert "updated 12 May 2025 · also carried by Post, Radio" in shown
    assert "Correction: it was <b>not</b> 340." in shown
    assert "also carried by Courier, Radio" in shown
    assert "2 articles, 1 independent report, 2 outlets" in shown
    assert "geändert am 12. Mai 2025 · auch bei Post, Radio" in told(turn(asked(copies), DE))


def test_an_unsupported_statement_is_marked_in_words_too() -> None:
    bad = Statement(text="It will reopen in May.", support="unsupported", citations=())
    seen = inert(turn(asked(answer(statements=(*answer().statements, bad)))))
    assert "It will reopen in May. (not supported by the articles)" in seen.text
    assert [tag for tag, _ in seen.tags].count("s") == 1


def test_not_found_has_its_own_look_with_the_nearest_and_what_is_covered() -> None:
    seen = inert(turn(asked(answer(status="not_found", statements=(), citations=()))))
    said = " ".join(seen.text.split())
    assert "Not in these articles." in said
    assert "The index holds 4 articles, from 1 November 2025 to 3 March 2026, of Courier, Post." in said
    assert "The nearest passages" in said
    assert any(a.get("data-act") == "near" for _, a in seen.tags)
    assert any(a.get("class") == "dl-none" for _, a in seen.tags)


def test_german() -> None:
    said = told(turn(asked(), DE))
    assert "Stand: 3. März 2026 · 1 Artikel, 1 Medium · 0,2 s" in said


def test_the_searched_query_is_shown_when_it_was_rewritten() -> None:
    assert "Searched for: when bridge Senn" in told(turn(asked(answer(rewritten="when bridge Senn"))))
    assert "Searched" not in told(turn(asked()))


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (PageTurn(question="Q?"), "Searching the articles"),
        (PageTurn(question="Q?", writing="The bri"), "The bri"),
        (PageTurn(question="Q?", writing="The bri", stopped=True), "Stopped."),
        (PageTurn(question="Q?", trouble="The question is too long."), "The question is too long."),
    ],
    ids=["waiting", "writing", "stopped", "trouble"],
)
def test_what_is_shown_while_there_is_no_answer(one: PageTurn, said: str) -> None:
    assert said in told(turn(one))
    assert one.waiting == ('data-waiting="1"' in turn(one))


def test_the_copied_text_has_the_sources() -> None:
    assert render.plain_text(asked(), EN) == (
        "The bridge closed on Monday. [1]\n\n"
        "[1] Bridge closes, Courier, 3 March 2026, https://courier.example/a: “The bridge closed on Monday.”"
    )


def test_only_the_last_question_can_be_taken_back_and_leads_on() -> None:
    first, last = render.turns_html([asked(follow_ups=("A?",)), asked(follow_ups=("B?",))], COVERAGE, EN)
    assert "Undo" not in told(first)
    assert "A?" not in told(first)
    assert "Undo" in told(last)
    assert "Ask next B?" in told(last).replace("nextB", "next B")


def test_the_days_that_a_question_means_are_told_beside_it() -> None:
    html = turn(asked(answer(period="March 2026")))
    assert "Articles of March 2026" in told(html)
    assert "Ask exactly as typed" in told(html)
    assert "Searched for" not in told(turn(asked()))


@pytest.mark.parametrize(
    ("highlight", "bold"),
    [((21, 27), "Monday"), ((4, 10), "bridge"), ((18, 27), "on Monday"), ((0, 999), TEXT[:28]), (None, ""),
     ((9, 9), ""), ((-5, 3), "The")],
    ids=["last word", "inside", "into the last word", "beyond the end", "none", "empty", "before the start"],
)  # fmt: skip
def test_the_words_that_answer_are_bold(highlight: tuple[int, int] | None, bold: str) -> None:
    said = Statement(text=TEXT[:28], support="verbatim", citations=(1,), highlight=highlight)
    html = turn(asked(answer(statements=(said,))))
    assert "".join(re.findall(r"<strong>(.*?)</strong>", html)) == bold
    assert "The bridge closed on Monday." in told(html)


def test_who_speaks_stands_before_the_statement_as_text() -> None:
    said = Statement(text=TEXT[:28], support="verbatim", citations=(1,), lead_in="Ada <b>", highlight=(4, 10))
    html = turn(asked(answer(statements=(said,))))
    assert "[Ada <b>:] The bridge closed on Monday." in told(html)
    assert "<strong>bridge</strong>" in html
    assert "Ada <b>" not in html


def test_an_empty_page_says_what_can_be_asked() -> None:
    (html,) = frame.welcome(["Who is Ada?"], None, COVERAGE, EN)
    seen = inert(html)
    assert "The index holds 4 articles" in seen.text
    assert any(a.get("data-question") == "Who is Ada?" for _, a in seen.tags)


def test_many_outlets_are_counted() -> None:
    many = replace(COVERAGE, outlets={f"Paper {n}": 1 for n in range(9)})
    assert "Paper 5, 3 more." in frame.coverage_sentence(many, EN)
    assert "without dates" in frame.coverage_sentence(replace(COVERAGE, first=None, last=None), EN)


# The article


def marked(html: str, *, current: bool) -> list[str]:
    pattern = r'<mark[^>]*class="dl-current"[^>]*>([^<]*)</mark>' if current else r"<mark[^>]*>([^<]*)</mark>"
    return re.findall(pattern, html)


def test_the_article_marks_every_cited_span_and_the_clicked_one() -> None:
    citations = [cited(1, 0, 28), cited(2, 29, 47), cited(3, 0, 10, id="b")]
    html = article_html(view(0, article(), 2, citations, [passage()]), EN)
    assert marked(html, current=True) == ["A crack was found."]
    assert marked(html, current=False) == ["The bridge closed on Monday.", "A crack was found."]
    seen = inert(html)
    assert "Citation 2 of 3" in seen.text
    steps = [a["data-number"] for _, a in seen.tags if a.get("data-act") == "cite"]
    assert steps == ["1", "3"]
    assert ("a", "https://courier.example/a") in [(tag, a.get("href")) for tag, a in seen.tags]


@pytest.mark.parametrize("language", ["de", ""])
def test_an_article_is_read_out_in_its_own_language(language: str) -> None:
    shown = inert(article_html(view(0, article(language=language), 1, [cited(1, 0, 28)], []), EN))
    assert [attributes["lang"] for _, attributes in shown.tags if "lang" in attributes] == ([language] * bool(language))


def test_a_quote_over_two_paragraphs_is_marked_in_both() -> None:
    html = article_html(view(0, article(), 1, [cited(1, 29, len(TEXT))], []), EN)
    assert marked(html, current=True) == ["A crack was found.", "Traffic uses the tunnel."]


def test_a_citation_whose_words_have_gone_is_told_and_not_marked() -> None:
    old = cited(1, 0, 28, text="The bridge closed on Friday. " * 2)
    html = article_html(view(0, article(), 1, [old], []), EN)
    assert marked(html, current=False) == []
    assert "has changed since" in told(html)
    html = article_html(gone(0, old, [old]), EN)
    assert marked(html, current=True) == [old.quote]
    assert "no longer in the index" in told(html)


def test_scores_by_stage_stand_behind_a_disclosure() -> None:
    seen = inert(article_html(view(0, article(), 1, [cited(1, 0, 28)], [passage()]), EN))
    assert [tag for tag, _ in seen.tags].count("details") == 1
    for score in ("0.50", "0.25", "0.40", "1.50", "0.75"):
        assert score in seen.text


def test_a_near_passage_is_marked() -> None:
    html = article_html(near(0, article(), passage(), [passage()]), EN)
    assert "".join(marked(html, current=False)) == TEXT.replace("\n", "")


@given(
    text=st.text(alphabet="ab \n<&é", min_size=1, max_size=60),
    spans=st.lists(st.tuples(st.integers(0, 60), st.integers(1, 60)), max_size=4),
)
def test_marks_never_change_the_text(text: str, spans: list[tuple[int, int]]) -> None:
    held = tuple(
        Span(start, min(start + length, len(text)), n + 1)
        for n, (start, length) in enumerate(spans)
        if start < len(text)
    )
    html = article_html(View(n=0, article=article(text=text), spans=held, current=1, order=()), EN)
    body = html[html.index('class="dl-text"') :]
    paragraphs = [inert(piece + "</p>").text for piece in re.findall(r"<p dir=\"auto\">.*?(?=</p>)", body, re.DOTALL)]
    assert paragraphs == text.split("\n")
    first = next((span for span in held if span.number == 1), None)
    if first and first.start < first.end:
        now = "".join(inert(f"<p>{piece}</p>").text for piece in marked(html, current=True))
        assert now == text[first.start : first.end].replace("\n", "")


# No text of others is ever markup


@pytest.mark.parametrize("bad", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_stays_text_everywhere(bad: str) -> None:
    of = {"title": bad, "source": bad, "category": bad, "url": bad, "text": f"{bad} {bad}", "credit": bad}
    hit = cited(1, 0, len(bad), **of)
    whole = answer(
        question=bad, statements=(Statement(text=bad, support="matched", citations=(1,)),
                                  Statement(text=bad, support="unsupported", citations=())),
        citations=(hit,), passages=(passage(**of),), model=bad, rewritten=f"{bad}!", notice=bad,
    )  # fmt: skip
    scope = Scope(sources=(bad,), categories=(bad,), authors=(bad,), languages=(bad,), articles=(bad,))
    wide = replace(
        COVERAGE,
        outlets={bad: 1},
        categories={bad: 1},
        authors={bad: 1, "B": 1},
        languages={bad: 1, "de": 1},
        model=bad,
    )
    one = asked(whole, question=bad, scope=scope, follow_ups=(bad,))
    listed = Found(article(**of), (0, len(bad)), (bad,))
    report = {"added": [], "changed": [], "removed": [bad], "rejected": [], "seconds": 1.0}
    pieces = [
        *render.turns_html([one], wide, EN),
        *render.turns_html([asked(replace(whole, status="not_found"))], wide, EN),
        *render.turns_html([PageTurn(question=bad, writing=bad), PageTurn(question=bad, trouble=bad)], wide, EN),
        *frame.welcome([bad], stories_html([listed], {listed.article.id: bad}, EN), wide, EN),
        browse_html([listed], bad, scope, "best", wide, EN, trouble=""),
        browse_html([], bad, scope, "newest", wide, EN, trouble=bad),
        *render.turns_html([asked(replace(whole, status="not_found"), matching=0, scope=scope)], wide, EN),
        frame.page_header(EN, bad, limit=1000),
        filters.chips(scope, EN, [bad], trouble=bad),
        filters.form(scope, wide, EN),
        article_html(view(0, article(**of), 1, [hit], whole.passages), EN),
        article_html(near(0, article(**of), whole.passages[0], whole.passages), EN),
        article_html(gone(0, hit, [hit]), EN),
        listing([ConversationSummary(id=bad, title=bad, created="", changed="")], bad, EN),
        overview.facts(wide, bad, EN),
        overview.rejected([Rejected(bad, bad)], EN),
        overview.progress(Run(problem=bad), EN),
        overview.progress(Run(report=report), EN),
    ]
    for html in pieces:
        assert isinstance(html, Html)
        inert(html)
    assert visible(bad) in inert(pieces[0]).text
    assert visible(bad) in inert(overview.rejected([Rejected(bad, bad)], EN)).text


@pytest.mark.parametrize("address", ADDRESSES.values(), ids=ADDRESSES)
def test_links_lead_to_web_pages_only(address: str) -> None:
    assert web_address(address) == ""
    assert link(address, "go") == ""


def test_a_link_to_a_web_page_tells_it_nothing() -> None:
    html = link("https://courier.example/a?b=1&c=ä", "go")
    ((tag, attributes),) = inert(html).tags
    assert (tag, attributes["href"]) == ("a", "https://courier.example/a?b=1&c=ä")
    assert (attributes["rel"], attributes["target"]) == ("noopener noreferrer nofollow", "_blank")


@pytest.mark.parametrize("name", ["onclick", "style", "srcdoc", "ONCLICK", "a b"])
def test_some_attributes_cannot_be_written(name: str) -> None:
    with pytest.raises(ValueError, match="no attribute"):
        el("p", **{name: "x"})


# Filters, languages, lists


def test_filters_travel_from_the_form_to_scope_to_link_and_back() -> None:
    named = {"source": ["Courier", "A & B"], "category": ["transport"], "author": ["Ann Lee"], "language": ["de"]}
    scope = filters.scope("2025-05-01", "2026-03-03", **named, article=["a b?&=1", "c"])
    assert scope == Scope(
        since=date(2025, 5, 1), until=DAY, sources=("Courier", "A & B"), categories=("transport",),
        authors=("Ann Lee",), languages=("de",), articles=("a b?&=1", "c"),
    )  # fmt: skip
    event = {"since": "2025-05-01", "until": "2026-03-03", **named, "article": ["a b?&=1", "c"]}
    assert filters.from_event(event) == scope
    assert filters.from_event("what no form sends") == filters.from_event({"source": "Courier"}) == Scope()
    from urllib.parse import parse_qs

    query = parse_qs(render.query("Who & what?", scope))
    assert query["q"] == ["Who & what?"]
    assert filters.from_link(query) == scope


def test_authors_and_languages_are_offered_where_there_is_a_choice() -> None:
    one = replace(COVERAGE, authors={"Ann Lee": 3}, languages={"en": 4})
    several = replace(COVERAGE, authors={"Ann Lee": 3, "Bo Ray": 1}, languages={"en": 2, "de": 1, "": 1})
    for shown_by in (filters.form, lambda scope, wide, words: browse_html([], "", scope, "best", wide, words)):
        assert "Ann Lee" not in told(shown_by(Scope(), one, EN))
        assert "Ann Lee" in told(shown_by(Scope(authors=("Ann Lee",)), one, EN))
        shown = told(shown_by(Scope(), several, EN))
        assert all(said in shown for said in ("Author", "Bo Ray", "Language", "English", "German"))
        assert "Deutsch" in told(shown_by(Scope(), several, DE))
    many = replace(COVERAGE, authors={f"Author {n}": 1 for n in range(500)})
    form = filters.form(Scope(authors=("Author 499",), articles=("a", "b")), many, EN)
    assert [a["value"] for tag, a in inert(form).tags if "checked" in a] == ["Author 499"]
    assert [a["value"] for tag, a in inert(form).tags if a.get("type") == "hidden"] == ["a", "b"]


def test_the_headline_stands_for_an_article_that_is_asked_alone() -> None:
    scope = Scope(articles=("a.html", "b.html"), languages=("de", "tlh-x"))
    said = ["German", "tlh-x", "Only: Bridge closes", "Only: b.html"]
    assert [*filters.names(scope, EN, ["Bridge closes", ""]).values()] == said
    assert len([*filters.names(scope, EN, ["Bridge " * 40, ""]).values()][2]) <= 90


def test_what_is_no_day_is_refused_with_the_form_of_one() -> None:
    with pytest.raises(BadRequestError, match="2026-03-03"):
        filters.scope("next week", "")


def test_days_the_wrong_way_round_are_told() -> None:
    assert "first day is after" in told(filters.chips(filters.scope("2026-03-03", "2025-05-01"), EN))


def test_every_language_has_every_text_with_the_same_gaps() -> None:
    def gaps(text: str) -> set[str | None]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for language, strings in STRINGS.items():
        assert strings.keys() == STRINGS["en"].keys(), language
        for key, said in strings.items():
            assert gaps(said) == gaps(STRINGS["en"][key]), (language, key)


def test_every_text_is_used() -> None:
    from tests.conftest import ROOT

    code = "".join(
        path.read_text(encoding="utf-8")
        for path in [*(ROOT / "ui" / "web").rglob("*.py"), ROOT / "ui" / "server" / "guard" / "signin.py"]
        if path.stem != "strings"
    )
    made = {f"scores_{stage}" for stage in ("dense", "lexical", "fused", "reader")}
    made |= {f"{view}_tab" for view in frame.VIEWS}
    made |= {f"age_{unit}" for unit in ("days", "months", "years")}
    made |= {f"stage_{stage}" for stage in ("start", "read", "embed", "build", "check")}
    for key in STRINGS["en"]:
        name = key.removesuffix("_one")
        assert f'"{name}"' in code or f"'{name}'" in code or key in made, key


@pytest.mark.parametrize(
    ("header", "language"),
    [("de-AT,de;q=0.9,en;q=0.8", "de"), ("fr-FR,fr;q=0.9", "en"), ("fr,de;q=0.5,en;q=0.4", "de"), ("", "en"),
     ("en;q=0.1,de;q=0.9", "de"), ("de;q=x", "en"), ("de;q=0", "en"), ("*", "en")],
)  # fmt: skip
def test_the_language_is_the_one_that_the_browser_wants_most(header: str, language: str) -> None:
    assert preferred(header, ("en", "de")) == language


@pytest.mark.parametrize(
    ("words", "day", "month", "whole", "decimal"),
    [(EN, "3 March 2026", "Sep 2026", "1,234,567", "1234.5"), (DE, "3. März 2026", "Sep 2026", "1.234.567", "1234,5")],
    ids=["en", "de"],
)  # fmt: skip
def test_dates_and_numbers_are_as_the_language_writes_them(
    words: Words, day: str, month: str, whole: str, decimal: str
) -> None:
    assert (words.day(date(2026, 3, 3)), words.month(2026, 9)) == (day, month)
    assert (words.whole(1234567), words.decimal(1234.5)) == (whole, decimal)
    assert (words.day(None), words.whole(0), words.decimal(0, 2)[1:]) == ("", "0", decimal[-2] + "00")


def test_the_list_shows_tools_for_the_current_conversation_only() -> None:
    entries = [ConversationSummary(id=id_, title=id_.upper(), created="", changed="") for id_ in ("a", "b")]
    seen = inert(listing(entries, "b", EN))
    assert [a["data-id"] for _, a in seen.tags if a.get("data-act") == "open"] == ["a", "b"]
    assert [a["href"] for tag, a in seen.tags if tag == "a"] == ["conversations/b.md", "conversations/b.json"]
    assert "will be listed" in told(listing([], "", EN))


# The index


def test_charts_join_what_is_too_much() -> None:
    many = replace(COVERAGE, outlets={f"Paper {n}": 20 - n for n in range(20)})
    bars = overview.outlets(many, EN)
    assert len(bars) == overview.MOST_BARS
    assert (bars[-1].name, sum(bar.count for bar in bars)) == ("9 more", sum(many.outlets.values()))


def test_months_without_articles_have_a_bar_and_many_months_become_years() -> None:
    bars = overview.months(COVERAGE, EN)
    assert [bar.name for bar in bars] == ["Nov 2025", "Dec 2025", "Jan 2026", "Feb 2026", "Mar 2026"]
    assert [bar.count for bar in bars] == [1, 0, 0, 0, 2]
    long = replace(COVERAGE, months={(2019, 5): 1, (2019, 6): 2, (2024, 1): 4})
    assert [(bar.name, bar.count) for bar in overview.months(long, EN)][:2] == [("2019", 3), ("2020", 0)]
    assert overview.months(replace(COVERAGE, months={}), EN) == []
    spoken = overview.languages(replace(COVERAGE, languages={"en": 3, "de": 1, "": 1}), DE)
    assert [(bar.name, bar.count) for bar in spoken] == [("Englisch", 3), ("Deutsch", 1), ("unbekannt", 1)]


def test_a_run_tells_how_far_it_is_and_how_it_ended() -> None:
    seen = inert(overview.progress(Run(stage="embed", done=30, total=120), EN))
    assert "Embedding passages: 30 / 120" in seen.text
    assert any(tag == "progress" and a["max"] == "120" for tag, a in seen.tags)
    assert "Another run" in told(overview.progress(Run(problem="locked", locked=True), EN))
    nothing = {"added": [], "changed": [], "removed": [], "rejected": [], "seconds": 1.0}
    assert "nothing has changed" in told(overview.progress(Run(report=nothing), EN))
    assert "2 added" in told(overview.progress(Run(report={**nothing, "added": ["a", "b"]}), EN))


def test_coverage_of_a_real_index(assistant: Assistant) -> None:
    with assistant.index.generation() as generation:
        covered = coverage(generation)
        articles = list(generation.articles())
    days = [one.published for one in articles if one.published]
    assert (covered.first, covered.last, covered.dated) == (min(days), max(days), len(days))
    assert sum(covered.outlets.values()) == covered.articles == len(articles)
    assert covered.months[2025, 5] == sum(day.strftime("%Y-%m") == "2025-05" for day in days)


# Streams and what is kept


def test_an_exchange_grows_with_the_events_of_its_stream() -> None:
    whole = answer(rewritten="bridge closed")
    one = PageTurn(question=whole.question)
    one = with_event(one, PassagesFound(whole.passages, "bridge closed"))
    one = with_event(with_event(one, TextPiece("The bridge ")), TextPiece("closed"))
    assert (one.writing, one.rewritten, one.waiting) == ("The bridge closed", "bridge closed", True)
    one = with_event(one, StatementChecked(whole.statements[0], whole.citations))
    assert (one.writing, one.statements, one.citations) == ("", whole.statements, whole.citations)
    one = with_event(one, whole)
    assert (one.answer, one.waiting) == (whole, False)


def test_what_is_kept_comes_back_as_it_was(assistant: Assistant) -> None:
    real = assistant.ask("How many homes were flooded at Lowmere?", since="2025-01-01", sources=["Harbour Post"])
    scope = Scope(
        since=date(2025, 1, 1), sources=("Harbour Post",), articles=("a",), authors=("Ann",), languages=("en",)
    )
    one = asked(real, scope=scope, headlines=("Bridge closes",))
    data = {**to_exchange(one), "answer_id": answer_id(real.to_dict())}
    for kept in data["answer"]["passages"]:
        for name in ("text", "credit", "topics"):
            del kept["article"][name]
    back = from_exchange(data, feedback=-1)
    assert back.headlines == one.headlines
    assert (back.question, back.scope, back.follow_ups, back.feedback) == (one.question, one.scope, None, -1)
    assert (back.statements, back.citations) == (real.statements, real.citations)
    assert back.answer is not None
    assert turn(replace(back, answer_id="x", feedback=0)) == turn(one)


# Notes and days

DIFFER = "Reports differ: 412 homes (Post, 10 May 2025) [1] · £1.4 million (St. Orla Courier (late), 9 May 2025) [2]."


def numbered(number: int) -> Html | None:
    return el("button", str(number)) if number < 3 else None


@pytest.mark.parametrize(
    ("note", "german"),
    [
        ("A newer report differs: Post, 9 May 2025, “Flood. Again”.", "ab: Post, 9. Mai 2025, „Flood. Again“."),
        ("Other reports differ from [1]: Post, 9 May 2025, “Flood”.", "von [1] ab: Post, 9. Mai 2025, „Flood“."),
        ("[2] is from an article that asks this very question; no other report confirms it.", "[2] stammt aus"),
        ("Ellery Courier corrected an earlier report on 17 July 2025.", "hat am 17. Juli 2025 einen früheren"),
        ("The newest report cited is of 2 March 2026, 9 months old.", "ist vom 2. März 2026, 9 Monate alt."),
        ("The newest report cited is of 2 March 2026.", "ist vom 2. März 2026."),
        ("No article of May 2025 answers this; those of other days were searched too.", "(May 2025)"),
        ("None of the articles found tells of Mr. Vance.", "berichtet darüber: Mr. Vance."),
        ("2 of 5 statements of the language model left out: not in the articles.", "2 von 5 Aussagen"),
        ("The language model gave no answer; these are the articles' own sentences.", "keine Antwort. Dies sind"),
        ("Something new that nobody has translated.", "Something new that nobody has translated."),
    ],
)
def test_notes_are_in_the_readers_language(note: str, german: str) -> None:
    assert told(notes_html(note, numbered, EN)).replace("’", "'").replace(". These are", "; these are") == note
    assert german in told(notes_html(note, numbered, DE))


@pytest.mark.parametrize("note", [write._RESTING, write._SILENT, write._FORMLESS, write._UNSUPPORTED])
def test_every_note_on_a_model_is_known(note: str) -> None:
    assert "Sprachmodell" in told(notes_html(note, numbered, DE))


def test_notes_follow_each_other() -> None:
    both = told(notes_html(f"{DIFFER} Post corrected an earlier report on 9 May 2025.", numbered, DE))
    assert both.endswith("Post hat am 9. Mai 2025 einen früheren Bericht berichtigt.")


def test_reports_that_differ_stand_side_by_side() -> None:
    html = notes_html(DIFFER, numbered, EN)
    assert html.count("<li>") == 2
    assert "<strong>412 homes<button>1</button></strong>" in html
    assert "£1.4 million" in html
    assert "St. Orla Courier (late) · 9 May 2025" in html
    assert notes_html("Reports differ: nothing of the kind.", numbered, EN) == el(
        "p", "Reports differ: nothing of the kind.", class_="dl-notice"
    )


@pytest.mark.parametrize(
    ("question", "days"),
    [
        ("What happened to the bridge?", ["1 November 2025", "3 March 2026"]),
        ("What is the latest on the bridge?", ["3 March 2026", "1 November 2025"]),
        ("When did the bridge close?", []),
    ],
)
def test_what_happened_is_told_by_day(question: str, days: list[str]) -> None:
    citations = (cited(1, 0, 28), cited(2, 29, 47, id="b", published=date(2025, 11, 1)))
    statements = tuple(Statement(text=c.quote, support="verbatim", citations=(c.number,)) for c in citations)
    html = turn(asked(answer(citations=citations, statements=statements), question=question))
    assert re.findall(r"<h3>(.*?)</h3>", html) == days
    undated = (citations[0], replace(citations[1], published=None))
    assert "<h3>" not in turn(asked(answer(citations=undated, statements=statements), question=question))


def test_all_articles_are_searched_with_plain_words() -> None:
    html = turn(asked(answer(rewritten="Why? (after “What was closed?”)")))
    assert "q=Why%3F+What+was+closed%3F" in html


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "Sen. Bernie Sanders\nPORT ELLERY\n“The bridge has closed again.” So said the mayor.",
            "“The bridge has closed",
        ),
        ("Das Wasser stieg am Montag.", "Das Wasser"),
        ("Nothing ends here", "Nothing ends here"),
        ("", ""),
    ],
    ids=["names first", "at once", "none", "empty"],
)
def test_a_story_is_shown_with_its_first_whole_sentence(text: str, shown: str) -> None:
    one = replace(article(), text=text)
    assert Found(one, articles._first(one)).text.startswith(shown)


def test_what_could_be_asked_next_is_tried_with_the_same_filters(assistant: Assistant) -> None:
    question = "How many homes were flooded at Lowmere?"
    cited_first = assistant.ask(question).citations[0].article_id
    scope = Scope(articles=(cited_first,))
    one = asked(assistant.ask(question, articles=scope.articles), question=question, scope=scope)
    suggestions = Suggestions(assistant)
    offered = suggestions.follow_ups([one], one)
    assert offered
    assert all(assistant.ask(each, articles=scope.articles).status == "answered" for each in offered)
    gone = replace(one, scope=Scope(authors=("Nobody",)))
    assert suggestions.follow_ups([gone], gone) == ()
