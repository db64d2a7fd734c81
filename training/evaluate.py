"""Evaluate a reader (reader.safetensors or model.onnx) on a folder of evaluation sets.

python evaluate.py --eval SETS --model model.onnx --tokenizer tokenizer.json --base all-MiniLM-L6-v2
"""

from __future__ import annotations

import argparse
import json
import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score
from train import Bm25, Encoded, Encoder, collate, load_data, split_sentences, split_titles, words

Scorer = Callable[[list[Encoded]], list[np.ndarray]]
TOP = 12


# ---------------------------------------------------------------- models


def torch_scorer(path: Path) -> Scorer:
    """Scores windows with the PyTorch model."""
    import torch
    from safetensors.torch import load_file
    from train import Reader, predict

    torch.set_num_threads(2)
    model = Reader()
    model.load_state_dict(load_file(path))
    return lambda windows: predict(model, windows)


def onnx_scorer(path: Path, threads: int = 2) -> Scorer:
    """Scores windows with onnxruntime."""
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def run(windows: list[Encoded], batch: int = 12) -> list[np.ndarray]:
        order = sorted(range(len(windows)), key=lambda i: len(windows[i].ids))
        out = [np.empty(0)] * len(windows)
        for at in range(0, len(order), batch):
            part = order[at : at + batch]
            sent = session.run(["sentence_logits"], collate([windows[i] for i in part]))[0]
            for row, i in enumerate(part):
                out[i] = sent[row, : windows[i].n_sent]
        return out

    return run


class Cosine:
    """MiniLM sentence cosine (the cheap cue)."""

    def __init__(self, base: Path) -> None:
        from sentence_transformers import SentenceTransformer

        self.model = SentenceTransformer(str(base), device="cpu")
        self.cache: dict[str, np.ndarray] = {}

    def embed(self, texts: list[str]) -> np.ndarray:
        """Unit vectors, cached."""
        new = sorted({t for t in texts if t not in self.cache})
        if new:
            for t, v in zip(new, self.model.encode(new, batch_size=64, normalize_embeddings=True)):
                self.cache[t] = v
        return np.stack([self.cache[t] for t in texts])


# ---------------------------------------------------------------- tasks


@dataclass
class Task:
    """A question with the sentences of one passage; `gold` are sentence numbers."""

    question: str
    title: str
    sentences: list[str]
    gold: list[int]
    answerable: bool = True


def score_tasks(score: Scorer, enc: Encoder, tasks: list[Task], title: bool) -> list[np.ndarray]:
    """Sentence logits of every task."""
    wins: list[Encoded] = []
    owner: list[int] = []
    for k, t in enumerate(tasks):
        for w in enc.windows(t.question, t.title if title else "", t.sentences):
            wins.append(w)
            owner.append(k)
    out = [np.full(len(t.sentences), -1e4, dtype=np.float32) for t in tasks]
    for k, w, s in zip(owner, wins, score(wins)):
        out[k][w.first : w.first + w.n_sent] = s
    return out


def locate(text: str, quote: str) -> tuple[int, int] | None:
    """Character range of a quote, whatever the white space."""
    at = text.find(quote)
    if at >= 0:
        return at, at + len(quote)
    m = re.search(r"\s+".join(re.escape(w) for w in quote.split()), text)
    return (m.start(), m.end()) if m else None


def read_jsonl(path: Path) -> list[dict]:
    """All rows of a JSON lines file."""
    return [json.loads(line) for line in open(path, encoding="utf-8")]


def passage_tasks(folder: Path) -> list[Task]:
    """Questions over their gold or nearest passage (xquad_en, squad2, clapnq)."""
    articles = {a["id"]: a for a in read_jsonl(folder / "articles.jsonl")}
    out = []
    for q in read_jsonl(folder / "questions.jsonl"):
        a = articles[q.get("nearest_article") or q["evidence"][0]["article_id"]]
        ranges = split_sentences(a["text"])
        found = [locate(a["text"], e["quote"]) for e in q["evidence"] if e["article_id"] == a["id"]]
        gold = [i for i, (s, e) in enumerate(ranges) if any(f and f[0] < e and s < f[1] for f in found)]
        out.append(Task(q["question"], a["title"] or "", [a["text"][s:e] for s, e in ranges], gold, q["answerable"]))
    return out


def valid_tasks(folder: Path) -> list[Task]:
    """The held-out titles of the training set."""
    data = load_data(folder)
    held = split_titles(data)
    return [
        Task(i.question, data.titles[i.article], [data.texts[i.article][a:b] for a, b in data.sents[i.article]], i.gold)
        for i in data.items
        if data.titles[i.article] in held
    ]


def hit(tasks: list[Task], scores: list[np.ndarray]) -> float:
    """Share of answerable questions whose best sentence is a gold one."""
    return float(np.mean([int(s.argmax()) in t.gold for t, s in zip(tasks, scores) if t.answerable]))


def auroc(tasks: list[Task], scores: list[np.ndarray]) -> float:
    """Answerable against not by the best sentence."""
    return float(roc_auc_score([t.answerable for t in tasks], [s.max() for s in scores]))


def cheap_cues(tasks: list[Task], cosine: Cosine, idf: dict[str, float]) -> list[np.ndarray]:
    """(cosine, idf overlap) of every sentence: array (sentences, 2)."""
    top = max(idf.values())
    out = []
    for t in tasks:
        vectors = cosine.embed([t.question, *t.sentences])
        need = set(words(t.question))
        total = sum(idf.get(w, top) for w in need) or 1.0
        overlap = [sum(idf.get(w, top) for w in need & set(words(s))) / total for s in t.sentences]
        out.append(np.stack([vectors[1:] @ vectors[0], np.array(overlap)], 1))
    return out


def fuse(scores: list[np.ndarray], cues: list[np.ndarray], weights: tuple[float, float]) -> list[np.ndarray]:
    """Reader logit plus weighted cues."""
    return [s + c @ np.array(weights) for s, c in zip(scores, cues)]


def fit_fusion(tasks: list[Task], scores: list[np.ndarray], cues: list[np.ndarray]) -> tuple[float, float]:
    """Grid search of the cue weights by listwise log likelihood (smoother than accuracy)."""

    def loss(w: tuple[float, float]) -> float:
        total = 0.0
        for t, s in zip(tasks, fuse(scores, cues, w)):
            p = np.exp(s - s.max())
            total -= float(np.log(p[t.gold].sum() / p.sum() + 1e-9))
        return total

    grid = [0.0, 0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0]
    return min(((a, b) for a in grid for b in grid), key=loss)


# ---------------------------------------------------------------- retrieval


@dataclass
class Chunk:
    """About 1,000 characters of whole sentences."""

    article: str
    title: str
    start: int
    end: int
    sentences: list[str]
    text: str


def chunk_article(article: dict, size: int = 1000) -> list[Chunk]:
    """Splits an article into chunks."""
    text, out, run = article["text"], [], []
    for s, e in [*split_sentences(text), (-1, -1)]:
        if run and (s < 0 or e - run[0][0] > size):
            a, b = run[0][0], run[-1][1]
            out.append(Chunk(article["id"], article["title"], a, b, [text[i:j] for i, j in run], text[a:b]))
            run = []
        if s >= 0:
            run.append((s, e))
    return out


class Tantivy:
    """BM25 over chunk texts with tantivy's English stemmer."""

    def __init__(self, texts: list[str]) -> None:
        import tantivy

        schema = tantivy.SchemaBuilder()
        schema.add_text_field("body", tokenizer_name="en_stem")
        schema.add_integer_field("row", stored=True)
        self.index = tantivy.Index(schema.build())
        writer = self.index.writer(heap_size=60_000_000, num_threads=1)
        for i, t in enumerate(texts):
            writer.add_document(tantivy.Document(body=t, row=i))
        writer.commit()
        self.index.reload()

    def search(self, query: str, k: int) -> list[tuple[int, float]]:
        """Best rows with their BM25 scores."""
        clean = " ".join(re.findall(r"\w+", query.lower()))
        searcher = self.index.searcher()
        hits = searcher.search(self.index.parse_query(clean, ["body"]), k).hits
        return [(searcher.doc(addr)["row"][0], float(s)) for s, addr in hits]


@dataclass
class Ranked:
    """Candidates of one question: BM25 scores, best reader logits, right or not."""

    answerable: bool
    bm25: np.ndarray
    reader: np.ndarray
    right: np.ndarray
    first: np.ndarray


def inside(chunk: Chunk, gold: tuple[str, int, int]) -> bool:
    """Whether a chunk overlaps an evidence quote."""
    return chunk.article == gold[0] and chunk.start < gold[2] and gold[1] < chunk.end


def rerank(
    score: Scorer,
    enc: Encoder,
    chunks: list[Chunk],
    index: Tantivy,
    questions: list[dict],
    quotes: list[list[tuple[str, int, int]]],
    title: bool,
) -> list[Ranked]:
    """BM25 top 12 of every question, each scored by its best sentence."""
    found = [index.search(q["question"], TOP) for q in questions]
    tasks = [
        Task(q["question"], chunks[r].title or "", chunks[r].sentences, [])
        for q, f in zip(questions, found)
        for r, _ in f
    ]
    best = [float(s.max()) for s in score_tasks(score, enc, tasks, title)]
    out, at = [], 0
    for q, f, gold in zip(questions, found, quotes):
        right = [[inside(chunks[r], g) for g in gold] for r, _ in f]
        whole, first = np.array([any(x) for x in right]), np.array([any(x[:1]) for x in right])
        out.append(Ranked(q["answerable"], np.array([s for _, s in f]), np.array(best[at : at + len(f)]), whole, first))
        at += len(f)
    return out


def mrr(rows: list[Ranked], weight: float, first: bool = False) -> tuple[float, float]:
    """hit@1 and MRR@10 of reader logit + weight * BM25 / best BM25 (weight inf = BM25 alone)."""
    ranks = []
    for r in (x for x in rows if x.answerable):
        key = r.bm25 if np.isinf(weight) else r.reader + weight * r.bm25 / r.bm25.max()
        order = np.argsort(-key, kind="stable")[:10]
        where = np.flatnonzero((r.first if first else r.right)[order])
        ranks.append(1 / (1 + where[0]) if len(where) else 0.0)
    return float(np.mean([x == 1 for x in ranks])), float(np.mean(ranks))


WEIGHTS = [0, 1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 30]


def valid_ranking(score: Scorer, enc: Encoder, folder: Path, title: bool, limit: int = 250) -> list[Ranked]:
    """Held-out SQuADShifts questions over all its passages: to choose the fusion weight."""
    data = load_data(folder)
    held = split_titles(data)
    chunks = [
        Chunk(str(i), t, 0, len(x), [x[a:b] for a, b in s], x)
        for i, (t, x, s) in enumerate(zip(data.titles, data.texts, data.sents))
    ]
    items = [i for i in data.items if data.titles[i.article] in held][::2][:limit]
    questions = [{"question": i.question, "answerable": True} for i in items]
    quotes = [[(str(i.article), 0, 10**9)] for i in items]
    return rerank(score, enc, chunks, Tantivy([c.text for c in chunks]), questions, quotes, title)


def news_ranking(score: Scorer, enc: Encoder, folder: Path, title: bool) -> list[Ranked]:
    """rtqa core subset."""
    core = folder / "core_ids.json"
    keep = json.loads(core.read_text()) if core.exists() else None
    keep = keep if keep is None or isinstance(keep, list) else next(iter(keep.values()))
    rows = [a for a in read_jsonl(folder / "articles.jsonl") if keep is None or a["id"] in set(keep)]
    texts = {a["id"]: a["text"] for a in rows}
    chunks = [c for a in rows for c in chunk_article(a)]
    questions = read_jsonl(folder / "questions.jsonl")
    quotes = []
    for q in questions:
        where = [
            (e["article_id"], locate(texts[e["article_id"]], e["quote"]))
            for e in q["evidence"]
            if e["article_id"] in texts
        ]
        quotes.append([(a, *w) for a, w in where if w])
    print(f"{folder.name}: {len(rows)} articles, {len(chunks)} chunks, {len(questions)} questions", flush=True)
    return rerank(score, enc, chunks, Tantivy([c.text for c in chunks]), questions, quotes, title)


def report_news(name: str, rows: list[Ranked], weight: float, out: dict) -> None:
    """Ranking and abstention figures of one news set."""
    y = [r.answerable for r in rows]
    out[f"{name}.bm25"] = mrr(rows, float("inf"))
    out[f"{name}.reader"] = mrr(rows, 0.0)
    out[f"{name}.fused(w={weight})"] = mrr(rows, weight)
    for label, w in (("bm25", float("inf")), ("reader", 0.0), (f"fused(w={weight})", weight)):
        out[f"{name}.first_evidence.{label}"] = mrr(rows, w, first=True)
    out[f"{name}.first_evidence.all_weights"] = {w: round(mrr(rows, w, first=True)[1], 3) for w in WEIGHTS}
    out[f"{name}.all_weights"] = {w: round(mrr(rows, w)[1], 3) for w in WEIGHTS}
    out[f"{name}.recall@12"] = float(np.mean([r.right.any() for r in rows if r.answerable]))
    out[f"{name}.auroc_bm25"] = float(roc_auc_score(y, [r.bm25.max() for r in rows]))
    out[f"{name}.auroc_reader"] = float(roc_auc_score(y, [r.reader.max() for r in rows]))
    top = [r.reader[np.argmax(r.reader + weight * r.bm25 / r.bm25.max())] for r in rows]
    out[f"{name}.auroc_reader_of_fused_top"] = float(roc_auc_score(y, top))
    both = [r.reader.max() + 0.2 * r.bm25.max() for r in rows]
    out[f"{name}.auroc_reader+0.2*bm25"] = float(roc_auc_score(y, both))


# ---------------------------------------------------------------- main


def run(args: argparse.Namespace) -> dict:
    """All figures of one model."""
    root, out = Path(args.eval), {}
    enc = Encoder(Path(args.tokenizer))
    score = onnx_scorer(Path(args.model)) if args.model.endswith(".onnx") else torch_scorer(Path(args.model))
    train_set = root / "squadshifts_newwiki"
    sets = args.sets.split(",")
    cosine = Cosine(Path(args.base)) if args.base else None
    data = load_data(train_set)
    idf = Bm25(data.texts).idf
    weights = (0.0, 0.0)
    if "valid" in sets:
        tasks = valid_tasks(train_set)
        scores = {t: score_tasks(score, enc, tasks, t) for t in (False, True)}
        out["valid.hit"], out["valid.hit_title"] = hit(tasks, scores[False]), hit(tasks, scores[True])
        if cosine:
            cues = cheap_cues(tasks, cosine, idf)
            weights = fit_fusion(tasks, scores[False], cues)
            out["fusion_weights(cos,overlap)"] = weights
            out["valid.hit_fused"] = hit(tasks, fuse(scores[False], cues, weights))
    for name in ("xquad_en", "squad2_sample500", "clapnq_dev"):
        if name not in sets:
            continue
        tasks = passage_tasks(root / name)
        for title in (False, True):
            tag = name + (".title" if title else "")
            scores = score_tasks(score, enc, tasks, title)
            out[f"{tag}.hit"] = hit(tasks, scores)
            if name != "xquad_en":
                out[f"{tag}.auroc"] = auroc(tasks, scores)
            if cosine and not title:
                cues = cheap_cues(tasks, cosine, idf)
                cheap = [c @ np.array([1.0, 1.0]) for c in cues]
                out[f"{tag}.hit_cheap"] = hit(tasks, cheap)
                out[f"{tag}.hit_fused"] = hit(tasks, fuse(scores, cues, weights))
                if name != "xquad_en":
                    out[f"{tag}.auroc_cheap"] = auroc(tasks, cheap)
                    out[f"{tag}.auroc_fused"] = auroc(tasks, fuse(scores, cues, weights))
        print(json.dumps(out), flush=True)
    for name in ("rtqa_dev_2022H2", "rtqa_tune_2023"):
        if name not in sets:
            continue
        for title in [False, True] if args.both_titles else [True]:
            weight = args.weight
            if weight < 0:
                rows = valid_ranking(score, enc, train_set, title)
                weight = max(WEIGHTS, key=lambda w: mrr(rows, w)[1])
                out[f"valid_ranking.title={title}"] = {w: round(mrr(rows, w)[1], 3) for w in [*WEIGHTS, float("inf")]}
            start = time.time()
            rows = news_ranking(score, enc, root / name, title)
            report_news(f"{name}.title={title}", rows, weight, out)
            out[f"{name}.seconds_per_question"] = (time.time() - start) / len(rows)
            print(json.dumps(out), flush=True)
    return out


def main() -> None:
    """Command line."""
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--eval", required=True)
    p.add_argument("--model", required=True)
    p.add_argument("--tokenizer", required=True)
    p.add_argument("--base", default="", help="MiniLM folder for the cosine cue; empty = no fusion")
    p.add_argument("--sets", default="valid,xquad_en,squad2_sample500,clapnq_dev,rtqa_dev_2022H2")
    p.add_argument("--weight", type=float, default=-1, help="BM25 weight; negative = choose on held-out SQuADShifts")
    p.add_argument("--both-titles", action="store_true")
    p.add_argument("--json", default="")
    args = p.parse_args()
    out = run(args)
    for k, v in out.items():
        print(f"{k:45} {v if not isinstance(v, float) else round(v, 4)}")
    if args.json:
        Path(args.json).write_text(json.dumps(out, indent=1))


if __name__ == "__main__":
    main()
