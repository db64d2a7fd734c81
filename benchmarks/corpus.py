"""Load articles and questions in the form that `dateline reindex` and `dateline eval` read."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def records(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a JSON lines file."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)


def take(path: Path, count: int, into: Path, *, first: Path | None = None) -> Path:
    """Write `count` articles of a file to another: those whose ids `first` lists before all others."""
    preferred = set(json.loads(first.read_text(encoding="utf-8"))) if first else set()
    chosen = sorted(records(path), key=lambda record: record["id"] not in preferred)[:count]
    into.write_text("".join(json.dumps(record) + "\n" for record in chosen), encoding="utf-8")
    return into
