"""The command `dateline`, run as people run it: as a process of its own."""

import subprocess
import sys
from pathlib import Path


def dateline(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ui", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd)
