"""What the reader is trained on: questions as they are typed, passages that do not answer, lines that state nothing."""

import json
import random
from pathlib import Path

import pytest
import torch
from torch import nn

from index.embed.model import SentenceEmbeddings
from qa.judge.reader import Reader, Reading
from training import augment
from training.data import Item, load, split
from training.encode import Encoder, collate
from training.loss import distance, loss
from training.model import Network
from training.news import unlabelled
from training.pack import Batch, Packed, Pair
from training.rounded import Rounded
from training.sample import Sampler, epoch

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


@pytest.fixture(scope="module")
def pairs(folder: Path, encoder: Encoder) -> list[Pair]:
    """Return the set's questions, several times, each as another example."""
    return [pair for seed in range(6) for pair in drawn(folder, encoder, seed)]


def drawn(folder: Path, encoder: Encoder, seed: int) -> list[Pair]:
    return epoch({"set": items(folder)}, {"set": 3}, encoder, share=1.0, seed=seed)


def batches(packed: Packed, tokens: int = 2000) -> list[Batch]:
    return [packed.batch(place) for place in packed.plan(tokens, seed=4)]


def test_a_seed_gives_the_same_batches(folder: Path, encoder: Encoder) -> None:
    runs = [batches(Packed.of(drawn(folder, encoder, 4))) for _ in range(2)]
    ids = [[batch.inputs["input_ids"].tolist() for batch in run] for run in runs]
    assert ids[0] == ids[1] != []


def test_packed_windows_are_what_they_were(pairs: list[Pair], tmp_path: Path) -> None:
    Packed.of(pairs).save(tmp_path / "pairs.gz")
    packed = Packed.load(tmp_path / "pairs.gz")
    wanted = {tuple(example.window.ids): example for pair in pairs for example in pair.examples}
    seen = 0
    for batch in batches(packed):
        for row, mask in enumerate(batch.inputs["attention_mask"]):
            size = int(mask.sum())
            example = wanted[tuple(batch.inputs["input_ids"][row, :size].tolist())]
            for name, array in collate([example.window]).items():
                assert batch.inputs[name][row][tuple(map(slice, array[0].shape))].tolist() == array[0].tolist()
            assert set(batch.right[row].nonzero().flatten().tolist()) == example.right
            votes = [(first, last) for first, last, _ in example.answers]
            assert sorted(batch.votes[row, 0].nonzero().flatten().tolist()) == sorted({first for first, _ in votes})
            assert sorted(batch.votes[row, 1].nonzero().flatten().tolist()) == sorted({last for _, last in votes})
            seen += 1
    assert seen == len(packed) == sum(len(pair.examples) for pair in pairs)


def test_rivals_are_an_answer_and_a_passage_without_it(pairs: list[Pair]) -> None:
    found = 0
    for batch in batches(Packed.of(pairs), tokens=500):
        assert batch.right[batch.rivals].any(-1).all()
        assert not batch.right[batch.rivals + 1].any()
        found += len(batch.rivals)
    assert found == sum(pair.rivals for pair in pairs)


@pytest.mark.slow
def test_what_nobody_judged_counts_nothing(tmp_path: Path, encoder: Encoder) -> None:
    rows = [{"title": "Ellery", "text": " ".join([TEXT] * 9)}, {"title": "A note", "text": "It is short."}]
    (tmp_path / "articles.jsonl").write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    asked = unlabelled(tmp_path / "articles.jsonl", 20, ["Who runs the ferry?"], encoder, random.Random(3))
    assert len(asked) == 20
    (batch, *_) = batches(Packed.of(asked))
    assert float(loss(Network()(**batch.inputs), batch).detach()) == 0


@pytest.mark.slow
def test_a_learner_nears_its_teacher(pairs: list[Pair]) -> None:
    torch.manual_seed(1)
    teacher, learner = Network(), Network()
    packed = Packed.of(pairs[:4])
    with pytest.raises(ValueError, match="Ask the teacher"):
        distance(teacher(**batches(packed)[0].inputs), batches(packed)[0])
    packed.ask(teacher, bf16=False)
    (batch, *_) = batches(packed)
    with torch.inference_mode():
        same, other = (distance(one.eval()(**batch.inputs), batch) for one in (teacher, learner))
    assert same < other


def test_a_rounded_layer_is_near_and_learns() -> None:
    torch.manual_seed(1)
    layer, x = Rounded(64, 32), torch.randn(5, 64)
    plain = layer(x)
    layer.rounding = True
    rounded = layer(x)
    assert 0 < (plain - rounded).abs().max() < 0.1
    rounded.sum().backward()  # type: ignore[no-untyped-call]
    assert layer.weight.grad is not None
    assert torch.allclose(layer.weight.grad, nn.Linear(64, 32).weight * 0 + x.sum(0), atol=0.1)


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
