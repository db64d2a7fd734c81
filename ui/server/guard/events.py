"""Which events of the page and endpoints of the API may be called, and how many values each takes.

Gradio answers a call of what it does not know with an internal error, and one with too few values by printing all of
them: a question would stand in the log, and could forge lines of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.types import Scope

_NAMED = "/gradio_api/call/"
_BY_PARAMETERS = "/gradio_api/call/v2/"  # its body names the values


@dataclass(frozen=True, slots=True)
class Events:
    """How many values the page's events take, by number and by name; `endpoints` are without what Gradio adds."""

    numbers: Mapping[int, int] = field(default_factory=dict)
    names: Mapping[str, int] = field(default_factory=dict)
    endpoints: Mapping[str, int] = field(default_factory=dict)

    def problem(self, scope: Scope, payload: Mapping[str, Any]) -> tuple[int, str] | None:
        """Return the refusal for a call of what is not there, or with too few values; None if it is neither."""
        path = scope["path"].rstrip("/")
        takes = self._takes(path, payload.get("fn_index"))
        if takes is None:
            return 404, "There is no such event."
        if path.startswith(_BY_PARAMETERS):
            return None
        data = payload.get("data")
        given = len(data) if isinstance(data, list) else 0
        return (422, f"The event takes {takes} values; {given} are given.") if given < takes else None

    def _takes(self, path: str, number: object) -> int | None:
        name = path.rpartition("/")[2]
        if path.startswith(_NAMED):
            return self.endpoints.get(name)
        if number is None:
            return self.names.get(name)
        return self.numbers.get(number) if type(number) is int else None  # Gradio takes "1" and True for 1
