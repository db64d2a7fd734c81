"""The command `dateline chat`: one question after another, in a terminal or through a pipe."""

import typer

from ui.options import QuestionOptions, with_question_options


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
