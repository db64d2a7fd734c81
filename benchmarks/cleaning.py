"""Print of a random sample of articles what cleaning takes out, and what it leaves that does not end like a sentence.

    python -m benchmarks.cleaning ARTICLES.jsonl --sample 80

Whether that is right is for a person to read: "-" was taken out, "~" an outlet repeats (so no passage holds it), and
"?" is left. The last two lines of each article are printed too: boilerplate stands there.
"""

import argparse
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from index.read import Item, Raw, read
from index.text.clean import clean, squeeze, visible
from index.text.recurring import may_recur

_SENTENCE_END = re.compile(r"[.!?:…]['\"”’)]*$")
_RECURS = 5  # articles, as in index.build.boilerplate


def main() -> None:
    """Print the sample, then how many lines there were of each kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("articles", type=Path)
    parser.add_argument("--sample", type=int, default=80)
    parser.add_argument("--seed", type=int, default=151)
    options = parser.parse_args()
    raws = [item.read() for item in read([options.articles]) if isinstance(item, Item)]
    held: Counter[tuple[str, str]] = Counter()
    for raw in raws:
        held.update({(raw.source, line) for line in _candidates(clean(raw.text, title=raw.title).text)})
    counts: Counter[str] = Counter()
    for raw in random.Random(options.seed).sample(raws, min(options.sample, len(raws))):
        print(f"=== {raw.source} · {raw.title}")
        for sign, line in _marked(raw, held):
            counts[sign] += 1
            if sign != " ":
                print(f"  {sign} {line[:160]}")
    print(counts)


def _candidates(text: str) -> Iterator[str]:
    return (text[start:end] for start, end in may_recur(text))


def _marked(raw: Raw, held: Counter[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield each line of an article behind its sign, a blank for what is surely story."""
    kept = clean(raw.text, title=raw.title).text.split("\n")
    given = filter(None, (squeeze(visible(line)) for line in raw.text.splitlines()))
    yield from (("-", line) for line in given if line not in kept)
    for number, line in enumerate(kept, 1):
        repeated = held[raw.source, line] >= _RECURS
        ends = _SENTENCE_END.search(line) and number < len(kept) - 1
        yield ("~" if repeated else " " if ends else "?"), line


if __name__ == "__main__":
    main()
