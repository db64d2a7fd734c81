"""Questions on news that nobody answered: what a teacher says of them teaches the reader how news are written.

Most are made of an article's own words, as people type keywords; the others are questions of the sets and headlines. Many do not
fit the passage that they are put to, so silence is learned as well.
"""

import gzip
import json
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from index.text.chunk import sentences
from training import augment
from training.encode import Encoder
from training.lexical import STOP_WORDS
from training.pack import Example, Pair

KIND = "news"
_ASKED = (
    "who", "what", "when", "where", "why", "how", "how many", "how much", "which", "why did", "how did", "what did", "who said",
    "when did", "did", "is", "has", "what happened with", "what does", "what caused", "reason", "", "", "", "",
)  # fmt: skip
_BEFORE_A_HEADLINE = ("", "", "what happened with ", "latest on ", "why ", "how ", "what is known about ")
_HEADLINES, _BORROWED, _ELSEWHERE = 0.2, 0.25, 0.2
"""Shares of questions that are headlines, of those taken from the sets, and of made ones put to another passage."""
_TITLED = 0.85
_SHORTEST, _LONGEST = 90, 230
"""Tokens of a passage: those of the product's chunks."""
_MOST_CHARACTERS, _LEAST_SENTENCES = 12_000, 5


class _Passage(NamedTuple):
    title: str
    sentences: Sequence[str]


def unlabelled(file: Path, count: int, borrowed: Sequence[str], encoder: Encoder, rng: random.Random) -> list[Pair]:
    """Return `count` questions with a passage of the articles in `file`. `borrowed` are questions of other sets."""
    articles = [list(passages) for row in _rows(file) if len(passages := _passages(row, encoder, rng)) > 1]
    if not articles:
        raise ValueError(f"{file} holds no article of two passages or more.")
    found: list[Pair] = []
    while len(found) < count:
        article = rng.choice(articles)
        passage = rng.choice(article)
        if rng.random() < _BORROWED:
            question = rng.choice(borrowed)
        else:
            question = _made(passage, rng)
            if rng.random() < _ELSEWHERE:
                passage = rng.choice(article)
        title = passage.title if rng.random() < _TITLED else ""
        window = encoder.windows(augment.varied(question, (), rng), title, passage.sentences)[0]
        found.append(Pair((Example(window, labelled=False),), kind=KIND))
    return found


def _rows(file: Path) -> Iterator[dict[str, str]]:
    opened = gzip.open(file, "rt", encoding="utf-8") if file.suffix == ".gz" else file.open(encoding="utf-8")
    with opened as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def _passages(row: dict[str, str], encoder: Encoder, rng: random.Random) -> list[_Passage]:
    text = row["text"][:_MOST_CHARACTERS]
    parts = [text[start:end] for start, end in sentences(text)]
    found: list[_Passage] = []
    room = 0
    for part in parts if len(parts) >= _LEAST_SENTENCES else ():
        room -= len(encoder.tokens(part)[0])
        if room < 0:
            found.append(_Passage(row["title"] or "", [part]))
            room = rng.randrange(_SHORTEST, _LONGEST)
        else:
            found[-1] = found[-1]._replace(sentences=[*found[-1].sentences, part])
    return found


def _made(passage: _Passage, rng: random.Random) -> str:
    """Return a question of the passage's words."""
    if passage.title and rng.random() < _HEADLINES:
        before = rng.choice(_BEFORE_A_HEADLINE)
        title = passage.title.rstrip(".")
        question = before + (title if not before else title[:1].lower() + title[1:])
    else:
        words = _content(rng.choice(passage.sentences)) or _content(" ".join(passage.sentences))
        start = rng.randrange(max(1, len(words) - 4))
        kept = [word for word in words[start : start + rng.randrange(3, 9)] if rng.random() < 0.75] or words[:3]
        other = _content(rng.choice(passage.sentences))
        kept += rng.sample(other, min(2, len(other))) if rng.random() < 0.35 else []
        if rng.random() < 0.25:
            rng.shuffle(kept)
        question = " ".join([rng.choice(_ASKED), *kept]).strip()
    if rng.random() < 0.5:
        return question.lower()
    return f"{question[:1].upper()}{question[1:]}?"


def _content(sentence: str) -> list[str]:
    return [word for word in re.findall(r"[\w'’-]+", sentence) if word.lower() not in STOP_WORDS]
