"""Split a question into the questions that it asks at once: several facts, or the sides of a comparison.

"When was it shut and where?" has two parts, "Which is longer, the pier or the wall?" two sides. It looks for words;
there is no grammar here, and what it does not see stays one question.
"""

import re
from collections.abc import Sequence

from qa.facts.letters import CAPITAL

_WH = r"(?:who|whom|whose|what|which|when|where|why|how)"
_PREPOSITION = r"(?:in|on|at|by|for|to|from|with|of|since|until|under|about|before|after|during|against)"
_TWO_WORDS = re.compile(rf"^(\W*(?:and )?)({_WH}) and ({_WH}) (.+)$", re.IGNORECASE)
_AND_WH = re.compile(rf"[,;]? and (?=(?:{_PREPOSITION} )?{_WH}\b)|[,;] (?=(?:{_PREPOSITION} )?{_WH} )", re.IGNORECASE)
_ASKS = re.compile(rf"\b{_WH}\b", re.IGNORECASE)
_ORDER = r"the (?:first|second|third|last|other)"
_PHRASE = re.compile(rf"^{_WH} (?={_PREPOSITION} |{_ORDER}\b)", re.IGNORECASE)
_CLAUSE = re.compile(r",? (?:before|after|when|while|since|until) [^,]*$", re.IGNORECASE)
_LAST_PHRASE = re.compile(rf"^(.*?\w.*),? (?:(?!of ){_PREPOSITION}|{_ORDER}) [^,]*$", re.IGNORECASE)
_CHOICE = re.compile(
    r"^(.{8,}?)(?:,|:| [–—-]) (?:that of |those of )?(.{2,60}?) or (?:that of |those of )?(.{2,60}?)\W*$"
)
_COMPARED = re.compile(
    r"^\W*(?:how|in what way)\w* (?:did|does|do|is|are|was|were|has|have) (.{3,90}?) (?:compared? |differ |different )"
    r"(?:with|to|from|against) (.{3,90}?)\W*$",
    re.IGNORECASE,
)
_OWNER, _OWNS = re.compile(r"['’]s\b"), re.compile(r"^\S+['’]s?\W*$")
_THAT_OF = re.compile(r"^(?:that|those|the ones?) (of|in|at|for|from|on) (.+)$", re.IGNORECASE)
_BEFORE_AFTER = re.compile(r"^(.*?) ?\bbefore and after\b (.*)$", re.IGNORECASE)
_NAME = rf"{CAPITAL}[\w.'’-]*(?: {CAPITAL}[\w.'’-]*)*"
_BETWEEN_NAMES = re.compile(rf"^(.*?)\b({_NAME}) (?:and|or) (?:for |of |in |by |to )?({_NAME})\b(.*)$")
_COMPARES = re.compile(r"\b(?:compar\w+|differ\w*|versus|vs)\b", re.IGNORECASE)
_LEAST_WORDS = 2  # of a part; with less it is no question


def parts(question: str) -> tuple[str, ...]:
    """Return the questions that a question asks at once; nothing, when it is one."""
    # The surest forms first: what one of them splits, the next ones do not see.
    for split in (_two_words, _compared, _before_and_after, _asked_twice, _choice, _names_apart):
        found = split(question.strip())
        if len(found) > 1 and all(len(part.split()) >= _LEAST_WORDS for part in found):
            return tuple(found)
    return ()


def _two_words(question: str) -> Sequence[str]:
    """Split "when and where does it start"."""
    match = _TWO_WORDS.match(question)
    return [f"{match[1]}{word} {match[4]}" for word in (match[2], match[3])] if match else ()


def _asked_twice(question: str) -> Sequence[str]:
    """Split before a second question word: "who won and what was the score"."""
    found = _AND_WH.split(question)
    if len(found) < 2 or not _ASKS.search(found[0]):
        return ()
    return [found[0], *(_completed(found[0], later) for later in found[1:])]


def _completed(first: str, later: str) -> str:
    """Return a later question with the verb of the first, where it has none: "and what in July?"."""
    phrase = _PHRASE.match(later)
    if not phrase:
        return later
    # A clause of time belongs to the first question alone; else its last phrase gives way: "in May, and what in July?".
    whole = _CLAUSE.sub("", first)
    last = _LAST_PHRASE.match(whole) if whole == first else None
    return f"{last[1] if last else whole} {later[phrase.end() :]}"


def _choice(question: str) -> Sequence[str]:
    """Split "which is longer, the pier or the wall"."""
    match = _CHOICE.match(question)
    return [f"{match[1]}, {side}?" for side in (match[2], match[3])] if match and _ASKS.search(match[1]) else ()


def _compared(question: str) -> Sequence[str]:
    """Split "how does the pier compare with the wall"."""
    match = _COMPARED.match(question)
    if not match:
        return ()
    owned = _OWNER.search(match[1]) if _OWNS.search(match[2]) else None  # "Ann's boat with Bo's"
    if owned:
        return [match[1], f"{match[2]}{match[1][owned.end() :]}"]
    that = _THAT_OF.match(match[2])  # "the price of the tram with that of the boat"
    head, of, _ = match[1].partition(f" {that[1]} ") if that else ("", "", "")
    return [match[1], f"{head}{of}{that[2]}" if that and of else match[2]]


def _before_and_after(question: str) -> Sequence[str]:
    """Split "the fare before and after the rise"."""
    match = _BEFORE_AFTER.match(question)
    return [f"{match[1]} {when} {match[2]}" for when in ("before", "after")] if match else ()


def _names_apart(question: str) -> Sequence[str]:
    """Split "how do the votes on Ann Lee and Bo Hart differ"."""
    match = _BETWEEN_NAMES.match(question) if _COMPARES.search(question) else None
    return [f"{match[1]}{name}{match[4]}" for name in (match[2], match[3])] if match else ()
