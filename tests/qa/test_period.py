"""Days in a question: which are read, what is left of the question, what they do to the search, and what bounds it."""

import os
import shutil
from datetime import date
from pathlib import Path

import pytest

from index import BadRequestError
from index.reindex import reindex
from index.store.folder import Folder
from qa import Assistant
from qa.days.dates import points
from qa.days.when import Days, before, label, periods_of, without
from qa.find.latest import age, wants_latest
from qa.intent.general import is_general
from tests.command import dateline
from tests.conftest import write

TODAY = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("question", "days", "left"),
    [
        ("What happened on 9 May 2025?", "9 May 2025", "What happened?"),
        ("What happened on May 9th, 2025?", "9 May 2025", "What happened?"),
        ("What happened on 9 May?", "9 May 2025", "What happened?"),
        ("What did she say on 9 May 2025 about the bridge?", "9 May 2025", "What did she say about the bridge?"),
        ("On 2025-05-09, who won?", "9 May 2025", "Who won?"),
        ("What was wrong on the evening of January 11, 2023?", "11 January 2023", "What was wrong?"),
        ("Who stayed until Monday, September 4, 2023?", "until 4 September 2023", "Who stayed?"),
        ("What closed in January 2025?", "January 2025", "What closed?"),
        ("What closed in March?", "March 2026", "What closed?"),
        ("What closed in April?", "April 2025", "What closed?"),
        ("What was said in mid-May?", "May 2025", "What was said?"),
        ("flood lowmere may 2025", "May 2025", "flood lowmere"),
        ("Who won in 2022?", "2022", "Who won?"),
        ("How many were killed as of August 14, 2023?", "until 14 August 2023", "How many were killed?"),
        ("Who resigned before the election on 3 May?", "until 3 May 2025", "Who resigned before the election?"),
        ("What changed after the flood in May 2025?", "since 1 May 2025", "What changed after the flood?"),
        ("Between 3 and 9 May 2025, who won?", "3 May 2025 to 9 May 2025", "Who won?"),
        ("from March to May 2025 how many buses", "1 March 2025 to 31 May 2025", "how many buses"),
        ("What did the council decide last week?", "24 February 2026 to 10 March 2026", "What did the council decide?"),
        ("Who resigned this week?", "3 March 2026 to 10 March 2026", "Who resigned?"),
        ("What did she earn last year?", "2025", "What did she earn?"),
        ("Why did it ring before dawn on 20 April 2025?", "20 April 2025", "Why did it ring before dawn?"),
        ("Who won yesterday?", "9 March 2026 to 10 March 2026", "Who won?"),
        ("What happened in the summer of 2023?", "1 June 2023 to 31 August 2023", "What happened?"),
    ],
)  # fmt: skip
def test_a_period_is_read_and_its_words_are_left_out(question: str, days: str, left: str) -> None:
    periods = periods_of(question, TODAY)
    assert [label(period.days) for period in periods] == [days]
    assert without(question, periods) == left


@pytest.mark.parametrize(
    "question",
    [
        "Who may march?", "Did 2022 people come?", "What did the 12 mayors decide?", "What happened on 30 February?",
        "Why were 20 marchers and 3 Mayfair shops hit, and 9 augusts?", "Who is April Summers?", "",
        "How many may 12 buses carry, and why march 20 miles?", "What does Business Today say?", "Is 1999 a film?",
    ],
)  # fmt: skip
def test_words_and_numbers_that_are_no_period(question: str) -> None:
    assert periods_of(question, TODAY) == ()


@pytest.mark.parametrize(
    "question",
    [
        "What did the January 6 committee find?", "the 9 May flood how many homes", "Who won the May 2025 election?",
        "When will the bridge open in September 2025?", "Which shop is opening on November 15?",
        "Which airline is slashing flights during November?", "Who is set to be released in June 2025?",
    ],
)  # fmt: skip
def test_days_that_belong_to_a_name_or_are_to_come_stay_and_shut_nothing_out(question: str) -> None:
    assert all(not (period.apart or period.explicit) for period in periods_of(question, TODAY))


@pytest.mark.parametrize(
    ("question", "explicit"),
    [
        ("Who won in May 2025?", True), ("Who won on 3 May 2025?", True), ("Who won last week?", True),
        ("Who won in May?", False), ("Who won on 3 May?", False), ("Who won in 2025?", False),
        ("Who won last year?", False),
    ],
)  # fmt: skip
def test_only_what_is_named_in_full_is_searched_alone(question: str, explicit: bool) -> None:
    assert [period.explicit for period in periods_of(question, TODAY)] == [explicit]


def test_days_at_the_ends_of_the_calendar() -> None:
    question = "What closed in March, on 9 May, last year, yesterday and as of 1 January 1900?"
    assert [point.first for point in points(question, date.min)][-1:] == [date(1900, 1, 1)]
    for day in (date.min, date.max):
        assert periods_of(question, day)
    assert before(date.min) == Days(date.min, date.min)


def test_a_report_of_a_day_comes_up_to_a_week_after_it() -> None:
    (period,) = periods_of("What happened on 9 May 2025?", TODAY)
    held = [day for day in range(7, 19) if period.reported.hold(date(2025, 5, day))]
    assert held == list(range(9, 17))
    assert not period.reported.hold(None)
    for question, known in (("How many as of 9 May 2025?", 9), ("How many by 9 May 2025?", 10)):
        (until,) = periods_of(question, TODAY)
        assert [day for day in range(1, 31) if until.reported.hold(date(2025, 5, day))] == list(range(1, known + 1))


@pytest.fixture(scope="module")
def two_councils(tmp_path_factory: pytest.TempPathFactory, sample_index: Path) -> Path:
    """An index of two reports that differ in nothing but their day and a name."""
    folder = tmp_path_factory.mktemp("councils")
    for day, name in (("2025-01-14", "Quay Street"), ("2026-02-27", "Mill Street")):
        text = f"The council decided on Tuesday to close {name} to cars. Councillors voted after a long debate."
        write(folder / "news" / f"{day}.md", "Council closes street to cars", text, date=day)
    shutil.copytree(Folder(sample_index).path / "encoder", folder / "index" / "encoder", copy_function=os.link)
    reindex([folder / "news"], folder / "index")
    return folder / "index"


@pytest.mark.parametrize(
    ("asked_on", "street"), [("2025-01-16", "Quay Street"), ("2026-03-03", "Mill Street")], ids=["then", "now"]
)
def test_last_week_is_reckoned_from_the_day_of_the_question(two_councils: Path, asked_on: str, street: str) -> None:
    with Assistant.open(two_councils) as assistant:
        for question in ("Which street did the council decide last week to close?", "Which street is to close?"):
            answer = assistant.ask(question, asked_on=asked_on)
            assert street in answer.passages[0].chunk.text


@pytest.mark.slow
def test_an_explicit_period_shuts_other_days_out_or_says_that_it_did_not(two_councils: Path) -> None:
    question = "Which street did the council decide in {} to close to cars?"
    with Assistant.open(two_councils) as assistant:
        found = assistant.ask(question.format("January 2025"))
        assert (found.period, found.notice) == ("January 2025", "")
        assert {citation.published for citation in found.citations} == {date(2025, 1, 14)}
        typed = assistant.ask(question.format("January 2025"), exact=True)
        assert typed.period == ""
        unknown = assistant.ask(question.format("June 2019"))
        assert unknown.period == ""
        other = assistant.ask("Who voted in January 2025 after a long debate in Mill Street?")
        assert bool(other.period) != bool(other.notice), (
            "either its days alone were searched, or it is said that others were"
        )


def test_nothing_later_than_the_day_of_the_question_is_cited(two_councils: Path) -> None:
    question = "Which street did the council decide to close to cars?"
    with Assistant.open(two_councils) as assistant:
        for name in ("as_of", "asked_on"):
            answer = assistant.ask(question, **{name: "2025-06-01"})
            assert {passage.article.published for passage in answer.passages} == {date(2025, 1, 14)}
            assert "Mill" not in answer.text
        assert assistant.ask(question, as_of="2020-01-01").status == "not_found"
        assert assistant.ask(question, as_of="2020-01-01").passages == ()
        later = assistant.ask(question, as_of="2026-03-01")
        assert len({passage.article.id for passage in later.passages}) == 2
        with pytest.raises(BadRequestError, match=r"as_of .* are the same day"):
            assistant.ask(question, as_of="2020-01-01", asked_on="2020-01-02")
        with pytest.raises(BadRequestError, match="exact is True or False"):
            assistant.ask(question, exact="yes")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("Who is running the port now?", True), ("Is the bridge still closed?", True),
        ("What is the latest count?", True),
        ("Who is the current mayor?", True), ("How many so far?", True),
        ("Who painted a still life?", False), ("How strong is the current in the river?", False),
        ("What did she say until now?", False), ("Who was lately seen?", False), ("Who knows?", False),
    ],
)  # fmt: skip
def test_the_newest_state_is_asked_for(question: str, wanted: bool) -> None:
    assert wants_latest(question) is wanted


def test_the_newest_report_goes_first_and_its_age_is_told(two_councils: Path) -> None:
    with Assistant.open(two_councils) as assistant:
        answer = assistant.ask("Which street is now closed to cars by the council?", as_of="2026-03-03")
        assert answer.passages[0].article.published == date(2026, 2, 27)
        assert "The newest report cited is of 27 February 2026, 4 days old." in answer.caveat
        dated = assistant.ask(
            "Which street was still closed to cars by the council in February 2026?", as_of="2026-03-03"
        )
        assert dated.citations
        assert "newest report" not in dated.caveat, "it asks about a day that it names"


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (0, "the same day"),
        (1, "a day old"),
        (9, "9 days old"),
        (100, "3 months old"),
        (800, "2 years old"),
    ],
)
def test_ages(days: int, told: str) -> None:
    assert age(date.fromordinal(TODAY.toordinal() - days), TODAY).endswith(f", {told}.")


@pytest.mark.parametrize(
    ("question", "general"),
    [
        ("What happened?", True), ("What's the latest news?", True), ("Show me the top headlines", True),
        ("Any news?", True),
        ("What happened to the bridge?", False), ("Who won?", False), ("Why?", False), ("", False),
    ],
)  # fmt: skip
def test_questions_for_what_happened_at_all(question: str, general: bool) -> None:
    assert is_general(question) is general


@pytest.mark.parametrize(
    ("question", "general"),
    [
        ("What is this article about?", True), ("Summarise this article.", True), ("Summarize it", True),
        ("What's the gist?", True), ("What are the main points?", True), ("What happened?", True),
        ("Tell me about the Greens", False), ("What is said about turnout?", False), ("Who said so?", False),
        ("How did the article come about?", False), ("", False),
    ],
)  # fmt: skip
def test_questions_for_what_an_article_says_at_all(question: str, general: bool) -> None:
    assert is_general(question, of_article=True) is general
    assert not is_general(question) or "happened" in question


def test_an_article_that_is_asked_alone_is_summed_up(assistant: Assistant) -> None:
    first = assistant.ask("How many homes were flooded at Lowmere?").citations[0].article_id
    about, summed = (
        assistant.ask(question, articles=[first]) for question in ("What is it about?", "Summarise this article.")
    )
    assert [len(one.citations) for one in (about, summed)] == [1, 2]
    assert {citation.article_id for one in (about, summed) for citation in one.citations} == {first}
    assert assistant.ask("Summarise this article.").status == "not_found"


@pytest.mark.slow
def test_what_happened_in_a_month_is_told_from_its_articles(assistant: Assistant) -> None:
    answer = assistant.ask("What happened in May 2025?")
    assert answer.period == "May 2025"
    assert answer.citations
    for passage in answer.passages:
        assert passage.article.published is not None
        assert (passage.article.published.year, passage.article.published.month) in ((2025, 5), (2025, 6))


def test_the_command_shows_the_period_and_takes_a_day(sample_index: Path) -> None:
    asked = ["ask", "How many homes were flooded at Lowmere in May 2025?", "--index", sample_index]
    assert "Searched: May 2025" in dateline(*asked).stdout
    assert "Searched" not in dateline(*asked, "--exact").stdout
    assert (
        "412"
        not in dateline(
            *asked[:1], "How many homes were flooded at Lowmere?", *asked[2:], "--as-of", "2025-05-09"
        ).stdout
    )
