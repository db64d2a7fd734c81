"""Cache of answers: for the same question with the same options over the same generation."""

import sys
import time
import weakref
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date

from index.embed.cache import BoundedCache
from index.generation import Generation
from qa.query import Query
from qa.values import Answer, Event

ANSWERS = 16 << 20
"""Bytes of answers that are kept by default: some 150, each with the articles of its ten passages."""

Key = tuple["weakref.ref[Generation]", Query, date]
"""What an answer depends on."""


class AnswerCache:
    """The answers that were used last, as many as fit into `most` bytes; none with 0. Thread-safe.

    An answer depends on the generation, on the question with its options and history, and on the day: "last week" is
    reckoned from it. It is told apart by the generation itself, not by its number, which a rebuilt index has again.
    """

    def __init__(self, most: int = ANSWERS) -> None:
        self._kept: BoundedCache[Key, tuple[Event, ...]] = BoundedCache(most, _size)
        self._newest: weakref.ref[Generation] | None = None

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def bytes(self) -> int:
        """Return how many bytes the answers take."""
        return self._kept.bytes

    def key(self, query: Query, generation: Generation) -> Key:
        """Return what an answer depends on, now. Take it before the answer is made, which may be after midnight."""
        return weakref.ref(generation), query, query.today

    def get(self, key: Key) -> tuple[Event, ...] | None:
        """Return the events of the answer that was given, in their order, if it is kept."""
        started = time.perf_counter()
        events = self._kept.get(key)
        return None if events is None else tuple(_timed(event, started) for event in events)

    def put(self, key: Key, events: Iterable[Event]) -> None:
        """Keep the events of an answer. Those of another generation are dropped: nobody will ask it again."""
        generation = key[0]
        if generation != self._newest:
            self._kept.clear()
            self._newest = generation
        self._kept.put(key, tuple(events))


def _timed(event: Event, started: float) -> Event:
    """Return the event; an answer with the time that it took now."""
    if not isinstance(event, Answer):
        return event
    taken = time.perf_counter() - started
    return replace(event, timings={"kept": taken, "total": taken})


def _size(key: Key, events: tuple[Event, ...]) -> int:
    """Return the bytes of an answer and its question. What occurs several times in it counts once."""
    seen: set[int] = set()
    return _bytes(key[1], seen) + _bytes(events, seen)


def _bytes(value: object, seen: set[int]) -> int:
    if id(value) in seen:
        return 0
    seen.add(id(value))
    return sys.getsizeof(value) + sum(_bytes(part, seen) for part in _parts(value))


def _parts(value: object) -> Iterator[object]:
    if is_dataclass(value):
        yield from (getattr(value, field.name) for field in fields(value))
    elif isinstance(value, Mapping):
        yield from (*value.keys(), *value.values())
    elif isinstance(value, tuple | list):
        yield from value
