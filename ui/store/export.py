"""Export stored conversations as Markdown or JSON, and feedback as questions for evaluation."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from index.text.chunk import spoken_date
from index.text.clean import squeeze, visible
from ui.store.conversations import Feedback, StoredConversation

_MARKUP = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&$=:@\"'])")


def as_json(conversation: StoredConversation) -> str:
    """Return the conversation with all its citations as JSON."""
    return json.dumps(asdict(conversation), ensure_ascii=False, indent=2) + "\n"


def as_markdown(conversation: StoredConversation) -> str:
    """Return the conversation as Markdown, the citations below each answer. Input text never acts as markup."""
    parts = [f"# {_plain(conversation.title or 'Conversation')}"]
    for exchange in conversation.exchanges:
        parts += _exchange(exchange)
    return "\n\n".join(parts) + "\n"


def evaluation(feedback: Feedback) -> dict[str, Any]:
    """Return feedback as a question that `dateline eval` reads.

    Statements and quotes of a good answer become the expected ones. Of a bad answer only the question is known:
    `answers`, `evidence` and `answerable` are left for a person to fill in.
    """
    answer, good = feedback.exchange["answer"], feedback.value > 0
    known: dict[str, Any] = {"answers": [], "answerable": None, "evidence": []}
    if good:
        known = {
            "answers": [s["text"] for s in answer["statements"] if s["citations"]],
            "answerable": answer["status"] == "answered",
            "evidence": [{"article_id": c["article_id"], "quote": c["quote"]} for c in answer["citations"]],
        }
    return {
        "id": feedback.answer_id,
        "question": feedback.exchange["question"],
        **known,
        "history": list(feedback.history),
        "asked_on": str(feedback.exchange["asked_on"])[:10],
        "feedback": "good" if good else "bad",
    }


def _exchange(exchange: Mapping[str, Any]) -> Iterable[str]:
    answer = exchange["answer"]
    yield f"## {_plain(exchange['question'])}"
    if answer.get("rewritten"):
        yield f"*Searched:* {_plain(answer['rewritten'])}"
    if answer["status"] == "no_question":
        yield "Nothing was searched."
        return
    if answer["status"] == "not_found":
        yield "Not in these articles."
        return
    for statement in answer["statements"]:
        if statement["citations"]:
            numbers = "".join(f"[{number}]" for number in statement["citations"])
            yield f"{_plain(statement['text'])} {numbers}"
    for remark in ("notice", "caveat"):
        if answer.get(remark):
            yield f"*{_plain(answer[remark])}*"
    yield "\n".join(_citation(citation) for citation in answer["citations"])
    if answer.get("as_of"):
        yield f"As of {spoken_date(date.fromisoformat(answer['as_of']))}."


def _citation(citation: Mapping[str, Any]) -> str:
    head = [
        citation["title"],
        citation["source"],
        citation["published"] or "",
        citation["url"] or citation["article_id"],
        "no longer in the index" if citation.get("deleted") else "",
    ]
    where = f"characters {citation['start']} to {citation['end']}"
    told = " · ".join(_plain(part) for part in head if part)
    return f"- [{citation['number']}] “{_plain(citation['quote'])}” {told}, {where}"


def _plain(text: str) -> str:
    """Return text in one line, with every character that Markdown or HTML could act on escaped."""
    return _MARKUP.sub(r"\\\1", squeeze(visible(text)))
