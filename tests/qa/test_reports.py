"""Newer reports, corrections, copies, and the days that a question speaks of."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from index import Article, Chunk
from index.embed.model import SentenceEmbeddings
from index.reindex import reindex
from qa import Assistant
from qa.answer.restore import restored
from qa.answer.verify import cite
from qa.evidence import LEAST, Evidence, Sentence
from qa.facts.kinds import asks_for
from qa.find.copies import copies, counterparts, uncrowded
from qa.judge.compare import MARGIN, confirms
from qa.judge.judge import judge
from qa.judge.reader import Reading, Scores
from qa.judge.reports import caveat, corrected, is_correction, repeats_the_error, settle_reports
from qa.values import Passage
from ui import markdown
from ui.terminal.printing import print_answer


def article(id_: str, title: str, text: str, day: str, source: str = "Ellery Courier") -> Article:
    return Article(id=id_, title=title, text=text, published=date.fromisoformat(day), source=source)


FARES = article("a", "Tram day ticket to jump to £5.80", "The day ticket will cost £5.80 from August.", "2025-07-15")
PUT_RIGHT = article(
    "b",
    "Correction: Tram day ticket rises to £5.20, not £5.80",
    "In a report about fares we gave a wrong price.\nWe wrote that the day ticket would jump to £5.80.\n"
    "The day ticket will cost £5.20.",
    "2025-07-17",
)


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        pytest.param("Correction: Tram fares", "", True, id="title"),
        pytest.param("CORRECTED-Tram fares rise", "", True, id="agency style"),
        pytest.param("Tram fares rise (correction)", "", True, id="at the end"),
        pytest.param("Tram fares", "An earlier version of this story gave a wrong price.", True, id="admits"),
        pytest.param("Market correction ahead, analysts say", "Shares fell.", False, id="another correction"),
        pytest.param("Corrections officers strike", "Guards walked out.", False, id="prison officers"),
        pytest.param("Tram fares", "The report says that fares are wrong.", False, id="a report about a wrong"),
        pytest.param("", "", False, id="empty"),
    ],
)
def test_corrections_are_told_by_title_or_by_their_first_words(title: str, text: str, expected: bool) -> None:
    assert is_correction(article("a", title, text, "2025-07-17")) is expected


@pytest.mark.parametrize(
    ("change", "found"),
    [
        pytest.param({}, True, id="same outlet, days later"),
        pytest.param({"source": "Harbour Post"}, False, id="another outlet"),
        pytest.param({"published": date(2025, 7, 14)}, False, id="before the report"),
        pytest.param({"published": date(2026, 7, 17)}, False, id="a year later"),
        pytest.param({"published": None}, False, id="no day"),
        pytest.param({"title": "Correction: name of the mayor", "text": "It is Valdane."}, False, id="other story"),
    ],
)
def test_what_a_correction_corrects(change: dict[str, object], found: bool) -> None:
    correction = replace(PUT_RIGHT, **change)  # type: ignore[arg-type]
    assert corrected([FARES, correction, FARES]) == ({"a": correction} if found else {})


def test_only_corrections_repeat_errors() -> None:
    assert repeats_the_error(PUT_RIGHT, "We also wrote that fares apply from August.")
    assert not repeats_the_error(PUT_RIGHT, "The day ticket will cost £5.20.")
    assert not repeats_the_error(PUT_RIGHT, "Fares rise in August, the county said.")
    assert not repeats_the_error(FARES, "We wrote that the day ticket would jump.")


def judged(*reports: tuple[Article, float]) -> Evidence:
    sentences = tuple(Sentence(one, 0, len(one.text), evidence) for one, evidence in reports)
    return Evidence("How many homes were flooded?", (), sentences, 1, {})


def order(evidence: Evidence, embeddings: SentenceEmbeddings) -> str:
    return "".join(sentence.article.id for sentence in settle_reports(evidence, embeddings.embed_sentences).sentences)


OLD = article("o", "Flood in Lowmere", "At least 340 homes were flooded, the fire service said.", "2025-05-09")
NEW = article("n", "Lowmere counts flooded homes", "The flood entered 412 homes in Lowmere.", "2025-05-10", "Post")


@pytest.mark.parametrize(
    ("newer", "expected"),
    [
        pytest.param(NEW, "no", id="newer and different"),
        pytest.param(replace(NEW, published=date(2025, 5, 8)), "on", id="older"),
        pytest.param(replace(NEW, published=None), "on", id="without a day"),
        pytest.param(replace(NEW, text="The flood entered 340 homes in Lowmere."), "on", id="the same figure"),
        pytest.param(replace(NEW, text="The flood entered homes in Lowmere."), "on", id="no figure"),
        pytest.param(
            replace(NEW, title="Rovers win the cup", text="Some 412 fans saw the goal."), "on", id="another matter"
        ),
    ],
)
def test_the_newer_of_two_reports_that_differ_comes_first(
    newer: Article, expected: str, embeddings: SentenceEmbeddings
) -> None:
    assert order(judged((OLD, 12.0), (newer, 8.0)), embeddings) == expected


def test_a_report_that_is_not_supported_is_not_lifted(embeddings: SentenceEmbeddings) -> None:
    assert order(judged((OLD, 12.0), (NEW, LEAST - 2)), embeddings) == "on"
    assert order(judged((OLD, 3.0), (NEW, 2.0)), embeddings) == "on"
    assert order(judged(), embeddings) == ""


def test_a_question_for_no_figure_has_no_newer_answer(embeddings: SentenceEmbeddings) -> None:
    evidence = replace(judged((OLD, 12.0), (NEW, 8.0)), question="Who counted the homes?")
    assert order(evidence, embeddings) == "on"


def test_a_corrected_report_keeps_quiet_where_the_correction_answers(embeddings: SentenceEmbeddings) -> None:
    assert order(judged((FARES, 12.0), (PUT_RIGHT, 20.0)), embeddings) == "b"
    assert order(judged((FARES, 12.0), (PUT_RIGHT, 3.0)), embeddings) == "ab"


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("When did the bridge open?", "day"),
        ("Until what date is it closed?", "day"),
        ("How many homes were flooded?", "number"),
        ("What does the repair cost?", "number"),
        ("What is the price tag of the repair now?", "number"),
        ("Who is the mayor?", None),
        ("What did he say when he resigned?", None),
        ("When he left, who came?", None),
        ("Why and when was it shut?", "day"),
        ("flood wall when", "day"),
        ("Tell me when the ferry sails", "day"),
        ("What was the turnout?", "number"),
        ("How did the fire start?", None),
        ("", None),
    ],
)
def test_the_kind_of_figure_that_is_asked_for(question: str, kind: str | None) -> None:
    assert asks_for(question) == kind


def test_sentences_with_other_figures_are_not_alike() -> None:
    text = "At least {} homes were flooded when the river broke through the dyke, the fire service said."
    one, other, same = (
        Sentence(article(id_, "T", text.format(figure), "2025-05-09"), 0, len(text.format(figure)), 9.0)
        for id_, figure in (("a", 340), ("b", 412), ("c", 340))
    )
    assert confirms(same, one)
    assert not confirms(other, one)


WIRE = (
    "The boards of both hospitals voted on Thursday to join. The merger takes effect on 1 October, with 6,200 staff. "
)


def passage(id_: str, text: str, owner: str) -> Passage:
    whole = article(owner, "T", text, "2025-04-03")
    return Passage(Chunk(id_, owner, 0, len(text), text), whole, 1.0)


def test_a_copy_is_a_passage_of_another_article_that_adds_nothing() -> None:
    first = passage("1", WIRE, "a")
    rest = [
        passage("2", WIRE.replace("Thursday", "Friday"), "b"),
        passage("3", WIRE, "a"),
        passage("4", f"{WIRE} Nurses, porters and midwives protest loudly before each gate of every town.", "c"),
        passage("5", "The merger takes effect.", "d"),
    ]
    assert copies([first, *rest]) == {"2": first}
    assert copies([]) == {}


def test_copies_do_not_crowd_out_other_news() -> None:
    other = passage("9", "Teachers in Ellery return to work after a deal on pay was struck by a retired judge.", "z")
    found = uncrowded([*(passage(str(n), WIRE, f"a{n}") for n in range(5)), other], 3)
    assert [one.chunk.id for one in found] == ["0", "1", "9"]


def test_a_copy_with_another_fact_is_read_itself() -> None:
    """The reader is given each passage that says something of its own, and exact copies get its scores."""
    wire = "The flood entered 412 homes in Lowmere on Friday. The town hall has opened its doors to all who need a bed."
    first, exact, other = (
        passage(id_, text, id_)
        for id_, text in (
            ("1", wire),
            ("2", wire),
            ("3", wire.replace("412", "340")),
        )
    )
    given: list[str] = []

    def read(_: str, readings: Sequence[Reading]) -> list[Scores]:
        given.extend(reading.sentences[0] for reading in readings)
        return [Scores(np.array([9.0 - n, 0.0], np.float32)) for n in range(len(readings))]

    evidence = judge(Evidence("How many homes were flooded?", (first, exact, other), (), 1, {}), read)
    assert [("412" in text, "340" in text) for text in given] == [(True, False), (False, True)]
    logits = {(s.article.id, s.start): s.evidence for s in evidence.sentences}
    assert len(logits) == 6
    assert logits["1", 0] == logits["2", 0] > logits["3", 0]


def test_counterparts() -> None:
    assert counterparts(["Ten homes burned."], ["Nine homes burned.", "Ten homes did not burn."]) == {}
    assert counterparts(["b c d", "x", "a"], ["a", "b c d", "b c d"]) == {0: 1, 2: 0}
    assert counterparts([], ["a"]) == {}


def test_an_answer_says_that_reports_differ(assistant: Assistant) -> None:
    answer = assistant.ask("How many people were hurt in the Lowmere flood?")
    assert answer.text.index("Seven") < answer.text.index("Eleven")
    assert answer.caveat == (
        "Reports differ: Seven people (Harbour Post, 10 May 2025) [1] · Eleven people (Ellery Courier, 9 May 2025) [2]."
    )
    assert restored(answer.to_dict()) == answer


def differing(question: str, *reports: tuple[str, str]) -> Evidence:
    """Return what two or more outlets print on other days, the newest first; the best evidence is that of the last."""
    articles = [article(str(n), "Flood in Tarn", text, day, f"Outlet {n}") for n, (day, text) in enumerate(reports)]
    sentences = tuple(Sentence(one, 0, len(one.text), 9.0 + n) for n, one in enumerate(articles))
    return Evidence(question, (), sentences[::-1], 1, {})


HOMES, HURT, COST = "How many homes were flooded?", "How many people were hurt?", "How much does a ferry ticket cost?"
OPENS = "When does the bridge open?"


@pytest.mark.parametrize(
    ("question", "newer", "older", "figures"),
    [
        pytest.param(HOMES, "The flood entered 412 homes.", "Some 340 homes were flooded.", "412 340", id="homes"),
        pytest.param(HURT, "Eleven people were hurt.", "Seven people were hurt.", "Eleven Seven", id="in words"),
        pytest.param(HURT, "11 workers were injured.", "Seven were hurt.", "11 Seven", id="injured workers"),
        pytest.param(COST, "A ferry ticket costs £5.20.", "A ferry ticket costs £4.", "£5.20 £4", id="price"),
        pytest.param(OPENS, "It opens on May 9.", "It opens on 3 April 2025.", "9 May|3 April 2025", id="days"),
        pytest.param(OPENS, "It is put off to 9 May.", "It opens on 3 April.", "9 May|3 April", id="put off"),
        pytest.param(HOMES, "Flooded homes get 1,500 crowns.", "Some 340 homes were flooded.", "", id="other unit"),
        pytest.param(HOMES, "It is the second time homes were flooded.", "21 homes were flooded.", "", id="a rank"),
        pytest.param(HURT, "There were 34 cases.", "Ten people were hurt.", "", id="other things"),
        pytest.param(HURT, "Ten people were killed.", "Six people were hurt.", "", id="killed, not hurt"),
        pytest.param(HURT, "Ten people were hurt.", "10 people were hurt.", "", id="the same in words"),
        pytest.param(HOMES, "1200 homes were flooded.", "1,200 homes were flooded.", "", id="the same with a comma"),
        pytest.param(HOMES, "About 400 homes were flooded.", "412 homes were flooded.", "", id="rounded"),
        pytest.param(OPENS, "It opens on July 23.", "It opens on July 23, 2025.", "", id="without the year"),
        pytest.param(OPENS, "Its name is chosen on 1 July.", "The bridge opens on 3 April.", "", id="another event"),
        pytest.param(COST, "A ferry ticket for children costs £2.", "A ferry ticket costs £4.", "", id="for some"),
        pytest.param(COST, "A ferry ticket costs £4.", "A ticket costs £4 and takes 40 minutes.", "", id="minutes"),
        pytest.param(COST, "It costs £9.7 million.", "A ferry ticket costs £4.", "", id="of what, nobody knows"),
        pytest.param(HOMES, "412 homes were flooded, after 340.", "340 homes were flooded.", "", id="tells both"),
    ],
)
def test_reports_differ_only_in_what_is_asked(
    question: str, newer: str, older: str, figures: str, embeddings: SentenceEmbeddings
) -> None:
    found = settle_reports(
        differing(question, ("2025-05-10", newer), ("2025-05-09", older)), embeddings.embed_sentences
    )
    cited = [cite(n, s.article, s.start, s.end) for n, s in enumerate(found.sentences, 1)]
    told = caveat(found, cited)
    assert bool(told) is bool(figures)
    assert all(figure in told for figure in (figures.split("|") if "|" in figures else figures.split()))


def test_what_comes_back_each_year_does_not_differ(embeddings: SentenceEmbeddings) -> None:
    reports = (("2025-05-10", "Turnout was 54 percent."), ("2024-05-09", "Turnout was 61 percent."))
    found = settle_reports(differing("What was the turnout?", *reports), embeddings.embed_sentences)
    assert found.sentences[0].text == "Turnout was 54 percent."
    assert caveat(found, [cite(n, s.article, s.start, s.end) for n, s in enumerate(found.sentences, 1)]) == ""


def test_numbers_of_other_things_stand_behind(embeddings: SentenceEmbeddings) -> None:
    found = settle_reports(
        differing(HOMES, ("2025-05-10", "Each home gets 1,500 crowns."), ("2025-05-09", "340 homes were hit.")),
        embeddings.embed_sentences,
    )
    assert found.sentences[0].evidence - found.sentences[1].evidence >= MARGIN


def test_an_answer_from_the_older_report_alone_names_the_newer_one() -> None:
    early = article("a", "Homes flooded", "At least 340 homes were flooded.", "2025-05-09")
    late = article("b", "Damage counted", "The flood entered 412 homes.", "2025-05-12", "Harbour Post")
    differing = tuple(Sentence(one, 0, len(one.text), 9.0) for one in (late, early))
    evidence = Evidence("How many homes were flooded?", (), (), 1, {}, differing=differing)
    first, second = (cite(1, one, 0, len(one.text)) for one in (early, late))
    assert caveat(evidence, [first]) == "A newer report differs: Harbour Post, 12 May 2025, “Damage counted”."
    assert caveat(evidence, [second]) == ""
    assert caveat(evidence, []) == ""


def test_an_answer_does_not_repeat_what_was_corrected(assistant: Assistant) -> None:
    answer = assistant.ask("How much does a day ticket for the trams cost after the increase?")
    assert "£5.20" in answer.text
    assert "£5.80" not in answer.text
    assert answer.caveat == "Ellery Courier corrected an earlier report on 17 July 2025."


def test_a_wire_story_in_two_outlets_is_one_statement(assistant: Assistant) -> None:
    answer = assistant.ask("How much money is the hospital merger supposed to save each year?")
    cited = [citation for citation in answer.citations if "£14 million" in citation.quote]
    assert {citation.source for citation in cited} == {"Ellery Courier", "Varrow Gazette"}
    assert sum("£14 million" in statement.text for statement in answer.statements) == 1
    assert answer.caveat == ""


def test_the_caveat_is_told_wherever_answers_are(assistant: Assistant, capsys: pytest.CaptureFixture[str]) -> None:
    question = "How many people were hurt in the Lowmere flood?"
    answer = assistant.ask(question)
    print_answer(answer)
    printed = " ".join(capsys.readouterr().out.split())
    for told in (
        printed,
        markdown.conversation([{"question": question, "answer": answer.to_dict()}]).replace("\\", ""),
    ):
        assert "Reports differ: Seven people (Harbour Post, 10 May 2025)" in told


@pytest.mark.slow
def test_the_newest_entry_of_a_live_blog_replaces_older_figures(index_path: Path, tmp_path: Path) -> None:
    entries = (
        ("12:10", "Twelve people are hurt, the hospital says."),
        ("09:05", "Five people are hurt. The pier is shut."),
    )
    body = "".join(
        f'<article><time datetime="2025-04-02T{at}">{at}</time><p>{text}</p></article>' for at, text in entries
    )
    page = tmp_path / "news" / "live.html"
    page.parent.mkdir()
    page.write_text(
        f'<html><body><h1>Explosion at the pier: live</h1><main class="liveblog">{body}</main></body></html>', "utf-8"
    )
    reindex([page.parent], index_path)
    with Assistant.open(index_path) as opened:
        assert opened.ask("How many people are hurt?").text == "Twelve people are hurt, the hospital says. [1]"
        assert "pier is shut" in opened.ask("Is the pier shut?").text
