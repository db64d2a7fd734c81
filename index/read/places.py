"""Tell a place from an outlet in the line above a story: "Tarn, 2 October 2024", "Ellery Courier, 2 October 2024"."""

import re
from collections.abc import Sequence

_PRESS = frozenset((
    "advertiser", "agency", "argus", "broadcasting", "bulletin", "business", "chronicle", "citizen", "courier", "daily",
    "dispatch", "echo", "economist", "enquirer", "examiner", "express", "free", "gazette", "globe", "guardian",
    "herald", "independent", "inquirer", "insider", "journal", "leader", "ledger", "magazine", "mail", "media",
    "mercury", "mirror", "monitor", "network", "news", "nachrichten", "observer", "online", "post", "press", "presse",
    "radio", "record", "recorder", "register", "reporter", "republic", "review", "scientist", "sentinel", "spectator",
    "standard", "star", "statesman", "sun", "telegraph", "television", "the", "times", "today", "tribune", "tv", "week",
    "weekly", "wire", "world", "yorker", "zeitung",
))  # fmt: skip
"""Words of which the names of outlets are made. One of them is enough."""
_OUTLETS = frozenset((
    "axios", "bloomberg", "forbes", "fortune", "haaretz", "interfax", "izvestia", "kommersant", "newsweek", "politico",
    "propublica", "quartz", "reuters", "salon", "semafor", "slate", "stern", "tass", "time", "ukrinform", "vox",
    "wired", "xinhua", "yonhap",
))  # fmt: skip
"""Outlets of one word that is none of `_PRESS`."""
_GEOGRAPHIC = re.compile(
    r"(?:cape|fort|great|lake|los|las|mount|new|north|south|east|west|port|san|santa|saint|st\.?|lower|upper)\s.+"
    r"|.+\s(?:bay|beach|city|county|falls|heights|hills|island|islands|springs|town|valley|village)",
    re.IGNORECASE,
)
_DOMAIN = re.compile(r"\w\.\w")
_LONGEST_ACRONYM = 4  # letters: AP, BBC, NPR, AFP, TASS


def is_place(name: str, story: Sequence[str]) -> bool:
    """Say whether `name`, which stands with a day above the lines `story`, is where they were written.

    It is where the story says "in Tarn" or "near Tarn". Else a name in which a word of the press stands is an outlet,
    and one word alone a place: so begin press releases, while outlets of one such word are few.
    """
    town = name.partition(",")[0].strip()
    if _is_lived_in(town, story):
        return True
    words = re.split(r"[\s,&-]+", name.lower())
    if _OUTLETS.union(_PRESS).intersection(words) or _DOMAIN.search(name) or "&" in name or _is_acronym(name):
        return False
    return len(town.split()) == 1 or _GEOGRAPHIC.fullmatch(town) is not None


def _is_lived_in(town: str, story: Sequence[str]) -> bool:
    """Say whether the story speaks of something in or near the town; "in The Herald" speaks of a paper."""
    spelled = "|".join(re.escape(name) for name in {town, town.title()})
    near = re.compile(rf"\b(?:[Ii]n|[Nn]ear|[Oo]utside|[Aa]round|[Aa]cross)\s+(?!The\b)(?:{spelled})\b(?!\s+[A-Z])")
    return any(near.search(line) for line in story)


def _is_acronym(name: str) -> bool:
    return name.isupper() and len(name) <= _LONGEST_ACRONYM
