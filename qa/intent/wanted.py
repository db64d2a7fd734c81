"""Say what an answer must contain: a sum, a share, a number of things, a day, somebody's name.

"How much was the fine?" is not answered by a sentence without a sum of money, "Who won?" not by one without a name that
the question does not have. Where a question leaves open what it wants, every sentence passes.
"""

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from typing import Literal

from index.search.lexical import terms
from qa.facts.calendar import MONTH, SHORT_MONTH, WEEKDAY
from qa.facts.figures import days
from qa.facts.letters import CAPITAL
from qa.facts.names import PLAIN_OPENERS
from qa.facts.quantities import MEASURES, MONEY_WORDS, Quantity, is_money, quantities
from qa.intent.mentions import mentions

Thing = Literal[
    "money", "percent", "age", "count", "duration", "measure", "time", "size", "weight", "date", "day", "name", "person"
]

_PAYS = (
    r"(?:pay|paid|costs?|earns?|get|got|worth|offer|offered|spend|spent|fined?|raised?|make|made|charged?|donated?|win|won"
    r"|sell|sold|owe)"
)
_PHYSICAL = frozenset(MEASURES.values()) - {"time"}
_UNITS_BEHIND = frozenset(
    terms(" ".join(word for word, kind in MEASURES.items() if kind in _PHYSICAL) + " m g ft lb lbs oz")
)
"""Units that a word may stand before, "5,000 square miles", and short ones, which mean other things elsewhere."""
_SUM = r"(?:salary|price|sum|fine|pay|wage|fee|amount of money|prize money|budget)\b"
_IS = r"(?:['’]s| is| was| are| were| will be)"
_WHOLE = r"(?:did|does|do|will|must|is|was|are|were|has|have)"
_ROLE = (
    r"(?:person|man|woman|boy|girl|pilot|driver|player|actor|actress|singer|author|writer|journalist|reporter|officer"
    r"|politician|senator|minister|scientist|engineer|astronaut|artist|painter|poet|composer|musician|director|producer"
    r"|coach|captain|striker|goalkeeper|runner|athlete|swimmer|boxer|judge|lawyer|doctor|nurse|professor|historian"
    r"|architect|comedian|candidate|mayor|governor|soldier|sailor|student|pupil|teacher|interpreter|witness|suspect|victim"
    r"|passenger|hacker|thief|gunman|attacker|protester)"
)
"""What only a person can be."""
_BODY = (
    r"(?:company|firm|airline|carmaker|retailer|supermarket|chain|publisher|studio|bank|brewery|university|college|museum|charity"
    r"|newspaper|broadcaster|network|club|country|state|province|county|city|town|village|island|river|lake|airport|street)"
)
"""What has a name, and is called by it. Of 92 questions over news that ask for one, the sentence that answers has no
other name than the question's in none (docs/decisions/0035)."""


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


def _words(kinds: Set[str]) -> str:
    """Return a pattern of the words for units of these kinds."""
    return "|".join(word for word, kind in MEASURES.items() if kind in kinds)


# The first that fits counts: what asks for a percentage or an age would also be asking for a number.
_WANTS: tuple[tuple[Thing, re.Pattern[str]], ...] = (
    ("percent", _any(r"\b(?:what|which|how (?:big|large|high) an?) (?:percentage|per ?cent|share|proportion)\b")),
    ("age", _any(r"\bhow old (?:is|was|are|were)\b|\bat what age\b")),
    (
        "money",
        _any(
            rf"\bhow much (?:(?:prize |reward |more )?money|{_WHOLE}\b.{{0,80}}\b{_PAYS})\b",
            rf"\b(?:what|which) {_SUM}|\bwhat{_IS} (?:the|its|his|her|their) (?:[\w'’-]+ ){{0,2}}{_SUM}",
            rf"\bhow many (?:(?:million|billion|thousand)s? (?:of )?)?(?:{'|'.join(sorted(MONEY_WORDS))})\b",
            r"\bhow many (?:million|billion|thousand) pounds\b",
            rf"\bhow many [mb]illions {_WHOLE}\b.{{0,80}}\b{_PAYS}",
            r"\bhow (?:high|big|large) (?:is|was) the (?:fine|salary|price|fee|settlement|award|penalty)\b",
            r"\bwhat (?:did|does|do|will|would) .{2,80}\bcost\b",
        ),
    ),
    ("duration", _any(rf"\bhow many (?:[\w-]+ly )?(?:{_words({'time'})})\b")),
    ("measure", _any(rf"\bhow many (?:(?:square|cubic|metric|[\w-]+ly) )?(?:{_words(_PHYSICAL)})\b")),
    ("weight", _any(r"\bhow heavy\b|\bhow many pounds\b")),
    (
        "time",
        _any(
            r"\bwhat (?:(?:prison |jail )?sentence|(?:prison|jail) term)\b|\bfor how long\b|\bhow long for\b",
            rf"\bhow long (?:{_WHOLE}|had|can|could)\b",
        ),
    ),
    ("count", _any(r"\bhow many\b")),
    ("size", _any(rf"\bhow (?:high|tall|wide|deep|far|heavy|fast|large|big|hot|cold) (?:{_WHOLE}|could|can)\b")),
    ("date", _any(r"\b(?:which|what) (?:exact )?(?:day|date)\b")),
    (
        "day",
        _any(
            r"\b(?:which|what) (?:month|year)\b",
            # "When should you prune a hedge?" asks for an occasion.
            rf"^\W*(?:and )?when (?!(?:do|should) (?:you|one|people)\b)(?:{_WHOLE}|can|could|had)\b",
        ),
    ),
    (
        "person",
        _any(
            rf"\bwhich (?:(?!of\b)[\w'’-]+ ){{0,2}}?{_ROLE}\b(?! of\b)",
            rf"^\W*what{_IS} the (?:\w+ )?names? of the (?:[\w'’-]+ ){{0,2}}?(?:{_ROLE}s?|(?:two|three|four) \w+)\b",
        ),
    ),
    (
        "name",
        _any(
            r"^\W*(?:(?:and|but) )?(?:(?:by|with|to|from|against|for) )?(?:who|whom|whose)\b",
            rf"^\W*what{_IS} (?:his|her|their|the) (?:full |first |last |real |new )?names?\b"
            r"(?! (?:of|for) (?:an?|the)\b)",
            rf"\b(?:which|what) (?:(?!of\b)[\w'’-]+ )?{_BODY}\b",
        ),
    ),
)
_UNITS: dict[Thing, frozenset[str]] = {
    "percent": frozenset(("percent",)),
    "age": frozenset(("age", "time")),
    "duration": frozenset(("time", "age", "rank")),
    "time": frozenset(("time", "rank", "clock", "age", "length")),  # "how long" may ask for either
    "measure": _PHYSICAL,
    "weight": frozenset(("weight", "£")),  # pounds may be either
    "size": _PHYSICAL | {"percent"},
}
_NO_COUNT = frozenset(("rank", "clock", "year", "percent", *MEASURES.values()))
"""Units that count no things: 15 minutes are no jobs."""
_SHORT_DATE = rf"\b{SHORT_MONTH}\.? \d"
_DAY = _any(
    rf"\b{WEEKDAY}\b|\b(?:{MONTH}|spring|summer|autumn|fall|winter|christmas|easter|thanksgiving)\b",
    rf"{_SHORT_DATE}|\bcentur|\d ?[ap]\.?m\b",
    r"\b(?:1[5-9]|20)\d\ds?\b|\b(?:in|since|by|of|from|until|around|,) \d{3,4}\b",
    r"\b(?:today|yesterday|tomorrow|tonight)\b|\b(?:last|next|this) (?:week|month|year|night)\b",
    r"\b(?:years?|months?|weeks?|days?|hours?|minutes?) (?:ago|later|before|after|earlier)\b",
    r"\b\d{1,4} (?:BCE?|AD|CE)\b|\bAD \d|\bat the (?:end|beginning|start) of\b",
    r"\b(?:season|episode) (?:\d|one|two|three|four|five)",
)
_DATE = _any(
    rf"\b{WEEKDAY}\b|\b{MONTH}\b|\b(?:christmas|easter|thanksgiving|eve|new year)\b|\d(?:st|nd|rd|th)\b|\d[/.-]\d",
    _SHORT_DATE,
    r"\b(?:today|yesterday|tomorrow|tonight)\b|\b(?:days?|weeks?) (?:ago|later|before|after|earlier)\b",
)
"""A day; a year alone is none."""
_OTHERWISE: dict[Thing, re.Pattern[str]] = {
    "percent": _any(r"\b(?:half|thirds?|quarters?|fourths?|fifths?|tenths?|majority|most|all) of\b|\bone in (?:\w+)\b"),
    "count": _any(r"\b(?:tens|dozens|scores|hundreds|thousands|millions) of\b|\b(?:once|twice|half)\b"),
    "age": _any(r"\bborn\b"),
}
"""The same without a number of the kind."""
_NONE = _any(r"\b(?:nobody|no one|none|never|no (?:money|date|fine|homes?|deaths?|injuries|people))\b")
"""Also an answer."""
_NAME = re.compile(rf"\b{CAPITAL}[\w'’-]+")
_DAY_NAME = re.compile(rf"(?:{WEEKDAY}|{MONTH})\b")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The kind of thing that a question asks for, if that is clear, and the question's own terms."""

    thing: Thing | None
    asked: frozenset[str]

    @classmethod
    def of(cls, question: str) -> "Wanted":
        """Return what a question wants."""
        thing = next((thing for thing, pattern in _WANTS if pattern.search(question)), None)
        return cls(thing, frozenset(terms(question)))

    def held_by(self, text: str) -> bool:
        """Say whether a text holds a thing of the kind wanted."""
        if self.thing is None or _NONE.search(text):
            return True
        match self.thing:
            case "day":
                return bool(days(text)) or bool(_DAY.search(text))
            case "date":
                return bool(_DATE.search(text))
            case "name":
                return self._names(text)
            case "person":
                return any(map(self._names, _persons(text)))
            case _:
                otherwise = _OTHERWISE.get(self.thing)
                said = otherwise is not None and otherwise.search(text) is not None
                return said or any(self._is_of_the_kind(quantity) for quantity in quantities(text))

    def _names(self, text: str) -> bool:
        """Say whether a text has a capitalised word that answers "who": no small word, no day, no name of the question.

        "Ann Lee was there" does not say who saw Ann Lee.
        """
        return any(
            word.lower() not in PLAIN_OPENERS and not _DAY_NAME.match(word) and not self.asked.issuperset(terms(word))
            for word in _NAME.findall(text)
        )

    def _is_of_the_kind(self, quantity: Quantity) -> bool:
        if self.thing == "money" or (self.thing == "size" and is_money(quantity.unit)):  # "how high are gas prices"
            return is_money(quantity.unit)
        if self.thing == "count":
            return quantity.unit not in _NO_COUNT and not is_money(quantity.unit)
        assert self.thing in _UNITS
        if self.thing == "measure" and not quantity.unit:
            return not quantity.counted.isdisjoint(_UNITS_BEHIND)
        if quantity.unit or self.thing in ("percent", "duration", "weight"):
            return quantity.unit in _UNITS[self.thing]
        # A number alone may be of any kind ("she is 34"), but 34 ships are no time. Sizes have units unknown here.
        return self.thing == "size" or not quantity.counted


def _persons(text: str) -> Iterator[str]:
    """Yield the names in a text that may be persons'."""
    return (mention.words for mention in mentions(text) if mention.named and not mention.place)
