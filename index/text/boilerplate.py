"""Tell a story's lines from the boilerplate around it: credits, offers, buttons, other stories' headlines.

Each rule needs a mark that prose lacks: nothing but names after "Reporting by", a newsletter to sign up for, a
headline without a full stop after "Related:". Where in doubt the line is story, since a lost sentence is worse than a
cited advert. English only: boilerplate in other languages stays.
"""

import re

_LONGEST = 400
"""Characters; a longer line is a paragraph. Chosen, not measured."""

# Words that may stand between names in a credit. Any other word without a capital makes the line a sentence.
_BETWEEN_NAMES = frozenset((
    "a", "additional", "agencies", "agency", "and", "at", "by", "compiled", "contributed", "contributions",
    "courtesy", "da", "de", "del", "der", "di", "du", "editing", "editor", "editors", "el", "file", "for",
    "from", "handout", "images", "in", "input", "inputs", "la", "le", "of", "on", "our", "photo", "photos",
    "pool", "reporter", "reporters", "reporting", "staff", "syndicate", "the", "to", "van", "via", "von",
    "wire", "wires", "with", "writer", "writers", "writing",
))  # fmt: skip
_SENTENCE = re.compile(r"[.!?]['\"”’)]*$")
_REPORTED = re.compile(
    r"\b(?:said|says|told|tells|asked|warned|wrote|according to|was|were|had|did|began|became|must|he|she|they)\b",
    re.IGNORECASE,
)
_PLATFORM = (
    r"(?:twitter|facebook|instagram|x|social(?: media)?|linkedin|whatsapp|you ?tube|tiktok|threads|telegram|bluesky"
    r"|mastodon|reddit|pinterest|snapchat|google news|flipboard)"
)


def _rule(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{alternative})" for alternative in alternatives), re.IGNORECASE)


_BYLINE = _rule(
    r"\(?(?:with|contains) (?:additional )?(?:inputs?|reporting) (?:from|by) (?P<inputs>.{1,160}?)\.?\)?\.?",
    r"\(?(?:additional )?(?:reporting|writing|editing|compiled) by (?P<staff>.{1,200}?)\.?\)?",
    r"contribut(?:ing|ors?): (?P<others>.{1,160})",
    r"reporting from (?P<place>.{1,80}?)\.?",
    r"(?:source|agency|photos?|image|picture|credit)s?(?: credit)?: (?P<owner>.{1,120}?)",
    r"(?:©|\(c\)|copyright)(?: ?(?:©|\(c\)))? ?(?:(?:19|20)\d\d(?:[-–]\d{2,4})?,? )?"
    r"(?P<holder>[^.]{0,120}?)(?:\.(?: .{0,200})?)?",
)
_CREDIT = _rule(
    r"\(?this (?:story|article|report) (?:has not been|was not) (?:edited|created) by .{1,200}",
    r"\(?this (?:story|article|report) (?:was|is|has been) (?:auto-|automatically )?"
    r"(?:generated|published) from .{1,160}",
    r"\(?[^.]{1,160} contributed (?:reporting )?to this (?:report|story|article)\.?\)?",
    r"a version of this (?:article|story|report) (?:appear(?:s|ed)|was (?:first |originally )?published) in\b.{0,60}"
    r"\b(?:print|edition|newspaper|newsletter|section|issue|magazine|website)\b.{0,200}",
    r"(?-i:[A-Z])[^.!?]{1,120}\b(?:covers?|is|writes?|reports?|are)\b[^.!?]{1,200}\. (?:you can )?(?:reach|contact"
    r"|e-?mail|follow) (?:him|her|them)\b[^.]{0,60}(?:@|\d{3}).{0,200}",
    r"[a-z]{2,4}/(?:dpa|afp|ap|apa|sda|reuters)",
    r"(?-i:SOURCE (?=.*[a-z]))[^.!?]{1,120}",
    r"(?:the )?(?:associated press|reuters|ap|afp|upi|bloomberg|usa ?today|cnbc|cnn(?: business)?)",
)
_BUTTON = _rule(
    r"(?:scroll to continue|advertisement|sponsored|promoted|paid post|ad)(?: content)?"
    r"(?:\s*[-–—|:]?\s*(?:scroll to continue|continue reading below))?",
    r"(?:story|article) continues (?:below|after)(?: (?:this |the )?(?:advertisement|ad|video|gallery|image))?",
    r"anzeige|werbung|publicité|publicidad",
    r"none|null|undefined|print|comments?|_{2,}|\.|\*{2,}|-{2,}|copy link|e-?mail|tweet",
    r"unsubscribe(?: here)?[.!]?(?:\s?:?\s?https?://\S+)?|view (?:this e-?mail )?in (?:your|a) browser[.!]?",
    rf"share(?: (?:this(?: (?:article|story|page|post))?|(?:on|via|to|by) (?:{_PLATFORM}|e-?mail)))?:?"
    rf"(?: {_PLATFORM}| e-?mail|,|\|| and)*",
    r"(?:need a (?:news )?break\?|looking for a free mini puzzle\?).{0,160}",
    r"[^.]{1,60} (?:is|are) not responsible for the content of external (?:internet )?(?:web)?sites"
    r"(?:\.(?: .{0,120})?)?",
    r"all rights reserved(?:\.(?: .{0,120})?)?",
    r"our standards: .{0,60}trust principles\.?",
)
_OFFER = _rule(
    r"(?:subscribe|sign up|register)(?: (?:now|today|here|free|for free))*[.!]?",
    r"(?:subscribe|sign up|register)\b.{0,120}\b(?:newsletters?|inbox|e-?mails?|briefing|alerts|digest|podcasts?"
    r"|channel|subscription|notifications|(?:free|your|an) account|save \d+|for free|today|to (?:keep|continue) reading"
    r"|to read (?:more|on|the full))\b.{0,120}",
    r"(?:click|tap) here(?: (?:to|for|if) .{1,150})?[.!]?",
    rf"(?:follow|like|find|join) (?:us|our \w+|@\w+|the conversation)(?: on| at)? {_PLATFORM}\b.{{0,120}}",
    rf"(?:follow|like|join) (?P<who>[^,.;:]{{1,60}}?)(?: join us)? on {_PLATFORM}"
    rf"(?:(?: and|,|, and) {_PLATFORM}|(?:,? at|:)? ?(?:@\w+|https?://\S+))*[.!]?(?: follow .{{1,80}}@\w+[.!]?)?",
    rf"follow [^.;]{{1,80}} on {_PLATFORM}(?:,? at|:)? ?@\w+\b.{{0,160}}",
    r"get .{1,60}(?:in your inbox|newsletters? (?:sign up|subscribe)|delivered to your)\b.{0,300}",
    r"get (?:our|the|your|all|more|breaking|daily|weekly|free|top|local|news)\b.{0,120}"
    r"\b(?:(?:to|in|into) your (?:inbox|e-?mail|phone)|newsletters?)\b.{0,160}",
    r"(?:we|we and our partners|this (?:web)?site) uses? cookies\b.{0,300}"
    r"\b(?:site|website|experience|consent|browser|ads|partners|privacy)\b.{0,160}",
    r"we use cookies[.!]?",
    r"download (?:our|the) (?:free )?(?:[\w ]{1,30} )?app\b.{0,100}",
)
_CALL = re.compile(
    r"(?:(?:have you |do you |you've )?got|do you have|have you) (?:(?:a|any|an|some|more) )?(?:[\w-]+ ){0,2}"
    r"(?:story|stories|tip|tips|news|information|photos?|pictures?|views?|questions?)\b[^?]{0,80}\? .{0,40}"
    r"\b(?:e-?mail|call|contact|get in touch|write to|send|text|message|tell us|let us know)\b.{0,200}",
    re.IGNORECASE,
)
"""What asks readers for stories; it says how to send them."""
_ADDRESS = re.compile(
    r"(?:you can )?(?:contact|reach|e-?mail|follow) (?:(?-i:[A-Z])|the (?:reporter|writer|author)|breaking news )"
    r"[^.!?]{1,80}?\b(?:at|on|via|or)\b[^!?]{0,60}(?:@|\(\d{3}\) ?\d{3}|\b\d{3}-\d{3,4}-?\d{4}).{0,240}",
    re.IGNORECASE,
)
"""Where a reporter can be reached; it holds the address or the number."""
_STRONG_KEY = (
    r"(?:also read|read also|see also|read next|up next"
    r"|(?:read|watch|listen|see|learn|find out) more(?: (?:on|about|here))?)"
)
_KEY = (
    rf"(?:{_STRONG_KEY}|(?-i:STORY|STORIES|TOP STORIES|OPINION|ARCHIVES)"
    r"|related(?: (?:story|stories|article|articles|coverage|video))?|watch|listen|read|more|photos"
    r"|videos?|gallery|in pictures|explainer|don['’]t miss)"
)
_TEASER = re.compile(rf"(?:(?P<strong>{_STRONG_KEY})|{_KEY})\s?[:|–—>»]+\s?(?P<rest>.{{1,200}})", re.IGNORECASE)
_BRACKETED = re.compile(rf"[\[(]\s*{_KEY}\s?[:|–—].{{1,200}}[\])]", re.IGNORECASE)

_TOPICS = _rule(r"(?:read more on|tags|filed under|keywords)\s*:?", r"topics:|related topics:?")
_MAYBE_TOPICS = _rule(r"topics|more on this:?")
_OTHERS = _rule(
    r"(?:also read|read also|read more|most read|most popular|most viewed|trending(?: now)?"
    r"|editors?['’]?s? picks?)\s*:?",
    r"(?:more (?:news|stories|headlines)|you (?:may|might) also like|around the web"
    r"|latest (?:news|stories|headlines))\s*:?",
    r"(?:related (?:stories|articles|coverage|news|(?:internet )?links)|recommended (?:stories|for you|articles))\s*:?",
)
_MAYBE_OTHERS = _rule(r"(?:related|recommended(?: reading)?|see also|more from .{1,40})\s*:?")
_LONGEST_TOPIC = 5  # words; chosen, not measured
_LONGEST_HEADLINE = 25  # words; chosen, not measured


def is_credit(line: str) -> bool:
    """Say whether the line names who wrote, took, supplied or owns the story, and says nothing else."""
    if len(line) > _LONGEST:
        return False
    if match := _BYLINE.fullmatch(line):
        return any(value is not None and _names_only(value) for value in match.groupdict().values())
    return _CREDIT.fullmatch(line) is not None


def is_noise(line: str) -> bool:
    """Say whether the line is a button, an advert, an offer, or another story's headline after "Related:" or so."""
    if len(line) > _LONGEST:
        return False
    return bool(_BUTTON.fullmatch(line) or _BRACKETED.fullmatch(line)) or _is_offer(line) or _is_teaser(line)


def _is_offer(line: str) -> bool:
    if (_CALL.fullmatch(line) or _ADDRESS.fullmatch(line)) and not _REPORTED.search(line):
        return True
    match = _OFFER.fullmatch(line)
    if match is None or _REPORTED.search(line):
        return False
    return match["who"] is None or _names_only(match["who"])


def _is_teaser(line: str) -> bool:
    """Say whether the line is a mark and a headline: big at its beginning, no full stop after a weak mark."""
    match = _TEASER.fullmatch(line)
    if match is None or match["rest"][0].islower():
        return False
    is_sentence_ = match["rest"].rstrip("\"'”’)").endswith(".")
    return not is_sentence_ or (match["strong"] is not None and not _REPORTED.search(line))


def _names_only(text: str) -> bool:
    """Say whether the text holds names and what joins them: no word that begins small but those."""
    words = re.findall(r"[^\s,;/|&()]+", text)
    return all(not word[0].islower() or word.strip(".:") in _BETWEEN_NAMES or "." in word[1:-1] for word in words)


def inline_topics(line: str) -> list[str]:
    """Return the tags of a line such as "Tags: Senn, bridges"; none for any other."""
    match = re.fullmatch(r"(?:tags|topics|filed under|keywords)\s?: (.{1,300})", line, re.IGNORECASE)
    items = [item.strip() for item in match[1].split(",")] if match and not _SENTENCE.search(line) else []
    return items if all(0 < len(item.split()) < _LONGEST_TOPIC for item in items) else []


def section(line: str, *, ended: bool) -> str | None:
    """Return which list the line is the heading of: `topics`, `others` (other stories' headlines), None for neither.

    `ended`: no sentence of the story follows. Only then a heading that a story may use too ("Related") counts.
    """
    if _TOPICS.fullmatch(line) or (ended and _MAYBE_TOPICS.fullmatch(line)):
        return "topics"
    if len(line) <= _LONGEST and (_OTHERS.fullmatch(line) or (ended and _MAYBE_OTHERS.fullmatch(line))):
        return "others"
    return None


def ends(line: str, section_: str) -> bool:
    """Say whether the line is too much of a sentence for the list, and so belongs to the story again."""
    return is_sentence(line) or (section_ == "topics" and len(line.split()) > _LONGEST_TOPIC)


def is_sentence(line: str) -> bool:
    """Say whether the line ends like a sentence, is longer than a headline, or is somebody's turn in an interview."""
    stop = line.endswith((".", "!", '."', ".”", ":", ".'", ".’", ".)"))
    return stop or len(line.split()) > _LONGEST_HEADLINE or re.match(r"[QA]:\s|Q\.\s", line) is not None
