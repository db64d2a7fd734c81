"""The commands `dateline users` and `dateline feedback`. Passwords are prompted for, or read from standard input."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

FileOption = Annotated[Path, typer.Option("--auth", envvar="DATELINE_AUTH", help="File of users.")]
DEFAULT_FILE = Path("users.json")

users = typer.Typer(help="Manage who may sign in to the page.", no_args_is_help=True)
feedback = typer.Typer(help="Export readers' feedback on answers.", no_args_is_help=True)


@users.command()
def add(
    name: Annotated[str, typer.Argument(help="The name to sign in with.")],
    auth: FileOption = DEFAULT_FILE,
    admin: Annotated[bool, typer.Option("--admin", help="May reindex from the page.")] = False,
) -> None:
    """Add a user, or change a password. It is prompted for, or read as the first line of standard input.

    \b
    Examples:
      dateline users add ada --admin
    """
    from ui.store.users import Users

    Users(auth).add(name, _password(), admin=admin)
    sys.stdout.write(f"{name} can sign in with --auth {auth}.\n")


@users.command()
def remove(name: Annotated[str, typer.Argument(help="The name.")], auth: FileOption = DEFAULT_FILE) -> None:
    """Remove a user. All of the user's sessions end at once.

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
    data: Annotated[Path, typer.Option("--data", help="Folder where dateline serve keeps conversations.")],
    everything: Annotated[
        bool, typer.Option("--all", help="Also export bad answers, to be completed by hand.")
    ] = False,
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
    # Never as an option: other users of the machine could read it in the list of processes.
    return sys.stdin.readline().rstrip("\r\n")
