"""The command `dateline`: parse options, call `index` or `qa`, print. Heavy libraries are imported inside the commands,
so that --help is instant.
"""

import json
import math
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from ui.options import (
    DEFAULT_INDEX,
    FieldOption,
    IndexOption,
    JsonOption,
    ModelOption,
    columns_of,
)
from ui.terminal.articles import articles
from ui.terminal.ask import ask, chat
from ui.terminal.evaluate import evaluate
from ui.terminal.generations import generations
from ui.terminal.serve import serve
from ui.terminal.users import feedback, users

if TYPE_CHECKING:
    from index.embed.engine import Engine

app = typer.Typer(
    name="dateline",
    help="Ask your news articles; every statement of the answer cites the exact words.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


_MINUTE = 60.0


class EngineName(StrEnum):
    """The engines that can compute embeddings."""

    LOCAL = "local"
    RAY = "ray"


@app.callback()
def _commands() -> None:
    """Ask your news articles; every statement of the answer cites the exact words."""


@app.command()
def reindex(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            help="Files, folders or addresses (https://…) [default: those of the last run].", show_default=False
        ),
    ] = None,
    index: IndexOption = DEFAULT_INDEX,
    model: ModelOption = None,
    full: Annotated[bool, typer.Option("--full", help="Build a new generation even if nothing changed.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report what would change, and change nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Allow the removal of many articles.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 3 when anything was rejected.")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Wait while another process writes the index.")] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Keep running: reindex whenever a file changes, even after errors.")
    ] = False,
    every: Annotated[
        float, typer.Option("--every", metavar="MINUTES", min=1, help="How often --watch asks addresses for news.")
    ] = 15,
    follow_links: Annotated[
        bool, typer.Option("--follow-links", help="Also read targets of symbolic links outside the folders.")
    ] = False,
    allow_fetch: Annotated[
        bool, typer.Option("--allow-fetch", help="Fetch PATHS that are addresses: of pages, feeds or sitemaps.")
    ] = False,
    field: FieldOption = None,
    learn_boilerplate: Annotated[
        bool | None,
        typer.Option(
            "--learn-boilerplate/--keep-boilerplate",
            help="Leave out lines that an outlet repeats in many articles, or search them; also in later runs.",
            show_default="learn",
        ),
    ] = None,
    publish: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Also publish to a Chroma server, http://host:port/name, now and after each run; or: off.",
        ),
    ] = None,
    take_over: Annotated[
        bool,
        typer.Option("--take-over", help="Publish even if another folder has published there; replaces its index."),
    ] = False,
    engine: Annotated[
        EngineName, typer.Option(help="Where to embed: in this process, or with Ray, one model on each free CPU.")
    ] = EngineName.LOCAL,
    ray_address: Annotated[
        str | None,
        typer.Option(envvar="RAY_ADDRESS", metavar="HOST:PORT", help="A Ray cluster [default: Ray on this machine]."),
    ] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print nothing if nothing changed and nothing is wrong; for cron.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Bring the index up to date with the articles below PATHS.

    PATHS hold text, Markdown, web pages (HTML, MHTML), feeds (RSS, Atom), JSON, CSV, mail, PDF, Word documents, web
    archives (WARC), and these packed (.gz); - is the standard input. Of an address, its page is read, or the pages that
    its feed or sitemap names, as far as the site's robots.txt allows. Only new and changed articles are embedded. Until
    the new index is complete, questions are answered from the previous one.

    \b
    Examples:
      dateline reindex articles/
      dateline reindex articles/ wire.jsonl --index news --dry-run
      dateline reindex export.csv --field text=Body --field published=Day
      dateline reindex articles/ https://courier.example/feed.xml --allow-fetch --watch
      dateline reindex --publish http://127.0.0.1:8000
      dateline reindex archive/ --engine ray --ray-address 10.0.0.5:6379
    """
    from index.build.watch import follow
    from index.embed.engine import Local
    from index.embed.model import DEFAULT_MODEL
    from index.errors import BadRequestError
    from index.fetch.source import fetch, is_address, require_allowed, throttled
    from index.read.inputs.stdin import STDIN
    from index.reindex import reindex as run
    from index.sources import last_sources
    from ui.terminal.printing import Bars, print_report
    from ui.terminal.signals import interrupted_code
    from ui.terminal.watching import News, RepeatedRun

    sources = [path if is_address(path) else Path(path) for path in paths or ()] or last_sources(index)
    watched = [source for source in sources if isinstance(source, Path)]
    addresses = [source for source in sources if isinstance(source, str)]
    require_allowed(addresses, allow_fetch=allow_fetch)
    if watch and STDIN in watched:
        raise BadRequestError("--watch follows files, folders and addresses, not what is piped in.")
    news, pause = News(), _MINUTE * every
    fetching = throttled(pause) if watch else fetch
    embeds: Engine = Local()
    if engine is EngineName.RAY:
        from index.embed.cluster import Ray

        embeds = Ray(address=ray_address)

    def once() -> None:
        nonlocal full
        with Bars() as progress:
            report = run(
                sources,
                index,
                model=model or DEFAULT_MODEL,
                full=full,
                dry_run=dry_run,
                yes=yes,
                wait=wait,
                follow_links=follow_links,
                columns=columns_of(field),
                learn_boilerplate=learn_boilerplate,
                allow_fetch=allow_fetch,
                fetching=fetching,
                engine=embeds,
                publish_to=publish,
                take_over=take_over,
                progress=progress,
            )
        if news.is_in(report) and not (quiet and report.is_nothing_new):
            print_report(report, as_json=as_json)
        # Of --watch, only the first run is a full one.
        full = False
        if strict and report.rejected and not watch:
            raise typer.Exit(3)

    if watch and not dry_run:
        try:
            follow(watched, RepeatedRun(once), every=pause if addresses else math.inf)
        except KeyboardInterrupt as error:
            raise typer.Exit(interrupted_code()) from error
    else:
        once()


app.command()(ask)
app.command()(chat)


@app.command()
def doctor(
    index: IndexOption = DEFAULT_INDEX,
    repair: Annotated[bool, typer.Option("--repair", help="Rebuild the served index from cached vectors.")] = False,
    model: ModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check every part of an index; --repair rebuilds what is damaged.

    The archive, Chroma, tantivy and the model are compared with each other. The exit code is 1 if something is wrong.

    \b
    Examples:
      dateline doctor
      dateline doctor --repair --index news
    """
    from dataclasses import asdict

    from index.doctor import examine
    from index.doctor import repair as rebuild
    from ui.terminal.printing import Bars, print_findings

    findings = examine(index, model=model)
    if findings and repair:
        with Bars() as progress:
            rebuild(index, model=model, progress=progress)
        findings = examine(index, model=model)
    if as_json:
        sys.stdout.write(json.dumps([asdict(finding) for finding in findings], indent=2) + "\n")
    else:
        print_findings(findings)
    raise typer.Exit(int(bool(findings)))


app.add_typer(articles, name="articles")
app.add_typer(generations, name="index")
app.command("eval")(evaluate)
app.command()(serve)
app.add_typer(users, name="users")
app.add_typer(feedback, name="feedback")


def main() -> None:
    """Run the command, and end the process with its exit code.

    A `DatelineError` is printed as one line on standard error; with --json, as one JSON object on standard output:
    {"error": …, "message": …, "exit_code": …}. SIGTERM and SIGINT shut the command down cleanly.
    """
    from ui.terminal import streams as terminal
    from ui.terminal.signals import end_in_order

    terminal.prepare()
    end_in_order()
    try:
        code = _run(as_json="--json" in sys.argv)
        sys.stdout.flush()
    except terminal.OutputError as error:
        terminal.discard(1)
        if not isinstance(error, terminal.OutputGoneError):
            terminal.print_error(f"dateline: {error}")
        code = error.exit_code
    sys.exit(code)


def _run(*, as_json: bool) -> int:
    """Run the command and return its exit code."""
    from typer.exceptions import TyperException

    from index.errors import DatelineError
    from ui.terminal import streams as terminal

    try:
        return int(app(standalone_mode=False) or 0)
    except terminal.OutputError:
        raise
    except DatelineError as error:
        kind, message, code = type(error).__name__, str(error), error.exit_code
    except TyperException as error:  # the command line was wrong
        kind, message, code = "UsageError", error.format_message(), error.exit_code
        if not as_json:
            cast("Any", error).show()  # every usage error has `show`, but its type does not declare it
            return code
    except typer.Abort:
        kind, message, code = "Aborted", "Stopped.", 1
    if as_json:
        sys.stdout.write(json.dumps({"error": kind, "message": message, "exit_code": code}) + "\n")
    else:
        terminal.print_error(f"dateline: {message}")
    return code
