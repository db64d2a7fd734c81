"""Write a conversation of the terminal to a file: Markdown to read, or JSON to continue from."""

import json
from pathlib import Path

from index import BadRequestError
from qa import Conversation
from ui import markdown


def save(conversation: Conversation, path: Path, *, replace: bool = False) -> None:
    """Write the conversation to a new file, or over an existing one with `replace`.

    Raises `BadRequestError` for another suffix than .md or .json, and for a file that cannot be written.
    """
    if path.suffix not in (".md", ".json"):
        raise BadRequestError(f"A conversation is written to a file that ends in .md or .json; {path.name} does not.")
    if path.suffix == ".md":
        content = markdown.conversation(conversation.to_dict()["exchanges"])
    else:
        content = json.dumps(conversation.to_dict(), ensure_ascii=False, indent=2) + "\n"
    try:
        # "x" fails where the file is there, in one step: asking first would leave a moment in between.
        with path.open("w" if replace else "x", encoding="utf-8") as file:
            file.write(content)
    except FileExistsError as error:
        raise BadRequestError(f"{path} is there already. To replace it: /export --replace {path}") from error
    except OSError as error:
        raise BadRequestError(f"{path} cannot be written: {error.strerror}.") from error
