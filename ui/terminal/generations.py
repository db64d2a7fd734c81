"""The command `dateline index`: list the generations of the index, roll back, compact."""

import json
import sys
from typing import Annotated

import typer

from ui.options import DEFAULT_INDEX, IndexOption, JsonOption

generations = typer.Typer(help="List the generations of the index, roll back, compact.", no_args_is_help=True)


@generations.command("list")
def list_generations(index: IndexOption = DEFAULT_INDEX, as_json: JsonOption = False) -> None:
    """List the generations; a star marks the served one.

    \b
    Examples:
      dateline index list --json
    """
    from dataclasses import asdict

    from index.history import generations as entries

    found = entries(index)
    if as_json:
        sys.stdout.write(json.dumps([asdict(entry) for entry in found], indent=2) + "\n")
        return
    for entry in found:
        mark = "*" if entry.served else " "
        sys.stdout.write(
            f"{mark} {entry.number:6}  {entry.created}  {entry.articles} articles  {entry.chunks} passages\n"
        )


@generations.command()
def rollback(
    number: Annotated[int | None, typer.Argument(help="The generation [default: the previous one].")] = None,
    index: IndexOption = DEFAULT_INDEX,
) -> None:
    """Serve an earlier generation again. Running servers follow without a restart.

    \b
    Examples:
      dateline index rollback
    """
    from index.history import rollback as go_back

    sys.stdout.write(f"Generation {go_back(index, number)} is served.\n")


@generations.command()
def compact(index: IndexOption = DEFAULT_INDEX) -> None:
    """Delete all generations except the served one, and shrink the archive.

    \b
    Examples:
      dateline index compact
    """
    from index.history import compact as shrink

    sys.stdout.write(f"{shrink(index) / 1e6:.1f} MB are free again.\n")
