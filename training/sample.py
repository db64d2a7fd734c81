"""Make the examples of an epoch: passages with the sentences that answer a question, and passages that do not answer it."""

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from training import augment
from training.data import Item, Text, overlap
from training.encode import Encoder, Span, Window
from training.lexical import Bm25
from training.pack import Example, Pair

_SHORTEST, _LONGEST = 70, 200
"""A passage's tokens. The product's chunks have 50 to 230; shorter ones train faster."""
_NEAREST = 8
_TITLED = 0.6
_INTERRUPTED = 0.3
"""How many passages get lines that state nothing."""
_LONGEST_ASIDE = 16
_SHARES = {"exchanged": 0.35, "removed": 0.25}
"""Of the passages without answer; the others are of other texts."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A sentence of a passage in the making. `number` is its place in the text; -1: it was added."""

    text: str
    number: int = -1


class Sampler:
    """Makes the examples of one set."""

    def __init__(self, items: Sequence[Item], encoder: Encoder, rng: random.Random) -> None:
        self._encoder, self._rng = encoder, rng
        self._texts = list(dict.fromkeys(item.text for item in items))
        self._nearest = Bm25([f"{text.title} {text.text}" for text in self._texts])
        questions: dict[str, list[str]] = defaultdict(list)
        for item in items:
            questions[item.text.title].append(item.question)
        self._named = {title: augment.names_and_numbers(asked) for title, asked in questions.items()}

    def pair(self, item: Item, share: float) -> Pair | None:
        """Return an item as training material; `share` of the answered ones also with a passage that does not answer."""
        question = self._varied(item)
        title = self._title(item.text)
        lines = self._interrupted(self._cut(item), question)
        if not item.right:
            return Pair((self._example(item, question, title, lines),))
        positive = self._example(item, question, title, lines)
        if not positive.right:
            return None
        if self._rng.random() >= share:
            return Pair((positive,))
        roll = self._rng.random()
        if roll < _SHARES["exchanged"] and (other := self._exchanged(item)):
            return Pair((positive, self._unanswered(self._as_typed(other), title, lines)))
        if roll < sum(_SHARES.values()) and len(rest := self._without_answer(item)) > 1:
            return Pair((positive, self._unanswered(question, title, self._interrupted(rest, question))), rivals=True)
        text = self._neighbour(item)
        start = self._rng.randrange(max(1, len(text.spans) - 3))
        others = self._interrupted(self._filled(text, start), question)
        return Pair((positive, self._unanswered(question, self._title(text), others)), rivals=True)

    def _varied(self, item: Item) -> str:
        aside = [
            sentence
            for number, sentence in enumerate(item.text.sentences)
            if number not in item.right | item.spare and len(sentence.split()) <= _LONGEST_ASIDE
        ]
        return augment.varied(item.question, aside, self._rng)

    def _as_typed(self, question: str) -> str:
        return augment.varied(question, (), self._rng)

    def _title(self, text: Text) -> str:
        if self._rng.random() >= _TITLED:
            return ""
        if text.title and self._rng.random() < 0.8:
            return text.title
        return augment.headline(self._rng.choice(text.sentences), self._rng)

    def _cut(self, item: Item) -> list[_Line]:
        """Return neighbouring sentences that hold a right one, where there is one, and as many as have room."""
        sentences = item.text.sentences
        room = self._rng.randrange(_SHORTEST, _LONGEST)
        first = last = self._rng.choice(sorted(item.right) or range(len(sentences)))
        used = self._size(sentences[first])
        while True:
            sides = [
                n for n in (first - 1, last + 1) if 0 <= n < len(sentences) and self._size(sentences[n]) + used <= room
            ]
            if not sides:
                return [_Line(sentences[number], number) for number in range(first, last + 1)]
            # A text's later sentences twice as often, so that the answer stands early as in news.
            side = sides[-1] if self._rng.random() < 2 / 3 else sides[0]
            used += self._size(sentences[side])
            first, last = min(first, side), max(last, side)

    def _filled(self, text: Text, start: int) -> list[_Line]:
        room, lines = self._rng.randrange(_SHORTEST, _LONGEST), list[_Line]()
        for number, sentence in enumerate(text.sentences[start:], start):
            room -= self._size(sentence)
            if lines and room < 0:
                break
            lines.append(_Line(sentence, number))
        return lines

    def _without_answer(self, item: Item) -> list[_Line]:
        wordings = [wording.lower().strip(" .") for wording in item.wordings]
        lines = [
            _Line(sentence, number)
            for number, sentence in enumerate(item.text.sentences)
            if number not in item.right | item.spare and not any(w in sentence.lower() for w in wordings)
        ]
        start = self._rng.randrange(max(1, len(lines) - 5))
        return lines[start : start + 7]

    def _interrupted(self, lines: list[_Line], question: str) -> list[_Line]:
        if self._rng.random() >= _INTERRUPTED:
            return lines
        lines = [*lines]
        for _ in range(self._rng.choice((1, 1, 2))):
            lines.insert(self._rng.randrange(len(lines) + 1), _Line(augment.no_statement(question, self._rng)))
        return lines

    def _exchanged(self, item: Item) -> str | None:
        return augment.exchanged(item.question, item.text.text, self._named[item.text.title], self._rng)

    def _neighbour(self, item: Item) -> Text:
        """Return another text near the question, of the same title where there is one, that has none of the answers."""
        scores = self._nearest.scores(f"{item.question} {item.text.title}")
        best = [self._texts[row] for row in np.argsort(-scores)[: _NEAREST + 1]]
        near = [text for text in best if text is not item.text]
        wordings = [wording.lower().strip(" .") for wording in item.wordings]
        free = [text for text in near if not any(wording in text.text.lower() for wording in wordings)]
        chosen: Text = self._rng.choice(free or near)
        return chosen

    def _size(self, sentence: str) -> int:
        return len(self._encoder.tokens(sentence)[0])

    def _unanswered(self, question: str, title: str, lines: Sequence[_Line]) -> Example:
        return Example(self._window(question, title, lines))

    def _window(self, question: str, title: str, lines: Sequence[_Line]) -> Window:
        return self._encoder.windows(question, title, [line.text for line in lines])[0]

    def _example(self, item: Item, question: str, title: str, lines: Sequence[_Line]) -> Example:
        window = self._window(question, title, lines)
        numbers = [line.number for line in lines[: window.count]]
        return Example(
            window,
            frozenset(place for place, number in enumerate(numbers) if number in item.right),
            frozenset(place for place, number in enumerate(numbers) if number in item.spare),
            tuple(answer_tokens(item, window, numbers)),
        )


def answer_tokens(item: Item, window: Window, numbers: Sequence[int]) -> Iterator[tuple[int, int, float]]:
    """Yield the first and last token of each answer in the window, with its votes. `numbers` are the window's sentences."""
    places = [
        _shifted(item.text.spans[numbers[owner]][0], offset) if owner >= 0 and numbers[owner] >= 0 else (-1, -1)
        for owner, offset in zip(window.owners, window.offsets, strict=True)
    ]
    for span, votes in item.answers:
        inside = [token for token, place in enumerate(places) if place[0] >= 0 and overlap(place, span)]
        if inside:
            yield inside[0], inside[-1], votes


def _shifted(by: int, span: Span) -> Span:
    return by + span[0], by + span[1]


def epoch(
    sets: Mapping[str, Sequence[Item]], sizes: Mapping[str, int], encoder: Encoder, *, share: float, seed: int
) -> list[Pair]:
    """Return the examples of one epoch: of each set as many questions as `sizes` says, drawn without replacement."""
    rng = random.Random(seed)
    pairs: list[Pair] = []
    for name, items in sets.items():
        sampler = Sampler(items, encoder, rng)
        drawn = rng.sample(list(items), min(sizes[name], len(items)))
        pairs += [replace(pair, kind=name) for item in drawn if (pair := sampler.pair(item, share))]
    return pairs
