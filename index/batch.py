"""Group an iterable into batches. `itertools.batched` does the same, but only from Python 3.12 on."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

_T = TypeVar("_T")


def batched(values: Iterable[_T], size: int) -> Iterator[list[_T]]:
    """Yield the values in lists of `size`, the last one perhaps shorter. Takes no more values than it has yielded."""
    remaining = iter(values)
    while batch := list(islice(remaining, size)):
        yield batch
