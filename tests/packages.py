"""What the packages import, and what the project declares that they need."""

import ast
import tomllib
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT

PACKAGES = ["index", "qa", "ui"]


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").split(".")[0])
    return names


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DEPENDENCIES = [Requirement(line) for line in PROJECT["dependencies"]]
EXTRAS = {name: [Requirement(line) for line in lines] for name, lines in PROJECT["optional-dependencies"].items()}


def needed(requirements: list[Requirement], seen: dict[str, Requirement]) -> dict[str, Requirement]:
    """Return every requirement of the requirements that holds on this machine, by its name."""
    for requirement in requirements:
        name = canonicalize_name(requirement.name)
        if name in seen or name == "dateline" or not holds(requirement, {""}):
            continue
        seen[name] = requirement
        lines = distribution(name).requires or []
        asked = [inner for line in lines if holds(inner := Requirement(line), requirement.extras | {""})]
        needed([Requirement(str(inner).split(";")[0]) for inner in asked], seen)
    return seen


def holds(requirement: Requirement, extras: set[str]) -> bool:
    return not requirement.marker or any(requirement.marker.evaluate({"extra": extra}) for extra in extras)
