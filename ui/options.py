"""The command-line options that several commands share: name, environment variable and help of each in one place."""

from typing import Annotated

import typer

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
SourceOption = Annotated[list[str] | None, typer.Option("--source", help="Only this outlet; may be repeated.")]
CategoryOption = Annotated[list[str] | None, typer.Option("--category", help="Only this category; may be repeated.")]
PassagesOption = Annotated[
    int,
    typer.Option("--passages", "-k", help="How many passages to find; the answer's sentences come from the best six."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
