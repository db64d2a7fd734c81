"""The read–answer–print loop of `dateline chat`. A line is a question, or a command such as `/open 2`."""

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import fields
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.text import Text

from index import BadRequestError, DatelineError, Scope
from index.text.clean import squeeze, visible
from qa import Answer, Assistant, Citation
from qa.arguments import day_of, scope_of
from ui.terminal.article import article_text
from ui.terminal.live_answer import LiveAnswer
from ui.terminal.printing import print_answer, print_sources
from ui.terminal.signals import raise_keyboard_interrupts
from ui.terminal.streams import OutputError, console
from ui.terminal.transcript import save

_PROMPT = "> "
_HELP = """\
/sources          the sources of the last answer
/open NUMBER      the article behind a source, with the cited words marked
/since DAY        only articles from this day on, like 2026-03-03; without a day: from any
/until DAY        only articles up to this day
/exact            ask the last question again, exactly as typed
/source NAME      only this outlet; without a name: all of them, which are listed
/author NAME      only by this author; /language CODE: only in this language
/only NUMBER      only the article behind a source; without a number: all of them
/new              start a new conversation, which knows nothing of this one
/export FILE      write the conversation to a file: .md or .json
/help, /quit      (Ctrl-C stops an answer, Ctrl-D ends)
Anything else is a question."""


class ChatLoop:
    """Answers the lines of standard input until it ends. `options` are those of `Assistant.ask`."""

    def __init__(self, assistant: Assistant, options: dict[str, Any]) -> None:
        self._assistant = assistant
        self._options = options
        self._conversation = assistant.chat()
        self._console = console()
        # Both: a live draft redraws lines, and would spoil what is piped into a file.
        self._watched = sys.stdin.isatty() and self._console.is_terminal
        self._failed = False
        self._commands: dict[str, Callable[[str], None]] = {
            "/sources": self._sources, "/open": self._open, "/since": self._since, "/until": self._until,
            "/source": partial(self._named, "source"), "/author": partial(self._named, "author"),
            "/language": partial(self._named, "language"), "/only": self._only, "/exact": self._exact,
            "/new": self._new, "/export": self._export, "/help": self._help,
        }  # fmt: skip

    def run(self) -> bool:
        """Handle each line. Return whether one failed; always False at a terminal, where the user has seen it."""
        if self._watched:
            raise_keyboard_interrupts()
            self._say("Ask about the articles. /help lists the commands, Ctrl-D ends.")
        for line in self._lines():
            if line == "/quit":
                break
            try:
                self._do(line)
            except OutputError:  # no answer can be shown any more
                raise
            except DatelineError as error:
                self._failed = True
                self._complain(str(error))
            except KeyboardInterrupt:
                self._say("Stopped.")
        return self._failed and not self._watched

    def _lines(self) -> Iterator[str]:
        """Yield the lines that are not blank, without control characters."""
        for line in _typed() if self._watched else _piped():
            if words := squeeze(visible(line)):
                if not self._watched:
                    # Nobody sees piped questions: without them the answers could not be told apart.
                    self._say(_PROMPT + words)
                yield words

    def _do(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        if not line.startswith("/"):
            self._ask(line)
        elif command := self._commands.get(word):
            command(rest.strip())
        else:
            raise BadRequestError(f"There is no command {word}. /help lists them.")

    def _ask(self, question: str, *, exact: bool = False) -> None:
        """Show the draft while it is written, then the verified answer."""
        draft = LiveAnswer()
        options = {**self._options, **({"exact": True} if exact else {})}
        # Ctrl-C leaves the block: the stream is closed, and the question stays out of the history.
        with closing(self._conversation.stream(question, **options)) as stream, self._shown(draft):
            for event in stream:
                draft.take(event)
        answer = self._last()
        print_answer(answer)
        for statement in draft.withdrawn:
            self._say(f"Withdrawn, since no article says it: {statement}")
        if not self._watched:
            self._console.print()

    def _shown(self, draft: LiveAnswer) -> AbstractContextManager[object]:
        """Show the draft live while the block runs; show nothing through a pipe."""
        if not self._watched:
            return nullcontext()
        # Transient: the draft goes away, and the verified answer takes its place.
        return Live(get_renderable=draft.text, console=self._console, refresh_per_second=10, transient=True,
                    redirect_stdout=False, redirect_stderr=False)  # fmt: skip

    def _last(self) -> Answer:
        if not self._conversation.history:
            raise BadRequestError("Nothing has been answered yet.")
        return self._conversation.history[-1].answer

    def _sources(self, _: str) -> None:
        print_sources(self._last())

    def _open(self, number: str) -> None:
        wanted = self._cited("/open", number)
        self._console.print(article_text(self._last(), wanted, coloured=self._console.color_system is not None))

    def _only(self, number: str) -> None:
        self._filter("articles", [self._cited("/only", number).article_id] if number else [])

    def _cited(self, command: str, number: str) -> Citation:
        """Return the citation of the last answer that has this number."""
        citations = self._last().citations
        wanted = next((citation for citation in citations if number.strip("[]") == str(citation.number)), None)
        if wanted is None:
            numbers = ", ".join(str(citation.number) for citation in citations) or "none"
            raise BadRequestError(f"{command} takes the number of a source. The last answer has: {numbers}.")
        return wanted

    def _exact(self, _: str) -> None:
        self._ask(self._last().question, exact=True)

    def _since(self, day: str) -> None:
        self._filter("since", _day("/since", day))

    def _until(self, day: str) -> None:
        self._filter("until", _day("/until", day))

    def _named(self, what: str, name: str) -> None:
        """Filter by an outlet, author or language; without a name by none, and list those that there are."""
        names = scope_of(**{f"{what}s": [name] if name else []})
        with self._assistant.index.generation() as generation:
            # Asked of the index each time: a reindex may have brought a new outlet.
            generation.require(names)
            known = {"source": generation.sources, "author": generation.authors, "language": generation.languages}
            listed = "" if name else ", ".join(filter(None, known[what]())) or "none"
        self._filter(f"{what}s", [*getattr(names, f"{what}s")])
        if listed:
            self._say(f"There are: {listed}")

    def _filter(self, name: str, value: Any) -> None:
        if value:
            self._options[name] = value
        else:
            self._options.pop(name, None)
        kept = {field.name: self._options[field.name] for field in fields(Scope) if field.name in self._options}
        filters = [f"{name} {', '.join(v) if isinstance(v, list) else v}" for name, v in kept.items()]
        self._say(f"Searching {'; '.join(filters) if filters else 'all articles'}.")

    def _new(self, _: str) -> None:
        self._conversation = self._assistant.chat()
        self._say("A new conversation. Filters stay as they are.")

    def _export(self, name: str) -> None:
        replace = name.startswith("--replace ")
        path = Path(name.removeprefix("--replace ").strip()).expanduser()
        if not name or not self._conversation.history:
            raise BadRequestError("/export takes a file to write, .md or .json, once something has been answered.")
        save(self._conversation, path, replace=replace)
        self._say(f"Written to {path}.")

    def _help(self, _: str) -> None:
        self._say(_HELP)

    def _say(self, words: str) -> None:
        self._console.print(Text(visible(words), style="dim"))

    def _complain(self, words: str) -> None:
        Console(stderr=True, highlight=False).print(Text(visible(words), style="red"))


def _typed() -> Iterator[str]:
    """Yield typed lines; Ctrl-C discards the line, Ctrl-D ends."""
    import readline  # noqa: F401  (gives `input` its editing)

    while True:
        try:
            yield input(_PROMPT)
        except KeyboardInterrupt:
            sys.stdout.write("\n")
        except EOFError:
            sys.stdout.write("\n")
            return


def _piped() -> Iterator[str]:
    if isinstance(sys.stdin, io.TextIOWrapper):
        # A byte that is no text must not end the chat: the other lines are questions, too.
        sys.stdin.reconfigure(errors="replace")
    yield from sys.stdin


def _day(command: str, text: str) -> date | None:
    return day_of(command, text) if text else None
