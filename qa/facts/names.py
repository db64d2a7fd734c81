"""Say which names of a statement its source does not hold.

Names are compared word by word, and forgiving where the same is meant: "Russia's", "Russian", "UN" for
"United Nations". Every capitalised word counts as a name.
"""

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass

from index.text.chunk import spoken_date
from qa.facts.calendar import MONTH, WEEKDAY
from qa.facts.figures import Source
from qa.facts.letters import CAPITAL
from qa.facts.locate import fold_text

# A mark counts only within a word: "U.S", "O'Neill", "AT&T".
_WORD = re.compile(r"[^\W\d_](?:[^\W_]|[.'&-](?=[^\W_]))*")
_OPENERS = """\
a about after all also although an and another are as at because before both but by can could despite due during each
even every everyone for from he her here his how however i if in instead is it its just last later many may meanwhile
more most much neither next no nobody none nor not nothing now of officials on once one only or other others our out
over people police several she since so some still such than that the their then there these they this those though
through to today tomorrow under until up was we were what when where whether which while who why will with within
without would yes yesterday yet you
"""
PLAIN_OPENERS = frozenset(_OPENERS.split())
_NAME = re.compile(rf"{CAPITAL}[\w'-]*(?: (?:(?:of|and|the|for) )*{CAPITAL}[\w'-]*)+")

_DAY_WORDS = re.compile(rf"\b(?:{WEEKDAY}|{MONTH})s?\b")
_NATIONAL = re.compile(
    r"(?:[a-z]ish|[a-z]ese|[a-z]ian|[a-z]ean|[cgx]an)s?$|^(?:French|Dutch|Greek|Swiss|Czech|Thai|Welsh|Britons?|Britain|America[ns]*|US|UK"
    r"|U\.S\.?|U\.K\.?|England|Europe)(?:['’]s)?$"
)
"""Places and peoples that a report takes for granted: what happens in Leeds need not name England."""
_SPELT_OUT = (
    ("US", ("United", "States")),
    ("UK", ("United", "Kingdom")),
    ("UN", ("United", "Nations")),
    ("EU", ("European", "Union")),
)
"""Only these: anybody's name may have the initials of an acronym."""


def invented_names(statement: str, source: Source, *, common: Container[str] = ()) -> list[str]:
    """Return the capitalised words of a statement that its source does not hold.

    The first word of a sentence is no name if it is one of the `common` words, lower-cased.
    """
    stated = fold_text(statement)
    given = _Names.of("\n".join((source.quote, source.title, spoken_date(source.published))))
    return [
        word
        for word, opens in _capitalised(stated)
        if not (opens and (_bare(word) in PLAIN_OPENERS or _bare(word) in common))
        and not given.hold(word)
        and not all(given.hold(part) for part in word.split("-"))
        and not any(
            acronym in given.acronyms and word in name for acronym, name in _SPELT_OUT if " ".join(name) in stated
        )
    ]


@dataclass(frozen=True, slots=True)
class _Names:
    """The words of a text as names are compared, its acronyms, and the initials of its longer names."""

    words: frozenset[str]
    acronyms: frozenset[str]
    initials: frozenset[str]

    @classmethod
    def of(cls, text: str) -> "_Names":
        plain = fold_text(text)
        found = [part for word in _WORD.findall(plain) for part in (word, *word.split("-"))]
        acronyms = (word.replace(".", "") for word in found)
        return cls(
            frozenset(map(_bare, found)),
            frozenset(word for word in acronyms if word.isupper() and len(word) > 1),
            frozenset(_initials(plain)),
        )

    def hold(self, word: str) -> bool:
        """Say whether a name is among them: as it is, as the adjective of a country, or in initials."""
        one = _bare(word).removesuffix("s")
        return (
            not {one, f"{one}s"}.isdisjoint(self.words)
            or word.replace(".", "") in self.initials
            # Only words that begin alike can be adjectives of each other; the check spares most comparisons.
            or any(_adjective(other, one) or _adjective(one, other) for other in self.words if other[:3] == one[:3])
        )


def absent_names(question: str, text: str, *, common: Container[str] = ()) -> list[str]:
    """Return the names of a question that a text does not hold. Nationalities and the words of a day are none.

    What holds none of a person, firm or place that is asked about tells of another one.
    """
    asked, plain = _DAY_WORDS.sub(" ", question), text.casefold()
    if all(opens or _bare(word) in plain for word, opens in _capitalised(fold_text(asked))):
        return []  # nearly always, and thirty times as fast as what follows
    return [
        name
        for name in invented_names(asked, Source(text), common=common)
        if not is_national(name) and not (asked.lstrip().startswith(name))  # its first word has a capital anyway
    ]


def is_national(name: str) -> bool:
    """Say whether a name is that of a people, or of a country that its own news takes for granted."""
    return _NATIONAL.search(name) is not None


def _capitalised(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the words that begin with a capital, and whether each opens a sentence."""
    for match in _WORD.finditer(text):
        before = text[: match.start()].rstrip(" \"'(")
        if match[0][0].isupper():
            yield match[0], not before or before[-1] in ".!?:;"


def _bare(word: str) -> str:
    """Return a word in lower case without possessive and without the dots of an abbreviation."""
    return re.sub(r"'s?$", "", word.casefold()).replace(".", "")


def _adjective(name: str, word: str) -> bool:
    """Say whether a word is the adjective of a country's name: Russian, Ukrainian, Israeli, Chinese."""
    stem = name.rstrip("aeiouy")
    return len(stem) >= 3 and word in {
        f"{name}n",
        f"{name}i",
        f"{stem}an",
        f"{stem}ian",
        f"{stem}ese",
        f"{stem}ish",
        stem,
    }


def _initials(text: str) -> Iterator[str]:
    """Yield the initials of the names of two to five capitalised words in a text."""
    for run in _NAME.findall(text):
        letters = "".join(part[0] for part in run.split() if part[0].isupper())
        for first in range(len(letters) - 1):
            for after in range(first + 2, min(len(letters), first + 5) + 1):
                yield letters[first:after]
