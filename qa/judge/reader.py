"""A small trained reader: one pass over a question and a passage gives every sentence a score.

The network is all-MiniLM-L6-v2 fine-tuned on questions over Wikipedia paragraphs (see training/), in int8 for ONNX
Runtime. Its input is `[CLS] question [SEP] title . sentence sentence … [SEP]`, so a sentence is read in its context.
A score is a logit against "this passage does not answer", which makes scores comparable between passages and
questions. It does not see the dates of articles.
"""

import hashlib
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Any

import numpy as np
from tokenizers import Tokenizer

from index import ModelNotFoundError
from index.embed.cache import BoundedCache
from index.embed.fingerprint import sha256
from index.embed.model import SentenceEmbeddings
from index.embed.onnx import cores, session
from index.process import Home, using
from index.text.chunk import Span

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHA256 = "ff85ff1c1e100eb5b4a9b8a026d1dd3e824ec3d846cf651f9650eb440994c20b"
# As in training (training/encode.py): the network has seen nothing longer.
_MOST_TOKENS, _MOST_QUESTION, _MOST_TITLE = 320, 48, 20  # of a window, as the reader was trained (training/encode.py)
_MOST_THREADS = 8  # more than there are windows of a question gain nothing
_MOST_WORDS = 24
"""Tokens of the words that answer, at most: a clause."""
_KEPT = 8 << 20
"""Bytes of what was read lately that are kept: some 4,000 windows, the passages of 500 questions. Reading one takes
35 ms of CPU, three quarters of what an answer takes (docs/decisions/0039)."""
_OVERHEAD = 500  # bytes of the objects round the arrays of a window
_NOWHERE = -30.0  # the logit of a sentence that no window holds: below all that the network gives
_ABSENT: Span = (0, 0)  # where no words of a sentence answer


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read in one go: an article's title, and sentences that follow each other."""

    title: str
    sentences: Sequence[str]


@dataclass(frozen=True, slots=True)
class Scores:
    """What the reader finds in a reading: a logit for each sentence, and one that the whole of it answers.

    `words` are for each sentence the offsets in it of the words that answer best, with their logit; empty where the
    network has no such output.
    """

    logits: "NDArray[np.float32]"
    answers: float = _NOWHERE
    words: tuple[tuple[Span, float], ...] = ()


Read = Callable[[str, Sequence[Reading]], list[Scores]]
"""From a question and what is read to the scores of each."""


@dataclass(slots=True)
class _Window:
    """The tokens of one pass, and for each the sentence that it belongs to (-1: none)."""

    reading: int
    first: int
    ids: list[int]
    types: list[int]
    owners: list[int]
    offsets: list[Span]
    """Where each token of a sentence stands in it."""
    count: int = 0

    @property
    def key(self) -> bytes:
        """Return what identifies the window: the network sees nothing else of it."""
        return hashlib.sha256(np.array([self.ids, self.types, self.owners], np.int32).tobytes()).digest()


class Reader:
    """Scores sentences for a question; thread-safe. The weights are loaded at the first use.

    Each passage is read by itself, one on each core at a time: so nothing is padded, and its scores do not depend on
    what is read beside it. Questions that are asked at once share the cores. What was read for a question is kept: the
    same question in another conversation, or again after a change of the articles, is read from there.
    """

    def __init__(self) -> None:
        self._home = Home("reader")
        self._lock = threading.Lock()
        self._kept: BoundedCache[bytes, _Outputs] = BoundedCache(_KEPT, _size)
        self._pool = ThreadPoolExecutor(min(_MOST_THREADS, cores()), thread_name_prefix="reader")

    @using()
    def __call__(self, question: str, readings: Sequence[Reading]) -> list[Scores]:
        """Return the scores of each reading. A longer one is read in several windows."""
        self._home.require()
        windows = [w for number, reading in enumerate(readings) for w in self._windows(question, number, reading)]
        windows.sort(key=lambda window: -len(window.ids))  # the longest first, so that all cores end at once
        read: list[list[tuple[_Window, _Outputs]]] = [[] for _ in readings]
        for window, outputs in zip(windows, self._pool.map(self._outputs, windows), strict=True):
            read[window.reading].append((window, outputs))
        return [_scores(parts, len(reading.sentences)) for parts, reading in zip(read, readings, strict=True)]

    def _outputs(self, window: _Window) -> "_Outputs":
        """Return the network's outputs for a window, by their names."""
        key = window.key
        if (outputs := self._kept.get(key)) is None:
            outputs = self._run(window)
            self._kept.put(key, outputs)
        return outputs

    def _run(self, window: _Window) -> "_Outputs":
        # Only loading needs the lock: a session of ONNX Runtime may be run by several threads at once.
        with self._lock:
            network = self._session
        names = [output.name for output in network.get_outputs()]
        return {name: value[0] for name, value in zip(names, network.run(names, _arrays(window)), strict=True)}

    @cached_property
    def _session(self) -> Any:
        with as_file(files("qa") / "model" / "reader.onnx") as path:
            # All thresholds were chosen for these weights, and hold for no others.
            if not path.is_file() or sha256(path) != SHA256:
                raise ModelNotFoundError(
                    f"The reader's weights {path} are missing or not ours. Install Dateline again."
                )
            return session(path)

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        tokenizer = Tokenizer.from_file(str(SentenceEmbeddings().folder / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer

    def _ids(self, text: str) -> list[int]:
        return self._tokens(text)[0]

    def _tokens(self, text: str) -> tuple[list[int], list[Span]]:
        encoded = self._tokenizer.encode(text, add_special_tokens=False)
        return encoded.ids, encoded.offsets

    def _windows(self, question: str, number: int, reading: Reading) -> list[_Window]:
        """Return whole sentences packed into as few windows as need be."""
        cls, sep = self._tokenizer.encode("").ids  # an empty text is these two marks alone
        asked = self._ids(question)[:_MOST_QUESTION]
        title = self._ids(f"{reading.title} .")[:_MOST_TITLE] if reading.title else []
        head = [cls, *asked, sep, *title]
        types = [0] * (len(asked) + 2) + [1] * len(title)
        room = _MOST_TOKENS - len(head) - 1  # for the last [SEP]
        windows: list[_Window] = []
        for index, sentence in enumerate(reading.sentences):
            # Sentence by sentence, so that offsets count from its beginning. One longer than a window loses its end.
            ids, offsets = self._tokens(sentence)
            ids, offsets = ids[:room], offsets[:room]
            if not windows or len(windows[-1].ids) + len(ids) >= _MOST_TOKENS:
                windows.append(_Window(number, index, [*head], [*types], [-1] * len(head), [_ABSENT] * len(head)))
            window = windows[-1]
            window.ids += ids
            window.offsets += offsets
            window.types += [1] * len(ids)
            window.owners += [window.count] * len(ids)
            window.count += 1
        for window in windows:
            window.ids.append(sep)
            window.types.append(1)
            window.owners.append(-1)
            window.offsets.append(_ABSENT)
        return windows


_Outputs = dict[str, Any]
"""The network's outputs by name: arrays, and a number."""


def _size(key: bytes, outputs: _Outputs) -> int:
    return len(key) + _OVERHEAD + sum(int(value.nbytes) for value in outputs.values())


def _scores(parts: Sequence[tuple[_Window, _Outputs]], count: int) -> Scores:
    """Return the scores of a reading from its windows."""
    logits = np.full(count, _NOWHERE, np.float32)
    answers, words = _NOWHERE, [(_ABSENT, _NOWHERE)] * count
    for window, outputs in parts:
        inside = slice(window.first, window.first + window.count)
        logits[inside] = outputs["sentence_logits"][: window.count]
        answers = max(answers, float(outputs.get("answerable_logit", _NOWHERE)))
        if "start_logits" in outputs:
            words[inside] = _words(window, outputs["start_logits"], outputs["end_logits"])
    return Scores(logits, answers, tuple(words))


def _words(window: _Window, starts: "NDArray[np.float32]", ends: "NDArray[np.float32]") -> list[tuple[Span, float]]:
    """Return the likeliest answer span in each sentence of a window, and its logit."""
    owners, found = np.array(window.owners), []
    for sentence in range(window.count):
        at = np.flatnonzero(owners == sentence)
        if not at.size:
            found.append((_ABSENT, _NOWHERE))
            continue
        scores = starts[at][:, None] + ends[at][None, :]
        # Row: first token, column: last one. Kept are the pairs in order, and at most so many tokens apart.
        near = np.triu(np.ones_like(scores, bool)) & ~np.triu(np.ones_like(scores, bool), _MOST_WORDS)
        first, last = np.unravel_index(np.where(near, scores, -np.inf).argmax(), scores.shape)
        span = window.offsets[at[first]][0], window.offsets[at[last]][1]
        found.append((span, float(scores[first, last])))
    return found


def _arrays(window: _Window) -> dict[str, "NDArray[Any]"]:
    """Return the window as the network's inputs."""
    owners = np.array([window.owners])
    belongs = owners[:, None, :] == np.arange(window.count)[None, :, None]
    return {
        "input_ids": np.array([window.ids]),
        "attention_mask": np.ones((1, len(window.ids)), np.int64),
        "token_type_ids": np.array([window.types]),
        "sentence_mask": belongs.astype(np.float32),
    }
