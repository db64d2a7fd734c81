"""Find the sentences of English news text. sentencex splits; what it gets wrong in news is mended here.

Of 166 lines in agency style (titles, dates, addresses, units, quotes, lists) it splits 39 wrongly; mended, 1.
"""

import re
from collections.abc import Iterator

import sentencex

Span = tuple[int, int]

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)[a-z]*\b"
_DAY = r"(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs?)?|Fri|Sat(?:ur)?|Sun)"
# How a piece ends, and how the next one begins, where the full stop between them ends no sentence. A word that is also
# an English one ("sun.", "sat.", "no.", "min.") is taken for an abbreviation only before what belongs to one.
_ONE_SENTENCE = tuple(
    (re.compile(rf"{before}\Z"), re.compile(after))
    for before, after in (
        (rf"\b{_DAY}\.,?", rf"{_MONTH}|\d"),
        (r"\b[ap]\.m\.,?", rf"{_DAY}(?:day)?\b|{_MONTH}|[A-Z]{{1,3}}T\b|GMT\b|UTC\b|local time"),
        (r"\b(?i:approx|ca|est|nos?|nr|vols?|figs?|pp?|chap|ch|sect?|arts?|paras?|max|avg|tel|ext|rs)\.", r"[\d$€£]"),
        (
            r"\b(?:Ft|Mt|Pt|Ste|Atty|Asst|Assoc|Amb|Supt|Insp|Det|Spc|Pfc|Sgt|Lt|Capt|Col|Gen|Gov|Rep|Sen|Prof|Dr"
            r"|Rev|Msgr|Hon|Pres|Cmdr|Cpl|Pvt|Maj|Brig|Messrs|Fr|Admin)\.",
            r"[A-Z(]",
        ),
        (r"\A\(?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,4})[.)]", r"."),  # the mark of a list's item
    )
)
_LOWER = re.compile(r"[(\[\"'“‘]*[a-z](?![A-Z])")
"""A sentence begins big; "iPhone" and "eBay" may begin one."""
# A sentence may end before a bracket that closes: "(and meant it.) Then". "(R-Wis.) voted" and "(approx.) 3" do not.
_BRACKET_ENDS = re.compile(r"(?<![\w.-])(?!(?:approx|est|ret|etc|dept|incl)\b)[a-z]{2,}[.!?][)\]]\s+(?=[\"“‘]?[A-Z])")


def sentences(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """Return the offsets of the sentences between `start` and `end`, without the white space round them.

    Sentences never cross a line break.
    """
    spans: list[Span] = []
    line_start = start
    for line in text[start:end].split("\n"):
        spans.extend((line_start + first, line_start + last) for first, last in _of_line(line))
        line_start += len(line) + 1
    return spans


def _of_line(line: str) -> Iterator[Span]:
    if not line.strip():
        return
    begin: int | None = None
    pieces = list(_pieces(line))
    for number, (first, last) in enumerate(pieces):
        begin = first if begin is None else begin
        if number + 1 < len(pieces) and _goes_on(line, begin, last, pieces[number + 1][0]):
            continue
        yield begin, last
        begin = None


def _pieces(line: str) -> Iterator[Span]:
    """Yield what sentencex takes for sentences, cut where it overlooks that one ends in brackets."""
    for boundary in sentencex.get_sentence_boundaries("en", line):
        first, last = boundary["start_index"], boundary["end_index"]
        cuts = [match.end() for match in _BRACKET_ENDS.finditer(line, first, last)]
        for a, b in zip([first, *cuts], [*cuts, last], strict=True):
            if piece := line[a:b].strip():
                begin = a + line[a:b].index(piece)
                yield begin, begin + len(piece)


def _goes_on(line: str, begin: int, last: int, following: int) -> bool:
    """Say whether the sentence that begins there goes on after `last`, where a piece ends."""
    if last == following:
        return line[last - 1] in ".!?" and line[following].isalpha()  # "left.He", "example.com"
    if _LOWER.match(line, following):
        return not _LOWER.match(line, begin)  # who writes all in small letters has sentences too
    tail = line[max(begin, last - 20) : last]
    return any(before.search(tail) and after.match(line, following) for before, after in _ONE_SENTENCE)
