"""The README's commands and code are run as they stand."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(sh|python)\n(.*?)```", README, re.DOTALL)


@pytest.mark.slow
def test_the_readmes_first_steps(tmp_path: Path, sample_index: Path) -> None:
    (tmp_path / "articles").symlink_to(ROOT / "articles")
    # Exporting the question encoder takes seconds, and tests/whole/test_package.py has it done.
    shutil.copytree(sample_index / "encoder", tmp_path / "index-data" / "encoder", copy_function=os.link)
    shell, python = (next(code for kind, code in BLOCKS if kind == wanted) for wanted in ("sh", "python"))
    output = ""
    for line in shell.splitlines():
        program, *arguments = shlex.split(line, comments=True)
        assert program == "dateline"
        command = [sys.executable, "-m", "ui", *arguments]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        output += done.stdout
    assert "30 added" in output
    assert "412 homes" in output
    assert "Not in these articles." in output
    assert "The index is healthy." in output
    done = subprocess.run([sys.executable, "-c", python], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("answered ")


def test_links_of_the_readme_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_the_chores_of_the_readme_are_in_the_makefile() -> None:
    words = set(re.findall(r"make ([a-z-]+)", README))
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert words <= targets
