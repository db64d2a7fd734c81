"""Each library that the code imports is a declared dependency, and constraints.txt names the versions tested here."""

import re
import sys
from importlib.metadata import distribution, packages_distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.conftest import ROOT
from tests.packages import DEPENDENCIES, EXTRAS, PACKAGES, imported, modules, needed

OPTIONAL = {
    "ir_measures": "eval",
    "matplotlib": "eval",
    "pyarrow": "ray",
    "ray": "ray",
    "scipy": "eval",
    "warcio": "warc",
}
"""The extras that the code imports from, by module."""
UNIMPORTED = {
    "lxml-html-clean": "trafilatura imports it",
    "onnx": "torch writes the question encoder with it",
}


def names(requirements: list[Requirement]) -> set[str]:
    return {canonicalize_name(requirement.name) for requirement in requirements}


def libraries() -> set[str]:
    found = set().union(*(imported(path) for package in PACKAGES for path in modules(package)))
    return found - {*PACKAGES} - sys.stdlib_module_names


PROVIDERS = packages_distributions()


def provider(module: str) -> set[str]:
    return {canonicalize_name(name) for name in PROVIDERS.get(module, [])}


@pytest.mark.parametrize("module", sorted(libraries()))
def test_an_imported_library_is_declared(module: str) -> None:
    declared = EXTRAS[OPTIONAL[module]] if module in OPTIONAL else DEPENDENCIES
    assert provider(module) & names(declared)


def test_each_declared_dependency_is_imported() -> None:
    used = set().union(*(provider(module) for module in libraries()))
    extras = (EXTRAS[name] for name in {*OPTIONAL.values()})
    assert names([*DEPENDENCIES, *(one for extra in extras for one in extra)]) - used == UNIMPORTED.keys()


def constraints() -> dict[str, Version]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line.split("==") for line in lines if not line.startswith("#")]
    return {canonicalize_name(name): Version(version) for name, version in pins}


CUDA = re.compile(r"nvidia-|cuda-|triton")
"""What torch's build for graphics cards brings, in versions that it pins itself."""


@pytest.mark.parametrize("extra", ["", "anthropic", "eval", "ollama", "openai", "ray", "warc"])
def test_what_is_installed_is_what_the_constraints_say(extra: str) -> None:
    """Each package, down to the last that another one needs, is pinned, to the version that the tests run with."""
    pinned = constraints()
    found = {name for name in needed(EXTRAS[extra] if extra else DEPENDENCIES, {}) if not CUDA.match(name)}
    here = {name: Version(Version(distribution(name).version).public) for name in found}
    assert here == {name: pinned.get(name) for name in found}


def test_constraints_are_within_what_is_declared() -> None:
    pinned = constraints()
    for requirement in [*DEPENDENCIES, *(one for extra in EXTRAS.values() for one in extra)]:
        if requirement.name != "dateline":
            assert requirement.specifier.contains(pinned[canonicalize_name(requirement.name)]), requirement


INSTALL = re.compile(r"pip install [^`\n]*")


def test_the_readmes_install_command_is_the_tested_one() -> None:
    """The Makefile installs with the constraints; so does the command that the README gives first."""
    readme, makefile = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "Makefile"))
    assert INSTALL.findall(readme)[0] == "pip install -c constraints.txt ."
    assert all("constraint constraints.txt" in line for line in makefile.splitlines() if "pip install" in line)


def test_an_extra_is_named_as_one_of_this_checkout() -> None:
    """`pip install 'dateline[…]'` would install whatever a stranger puts on a package index under that name."""
    documents = [path for pattern in ("*.md", "docs/**/*.md", "benchmarks/**/*.md") for path in ROOT.glob(pattern)]
    sources = [path for package in PACKAGES for path in modules(package)]
    for path in [*documents, *sources]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"""install\s[^`\n]*["']?dateline\b""", text), path
        for extra in re.findall(r"""['"]\.\[([a-z,]+)\]['"]""", text):
            assert {*extra.split(",")} <= EXTRAS.keys(), path
