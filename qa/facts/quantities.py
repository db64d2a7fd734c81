"""Find the quantities of a text: each number with its unit, or with what it counts.

"412 flooded homes", "1.2bn crowns", "5 per cent", "the second time", "a 34-year-old". There is no grammar here: what is
counted are the next words up to a small one: "412 homes in Wendle" counts homes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from index.search.lexical import terms
from qa.facts.figures import numbers, without_dates
from qa.facts.polarity import spelt_out

_CURRENCIES = {
    "£": "£", "$": "$", "€": "€", "¥": "¥", "₹": "₹", "pound": "£", "pounds": "£", "dollar": "$", "dollars": "$",
    "euro": "€", "euros": "€", "yen": "¥", "rupee": "₹", "rupees": "₹", "gbp": "£", "usd": "$", "eur": "€",
}  # fmt: skip
_COINS = frozenset(
    "crown crowns krona kronor kroner krone franc francs cent cents pence penny yuan rouble roubles ruble rubles peso "  # noqa: SIM905
    "pesos zloty lira dinar dinars dirham dirhams riyal riyals shekel shekels rand real reais forint".split()
)
MONEY_WORDS = _COINS | {word for word in _CURRENCIES if word.isalpha() and not word.startswith("pound")}
"""Words that count money and nothing else."""
_MONEY = frozenset(_CURRENCIES.values()) | {terms(coin)[0] for coin in _COINS}
MEASURES = {
    word: unit
    for unit, words in {
        "time": "second seconds minute minutes hour hours day days week weeks month months year years decade decades"
        " century centuries",
        "length": "millimetre millimetres centimetre centimetres metre metres meter meters kilometre kilometres"
        " kilometer kilometers mile miles foot feet inch inches yard yards mm cm km",
        "weight": "gram grams kilogram kilograms kilo kilos kg tonne tonnes ton tons ounce ounces",
        "area": "acre acres hectare hectares",
        "volume": "litre litres liter liters gallon gallons barrel barrels",
        "degrees": "degree degrees celsius fahrenheit",
        "speed": "mph kph knots",
        "power": "watt watts kilowatt kilowatts megawatt megawatts gigawatt gigawatts mw gw kwh",
    }.items()
    for word in words.split()
}
"""Words of measures, and the kind of each."""
_AGE = re.compile(r"[- ]years?[- ]olds?\b")
_PERCENT = re.compile(r"\s*%|[- ](?:percent|per[- ]cent|pct)\b", re.IGNORECASE)
_CLOCK = re.compile(r":\d\d|\s?[ap]\.?m\b|\s?o'clock", re.IGNORECASE)
_NEXT = re.compile(r"[\s-]*([a-z][a-z'-]*)", re.IGNORECASE)
_PARTITIVE = re.compile(r"\s*of (?:the|its|their|his|her|our|these|those)\b", re.IGNORECASE)
_SAID = re.compile(r"\s?%|[- ][a-z][a-z-]*", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
_STOPS = frozenset(
    "a an and are as at be been but by can could did do does for from had has have he her his how if in into is it its "  # noqa: SIM905
    "last least less may might more most next nor not of on or out over people's per she since so than that the their "
    "them then there they this those to under until up was we were what when where which while who will with would "
    "each every about around after before during said says against were including".split()
)
_ABOUT = re.compile(
    r"\b(?:about|around|some|roughly|nearly|almost|approximately|circa|more than|over|up to)\s+[£$€]?$", re.I
)
_MOST_COUNTED = 3  # "412 flooded family homes"
PEOPLE = frozenset(
    terms(
        "people persons men women children boys girls residents workers staff employees nurses doctors patients "
        "students pupils teachers soldiers troops police officers passengers members voters migrants refugees "
        "prisoners families victims fans players killed dead deaths injured hurt wounded arrests employed jobless "
        "others died lives firefighters villagers drivers pilots crew sailors protesters customers readers users "
        "visitors tourists spectators attendees guests delegates"
    )
)
"""The terms of words that count people."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of a text.

    `unit` is a currency, "percent", a kind of measure like "time", or "age", "rank", "year" or "clock"; "" counts.
    `counted` are the terms of the words that it counts or measures: none where the text leaves that open, as in "eleven
    were hurt". `about` is a number that is said to be rounded, `said` the quantity in the words of the text.
    """

    value: float
    unit: str
    counted: frozenset[str]
    about: bool = False
    said: str = ""


# Each sentence of a question's evidence is compared with many others, and read once.
@lru_cache(maxsize=4096)
def quantities(text: str) -> tuple[Quantity, ...]:
    """Return the quantities of a text in their order, without the numbers of its dates."""
    return tuple(_quantities(without_dates(spelt_out(text))))


def _quantities(text: str) -> Iterator[Quantity]:
    for number in numbers(text):
        before, after = text[: number.start], text[number.end :]
        unit, counted = _unit(before, after, following(after), ordinal=number.ordinal)
        if not unit and not counted and _YEAR.fullmatch(text[number.start : number.end]):
            unit = "year"
        start = number.start - (before[-1:] in _CURRENCIES)  # the sign belongs to it: "£5.20"
        behind = _SAID.match(after)
        yield Quantity(
            value=number.value,
            unit=unit,
            counted=frozenset(terms(" ".join(counted))),
            about=bool(_ABOUT.search(before)),
            said=text[start : number.end] + (behind[0] if behind and start == number.start else ""),
        )


def following(after: str) -> list[str]:
    """Return the next words in small letters, up to a mark or a small word: "of the" before what is counted aside."""
    found: list[str] = []
    partitive = _PARTITIVE.match(after)
    position = partitive.end() if partitive else 0
    while len(found) < _MOST_COUNTED and (match := _NEXT.match(after, position)):
        word = match[1].casefold()
        if word in _STOPS:
            break
        found.append(word)
        position = match.end()
    return found


def _unit(before: str, after: str, words: list[str], *, ordinal: bool) -> tuple[str, list[str]]:
    """Return the unit of a number and the words that it counts."""
    first = words[0] if words else ""
    # The order matters: a "34-year-old" is no time of 34 years, and the "second minute" no number of minutes.
    if _AGE.match(after):
        return "age", []
    if ordinal:
        return "rank", words[:1]
    if before[-1:] in _CURRENCIES or first in _CURRENCIES or first in _COINS:
        sign = before[-1:] if before[-1:] in _CURRENCIES else first
        return _CURRENCIES.get(sign) or terms(sign)[0], []
    if _PERCENT.match(after):
        return "percent", []
    if _CLOCK.match(after) or before.endswith(":"):
        return "clock", re.findall(r"\b[ap](?=\.?m\b)", after[:5])
    return (MEASURES[first], words[:1]) if first in MEASURES else ("", words)


def is_money(unit: str) -> bool:
    """Say whether a unit is a currency."""
    return unit in _MONEY
