"""Repeated runs for `dateline reindex --watch`: a run that fails is reported, and watching goes on.

What a run reports is printed if it is news: sites are asked again and again, and mostly nothing has changed.
"""

import sys
from collections.abc import Callable

from index.errors import DatelineError
from index.reindex import Report
from ui.terminal.streams import OutputError


class RepeatedRun:
    """Repeated runs of one function. Each call runs it once and returns whether it succeeded."""

    def __init__(self, run: Callable[[], None]) -> None:
        self._run = run
        self._last = ""

    def __call__(self) -> bool:
        """Run once. A failure is printed as one line, but not again while the reason stays the same."""
        try:
            self._run()
        except (BrokenPipeError, OutputError):  # nobody reads what it prints any more
            raise
        except Exception as error:  # noqa: BLE001  (whatever it is, the next change may find it mended)
            reason = str(error) if isinstance(error, DatelineError) else f"{type(error).__name__}: {error}"
            if reason != self._last:
                sys.stderr.write(f"dateline: {reason}\nStill watching; it is tried again after a change or a pause.\n")
                sys.stderr.flush()
            self._last = reason
            return False
        self._last = ""
        return True


class News:
    """Tells reports that say something from those that repeat the last one."""

    def __init__(self) -> None:
        self._last: object = None

    def is_in(self, report: Report) -> bool:
        """Say whether the run changed something, or found other things wrong than the last one."""
        wrong = (report.rejected, report.kept)
        changed = report.added or report.changed or report.removed or report.embedded or report.warnings
        repeated, self._last = wrong == self._last, wrong
        return bool(changed) or not repeated
