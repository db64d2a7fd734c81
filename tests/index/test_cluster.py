"""Embedding with Ray on this machine: the same index as embedding here."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index import BadRequestError, DatelineError
from index.embed.cluster import Ray
from index.embed.model import SentenceEmbeddings
from index.reindex import reindex
from index.store.archive import Archive
from index.store.database import Database
from index.store.folder import Folder
from tests.conftest import ARTICLES

pytestmark = [
    pytest.mark.slow,
    # Ray warns of itself, and leaves sockets and files to the garbage collector
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module", autouse=True)
def _two_cpus() -> Iterator[None]:
    import ray

    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="error",
             _node_ip_address="127.0.0.1")  # fmt: skip
    yield
    ray.shutdown()


def vectors(index: Path) -> dict[str, "np.ndarray[Any, np.dtype[np.float32]]"]:
    folder = Folder(index)
    number = folder.require_served()
    with Database.open(folder.archive) as database:
        rows = Archive(database).rows(number, folder.about(number)[0].vectors)
        return {row.chunk_id: np.frombuffer(row.vector, "<f4") for row in rows}


def test_ray_makes_the_same_index_and_goes_on_where_a_run_ended(
    sample_index: Path, index_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.embed.cluster._BLOCK", 16)
    monkeypatch.setattr("index.embed.cluster.BATCH", 8)

    class EnoughError(Exception):
        pass

    def stop(stage: str, done: int, total: int | None) -> None:
        if stage == "embed" and total is not None and 0 < done < total:
            raise EnoughError

    with pytest.raises(EnoughError):  # one actor on both CPUs, then one on each
        reindex([ARTICLES], index_path, engine=Ray(cpus=2), progress=stop)
    report = reindex([ARTICLES], index_path, engine=Ray())
    ours, theirs = vectors(sample_index), vectors(index_path)
    assert 0 < report.embedded < len(ours)
    assert ours.keys() == theirs.keys()
    assert min(float(ours[id_] @ theirs[id_]) for id_ in ours) >= 0.9999


def test_another_model_of_the_same_name_is_refused(embeddings: SentenceEmbeddings, tmp_path: Path) -> None:
    class Other(SentenceEmbeddings):
        @property
        def fingerprint(self) -> Any:
            from dataclasses import replace

            return replace(super().fingerprint, weights="of another model")

    with pytest.raises(DatelineError, match="another model"):
        list(Ray().embed(Other(), [[(b"key", "A bridge.")]]))


def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadRequestError, match="16 free CPUs"):
        list(Ray(cpus=16).embed(SentenceEmbeddings(), []))
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(BadRequestError, match=r"pip install '\.\[ray\]'"):
        Ray()
