"""Ask all questions of a set, and check every citation of every answer against the indexed articles.

    python -m benchmarks.citations INDEX QUESTIONS.jsonl

Exit code 1 if a single citation is not the article's exact words.
"""

import argparse
import statistics
import sys
from collections import Counter
from pathlib import Path

from benchmarks.corpus import records
from index.serving import Index
from qa import Answer, Assistant


def mismatches(index: Index, answer: Answer) -> int:
    """Return how many citations of an answer are not found letter by letter where they say."""
    with index.generation() as generation:
        found = ((c, generation.article(c.article_id)) for c in answer.citations)
        return sum(article is None or article.text[c.start : c.end] != c.quote or not c.quote for c, article in found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index", type=Path)
    parser.add_argument("questions", type=Path)
    arguments = parser.parse_args()
    statuses: Counter[str] = Counter()
    citations = false = 0
    words: list[int] = []
    with Assistant.open(arguments.index) as assistant:
        for record in records(arguments.questions):
            answer = assistant.ask(record["question"])
            statuses[answer.status] += 1
            citations += len(answer.citations)
            false += mismatches(assistant.index, answer)
            if answer.text:
                words.append(len(answer.text.split()))
    print(f"questions {statuses.total()}: {dict(statuses)}")
    print(f"citations {citations}, mismatches {false}")
    print(f"words of an answer: median {statistics.median(words):.0f}, most {max(words)}" if words else "no answers")
    sys.exit(false > 0)


if __name__ == "__main__":
    main()
