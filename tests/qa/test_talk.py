"""What people type in a conversation: fragments, corrections, "who said that", short questions, no word at all."""

from collections.abc import Sequence

import pytest

from index.search.lexical import terms
from qa import Assistant, Turn
from qa.intent.fragment import asks_who_said, completed, corrected, fragment
from qa.talk.courtesy import without_courtesy
from qa.talk.followup import points_back, resolve
from tests.talked import MAYOR, Counts


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("And in Tarn?", "in Tarn"), ("What about the cost", "the cost"), ("and for children?", "for children"),
        ("or Valdane", "Valdane"), ("OK, and the tram?", "the tram"), ("And who lost?", ""), ("but why", ""),
        ("And the other one?", ""), ("So?", ""), ("Andover?", ""), ("How about we stop?", "we stop"),
        ("and what is the price", ""), ("Who won and where?", ""),
        ("and then the mayor of the town had to go", ""),
    ],
)  # fmt: skip
def test_a_fragment_is_no_whole_question(text: str, rest: str) -> None:
    assert fragment(text) == rest


@pytest.mark.parametrize(
    ("before", "rest", "question", "replaced"),
    [
        ("How many homes were flooded in Lowmere?", "in Tarn", "How many homes were flooded in Tarn?", "Lowmere"),
        ("Who won the vote in 2021?", "in 2025", "Who won the vote in 2025?", "2021"),
        ("Who won the vote in Tarn?", "in 2025", "Who won the vote in Tarn in 2025?", ""),
        ("How much is a ticket for the tram", "for children", "How much is a ticket for the tram for children?", ""),
        ("How many votes did Ada Lind get?", "Bo Hart", "How many votes did Bo Hart get?", "Ada Lind"),
        ("When did Ada Lind meet Bo Hart?", "Cy Dorn", "When did Ada Lind meet Cy Dorn?", "Bo Hart"),
        ("How many homes were flooded?", "the cost", "", ""),
        ("Who won?", "Tarn", "", ""),
    ],
)
def test_the_question_before_is_asked_of_something_else(before: str, rest: str, question: str, replaced: str) -> None:
    assert completed(before, rest) == (question, replaced)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("no, I meant the tram", "the tram"), ("Sorry, who won?", "who won?"), ("wait, I mean in Tarn", "in Tarn"),
        ("No, not that one, the bridge", "the bridge"), ("No one was hurt?", ""), ("no", ""), ("Noah Brandt?", ""),
        ("Sorry state of the port?", ""), ("What do you mean?", ""), ("No problem at the port?", ""),
        ("Imean?", ""), ("Was it meant for her?", ""),
    ],
)  # fmt: skip
def test_a_correction_says_what_is_meant(text: str, meant: str) -> None:
    assert corrected(text) == meant


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Great, thanks. Who lost?", "Who lost?"), ("Thanks, who won?", "who won?"), ("ok and where?", "and where?"),
        ("Good and bad news?", "Good and bad news?"), ("OK Corral, who won?", "OK Corral, who won?"),
        ("Perfect storm, who wrote it?", "Perfect storm, who wrote it?"), ("thanks", "thanks"), ("ok.", "ok."),
        ("Thanks to whom did they win?", "Thanks to whom did they win?"),
    ],
)  # fmt: skip
def test_thanks_before_a_question_are_left_out(text: str, question: str) -> None:
    assert without_courtesy(text) == question


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("who said that?", True), ("And who said so", True), ("Who told it?", True), ("Who said thanks?", False),
        ("Who said that the bridge would close?", False), ("Who said it was closed?", False), ("Who is that?", False),
    ],
)  # fmt: skip
def test_who_said_that_asks_for_a_speaker(question: str, asks: bool) -> None:
    assert asks_who_said(question) is asks
    assert not asks or points_back(question)


def said(question: str, answer: str) -> tuple[Turn, Turn]:
    return Turn("user", question), Turn("assistant", answer)


COACH = said("Who is the new coach of the Rovers?", "PORT ELLERY (Northline Wire) - Port Ellery Rovers have named Lena "
             "Brandvold as their new head coach.")  # fmt: skip
SEAT = said(
    "Who will fill Dora Fenn's seat?", "Governor Gus Norden will appoint Lara Bute to fill the seat of Sen. Dora Fenn."
)
MAX = said("What is HBO Max?", "HBO Max is a service, said Dan Zass, who leads it.")
STAGE = said("Who interviewed Ada Lind on Chirper?", "Chirper has said that Bo Hart interviews her on Chirper Stages.")
GUEST = said("Who interviewed Lind on Chirper?", "Mayor Ada Lind will speak with Bo Hart, the owner of Chirper.")
BROTHERS = said("Who is Hal Bide's father?", "It is Joe Bide.")


@pytest.mark.parametrize(
    ("history", "question", "person"),
    [
        pytest.param(COACH, "How old is she?", "Lena Brandvold", id="no club and no agency"),
        pytest.param(SEAT, "How old is she?", "Lara Bute", id="who stands beside what was asked"),
        pytest.param(MAX, "What did he say?", "Dan Zass", id="no acronym"),
        pytest.param(BROTHERS, "How old is he?", "Joe Bide", id="of one surname"),
        pytest.param(STAGE, "Where does he live?", "Bo Hart", id="no first word of another name"),
        pytest.param(GUEST, "Where does he live?", "Bo Hart", id="not whom the question names by surname"),
        pytest.param(said("Who is Ada Lind?", "Ada Lind beat Bo Hart."), "How old is she?", "Ada Lind", id="who is"),
        pytest.param(said("What happened?", "Ada Lind beat Bo Hart."), "How old is she?", "Ada Lind", id="the subject"),
        pytest.param(
            (*said("Who won?", "Ada Lind won."), *said("Whom did she beat?", "She beat Bo Hart, 43, of Tarn.")),
            "Where does she live?", "Ada Lind", id="the same she as before",
        ),
        pytest.param(
            (*said("Who won?", "Ada Lind won."), *said("Whom did she beat?", "She beat Bo Hart, 43, of Tarn.")),
            "Where does he live?", "Bo Hart", id="another pronoun",
        ),
    ],
)  # fmt: skip
def test_she_is_whom_the_answer_is_about(history: Sequence[Turn], question: str, person: str) -> None:
    assert resolve(question, history, Counts()).person == person


def test_it_is_rather_a_thing_than_a_person() -> None:
    history = said("Who is the skipper of the late boat?", "Skipper Jonah Peel, 58, asked for the watch.")
    assert "Jonah Peel" not in " ".join(resolve("How big is it?", history, Counts()).carried)
    assert "Jonah Peel" in " ".join(resolve("How old is he?", history, Counts()).carried)


COMMON = Counts(judg=300, injur=300, host=300, lost=300)


@pytest.mark.parametrize(
    ("question", "continues"),
    [
        ("Who is the judge?", True), ("Was anyone injured?", True), ("Who hosts?", True), ("Who was the MVP?", True),
        ("Who runs the night ferry?", False), ("Who is Valdane?", False), ("Ferry", False), ("And who lost?", False),
        ("How many tiles fell from the roof?", False),
    ],
)  # fmt: skip
def test_what_says_little_is_asked_of_the_same_story(question: str, continues: bool) -> None:
    assert resolve(question, MAYOR, COMMON).continues is continues


@pytest.mark.parametrize(
    ("question", "leans"),
    [
        ("And how many seats will the stadium have?", False), ("but what did the council decide", False),
        ("And who lost?", True), ("and the stadium?", True), ("And then what did the council decide?", True),
        ("And what did its boss promise to do?", True), ("What about the seats of the stadium?", True),
    ],
)  # fmt: skip
def test_a_whole_question_behind_and_says_enough(question: str, leans: bool) -> None:
    assert points_back(question) is leans


@pytest.mark.parametrize(
    ("question", "takes"), [("asdf", False), ("qwrt zxcv", False), ("why", True), ("and asdf?", True)]
)
def test_a_word_that_no_article_has_asks_nothing_of_what_was_said(question: str, takes: bool) -> None:
    assert bool(resolve(question, MAYOR, Counts(asdf=0, qwrt=0, zxcv=0)).carried) is takes


def test_what_is_replaced_is_not_carried() -> None:
    resolved = resolve("And in Tarn?", said("How many homes were flooded in Lowmere?", "In Lowmere 340."), Counts())
    assert resolved.spoken == "How many homes were flooded in Tarn?"
    assert "lowmer" not in terms(resolved.text)


TALKS = (
    (("Who is the new coach of the Rovers?", "where was she before"), "Halvik"),
    (("What happened at the Harbour Bridge?", "who drove the first bus"), "Carla Mendip"),
    (("Who wants to rebuild Saltmarket?", "when is the vote"), "24 February"),
    (("How many homes were flooded in Lowmere?", "who said that"), "fire service"),
    (("Who gave the most to the flood fund?", "Thanks. Who won the mayoral election?"), "Colbeck"),
    (("Is the cannery closing?", "what do they get", "no, I meant the severance deal"), "severance"),
)


@pytest.mark.parametrize(("questions", "answer"), TALKS, ids=[questions[-1] for questions, _ in TALKS])
def test_a_conversation_is_followed(assistant: Assistant, questions: Sequence[str], answer: str) -> None:
    talk = assistant.chat()
    *_, last = [talk.ask(question) for question in questions]
    assert answer in last.text, (last.rewritten, last.text)


def test_a_short_question_that_the_story_does_not_answer_is_asked_alone(assistant: Assistant) -> None:
    talk = assistant.chat()
    talk.ask("What are Russia's preconditions?")
    answer = talk.ask("Who is mayor now?")
    assert "Colbeck" in answer.text
