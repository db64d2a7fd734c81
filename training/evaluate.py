"""Compare exported readers on sets of questions, each read with the text that it was asked of.

    python -m training.evaluate --model qa/model/reader.onnx --model out/reader.onnx --base MINILM --set XQUAD --set SQUAD2

For ranking and whole answers there is `dateline eval`.
"""

import argparse
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from index.embed.onnx import session
from training import augment
from training.data import Corpus, load
from training.encode import Encoder, Window, collate

_COLUMNS = ("first", "silence", "answerable", "span F1", "time", "typo", "lower case", "keywords", "in front")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader says of a text: the logits of its sentences, whether it answers, and the most likely answer."""

    sentences: NDArray[np.float32]
    answerable: float
    answer: str


class Exported:
    """An exported reader."""

    def __init__(self, file: Path, encoder: Encoder) -> None:
        self._session: Any = session(file)
        self._names = [output.name for output in self._session.get_outputs()]
        self._encoder = encoder

    def read(self, question: str, title: str, sentences: Sequence[str]) -> Reading:
        """Read a text, in several windows where it is long."""
        windows = self._encoder.windows(question, title, sentences)
        outputs = [dict(zip(self._names, self._session.run(None, collate([one])), strict=True)) for one in windows]
        logits = [out["sentence_logits"][0][: one.count] for one, out in zip(windows, outputs, strict=True)]
        best = int(np.argmax([values.max() for values in logits]))
        return Reading(
            np.concatenate(logits),
            max(float(out["answerable_logit"][0]) if "answerable_logit" in out else np.nan for out in outputs),
            _answer(windows[best], outputs[best]["start_logits"][0], outputs[best]["end_logits"][0], sentences),
        )


def _answer(window: Window, starts: NDArray[np.float32], ends: NDArray[np.float32], sentences: Sequence[str]) -> str:
    """Return the words from the best start to the best end after it in the same sentence."""
    owners = np.array(window.owners)
    scores = np.where(owners >= 0, starts, -np.inf)[:, None] + ends[None, :]
    allowed = (owners[:, None] == owners[None, :]) & (owners >= 0)[:, None] & np.triu(np.ones(scores.shape, bool))
    first, last = np.unravel_index(np.where(allowed, scores, -np.inf).argmax(), scores.shape)
    sentence = sentences[window.first + window.owners[first]]
    return sentence[window.offsets[first][0] : window.offsets[last][1]]


def figures(reader: Exported, corpus: Corpus, limit: int, varied: int) -> dict[str, float]:
    """Return the figures of a reader on a set.

    `first`: how often a right sentence has the best logit; the columns behind `span F1` the same for varied questions.
    `silence` and `answerable`: AUROC of the questions that the text answers, by the best sentence and by the logit of
    its own.
    """
    items = random.Random(3).sample(corpus.items, min(limit, len(corpus.items)))
    read = [reader.read(item.question, item.text.title, item.text.sentences) for item in items]
    answered = [(item, one) for item, one in zip(items, read, strict=True) if item.right]
    found = {"first": _share(int(one.sentences.argmax()) in item.right for item, one in answered)}
    labels = [bool(item.right) for item in items]
    if not all(labels):
        found["silence"] = float(roc_auc_score(labels, [one.sentences.max() for one in read]))
        if not np.isnan(read[0].answerable):
            found["answerable"] = float(roc_auc_score(labels, [one.answerable for one in read]))
    if any(item.answers for item, _ in answered):
        found["span F1"] = float(np.mean([_f1(one.answer, item.wordings) for item, one in answered if item.answers]))
    for name, vary in {
        "time": augment.with_time, "typo": augment.with_typo, "lower case": augment.lower_case, "keywords": augment.keywords,
        "in front": lambda question, rng: augment.with_preface(question, (), rng),
    }.items():  # fmt: skip
        rng = random.Random(5)
        some = [item for item, _ in answered][:varied]
        typed = [reader.read(vary(item.question, rng), item.text.title, item.text.sentences) for item in some]
        found[name] = _share(int(o.sentences.argmax()) in i.right for i, o in zip(some, typed, strict=True))
    return found


def _share(hits: Iterator[bool]) -> float:
    return float(np.mean([*hits]))


def _f1(answer: str, wordings: Sequence[str]) -> float:
    """Return how much of the words of the answer and the nearest wording is shared."""
    words = set(answer.lower().split())
    others = [set(wording.lower().split()) for wording in wordings]
    return max((2 * len(words & other) / max(1, len(words) + len(other)) for other in others), default=0.0)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, action="append", required=True)
    parser.add_argument("--base", type=Path, required=True, help="folder of all-MiniLM-L6-v2")
    parser.add_argument("--set", type=Path, action="append", required=True)
    parser.add_argument("--limit", type=int, default=100_000, help="questions of each set")
    parser.add_argument("--varied", type=int, default=500, help="questions of each set to vary")
    options = parser.parse_args()
    encoder = Encoder(options.base / "tokenizer.json")
    readers = {str(file): Exported(file, encoder) for file in options.model}
    print("| set | reader |", " | ".join(_COLUMNS), "|")
    print("| --- " * (len(_COLUMNS) + 2), "|", sep="")
    for folder in options.set:
        corpus = load(folder)
        for name, reader in readers.items():
            found = figures(reader, corpus, options.limit, options.varied)
            cells = (f"{found[column]:.3f}" if column in found else "" for column in _COLUMNS)
            print(f"| {corpus.name} | {name} |", " | ".join(cells), "|", flush=True)


if __name__ == "__main__":
    main()
