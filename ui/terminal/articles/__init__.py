"""The command `dateline articles`: list the articles of the index, show one, list what was rejected."""

import sys
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from ui.options import (
    DEFAULT_INDEX,
    AuthorOption,
    CategoryOption,
    IndexOption,
    JsonOption,
    LanguageOption,
    SinceOption,
    SourceOption,
    UntilOption,
)

if TYPE_CHECKING:
    from index import Article

articles = typer.Typer(help="List and show the articles of the index, and what was rejected.", no_args_is_help=True)
_FIELDS = ("source", "published", "updated", "authors", "language", "category", "url", "path", "credit", "topics")
"""What `show` prints of an article above its text, in this order."""
_RULE = "=" * 40


@articles.command("list")
def list_articles(
    index: IndexOption = DEFAULT_INDEX,
    since: SinceOption = None,
    until: UntilOption = None,
    source: SourceOption = None,
    category: CategoryOption = None,
    author: AuthorOption = None,
    language: LanguageOption = None,
    most: Annotated[int, typer.Option("--most", "-n", min=1, help="How many, the newest first.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """List articles, the newest first: day, outlet, title and id.

    \b
    Examples:
      dateline articles list --source "Harbour Post" --since 2025-05-01
      dateline articles list --author "Ann Lee" --json
    """
    from index.serving import Index
    from qa.arguments import scope_of
    from ui.terminal.printing import as_text

    scope = scope_of(since=since, until=until, sources=source, categories=category, authors=author, languages=language)
    with Index.open(index) as opened, opened.generation() as current:
        current.require(scope)
        found = [*current.articles(scope, most=most)]
    if as_json:
        sys.stdout.write(as_text([_values(one) for one in found]))
        return
    for one in found:
        sys.stdout.write(_line(one))
    if not found:
        sys.stdout.write("No such articles.\n")


@articles.command()
def show(
    id_: Annotated[str, typer.Argument(metavar="ID", help="The article's id, as `articles list` gives it.")],
    index: IndexOption = DEFAULT_INDEX,
    versions: Annotated[
        bool, typer.Option("--versions", help="Also what it said before: earlier versions, the newest first.")
    ] = False,
    raw: Annotated[bool, typer.Option("--raw", help="The text as its file has it, before cleaning.")] = False,
    clean: Annotated[bool, typer.Option("--clean", help="The cleaned text alone.")] = False,
    diff: Annotated[
        bool,
        typer.Option("--diff", help="What cleaning took out (-), changed (+), and what is kept but not searched (~)."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show an article as it was cleaned, with all that is known of it and where each field was found.

    \b
    Examples:
      dateline articles show kremlin-no-grounds-for-talks.txt
      dateline articles show bridge.html --versions
      dateline articles show bridge.html --diff
    """
    from index import BadRequestError
    from index.serving import Index
    from index.text.clean import visible
    from ui.terminal.printing import as_text

    if raw + clean + diff + (versions or as_json) > 1:
        raise BadRequestError("--raw, --clean, --diff, --versions and --json each show something else: give one.")
    with Index.open(index) as opened, opened.generation() as current:
        article = current.article(id_)
        earlier = current.earlier(id_)
    if article is None:
        raise BadRequestError(f"No article has the id {id_!r}. Find its id with: dateline articles list")
    if raw or clean or diff:
        # A text may hold control sequences, which a terminal would obey.
        sys.stdout.write(visible(_text(article, index, raw=raw, diff=diff)))
        return
    shown = [article, *earlier] if versions else [article]
    if as_json:
        whole = [{**_values(one), "text": one.text} for one in shown]
        sys.stdout.write(as_text({**whole[0], "earlier": whole[1:] if versions else len(earlier)}))
        return
    sys.stdout.write(f"\n{_RULE}\n".join(map(_shown, shown)))
    if earlier and not versions:
        sys.stdout.write(f"\n{len(earlier)} earlier version{'s' * (len(earlier) > 1)}: add --versions.\n")


@articles.command("stories")
def list_stories(
    index: IndexOption = DEFAULT_INDEX,
    most: Annotated[int, typer.Option("--most", "-n", min=1, help="How many, the newest first.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """List the stories that several articles tell in nearly the same words, with each report by day.

    \b
    Examples:
      dateline articles stories
      dateline articles stories --json
    """
    from index.serving import Index
    from ui.terminal.printing import as_text

    with Index.open(index) as opened, opened.generation() as current:
        found = current.stories()
    if as_json:
        sys.stdout.write(as_text([[_values(one) for one in story] for story in found[:most]]))
        return
    for first, *others in found[:most]:
        sys.stdout.write(_line(first) + "".join(f"  {_line(one)}" for one in others))
    if not found:
        sys.stdout.write("No article is a near-copy of another.\n")


@articles.command()
def boilerplate(index: IndexOption = DEFAULT_INDEX, source: SourceOption = None, as_json: JsonOption = False) -> None:
    """List the lines that outlets repeat in many articles: they are kept, but not searched and not cited.

    Articles without an outlet are grouped by host or folder.

    To search them too: dateline reindex --keep-boilerplate

    \b
    Examples:
      dateline articles boilerplate
      dateline articles boilerplate --source "Harbour Post"
    """
    from index.serving import Index
    from index.text.clean import visible
    from index.text.recurring import origin_of
    from qa.arguments import scope_of
    from ui.terminal.printing import as_text

    scope = scope_of(sources=source)
    with Index.open(index) as opened, opened.generation() as current:
        current.require(scope)
        found = Counter(
            (origin_of(one.source, one.url, one.path), one.text[start:end])
            for one in current.articles(scope)
            for start, end in one.boilerplate
        )
    if as_json:
        lines = [{"source": outlet, "line": line, "articles": n} for (outlet, line), n in found.most_common()]
        sys.stdout.write(as_text(lines))
        return
    for (outlet, line), number in found.most_common():
        sys.stdout.write(visible(f"{number:6}  {outlet} · {line}\n"))
    if not found:
        sys.stdout.write("No outlet repeats a line in many articles.\n")


@articles.command()
def rejected(index: IndexOption = DEFAULT_INDEX, as_json: JsonOption = False) -> None:
    """List the files and records that the last run could not read, and why.

    \b
    Examples:
      dateline articles rejected
    """
    from index.serving import Index
    from index.text.clean import visible
    from ui.terminal.printing import as_text

    with Index.open(index) as opened:
        left_out = opened.last_run().rejected
    if as_json:
        sys.stdout.write(as_text([asdict(one) for one in left_out]))
        return
    for one in left_out:
        sys.stdout.write(f"{visible(one.path)}: {visible(one.reason)}\n")
    if not left_out:
        sys.stdout.write("Everything was read.\n")


def _text(article: "Article", index: str, *, raw: bool, diff: bool) -> str:
    """Return a text for reading: as its file has it, as it was cleaned, or the difference between the two."""
    from ui.terminal.articles.difference import difference

    if not (raw or diff):
        return f"{article.text}\n"
    from index.original import original

    before = original(index, article.id).text
    return "".join(f"{line}\n" for line in difference(before, article)) if diff else f"{before}\n"


def _line(article: "Article") -> str:
    from index.text.clean import squeeze, visible

    day = article.published.isoformat() if article.published else "-" * 10
    head = " · ".join(filter(None, (article.source, squeeze(article.title))))
    return visible(f"{day}  {head}  [{article.id}]\n")


def _values(article: "Article") -> dict[str, object]:
    """Return what is known of an article, but for its text, as JSON values."""
    values = {name: value for name, value in asdict(article).items() if name != "text"}
    days = {name: values[name] and values[name].isoformat() for name in ("published", "updated")}
    return {**values, **days, "origins": dict(article.origins)}


def _shown(article: "Article") -> str:
    from index.text.clean import visible

    origins = dict(article.origins)
    lines = [article.title, f"id: {article.id}"]
    for name in _FIELDS:
        value = getattr(article, name)
        if value:
            words = "; ".join(map(str, value)) if isinstance(value, tuple) else str(value)
            lines.append(f"{name}: {words}" + (f"  ({origins[name]})" if name in origins else ""))
    if article.pages:
        lines.append(f"pages: {len(article.pages)}")
    return visible("\n".join([*lines, "", article.text, ""]))
