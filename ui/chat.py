"""The command `dateline chat`: one question after another, in a terminal or through a pipe.

What this module does not know: what a line means (ui/session.py), or how anything is answered.
"""

from pathlib import Path
from typing import Annotated

import typer


def chat(
    index: Annotated[Path, typer.Option("--index", envvar="DATELINE_INDEX", help="The folder of the index.")] = Path(
        "index-data"
    ),
    since: Annotated[str | None, typer.Option(metavar="DAY", help="Only articles from this day on.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DAY", help="Only articles up to this day.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="Only this outlet; may be repeated.")] = None,
    category: Annotated[list[str] | None, typer.Option(help="Only this category; may be repeated.")] = None,
    passages: Annotated[int, typer.Option("--passages", "-k", help="How many passages to read.")] = 10,
    llm: Annotated[
        str | None,
        typer.Option(envvar="DATELINE_LLM", metavar="PROVIDER:MODEL", help="Let a language model write, checked."),
    ] = None,
    llm_base_url: Annotated[
        str | None, typer.Option(envvar="DATELINE_LLM_BASE_URL", metavar="URL", help="Where the model is served.")
    ] = None,
    llm_timeout: Annotated[
        float, typer.Option(envvar="DATELINE_LLM_TIMEOUT", help="Seconds that the model has to answer.")
    ] = 120.0,
) -> None:
    """Ask one question after another; a follow-up like "And why?" is understood. /help lists the commands.

    Reads lines from a pipe as well; then the exit code is 1 if a line could not be answered.

    Examples:
      dateline chat
      dateline chat --since 2025-10-01 --source "Ellery Courier"
      printf '%s\\n' "Who won the vote?" "When does he take office?" | dateline chat
    """
    from qa import Assistant
    from ui.session import Session

    options = {"since": since, "until": until, "sources": source or [], "categories": category or [], "k": passages}
    with Assistant.open(index, llm=llm, llm_base_url=llm_base_url, llm_timeout=llm_timeout) as assistant:
        failed = Session(assistant, {name: value for name, value in options.items() if value}).run()
    raise typer.Exit(int(failed))
