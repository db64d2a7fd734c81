"""Find passages that repeat another article's passage in nearly the same words: a wire story in two outlets.

Which one is the original cannot be known; the one that was found first counts as the original.
"""

from collections.abc import Mapping, Sequence

from index.search.lexical import terms
from qa.facts.comparison import restates
from qa.values import Passage

_SAME_WORDS = 0.8
"""The share of the copy's different words that the original has (docs/decisions/0014)."""
_LEAST_WORDS = 15  # of a passage; shorter ones share most of their words by chance
_MOST_COPIES = 1  # of a passage: a second outlet confirms, a third adds nothing; chosen, not measured


def copies(passages: Sequence[Passage]) -> dict[str, Passage]:
    """Return the earlier passage that each copy repeats, by the copy's chunk id."""
    found: dict[str, Passage] = {}
    originals: list[tuple[Passage, set[str]]] = []
    for passage in passages:
        words = set(terms(passage.chunk.text))
        # Compared with originals only, so that a chain of copies leads back to one passage.
        original = next((one for one, theirs in originals if _adds_nothing(passage, words, one, theirs)), None)
        if original:
            found[passage.chunk.id] = original
        else:
            originals.append((passage, words))
    return found


def uncrowded(passages: Sequence[Passage], k: int) -> tuple[Passage, ...]:
    """Return the first k passages with at most one copy of each: more would crowd out other news."""
    copied = copies(passages)
    seen: dict[str, int] = {}
    kept = []
    for passage in passages:
        if original := copied.get(passage.chunk.id):
            seen[original.chunk.id] = seen.get(original.chunk.id, 0) + 1
            if seen[original.chunk.id] > _MOST_COPIES:
                continue
        kept.append(passage)
    return tuple(kept[:k])


def counterparts(texts: Sequence[str], originals: Sequence[str]) -> Mapping[int, int]:
    """Return the position of the first original that says the same as each text, by the text's position."""
    found: dict[int, int] = {}
    for place, text in enumerate(texts):
        for at, other in enumerate(originals):
            if text == other or (restates(text, other) and restates(other, text)):
                found[place] = at
                break
    return found


def _adds_nothing(passage: Passage, words: set[str], earlier: Passage, theirs: set[str]) -> bool:
    """Say whether nearly all words of a passage stand in an earlier one of another article."""
    if passage.article.id == earlier.article.id or len(words) < _LEAST_WORDS:
        return False
    return len(words & theirs) >= _SAME_WORDS * len(words)
