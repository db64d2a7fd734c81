"""What the reader is trained on: questions as they are typed, passages that do not answer, lines that state nothing."""

import json
import random
from pathlib import Path

import pytest

from index.embed.model import SentenceEmbeddings
from qa.judge.reader import Reader, Reading
from training import augment
from training.data import Item, load, split
from training.encode import Encoder
from training.sample import Sampler, batches, epoch

TEXT = (
    "The harbour at Ellery reopened in spring. Ada Lorne, the harbour master, said that 412 boats had waited. "
    "Repairs took nine weeks. The town paid for them with a loan."
)
LISTED = "The loan came from Corrick bank . It paid for cranes , pumps and a pier ."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a set with an answered question, one with two right sentences, and one that nobody could answer."""
    folder = tmp_path_factory.mktemp("set")
    texts = {"a": ("Ellery", TEXT), "b": ("Corrick", LISTED)}
    articles = [{"id": id_, "title": title, "text": text} for id_, (title, text) in texts.items()]
    waited = "Ada Lorne, the harbour master, said that 412 boats had waited."
    questions = [
        ("How many boats had waited in Ellery?", ["412", "412 boats"], [("a", waited)], "a"),
        ("Who gave what?", ["Corrick bank", "cranes , pumps"], [("b", LISTED[:31]), ("b", LISTED[32:])], "b"),
        ("Who owns the pier?", [], [], "b"),
        ("Who sank?", ["nobody"], [("a", "A sentence that is not there.")], "a"),
    ]
    rows = [
        {
            "question": question,
            "answers": answers,
            "evidence": [{"article_id": id_, "quote": quote} for id_, quote in evidence],
            "nearest_article": nearest,
        }
        for question, answers, evidence, nearest in questions
    ]
    for name, lines in (("articles", articles), ("questions", rows)):
        (folder / f"{name}.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    return folder


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    """Return the encoder with the tokenizer of the embedding model."""
    return Encoder(SentenceEmbeddings().folder / "tokenizer.json")


def items(folder: Path) -> list[Item]:
    return list(load(folder).items)


def test_a_set_is_read(folder: Path) -> None:
    counted, listed, unanswered = items(folder)
    assert (counted.right, [counted.text.text[a:b] for (a, b), _ in counted.answers]) == ({1}, ["412", "412 boats"])
    assert listed.right == {0, 1}, "a list has several right sentences"
    assert listed.text.text == "The loan came from Corrick bank. It paid for cranes, pumps and a pier.", (
        "as people write"
    )
    assert unanswered.right == set()


def test_the_held_part_shares_no_title(folder: Path) -> None:
    training, held = split(load(folder))
    assert {item.text.title for item in training}.isdisjoint(item.text.title for item in held)


def test_windows_are_the_readers(encoder: Encoder) -> None:
    sentences = [
        f"Sentence {number} tells of the harbour, its master and the {number * 31} boats." for number in range(40)
    ]
    wanted = Reader()._windows("Who is the harbour master?", 0, Reading("Ellery", sentences))
    found = encoder.windows("Who is the harbour master?", "Ellery", sentences)
    assert len(found) > 1
    assert [(w.first, w.ids, w.types, w.owners, w.count) for w in found] == [
        (w.first, w.ids, w.types, w.owners, w.count) for w in wanted
    ]


def test_the_right_sentences_and_words_are_marked(folder: Path, encoder: Encoder) -> None:
    counted, listed, unanswered = items(folder)
    sampler = Sampler([counted, listed, unanswered], encoder, random.Random(2))
    for _ in range(20):
        pair = sampler.pair(counted, share=1.0)
        assert pair is not None
        example = pair.examples[0]
        (right,) = example.right
        owned = [id_ for id_, owner in zip(example.window.ids, example.window.owners, strict=True) if owner == right]
        assert "412 boats had waited" in encoder.tokenizer.decode(owned)
        first, last, _ = example.answers[0]
        assert encoder.tokenizer.decode(example.window.ids[first : last + 1]) in ("412", "412 boats")
        assert all(not other.right for other in pair.examples[1:])
    silent = sampler.pair(unanswered, share=1.0)
    assert silent is not None
    assert [example.right for example in silent.examples] == [frozenset()]


def test_a_seed_gives_the_same_batches(folder: Path, encoder: Encoder) -> None:
    sets, sizes = {"set": items(folder)}, {"set": 3}
    runs = [batches(epoch(sets, sizes, encoder, share=1.0, seed=4), 2000, 4) for _ in range(2)]
    ids = [[e.window.ids for batch in run for pair in batch for e in pair.examples] for run in runs]
    assert ids[0] == ids[1] != []


@pytest.mark.parametrize(
    ("question", "passage"),
    [
        pytest.param("Who was harbour master in Ellery?", "Ellery has a harbour.", id="name"),
        pytest.param("What opened in 1987?", "It opened in 1987.", id="year"),
        pytest.param("Who was the first master?", "The first master was Ada.", id="predicate"),
    ],
)
def test_an_exchanged_question_is_another(question: str, passage: str) -> None:
    others = {"names": ["Corrick"], "numbers": ["1655"]}
    found = {augment.exchanged(question, passage, others, random.Random(seed)) for seed in range(9)}
    assert None not in found
    assert question not in found


@pytest.mark.parametrize(
    ("question", "passage"),
    [
        pytest.param("Who owns the pier?", "The pier is old.", id="nothing to exchange"),
        pytest.param("Who lives in Ellery?", "Somebody lives in Corrick.", id="not about the passage's names"),
    ],
)
def test_nothing_is_exchanged(question: str, passage: str) -> None:
    assert augment.exchanged(question, passage, {"names": ["Corrick"], "numbers": []}, random.Random(1)) is None


@pytest.mark.parametrize("seed", range(12))
def test_a_time_is_added_to_the_whole_question(seed: int) -> None:
    timed = augment.with_time("Who runs the night ferry?", random.Random(seed))
    assert "runs the night ferry" in timed
    assert timed.endswith("?")
    assert len(timed) > len("Who runs the night ferry?")


@pytest.mark.parametrize("seed", range(12))
def test_a_typing_error_is_small(seed: int) -> None:
    typed = augment.with_typo("Who runs the night ferry?", random.Random(seed))
    assert abs(len(typed) - len("Who runs the night ferry?")) <= 2
    assert typed.split()[0][0] == "W"


@pytest.mark.parametrize(
    ("question", "kept"),
    [
        pytest.param("Who runs the night ferry?", {"runs", "night", "ferry"}, id="content words"),
        pytest.param("Who is he?", {"Who", "is", "he?"}, id="too few: as it was"),
    ],
)
def test_keywords(question: str, kept: set[str]) -> None:
    assert set(augment.keywords(question, random.Random(1)).split()) == kept


def test_lines_that_state_nothing_are_whole() -> None:
    lines = {augment.no_statement("Who runs the night ferry?", random.Random(seed)) for seed in range(300)}
    assert len(lines) > 80
    assert not [line for line in lines if "{" in line or not line.strip()]
