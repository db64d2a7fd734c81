"""Read statements out of a model's text while it is still being written.

Two forms, both read strictly: one statement a line, or a JSON object. Each is a function from all the text so far to
what can be read in it, so that a half-written text is no special case. Nothing here is checked yet: qa/write/ground.py
does that.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from langchain_core.utils.json import parse_partial_json

from index.text.clean import squeeze, visible
from qa.write.prompts import NOT_FOUND

# Forgiving where small models vary: bullets, brackets, quotation marks and arrows; strict in what comes when.
_LINE = re.compile(
    r"""(?:[-*•][ ])?\[?(?:passage[ ])?(?P<number>\d{1,3})\]?[:.]?[ ]?
    ["“„«](?P<quote>.*?)["”“»]?[ ]?(?:=>|->|→|⇒)[ ]?(?P<text>.*)""",
    re.VERBOSE | re.IGNORECASE,
)
_THOUGHT = re.compile(r"\A\s*<think>.*?(?:</think>|\Z)", re.DOTALL)  # to the end, while the model is still thinking
_LIST = re.compile(r'"statements"\s*:\s*\[')
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Draft:
    """A statement as a model wrote it: not checked in any way."""

    passage: int
    quote: str
    text: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """What can be read in a model's text: whole drafts, the one that is being written, and whether it refused."""

    drafts: tuple[Draft, ...] = ()
    writing: Draft | None = None
    refused: bool = False


Parse = Callable[[str, bool], Parsed]
"""From a model's text so far, and whether it has ended, to what can be read in it."""


def parse_lines(text: str, ended: bool) -> Parsed:
    """Return the statements of a text of lines like `[2] "quote" => statement`. Other lines count for nothing."""
    lines = _THOUGHT.sub("", text).split("\n")
    last = None if ended else lines.pop()  # it may go on
    drafts = tuple(draft for draft in map(_draft_of_line, lines) if draft)
    refused = not drafts and any(NOT_FOUND in line.upper() for line in lines)
    return Parsed(drafts, _draft_of_line(last) if last else None, refused)


def parse_json(text: str, ended: bool) -> Parsed:
    """Return the statements of a text that holds one JSON object as `prompts.SCHEMA` has it.

    Objects that are whole count, wherever the text breaks off.
    """
    head = _LIST.search(text)
    if not head:
        return Parsed()
    drafts: list[Draft] = []
    at = head.end()
    # An empty list is how this form refuses.
    if text[at:].lstrip().startswith("]"):
        return Parsed(refused=True)
    while True:
        at += len(text[at:]) - len(text[at:].lstrip(" \t\r\n,"))
        if at >= len(text) or text[at] != "{":
            break
        try:
            value, at = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            return Parsed(tuple(drafts), None if ended else _draft(_partial(text[at:])))
        if draft := _draft(value):
            drafts.append(draft)
    return Parsed(tuple(drafts))


def _draft_of_line(line: str) -> Draft | None:
    match = _LINE.fullmatch(squeeze(visible(line)))
    if not match:
        return None
    return Draft(int(match["number"]), match["quote"], match["text"])


def _draft(value: object) -> Draft | None:
    """Return the draft that a JSON value is; one that is still being written may lack its last fields."""
    if not isinstance(value, dict):
        return None
    number, quote, text = value.get("passage"), value.get("quote"), value.get("statement")
    if isinstance(number, int) and isinstance(quote, str) and isinstance(text, str):
        return Draft(number, quote, text)
    return None


def _partial(text: str) -> object:
    try:
        return parse_partial_json(text)
    except (ValueError, RecursionError):
        return None
