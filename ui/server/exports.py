"""Conversations to take away: /conversations/ID.md and .json, for their owner alone."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from index import BadRequestError
from ui.export import as_json, as_markdown
from ui.server.gate import owner
from ui.store import Store

_FORMS = {"md": (as_markdown, "text/markdown"), "json": (as_json, "application/json")}


class Exports:
    """The route of exports."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def routes(self) -> list[Route]:
        """Return the route."""
        return [Route("/conversations/{name}", self.give)]

    def give(self, request: Request) -> Response:
        """Give a conversation as a file."""
        id_, _, form = request.path_params["name"].rpartition(".")
        if form not in _FORMS:
            return JSONResponse({"detail": "There is nothing here."}, 404)
        try:
            conversation = self._store.load(owner(request.scope), id_)
        except BadRequestError as error:
            return JSONResponse({"detail": str(error)}, 404)
        write, kind = _FORMS[form]
        name = f"dateline-{conversation.created[:10]}.{form}"
        headers = {"content-disposition": f'attachment; filename="{name}"'}
        return Response(write(conversation), media_type=f"{kind}; charset=utf-8", headers=headers)
