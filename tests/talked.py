"""A conversation about a mayor, and a vocabulary to resolve follow-ups by."""

from collections.abc import Sequence

from qa import Turn

MAYOR = (
    Turn("user", "Who won the election for mayor of Port Ellery?"),
    Turn("assistant", "Idris Colbeck of the Harbour Alliance won it with 46,118 votes."),
)


class Counts:
    """A vocabulary of a thousand passages: every word is in one of them, except those that are given."""

    chunks_count = 1000

    def __init__(self, **frequencies: int) -> None:
        self._frequencies = frequencies

    def frequencies(self, terms: Sequence[str]) -> list[int]:
        return [self._frequencies.get(term, 1) for term in terms]
