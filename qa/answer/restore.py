"""Read an answer back from the JSON form that `Answer.to_dict` gave, and let through only what holds.

What this module does not know: whether the index still has the articles. It checks an answer against itself.
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from index import BadRequestError
from qa.answer.verify import of_passages, verified
from qa.values import Answer

if TYPE_CHECKING:
    from pydantic import TypeAdapter


def restored(data: Mapping[str, Any]) -> Answer:
    """Return the answer that `data` is the JSON form of.

    Raises `BadRequestError` naming the first field that is missing or of the wrong kind, or saying that a citation
    is not the exact words of its article.
    """
    from pydantic import ValidationError

    try:
        answer = _adapter().validate_json(json.dumps(data), strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise BadRequestError(f"This is no saved answer: {_place(first['loc'])}: {first['msg']}.") from error
    except (TypeError, ValueError, RecursionError) as error:
        raise BadRequestError(f"This is no saved answer: {error}.") from error
    if verified(answer, of_passages(answer)) != answer:
        raise BadRequestError("This saved answer was changed: a citation is not the exact words of its article.")
    return answer


@cache
def _adapter() -> "TypeAdapter[Answer]":
    from pydantic import TypeAdapter

    return TypeAdapter(Answer)


def _place(path: tuple[int | str, ...]) -> str:
    return ".".join(map(str, path)) or "it"
