"""The command-line options that several commands share: name, environment variable and help of each in one place."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from index.errors import BadRequestError

if TYPE_CHECKING:
    from qa import Assistant

# Those of the Python API (a test compares them), which takes a second to import: --help is instant.
DEFAULT_INDEX = "index-data"
DEFAULT_PASSAGES = 10
DEFAULT_LLM_TIMEOUT = 120.0

IndexOption = Annotated[
    str,
    typer.Option(
        "--index", envvar="DATELINE_INDEX", help="Folder of the index, or http://host:port/name of a Chroma server."
    ),
]
ModelOption = Annotated[
    str | None,
    typer.Option("--model", envvar="DATELINE_MODEL", help="Embedding model: a sentence-transformers name or folder."),
]
LlmOption = Annotated[
    str | None,
    typer.Option(
        "--llm",
        envvar="DATELINE_LLM",
        metavar="PROVIDER:MODEL",
        help="Language model that writes the answers (they are verified), such as ollama:qwen3.",
    ),
]
LlmUrlOption = Annotated[
    str | None,
    typer.Option(
        "--llm-base-url", envvar="DATELINE_LLM_BASE_URL", metavar="URL", help="Base URL of the model's server."
    ),
]
LlmTimeoutOption = Annotated[
    float,
    typer.Option("--llm-timeout", envvar="DATELINE_LLM_TIMEOUT", help="Seconds that the model may take to answer."),
]
RerankerOption = Annotated[
    str | None,
    typer.Option(
        "--reranker",
        envvar="DATELINE_RERANKER",
        metavar="NAME",
        help="Rank the passages with this cross-encoder: a folder, or cross-encoder/ms-marco-MiniLM-L6-v2.",
    ),
]
SinceOption = Annotated[str | None, typer.Option("--since", metavar="DAY", help="Only articles from this day on.")]
UntilOption = Annotated[str | None, typer.Option("--until", metavar="DAY", help="Only articles up to this day.")]
AsOfOption = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DAY", help="Answer as of this day: nothing later is cited [default: today]."),
]
ExactOption = Annotated[
    bool, typer.Option("--exact", help="Search exactly as typed: no period is read, and no spelling corrected.")
]
SourceOption = Annotated[list[str] | None, typer.Option("--source", help="Only this outlet; may be repeated.")]
CategoryOption = Annotated[list[str] | None, typer.Option("--category", help="Only this category; may be repeated.")]
AuthorOption = Annotated[
    list[str] | None, typer.Option("--author", metavar="NAME", help="Only by this author; may be repeated.")
]
LanguageOption = Annotated[
    list[str] | None, typer.Option("--language", metavar="CODE", help="Only in this language (en); may be repeated.")
]
ArticleOption = Annotated[
    list[str] | None, typer.Option("--article", metavar="ID", help="Only this article; may be repeated.")
]
PassagesOption = Annotated[
    int,
    typer.Option("--passages", "-k", help="How many passages to find; the answer's sentences come from the best six."),
]
FieldOption = Annotated[
    list[str] | None,
    typer.Option(
        "--field",
        metavar="FIELD=COLUMN",
        help="Column or JSON key that holds a field, as text=Body; also for later runs; or: off. May be repeated.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


@dataclass(frozen=True, slots=True)
class QuestionOptions:
    """The options of the commands that answer questions: `ask` and `chat`."""

    index: IndexOption = DEFAULT_INDEX
    since: SinceOption = None
    until: UntilOption = None
    source: SourceOption = None
    category: CategoryOption = None
    author: AuthorOption = None
    language: LanguageOption = None
    article: ArticleOption = None
    as_of: AsOfOption = None
    exact: ExactOption = False
    passages: PassagesOption = DEFAULT_PASSAGES
    model: ModelOption = None
    llm: LlmOption = None
    llm_base_url: LlmUrlOption = None
    llm_timeout: LlmTimeoutOption = DEFAULT_LLM_TIMEOUT
    reranker: RerankerOption = None

    def open(self) -> "Assistant":
        """Open the assistant that the options describe; close it."""
        from qa import Assistant

        return Assistant.open(
            self.index,
            model=self.model,
            llm=self.llm,
            llm_base_url=self.llm_base_url,
            llm_timeout=self.llm_timeout,
            reranker=self.reranker,
        )

    @property
    def asked(self) -> dict[str, Any]:
        """Return those of the options that belong to each question, as `Assistant.ask` takes them."""
        given = {
            "since": self.since,
            "until": self.until,
            "sources": self.source,
            "categories": self.category,
            "authors": self.author,
            "languages": self.language,
            "articles": self.article,
            "as_of": self.as_of,
            "exact": self.exact,
        }
        # What was not given is left out, so that the defaults stay in one place, `Assistant.ask`.
        return {"k": self.passages, **{name: value for name, value in given.items() if value not in (None, [], False)}}


def with_question_options(command: Callable[..., None]) -> Callable[..., None]:
    """Return the command with its parameter `options` spread out, so that typer reads each field as one option."""

    def run(**values: Any) -> None:
        options = {field.name: values.pop(field.name) for field in fields(QuestionOptions)}
        command(options=QuestionOptions(**options), **values)

    parameters: list[inspect.Parameter] = []
    for parameter in inspect.signature(command).parameters.values():
        spread = inspect.signature(QuestionOptions).parameters.values() if parameter.name == "options" else [parameter]
        parameters.extend(one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in spread)
    # What typer reads of a command: its name and help, its parameters, and the type of each.
    run.__name__, run.__doc__ = command.__name__, command.__doc__
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # inspect.signature looks here first
    run.__annotations__ = {
        **get_type_hints(command, include_extras=True),
        **get_type_hints(QuestionOptions, include_extras=True),
    }
    return run


def columns_of(given: list[str] | None) -> dict[str, str] | None:
    """Return the columns that hold fields, by the fields' names; None where nothing is said of them."""
    if not given:
        return None
    if given == ["off"]:
        return {}
    # "text=" names no column, and "=Body" no field: neither is a pair.
    pairs = [
        (field.strip(), column) for field, sign, column in (one.partition("=") for one in given) if sign and column
    ]
    if len(pairs) < len(given):
        raise BadRequestError(f"--field takes FIELD=COLUMN, such as text=Body, or off; not {' '.join(given)}.")
    return dict(pairs)
