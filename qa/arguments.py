"""Check the arguments of a question, one function each: give it its final type, or refuse it and say what would do.

Whether the index has articles of an outlet is checked by the index (`Generation.require`).
"""

import operator
import re
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np

from index import BadRequestError, Scope
from index.text.clean import squeeze, visible

PASSAGES = 10  # as many as the metrics of `qa.evaluate` rank
# Chosen, not measured: the model reads some 1,000 characters of a question, and an answer six passages.
LONGEST_QUESTION = 2000
MOST_PASSAGES = 100
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{8}")
"""Python reads weeks ("2025-W01") as their Monday too, which nobody means by a day."""


def question_text(question: object) -> str:
    """Return a question without invisible characters and with single blanks."""
    if not isinstance(question, str):
        raise BadRequestError(f"The question is a text; {short(question)} is not.")
    text = squeeze(visible(question))
    if not text:
        raise BadRequestError("The question is empty.")
    if len(text) > LONGEST_QUESTION:
        raise BadRequestError(f"The question has {len(text)} characters; {LONGEST_QUESTION} are the most.")
    return text


def scope_of(
    *,
    since: object = None,
    until: object = None,
    sources: object = (),
    categories: object = (),
    articles: object = (),
    authors: object = (),
    languages: object = (),
) -> Scope:
    """Return which articles to search."""
    scope = Scope(
        since=day_of("since", since),
        until=day_of("until", until),
        sources=_names("sources", sources),
        categories=_names("categories", categories),
        articles=_names("articles", articles),
        authors=_names("authors", authors),
        languages=tuple(code.lower() for code in _names("languages", languages)),
    )
    if scope.since and scope.until and scope.since > scope.until:
        raise BadRequestError(f"since ({scope.since}) is after until ({scope.until}); no article is of both.")
    return scope


def day_of(name: str, value: object) -> date | None:
    """Return a day: of a date, of a text like 2026-03-03, or of a moment as its own clock has it; None for None.

    A moment is a `datetime`, and so is one of pandas, or a `numpy.datetime64`.
    """
    if value is None:
        return None
    try:
        day: object = value.astype("datetime64[D]").item() if isinstance(value, np.datetime64) else value
        if isinstance(day, datetime):
            day = day.date()  # pandas' "not a time" gives itself
        if isinstance(day, date) and not isinstance(day, datetime):
            return day
        if isinstance(value, str) and _DAY.fullmatch(value):
            return date.fromisoformat(value)
    except (ValueError, OverflowError):  # no such day, or pandas' "not a time"
        pass
    raise BadRequestError(f"{name} is a day like 2026-03-03; {short(value)} is not.")


def one_day(**values: object) -> date | None:
    """Return the day that one of these options gives; they are names for the same day."""
    days = {name: day for name, value in values.items() if (day := day_of(name, value))}
    if len(set(days.values())) > 1:
        given = " and ".join(f"{name} ({day})" for name, day in days.items())
        raise BadRequestError(f"{given} are the same day, the one that the question is asked on; they differ.")
    return next(iter(days.values()), None)


def flag(name: str, value: object) -> bool:
    """Return a value that is True or False."""
    if not isinstance(value, bool):
        raise BadRequestError(f"{name} is True or False; {short(value)} is not.")
    return value


def passages_count(k: object) -> int:
    """Return how many passages to find."""
    try:
        count = operator.index(k)  # type: ignore[arg-type]  # that is the question
    except TypeError:
        count = 0
    if isinstance(k, bool) or not 1 <= count <= MOST_PASSAGES:  # Python counts True as 1
        raise BadRequestError(f"k is the number of passages to find, 1 to {MOST_PASSAGES}; {short(k)} is not.")
    return count


def index_path(path: object) -> str | Path:
    """Return the folder of an index, or its address."""
    if isinstance(path, str | Path):
        return path
    raise BadRequestError(f"The index is a folder, or an address like http://host:port/name; {short(path)} is not.")


def with_method(name: str, value: object, method: str, what: str) -> None:
    """Raise `BadRequestError` for a value that is not None and has no such method; `what` says what would do."""
    if value is not None and not callable(getattr(value, method, None)):
        raise BadRequestError(f"{name} is {what}; {short(value)} is not.")


def not_negative(name: str, value: object, unit: str) -> None:
    """Raise `BadRequestError` for a value that is not None and no number from 0 on."""
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0):
        raise BadRequestError(f"{name} is a number of {unit}, 0 or more; {short(value)} is not.")


def _names(name: str, values: Any) -> tuple[str, ...]:
    if values is None:
        return ()
    # A text is a sequence too, of one-letter names.
    if isinstance(values, str):
        raise BadRequestError(f"{name} is a list of names, like [{short(values)}].")
    names = tuple(values) if isinstance(values, Iterable) else (values,)
    if wrong := [value for value in names if not isinstance(value, str)]:
        raise BadRequestError(f"{name} is a list of names; {short(wrong[0])} is not one.")
    return names


def short(value: object) -> str:
    """Return a value as a message shows it: one that is wrong may be of any length."""
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:60]}…"
