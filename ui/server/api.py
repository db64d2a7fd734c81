"""The API endpoints `ask` and `chat`. They return the JSON form of `qa`'s answers, without the articles' paths.

Paths would reveal the server's disk, and Gradio's client downloads whatever has a `path` as a file. Signatures and
docstrings of the endpoints are public: Gradio's API page shows them.
"""

from collections.abc import Callable, Iterator
from typing import Any

from qa import Answer, Assistant, PassagesFound, StatementChecked, TextPiece

Endpoint = Callable[..., Any]


def endpoints(assistant: Assistant) -> dict[str, Endpoint]:
    """Return the endpoints by name."""

    def ask(
        question: str,
        since: str | None = None,
        until: str | None = None,
        sources: list[str] | None = None,
        categories: list[str] | None = None,
        passages: int = 10,
        as_of: str | None = None,
        exact: bool | None = False,
        articles: list[str] | None = None,
        authors: list[str] | None = None,
        languages: list[str] | None = None,
    ) -> dict[str, Any]:
        """Answer a question from the articles.

        `since` and `until` are days like 2026-03-03, both included; `sources`, `categories`, `authors`, `languages`
        (codes like "de") and `articles` (ids) restrict the search; `passages` is how many to find. `as_of` is the day
        that the question is asked on: no later article is cited; `exact` searches exactly as typed, without a period
        read or a spelling corrected. Returns the answer with its statements, citations and passages; `status` is
        "answered", "not_found" or "no_question" (for thanks and greetings, which are not searched).
        """
        answer = assistant.ask(
            question, k=passages, **_given(
                since=since, until=until, sources=sources, categories=categories, as_of=as_of, exact=exact,
                articles=articles, authors=authors, languages=languages,
            ),
        )  # fmt: skip
        return _without_paths(answer)

    def chat(
        question: str,
        history: list[dict[str, Any]] | None = None,
        since: str | None = None,
        until: str | None = None,
        sources: list[str] | None = None,
        categories: list[str] | None = None,
        as_of: str | None = None,
        exact: bool | None = False,
        articles: list[str] | None = None,
        authors: list[str] | None = None,
        languages: list[str] | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Answer a question in a conversation, as a stream.

        `history` holds the messages so far, oldest first, each like {"role": "user", "content": "…"}; the other role
        is "assistant". `as_of` and `exact` are those of `ask`.
        Each value but the last has `status` "writing" and the `text` so far; the last is the answer in
        the form that `ask` returns.
        """
        events = assistant.stream(
            question, **_given(
                history=history, since=since, until=until, sources=sources, categories=categories, as_of=as_of,
                exact=exact, articles=articles, authors=authors, languages=languages,
            ),
        )  # fmt: skip
        written = pending = ""
        for event in events:
            match event:
                case PassagesFound():
                    pass
                case TextPiece(text):
                    pending += text
                case StatementChecked(statement):
                    written += f"{statement.introduced} " if statement.citations else ""
                    pending = ""
                case Answer():
                    yield _without_paths(event)
                    return
            yield {"status": "writing", "question": question, "text": written + pending}

    return {"ask": ask, "chat": chat}


def _given(**options: Any) -> dict[str, Any]:
    """Return the options without those that a call leaves open by null."""
    return {name: value for name, value in options.items() if value is not None}


def _without_paths(answer: Answer) -> dict[str, Any]:
    value = answer.to_dict()
    for passage in value["passages"]:
        del passage["article"]["path"]
    return value
