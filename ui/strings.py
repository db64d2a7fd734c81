"""All texts of the page in English and German, and dates and numbers as each language writes them (by Babel).

Labels of Gradio's own components are translated in the browser from the same table (`STRINGS`), everything else on the
server, for the language that the browser asks for. Articles, answers and quotes are never translated.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal

from ui.texts.english import ENGLISH
from ui.texts.german import GERMAN

STRINGS: Mapping[str, Mapping[str, str]] = {"en": ENGLISH, "de": GERMAN}
_DAY = {"en": "d MMMM y", "de": "long"}  # what Babel calls long in English is American: March 3, 2026


class Words:
    """The page's texts in one language. They are plain text: `ui.web.views.markup` escapes them and their values."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._strings = STRINGS[language]

    def __call__(self, key: str, **values: object) -> str:
        """Return a text with its values filled in."""
        return self._strings[key].format(**values) if values else self._strings[key]

    def count(self, key: str, number: int) -> str:
        """Return "1 article" or "4 articles"."""
        return self(f"{key}_one") if number == 1 else self(key, count=self.whole(number))

    def day(self, day: date | None) -> str:
        """Return a day as the language writes it: 3 March 2026, 3. März 2026."""
        return format_date(day, _DAY[self.language], self.language) if day else ""

    def language_name(self, code: str) -> str:
        """Return the name of a language by its code: German, Deutsch; the code where it is no known one."""
        return str(Locale(self.language).languages.get(code) or code)

    def month(self, year: int, month: int) -> str:
        """Return a month and its year: Mar 2026."""
        return format_date(date(year, month, 1), "LLL y", self.language)

    def whole(self, number: int) -> str:
        """Return a whole number with thousands separators."""
        return format_decimal(number, locale=self.language)

    def decimal(self, number: float, digits: int = 1) -> str:
        """Return a number with this many decimals."""
        return format_decimal(number, f"0.{'0' * digits}", self.language)


def preferred(accepted: str, languages: tuple[str, ...]) -> str:
    """Return the language that an Accept-Language header prefers; the first of `languages` if it names none of them."""
    known = [language for language in languages if language in STRINGS] or ["en"]
    wanted = sorted(_wishes(accepted), key=lambda wish: -wish[1])
    return next((name for name, weight in wanted if name in known and weight > 0), known[0])


def _wishes(accepted: str) -> Iterator[tuple[str, float]]:
    for part in accepted.split(","):
        name, _, parameter = part.strip().partition(";")
        try:
            weight = float(parameter.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        yield name.strip().lower().partition("-")[0], weight
