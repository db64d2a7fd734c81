"""Make a virtual environment for each contender, and say what it took."""

import hashlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.peers.contenders import COMMON, ROOT

_SOURCES = ("index", "qa", "ui", "pyproject.toml", "README.md")


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """An environment as it was installed. `seconds` is pip's time, `megabytes` what it added, `versions` by name."""

    python: str
    wanted: tuple[str, ...]
    seconds: float
    megabytes: float
    versions: dict[str, str]


def make(folder: Path, packages: Sequence[str]) -> Environment:
    """Return the environment in a folder, made anew unless it holds these packages already.

    Every package is fetched anew, so that the order of contenders does not decide their times.
    """
    wanted = [*COMMON, *packages]
    note, interpreter = folder / "made.json", folder / "bin" / "python"
    if str(ROOT) in wanted:
        wanted[wanted.index(str(ROOT))] = str(_snapshot(folder.parent / "source"))
    if (known := already(folder)) and list(known.wanted) == wanted:
        return known
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    bare, started = _megabytes(folder), time.perf_counter()
    install = [interpreter, "-m", "pip", "install", "--no-cache-dir", "--disable-pip-version-check", *wanted]
    with (folder / "install.log").open("w", encoding="utf-8") as log:
        subprocess.run(install, check=True, stdout=log, stderr=subprocess.STDOUT)
    made = Environment(
        python=sys.version.split()[0],
        wanted=tuple(wanted),
        seconds=time.perf_counter() - started,
        megabytes=_megabytes(folder) - bare,
        versions=_versions(interpreter),
    )
    note.write_text(json.dumps(asdict(made), indent=1), encoding="utf-8")
    return made


def already(folder: Path) -> Environment | None:
    """Return the environment that a folder holds already, whatever was wanted of it."""
    note = folder / "made.json"
    return Environment(**json.loads(note.read_text(encoding="utf-8"))) if note.exists() else None


def _snapshot(folder: Path) -> Path:
    """Copy Dateline's sources to a folder named by their digest, so that pip builds there and notices a change."""
    digest = hashlib.sha256()
    skipped = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for name in _SOURCES:
        files = [ROOT / name] if (ROOT / name).is_file() else sorted((ROOT / name).rglob("*"))
        for file in files:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    copy = folder / digest.hexdigest()[:12]
    if not copy.exists():
        copy.mkdir(parents=True)
        for name in _SOURCES:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, copy / name, ignore=skipped)
            else:
                shutil.copy2(ROOT / name, copy / name)
    return copy


def _megabytes(folder: Path) -> float:
    return sum(file.lstat().st_size for file in folder.rglob("*") if not file.is_dir()) / 1_000_000


def _versions(interpreter: Path) -> dict[str, str]:
    command = [interpreter, "-m", "pip", "list", "--format", "json", "--disable-pip-version-check"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return {entry["name"].lower(): entry["version"] for entry in json.loads(listed)}
