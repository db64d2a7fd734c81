"""Write questions and answers as Markdown: for the chat's /export, and for downloads from the page.

Input text is escaped: it can make no heading, link, picture or tag. The one link is to the address of a cited article.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import zip_longest
from typing import Any

from index.text.chunk import spoken_date
from index.text.clean import squeeze, visible
from qa.values import bracketed

# Begins markup anywhere: "://" and "www." too, since GitHub's dialect turns plain addresses into links.
# "&" begins an entity only before a name and ";", "!" a picture only before "[".
_SPECIAL = re.compile(r"([\\`*_\[\]<#|~@$]|&(?=#?\w+;)|!(?=\[))|(?<=\w)(:)(?=//)|(?<=\bwww)(\.)")
# Begins a list or underlines a heading at the start of a line: "1.", "-", "+", "===".
_OPENING = re.compile(r"^(\d+(?=[.)])|)([-+=.):>])")
_LINK = re.compile(r"https?://[^\s<>\"'`\\]+")


def conversation(exchanges: Iterable[Mapping[str, Any]]) -> str:
    """Return exchanges as Markdown, each answer with its sources.

    An exchange has `question` and `answer` (the form of `Answer.to_dict`). A citation with `deleted` is marked as one
    whose article the index no longer has.
    """
    return "\n".join(part for exchange in exchanges for part in _exchange(exchange))


def escaped(text: str) -> str:
    """Return text as one line of Markdown that shows exactly that text."""
    line = _SPECIAL.sub(lambda found: f"\\{found[0]}", squeeze(visible(text)))
    return _OPENING.sub(r"\1\\\2", line)


def _exchange(exchange: Mapping[str, Any]) -> Iterator[str]:
    answer = exchange["answer"]
    yield f"## {escaped(exchange['question'])}\n"
    if limits := _limits(exchange.get("scope") or {}, exchange.get("headlines") or ()):
        yield f"*Filters: {escaped(limits)}*\n"
    if searched := " · ".join(filter(None, (answer.get("rewritten"), answer.get("period")))):
        yield f"*Searched: {escaped(searched)}*\n"
    yield _answer(answer) + "\n"
    for remark in filter(None, (answer.get("notice"), answer.get("caveat"))):
        yield f"*{escaped(remark)}*\n"
    for citation in answer["citations"]:
        yield _source(citation)
    if answer.get("as_of"):
        yield f"As of {_spoken(answer['as_of'])}.\n"


def _limits(scope: Mapping[str, Any], headlines: Sequence[str]) -> str:
    """Return the filters that a question was asked with. `headlines` are those of the scope's articles."""
    days = [f"{name} {_spoken(scope[key])}" for key, name in (("since", "from"), ("until", "until")) if scope.get(key)]
    names = [name for field in ("sources", "categories", "authors", "languages") for name in scope.get(field, ())]
    only = [f"only “{title or id_}”" for id_, title in zip_longest(scope.get("articles", ()), headlines)]
    return ", ".join([*days, *names, *only])


def _answer(answer: Mapping[str, Any]) -> str:
    if answer["status"] != "answered":
        return "Not in these articles." if answer["status"] == "not_found" else "Nothing was searched."
    # Statements without citations are unsupported: the page shows them struck out, a file does without.
    return " ".join(
        f"{escaped(_introduced(statement))} {''.join(f'[{number}]' for number in statement['citations'])}"
        for statement in answer["statements"]
        if statement["citations"]
    )


def _introduced(statement: Mapping[str, Any]) -> str:
    """Return the text of a statement behind its lead-in, which answers that were saved earlier do not have."""
    return f"{bracketed(statement.get('lead_in') or '')}{statement['text']}"


def _source(citation: Mapping[str, Any]) -> str:
    gone = "no longer in the index" if citation.get("deleted") else ""
    head = [citation["title"], citation["source"], _spoken(citation["published"]), gone]
    url = citation["url"]
    # Only what is an address from end to end becomes a link: a "javascript:" or a bracket would be markup.
    place = f"<{url}>" if _LINK.fullmatch(url) else escaped(citation["article_id"])
    return (
        f"- \\[{citation['number']}\\] {escaped(' · '.join(part for part in head if part))}\n\n"
        f"  > “{escaped(citation['quote'])}”\n\n"
        f"  {place}, characters {citation['start']} to {citation['end']}\n"
    )


def _spoken(day: str | None) -> str:
    return spoken_date(date.fromisoformat(day)) if day else ""
