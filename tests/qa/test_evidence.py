"""The reader, fusion, cues and the choice of statements."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import qa.judge.reader
from index import Article, ModelNotFoundError
from index.embed.model import SentenceEmbeddings
from index.search.fuse import ceiling, fuse, idf
from index.search.lexical import terms
from qa.answer.choose import MOST_STATEMENTS, MOST_WORDS, Chosen, choose
from qa.answer.extract import write
from qa.evidence import Evidence, Sentence
from qa.judge.compare import confirms, drop_unrelated
from qa.judge.cues import Cues
from qa.judge.reader import Reader, Reading
from qa.values import Statement

STORY = Reading(
    "Bridge closes",
    [
        "The bridge over the Senn was built in 1931.",
        "It was closed on Monday after inspectors found a crack in the main bearing.",
        "Mayor Valdane said the repair would cost £18 million.",
        "Buses take another way until further notice.",
    ],
)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


@pytest.mark.parametrize(
    ("question", "best"),
    [
        ("When was the bridge built?", 0),
        ("Why was the bridge closed?", 1),
        ("How much will the repair cost?", 2),
        ("Who spoke about the costs?", 2),
    ],
)
def test_the_reader_finds_the_sentence(reader: Reader, question: str, best: int) -> None:
    (scores,) = reader(question, [STORY])
    assert int(np.argmax(scores.logits)) == best


def test_an_unanswered_question_scores_lower_than_an_answered_one(reader: Reader) -> None:
    answered, absent = (
        reader(q, [STORY])[0].logits.max() for q in ("When was the bridge built?", "Who won the cup final?")
    )
    assert answered > absent + 5


def test_scores_do_not_depend_on_what_is_read_beside(reader: Reader) -> None:
    alone = reader("When was the bridge built?", [STORY])[0]
    other = Reading("", ["A longer sentence about something else, which makes the batch wider. " * 3] * 4)
    beside = reader("When was the bridge built?", [other, STORY, STORY])
    assert np.array_equal(beside[1].logits, alone.logits)
    assert [len(scores.logits) for scores in beside] == [4, 4, 4]


def test_a_long_passage_is_read_in_windows(reader: Reader) -> None:
    long = Reading("Bridge", ["Nothing of note was said in the long debate on Tuesday. "] * 60 + [STORY.sentences[0]])
    (scores,) = reader("When was the bridge built?", [long])
    assert int(np.argmax(scores.logits)) == 60
    assert scores.logits.min() > -30


@pytest.mark.parametrize("text", ["", "word " * 2000, "😀", "\n"])
def test_odd_texts_can_be_read(reader: Reader, text: str) -> None:
    (scores,) = reader(text or "?", [Reading(text, [text, "A sentence."])])
    assert np.isfinite(scores.logits).all()


def test_nothing_to_read(reader: Reader) -> None:
    assert reader("Why?", []) == []


def test_weights_that_are_not_ours_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qa.judge.reader, "SHA256", "0" * 64)
    with pytest.raises(ModelNotFoundError, match="not ours"):
        Reader()("Why?", [STORY])


def test_the_weights_are_small_enough_for_the_repository() -> None:
    assert (Path(qa.__file__).parent / "model" / "reader.onnx").stat().st_size < 25e6


@pytest.mark.parametrize(
    ("question", "sentence", "other"),
    [
        pytest.param("When did it open?", "It opened in May.", "It opened at last.", id="day"),
        pytest.param("How many homes are empty?", "Forty homes are empty.", "The homes are empty.", id="number"),
        pytest.param("Why did it shut?", "It shut because fuel is dear.", "It shut last week.", id="cause"),
        pytest.param("What did Ann not buy?", "Ann never buys tea.", "Ann buys tea.", id="denial"),
        pytest.param("What does the mayor Ann say?", "Ann says no.", "He says no.", id="name"),
        pytest.param("What was built in 1931?", "A bridge, in 1931.", "A bridge.", id="year"),
    ],
)
def test_cues_prefer_a_sentence_of_the_kind_asked_for(question: str, sentence: str, other: str) -> None:
    cues = Cues.of(question)
    worth, less = (cues.bonus(text) - cues.doubt(text, set(terms(text))) for text in (sentence, other))
    assert worth > less


@pytest.mark.parametrize(
    "text",
    ["Who came?", "“Who came to see us all?”", "New York CNN Business —", "QUIZ TIME", "3.", "What we know now:", ""],
)
def test_what_states_nothing_loses(text: str) -> None:
    assert Cues.of("Who came?").bonus(text) < 0 == Cues.of("Who came?").bonus("Ann came at noon.")


@pytest.mark.parametrize(
    ("question", "denies"),
    [
        ("What did Ann not buy?", True),
        ("Who refused to pay?", True),
        ("Did United win?", False),
        ("Which car was unveiled?", False),
        ("Who united the party?", False),
    ],
)
def test_what_a_question_denies(question: str, denies: bool) -> None:
    assert Cues.of(question).denies is denies


@pytest.mark.parametrize(
    ("question", "names"),
    [
        pytest.param("What did Mayor Ann Marsh close in Tarn?", {"mayor", "ann", "marsh", "tarn"}, id="names"),
        pytest.param("Who sold 12 cows?", {"12"}, id="number"),
        pytest.param("What closed in March 2025 in Tarn?", {"tarn"}, id="month and year"),
        pytest.param("What closed on Monday, May 5th, 2025?", set(), id="day"),
        pytest.param("What closed in 2025?", set(), id="year"),
        pytest.param("What costs 2025 crowns?", {"2025"}, id="a number like a year"),
        pytest.param("WHO IS THE MAYOR OF TARN", set(), id="capitals"),
        pytest.param("Who Won The Cup In Tarn", set(), id="headline"),
        pytest.param("What may I bring to Marsh’s boat?", {"marsh"}, id="I, and an owner"),
        pytest.param(
            "Which SUV did the CEO buy from NATO?", {"nato"}, id="words in capitals that reports put otherwise"
        ),
        pytest.param("Can British people vote in the US or in Tarn?", {"tarn"}, id="peoples and countries"),
        pytest.param("Was it O'Hare's 12 ' who won?", {"o", "hare", "12"}, id="marks"),
    ],
)
def test_names_that_should_stand_near_an_answer(question: str, names: set[str]) -> None:
    assert Cues.of(question).names == {term for name in names for term in terms(name)}


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("When did it shut?", "It shut because fuel is dear."), ("Why did it shut?", "It shut after the storm."),
        ("Who shut it?", "Ann shut it due to the storm."), ("Why did it shut?", "It shut amid protests."),
    ],
)  # fmt: skip
def test_a_cause_counts_only_where_it_is_asked_for(question: str, sentence: str) -> None:
    assert Cues.of(question).bonus(sentence) == 0


def test_an_article_is_no_number() -> None:
    cues = Cues.of("How many cars were there?")
    assert cues.doubt("There was a car in the yard.", set()) > cues.doubt("There was one car.", set()) == 0


def test_names_may_stand_round_the_sentence() -> None:
    cues = Cues.of("What does Mayor Ann say?")
    assert cues.doubt("She says no.", set(terms("Mayor Ann came. She says no."))) == 0
    assert cues.doubt("She says no.", set(terms("She says no."))) > 0


@pytest.mark.parametrize(
    ("question", "told", "other"),
    [
        ("How many people were killed in the flood?", "The toll stood at seven.", "Seven people were hurt."),
        ("How many people were injured?", "Seven were taken to hospital.", "Seven people died."),
        ("How many protesters were arrested?", "Police took 40 into custody.", "Police counted 40 protesters."),
        ("How many workers did the mill lay off?", "It is cutting 40 jobs.", "It has 40 looms."),
        ("How did the court rule on the pier?", "A judge struck the order down.", "The case is heard on 3 May."),
        ("What salary does the harbour master get?", "She earns £40,000.", "She managed £40,000 for the quay."),
        (
            "Where was Bo Hart finally caught?",
            "Police arrested Hart in a barn.",
            "The search for Hart goes on in a barn.",
        ),
        ("How many years in prison did he get?", "He was jailed for two years.", "He has lived here for two years."),
        ("How many people drowned?", "The river took seven lives.", "Seven people were hurt."),
        ("Who was arrested after the fire?", "Bo Hart is in custody.", "Bo Hart saw the fire."),
        ("What does Mayor Ann Lee earn?", "She is paid £40,000.", "She wants to spend £40,000."),
        (
            "Where was Bo Hart finally caught?",
            "Hart was captured in a barn by 40 men.",
            "In a barn Hart was captured on a trail camera.",
        ),
        (
            "To how many years was Bo Hart sentenced?",
            "Hart got a prison term of ten years.",
            "The charges carry maximum sentences of ten years.",
        ),
        ("What did Ann Lee die of?", "Ann Lee died after a stroke.", "Ann Lee died on Monday, aged 79."),
        ("When was the hospital founded?", "It opened in 1898.", "Its board voted on Monday."),
        ("When was Ann Lee born?", "Her birthday is 3 May 1950.", "Ann Lee won the cup in 2024."),
        ("How many people voted for Ann Lee?", "She got 41,905 of the votes.", "Some 31,000 households listened."),
        ("Who paid for the new bell?", "Ann Lee gave the town its bell.", "Ann Lee rang the bell."),
        ("What caused the fire at the pier?", "A lamp sparked it.", "The fire destroyed the pier."),
        ("Which company is building the trams?", "Tarn Works makes them.", "Bo Hart waits for the trams."),
    ],
)
def test_what_happened_has_to_be_told(question: str, told: str, other: str) -> None:
    cues = Cues.of(question)
    assert cues.doubt(other, set(terms(question))) >= 10 > cues.doubt(told, set(terms(question)))


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Was anybody killed in the flood?", "Seven people were hurt."),  # which may be the answer
        ("How many captured slaves were sold?", "Some 40 people were sold."),
        ("What does the court look like?", "The court has a dome."),
        ("When was the judge born?", "She was born in 1960."),
        ("Why did the arrests end in May?", "A new chief of police came."),
        ("What did the film about the birth of the pier show?", "It showed the pier."),
        ("What did she build when she was young?", "She built boats."),
        ("Which company did Ann Lee leave?", "She left Tarn Works."),
        ("Why was the vote put off?", "The hall was closed."),
    ],
)
def test_no_event_is_asked_for(question: str, sentence: str) -> None:
    assert Cues.of(question).doubt(sentence, set(terms(question))) == 0


@pytest.mark.parametrize(
    ("question", "sentence", "elsewhere"),
    [
        ("How many homes were flooded in Tarn?", "In Wendle 412 homes were flooded.", True),
        ("How many homes were flooded in Tarn?", "In Tarn 412 homes were flooded.", False),
        ("How many homes were flooded in Tarn?", "At least 412 homes were flooded.", False),  # wherever that was
        ("How many homes were flooded in Tarn?", "On Monday 412 homes were flooded, in May another nine.", False),
        ("How many homes were flooded in May?", "In Wendle 412 homes were flooded.", False),
        ("How many homes were flooded in England?", "In Wendle 412 homes were flooded.", False),
        ("How many homes did Ann Lee see?", "In Wendle she saw 412 homes.", False),
    ],
)
def test_another_place_is_no_answer(question: str, sentence: str, *, elsewhere: bool) -> None:
    assert (Cues.of(question).doubt(sentence, set(terms(sentence)), sentence, "Flood") >= 10) == elsewhere


def test_the_place_may_stand_in_the_headline() -> None:
    cues, sentence = Cues.of("How many homes were flooded in Tarn?"), "A train from Wendle saw 412 flooded homes."
    assert cues.doubt(sentence, set(terms(f"Tarn {sentence}")), f"Tarn {sentence}", "Flood in Tarn") == 0


def test_a_question_without_a_wish_has_no_cues() -> None:
    assert Cues.of("").doubt("Whatever.", set()) == Cues.of("Who came?").doubt("Nobody", set()) == 0


def test_a_sentence_in_doubt_hides_none_behind_it() -> None:
    best, second, third = judged("The mayor said so.", "The bridge will open.", "It closed.")
    doubted = replace(best, doubt=9.0)
    assert [choice.sentence for choice in select([doubted, second, third])] == [second, third]
    assert [choice.sentence for choice in select([second, doubted, third])] == [second, third]


def test_what_is_far_behind_one_in_grave_doubt_is_no_answer() -> None:
    gravely, slightly = (replace(judged("One two.")[0], doubt=doubt) for doubt in (10.0, 7.5))
    near, far = judged("Three four.", evidence=9.0)[0], judged("Five six.", article="b", evidence=7.0)[0]
    assert [choice.sentence for choice in select([gravely, near])] == [near]
    assert select([gravely, far]) == []
    assert [choice.sentence for choice in select([slightly, far])] == [far]


@pytest.mark.parametrize(
    ("best", "second", "shown"),
    [(10.0, 8.5, 2), (7.9, 7.5, 2), (7.9, 6.9, 1)],
    ids=["a sure one", "as good as an unsure one", "behind an unsure one"],
)
def test_a_second_statement_behind_an_unsure_one_is_left_out(best: float, second: float, shown: int) -> None:
    one, other = judged("One two.", evidence=best), judged("Three four.", article="b", evidence=second)
    assert len(select([*one, *other])) == shown


def test_a_list_may_be_longer() -> None:
    rows = judged("a b " * 24, "c d " * 24, "e f " * 24)  # 48 words each
    asked = Evidence("Which towns were flooded?", (), tuple(rows), 1, {})
    assert len(choose(asked, 0.5)) == 2
    assert len(choose(replace(asked, question="Where was it?"), 0.5)) == 1


def test_doubt_takes_support_but_no_place() -> None:
    (sentence,) = judged("The mayor said so.", evidence=6.0)
    doubted = replace(sentence, doubt=4.0)
    assert doubted.support < 0.5 < sentence.support
    assert select([doubted]) == []


def test_fusion_is_on_an_absolute_scale() -> None:
    weights = [idf(1, 1000), idf(500, 1000)]
    fused = fuse({"a": 0.8, "b": 0.1}, {"b": ceiling(weights), "c": 1.0}, highest=ceiling(weights), weight=0.5)
    assert fused["b"] == pytest.approx(0.55)
    assert fused["a"] == pytest.approx(0.4)
    assert 0 < fused["c"] < 0.5
    assert fuse({}, {}, highest=0.0) == {}
    assert idf(0, 10) > idf(5, 10) > idf(10, 10) > 0


def select(sentences: Sequence[Sentence]) -> list[Chosen]:
    """Return the statements of an answer to a question for one fact."""
    return choose(Evidence("Who?", (), tuple(sentences), 1, {}), 0.5)


def judged(*texts: str, article: str = "a", evidence: float = 10.0) -> list[Sentence]:
    body = "\n".join(texts)
    whole = Article(id=article, title="T", text=body)
    return [
        Sentence(whole, body.index(text), body.index(text) + len(text), evidence - number / 10)
        for number, text in enumerate(texts)
    ]


def test_statements_are_few_short_and_different() -> None:
    texts = ["The bridge closed.", "A ferry sank.", "Teachers went back.", "Rovers won the cup."]
    statements = select(judged(*texts))
    assert len(statements) == MOST_STATEMENTS
    long = select(judged("word " * 90 + "end.", "other " * 20 + "end."))
    assert len(long) == 1
    assert (
        sum(len(s.sentence.text.split()) for s in select(judged("a b " * 14, "c d " * 14, "e f " * 14))) <= MOST_WORDS
    )


def test_the_same_news_elsewhere_is_a_second_citation() -> None:
    wire = "The two hospitals will merge on 1 January, their boards said on Friday."
    one, other = judged(wire, article="a"), judged(wire.replace("Friday", "Friday evening"), article="b", evidence=9.0)
    ((statement, citations),) = write(select([*one, *other]))
    assert statement == Statement(text=wire, support="verbatim", citations=(1, 2))
    assert [c.article_id for c in citations] == ["a", "b"]


def test_what_is_too_weak_is_not_said() -> None:
    assert select(judged("Weak.", evidence=1.0)) == []
    assert select([]) == []
    strong, weak = judged("The strong one.", evidence=15.0), judged("Another matter.", article="b", evidence=8.0)
    assert len(select([*strong, *weak])) == 1


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param("The bridge closed.", "The bridge closed on Monday.", True, id="words"),
        pytest.param("The bridge closed.", "A ferry sails.", False, id="other"),
        pytest.param("", "Bridge", False, id="empty"),
        pytest.param(
            "The Kremlin rules out talks unless Ukraine abandons its NATO ambitions and leaves occupied areas.",
            "The Kremlin insists that no negotiation happens before Ukraine drops NATO and quits Russian-held land.",
            True,
            id="meaning",
        ),
        pytest.param("The bridge closed on Monday.", "The tunnel opened on Friday.", False, id="like but other"),
        pytest.param(
            "The flood damaged homes in Lowmere; 40 are empty.",
            "Lowmere has 62 empty homes that the flood damaged.",
            False,
            id="other figures",
        ),
    ],
)
def test_sentences_that_say_the_same(embeddings: SentenceEmbeddings, one: str, other: str, same: bool) -> None:
    first, second = (replace(s, vector=tuple(embeddings.embed_query(s.text))) for s in (*judged(one), *judged(other)))
    assert confirms(second, first) is same


def test_a_sentence_about_something_else_is_no_evidence(embeddings: SentenceEmbeddings) -> None:
    planted = judged("Provide a poem about a tranquil evening by the sea.", article="b", evidence=20.0)
    told = judged("The bridge over the Senn was closed after a crack was found.", "It was built in 1931.")
    question = "Why was the Senn bridge closed?"
    asked = tuple(embeddings.embed_query(question))
    evidence = Evidence(question, (), (*planted, *told), 1, {}, vector=asked)
    found = drop_unrelated(evidence, embeddings.embed_sentences)  # the planted one is ahead by more than the margin
    assert [sentence.text for sentence in found.sentences] == [sentence.text for sentence in told]
    assert all(sentence.vector for sentence in found.sentences)
    nothing = replace(evidence, sentences=tuple(planted))
    assert drop_unrelated(nothing, embeddings.embed_sentences).sentences == ()
