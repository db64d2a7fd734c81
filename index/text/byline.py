"""Take the names of authors out of a byline such as "By Ann Lee and Bo Ray, political editor"."""

import re

_BY = re.compile(r"\s*(?:by|von|par|por|words|text|story)(?:\s+by)?\s*:?\s+", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*[;|·•]\s*|\s*,\s+|\s+(?:and|und|et|y)\s+|\s*&\s*")
_AFTER = re.compile(r"\s+(?:in|at|for|of|with)\s+.*|\s*\(.*")
_PARTICLES = frozenset((
    "al", "bin", "da", "de", "del", "den", "der", "di", "dos", "du", "el", "la", "le", "ter", "van", "von", "zu",
))  # fmt: skip
_SUFFIXES = frozenset(("jr", "jr.", "sr", "sr.", "ii", "iii"))
_NO_PERSON = re.compile(
    r"\b(?:agenc(?:y|ies)|staff|newsroom|desk|editors?|reporters?|correspondents?|writers?|team|press|reuters|afp|ap|dpa|news"
    r"|(?:news)?wires?|times|tribune|gazette|herald|telegraph|newspapers?|media|network|service|broadcasting|magazine)\b",
    re.IGNORECASE,
)
"""Words of offices, agencies and outlets, but for surnames (Post, Sun, Star, Courier, Mail). Of 24 authors in 1,500
articles of natural_dev, 4 were outlets: these words tell 2, and the index's own outlets 1 (`Generation.authors`)."""
_MOST_WORDS = 5  # of a name; chosen, not measured


def authors_of(byline: str) -> tuple[str, ...]:
    """Return the persons whom a byline names, each once; agencies and offices are none."""
    names: list[str] = []
    for part in _BETWEEN.split(_BY.sub("", byline, count=1) if _BY.match(byline) else byline):
        name = _AFTER.sub("", part.strip(" .,"))
        if name.lower() in _SUFFIXES and names:
            names[-1] += f", {part.strip()}"
        elif _is_person(name):
            names.append(name)
    return tuple(dict.fromkeys(names))


def _is_person(name: str) -> bool:
    words = name.split()
    return (
        1 < len(words) <= _MOST_WORDS
        and not _NO_PERSON.search(name)
        and all(word[0].isupper() or word.lower() in _PARTICLES for word in words)
        and not re.search(r"[\d@/:]", name)
    )
