"""Does the reader put the right sentence first, when it is given the right passage?

    python -m benchmarks.sentences ARTICLES.jsonl QUESTIONS.jsonl

Articles are read whole, as one passage: made for sets whose articles are paragraphs, such as XQuAD. A sentence is right
when it shares a character with an evidence quote. Questions without an answer are left out. No index is needed.
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.corpus import records
from index.text.chunk import sentences
from qa.evaluate.gold import occurrences
from qa.evaluate.questions import Question, read_questions
from qa.judge.reader import Reader, Reading


@dataclass(frozen=True, slots=True)
class Placed:
    """A question over its passage: the sentences, and which of them are right."""

    question: str
    reading: Reading
    right: frozenset[int]


def placed(questions: list[Question], articles: Path) -> Iterator[Placed]:
    """Yield the answerable questions, each with the first passage that holds its evidence."""
    passages = {record["id"]: record for record in records(articles)}
    for question in questions:
        if not question.answerable or not question.evidence:
            continue
        article = passages[question.evidence[0].article_id]
        text = article["text"]
        quotes = [quote for entry in question.evidence if entry.article_id == article["id"]
                  for quote in occurrences(text, entry.quote)]  # fmt: skip
        spans = sentences(text)
        right = frozenset(
            number for number, (start, end) in enumerate(spans) if any(a < end and start < b for a, b in quotes)
        )
        yield Placed(question.question, Reading(article["title"] or "", [text[a:b] for a, b in spans]), right)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path, metavar="ARTICLES.jsonl")
    parser.add_argument("questions", type=Path, metavar="QUESTIONS.jsonl")
    given = parser.parse_args()
    reader = Reader()
    asked = list(placed(read_questions(given.questions), given.articles))
    started, right = time.perf_counter(), 0
    for one in asked:
        (scores,) = reader(one.question, [one.reading])
        right += int(np.argmax(scores.logits)) in one.right
    seconds = time.perf_counter() - started
    print(f"{len(asked)} questions in {seconds:.0f} s, right sentence first: {right / len(asked):.3f}")


if __name__ == "__main__":
    main()
