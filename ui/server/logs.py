"""Logs on standard error, as text or as JSON lines. Questions and answers are never logged.

Anything that a client sends may end up in a message. Neither format lets it start a new line, move the cursor or
reverse the direction of text.
"""

import json
import logging
import re
import sys
from datetime import UTC, datetime

_PLAIN = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName", "color_message"}
_UNPRINTED = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class JsonLines(logging.Formatter):
    """One JSON object per line: time, level, logger, message, `extra` fields and traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line. It is ASCII: some readers take U+2028 and others for line ends."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **{name: value for name, value in vars(record).items() if name not in _PLAIN},
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


class Lines(logging.Formatter):
    """Time, level and message in one line; traceback lines are indented, so that none can pass for a record."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's lines."""
        lines = [f"{self.formatTime(record)} {record.levelname} {escaped(record.getMessage())}"]
        if record.exc_info:
            lines += [f"    {escaped(line)}" for line in self.formatException(record.exc_info).split("\n")]
        return "\n".join(lines)


def escaped(text: str) -> str:
    """Escape control characters, line ends and direction marks, such as to \\n."""
    return _UNPRINTED.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def set_up(*, as_json: bool, verbose: bool) -> None:
    """Send all logs of the process to standard error; requests only if `verbose`."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if as_json else Lines())
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    for quiet in ("httpx", "httpcore", "uvicorn.error", "chromadb"):
        logging.getLogger(quiet).setLevel(logging.WARNING)
    logging.getLogger("ui.server.access").setLevel(logging.INFO if verbose else logging.WARNING)
