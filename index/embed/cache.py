"""Cache what took long to compute, within a number of bytes."""

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from cachetools import LRUCache

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")


class BoundedCache(Generic[_Key, _Value]):
    """The values used last, as many as fit into `most` bytes; none with 0. Thread-safe.

    `size` is how many bytes a value takes with its key. Values are shared between threads: nobody changes them.
    """

    def __init__(self, most: int, size: Callable[[_Key, _Value], int]) -> None:
        self._size = size
        self._lock = threading.Lock()
        # Each with its size: cachetools asks for that of a value alone.
        self._values: LRUCache[_Key, tuple[_Value, int]] = LRUCache(most, getsizeof=lambda sized: sized[1])

    def __len__(self) -> int:
        return len(self._values)

    @property
    def most(self) -> int:
        """Return how many bytes its values may take."""
        return int(self._values.maxsize)

    @property
    def bytes(self) -> int:
        """Return how many bytes its values take."""
        return int(self._values.currsize)

    def get(self, key: _Key) -> _Value | None:
        """Return the value of a key, if it is kept."""
        with self._lock:
            found = self._values.get(key)
        return found[0] if found else None

    def put(self, key: _Key, value: _Value) -> None:
        """Keep a value instead of those that were not used for longest. One that is larger than `most` is not kept."""
        if self.most and (size := self._size(key, value)) <= self.most:
            with self._lock:
                self._values[key] = value, size

    def clear(self) -> None:
        """Drop all values."""
        with self._lock:
            self._values.clear()
