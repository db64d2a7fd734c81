"""What is installed is what was tested: wheel and sdist hold all files, and the wheel works where nothing else is.

The commands run in an environment of their own that has the wheel and, by links, just the libraries that it needs;
without the repository, sealed off from the network, and with home and temporary folders that are watched.
"""

import contextlib
import html
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import time
import venv
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path, PurePosixPath
from typing import Any

import httpx
import pytest
from packaging.requirements import Requirement

from tests import sealed
from tests.chroma import free_port
from tests.conftest import ARTICLES, ROOT
from tests.packages import DEPENDENCIES, EXTRAS, PACKAGES, needed

QUESTION = "How many homes were flooded at Lowmere?"
NOT_SOURCE = ("__pycache__", ".*", "*.egg-info")
NOT_SOURCE_AT_ROOT = ("build", "dist", "articles")


def source_files() -> set[str]:
    """Return the files of the packages, as git has them or would take them; without git, all but caches."""
    git = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", "--", *PACKAGES]
    listed = subprocess.run(git, capture_output=True, text=True, check=False) if shutil.which("git") else None
    if listed and listed.returncode == 0 and listed.stdout:
        found = [ROOT / line for line in listed.stdout.splitlines()]
    else:
        found = [
            path for package in PACKAGES for path in (ROOT / package).rglob("*") if "__pycache__" not in path.parts
        ]
    return {path.relative_to(ROOT).as_posix() for path in found if path.is_file()}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the sdist, and the wheel made from that sdist."""
    folder = tmp_path_factory.mktemp("built")
    everywhere, at_root = shutil.ignore_patterns(*NOT_SOURCE), shutil.ignore_patterns(*NOT_SOURCE_AT_ROOT)

    def ignore(path: str, names: list[str]) -> set[str]:
        return everywhere(path, names) | (at_root(path, names) if Path(path) == ROOT else set())

    shutil.copytree(ROOT, folder / "source", ignore=ignore)
    command = [sys.executable, "-P", "-m", "build", "--no-isolation", "--outdir", ".", "source"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def only(folder: Path, pattern: str) -> Path:
    (found,) = folder.glob(pattern)
    return found


def in_packages(names: Sequence[str]) -> set[str]:
    return {name for name in names if PurePosixPath(name).parts[0] in PACKAGES and not name.endswith("/")}


@pytest.mark.slow
def test_the_wheel_holds_each_file_of_the_packages_and_no_other(built: Path) -> None:
    with zipfile.ZipFile(only(built, "*.whl")) as wheel:
        names = wheel.namelist()
    assert in_packages(names) == source_files()
    others = {PurePosixPath(name).parts[0] for name in names} - {*PACKAGES}
    assert [name.endswith(".dist-info") for name in others] == [True]
    assert {PurePosixPath(name).name for name in names} >= {"LICENSE", "NOTICE", "py.typed"}


@pytest.mark.slow
def test_the_sdist_holds_each_file_of_the_packages_and_no_other(built: Path) -> None:
    with tarfile.open(only(built, "*.tar.gz")) as sdist:
        members = [member.name.split("/", 1)[1] for member in sdist.getmembers() if member.isfile()]
    assert in_packages(members) == source_files()
    assert {*members} >= {"LICENSE", "NOTICE", "README.md", "constraints.txt", "pyproject.toml"}


@dataclass(frozen=True, slots=True)
class Installed:
    """The wheel in an environment of its own, and an empty folder to work in."""

    environment: Path
    work: Path
    home: Path
    temporary: Path

    @classmethod
    def make(cls, wheel: Path, folder: Path) -> "Installed":
        """Install the wheel alone, then link what it needs: to download all of that anew takes minutes and 3 GB."""
        made = cls(*(folder / name for name in ("environment", "work", "home", "temporary")))
        for empty in (made.work, made.home, made.temporary):
            empty.mkdir()
        venv.create(made.environment, symlinks=True)
        pip = [sys.executable, "-m", "pip", "--python", made.program("python"), "--disable-pip-version-check"]
        subprocess.run([*pip, "install", "--quiet", "--no-index", "--no-deps", wheel], cwd=made.work, check=True)
        made.link(DEPENDENCIES)
        return made

    def link(self, requirements: list[Requirement]) -> None:
        """Let the environment see what the requirements need, down to the last, and nothing else of this one."""
        for name in needed(requirements, {}):
            files = distribution(name).files or []
            for top in {file.parts[0] for file in files} - {"..", "__pycache__"}:
                if not (link := self.packages / top).exists():
                    link.symlink_to(Path(str(distribution(name).locate_file(top))))

    @property
    def packages(self) -> Path:
        return only(self.environment, "lib/python*/site-packages")

    def program(self, name: str) -> Path:
        return self.environment / "bin" / name

    def command(self, name: str, *arguments: object) -> list[str]:
        seal = [sys.executable, "-I", sealed.__file__] if sealed.SUPPORTED else []
        return [*map(str, [*seal, self.program(name), *arguments])]

    @property
    def variables(self) -> dict[str, str]:
        """Return an environment that tells no library to be quiet."""
        path = f"{self.environment / 'bin'}{os.pathsep}{os.defpath}"
        return {"PATH": path, "HOME": str(self.home), "TMPDIR": str(self.temporary), "LANG": "C.UTF-8"}

    def tried(self, name: str, *arguments: object, given: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(name, *arguments), input=given, cwd=self.work, env=self.variables,
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    def run(self, name: str, *arguments: object, given: str = "") -> str:
        """Return what a program of the environment prints; it has to end with 0."""
        done = self.tried(name, *arguments, given=given)
        assert done.returncode == 0, f"{name} {arguments} ended with {done.returncode}: {reason(done)}"
        return done.stdout


def reason(done: subprocess.CompletedProcess[str]) -> str:
    if done.returncode == -signal.SIGSYS:
        return "it reached for the network; look with: strace -f -e trace=connect,sendto,sendmmsg"
    return done.stderr[-2000:]


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Return the wheel installed, with an index of articles/ in its working folder."""
    made = Installed.make(only(built, "*.whl"), tmp_path_factory.mktemp("installed"))
    assert "30 added" in made.run("dateline", "reindex", ARTICLES)
    return made


@pytest.mark.slow
def test_it_is_the_wheel_that_runs(installed: Installed) -> None:
    code = "import index, qa, ui; print(*(package.__file__ for package in (index, qa, ui)), sep='\\n')"
    found = [Path(line).parent for line in installed.run("python", "-c", code).splitlines()]
    assert found == [installed.packages / package for package in PACKAGES]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "given", "expected"),
    [
        (["ask", QUESTION], "", "412"),
        (["chat"], f"{QUESTION}\n/sources\n", "412"),
        (["doctor"], "", "The index is healthy."),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else None,
)
def test_a_command_of_the_installed_wheel(
    installed: Installed, arguments: list[object], given: str, expected: str
) -> None:
    assert expected in installed.run("dateline", *arguments, given=given)


@contextlib.contextmanager
def serving(installed: Installed) -> Iterator[str]:
    """Run `dateline serve`, sealed off as well: it only listens."""
    port = free_port()
    command = installed.command("dateline", "serve", "--port", port)
    with subprocess.Popen(
        command, cwd=installed.work, env=installed.variables, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield ready(f"http://127.0.0.1:{port}", process)
        finally:
            process.terminate()
            _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, reason(subprocess.CompletedProcess(command, process.returncode, "", errors))


def ready(url: str, process: subprocess.Popen[str]) -> str:
    end = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < end:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{url}/readyz").status_code == 200:
                return url
        time.sleep(0.1)
    return url


def settings(page: str) -> dict[str, Any]:
    """Return what the page tells its script of its parts and looks."""
    (found,) = re.findall(r"window\.gradio_config\s*=\s*(\{.*?\});?\s*</script>", page, re.DOTALL)
    told: dict[str, Any] = json.loads(found)
    return told


@pytest.mark.slow
def test_the_installed_wheel_serves_its_page_with_script_and_style_and_answers(installed: Installed) -> None:
    with serving(installed) as url:
        page = httpx.get(url).raise_for_status().text
        for address in re.findall(r'<(?:script|link)[^>]*(?:src|href)="([^"]+)"', page):
            httpx.get(httpx.URL(url).join(html.unescape(address))).raise_for_status()
        told = settings(page)
        scripts = {part["props"].get("js_on_load") for part in told["components"]}
        given = [QUESTION, None, None, None, None, 10, None, False, None, None, None]
        event = httpx.post(f"{url}/gradio_api/call/ask", json={"data": given}).json()
        answer = httpx.get(f"{url}/gradio_api/call/ask/{event['event_id']}", timeout=60).text
    web = ROOT / "ui" / "web"
    for file in (web / "script").glob("*.js"):
        assert any(file.read_text(encoding="utf-8") in script for script in scripts if script), file
    assert (web / "style.css").read_text(encoding="utf-8") in told["css"]
    assert "412" in answer


@pytest.mark.slow
def test_the_installed_wheel_evaluates_with_its_extra(installed: Installed) -> None:
    questions = ROOT / "benchmarks" / "sample" / "questions.jsonl"
    arguments = ["eval", questions, "--limit", 3, "--report", "report"]
    without = installed.tried("dateline", *arguments)
    assert (without.returncode, without.stdout) == (1, "")
    assert without.stderr == (
        "dateline: Evaluation needs ir-measures and matplotlib. Install with: pip install '.[eval]'\n"
    )
    installed.link(EXTRAS["eval"])
    installed.run("dateline", *arguments)
    assert "<svg" in (installed.work / "report" / "report.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_nothing_is_written_but_the_index_and_what_was_asked_for(installed: Installed) -> None:
    """Has to stay the last of the commands."""
    assert files(installed.home) == []
    assert files(installed.temporary) == []
    assert {path.name for path in installed.work.iterdir()} == {"index-data", "index-data-pages", "report"}


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if not path.is_dir()]
