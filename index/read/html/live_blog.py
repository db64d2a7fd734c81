"""Say in a live blog which entries are older, since each was true only when it was written.

The newest entry stays as it is. Each sentence of an older one begins with its time: "Earlier, at 09.30: …", so that
a quote from it cannot be taken for the last word.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from index.read.html.markup import Element
from index.text.chunk import sentences, spoken_date
from index.values import OLDER_ENTRY

_LIVE = re.compile(r"\blive-?_?blog", re.IGNORECASE)
_TEXT = ("p", "li", "blockquote")


@dataclass(frozen=True, slots=True)
class _Entry:
    element: Element
    time: Element
    moment: str


def is_live_blog(root: Element) -> bool:
    """Return whether a page's markup or class names call it a live blog."""
    return bool(root.xpath("//*[contains(@itemtype, 'LiveBlogPosting') or @itemprop='liveBlogUpdate']")) or any(
        _LIVE.search(element.get("class", "")) for element in root.xpath("//body//*[@class] | //body[@class]")
    )


def mark_older_entries(root: Element) -> None:
    """Begin each sentence of all but the newest entry with the entry's time, and remove the entries' clocks."""
    entries = list(_entries(root))
    if len(entries) < 2:
        return
    newest = max(entry.moment for entry in entries)
    for entry in entries:
        _drop_clock(entry.time)
        if entry.moment != newest:
            label = _label(entry.moment, newest)
            for paragraph in [one for one in entry.element.iter(*_TEXT) if one.find(".//p") is None]:
                _mark(paragraph, label)
            for heading in entry.element.iter("h2", "h3", "h4"):
                _mark(heading, label)


def written(entries: Sequence[tuple[str, str, str]]) -> str:
    """Return the lines of entries that are given by time, headline and text, the newest first and the others marked."""
    dated = sorted((entry for entry in entries if _is_moment(entry[0])), reverse=True)
    lines = []
    for moment, headline, body in dated:
        label = "" if moment == dated[0][0] else _label(moment, dated[0][0])
        lines += [_labelled(line, label) for line in (headline, *body.split("\n")) if line]
    return "\n".join(lines)


def _label(moment: str, newest: str) -> str:
    clock = moment[11:16].replace(":", ".")
    if moment[:10] != newest[:10]:
        clock = f"{clock} on {spoken_date(date.fromisoformat(moment[:10]))}"
    return f"{OLDER_ENTRY}{clock}: "


def _entries(root: Element) -> Iterator[_Entry]:
    """Yield the elements that each hold one time of the blog: siblings, the most there are of one parent."""
    times = [time for time in root.iter("time") if _is_moment(time.get("datetime", ""))]
    moments = set(times)
    parents: Counter[Element] = Counter()
    for time in times:
        parents.update({up.getparent() for up in (time, *time.iterancestors()) if up.getparent() is not None})
    counted = [(len(_children_with_times(parent)), parent) for parent, count in parents.items() if count >= 2]
    if not counted:
        return
    _, parent = max(counted, key=lambda pair: pair[0])
    for child in _children_with_times(parent):
        time = next((one for one in child.iter("time") if one in moments), None)
        if time is not None:
            yield _Entry(child, time, time.get("datetime").strip())


def _is_moment(value: str) -> bool:
    try:
        datetime.fromisoformat(value.strip())
    except ValueError:
        return False
    return len(value.strip()) > 10


def _children_with_times(parent: Element) -> list[Element]:
    return [
        child for child in parent if child.find(".//time[@datetime]") is not None and child.find(".//p") is not None
    ]


def _drop_clock(time: Element) -> None:
    """Remove an entry's time, and the line that holds nothing else."""
    up = time.getparent()
    if up is not None and " ".join(up.text_content().split()) == " ".join(time.text_content().split()):
        time = up
    time.drop_tree()


def _mark(element: Element, label: str) -> None:
    """Replace an element's content by its sentences, each behind the label."""
    text = " ".join(element.text_content().split())
    if not text:
        return
    for child in list(element):
        element.remove(child)
    element.text = _labelled(text, label)


def _labelled(text: str, label: str) -> str:
    return " ".join(label + text[start:end] for start, end in sentences(text)) if label else text
