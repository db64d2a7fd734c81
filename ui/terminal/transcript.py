"""Write a conversation of the terminal to a file: Markdown to read, or JSON to continue from."""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from index import BadRequestError
from index.text.chunk import spoken_date
from index.text.clean import squeeze, visible
from qa import Answer, Citation, Conversation, Exchange
from qa.values import written

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&!@$])|(?<=\w)(:)(?=//)|(?<=\bwww)(\.)")
_OPENING = re.compile(r"^(\d+(?=[.)])|)([-+=.):])")
_LINK = re.compile(r"https?://[^\s<>\"'`\\]+")


def save(conversation: Conversation, path: Path, *, replace: bool = False) -> None:
    """Write the conversation to a new file, or over an existing one with `replace`.

    Raises `BadRequestError` for another suffix than .md or .json, and for a file that cannot be written.
    """
    if path.suffix not in (".md", ".json"):
        raise BadRequestError(f"A conversation is written to a file that ends in .md or .json; {path.name} does not.")
    if path.suffix == ".md":
        content = markdown(conversation.history)
    else:
        content = json.dumps(conversation.to_dict(), ensure_ascii=False, indent=2) + "\n"
    try:
        with path.open("w" if replace else "x", encoding="utf-8") as file:
            file.write(content)
    except FileExistsError as error:
        raise BadRequestError(f"{path} is there already. To replace it: /export --replace {path}") from error
    except OSError as error:
        raise BadRequestError(f"{path} cannot be written: {error.strerror}.") from error


def markdown(exchanges: Sequence[Exchange]) -> str:
    """Return questions and answers as Markdown, each answer with its sources."""
    return "\n".join(part for exchange in exchanges for part in _exchange(exchange))


def _exchange(exchange: Exchange) -> Iterator[str]:
    answer = exchange.answer
    yield f"## {escaped(exchange.question)}\n"
    if answer.rewritten:
        yield f"*Searched: {escaped(answer.rewritten)}*\n"
    yield _answer(answer) + "\n"
    for remark in filter(None, (answer.notice, answer.caveat)):
        yield f"*{escaped(remark)}*\n"
    for citation in answer.citations:
        yield _source(citation)
    if answer.as_of:
        yield f"As of {spoken_date(answer.as_of)}.\n"


def _answer(answer: Answer) -> str:
    if answer.status != "answered":
        return "Not in these articles." if answer.status == "not_found" else "Nothing was searched."
    return " ".join(
        escaped(statement.text) + written(statement).removeprefix(statement.text)
        for statement in answer.statements
        if statement.citations
    )


def _source(citation: Citation) -> str:
    head = [citation.title, citation.source, spoken_date(citation.published)]
    place = f"<{citation.url}>" if _LINK.fullmatch(citation.url) else escaped(citation.article_id)
    return (
        f"- \\[{citation.number}\\] {escaped(' · '.join(part for part in head if part))}\n\n"
        f"  > “{escaped(citation.quote)}”\n\n"
        f"  {place}, characters {citation.start} to {citation.end}\n"
    )


def escaped(text: str) -> str:
    """Return text as one line of Markdown that shows just that text."""
    line = _SPECIAL.sub(lambda found: f"\\{found[0]}", squeeze(visible(text)))
    return _OPENING.sub(r"\1\\\2", line)
