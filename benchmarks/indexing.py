"""Time indexing against the bare model and against the LangChain tutorial, in one run.

    python -m benchmarks.indexing ARTICLES.jsonl --articles 1500 [--first IDS.json]

Each contender runs in a process of its own, one after the other, and is timed whole: imports, model loading,
reading, cleaning, writing. Only the bare model is timed without its loading: `encode` over our own passages.
Needs: pip install -e '.[bench]'
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.corpus import records, take


def bare(index: Path) -> dict[str, Any]:
    """Encode the passages of an index with sentence-transformers, and nothing else."""
    from sentence_transformers import SentenceTransformer

    from index.build.prepare import embedded_text
    from index.embed.model import SentenceEmbeddings
    from index.store.archive import Archive
    from index.store.contents import Contents
    from index.store.database import Database
    from index.store.folder import Folder
    from index.text.chunk import heading

    folder, model = Folder(index), SentenceEmbeddings()
    number = folder.require_served()
    with Database.open(folder.archive) as database:
        ids = [row.chunk_id for row in Archive(database).rows(number, model.fingerprint.vectors)]
        found = Contents(database, number, model.fingerprint).chunks(ids).values()
    texts = [embedded_text(heading(article, model.tokens), chunk) for chunk, article in found]
    encoder = SentenceTransformer(str(model.folder), device="cpu")
    encoder.encode(texts[:8])
    started = time.perf_counter()
    encoder.encode(texts, batch_size=32, normalize_embeddings=True)
    return {"seconds": time.perf_counter() - started, "passages": len(texts)}


def ours(source: Path, index: Path) -> dict[str, Any]:
    """Index with Dateline."""
    from index.reindex import reindex

    report = reindex([source], index, yes=True)
    return {"passages": report.chunks, "embedded": report.embedded, "changed": len(report.changed)}


def tutorial(source: Path, store: Path) -> dict[str, Any]:
    """Index as the LangChain tutorial does: 1,000 characters, 200 of overlap, Chroma."""
    from langchain_chroma import Chroma
    from langchain_core.documents import Document
    from langchain_huggingface import HuggingFaceEmbeddings
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    from index.embed.model import SentenceEmbeddings

    documents = [Document(record["text"], metadata={"title": record["title"]}) for record in records(source)]
    splits = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200).split_documents(documents)
    embeddings = HuggingFaceEmbeddings(model_name=str(SentenceEmbeddings().folder))
    vectors = Chroma(collection_name="tutorial", embedding_function=embeddings, persist_directory=str(store))
    for start in range(0, len(splits), 5000):
        vectors.add_documents(splits[start : start + 5000])
    return {"passages": len(splits)}


CONTENDERS = {"bare": bare, "ours": ours, "tutorial": tutorial}


def timed(name: str, *paths: Path) -> dict[str, Any]:
    """Run a contender as a process; its result with wall seconds and peak memory in MB."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "benchmarks.indexing", "--contender", name, *map(str, paths)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    result = {"wall": time.perf_counter() - started, **json.loads(done.stdout.splitlines()[-1])}
    print(f"  {name:9} {result}", flush=True)
    return result


def edit(source: Path, share: float) -> int:
    """Change the text of a share of the articles, and return how many."""
    articles = list(records(source))
    step = max(1, round(1 / share))
    for record in articles[::step]:
        record["text"] += "\nThe county will publish a further report on the matter next spring."
    source.write_text("".join(json.dumps(record) + "\n" for record in articles), encoding="utf-8")
    return len(articles[::step])


def compare(arguments: argparse.Namespace) -> None:
    """Run everything and print the ratios."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        source = take(arguments.paths[0], arguments.articles, work / "articles.jsonl", first=arguments.first)
        index = work / "index"
        count = sum(1 for _ in records(source))
        first = timed("ours", source, index)
        model = timed("bare", index)
        other = timed("tutorial", source, work / "tutorial")
        again = timed("ours", source, index)
        edited = edit(source, 0.01)
        some = timed("ours", source, index)
    print(f"articles {count}, passages {first['passages']}, edited {edited}")
    print(f"speed against bare encode (all work included): {model['seconds'] / first['wall']:.2f}")
    print(f"articles/s: ours {count / first['wall']:.2f}, tutorial {count / other['wall']:.2f}, "
          f"ratio {other['wall'] / first['wall']:.2f}")  # fmt: skip
    print(f"nothing changed: {again['wall'] / first['wall']:.2%} of the first run")
    print(f"1 % changed: {some['wall'] / first['wall']:.2%} of the first run ({some['embedded']} passages embedded)")
    print(f"peak memory: ours {first['memory']} MB, tutorial {other['memory']} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", type=Path, nargs="+")
    parser.add_argument("--articles", type=int, default=1500)
    parser.add_argument("--first", type=Path, help="a JSON list of the ids to take before all others")
    parser.add_argument("--contender", choices=CONTENDERS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.contender:
        result = CONTENDERS[arguments.contender](*arguments.paths)
        peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        print(json.dumps({**result, "memory": peak // 1024}))
    else:
        compare(arguments)


if __name__ == "__main__":
    main()
