"""The command `dateline chat`: one question after another, in a terminal or through a pipe."""

import typer

from ui.options import (
    DEFAULT_INDEX,
    DEFAULT_LLM_TIMEOUT,
    DEFAULT_PASSAGES,
    CategoryOption,
    IndexOption,
    LlmOption,
    LlmTimeoutOption,
    LlmUrlOption,
    ModelOption,
    PassagesOption,
    RerankerOption,
    SinceOption,
    SourceOption,
    UntilOption,
)


def chat(
    index: IndexOption = DEFAULT_INDEX,
    since: SinceOption = None,
    until: UntilOption = None,
    source: SourceOption = None,
    category: CategoryOption = None,
    passages: PassagesOption = DEFAULT_PASSAGES,
    model: ModelOption = None,
    llm: LlmOption = None,
    llm_base_url: LlmUrlOption = None,
    llm_timeout: LlmTimeoutOption = DEFAULT_LLM_TIMEOUT,
    reranker: RerankerOption = None,
) -> None:
    """Ask one question after another, with follow-ups.

    Follow-up questions such as "And why?" are understood; /help lists the commands. Lines can also come from a pipe;
    then the exit code is 1 if one of them failed.

    \b
    Examples:
      dateline chat
      dateline chat --since 2025-10-01 --source "Ellery Courier"
      printf '%s\\n' "Who won the vote?" "When does he take office?" | dateline chat
    """
    from qa import Assistant
    from ui.terminal.loop import ChatLoop

    options = {"since": since, "until": until, "sources": source or [], "categories": category or [], "k": passages}
    with Assistant.open(
        index, model=model, llm=llm, llm_base_url=llm_base_url, llm_timeout=llm_timeout, reranker=reranker
    ) as assistant:
        failed = ChatLoop(assistant, {name: value for name, value in options.items() if value}).run()
    raise typer.Exit(int(failed))
