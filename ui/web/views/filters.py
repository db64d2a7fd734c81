"""The filters: the form that sets them, and conversions between its fields, a question's scope, shared links and chips.

Names are not checked here: `qa` refuses those that no article has.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

from index import BadRequestError, Scope
from ui.strings import Words
from ui.web.coverage import Coverage
from ui.web.views.markup import Html, button, el, excerpt, icon, join

FIELDS: Mapping[str, str] = {
    "source": "sources", "category": "categories", "author": "authors", "language": "languages", "article": "articles",
}  # fmt: skip
"""The names of a scope's filters in the form, in links and in events."""
_PRESETS = (("preset_week", 7), ("preset_month", 30), ("preset_year", 365))
_MOST_NAMES = 300  # of one filter, the most frequent ones; chosen, not measured
_MANY = 8  # names from which on a box finds them: more than one sees at a glance
_LONGEST = 80  # characters of a headline in a chip


def scope(since: object, until: object, **named: object) -> Scope:
    """Return the scope for the values of the fields. Raises `BadRequestError` for a day that cannot be read."""
    lists = {FIELDS[name]: _names(value) for name, value in named.items()}
    return Scope(since=_day(since), until=_day(until), **lists)


def from_link(query: Mapping[str, Sequence[str]]) -> Scope:
    """Return the scope in a shared link. Raises `BadRequestError` for a day that cannot be read."""
    first = {name: next(iter(query.get(name, ())), "") for name in ("since", "until")}
    return scope(first["since"], first["until"], **{name: list(query.get(name, ())) for name in FIELDS})


def from_event(event: object) -> Scope:
    """Return the scope in the data of an event, which can be anything. Raises `BadRequestError` as `scope` does."""
    data = event if isinstance(event, dict) else {}
    return scope(data.get("since"), data.get("until"), **{name: data.get(name) for name in FIELDS})


def from_form(value: Callable[[str], str]) -> Scope:
    """Return the scope of a form. Raises `BadRequestError` for a day that cannot be read."""
    return scope(value("since"), value("until"), **{name: [value(name)] if value(name) else [] for name in FIELDS})


def form(scope: Scope, coverage: Coverage, words: Words) -> Html:
    """Return the form of the filters, which opens and closes; the names of outlets come with numbers of articles.

    Authors and languages are offered where there is a choice.
    """
    named = [
        _names_of(words("outlet"), "source", scope.sources, coverage.outlets, words),
        _names_of(words("category"), "category", scope.categories, coverage.categories, words),
    ]
    if len(coverage.authors) > 1 or scope.authors:
        named.append(_names_of(words("author"), "author", scope.authors, coverage.authors, words))
    if len(coverage.languages) > 1 or scope.languages:
        named.append(_names_of(words("language"), "language", scope.languages, coverage.languages, words))
    named += [el("input", type="hidden", name="article", value=id_) for id_ in scope.articles]  # the script adds others
    days = el("div", _day_field("from", "since", scope.since, words), _day_field("until", "until", scope.until, words))
    inside = el("form", _presets(coverage, words), days, *named)
    return el("details", el("summary", words("add_filters")), inside, class_="dl-filters")


def names(scope: Scope, words: Words, headlines: Sequence[str] = ()) -> dict[str, str]:
    """Return the label of each filter, by the name that removes it. `headlines` are those of the scope's articles."""
    said: dict[str, str] = {}
    if scope.since:
        said["since"] = f"{words('from')} {words.day(scope.since)}"
    if scope.until:
        said["until"] = f"{words('until')} {words.day(scope.until)}"
    said |= {f"source:{source}": source or words("no_outlet") for source in scope.sources}
    said |= {f"category:{category}": category for category in scope.categories}
    said |= {f"author:{author}": author for author in scope.authors}
    said |= {f"language:{code}": words.language_name(code) for code in scope.languages}
    titles = dict(zip(scope.articles, headlines, strict=False))
    return said | {
        f"article:{id_}": words("only_article", title=excerpt(titles.get(id_) or id_, _LONGEST))
        for id_ in scope.articles
    }


def chips(scope: Scope, words: Words, headlines: Sequence[str] = (), *, trouble: str = "") -> Html:
    """Return the filters as chips; clicking one removes it."""
    if scope.since and scope.until and scope.since > scope.until:
        trouble = words("wrong_days")
    items = [el("li", _chip(name, said, words)) for name, said in names(scope, words, headlines).items()]
    if len(items) > 1:
        items.append(el("li", button(words("clear_filters"), "unfilter", data_name="all")))
    return join(
        el("ul", *items, class_="dl-chips", aria_label=words("add_filters")) if items else None,
        el("p", trouble, class_="dl-trouble", role="alert") if trouble else None,
    )


def static_chips(scope: Scope, words: Words, headlines: Sequence[str] = ()) -> Html | None:
    """Return the filters that a question was asked with, as chips without buttons."""
    items = [el("li", said, class_="dl-chip") for said in names(scope, words, headlines).values()]
    return el("ul", *items, class_="dl-chips", aria_label=words("add_filters")) if items else None


def _presets(coverage: Coverage, words: Words) -> Html | None:
    """Return buttons for the last days, which are counted back from the newest article: archives end somewhere."""
    if coverage.last is None:
        return None
    why = words("presets_why", day=words.day(coverage.last))
    first = {key: coverage.last - timedelta(days=days - 1) for key, days in _PRESETS}
    buttons = [button(words(key), "preset", data_since=day.isoformat(), title=why) for key, day in first.items()]
    return el("p", *buttons, class_="dl-presets")


def _day_field(label: str, name: str, day: date | None, words: Words) -> Html:
    return el("label", words(label), el("input", type="date", name=name, value=day.isoformat() if day else ""))


def _names_of(label: str, name: str, chosen: Sequence[str], counts: Mapping[str, int], words: Words) -> Html | None:
    known = {key: count for key, count in list(counts.items())[:_MOST_NAMES] if key}
    known |= {key: counts.get(key, 0) for key in chosen if key}
    if not known:
        return None
    items = [
        el(
            "label",
            el("input", type="checkbox", name=name, value=key, checked=key in chosen),
            el("span", words.language_name(key) if name == "language" else key, dir="auto"),
            el("span", words.whole(count), class_="dl-count"),
        )
        for key, count in known.items()
    ]
    narrow = words("find_name")
    finding = el("input", type="search", placeholder=narrow, aria_label=f"{label}: {narrow}", class_="dl-find")
    return el(
        "fieldset",
        el("legend", label),
        finding if len(known) > _MANY else None,
        el("div", *items, class_="dl-names"),
    )


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
