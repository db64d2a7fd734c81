"""Tell which lines of a story may be an outlet's boilerplate, if they recur in many of its articles.

Articles without an outlet are grouped by host, or else by the folder of their files.

A line has to have the form of boilerplate too, as outlets repeat whole sentences of background: a line that speaks to
the reader or of the outlet, or one at the edge of the text that is no sentence. What of them recurs is learned by
`index.build.boilerplate`.
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from index.text.boilerplate import is_sentence

_LONGEST = 600  # characters; a longer line is a paragraph; chosen, not measured
_LEAST_WORDS = 3  # shorter lines are labels and names; docs/decisions/0031 measured all of these together
_EDGE = 3  # lines at the beginning and the end
_MOST_LINES = 2000  # of one text; chosen, not measured: longer ones are lists, not stories
_SPEAKS = re.compile(
    r"\b(?:you|your|yours|our|ours|(?-i:us)|we|subscri\w+|sign[- ]?up|newsletters?|podcasts?|cookies|copyright|inbox"
    r"|e-?mail|follow|contact|click|download|app|unser\w*|abonnie\w+|votre|vos|notre|abonn\w+|nuestr\w+|suscr\w+)\b"
    r"|this (?:story|article|report|column|content|site)\b|rights reserved|content partner|©|@\w|https?://|\bwww\."
    r"|\w\.(?:com|org|net)\b",
    re.IGNORECASE,
)
_REPORTED = re.compile(
    r"\b(?:said|says|told|tells|asked|warned|wrote|according to|sagte|erklärte|a dit|déclaré|dijo|afirmó)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"\s*[\"“„«‘']")
_VALUE = re.compile(r"[^:]{1,60}:\s*\S+(?:\s\S+){0,2}\s*")
"""A label and a short value, as "Our rating: False": what it says may differ from article to article."""


def origin_of(source: str, url: str, path: str) -> str:
    """Return what the articles that share boilerplate have in common: outlet, or else host, or else topmost folder."""
    folder, _, name = path.partition("/")
    return source or _host(url) or (f"{folder}/" if name else "./")


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def may_recur(text: str) -> Iterator[tuple[int, int]]:
    """Yield the offsets of each line that is boilerplate, if it recurs."""
    lines = text.split("\n", _MOST_LINES)
    if len(lines) > _MOST_LINES:
        return
    start = 0
    for number, line in enumerate(lines):
        at_edge = number < _EDGE or number >= len(lines) - _EDGE
        if _is_candidate(line, at_edge=at_edge):
            yield start, start + len(line)
        start += len(line) + 1


def _is_candidate(line: str, *, at_edge: bool) -> bool:
    if len(line) > _LONGEST or len(line.split()) < _LEAST_WORDS or _QUOTED.match(line) or _REPORTED.search(line):
        return False
    if _SPEAKS.search(line):
        return not _VALUE.fullmatch(line)
    return at_edge and not is_sentence(line) and not re.search(r"\d", line)
