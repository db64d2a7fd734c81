"""A small trained reader: one pass over a question and a passage gives every sentence a score.

The network is all-MiniLM-L6-v2 fine-tuned on questions over Wikipedia paragraphs (see training/), in int8 for ONNX
Runtime. Its input is `[CLS] question [SEP] title . sentence sentence … [SEP]`, so a sentence is read in its context.
A score is a logit against "this passage does not answer", which makes scores comparable between passages and
questions. It does not see the dates of articles.
"""

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
from index.embed.fingerprint import sha256
from index.embed.model import SentenceEmbeddings
from index.embed.onnx import cores, session
from index.process import Home, using

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHA256 = "ff85ff1c1e100eb5b4a9b8a026d1dd3e824ec3d846cf651f9650eb440994c20b"
_MOST_TOKENS, _MOST_QUESTION, _MOST_TITLE = 320, 48, 20
_MOST_THREADS = 8
_NOWHERE = -30.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read in one go: an article's title, and sentences that follow each other."""

    title: str
    sentences: Sequence[str]


Read = Callable[[str, Sequence[Reading]], "list[NDArray[np.float32]]"]
"""From a question and what is read to the logits of the sentences of each."""


@dataclass(slots=True)
class _Window:
    """The tokens of one pass, and for each the sentence that it belongs to (-1: none)."""

    reading: int
    first: int
    ids: list[int]
    types: list[int]
    owners: list[int]
    count: int = 0


class Reader:
    """Scores sentences for a question; thread-safe. The weights are loaded at the first use.

    Each passage is read by itself, one on each core at a time: so nothing is padded, and its scores do not depend on
    what is read beside it. Questions that are asked at once share the cores.
    """

    def __init__(self) -> None:
        self._home = Home("reader")
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(min(_MOST_THREADS, cores()), thread_name_prefix="reader")

    @using()
    def __call__(self, question: str, readings: Sequence[Reading]) -> list["NDArray[np.float32]"]:
        """Return for each reading the logits of its sentences. A longer one is read in several windows."""
        self._home.require()
        windows = [w for number, reading in enumerate(readings) for w in self._windows(question, number, reading)]
        windows.sort(key=lambda window: -len(window.ids))  # the longest first, so that all cores end at once
        scores = [np.full(len(reading.sentences), _NOWHERE, np.float32) for reading in readings]
        for window, logits in zip(windows, self._pool.map(self._read, windows), strict=True):
            scores[window.reading][window.first : window.first + window.count] = logits[: window.count]
        return scores

    def _read(self, window: _Window) -> "NDArray[np.float32]":
        with self._lock:
            network = self._session
        logits: NDArray[np.float32] = network.run(["sentence_logits"], _arrays(window))[0][0]
        return logits

    @cached_property
    def _session(self) -> Any:
        with as_file(files("qa") / "model" / "reader.onnx") as path:
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
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    def _windows(self, question: str, number: int, reading: Reading) -> list[_Window]:
        """Return whole sentences packed into as few windows as need be."""
        cls, sep = self._tokenizer.encode("").ids
        asked = self._ids(question)[:_MOST_QUESTION]
        title = self._ids(f"{reading.title} .")[:_MOST_TITLE] if reading.title else []
        head = [cls, *asked, sep, *title]
        types = [0] * (len(asked) + 2) + [1] * len(title)
        room = _MOST_TOKENS - len(head) - 1
        windows: list[_Window] = []
        for index, sentence in enumerate(reading.sentences):
            ids = self._ids(sentence)[:room]
            if not windows or len(windows[-1].ids) + len(ids) >= _MOST_TOKENS:
                windows.append(_Window(number, index, [*head], [*types], [-1] * len(head)))
            window = windows[-1]
            window.ids += ids
            window.types += [1] * len(ids)
            window.owners += [window.count] * len(ids)
            window.count += 1
        for window in windows:
            window.ids.append(sep)
            window.types.append(1)
            window.owners.append(-1)
        return windows


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
