"""Find what the lines above a story say: its headline, who published it and when, who wrote it.

The fields may stand in lines such as "By Ann Lee", "Ellery Courier, 14 May 2025", "Date: 2025-05-14", or in the
header of a mail. What is not surely one of them is story.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from email.utils import parseaddr

from index.read.base import first_date, parse_date
from index.read.places import is_place

_KEYS = {
    "title": "title", "headline": "title", "subject": "title",
    "date": "date", "published": "date", "publication date": "date", "pubdate": "date", "posted": "date",
    "updated": "updated", "last updated": "updated", "modified": "updated",
    "source": "source", "outlet": "source", "publisher": "source", "publication": "source", "newspaper": "source",
    "author": "credit", "authors": "credit", "by": "credit", "byline": "credit", "from": "sender",
    "url": "url", "link": "url", "category": "category", "section": "category",
    "to": "", "cc": "", "bcc": "", "reply-to": "", "sender": "", "message-id": "", "mime-version": "",
    "return-path": "", "received": "", "delivered-to": "", "list-unsubscribe": "", "list-id": "", "tags": "topics",
    "keywords": "topics", "language": "language",
}  # fmt: skip
"""The keys of lines above a story and the fields that they fill; those of mail that fill none are ignored."""
_KEY = re.compile(r"\s*([A-Za-z][A-Za-z -]{1,30}?)\s*:\s*(.*)")
_BYLINE = re.compile(r"(?:(?i:by)\s+(?=[^\W\d_])|(?:Von|Par|Por)\s+(?=[A-ZÀ-Þ]))(.{3,120})")
_UPDATED = re.compile(
    r"(?:last |zuletzt )?(?:updated|aktualisiert|stand|modifié|mis à jour|actualizado)\b", re.IGNORECASE
)
_DIVIDER = re.compile(r"\s*[|·•]\s*|\s+[—–-]+\s+|,\s*|\s*\((?=[^()]*\)$)")
_ROLE = re.compile(
    r"(?:(?:senior|chief|staff|special|political|city|associated press|the) )*"
    r"(?:writers?|reporters?|correspondents?|editors?)",
    re.I,
)
_SMALL = frozenset((
    "a", "an", "and", "at", "by", "da", "de", "del", "der", "di", "du", "el", "for", "in", "la", "le", "of",
    "on", "the", "to", "und", "van", "von",
))  # fmt: skip
# A sentence or a list of events begins so, an outlet does not ("In Tarn, 5 May 1921", "Opened, 1 May 1921").
_NO_OUTLET = re.compile(
    r"(?:\w+ed|in|on|at|by|from|since|until|after|before|born|built|died|sold|begun|made|held|the day)(?:\s|$)"
    r"|.*\b(?:mon|tues|wednes|thurs|fri|satur|sun)day$",
    re.IGNORECASE,
)
# Chosen, not measured. Characters but for the last two: what is longer is taken for story, which loses no sentence.
_LONGEST_META = 100
_LONGEST_HEADLINE = 160
_LONGEST_TITLE = 100
_LONGEST_NAME = 12  # words of an outlet or author
_MOST_META = 6  # lines
_SENTENCE_END = re.compile(r"[.!?][\"'”’)]*\s+(?=[\"'“‘(]?[A-Z])")
_ABBREVIATED = re.compile(r"(?:\b[A-Za-z]|\b(?:Mr|Mrs|Ms|Dr|St|Sen|Rep|Gov|Gen|No|vs|Jr|Sr|Co|Inc))\.\s+$")


@dataclass(slots=True)
class Head:
    """What the lines above the story say. `title` is empty where none of them is a headline."""

    title: str = ""
    source: str = ""
    credit: str = ""
    url: str = ""
    category: str = ""
    topics: str = ""
    language: str = ""
    dates: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)

    def note(self, name: str, value: str) -> None:
        """Keep what a line says of a field; the first line counts."""
        if name == "date" and not _UPDATED.match(value):
            self.dates.append(value)
        elif name in ("date", "updated"):
            self.updated.append(value)
        elif name == "sender":
            self.source = self.source or parseaddr(value)[0]
        elif name and not getattr(self, name):
            setattr(self, name, value)

    def published(self, *otherwise: object) -> tuple[date | None, tuple[str, ...]]:
        """Return the day, rather that of publication than of an update, and a warning where none can be read."""
        return first_date([*self.dates, *otherwise, *self.updated])

    def last_updated(self) -> date | None:
        """Return the day of an update, if one is named."""
        return first_date(self.updated)[0]


def squeezed(line: str) -> str:
    """Return the line with every run of white space as one blank."""
    return " ".join(line.split())


def derived_title(body: str) -> str:
    """Return a title for a text that has none: its first sentence, or as many words of it as a title may have."""
    line = squeezed(body.strip().partition("\n")[0])
    sentence = line
    for end in _SENTENCE_END.finditer(line):
        if not _ABBREVIATED.search(line[: end.end()]):
            sentence = line[: end.end()].strip()
            break
    if len(sentence) <= _LONGEST_TITLE:
        return sentence
    return sentence[:_LONGEST_TITLE].rpartition(" ")[0] + "…"


def after_blank(lines: list[str]) -> list[str]:
    """Return the lines from the first that is not blank."""
    return lines[next((i for i, line in enumerate(lines) if line.strip()), len(lines)) :]


def take_key_lines(lines: list[str], head: Head) -> list[str] | None:
    """Note the `Key: value` lines at the top, and return what follows; None when the text does not begin with them."""
    lines = after_blank(lines)
    found: list[tuple[str, str]] = []
    end = 0
    for line in lines:
        match = _KEY.fullmatch(line)
        name = _key_name(match[1]) if match else None
        if match and name is not None:
            found.append((name, match[2].strip()))
        elif found and line[:1].isspace() and line.strip():  # mail folds a long value
            found[-1] = found[-1][0], f"{found[-1][1]} {line.strip()}"
        else:
            break
        end += 1
    names = {name for name, _ in found}  # one such line may be a headline: "Source: mill to close"
    if len(found) < 2 or not names & {"title", "date"}:
        return None
    for name, value in found:
        head.note(name, value)
    return lines[end:]


def _key_name(key: str) -> str | None:
    """Return the field that a key stands for, "" for one that is of no use, None for no key."""
    key = key.lower()
    return "" if key.startswith("x-") or key.startswith("content-") else _KEYS.get(key)


def take_headline(lines: list[str], head: Head) -> list[str]:
    """Note the headline where the lines begin with one, also below outlet and date, and return what follows."""
    lines = after_blank(lines)
    if lines and _outlet_and_day(squeezed(lines[0]))[1]:
        lines = take_lines(lines, head)
    if not head.title and lines and _is_headline(lines):
        head.title, lines = squeezed(lines[0]), lines[1:]
        if _goes_on_below(head.title, lines):
            head.title, lines = f"{head.title} {squeezed(lines[0])}", lines[1:]
    return after_blank(lines)


def _goes_on_below(title: str, lines: list[str]) -> bool:
    """Say whether a headline takes a second line: one in capitals like it, or that begins small, and stands apart."""
    line, rest = (lines[0].strip() if lines else ""), lines[1:]
    if not line or len(title) + len(line) > _LONGEST_HEADLINE or line.endswith(".") or _is_meta([line], Head()):
        return False
    apart = not rest or not rest[0].strip() or _is_meta(rest, Head())
    return apart and (line[0].islower() or (title.isupper() and line.isupper()))


def _is_headline(lines: list[str]) -> bool:
    """Say whether the first line stands over a story, rather than being the first paragraph of one."""
    first, rest = lines[0].strip(), after_blank(lines[1:])
    if len(first) > _LONGEST_HEADLINE or not rest:
        return False
    return not first.rstrip("\"'”’)").endswith(".") or _is_meta(rest, Head())


def take_lines(lines: list[str], head: Head) -> list[str]:
    """Note byline, outlet and date at the top of the lines, and return the story that follows."""
    for _ in range(_MOST_META):
        if not lines or not _is_meta(lines, head):
            break
        lines = after_blank(lines[1:])
    return lines


def _is_meta(lines: list[str], head: Head) -> bool:
    """Note what the first line says of the article; false when it belongs to the story."""
    line = squeezed(lines[0])
    if len(line) > _LONGEST_META:
        return False
    if match := _KEY.fullmatch(line):
        return _note_key(match[1], match[2], head)
    if parse_date(line):
        head.note("date", line)
        return True
    return _note_names(line, lines[1:], head)


def _note_names(line: str, rest: list[str], head: Head) -> bool:
    """Note the outlet, with its day, or the author that a line names; false for any other line."""
    byline = _BYLINE.fullmatch(line)
    name, day = _outlet_and_day(byline[1] if byline else line)
    if day and not _goes_on(rest):
        head.note("date", day.isoformat())
    elif byline and _is_name(byline[1]):
        name = byline[1]
    elif not byline and _is_outlet(line) and rest and parse_date(rest[0]):
        name = line
    else:
        return _ROLE.fullmatch(line) is not None
    if byline or not is_place(name, rest):
        head.note("credit" if byline else "source", name)
    return True


def _note_key(key: str, value: str, head: Head) -> bool:
    name = _key_name(key)
    known = (
        (name == "date" and (not value or parse_date(value) is not None or any(map(str.isdigit, value))))
        or (name in ("source", "credit", "category") and _is_name(value))
        or (name == "url" and value.startswith(("http://", "https://")))
        or (key.lower() in ("updated", "tags", "keywords") and len(value.split()) < 10)
    )
    if known and name:
        head.note(name, value)
    return known


def _outlet_and_day(line: str) -> tuple[str, date | None]:
    """Return the outlet and the day of a line such as "Ellery Courier, 14 May 2025" or "14 May 2025 | Courier"."""
    for divider in _DIVIDER.finditer(line):
        first, second = line[: divider.start()], line[divider.end() :].rstrip(")")
        if (day := parse_date(second)) and _is_outlet(first):
            return first.strip(), day
        if (day := parse_date(first)) and _is_outlet(second) and _day_is_whole(second):
            return second.strip(), day
    return "", None


def _day_is_whole(rest: str) -> bool:
    """Say whether what follows a day is words only, not its time of day."""
    return not any(map(str.isdigit, rest))


def _is_outlet(text: str) -> bool:
    return _is_name(text) and not _NO_OUTLET.match(text.strip())


def _is_name(text: str) -> bool:
    """Say whether the text may be the name of a person or outlet: few words, the weighty ones with capitals."""
    words = text.replace("&", " ").split()
    if not 0 < len(words) <= _LONGEST_NAME or re.search(r"(?<!Co)(?<!Inc)\.$|[!?:]$", text.strip()):
        return False
    weighty = [word for word in words if word.lower().strip(",") not in _SMALL and word[0].isalpha()]
    return all(not word[0].islower() or "." in word for word in weighty) and bool(weighty)


def _goes_on(rest: list[str]) -> bool:
    """Say whether the lines go on like a sentence or a list of events, so that no outlet and day open the story."""
    following = squeezed(rest[0]) if rest else ""
    return bool(following) and (following[0].islower() or _outlet_and_day(following)[1] is not None)
