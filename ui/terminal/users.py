"""The commands `dateline users` and `dateline feedback`. A password comes from a prompt or from standard input."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

FileOption = Annotated[Path, typer.Option("--auth", envvar="DATELINE_AUTH", help="The file of users.")]
DEFAULT_FILE = Path("users.json")

users = typer.Typer(help="Who may sign in to the page: add, remove, list.", no_args_is_help=True)
feedback = typer.Typer(help="What readers thought of answers: export.", no_args_is_help=True)


@users.command()
def add(
    name: Annotated[str, typer.Argument(help="The name to sign in with.")],
    auth: FileOption = DEFAULT_FILE,
    admin: Annotated[bool, typer.Option("--admin", help="May reindex from the page.")] = False,
) -> None:
    """Add a user, or give one another password: asked for, or the first line of standard input.

    \b
    Examples:
      dateline users add ada --admin
    """
    from ui.store.users import Users

    Users(auth).add(name, _password(), admin=admin)
    sys.stdout.write(f"{name} can sign in with --auth {auth}.\n")


@users.command()
def remove(name: Annotated[str, typer.Argument(help="The name.")], auth: FileOption = DEFAULT_FILE) -> None:
    """Remove a user, whose sessions end at once.

    \b
    Examples:
      dateline users remove ada
    """
    from ui.store.users import Users

    Users(auth).remove(name)
    sys.stdout.write(f"{name} cannot sign in any more.\n")


@users.command("list")
def list_users(auth: FileOption = DEFAULT_FILE) -> None:
    """List the users.

    \b
    Examples:
      dateline users list
    """
    from ui.store.users import Users

    known = Users(auth)
    admins = known.admins()
    for name in known.names():
        sys.stdout.write(f"{name}{'  admin' if name in admins else ''}\n")


@feedback.command()
def export(
    data: Annotated[Path, typer.Option("--data", help="The folder that dateline serve keeps conversations in.")],
    everything: Annotated[bool, typer.Option("--all", help="Also bad answers, to be completed by hand.")] = False,
) -> None:
    """Print good answers as questions for dateline eval, one JSON object a line.

    \b
    Examples:
      dateline feedback export --data index-data-pages > questions.jsonl
    """
    from index import BadRequestError
    from ui.store.conversations import Store
    from ui.store.export import evaluation

    path = data / "dateline.sqlite"
    if not path.is_file():
        raise BadRequestError(f"No conversations in {data}. Name the folder of dateline serve with --data.")
    with Store.open(path) as store:
        for given in store.all_feedback():
            if everything or given.value > 0:
                sys.stdout.write(json.dumps(evaluation(given)) + "\n")


def _password() -> str:
    if sys.stdin.isatty():
        typed: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
        return typed
    return sys.stdin.readline().rstrip("\r\n")
