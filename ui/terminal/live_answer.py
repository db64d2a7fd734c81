"""An answer while it is being written: verified statements, withdrawn ones, and text that is not verified yet."""

from rich.text import Text

from index.text.clean import visible
from qa.values import Event, PassagesFound, StatementChecked, TextPiece, written
from ui.terminal.printing import searched_words


class LiveAnswer:
    """Collects the events of one answer. `withdrawn` holds the statements that no article supports."""

    def __init__(self) -> None:
        self.withdrawn: list[str] = []
        self._lines: list[tuple[str, str]] = []
        self._pending = ""
        self._searched = ""

    def take(self, event: Event) -> None:
        """Add the next event of the stream."""
        if isinstance(event, PassagesFound):
            self._searched = searched_words(event.rewritten, event.period)
        elif isinstance(event, TextPiece):
            self._pending += event.text
        elif isinstance(event, StatementChecked):
            self._pending = ""
            # The words so far are this statement: it takes their place, verified or struck out.
            if event.statement.citations:
                self._lines.append((written(event.statement), "bold"))
            else:
                self.withdrawn.append(event.statement.text)
                self._lines.append((event.statement.text, "strike dim"))

    def text(self) -> Text:
        """Return the draft as text: verified statements bold, withdrawn ones struck out, unverified text plain."""
        shown = Text()
        if self._searched:
            shown.append(f"{visible(self._searched)}\n", "dim")
        for words, style in self._lines:
            shown.append(visible(words), style).append(" ")
        return (
            shown.append(visible(self._pending)) if self._lines or self._pending else shown.append("Reading …", "dim")
        )
