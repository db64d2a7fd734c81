"""A cross-encoder that the user names orders the passages."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from langchain_core.cross_encoders import BaseCrossEncoder

from index import BadRequestError, ModelNotFoundError
from index.embed.model import SentenceEmbeddings
from qa import Assistant
from qa.find.rerank import NamedCrossEncoder
from tests.command import dateline

QUESTION = "Why was the Harbour Bridge closed in January 2025?"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory, embeddings: SentenceEmbeddings) -> Callable[[int], Path]:
    """Makes cross-encoders of one layer and 32 dimensions, with so many scores for a pair."""

    def make(labels: int) -> Path:
        import torch
        from transformers import BertConfig, BertForSequenceClassification

        path = tmp_path_factory.mktemp("encoder") / f"{labels}"
        path.mkdir()
        for name in ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt"):
            shutil.copy(embeddings.folder / name, path / name)
        torch.manual_seed(7)
        sizes = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 64}
        BertForSequenceClassification(BertConfig(num_labels=labels, **sizes)).save_pretrained(path)
        return path

    return make


def test_a_named_cross_encoder_orders_the_passages(tiny: Callable[[int], Path], sample_index: Path) -> None:
    with Assistant.open(sample_index, reranker=str(tiny(1))) as assistant:
        answer = assistant.ask(QUESTION)
    scores = [passage.scores["reranker"] for passage in answer.passages]
    assert scores == sorted(scores, reverse=True)
    assert scores == [passage.score for passage in answer.passages]
    assert len(set(scores)) > 1
    assert answer.timings["rerank"] > 0


class ByLength(BaseCrossEncoder):
    """Gives the shortest passage the highest score; `left_out` scores are missing."""

    def __init__(self, left_out: int = 0) -> None:
        self.left_out = left_out

    def score(self, text_pairs: list[tuple[str, str]]) -> list[float]:
        return [-float(len(text)) for _, text in text_pairs][self.left_out :]


def test_any_cross_encoder_of_langchain_will_do(sample_index: Path, assistant: Assistant) -> None:
    with Assistant.open(sample_index, reranker=ByLength()) as shortest:
        answer = shortest.ask(QUESTION)
    lengths = [len(f"{passage.article.title}. {passage.chunk.text}") for passage in answer.passages]
    assert lengths == sorted(lengths)
    assert "cracks" in answer.text  # the trained reader goes on to choose the sentences
    assert answer.passages != assistant.ask(QUESTION).passages
    assert shortest.reranker_name == "ByLength"


def test_scores_that_are_missing_are_told(sample_index: Path) -> None:
    told = r"gave \d+ scores for \d+ passages"
    with Assistant.open(sample_index, reranker=ByLength(1)) as short, pytest.raises(BadRequestError, match=told):
        short.ask(QUESTION)


@pytest.mark.parametrize("name", ["cross-encoder/none-such", "./no/such/folder", "not a name at all"])
def test_a_reranker_that_is_not_to_be_had(name: str) -> None:
    with pytest.raises(ModelNotFoundError, match="leave the reranker out"):
        NamedCrossEncoder.open(name)


def test_models_of_another_kind_are_refused(tiny: Callable[[int], Path], embeddings: SentenceEmbeddings) -> None:
    for folder in (tiny(3), embeddings.folder):
        with pytest.raises(ModelNotFoundError, match="no cross-encoder that gives one score"):
            NamedCrossEncoder.open(str(folder))


def test_pickled_weights_are_refused(tiny: Callable[[int], Path], tmp_path: Path) -> None:
    shutil.copytree(tiny(1), tmp_path / "pickled")
    (tmp_path / "pickled" / "model.safetensors").rename(tmp_path / "pickled" / "pytorch_model.bin")
    with pytest.raises(ModelNotFoundError, match="neither a folder"):
        NamedCrossEncoder.open(str(tmp_path / "pickled"))


@pytest.mark.slow
def test_the_command_names_its_reranker(tiny: Callable[[int], Path], sample_index: Path, tmp_path: Path) -> None:
    folder = str(tiny(1))
    done = dateline("ask", QUESTION, "--index", sample_index, "--reranker", folder, "--json")
    assert "reranker" in json.loads(done.stdout)["passages"][0]["scores"]
    missing = dateline("ask", QUESTION, "--index", sample_index, "--reranker", "cross-encoder/none-such")
    assert missing.returncode == 1
    assert "leave the reranker out" in missing.stderr
