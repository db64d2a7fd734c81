"""Find persons in a text: the full names that it uses as a person's, and whom a surname means.

There is no list of names here. A name is a run of capitalised words; that it is a person's, the text itself shows: by a
title, an age, "who", or that it said something.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from qa.facts.calendar import MONTH, WEEKDAY
from qa.facts.letters import CAPITAL
from qa.facts.names import PLAIN_OPENERS

NO_PERSON = re.compile(
    r"\b(?:Foods?|Power|Board|County|Council|Union|University|Club|Party|Company|Group|Bank|Park|Hospital|Ministry|School"
    r"|Museum|Association|Agency|Office|Transit|Street|Bridge|City|Town|Department|Committee|States|Parliament|Court)\b"
)
"""Words of names that are no person's. Of 1,129 names in 1,500 news articles behind which a person is described, 28
have one (rtqa_dev_2022H2, November 2026)."""
SPEECH = (
    r"(?:said|says|told|tells|added|adds|wrote|writes|tweeted|posted|explained|explains|continued|recalled|noted|notes"
    r"|argued|argues|warned|warns|insisted|insists|admitted|admits|claimed|announced|stated|replied|joked|testified"
    r"|declared|stressed|concluded)"
)
_HONORIFIC = r"(?:Mr|Mrs|Ms|Mx|Miss|Dr|Prof|Sir|Dame|Lord|Lady|Rev|Sen|Rep|Gov|Gen|Col|Capt|Lt|Sgt)\.?"
_TITLE = (
    rf"(?:{_HONORIFIC}|(?:(?:Deputy|Vice|Prime|Former|Attorney) )?(?:Professor|President|Chancellor|Minister|Secretary"
    r"|Senator|Representative|Congressman|Congresswoman|Governor|Mayor|Councillor|Judge|Justice|General|Sheriff|Chief"
    r"|Detective|Officer|Sergeant|Captain|Colonel|Admiral|King|Queen|Prince|Princess|Pope|Bishop|Archbishop|Coach"
    r"|Skipper|Director|Chairman|Chairwoman))"
)
_WORD = rf"{CAPITAL}[\w’'-]*\w"
_LINK = r"(?: (?:de|del|la|da|van|von|der|bin|al|el)\b| [A-Z]\.)*"
_FULL = re.compile(rf"(?<![\w’'-])(?:{_HONORIFIC} )?{_WORD}(?:{_LINK} (?:{_HONORIFIC} )?{_WORD}){{1,5}}")
_TITLES = re.compile(_TITLE)
_SPEAKING = re.compile(rf" {SPEECH}\b")
_NO_FIRST = PLAIN_OPENERS | frozenset(("republican", "democrat", "democratic"))
_OWNER = ("'s", "’s")
_SINGLE = re.compile(rf"(?<![\w’'-]){_WORD}")
_PLACE = re.compile(r"\b(?:the|an?|in|at|into|near)\s$", re.IGNORECASE)
_DAY = re.compile(rf"(?:{WEEKDAY}|{MONTH})\b")


@dataclass(frozen=True, slots=True)
class Person:
    """A person as a text names them in full; `called` has the title before the name, if there is one."""

    name: str
    called: str

    @property
    def surname(self) -> str:
        """Return the last word of the name."""
        return self.name.rsplit(" ", 1)[-1]


def full_names(text: str) -> Iterator[Person]:
    """Yield the names of two words and more, without those of places and offices, as often as they stand."""
    for match in _FULL.finditer(text):
        before, words = text[max(0, match.start() - 9) : match.start()], without_owner(match[0]).split(" ")
        of = before.endswith("of ")  # "State" of "Secretary of State Ann Lee"
        title = _behind_title(words)
        start = max(title, 1 if of else 0)
        # "But Ann Lee", "Tuesday Ann Lee", "the Courier's Ann Lee".
        while start < len(words) - 1 and (
            words[start].lower() in _NO_FIRST or words[start].endswith(_OWNER) or _DAY.match(words[start])
        ):
            start += 1
        name, led = " ".join(words[start:]), before + " ".join([*words[:start], ""])
        if " " in name and not NO_PERSON.search(name) and (title or not _PLACE.search(led)):
            # A title of which only the end is known would be another one: "State President Ann Lee" without its state.
            whole = title == start and not of and words[0].lower() not in PLAIN_OPENERS
            yield Person(name, " ".join(words) if whole else name)


def _behind_title(words: Sequence[str]) -> int:
    """Return the place of the first word behind the last title ("Ada" in "Ellery Mayor Ada Lind"); 0 without one."""
    return max((at for at, word in enumerate(words[:-1], 1) if _TITLES.fullmatch(word)), default=0)


def is_shown(person: Person, text: str) -> bool:
    """Say whether a text shows that this is a person: by a title, an age, "who", or that it said something."""
    one, last = re.escape(person.name), re.escape(person.surname)
    return person.called != person.name or bool(
        re.search(rf"\b{one},? (?:who|whose|aged|\d\d\b)|\b{last}, an? (?:former )?\w", text)
        or re.search(
            rf"\b(?:{_HONORIFIC} {last}|{last},? {SPEECH}|(?<!that )(?<!which ){SPEECH} (?:{one}|{last}))\b", text
        )
    )


def named_in(sentence: str, known: Iterable[Person]) -> tuple[set[Person], bool]:
    """Return which of the known persons a sentence names, in full or by surname, and whether it may name others.

    Others are full names that are not known, and words that say something.
    """
    by_last = {person.surname: person for person in known}
    full = {person.name for person in full_names(sentence)}
    named = {person for person in by_last.values() if person.name in full}
    others = len(full) > len(named)
    parts = {part for name in full for part in name.split(" ")}
    for match in _SINGLE.finditer(sentence):
        word = without_owner(match[0])
        if word in parts:
            continue
        if word in by_last:
            named.add(by_last[word])
        elif _SPEAKING.match(sentence, match.end()) and word.lower() not in PLAIN_OPENERS:
            others = True
    return named, others


def is_person(name: str, texts: Iterable[str]) -> bool:
    """Say whether a name may be a person's: one of several words, or one that a text calls a person.

    It does so by title, age, "who", or the question for it. That it says something is not enough: "Moscow said".
    """
    if " " in name:
        return not NO_PERSON.search(name)
    one = re.escape(without_owner(name))
    called = rf"\b(?:{_TITLE}) {one}\b|\b[Ww]ho(?:['’]s| is| was) {one}\b|\b{one},? (?:who|whose|\d\d[,.])"
    return any(re.search(called, text) for text in texts)


def without_owner(name: str) -> str:
    """Return a name without the ending of what it owns: "Colbeck" of "Colbeck's"."""
    return name.removesuffix("'s").removesuffix("’s")
