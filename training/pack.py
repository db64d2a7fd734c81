"""Examples as tensors: few lengths, little space, and batches that are made on the device that learns."""

import gzip
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from training.encode import Window
from training.model import Logits, Network

MULTIPLE = 32
"""Lengths are padded to a multiple of this: few shapes, which the kernels cache."""
_READ_AT_ONCE = 131_072


@dataclass(frozen=True, slots=True)
class Example:
    """A window with its right sentences (none: it does not answer), those that are not judged, and the answer's tokens."""

    window: Window
    right: frozenset[int] = frozenset()
    spare: frozenset[int] = frozenset()
    answers: tuple[tuple[int, int, float], ...] = ()
    """First and last token, and votes."""
    labelled: bool = True
    """Whether people said what answers. If not, only a teacher's opinion is learned."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Examples of one question that stay in a batch. `rivals`: the same question was put to both passages."""

    examples: tuple[Example, ...]
    rivals: bool = False
    kind: str = ""
    """What the question is from, for figures."""

    @property
    def length(self) -> int:
        """Return the tokens of the longest window."""
        return max(len(example.window.ids) for example in self.examples)


class Batch(NamedTuple):
    """B windows of one length T, with at most S sentences, of P pairs."""

    inputs: dict[str, Tensor]
    """As `Network` takes them."""
    right: Tensor
    """(B, S), bool"""
    spare: Tensor
    """(B, S), bool: not judged"""
    votes: Tensor
    """(B, 2, T): for the first and the last token of the answer"""
    labelled: Tensor
    """(B,), 1 or 0"""
    rivals: Tensor
    """Rows with an answer whose next row is a passage without it."""
    pairs: int
    opinion: Logits | None
    """What a teacher says, if one was asked."""


Place = tuple[int, list[int]]
"""Windows of one length, and the numbers of their pairs: a batch in the making."""


@dataclass(slots=True)
class _Bucket:
    """All windows of about one length. Columns are tensors with a row for each window; `answers` has one for each answer."""

    columns: dict[str, Tensor]
    answers: Tensor
    """(A, 4): window, first and last token, votes"""
    pairs: Tensor
    """(P, 3): the first window, how many, and whether they are rivals"""
    kinds: list[str]
    opinion: dict[str, Tensor]


class Packed:
    """Pairs of examples, on a device."""

    def __init__(self, buckets: dict[int, _Bucket], device: str) -> None:
        self._buckets, self._device = buckets, device
        for bucket in buckets.values():
            bucket.columns = {name: column.to(device) for name, column in bucket.columns.items()}
            bucket.answers = bucket.answers.to(device)

    @classmethod
    def of(cls, pairs: Sequence[Pair], device: str = "cpu") -> "Packed":
        """Return pairs packed."""
        groups: dict[int, list[Pair]] = defaultdict(list)
        for pair in pairs:
            groups[-(-pair.length // MULTIPLE) * MULTIPLE].append(pair)
        return cls({length: _bucket(some, length) for length, some in sorted(groups.items())}, device)

    @classmethod
    def load(cls, file: Path, device: str = "cpu") -> "Packed":
        """Return what `save` kept."""
        with gzip.open(file) as stream:
            kept: dict[int, dict[str, Any]] = torch.load(stream, weights_only=True)
        return cls({length: _Bucket(**fields, opinion={}) for length, fields in kept.items()}, device)

    def save(self, file: Path) -> None:
        """Keep it in a file."""
        kept = {
            length: {"columns": one.columns, "answers": one.answers, "pairs": one.pairs, "kinds": one.kinds}
            for length, one in self._buckets.items()
        }
        with gzip.open(file, "wb", compresslevel=3) as stream:
            torch.save(kept, stream)

    def __len__(self) -> int:
        """Return how many windows there are."""
        return sum(len(bucket.columns["sizes"]) for bucket in self._buckets.values())

    def plan(self, tokens: int, seed: int) -> list[Place]:
        """Return batches of about `tokens` tokens, each of windows of about one length, in any order."""
        rng = random.Random(seed)
        found: list[Place] = []
        for length, bucket in self._buckets.items():
            numbers = list(range(len(bucket.pairs)))
            rng.shuffle(numbers)
            windows = len(bucket.columns["sizes"]) / len(numbers)
            size = max(1, int(tokens / length / windows))
            found += [(length, numbers[at : at + size]) for at in range(0, len(numbers), size)]
        rng.shuffle(found)
        return found

    def batch(self, place: Place) -> Batch:
        """Return the tensors of a batch."""
        length, numbers = place
        bucket = self._buckets[length]
        chosen = bucket.pairs[numbers]
        counts = chosen[:, 1]
        rows = torch.cat([torch.arange(first, first + count) for first, count, _ in chosen.tolist()])
        first = torch.cumsum(counts, 0) - counts
        rivals = first[(chosen[:, 2] == 1) & (counts > 1)]
        return self._batch(bucket, length, rows.to(self._device), rivals.to(self._device), len(numbers))

    def read(self, network: Network, *, bf16: bool) -> Iterator[tuple[list[str], Batch, Logits]]:
        """Yield all windows in their order, in batches, with their kinds and what a network says of them."""
        network.eval()
        for length, bucket in self._buckets.items():
            step = max(1, _READ_AT_ONCE // length)
            for start in range(0, len(bucket.kinds), step):
                rows = torch.arange(start, min(start + step, len(bucket.kinds)), device=self._device)
                batch = self._batch(bucket, length, rows, rows[:0], len(rows))
                with torch.inference_mode(), torch.autocast(rows.device.type, torch.bfloat16, enabled=bf16):
                    logits = network(**batch.inputs)
                yield bucket.kinds[start : start + step], batch, logits

    def ask(self, teacher: Network, *, bf16: bool) -> None:
        """Keep what a teacher says of every window, for `Batch.opinion`."""
        parts: dict[int, list[Logits]] = defaultdict(list)
        for _, batch, logits in self.read(teacher, bf16=bf16):
            parts[batch.inputs["input_ids"].shape[1]].append(Logits(*(one.half() for one in logits)))
        for length, some in parts.items():
            self._buckets[length].opinion = {
                name: torch.cat([getattr(one, name) for one in some]) for name in Logits._fields
            }

    def _batch(self, bucket: _Bucket, length: int, rows: Tensor, rivals: Tensor, pairs: int) -> Batch:
        ids, owners, asked, sizes, right, spare, labelled = (column[rows] for column in bucket.columns.values())
        places = torch.arange(length, device=self._device)
        mask = places < sizes[:, None]
        numbers = torch.arange(right.shape[1], device=self._device, dtype=owners.dtype)
        inputs = {
            "input_ids": ids.long(),
            "attention_mask": mask.long(),
            "token_type_ids": (mask & (places >= asked[:, None])).long(),
            "sentence_mask": (owners[:, None, :] == numbers[None, :, None]).float(),
        }
        opinion = Logits(*(bucket.opinion[name][rows].float() for name in Logits._fields)) if bucket.opinion else None
        votes = self._votes(bucket, rows, length)
        return Batch(inputs, right, spare, votes, labelled.float(), rivals, pairs, opinion)

    def _votes(self, bucket: _Bucket, rows: Tensor, length: int) -> Tensor:
        votes = torch.zeros(len(rows), 2, length, device=self._device)
        at = torch.full((len(bucket.kinds),), -1, device=self._device)
        at[rows] = torch.arange(len(rows), device=self._device)
        here = bucket.answers[at[bucket.answers[:, 0].long()] >= 0]
        row = at[here[:, 0].long()]
        for side in (0, 1):
            end = torch.full_like(row, side)
            votes.index_put_((row, end, here[:, 1 + side].long()), here[:, 3], accumulate=True)
        return votes


def _bucket(pairs: Sequence[Pair], length: int) -> _Bucket:
    examples = [example for pair in pairs for example in pair.examples]
    count, sentences = len(examples), max(example.window.count for example in examples)
    ids, owners = np.zeros((count, length), np.int16), np.full((count, length), -1, np.int16)
    right, spare = np.zeros((count, sentences), bool), np.zeros((count, sentences), bool)
    asked, sizes = np.zeros(count, np.int16), np.zeros(count, np.int16)
    for row, example in enumerate(examples):
        window = example.window
        sizes[row] = len(window.ids)
        ids[row, : sizes[row]], owners[row, : sizes[row]] = window.ids, window.owners
        asked[row] = window.types.index(1)
        right[row, list(example.right)] = True
        spare[row, list(example.spare)] = True
    starts = np.cumsum([0, *(len(pair.examples) for pair in pairs)])
    columns = {
        "ids": ids, "owners": owners, "asked": asked, "sizes": sizes, "right": right, "spare": spare,
        "labelled": np.array([example.labelled for example in examples]),
    }  # fmt: skip
    answers = [(row, *answer) for row, example in enumerate(examples) for answer in example.answers]
    placed = [(int(at), len(pair.examples), int(pair.rivals)) for at, pair in zip(starts, pairs, strict=False)]
    return _Bucket(
        {name: torch.from_numpy(column) for name, column in columns.items()},
        torch.tensor(answers, dtype=torch.float32).reshape(-1, 4),
        torch.tensor(placed),
        [pair.kind for pair in pairs for _ in pair.examples],
        {},
    )
