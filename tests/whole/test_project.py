"""What holds for the whole project: its public names, the direction of its imports, its weight at start."""

import ast
import re
import subprocess
import sys

import pytest

import index
import qa
from tests.conftest import ROOT
from tests.packages import PACKAGES, imported, modules


def test_public_names_of_qa() -> None:
    assert qa.__all__ == [
        "Answer",
        "Answerer",
        "Article",
        "Assistant",
        "Chunk",
        "Citation",
        "Conversation",
        "DatelineError",
        "Event",
        "Evidence",
        "Exchange",
        "NewsRetriever",
        "Passage",
        "PassagesFound",
        "Scope",
        "Statement",
        "StatementChecked",
        "TextPiece",
        "Turn",
        "Usage",
    ]
    assert all(hasattr(qa, name) for name in qa.__all__)


def test_public_names_of_index() -> None:
    assert index.__all__ == [
        "Article",
        "BadRequestError",
        "Chunk",
        "DatelineError",
        "ForkedProcessError",
        "Hit",
        "IndexClosedError",
        "IndexDamagedError",
        "IndexLockedError",
        "IndexMismatchError",
        "IndexNotFoundError",
        "IndexUnavailableError",
        "ModelNotFoundError",
        "PublishRefusedError",
        "RemovalRefusedError",
        "Scope",
    ]
    assert all(hasattr(index, name) for name in index.__all__)


@pytest.mark.parametrize(("package", "forbidden"), [("index", {"qa", "ui"}), ("qa", {"ui"}), ("ui", set())])
def test_imports_point_one_way(package: str, forbidden: set[str]) -> None:
    for path in modules(package):
        assert not imported(path) & (forbidden | {"langchain_community", "langchain_classic"}), path


@pytest.mark.parametrize(
    ("library", "homes"),
    [
        ("chromadb", ["index/search/dense.py"]),
        ("tantivy", ["index/search/lexical.py"]),
        ("onnxruntime", ["index/embed/onnx.py"]),  # where its telemetry is switched off
        ("sqlite3", ["index/search/metadata.py", "index/store/database.py", "index/store/sqlite.py"]),
        ("sentence_transformers", ["index/embed/model.py", "index/embed/onnx.py", "qa/find/rerank.py"]),
        ("trafilatura", ["index/read/html/story.py"]),
        ("feedparser", ["index/read/records/feed.py"]),
        ("pypdf", ["index/read/documents/pdf.py"]),
        ("warcio", ["index/read/records/warc.py"]),
        ("py3langid", ["index/text/language.py"]),
        ("charset_normalizer", ["index/read/encoding.py"]),
        ("tinycss2", ["index/read/html/stylesheet.py"]),
        ("cssselect2", ["index/read/html/stylesheet.py"]),
        ("ir_measures", ["qa/evaluate/ranking.py"]),
        ("jinja2", ["qa/evaluate/report/page.py", "ui/server/guard/signin.py"]),
        ("markupsafe", ["ui/web/views/markup.py"]),
        ("matplotlib", ["qa/evaluate/report/plots.py"]),
        ("scipy", ["qa/evaluate/metrics.py"]),
    ],
)
def test_one_file_knows_each_library(library: str, homes: list[str]) -> None:
    users = [path for package in PACKAGES for path in modules(package) if library in imported(path)]
    assert [path.relative_to(ROOT).as_posix() for path in users] == homes


def test_the_command_line_starts_without_heavy_libraries() -> None:
    code = "import sys, ui.cli; sys.exit(str({'chromadb', 'torch', 'numpy', 'langchain_core'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == "set()"


def test_the_defaults_of_the_commands_are_those_of_the_api() -> None:
    from qa import arguments, assistant
    from qa.write import models
    from ui import options

    ours = options.DEFAULT_INDEX, options.DEFAULT_PASSAGES, options.DEFAULT_LLM_TIMEOUT
    assert ours == (assistant.DEFAULT_INDEX, arguments.PASSAGES, models.TIMEOUT)


def test_every_module_says_what_it_is() -> None:
    for package in PACKAGES:
        for path in modules(package):
            assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path


def room(module: str) -> str:
    """Return the room of a module: the folder of the second level, or the module itself where it stands in none."""
    parts = module.split(".")
    inside = (ROOT / parts[0] / parts[1]).is_dir() if len(parts) > 1 else False
    return ".".join(parts[:2]) if inside or len(parts) == 2 else parts[0]


def arrows(package: str) -> dict[str, set[str]]:
    """Return from which room of a package to which others its imports point."""
    found: dict[str, set[str]] = {}
    for path in modules(package):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == package:
                to = {
                    room(f"{node.module}.{name.name}" if node.module == package else str(node.module))
                    for name in node.names
                }
                found.setdefault(room(module), set()).update(to)
    return {start: ends - {start, package} for start, ends in found.items() if start != package}


@pytest.mark.parametrize("package", PACKAGES)
def test_no_two_rooms_import_each_other(package: str) -> None:
    left = arrows(package)
    while free := [start for start, ends in left.items() if not ends & left.keys()]:
        for start in free:
            del left[start]
    assert not left, "these rooms stand in a circle"


def test_the_server_s_guard_knows_nothing_of_what_it_guards() -> None:
    for path in (ROOT / "ui" / "server" / "guard").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ui.server"):
                assert str(node.module).startswith("ui.server.guard"), path


@pytest.mark.parametrize("package", PACKAGES)
def test_no_folder_is_crowded(package: str) -> None:
    for folder in {path.parent for path in modules(package)}:
        assert len([path for path in folder.glob("*.py") if path.name != "__init__.py"]) <= 14, folder


def test_no_test_borrows_from_another_or_from_the_benchmarks() -> None:
    """What tests share stands in modules of its own; two tests are those of a benchmark."""
    for path in (ROOT / "tests").rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        assert not re.search(r"^\s*(from|import) tests\.(\w+\.)?test_", source, re.MULTILINE), path
        if path.name not in ("test_peers.py", "test_soak.py"):
            assert not re.search(r"^\s*(from|import) benchmarks\b", source, re.MULTILINE), path
