"""The options that several commands share, as typer writes them: one place for each name, variable and help.

What this module does not know: what any command does with them.
"""

from typing import Annotated

import typer

DEFAULT_INDEX = "index-data"
DEFAULT_PASSAGES = 10
DEFAULT_LLM_TIMEOUT = 120.0

IndexOption = Annotated[
    str,
    typer.Option(
        "--index", envvar="DATELINE_INDEX", help="The folder of the index, or http://host:port/name of a Chroma server."
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
        help="Let a language model write, checked: ollama:qwen3.",
    ),
]
LlmUrlOption = Annotated[
    str | None,
    typer.Option("--llm-base-url", envvar="DATELINE_LLM_BASE_URL", metavar="URL", help="Where the model is served."),
]
LlmTimeoutOption = Annotated[
    float, typer.Option("--llm-timeout", envvar="DATELINE_LLM_TIMEOUT", help="Seconds that the model has to answer.")
]
RerankerOption = Annotated[
    str | None,
    typer.Option(
        "--reranker",
        envvar="DATELINE_RERANKER",
        metavar="NAME",
        help="Let this cross-encoder order the passages: a folder, or cross-encoder/ms-marco-MiniLM-L6-v2.",
    ),
]
SinceOption = Annotated[str | None, typer.Option("--since", metavar="DAY", help="Only articles from this day on.")]
UntilOption = Annotated[str | None, typer.Option("--until", metavar="DAY", help="Only articles up to this day.")]
SourceOption = Annotated[list[str] | None, typer.Option("--source", help="Only this outlet; may be repeated.")]
CategoryOption = Annotated[list[str] | None, typer.Option("--category", help="Only this category; may be repeated.")]
PassagesOption = Annotated[
    int,
    typer.Option("--passages", "-k", help="How many passages to find; sentences are taken from the best six of them."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
