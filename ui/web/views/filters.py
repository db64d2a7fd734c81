"""The filters: convert between the page's fields, the scope of a question, shared links and chips.

Outlets and categories are not checked here: `qa` refuses names that no article has.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from index import BadRequestError, Scope
from ui.strings import Words
from ui.web.views.markup import Html, button, el, icon, join

Fields = tuple[str, str, list[str], list[str]]
"""The values of the four fields: first day, last day, outlets, categories."""


def scope(since: object, until: object, sources: object, categories: object) -> Scope:
    """Return the scope for the values of the fields. Raises `BadRequestError` for a day that cannot be read."""
    return Scope(since=_day(since), until=_day(until), sources=_names(sources), categories=_names(categories))


def fields(scope: Scope) -> Fields:
    """Return the values of the fields for a scope."""
    return (
        scope.since.isoformat() if scope.since else "",
        scope.until.isoformat() if scope.until else "",
        list(scope.sources),
        list(scope.categories),
    )


def from_link(query: Mapping[str, Sequence[str]]) -> Scope:
    """Return the scope in a shared link. Raises `BadRequestError` for a day that cannot be read."""
    first = {name: next(iter(query.get(name, ())), "") for name in ("since", "until")}
    return scope(first["since"], first["until"], list(query.get("source", ())), list(query.get("category", ())))


def from_form(value: Callable[[str], str]) -> Scope:
    """Return the scope of a form. Raises `BadRequestError` for a day that cannot be read."""
    source, category = value("source"), value("category")
    return scope(value("since"), value("until"), [source] if source else [], [category] if category else [])


def without(scope: Scope, name: str) -> Scope:
    """Return the scope without one filter, named as in `names`; "all" removes every filter."""
    kind, _, value = name.partition(":")
    match kind:
        case "all":
            return Scope()
        case "since":
            return replace(scope, since=None)
        case "until":
            return replace(scope, until=None)
        case "source":
            return replace(scope, sources=tuple(source for source in scope.sources if source != value))
        case "category":
            return replace(scope, categories=tuple(one for one in scope.categories if one != value))
        case _:
            return scope


def names(scope: Scope, words: Words) -> dict[str, str]:
    """Return the label of each filter, by the name that removes it."""
    said: dict[str, str] = {}
    if scope.since:
        said["since"] = f"{words('from')} {words.day(scope.since)}"
    if scope.until:
        said["until"] = f"{words('until')} {words.day(scope.until)}"
    said |= {f"source:{source}": source or words("no_outlet") for source in scope.sources}
    return said | {f"category:{category}": category for category in scope.categories}


def chips(scope: Scope, words: Words, *, trouble: str = "") -> Html:
    """Return the filters as chips; clicking one removes it."""
    if scope.since and scope.until and scope.since > scope.until:
        trouble = words("wrong_days")
    items = [el("li", _chip(name, said, words)) for name, said in names(scope, words).items()]
    if len(items) > 1:
        items.append(el("li", button(words("clear_filters"), "unfilter", data_name="all")))
    return join(
        el("ul", *items, class_="dl-chips", aria_label=words("add_filters")) if items else None,
        el("p", trouble, class_="dl-trouble", role="alert") if trouble else None,
    )


def static_chips(scope: Scope, words: Words) -> Html | None:
    """Return the filters that a question was asked with, as chips without buttons."""
    items = [el("li", said, class_="dl-chip") for said in names(scope, words).values()]
    return el("ul", *items, class_="dl-chips", aria_label=words("add_filters")) if items else None


def _chip(name: str, said: str, words: Words) -> Html:
    return el(
        "button", said, icon("close"), type="button", data_act="unfilter", data_name=name, class_="dl-chip",
        aria_label=words("remove_filter", name=said),
    )  # fmt: skip


def _day(value: object) -> date | None:
    text = str(value or "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError as error:
        raise BadRequestError(f"A day is written like 2026-03-03; {text[:40]!r} is not.") from error


def _names(value: object) -> tuple[str, ...]:
    return tuple(str(name) for name in value) if isinstance(value, list | tuple) else ()
