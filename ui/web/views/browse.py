"""Lists of articles as HTML: the view to browse, and the newest stories on an empty page."""

from collections.abc import Mapping, Sequence

from index import Scope
from ui.strings import Words
from ui.web.articles import Found, Order
from ui.web.coverage import Coverage
from ui.web.views.filters import names
from ui.web.views.markup import Html, button, el, excerpt
from ui.web.views.statements import byline

_ORDERS: tuple[Order, ...] = ("best", "newest")
_MOST_OPTIONS = 300  # as in `filters`


def browse_html(
    found: Sequence[Found],
    query: str,
    scope: Scope,
    order: Order,
    coverage: Coverage,
    words: Words,
    *,
    trouble: str = "",
) -> Html:
    """Return the whole view: the search form with what was searched for, and the articles that were found."""
    return el(
        "div",
        el("h2", words("browse_tab"), class_="dl-sr"),
        _form(query, scope, order, coverage, words),
        el("p", trouble, class_="dl-trouble", role="alert") if trouble else el("p", _said(found, query, scope, words),
                                                                            class_="dl-facts", role="status"),
        el("ul", *(_item(one, words) for one in found), class_="dl-found"),
        class_="dl-browse",
    )  # fmt: skip


def stories_html(found: Sequence[Found], questions: Mapping[str, str], words: Words) -> Html | None:
    """Return the newest stories, each with a question to ask about it, if `questions` has one for its article."""
    if not found:
        return None
    return el(
        "section",
        el("h3", words("newest_stories")),
        el("ul", *(_item(one, words, questions.get(one.article.id, "")) for one in found), class_="dl-found"),
        class_="dl-stories",
    )


def _said(found: Sequence[Found], query: str, scope: Scope, words: Words) -> str:
    limits = ", ".join(names(scope, words).values())
    count = words.count("articles", len(found)) if found or query or limits else words("no_articles")
    return f"{count} · {limits}" if limits else count


def _item(found: Found, words: Words, question: str = "") -> Html:
    article = found.article
    start, end = found.sentence
    inside = el(
        "button",
        el("span", article.title, class_="dl-title", dir="auto"),
        el("span", byline(article, words), class_="dl-byline"),
        el("span", words("also_in", names=", ".join(found.also)), class_="dl-byline") if found.also else None,
        el("span", excerpt(found.text), class_="dl-excerpt", dir="auto"),
        type="button", data_act="article", data_id=article.id, data_start=start, data_end=end,
    )  # fmt: skip
    asking = button(question, "suggested", data_question=question, class_="dl-linked") if question else None
    return el("li", inside, asking)


def _form(query: str, scope: Scope, order: Order, coverage: Coverage, words: Words) -> Html:
    orders = [_option(one, words(one), one == order) for one in _ORDERS]
    return el(
        "form",
        el(
            "div",
            el("input", type="search", name="query", value=query, placeholder=words("search_words"),
               aria_label=words("search_words"), maxlength=1000),
            el("button", words("search"), type="submit", class_="dl-button"),
        ),
        _field(words("from"), el("input", type="date", name="since", value=_iso(scope.since))),
        _field(words("until"), el("input", type="date", name="until", value=_iso(scope.until))),
        _select(words("outlet"), "source", scope.sources, coverage.outlets, words),
        _select(words("category"), "category", scope.categories, coverage.categories, words),
        _select(words("author"), "author", scope.authors, coverage.authors, words, least=2),
        _select(words("language"), "language", scope.languages, coverage.languages, words, least=2),
        _field(words("order"), el("select", *orders, name="order")),
        class_="dl-search", role="search", data_search=True,
    )  # fmt: skip


def _select(
    label: str, name: str, chosen: Sequence[str], counts: Mapping[str, int], words: Words, *, least: int = 1
) -> Html | None:
    known = {key: count for key, count in counts.items() if key}
    if len(known) < least and not chosen:
        return None
    options = [_option("", words("all"), not chosen)]
    for key, count in (dict([*known.items()][:_MOST_OPTIONS]) | {key: known.get(key, 0) for key in chosen}).items():
        said = words.language_name(key) if name == "language" else key
        options.append(_option(key, f"{said} ({words.whole(count)})", key in chosen))
    return _field(label, el("select", *options, name=name))


def _field(label: str, field: Html) -> Html:
    return el("label", el("span", label), field)


def _option(value: str, label: str, chosen: bool) -> Html:
    return el("option", label, value=value, selected=chosen)


def _iso(day: object) -> str:
    return str(day) if day else ""
