"""The commands `dateline ask` and `dateline chat`: one question, or one after another, at a terminal or in a pipe."""

import sys
from typing import Annotated

import typer

from ui.options import JsonOption, QuestionOptions, with_question_options


@with_question_options
def ask(
    question: Annotated[str, typer.Argument(help="The question, in quotes.", show_default=False)],
    options: QuestionOptions,
    as_json: JsonOption = False,
) -> None:
    """Answer QUESTION, each statement with its citation.

    \b
    Examples:
      dateline ask "What are Russia's preconditions?"
      dateline ask "Who won the vote?" --since 2025-10-01 --source "Ellery Courier" --json
      dateline ask "What happened last week?" --as-of 2025-05-12
      dateline ask "Who won the vote?" --llm openai:local --llm-base-url http://127.0.0.1:8081/v1
    """
    from ui.terminal.printing import as_text, print_answer

    with options.open() as assistant:
        answer = assistant.ask(question, **options.asked)
    if as_json:
        sys.stdout.write(as_text(answer.to_dict()))
    else:
        print_answer(answer)


@with_question_options
def chat(options: QuestionOptions) -> None:
    """Ask one question after another, with follow-ups.

    Follow-up questions such as "And why?" are understood; /help lists the commands. Lines can also come from a pipe;
    then the exit code is 1 if one of them failed.

    \b
    Examples:
      dateline chat
      dateline chat --since 2025-10-01 --source "Ellery Courier"
      printf '%s\\n' "Who won the vote?" "When does he take office?" | dateline chat
    """
    from ui.terminal.loop import ChatLoop

    with options.open() as assistant:
        failed = ChatLoop(assistant, options.asked).run()
    raise typer.Exit(int(failed))
