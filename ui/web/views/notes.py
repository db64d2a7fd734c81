"""The notes beside an answer as HTML, in the reader's language; reports that differ stand side by side.

The notes are part of the answer, in English, wherever it is shown. Here each sentence that `qa` writes is recognised;
one that is not is shown as it is.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime

from ui.strings import Words
from ui.web.views.markup import Html, el, join

_DAY = r"\d{1,2} [A-Z][a-z]+ \d{4}"
_END = r"\.(?= |\Z)"
_NAMED = r"(?P<named>[^“]*?), “(?P<title>.+?)”"
_INSTEAD = "; these are the articles' own sentences"
_NOTES = {
    key: re.compile(pattern + _END)
    for key, pattern in (
        ("note_differ", r"Reports differ: (?P<reports>.+?\[\d+\](?: · .+?\[\d+\])*)"),
        ("note_newer", f"A newer report differs: {_NAMED}"),
        ("note_others", rf"Other reports differ from \[(?P<number>\d+)\]: {_NAMED}"),
        (
            "note_posed",
            r"\[(?P<number>\d+)\] is from an article that asks this very question; no other report confirms it",
        ),
        ("note_corrected", rf"(?P<outlet>[^.]+?) corrected an earlier report on (?P<day>{_DAY})"),
        ("note_newest", rf"The newest report cited is of (?P<day>{_DAY})(?:, (?P<age>[a-z0-9 ]+))?"),
        ("note_period", r"No article of (?P<period>.+?) answers this; those of other days were searched too"),
        ("note_missing", r"None of the articles found tells of (?P<missing>.+?)"),
        (
            "note_left_out",
            r"(?P<count>\d+) of (?P<all>\d+) statements of the language model left out: not in the articles",
        ),
        ("note_cut", r"The language model (?P<why>.+?) before it had finished; what it said until then is verified"),
        ("note_resting", f"The language model has failed several times and is left alone for a moment{_INSTEAD}"),
        ("note_silent", f"The language model gave no answer{_INSTEAD}"),
        ("note_formless", f"The language model did not answer in the form asked for{_INSTEAD}"),
        ("note_unsupported", f"The articles do not support what the language model wrote{_INSTEAD}"),
        ("note_failed", f"The language model (?P<why>.+?){_INSTEAD}"),
    )
}
_REPORT = re.compile(r"(?P<figure>.+?) \((?P<named>[^()]*(?:\([^()]*\)[^()]*)*)\) \[(?P<number>\d+)\](?: · |\Z)")
_SENTENCE = re.compile(r".+?(?:[.!?](?= )|\Z)", re.DOTALL)

Mark = Callable[[int], Html | None]
"""What returns the button of a citation, by its number; None where the answer has no such citation."""


def notes_html(text: str, mark: Mark, words: Words) -> Html:
    """Return the notes: reports that differ as a list, and all others as one paragraph."""
    sentences: list[str] = []
    differing: list[Html] = []
    for key, sentence, gaps in _read(text):
        reports = list(_REPORT.finditer(gaps["reports"])) if key == "note_differ" else []
        if reports:
            differing.append(_side_by_side(reports, mark, words))
        else:
            sentences.append(_translated(key, sentence, gaps, words) if key and key != "note_differ" else sentence)
    return join(*differing, el("p", " ".join(sentences), class_="dl-notice") if sentences else None)


def _read(text: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield each sentence with its key, if it has one, and its gaps."""
    at = 0
    while at < len(text):
        key, found = next(
            ((key, found) for key, pattern in _NOTES.items() if (found := pattern.match(text, at))),
            ("", _SENTENCE.match(text, at)),
        )
        if found is None:
            return
        yield key, found[0], {name: value or "" for name, value in found.groupdict().items()}
        at = found.end() + 1


def _translated(key: str, sentence: str, gaps: dict[str, str], words: Words) -> str:
    known = {name: _said(name, value, words) for name, value in gaps.items()}
    if key == "note_newest" and not gaps["age"]:
        key = "note_newest_only"
    note = words(key, **known)
    return f"{note} {words('note_instead')}" if _INSTEAD in sentence else note


def _said(name: str, value: str, words: Words) -> str:
    match name:
        case "day":
            return _dated(value, words)
        case "named":
            return _origin(value, words, ", ")
        case "age":
            return _age(value, words)
        case _:
            return value


def _age(said: str, words: Words) -> str:
    """Return an age like "3 months old" in the reader's language."""
    counted = re.fullmatch(r"(\d+) (days|months|years) old", said)
    return (
        words(f"age_{counted[2]}", count=counted[1]) if counted else words("age_day" if "old" in said else "age_today")
    )


def _dated(day: str, words: Words) -> str:
    try:
        return words.day(datetime.strptime(day, "%d %B %Y").date())
    except ValueError:
        return day


def _origin(named: str, words: Words, between: str) -> str:
    """Return outlet and day, as they are named in a note, in the reader's language."""
    outlet, _, day = named.rpartition(", ")
    last = _dated(day or named, words)
    return between.join(part for part in (outlet, last) if part)


def _side_by_side(reports: list[re.Match[str]], mark: Mark, words: Words) -> Html:
    items = [
        el("li", el("strong", report["figure"], mark(int(report["number"]))),
           el("span", _origin(report["named"], words, " · "), class_="dl-byline"))
        for report in reports
    ]  # fmt: skip
    return el("div", el("p", words("reports_differ")), el("ul", *items), class_="dl-differ")
