"""Tell sentences that state something from what stands between them on a news page.

Headings, links to other stories, credits of photographs, adverts of the outlet and questions never answer. Cleaning
(index/text/) drops the lines that are surely none of the story; here what may be one is only kept from answering.
"""

import re

_NO_STATEMENT = re.compile(r"[?:–—-][\"'”’)\]]*$|^\W*(?:\w+\W+){0,2}\w*\W*$")
"""A question, the place and agency before a story, a heading, or three words and fewer."""
_LINK = re.compile(
    r"^\W*(?:[A-Z][A-Z0-9 '’&-]{3,}|(?:[\w'’.,&-]+ ){0,8}[\w'’.&-]+[^\W\d_]):[\"“‘'$£€]?[A-Z0-9]"
    r"|^\W*(?i:more|read(?: more)?|watch|see also|related)\b ?:"
)
"""The label of a link to another story, with no blank behind its colon: "Storm:Homes under water"."""
_CREDIT = re.compile(
    r"(?:/ ?(?:AP|AFP|Reuters|Shutterstock|Getty(?: Images)?)|\bGetty Images|\bvia (?:AP|Getty|Reuters))\W*$"
)
_ADVERT = re.compile(
    r"^\W*(?:sign up (?:for|to|here)\b|subscribe (?:to|now|today|for)\b|click here\b|download (?:the|our)\b"
    r"|follow (?:us|her|him|them)\b|video ad\b|editor['’]s note\b|contributing:|reach (?:him|her|them) at\b"
    r"|journalism like this\b|please (?:support|consider)\b|support (?:it|us|our) with\b|keep reading\b"
    r"|listen to (?:the|our)\b|get the (?:facts|latest)\b|have a (?:tip|question)\b|.*\bwith a subscription here\b)",
    re.IGNORECASE,
)
"""Told to the reader at the start of a sentence: "Sign-up deadlines were missed by 300 families" is news."""
# After the mark only what closes a quotation: "He left. Photo" does not end as a sentence.
_FINISHED = re.compile(r"[.!?…][\"'”’)\]]*\W*$")


def is_statement(sentence: str) -> bool:
    """Say whether a sentence states something."""
    return not (
        _NO_STATEMENT.search(sentence) or _LINK.match(sentence) or _CREDIT.search(sentence) or _ADVERT.match(sentence)
    )


def is_finished(sentence: str) -> bool:
    """Say whether a sentence ends as one: a heading or a caption does not, nor the row of a list."""
    return bool(_FINISHED.search(sentence))
