"""Clean an article's text line by line, and keep apart what is not the story.

Newswire pages end in tag lists, other stories' headlines, newsletter offers and agency credits. Left in, they
are retrieved and cited as if the article had said them. Credits and topics are kept beside the text.
What this module does not know: other languages' boilerplate. It matches whole lines only, so that a sentence
of the story is never cut.
"""

import re
import unicodedata
from dataclasses import dataclass

CLEANER_VERSION = 1

# Soft hyphen, zero-width space, marks and overrides of direction, word joiners, tag characters, controls:
# nothing that a reader sees. Joiners (U+200C, U+200D) stay, since Persian and emoji need them.
_UNSEEN = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]"
)
_LINE_BREAK = re.compile(r"\r\n?|[\n\x0b\x0c\x85\u2028\u2029]")
_BULLET = re.compile(r"^(?:[-*•·–]\s+|-(?=[A-Z]))")

_TOPICS = re.compile(r"(?:read more on|topics|tags|filed under|more on this)\s*:?", re.IGNORECASE)
_OTHERS = re.compile(
    r"(?:also read|read also|read more|see also|related|most read|most popular|recommended|trending"
    r"|editors['’]? picks?|more (?:news|stories|from .{1,40})|you (?:may|might) also like"
    r"|related (?:stories|articles|coverage|topics|news|links)|recommended (?:stories|for you|reading))\s*:?",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"\(?(?:with|contains) (?:additional )?inputs? from .{1,80}\)?"
    r"|\(?(?:additional )?(?:reporting|writing|editing|compiled) by .{1,200}"
    r"|contribut(?:ing|ors?): .{1,160}"
    r"|\(?this (?:story|article|report) (?:has not been|was not) (?:edited|created) by .{1,200}"
    r"|\(?this (?:story|article|report) (?:was|is|has been) (?:auto-|automatically )?(?:generated|published)"
    r" from .{1,160}"
    r"|(?:source|agency|photos?|image|picture|credit)s?(?: credit)?: .{1,120}"
    r"|©\s?.{0,200}|\(?(?:c\) |copyright )(?:©\s*)?(?:19|20)\d\d\b.{0,200}"
    r"|(?:the )?(?:associated press|reuters|ap|afp|upi|bloomberg|usa ?today|cnbc|cnn(?: business)?)",
    re.IGNORECASE,
)
_NOISE = re.compile(
    r"(?:advertisement|sponsored|promoted|story continues below(?: advertisement)?|article continues below.{0,40}"
    r"|none|null|undefined|share(?: this(?: (?:article|story|page))?)?|print|comments?|_{2,}|\.|\*{2,}|-{2,})"
    r"|(?:subscribe|sign up|register)\b.{0,240}"
    r"|(?:click|tap) here\b.{0,160}"
    r"|(?:follow|like) (?:us|.{1,60}) on (?:twitter|facebook|instagram|x|social|linkedin|whatsapp|youtube)\b.{0,160}"
    r"|get .{1,60}(?:newsletter|in your inbox|delivered to).{0,300}"
    r"|(?:need a (?:news )?break\?|looking for a free mini puzzle\?).{0,160}"
    r"|all rights reserved\.?.{0,120}"
    r"|our standards: .{1,120}"
    r"|(?:read|watch|listen|see|learn) more\s?: .{1,200}|(?:also read|read also|see also)\s?: .{1,200}"
    r"|(?:read|more)\s?: .{1,160}"
    r"|we (?:use|and our partners use) cookies.{0,300}"
    r"|join (?:us|the conversation) on .{1,120}",
    re.IGNORECASE,
)
_LONGEST_NOISE = 400


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The story, and what stood round it."""

    text: str
    credits: tuple[str, ...]
    topics: tuple[str, ...]


def clean(text: str, *, title: str = "") -> Cleaned:
    """Return the story as lines without blank ones; its credits and topics apart.

    Cleaning a cleaned text again changes nothing. First lines that repeat the title are dropped.
    """
    story: list[str] = []
    credits_: list[str] = []
    topics: list[str] = []
    heading, section = squeeze(visible(title)), ""
    for raw in _LINE_BREAK.split(visible(text)):
        line = squeeze(raw)
        bare = _BULLET.sub("", line)
        section = _section(bare, section)
        if not line or (line == heading and not story):
            continue
        if section == "topics" and not _TOPICS.fullmatch(bare):
            topics.append(bare)
        elif not section and _short(_CREDIT, line):
            credits_.append(line.strip("()"))
        elif not section and not _short(_NOISE, line):
            story.append(line)
    return Cleaned("\n".join(story), tuple(dict.fromkeys(credits_)), tuple(dict.fromkeys(topics)))


def _section(line: str, section: str) -> str:
    """Return the list that the line belongs to: `topics`, `others` (other stories' headlines) or none."""
    if not line:
        return section
    if _short(_TOPICS, line):
        return "topics"
    if _short(_OTHERS, line):
        return "others"
    ended = line.endswith((".", "!", '."', ".”")) or len(line.split()) > (5 if section == "topics" else 25)
    return "" if ended else section


def _short(pattern: re.Pattern[str], line: str) -> bool:
    return len(line) <= _LONGEST_NOISE and pattern.fullmatch(line) is not None


def visible(text: str) -> str:
    """Return the text in NFC without the characters that no reader can see."""
    return unicodedata.normalize("NFC", _UNSEEN.sub("", text))


def squeeze(line: str) -> str:
    """Return the line with every run of white space as one blank."""
    return " ".join(line.split())
