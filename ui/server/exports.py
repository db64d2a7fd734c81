"""Download a conversation as /conversations/ID.md or .json; only its owner can."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from index import BadRequestError
from index.generation import Generation
from index.serving import Index
from ui.server.guard.admission import owner
from ui.store.conversations import Store, StoredConversation
from ui.store.export import as_json, as_markdown
from ui.web.turns import deleted_articles

_FORMS = {"md": (as_markdown, "text/markdown"), "json": (as_json, "application/json")}


class Exports:
    """The route of the downloads."""

    def __init__(self, store: Store, index: Index) -> None:
        self._store, self._index = store, index

    def routes(self) -> list[Route]:
        """Return the route."""
        return [Route("/conversations/{name}", self.give)]

    def give(self, request: Request) -> Response:
        """Send a conversation as a file. Citations of articles that the index no longer has are marked."""
        id_, _, form = request.path_params["name"].rpartition(".")
        if form not in _FORMS:
            return JSONResponse({"detail": "There is nothing here."}, 404)
        try:
            conversation = self._store.load(owner(request.scope), id_)
        except BadRequestError as error:
            return JSONResponse({"detail": str(error)}, 404)
        with self._index.generation() as generation:
            conversation = _marked(conversation, generation)
        write, kind = _FORMS[form]
        headers = {"content-disposition": _named(conversation, form)}
        return Response(write(conversation), media_type=f"{kind}; charset=utf-8", headers=headers)


def _named(conversation: StoredConversation, form: str) -> str:
    """Return the header that names the file after the conversation, also where the title is not in Latin letters."""
    plain = " ".join(re.findall(r"[\w'-]+", conversation.title)) or f"dateline-{conversation.created[:10]}"
    latin = plain.encode("ascii", "ignore").decode().strip() or f"dateline-{conversation.created[:10]}"
    return f"attachment; filename=\"{latin}.{form}\"; filename*=UTF-8''{quote(f'{plain}.{form}')}"


def _marked(conversation: StoredConversation, generation: Generation) -> StoredConversation:
    """Return the conversation with `deleted` in each citation: whether the index no longer has its article."""
    ids = (c["article_id"] for exchange in conversation.exchanges for c in exchange["answer"]["citations"])
    gone = deleted_articles(generation, ids)

    def marked(exchange: Mapping[str, Any]) -> dict[str, Any]:
        answer = exchange["answer"]
        citations = [{**citation, "deleted": citation["article_id"] in gone} for citation in answer["citations"]]
        return {**exchange, "answer": {**answer, "citations": citations}}

    return replace(conversation, exchanges=tuple(map(marked, conversation.exchanges)))
