"""Turn a question and the sentences of a passage into the network's inputs, as qa/judge/reader.py does."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

MOST_TOKENS, MOST_QUESTION, MOST_TITLE = 320, 48, 20
_MOST_CACHED = 200_000

Span = tuple[int, int]
Arrays = dict[str, NDArray[np.generic]]


@dataclass(slots=True)
class Window:
    """The tokens of one pass. `owners` holds for each the number of its sentence (-1: none), counted from `first`."""

    first: int
    ids: list[int]
    types: list[int]
    owners: list[int]
    offsets: list[Span] = field(default_factory=list)
    """Of each token, in the characters of its sentence."""
    count: int = 0


class Encoder:
    """Packs whole sentences into windows of at most `MOST_TOKENS`."""

    def __init__(self, tokenizer: Path) -> None:
        self.tokenizer = Tokenizer.from_file(str(tokenizer))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        self._cls, self._sep = self.tokenizer.encode("").ids
        self._cache: dict[str, tuple[list[int], list[Span]]] = {}

    def tokens(self, text: str) -> tuple[list[int], list[Span]]:
        """Return the ids and character offsets of the tokens of a text."""
        known = self._cache.get(text)
        if known is None:
            encoding = self.tokenizer.encode(text, add_special_tokens=False)
            known = (list(encoding.ids), list(encoding.offsets))
            if len(self._cache) < _MOST_CACHED:
                self._cache[text] = known
        return known

    def windows(self, question: str, title: str, sentences: Sequence[str]) -> list[Window]:
        """Return whole sentences packed into as few windows as need be."""
        asked = self.tokens(question)[0][:MOST_QUESTION]
        named = self.tokens(f"{title} .")[0][:MOST_TITLE] if title else []
        head = [self._cls, *asked, self._sep, *named]
        types = [0] * (len(asked) + 2) + [1] * len(named)
        room = MOST_TOKENS - len(head) - 1
        windows: list[Window] = []
        for index, sentence in enumerate(sentences):
            ids, offsets = self.tokens(sentence)
            ids, offsets = ids[:room], offsets[:room]
            if not windows or len(windows[-1].ids) + len(ids) >= MOST_TOKENS:
                windows.append(Window(index, [*head], [*types], [-1] * len(head), [(0, 0)] * len(head)))
            _append(windows[-1], ids, offsets)
        for window in windows:
            window.ids.append(self._sep)
            window.types.append(1)
            window.owners.append(-1)
            window.offsets.append((0, 0))
        return windows


def _append(window: Window, ids: list[int], offsets: list[Span]) -> None:
    window.ids += ids
    window.types += [1] * len(ids)
    window.owners += [window.count] * len(ids)
    window.offsets += offsets
    window.count += 1


def collate(windows: Sequence[Window], multiple: int = 1) -> Arrays:
    """Return windows padded to one length, a multiple of `multiple`."""
    length = -(-max(len(window.ids) for window in windows) // multiple) * multiple
    ids = np.zeros((len(windows), length), np.int64)
    types, mask = np.zeros_like(ids), np.zeros_like(ids)
    belongs = np.zeros((len(windows), max(window.count for window in windows), length), np.float32)
    for row, window in enumerate(windows):
        size = len(window.ids)
        ids[row, :size], types[row, :size], mask[row, :size] = window.ids, window.types, 1
        for place, owner in enumerate(window.owners):
            if owner >= 0:
                belongs[row, owner, place] = 1
    return {"input_ids": ids, "attention_mask": mask, "token_type_ids": types, "sentence_mask": belongs}
