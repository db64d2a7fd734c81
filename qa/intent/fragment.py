"""Recognise what is no whole question: "And in Tarn?", "no, I meant the tram", "who said that?".

The first two ask the question before them again, of something else; the last asks for the speaker of what was said. It
looks for words; there is no grammar here.
"""

import re

from qa.facts.calendar import MONTH, WEEKDAY
from qa.facts.letters import CAPITAL
from qa.intent.mentions import content, mentions

_CORRECTS = re.compile(
    r"^\W*(?:(?:no|nope|sorry|wait|oh|well|actually)\b[\s,;.!–—-]*)*(?:i|we) (?:meant?|(?:was|am) asking about)\b"
    r"[\s,:]*"
    r"|^\W*(?:no|nope|sorry)\s*[,;.!–—-]\s*(?:not that(?: one)?[,;.]? *)?",
    re.IGNORECASE,
)
_OPENS = re.compile(
    r"^\W*(?:(?:ok(?:ay)?,? )?(?:and|but|or|so)\b(?: (?:what|how) about)?|(?:what|how) about)\b\W*", re.IGNORECASE
)
_ASKS = re.compile(
    r"\b(?:who|whom|whose|what|when|where|why|which|how|is|are|was|were|do|does|did|has|have|had|will|would|can|could"
    r"|should|if)\b|^\w+['’](?:s|re)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+(?:['’]\w+)*")
_LONGEST = 6
"""Words of a fragment; chosen, not measured: more of them say what they ask."""
_PREPOSITION = r"(?:in|on|at|by|for|to|from|with|of|since|until|under|before|after|during|against)"
_PHRASE = re.compile(rf"^({_PREPOSITION}) ", re.IGNORECASE)
_REPLACES = frozenset(("in", "on", "at", "near", "since", "until", "before", "after", "during", "from"))
"""Prepositions of a place or time, of which a question has one: "a ticket for the tram for children" has two others."""
_TIME = re.compile(rf"\d|\b(?:{MONTH}|{WEEKDAY})\b", re.IGNORECASE)
_ENDS = re.compile(r"[\s?.!]+$")
_WHO_SAID = re.compile(
    r"^\W*(?:(?:and|but|so) )*who (?:has )?(?:said|says|told|claims|claimed|reported|announced|confirmed) "
    r"(?:that|this|so|it)\W*$",
    re.IGNORECASE,
)


def corrected(question: str) -> str:
    """Return what is meant instead, where a text corrects the question before it: "no, I meant the tram"; else ""."""
    found = _CORRECTS.match(question)
    return question[found.end() :].strip() if found and found.end() else ""


def fragment(question: str) -> str:
    """Return what the question before is asked of now: "in Tarn" of "And in Tarn?"; "" where a question is whole."""
    found = _OPENS.match(question)
    rest = _ENDS.sub("", question[found.end() :] if found else "")
    return rest if rest and content(rest) and not _ASKS.search(rest) and len(rest.split()) <= _LONGEST else ""


def completed(before: str, rest: str) -> tuple[str, str]:
    """Return an earlier question asked of something else, and the words of it that this replaces; "" where none are.

    A place or time replaces one at the end, another phrase is added; a name replaces the last name.
    """
    whole = _ENDS.sub("", before)
    phrase = _PHRASE.match(rest)
    if phrase and phrase[1].lower() in _REPLACES:
        last = re.search(rf"^(.*)\b{phrase[1]} (?!.*\b{phrase[1]} )(.+)$", whole, re.IGNORECASE)
        if last and bool(_TIME.search(last[2])) == bool(_TIME.search(rest)):
            return f"{last[1]}{rest}?", last[2]
    if phrase:
        return f"{whole} {rest}?", ""
    names = [mention for mention in mentions(whole) if mention.named]
    if names and re.fullmatch(rf"{CAPITAL}[\w.'’-]*(?: {CAPITAL}[\w.'’-]*)*", rest):
        name = names[-1]
        return f"{whole[: name.start]}{rest}{whole[name.start + len(name.words) :]}?", name.words
    return "", ""


def asks_who_said(question: str) -> bool:
    """Say whether a question asks for the speaker of what was said before: "who said that?"."""
    return _WHO_SAID.match(question) is not None


def is_keywords(question: str) -> bool:
    """Say whether a question is only words that say something: "ferry prices"."""
    words = content(question)
    return bool(words) and len(words) == len(_WORD.findall(question))
