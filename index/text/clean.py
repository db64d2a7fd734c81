"""Clean an article's text line by line, and separate what is not the story.

Newswire pages end in tag lists, other stories' headlines, newsletter offers and agency credits. Left in, they
are retrieved and cited as if the article had said them. Credits and topics are kept beside the text.
Only whole lines are removed, so that no sentence is cut.
"""

import re
import unicodedata
from dataclasses import dataclass, replace

from index.text import boilerplate

CLEANER_VERSION = 6
"""Part of the fingerprint: raise it when cleaning changes, and all articles are prepared again."""

# Soft hyphen, zero-width space, marks and overrides of direction, word joiners, tag characters, controls:
# nothing that a reader sees. Joiners (U+200C, U+200D) stay, since Persian and emoji need them.
_UNSEEN = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]"
)
_LINE_BREAK = re.compile(r"\r\n?|[\n\x0b\x0c\x85\u2028\u2029]")
_BULLET = re.compile(r"^(?:[-*•·–]\s+|-(?=[A-Z]))")

_LIGATURES = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}
"""ﬁ and the like, which PDFs are full of: nobody types them into a question."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The story, and the credits and topics that stood around it."""

    text: str
    credits: tuple[str, ...]
    topics: tuple[str, ...]


def clean(text: str, *, title: str = "") -> Cleaned:
    """Return the story as lines without blank ones; its credits and topics apart.

    Cleaning a cleaned text again changes nothing. First lines that repeat the title are dropped, unless they are a
    sentence or all there is.
    """
    cleaned = _sorted([line for raw in _LINE_BREAK.split(visible(text)) if (line := squeeze(raw))])
    story, heading = cleaned.text.split("\n"), squeeze(visible(title))
    while len(story) > 1 and story[0] == heading and not heading.endswith("."):
        story.pop(0)
    return replace(cleaned, text="\n".join(story))


def _sorted(lines: list[str]) -> Cleaned:
    """Return the lines by what they are."""
    story: list[str] = []
    credits_: list[str] = []
    topics: list[str] = []
    last = max((i for i, line in enumerate(lines) if _is_story(line)), default=-1)
    section: str | None = None
    for number, line in enumerate(lines):
        bare = _BULLET.sub("", line)
        # Below the last sentence even a heading that a story may use ("Related") begins a list.
        if begun := boilerplate.section(bare, ended=number >= last):
            section = begun
            continue
        if section and boilerplate.ends(bare, section):
            section = None
        if section == "topics":
            topics.append(bare)
        elif section:
            continue
        elif boilerplate.is_credit(line):
            credits_.append(line.strip("()"))
        elif tags := boilerplate.inline_topics(line):
            topics.extend(tags)
        elif not boilerplate.is_noise(line):
            story.append(line)
    return Cleaned("\n".join(story), tuple(dict.fromkeys(credits_)), tuple(dict.fromkeys(topics)))


def _is_story(line: str) -> bool:
    return boilerplate.is_sentence(line) and not boilerplate.is_credit(line) and not boilerplate.is_noise(line)


def visible(text: str) -> str:
    """Return the text in NFC, without ligatures and the characters that no reader can see."""
    return unicodedata.normalize("NFC", _UNSEEN.sub("", text).translate(_LIGATURES))


def squeeze(line: str) -> str:
    """Return the line with every run of white space as one blank."""
    return " ".join(line.split())
