"""Read sets of human questions: which sentences of a text answer each, and which words.

A set is a folder with `articles.jsonl` and `questions.jsonl`, as `dateline reindex` and `dateline eval` read them. A question that
is not answered names the text that it was asked of as `nearest_article`.
"""

import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.text.chunk import Span, sentences

_VALIDATION = 0.08
_JOINED = re.compile(r"(?<=[a-z][.!?])(?=[A-Z])")
"""Where a review has no space between two sentences."""
_BEFORE, _AFTER = re.compile(r" (?=[.,;:!?)%'’]|n't\b)"), re.compile(r"(?<=[(#$]) ")


@dataclass(frozen=True, slots=True)
class Text:
    """A text with the offsets of its sentences."""

    title: str
    text: str
    spans: tuple[Span, ...]

    @property
    def sentences(self) -> list[str]:
        """Return the sentences."""
        return [self.text[start:end] for start, end in self.spans]


@dataclass(frozen=True, slots=True)
class Item:
    """A question with the text that it was asked of. `right` are the sentences that answer it; none: nothing does.

    `spare` are sentences that may answer too. `answers` are spans of the text, with how many people chose each.
    """

    corpus: str
    question: str
    text: Text
    right: frozenset[int]
    spare: frozenset[int]
    answers: tuple[tuple[Span, float], ...]
    wordings: tuple[str, ...]
    """The answers as words."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """The texts and questions of one set."""

    name: str
    texts: tuple[Text, ...]
    items: tuple[Item, ...]


def load(folder: Path) -> Corpus:
    """Return the texts and questions of a set, without questions whose evidence is not found in its text."""
    texts = {row["id"]: _text(row) for row in rows(folder / "articles.jsonl")}
    items = (_item(folder.name, row, texts) for row in rows(folder / "questions.jsonl"))
    return Corpus(folder.name, tuple(texts.values()), tuple(item for item in items if item))


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a file of JSON lines."""
    with path.open(encoding="utf-8") as file:
        yield from (json.loads(line) for line in file if line.strip())


def split(corpus: Corpus) -> tuple[list[Item], list[Item]]:
    """Return the items to train on and those to validate with: other titles, or other texts where there are none."""
    count = Counter(_group(item) for item in corpus.items)
    groups = sorted(count)
    random.Random(0).shuffle(groups)
    held: set[str] = set()
    size = 0
    for group in groups:
        if size + count[group] <= _VALIDATION * len(corpus.items):
            held.add(group)
            size += count[group]
    return (
        [item for item in corpus.items if _group(item) not in held],
        [item for item in corpus.items if _group(item) in held],
    )


def overlap(one: Span, other: Span) -> bool:
    """Say whether two ranges share a character."""
    return one[0] < other[1] and other[0] < one[1]


def _group(item: Item) -> str:
    return item.text.title or item.text.text


def _text(row: Mapping[str, Any]) -> Text:
    text = _plain(row["text"])
    return Text(row["title"] or "", text, tuple(sentences(text)))


def _plain(text: str) -> str:
    """Return a text without the marks of tokenisation, and with spaces between its sentences."""
    if " ," in text or " ." in text:
        text = _AFTER.sub("", _BEFORE.sub("", text)).replace("`` ", "“").replace(" ''", "”")
    return _JOINED.sub(" ", text)


def _item(corpus: str, row: Mapping[str, Any], texts: Mapping[str, Text]) -> Item | None:
    evidence = row["evidence"]
    text = texts[evidence[0]["article_id"] if evidence else row["nearest_article"]]
    if not evidence:
        return Item(corpus, row["question"], text, frozenset(), frozenset(), (), ())
    places = [text.text.find(_plain(one["quote"])) for one in evidence]
    quotes = [(at, at + len(_plain(one["quote"]))) for at, one in zip(places, evidence, strict=True) if at >= 0]
    wordings = [_plain(w).strip() for w in [*(one["span"] for one in evidence if "span" in one), *row["answers"]]]
    inside, outside = _answers(text.text, quotes, [wording for wording in wordings if wording])
    quoted = _overlapping(text, quotes)
    right = _overlapping(text, [span for span, _ in inside]) or quoted
    spare = (quoted | _overlapping(text, outside)) - right
    return Item(corpus, row["question"], text, right, spare, tuple(inside), tuple(wordings)) if right else None


def _answers(text: str, quotes: Sequence[Span], wordings: Sequence[str]) -> tuple[list[tuple[Span, float]], list[Span]]:
    """Return the answers that stand in the quotes, with their votes, and those that stand elsewhere, once."""
    inside: list[tuple[Span, float]] = []
    outside: list[Span] = []
    for wording, votes in Counter(wordings).items():
        found = [at for start, end in quotes if (at := text.find(wording, start, end)) >= 0]
        inside += [((at, at + len(wording)), float(votes)) for at in found]
        if not found and text.count(wording) == 1:
            at = text.find(wording)
            outside.append((at, at + len(wording)))
    return inside, outside


def _overlapping(text: Text, ranges: Sequence[Span]) -> frozenset[int]:
    return frozenset(i for i, span in enumerate(text.spans) if any(overlap(span, one) for one in ranges))
