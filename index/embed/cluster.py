"""Embed with Ray Data: a pool of actors, each with a model of its own, on this machine or a cluster.

Texts go out as blocks in Ray's object store, vectors come back to the one process that writes the archive. Every
machine of the cluster needs Dateline and the same model.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from index.batch import batched
from index.embed.engine import BATCH, Text, Vectors
from index.embed.model import SentenceEmbeddings
from index.errors import BadRequestError, DatelineError, IndexMismatchError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_BLOCK = 2 * BATCH
"""How many texts an actor receives and returns at once. Chosen, not measured: some seconds of work a message."""


class Ray:
    """Embeds with as many actors as the cluster has room for, `cpus` for each.

    `address` is that of a running cluster ("auto" finds this machine's); without one, Ray is started here for the
    run, on loopback only. Raises `BadRequestError` when Ray is not installed or no cluster is there.
    """

    def __init__(self, *, address: str | None = None, cpus: int = 1) -> None:
        self._address, self._cpus = address, cpus
        _ray()

    def embed(self, embeddings: SentenceEmbeddings, windows: Iterable[list[Text]]) -> Iterator[Vectors]:
        """Yield the vectors of all texts as they come. Raises `DatelineError` when the cluster fails."""
        ray = _ray()
        with _connected(ray, self._address):
            import pyarrow  # comes with Ray Data

            room = int(ray.cluster_resources().get("CPU", 1)) // self._cpus
            if not room:
                raise BadRequestError(f"No machine of the Ray cluster has {self._cpus} free CPUs for an actor.")
            ray.data.DataContext.get_current().enable_progress_bars = False  # we have our own
            blocks = [
                ray.put(pyarrow.table({"key": [key for key, _ in some], "text": [text for _, text in some]}))
                for window in windows
                for some in batched(window, _BLOCK)
            ]
            if not blocks:
                return
            try:
                yield from self._results(ray, blocks, room, embeddings)
            except ray.exceptions.RayError as error:
                raise DatelineError(
                    f"Ray could not embed: {str(error).strip().splitlines()[-1]}. What is done is kept; run again."
                ) from error

    def _results(self, ray: Any, blocks: list[Any], room: int, embeddings: SentenceEmbeddings) -> Iterator[Vectors]:
        done = ray.data.from_arrow_refs(blocks).map_batches(
            Encoder,
            fn_constructor_args=(embeddings.name, embeddings.fingerprint.vectors, self._cpus),
            batch_size=BATCH,
            batch_format="numpy",
            compute=ray.data.ActorPoolStrategy(min_size=1, max_size=room),
            num_cpus=self._cpus,
        )
        for batch in done.iter_batches(batch_size=None, batch_format="numpy"):
            yield [bytes(key) for key in batch["key"]], batch["vector"]


class Encoder:
    """An actor: a model of its own, its threads bound to its CPUs."""

    def __init__(self, model: str, vectors: str, cpus: int) -> None:
        import torch

        torch.set_num_threads(cpus)
        self._embeddings = SentenceEmbeddings(model)
        if self._embeddings.fingerprint.vectors != vectors:
            raise IndexMismatchError(f"A machine of the Ray cluster has another model under the name {model!r}.")

    def __call__(self, batch: dict[str, Any]) -> dict[str, "NDArray[np.generic]"]:
        """Return the batch's keys with the vectors of its texts, longest texts first as they came."""
        return {"key": batch["key"], "vector": self._embeddings.encode(batch["text"].tolist())}


def _ray() -> Any:
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # else it warns of what it will do some day
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # it reports to its makers otherwise
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise BadRequestError("Ray is not installed. Install it with: pip install '.[ray]'") from error
    return ray


@contextmanager
def _connected(ray: Any, address: str | None) -> Iterator[None]:
    """Use the Ray that this process is connected to already, or connect for the time of the block."""
    if ray.is_initialized():
        yield
        return
    where = {"address": address} if address else {"include_dashboard": False, "_node_ip_address": "127.0.0.1"}
    try:
        ray.init(log_to_driver=False, logging_level="error", **where)
    except (ConnectionError, ValueError, RuntimeError, OSError) as error:
        raise BadRequestError(
            f"No Ray cluster at {address or 'this machine'}: {error}. Start one with: ray start --head"
        ) from error
    try:
        yield
    finally:
        ray.shutdown()
