"""Parse an answer from its JSON form (`Answer.to_dict`), and refuse one whose citations do not hold.

A saved answer is checked against the articles in its own passages: the index may have changed since.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from index import BadRequestError
from qa.answer.verify import of_passages, verified
from qa.values import Answer, Statement

if TYPE_CHECKING:
    from pydantic import TypeAdapter


def restored(data: Mapping[str, Any]) -> Answer:
    """Parse an answer from its JSON form.

    Raises `BadRequestError` naming the first field that is missing or of the wrong kind, or saying that a citation
    is not the exact words of its article.
    """
    from pydantic import ValidationError

    try:
        # By way of JSON, in which `strict` lets a day be a text, and a list be a tuple.
        answer = answers().validate_json(json.dumps(data), strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise BadRequestError(f"This is no saved answer: {_place(first['loc'])}: {first['msg']}.") from error
    except (TypeError, ValueError, RecursionError) as error:
        raise BadRequestError(f"This is no saved answer: {error}.") from error
    checked = verified(answer, of_passages(answer))
    # What leads a quote in is made by rules, and may be made otherwise since: it is left away, and nobody is misquoted.
    if checked != replace(answer, statements=_led_as(answer.statements, checked.statements)):
        raise BadRequestError("This saved answer was changed: a citation is not the exact words of its article.")
    return checked


def _led_as(statements: Sequence[Statement], checked: Sequence[Statement]) -> tuple[Statement, ...]:
    return tuple(replace(one, lead_in=other.lead_in) for one, other in zip(statements, checked, strict=True))


@cache
def answers() -> "TypeAdapter[Answer]":
    """Return what parses an answer, without verifying it."""
    from pydantic import TypeAdapter

    return TypeAdapter(Answer)


def _place(path: tuple[int | str, ...]) -> str:
    return ".".join(map(str, path)) or "it"
