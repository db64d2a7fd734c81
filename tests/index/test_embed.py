"""Embedding: the same model by two engines, and no text cut off in silence."""

import gc
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.embed.model import SentenceEmbeddings
from index.embed.onnx import Graph, session
from index.embed.tables import shared_table
from index.errors import IndexDamagedError, IndexMismatchError, ModelNotFoundError
from index.store.folder import Folder
from qa import Assistant
from tests.conftest import questions


def safetensors(header: dict[str, Any], size: int = 24) -> bytes:
    """Return a file of weights: the length of its header, that, and as many bytes of numbers."""
    written = json.dumps(header).encode()
    return len(written).to_bytes(8, "little") + written + bytes(size)


@pytest.fixture(scope="session")
def exported(sample_index: Path) -> SentenceEmbeddings:
    folder = Folder(sample_index)
    fingerprint, _ = folder.about(folder.require_served())
    return SentenceEmbeddings(exported=folder.encoder(fingerprint))


def test_the_packaged_weights_are_the_published_ones(embeddings: SentenceEmbeddings) -> None:
    assert embeddings.fingerprint.weights == "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
    assert (embeddings.fingerprint.dimension, embeddings.max_tokens) == (384, 256)


def test_questions_in_onnx_are_questions_in_torch(embeddings: SentenceEmbeddings, exported: SentenceEmbeddings) -> None:
    asked = [q["question"] for q in questions()[::4]] + ["", "?", "Čeština 中文 😀", "why " * 400]
    torch = np.array([embeddings.embed_query(text) for text in asked])
    onnx = np.array([exported.embed_query(text) for text in asked])
    assert (torch * onnx).sum(axis=1).min() >= 0.999


def test_passages_in_onnx_are_passages_in_torch(
    assistant: Assistant, embeddings: SentenceEmbeddings, exported: SentenceEmbeddings
) -> None:
    texts = [document.page_content for document in assistant.retriever.invoke("What happened in the county?")]
    assert exported.encode(texts) == pytest.approx(embeddings.encode(texts), abs=1e-5)


def test_vectors_have_length_one(embeddings: SentenceEmbeddings) -> None:
    vectors = embeddings.encode(["A short passage.", "Another one. " * 40])
    assert vectors.shape == (2, 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert embeddings.embed_documents(["A short passage."])[0] == pytest.approx(vectors[0].tolist(), abs=1e-5)
    assert embeddings.embed_documents([]) == []


def test_a_passage_that_would_be_cut_off_is_refused(embeddings: SentenceEmbeddings) -> None:
    with pytest.raises(IndexMismatchError, match="reads 256"):
        embeddings.encode(["word " * 300])


def test_an_unknown_model_is_refused_without_the_network() -> None:
    with pytest.raises(ModelNotFoundError, match="neither a folder here nor to be had"):
        SentenceEmbeddings("no/such-model")


def test_a_model_without_its_files_names_the_cure(tmp_path: Path, embeddings: SentenceEmbeddings) -> None:
    shutil.copytree(embeddings.folder, tmp_path / "model", ignore=shutil.ignore_patterns("tokenizer.json"))
    with pytest.raises(ModelNotFoundError, match=r"lacks tokenizer\.json"):
        SentenceEmbeddings(str(tmp_path / "model"))


def test_pickled_weights_are_refused(tmp_path: Path, embeddings: SentenceEmbeddings) -> None:
    shutil.copytree(embeddings.folder, tmp_path / "model", ignore=shutil.ignore_patterns("*.safetensors"))
    (tmp_path / "model" / "pytorch_model.bin").write_bytes(b"\x80\x04.")
    with pytest.raises(ModelNotFoundError, match="Only safetensors"):
        _ = SentenceEmbeddings(str(tmp_path / "model")).fingerprint


def test_a_torn_question_encoder_names_the_cure(tmp_path: Path, embeddings: SentenceEmbeddings) -> None:
    (tmp_path / "torn.onnx").write_bytes(b"\x08\x08torn")
    with pytest.raises(IndexDamagedError, match=r"Delete that file and run: dateline reindex"):
        Graph(
            tmp_path / "torn.onnx", embeddings.folder / "tokenizer.json", 256, embeddings.folder / "model.safetensors"
        )


def test_the_table_of_words_is_read_where_the_weights_are(tmp_path: Path, exported: SentenceEmbeddings) -> None:
    assert exported.exported
    weights, texts = exported.folder / "model.safetensors", ["Who closed the bridge?", "Čeština 中文 😀", ""]
    ((name, table),) = shared_table(weights).items()
    assert (table.shape, isinstance(table, np.memmap)) == ((30522, 384), True)
    tokens = {"input_ids": [[101, 102]], "attention_mask": [[1, 1]]}
    own, other = (session(exported.exported, given).run(None, tokens) for given in ({}, {name: np.zeros_like(table)}))
    assert (own[0] != other[0]).any()  # the graph takes the table that it is given by this name
    shared = Graph(exported.exported, exported.tokenizer, 256, weights)
    alone = Graph(exported.exported, exported.tokenizer, 256, tmp_path / "none")
    gc.collect()
    assert (shared(texts) == alone(texts)).all()


WEIGHTS = {"embeddings.word_embeddings.weight": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}}
HALF = {"embeddings.word_embeddings.weight": {"dtype": "F16", "shape": [2, 3], "data_offsets": [0, 12]}}


@pytest.mark.parametrize(
    "weights",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\xff" * 8 + b"{}", id="torn"),
        pytest.param(safetensors({}), id="no table"),
        pytest.param(safetensors({"other.weight": WEIGHTS["embeddings.word_embeddings.weight"]}), id="another name"),
        pytest.param(safetensors(HALF), id="of half the precision"),
        pytest.param(safetensors(WEIGHTS, 4), id="cut off"),
        pytest.param(safetensors(WEIGHTS | {"b.word_embeddings.weight": {}}), id="two"),
    ],
)
def test_other_weights_leave_the_graph_its_table(tmp_path: Path, weights: bytes) -> None:
    (tmp_path / "w").write_bytes(weights)
    assert shared_table(tmp_path / "w") == {}


def test_other_weights_have_another_fingerprint(tmp_path: Path, embeddings: SentenceEmbeddings) -> None:
    shutil.copytree(embeddings.folder, tmp_path / "model")
    weights = tmp_path / "model" / "model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    other = SentenceEmbeddings(str(tmp_path / "model")).fingerprint
    assert other.differences(embeddings.fingerprint) == ["model", "weights"]
    assert other.key != embeddings.fingerprint.key


def test_chunking_needs_no_torch() -> None:
    code = "import sys, index.embed.model as e; e.SentenceEmbeddings().tokens(['a']); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
