"""Say whether a statement may stand on the words that it quotes, or inverts them.

Polarity, opposite words and roles are compared clause by clause. Only statements in nearly the same words as the quote
can be caught: one in other words passes.
"""

import re
from collections.abc import Sequence

from qa.facts.comparison import comparable
from qa.facts.polarity import clauses, opposed, tails
from qa.facts.quantities import PEOPLE, Quantity, quantities
from qa.facts.roles import turned_roles
from qa.facts.wording import words

_RELATIVE = re.compile(r"(?:who|which|where|when)\b", re.IGNORECASE)
_REACH = 3
"""Within so many words behind a denial an opposite word is denied: "did not reject". Tried in docs/decisions/0018."""
_SHARED = 0.5
"""The least share of the shorter clause's words in common for two clauses to be compared (docs/decisions/0018)."""
_GRAVE_WORDS = (
    "died killed murdered drowned destroyed demolished hurt arrested jailed convicted guilty accused charged stole "
    "theft fraud bribed bribe corrupt raped abused attacked invaded bombed shot stabbed poisoned kidnapped "
    "resigned sacked fired bankrupt collapsed exploded cancelled banned suspended divorced suicide cancer"
)


def contradicts(statement: str, source: str) -> bool:
    """Say whether a statement denies or turns round what its source says in nearly the same words.

    Clause by clause: two that share at least half of their words are held against each other. A denial, an opposite
    word, and exchanged roles each turn the meaning round, and two of them restore it ("did not win", "lost").
    """
    return any(
        _turned(clause, other) for clause in clauses(statement) if (other := _counterpart(clause, clauses(source)))
    )


def stands_by(statement: str, quoted: str, title: str = "") -> bool:
    """Say whether a statement may stand on the sentences that it quotes.

    It must not contradict them, count something else by the same number, or tell of a grave thing that neither they nor
    the title mention: "killed 412 people" does not stand on "entered 412 homes".
    """
    if contradicts(statement, quoted) or not _counts_the_same(statement, quoted):
        return False
    # What is denied is not claimed: "nobody was killed" accuses nobody.
    claimed = {word for clause in clauses(statement) if not tails(clause) for word in words(clause)}
    return _GRAVE & claimed <= set(words(f"{quoted}\n{title}"))


def _counts_the_same(statement: str, quoted: str) -> bool:
    """Say whether no number of the statement that the quote has too is of people in one and of no people in the other.

    "1,200 staff" may be "1,200 nurses", and "412 houses" "412 homes": finer differences are not for a list to tell.
    """
    for quantity in quantities(statement):
        same = [known for known in quantities(quoted) if known.value == quantity.value and known.unit == ""]
        if quantity.unit == "" and same and not any(_of_like_kind(quantity, known) for known in same):
            return False
    return True


def _of_like_kind(one: Quantity, other: Quantity) -> bool:
    if not one.counted or not other.counted or comparable(one, other):
        return True
    return one.counted.isdisjoint(PEOPLE) == other.counted.isdisjoint(PEOPLE)


def _turned(clause: str, other: str) -> bool:
    turns = _denied(clause, other) + opposed(clause, other) + turned_roles(clause, other)
    return turns % 2 == 1


def _denied(clause: str, other: str) -> int:
    """Return by how many denials two clauses differ.

    "Do not know" is enough beside "have yet to identify": a denial of something else may stand for the one it meets.
    """
    (mine, free), (theirs, others_free) = _bearing(clause, other), _bearing(other, clause)
    return max(0, mine - theirs - others_free) + max(0, theirs - mine - free)


def _counterpart(clause: str, others: Sequence[str]) -> str:
    """Return the clause that shares most of the words of this one, at least half of the shorter one's; "" is none."""
    mine = set(words(clause))
    if len(mine) < 2 and _RELATIVE.match(clause):  # "who died" would fit any clause with that word
        return ""
    shared = [(len(mine & set(words(other))), -len(words(other)), other) for other in others]  # of equals, the shortest
    most, _, best = max(shared, default=(0, 0, ""))
    return best if most and most >= _SHARED * min(len(mine), len(set(words(best)))) else ""


def _bearing(clause: str, other: str) -> tuple[int, int]:
    """Return how many denials of a clause bear on what the other clause says, and how many verbs it denies else.

    One at its end ("but wages did not") denies what stands elsewhere.
    """
    theirs = set(words(other))
    bearing = free = 0
    for tail, reach in tails(clause):
        if not theirs.isdisjoint(words(tail)[:reach]) or opposed(" ".join(tail.split()[:_REACH]), other):
            bearing += 1
        elif reach > 1:
            free += 1
    return bearing, free


_GRAVE = frozenset(words(_GRAVE_WORDS))
"""What a statement must not add to its quote, were it the only word that it adds."""
