"""Export stored conversations as Markdown or JSON, and feedback as questions for evaluation."""

import json
from dataclasses import asdict
from typing import Any

from ui import markdown
from ui.store.conversations import Feedback, StoredConversation


def as_json(conversation: StoredConversation) -> str:
    """Return the conversation with all its citations as JSON."""
    return json.dumps(asdict(conversation), ensure_ascii=False, indent=2) + "\n"


def as_markdown(conversation: StoredConversation) -> str:
    """Return the conversation as Markdown, the citations below each answer. Input text never acts as markup."""
    title = markdown.escaped(conversation.title or "Conversation")
    return f"# {title}\n\n{markdown.conversation(conversation.exchanges)}"


def evaluation(feedback: Feedback) -> dict[str, Any]:
    """Return feedback as a question that `dateline eval` reads.

    Statements and quotes of a good answer become the expected ones. Of a bad answer only the question is known:
    `answers`, `evidence` and `answerable` are left for a person to fill in.
    """
    answer, good = feedback.exchange["answer"], feedback.value > 0
    known: dict[str, Any] = {"answers": [], "answerable": None, "evidence": []}
    if good:
        known = {
            # Only what is cited: a statement that was withdrawn is no expected answer.
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
        **({"comment": feedback.comment} if feedback.comment else {}),
    }
