"""Choose the few sentences that a language model is shown: reading the prompt takes most of its time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index import Article
from qa.evidence import Evidence, Sentence

BUDGET = 1200
"""Characters of passages in one prompt, about 270 tokens of English. These hold the gold answer of 85 % of the
answerable questions of rtqa_dev_2022H2 (600: 79 %, 2,000: 86 %, 4,000: 86 %)."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A run of whole sentences of an article that the model is shown."""

    article: Article
    start: int
    end: int

    @property
    def text(self) -> str:
        """Return the words."""
        return self.article.text[self.start : self.end]


def choose(evidence: Evidence, budget: int = BUDGET) -> list[Excerpt]:
    """Return the best judged sentences, each with its neighbours, up to `budget` characters, best run first.

    The best sentence is shown even if it is longer than that.
    """
    reading = sorted(evidence.sentences, key=lambda sentence: (sentence.article.id, sentence.start))
    places = {(sentence.article.id, sentence.start): place for place, sentence in enumerate(reading)}
    kept: set[int] = set()
    used = 0
    for sentence in evidence.sentences:
        place = places[sentence.article.id, sentence.start]
        around = {
            place,
            *(p for p in (place - 1, place + 1) if _adjoin(reading, *sorted((p, place)))),
        } - kept
        # With its neighbours, as a sentence alone often leaves out who "he" is.
        used += sum(reading[p].end - reading[p].start for p in around)
        if kept and used > budget:
            break
        kept |= around
    ranks = {places[sentence.article.id, sentence.start]: rank for rank, sentence in enumerate(evidence.sentences)}
    runs = sorted(_runs(reading, sorted(kept)), key=lambda run: min(ranks[place] for place in run))
    return [Excerpt(reading[run[0]].article, reading[run[0]].start, reading[run[-1]].end) for run in runs]


def _adjoin(reading: Sequence[Sentence], first: int, second: int) -> bool:
    """Say whether two places of the reading order hold sentences with nothing but a blank between them."""
    if first < 0 or second >= len(reading):
        return False
    one, other = reading[first], reading[second]
    return one.article.id == other.article.id and not one.article.text[one.end : other.start].strip()


def _runs(reading: Sequence[Sentence], places: Sequence[int]) -> Iterator[list[int]]:
    run: list[int] = []
    for place in places:
        if run and not (place == run[-1] + 1 and _adjoin(reading, run[-1], place)):
            yield run
            run = []
        run.append(place)
    if run:
        yield run
