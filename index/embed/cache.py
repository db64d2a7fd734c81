"""Keep what took long to make, within a number of bytes."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")


class BoundedCache(Generic[_Key, _Value]):
    """The values used last, as many as fit into `most` bytes; none with 0. Thread-safe.

    `size` is how many bytes a value takes with its key. Values are shared between threads: nobody changes them.
    """

    def __init__(self, most: int, size: Callable[[_Key, _Value], int]) -> None:
        self.most = most
        self._size = size
        self._lock = threading.Lock()
        self._values: OrderedDict[_Key, tuple[_Value, int]] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._values)

    @property
    def bytes(self) -> int:
        """Return how many bytes its values take."""
        return self._bytes

    def get(self, key: _Key) -> _Value | None:
        """Return the value of a key, if it is kept."""
        with self._lock:
            found = self._values.get(key)
            if found is None:
                return None
            self._values.move_to_end(key)
            return found[0]

    def put(self, key: _Key, value: _Value) -> None:
        """Keep a value instead of those that were not used for longest. One that is larger than `most` is not kept."""
        if not self.most or (size := self._size(key, value)) > self.most:
            return
        with self._lock:
            self._drop(key)
            self._values[key] = value, size
            self._bytes += size
            while self._bytes > self.most:
                self._drop(next(iter(self._values)))

    def clear(self) -> None:
        """Drop all values."""
        with self._lock:
            self._values.clear()
            self._bytes = 0

    def _drop(self, key: _Key) -> None:
        _, size = self._values.pop(key, (None, 0))
        self._bytes -= size
