"""Train the Dateline reader: a small passage cross-encoder that scores every sentence.

One forward pass reads "[CLS] question [SEP] title . passage [SEP]" and returns, for each
sentence of the passage, a logit against "this passage does not answer" (= 0), and start/end
logits of the answer span.  Training data: SQuADShifts new-wiki only (human questions).

    python train.py --data squadshifts_newwiki --base all-MiniLM-L6-v2 --out run
"""

from __future__ import annotations

import argparse
import json
import math
import random
import re
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor, nn

MAX_LEN, MAX_QUESTION, MAX_TITLE = 320, 48, 20
PAD = 32
NEG = -1e4
STOP = set(
    "a an the of in on at to for from by with and or but not no as is are was were be been being am do does did "
    "done has have had having it its he she they them his her their him we you i me my our your this that these "
    "those there here what which who whom whose when where why how than then so if into about over under after "
    "before during between through out up down off again can could will would shall should may might must also "
    "just only such some any all each both more most other very s t ' re ve ll d m".split()
)
ANTONYMS = [
    ("first", "last"),
    ("before", "after"),
    ("largest", "smallest"),
    ("most", "least"),
    ("more", "less"),
    ("highest", "lowest"),
    ("north", "south"),
    ("east", "west"),
    ("northern", "southern"),
    ("oldest", "newest"),
    ("eastern", "western"),
    ("increase", "decrease"),
    ("started", "stopped"),
    ("began", "ended"),
    ("men", "women"),
    ("male", "female"),
    ("early", "late"),
    ("earliest", "latest"),
    ("won", "lost"),
    ("same", "different"),
    ("major", "minor"),
    ("allowed", "forbidden"),
    ("built", "destroyed"),
    ("longest", "shortest"),
    ("high", "low"),
    ("main", "secondary"),
    ("important", "unimportant"),
    ("popular", "unpopular"),
    ("begin", "end"),
    ("old", "new"),
    ("modern", "ancient"),
    ("many", "few"),
    ("founded", "abolished"),
    ("inside", "outside"),
]
SWAPS = {a: b for pair in ANTONYMS for a, b in (pair, pair[::-1])}
ABBREV = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|Sen|Rep|Gov|Gen|Col|Lt|Sgt|Jr|Sr|vs|etc|No|Inc|Co|Corp|Ltd|Jan|Feb|Mar|Apr|Aug"
    r"|Sept?|Oct|Nov|Dec|Mt|Ft|approx|ca|Rev|Hon|Capt)|\b[A-Z]|\b[a-z]\.[a-z]|U\.S|U\.K|U\.N|D\.C)\.$"
)


# ---------------------------------------------------------------- text


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Character ranges of the sentences of a text (rule based, keeps abbreviations together)."""
    spans, start = [], 0
    for m in re.finditer(r"[.!?]+[\"'”’)\]]*\s+(?=[\"'“‘(\[`]*[A-Z0-9])|\n+", text):
        if "\n" not in m.group() and ABBREV.search(text[start : m.start() + 1]):
            continue
        spans.append((start, m.end()))
        start = m.end()
    spans.append((start, len(text)))
    out = []
    for a, b in spans:
        piece = text[a:b]
        a, b = a + len(piece) - len(piece.lstrip()), a + len(piece.rstrip())
        if b > a:
            out.append((a, b))
    return out


def stem(word: str) -> str:
    """A crude English stem, only used to see that two word pieces are the same word."""
    for end in ("ing", "edly", "ies", "ied", "ed", "es", "ly", "s", "e", "y"):
        if word.endswith(end) and len(word) - len(end) >= 3:
            return word[: -len(end)]
    return word


def words(text: str) -> list[str]:
    """Lower-case stems of the content words of a text."""
    return [stem(w) for w in re.findall(r"[a-z0-9]+", text.lower()) if w not in STOP]


class Bm25:
    """Plain in-memory BM25 over short texts."""

    def __init__(self, texts: list[str], k1: float = 1.2, b: float = 0.75) -> None:
        docs = [Counter(words(t)) for t in texts]
        size = np.array([sum(d.values()) for d in docs], dtype=np.float32)
        norm = k1 * (1 - b + b * size / size.mean())
        self.post: dict[str, tuple[list[int], list[float]]] = defaultdict(lambda: ([], []))
        self.n = len(texts)
        for i, doc in enumerate(docs):
            for w, tf in doc.items():
                self.post[w][0].append(i)
                self.post[w][1].append(tf * (k1 + 1) / (tf + float(norm[i])))
        self.idf = {w: math.log(1 + (self.n - len(p[0]) + 0.5) / (len(p[0]) + 0.5)) for w, p in self.post.items()}

    def scores(self, query: str) -> np.ndarray:
        """Score of every text for the query."""
        out = np.zeros(self.n, dtype=np.float32)
        for w in set(words(query)):
            if w in self.idf:
                rows, weights = self.post[w]
                out[rows] += np.asarray(weights, dtype=np.float32) * self.idf[w]
        return out


# ---------------------------------------------------------------- encoding


@dataclass
class Encoded:
    """Token ids of one (question, passage window) with sentence numbers (-1 = not a sentence)."""

    ids: list[int]
    types: list[int]
    sent: list[int]
    n_sent: int
    first: int = 0
    offsets: list[tuple[int, int]] = field(default_factory=list)


class Encoder:
    """Turns (question, title, sentences) into windows of at most `max_len` tokens."""

    def __init__(self, tokenizer_file: Path, max_len: int = MAX_LEN) -> None:
        self.tok = Tokenizer.from_file(str(tokenizer_file))
        self.tok.no_padding()
        self.tok.no_truncation()
        self.cls, self.sep = self.tok.token_to_id("[CLS]"), self.tok.token_to_id("[SEP]")
        self.max_len = max_len
        self.cache: dict[str, tuple[list[int], list[tuple[int, int]]]] = {}

    def pieces(self, text: str) -> tuple[list[int], list[tuple[int, int]]]:
        """Ids and character offsets of a text, cached."""
        hit = self.cache.get(text)
        if hit is None:
            enc = self.tok.encode(text, add_special_tokens=False)
            hit = (list(enc.ids), list(enc.offsets))
            if len(self.cache) < 200_000:
                self.cache[text] = hit
        return hit

    def head(self, question: str, title: str) -> tuple[list[int], list[int]]:
        """The part before the sentences: [CLS] question [SEP] title."""
        q = self.pieces(question)[0][:MAX_QUESTION]
        t = self.pieces(title + " .")[0][:MAX_TITLE] if title else []
        return [self.cls, *q, self.sep, *t], [0] * (len(q) + 2) + [1] * len(t)

    def windows(self, question: str, title: str, sentences: list[str], max_len: int = 0) -> list[Encoded]:
        """Whole sentences packed into as few windows as needed."""
        max_len = max_len or self.max_len
        head, types = self.head(question, title)
        room = max_len - len(head) - 1
        out: list[Encoded] = []
        for i, sentence in enumerate(sentences):
            ids, offs = self.pieces(sentence)
            ids, offs = ids[:room], offs[:room]
            if not out or len(out[-1].ids) + len(ids) > max_len - 1:
                out.append(Encoded(list(head), list(types), [-1] * len(head), 0, i, [(0, 0)] * len(head)))
            win = out[-1]
            win.ids += ids
            win.types += [1] * len(ids)
            win.sent += [win.n_sent] * len(ids)
            win.offsets += offs
            win.n_sent += 1
        for win in out:
            win.ids.append(self.sep)
            win.types.append(1)
            win.sent.append(-1)
            win.offsets.append((0, 0))
        return out


def collate(batch: list[Encoded], step: int = 1) -> dict[str, np.ndarray]:
    """Pads windows to the arrays the model takes; lengths to a multiple of `step`."""
    length, n_sent = max(len(e.ids) for e in batch), max(e.n_sent for e in batch)
    length = -(-length // step) * step
    ids = np.zeros((len(batch), length), dtype=np.int64)
    types, mask = np.zeros_like(ids), np.zeros_like(ids)
    sent = np.zeros((len(batch), n_sent, length), dtype=np.float32)
    for i, e in enumerate(batch):
        n = len(e.ids)
        ids[i, :n], types[i, :n], mask[i, :n] = e.ids, e.types, 1
        for j, s in enumerate(e.sent):
            if s >= 0:
                sent[i, s, j] = 1
    return {"input_ids": ids, "attention_mask": mask, "token_type_ids": types, "sentence_mask": sent}


# ---------------------------------------------------------------- model


class Layer(nn.Module):
    """One BERT layer (post norm)."""

    def __init__(self, dim: int, heads: int, hidden: int, eps: float) -> None:
        super().__init__()
        self.heads = heads
        self.qkv, self.proj = nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)
        self.up, self.down = nn.Linear(dim, hidden), nn.Linear(hidden, dim)
        self.norm1, self.norm2 = nn.LayerNorm(dim, eps=eps), nn.LayerNorm(dim, eps=eps)

    def dropout(self, x: Tensor, drop: float) -> Tensor:
        """Dropout with one mask per sequence (cheap on a CPU)."""
        return x * F.dropout(torch.ones_like(x[:, :1]), drop) if self.training and drop else x

    def forward(self, x: Tensor, bias: Tensor, drop: float) -> Tensor:
        """Attention and feed-forward; `bias` is added to the attention scores."""
        b, t, d = x.shape
        q, k, v = self.qkv(x).view(b, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        weight = (q @ k.transpose(-1, -2) * (d // self.heads) ** -0.5 + bias.to(q.dtype)).softmax(-1, dtype=q.dtype)
        att = self.proj((weight.to(v.dtype) @ v).transpose(1, 2).reshape(b, t, d))
        x = self.norm1(x + self.dropout(att, drop))
        ff = self.down(F.gelu(self.up(x)))
        return self.norm2(x + self.dropout(ff, drop))


class Reader(nn.Module):
    """MiniLM with exact-match features and a sentence head."""

    def __init__(
        self,
        vocab: int = 30522,
        dim: int = 384,
        layers: int = 6,
        heads: int = 12,
        hidden: int = 1536,
        eps: float = 1e-12,
        match: bool = True,
        drop: float = 0.05,
    ) -> None:
        super().__init__()
        self.word, self.pos, self.segment = nn.Embedding(vocab, dim), nn.Embedding(512, dim), nn.Embedding(2, dim)
        self.match = nn.Linear(2, dim, bias=False)
        self.norm = nn.LayerNorm(dim, eps=eps)
        self.layers = nn.ModuleList([Layer(dim, heads, hidden, eps) for _ in range(layers)])
        self.span = nn.Linear(dim, 3)
        self.null = nn.Linear(dim, 2)
        self.mix = nn.Sequential(nn.Linear(4 * dim + 4, 256), nn.GELU(), nn.Linear(256, 1))
        self.cues = nn.Parameter(torch.tensor([3.0, 1.0, 0.0, 0.3]))
        self.register_buffer("stems", torch.zeros(vocab, dtype=torch.int32))
        self.register_buffer("idf", torch.zeros(vocab))
        self.use_match, self.drop = match, drop

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor, sentence_mask: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Sentence logits (B,S), start and end logits (B,T), minus the null logit at [CLS]."""
        mask = attention_mask.float()
        stems, idf = self.stems[input_ids], self.idf[input_ids]
        passage = token_type_ids.float()
        same = (stems.unsqueeze(1) == stems.unsqueeze(2)) & (stems > 0).unsqueeze(1)
        eq = same.float() * (passage.unsqueeze(1) != passage.unsqueeze(2)).float()
        eq = eq * mask.unsqueeze(1) * mask.unsqueeze(2)
        hit = eq.amax(-1)
        x = self.word(input_ids) + self.pos(torch.arange(input_ids.shape[1])) + self.segment.weight[0]
        x = x + self.match(torch.stack([hit, hit * idf], -1)) + passage.unsqueeze(-1) * self.segment.weight[1]
        x = self.norm(x)
        bias = ((1 - mask) * NEG)[:, None, None, :]
        for layer in self.layers:
            x = layer(x, bias, self.drop)
        with torch.autocast("cpu", enabled=False):
            return self.score(x.float(), mask, passage, sentence_mask, eq, idf, stems)

    def score(
        self, x: Tensor, mask: Tensor, passage: Tensor, sent: Tensor, eq: Tensor, idf: Tensor, stems: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Heads on the token states."""
        question = mask * (1 - passage)
        q = (x * question.unsqueeze(-1)).sum(1) / question.sum(1, keepdim=True)
        size = sent.sum(-1, keepdim=True).clamp(min=1)
        mean = sent @ x / size
        start, end, gate = self.span(x).unbind(-1)
        null = self.null(x[:, 0])
        start, end = start - null[:, :1], end - null[:, 1:]
        gate = gate.unsqueeze(1) + (1 - sent) * NEG
        pooled = gate.softmax(-1) @ x
        qs = q.unsqueeze(1)
        cos = F.cosine_similarity(qs, mean, dim=-1)
        content = question * (stems > 0).float() * idf
        covered = ((sent @ eq) > 0).float() @ content.unsqueeze(-1)
        overlap = covered.squeeze(-1) / content.sum(1, keepdim=True).clamp(min=1.0)
        best_start = (start.unsqueeze(1) + (1 - sent) * NEG).amax(-1)
        best_end = (end.unsqueeze(1) + (1 - sent) * NEG).amax(-1)
        best = (best_start + best_end).clamp(min=-30.0, max=30.0)
        cues = torch.stack([cos, overlap, torch.log(size.squeeze(-1)), best], -1)
        null_state = x[:, :1].expand_as(mean)
        deep = self.mix(torch.cat([pooled, mean, qs * pooled, null_state, cues], -1)).squeeze(-1)
        logit = deep + (cues * self.cues).sum(-1)
        exists = (sent.sum(-1) > 0).float()
        return logit + (1 - exists) * NEG, start, end

    def load_base(self, base: Path) -> None:
        """Copies the MiniLM weights."""
        w = load_file(base / "model.safetensors")
        w = {k.removeprefix("bert."): v for k, v in w.items()}
        with torch.no_grad():
            self.word.weight.copy_(w["embeddings.word_embeddings.weight"])
            self.pos.weight.copy_(w["embeddings.position_embeddings.weight"])
            self.segment.weight[0].copy_(w["embeddings.token_type_embeddings.weight"][0])
            self.segment.weight[1].zero_()
            self.match.weight.mul_(0.1)
            self.norm.weight.copy_(w["embeddings.LayerNorm.weight"])
            self.norm.bias.copy_(w["embeddings.LayerNorm.bias"])
            for i, layer in enumerate(self.layers):
                p = f"encoder.layer.{i}."
                for name in ("weight", "bias"):
                    qkv = [w[f"{p}attention.self.{k}.{name}"] for k in ("query", "key", "value")]
                    getattr(layer.qkv, name).copy_(torch.cat(qkv))
                    for mine, theirs in (
                        ("proj", "attention.output.dense"),
                        ("norm1", "attention.output.LayerNorm"),
                        ("up", "intermediate.dense"),
                        ("down", "output.dense"),
                        ("norm2", "output.LayerNorm"),
                    ):
                        getattr(getattr(layer, mine), name).copy_(w[f"{p}{theirs}.{name}"])

    def set_words(self, tok: Tokenizer, texts: list[str]) -> None:
        """Fills the stem and idf tables of the exact-match features."""
        df: Counter[str] = Counter()
        for t in texts:
            df.update(set(words(t)))
        ids: dict[str, int] = {}
        for piece, i in tok.get_vocab().items():
            word = piece.removeprefix("##")
            if (
                piece.startswith("[")
                or word in STOP
                or not word.isalnum()
                or (piece.startswith("##") and len(word) < 3)
            ):
                continue
            key = stem(word)
            self.stems[i] = ids.setdefault(key, len(ids) + 1)
            self.idf[i] = math.log(1 + len(texts) / (1 + df[key])) / math.log(1 + len(texts))


# ---------------------------------------------------------------- data


@dataclass
class Item:
    """One training question: its passage, sentences, gold sentence and voted spans."""

    question: str
    article: int
    gold: list[int]
    spans: list[tuple[int, int, float]]
    answers: list[str]
    spare: set[int]


@dataclass
class Data:
    """Passages (title, text, sentence ranges) and questions."""

    titles: list[str]
    texts: list[str]
    sents: list[list[tuple[int, int]]]
    items: list[Item]


def overlaps(a: tuple[int, int], b: tuple[int, int]) -> bool:
    """Whether two character ranges share a character."""
    return a[0] < b[1] and b[0] < a[1]


def make_item(q: dict, where: int, text: str, sents: list[tuple[int, int]]) -> Item | None:
    """Finds gold sentence and answer spans; other annotators' sentences are spared as negatives."""
    ev = q["evidence"][0]
    at = text.find(ev["quote"])
    if at < 0:
        return None
    quote = (at, at + len(ev["quote"]))
    gold = [i for i, s in enumerate(sents) if overlaps(s, quote)]
    spare: set[int] = set()
    spans: list[tuple[int, int, float]] = []
    for answer, votes in Counter(a.strip() for a in [ev["span"], *q["answers"]]).items():
        pos = text.find(answer, quote[0], quote[1])
        if pos < 0 and text.count(answer) == 1:
            pos = text.find(answer)
            spare |= {i for i, s in enumerate(sents) if overlaps(s, (pos, pos + len(answer)))} - set(gold)
        elif pos >= 0:
            spans.append((pos, pos + len(answer), float(votes)))
    return Item(q["question"], where, gold, spans, q["answers"], spare) if gold and spans else None


def load_data(folder: Path) -> Data:
    """Reads articles.jsonl and questions.jsonl."""
    rows = [json.loads(line) for line in open(folder / "articles.jsonl", encoding="utf-8")]
    index = {r["id"]: i for i, r in enumerate(rows)}
    texts = [r["text"] for r in rows]
    sents = [split_sentences(t) for t in texts]
    items = []
    for line in open(folder / "questions.jsonl", encoding="utf-8"):
        q = json.loads(line)
        i = index[q["evidence"][0]["article_id"]]
        item = make_item(q, i, texts[i], sents[i])
        if item:
            items.append(item)
    return Data([r["title"] for r in rows], texts, sents, items)


def split_titles(data: Data, share: float = 0.08, seed: int = 0) -> set[str]:
    """Titles of the validation part: whole Wikipedia articles, about `share` of the questions."""
    count = Counter(data.titles[i.article] for i in data.items)
    names = sorted(count)
    random.Random(seed).shuffle(names)
    out: set[str] = set()
    for name in names:
        if sum(count[n] for n in out) + count[name] <= share * len(data.items):
            out.add(name)
    return out


ENTITY = re.compile(r"(?<!^)(?<=\s)(?:[A-Z][\w'’-]+(?:\s+(?:of\s+)?[A-Z][\w'’-]+)*)|\b\d{2,4}\b")


def corrupt(question: str, passage: str, pool: dict[str, list[str]], rng: random.Random) -> str | None:
    """A look-alike question the passage does not answer: another name, number or an antonym."""
    low = passage.lower()
    ways = []
    for m in ENTITY.finditer(question):
        kind = "number" if m.group().isdigit() else "name"
        options = [o for o in pool[kind] if o.lower() not in low and o.lower() not in question.lower()]
        if m.group().lower() in low and options:
            ways.append((m.start(), m.end(), rng.choice(options)))
    for m in re.finditer(r"[A-Za-z]+", question):
        if m.group().lower() in SWAPS:
            ways.append((m.start(), m.end(), SWAPS[m.group().lower()]))
    if not ways:
        return None
    a, b, new = rng.choice(ways)
    return question[:a] + new + question[b:]


@dataclass
class Pair:
    """A training example: gold window, negative window, targets."""

    pos: Encoded
    neg: Encoded | None
    shared: bool
    gold: list[int]
    spare: list[int]
    spans: list[tuple[int, int, float]]


class Sampler:
    """Builds the examples of one epoch."""

    def __init__(self, data: Data, items: list[Item], enc: Encoder, allowed: set[int], seed: int) -> None:
        self.data, self.items, self.enc, self.rng = data, items, enc, random.Random(seed)
        ids = sorted(allowed)
        bm25 = Bm25([data.titles[i] + " " + data.texts[i] for i in ids])
        self.near: list[list[int]] = []
        for it in items:
            score = bm25.scores(it.question)
            order = [ids[j] for j in np.argsort(-score)[:12]]
            self.near.append([i for i in order if i != it.article and not self.holds(i, it)][:6])
        self.pool: dict[str, dict[str, list[str]]] = {}
        for title in {data.titles[i] for i in ids}:
            mine = [it.question for it in items if data.titles[it.article] == title]
            found = [m.group() for q in mine for m in ENTITY.finditer(q)]
            self.pool[title] = {
                "number": [f for f in found if f.isdigit()],
                "name": [f for f in found if not f.isdigit()],
            }

    def holds(self, article: int, item: Item) -> bool:
        """Whether a passage contains one of the answers."""
        low = self.data.texts[article].lower()
        return any(a.lower().strip(" .") in low for a in item.answers)

    def texts(self, article: int) -> list[str]:
        """Sentences of a passage."""
        return [self.data.texts[article][a:b] for a, b in self.data.sents[article]]

    def positive(self, it: Item, title: str) -> Pair | None:
        """The gold window with token spans."""
        ranges = self.data.sents[it.article]
        sents = self.texts(it.article)
        for win in self.enc.windows(it.question, title, sents):
            gold = [g - win.first for g in it.gold if 0 <= g - win.first < win.n_sent]
            if not gold:
                continue
            spare = [g - win.first for g in it.spare if 0 <= g - win.first < win.n_sent]
            absolute = [
                (ranges[win.first + s][0] + o[0], ranges[win.first + s][0] + o[1]) if s >= 0 else (-1, -1)
                for s, o in zip(win.sent, win.offsets)
            ]
            spans = []
            for a, b, votes in it.spans:
                inside = [k for k, o in enumerate(absolute) if o[0] >= 0 and overlaps(o, (a, b))]
                if inside:
                    spans.append((inside[0], inside[-1], votes))
            return Pair(win, None, True, gold, spare, spans) if spans else None
        return None

    def negative(self, k: int, it: Item, title: str, pair: Pair, room: int) -> None:
        """Adds a passage (or question) without answer to the pair."""
        roll = self.rng.random()
        sents = self.texts(it.article)
        if roll < 0.30:
            question = corrupt(
                it.question, self.data.texts[it.article], self.pool[self.data.titles[it.article]], self.rng
            )
            if question:
                pair.neg, pair.shared = self.enc.windows(question, title, sents)[0], False
                return
        if roll < 0.5 and len(sents) >= 4:
            drop = set(it.gold) | it.spare
            drop |= {i for i, s in enumerate(sents) if any(a.lower().strip(" .") in s.lower() for a in it.answers)}
            rest = [s for i, s in enumerate(sents) if i not in drop]
            if len(rest) >= 2:
                pair.neg = self.enc.windows(it.question, title, rest)[0]
                return
        if self.near[k]:
            other = self.rng.choice(self.near[k])
            texts = self.texts(other)
            start = self.rng.randrange(max(1, len(texts) - 3))
            name = self.data.titles[other] if title else ""
            pair.neg = self.enc.windows(it.question, name, texts[start:], room)[0]

    def epoch(self, share: float) -> list[Pair]:
        """One example per question; `share` of them with a negative."""
        out = []
        for k, it in enumerate(self.items):
            title = self.data.titles[it.article] if self.rng.random() < 0.5 else ""
            pair = self.positive(it, title)
            if pair is None:
                continue
            if self.rng.random() < share:
                self.negative(k, it, title, pair, max(96, -(-len(pair.pos.ids) // PAD) * PAD))
            out.append(pair)
        return out

    def batches(self, share: float, tokens: int) -> list[list[Pair]]:
        """Batches of equal padded length (few shapes, which oneDNN caches), about `tokens` tokens each."""
        buckets: dict[int, list[Pair]] = defaultdict(list)
        for p in self.epoch(share):
            longest = max(len(p.pos.ids), len(p.neg.ids) if p.neg else 0)
            buckets[-(-longest // PAD) * PAD].append(p)
        out: list[list[Pair]] = []
        for length, pairs in sorted(buckets.items()):
            self.rng.shuffle(pairs)
            size = max(1, int(tokens / length / (1 + share)))
            out += [pairs[i : i + size] for i in range(0, len(pairs), size)]
        self.rng.shuffle(out)
        return out


# ---------------------------------------------------------------- training


def soft_ce(logits: Tensor, target: Tensor) -> Tensor:
    """Cross entropy with a set of right answers: -log of the right answers' probability mass."""
    return torch.logsumexp(logits, -1) - torch.logsumexp(logits + (target <= 0).float() * NEG, -1)


def pair_loss(model: Reader, batch: list[Pair], bf16: bool) -> Tensor:
    """Sentence softmax with a null (per passage and over both passages) plus span loss."""
    negs = [(i, p.neg) for i, p in enumerate(batch) if p.neg is not None]
    arrays = {k: torch.from_numpy(v) for k, v in collate([p.pos for p in batch] + [n for _, n in negs], PAD).items()}
    with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
        sent, start, end = model(**arrays)
    sent, start, end = sent.float(), start.float(), end.float()
    n, s = len(batch), sent.shape[1]
    gold, span = torch.zeros(n, s), torch.zeros(n, 2, start.shape[1])
    keep = sent.clone()
    for i, p in enumerate(batch):
        gold[i, p.gold] = 1
        if p.spare:
            keep[i, p.spare] = NEG
        for a, b, votes in p.spans:
            span[i, 0, a] += votes
            span[i, 1, b] += votes
    zero = torch.zeros(len(keep), 1)
    with_null = torch.cat([keep, zero], 1)
    target = torch.cat([gold, torch.zeros(n, 1)], 1)
    loss = soft_ce(with_null[:n], target).mean()
    inside = arrays["sentence_mask"].amax(1)
    spans = torch.stack([start, end], 1) + ((1 - inside) * NEG).unsqueeze(1)
    spans = torch.cat([spans, torch.zeros(len(spans), 2, 1)], -1)
    logp = spans.log_softmax(-1)
    weight = span / span.sum(-1, keepdim=True)
    loss = loss - 0.5 * (logp[:n, :, :-1] * weight).sum(-1).mean()
    if negs:
        loss = loss + (torch.logsumexp(with_null[n:], -1)).mean() * len(negs) / n
        loss = loss - 0.25 * logp[n:, :, -1].mean() * len(negs) / n
        rows = [(i, n + j) for j, (i, _) in enumerate(negs) if batch[i].shared]
        if rows:
            a, b = torch.tensor([r[0] for r in rows]), torch.tensor([r[1] for r in rows])
            both = torch.cat([keep[a], keep[b]], 1)
            loss = loss + 0.5 * soft_ce(both, torch.cat([gold[a], torch.zeros(len(rows), s)], 1)).mean()
    return loss


@torch.inference_mode()
def predict(model: Reader, windows: list[Encoded], bf16: bool = False, tokens: int = 6000) -> list[np.ndarray]:
    """Sentence logits of every window (batched by length)."""
    model.eval()
    order = sorted(range(len(windows)), key=lambda i: len(windows[i].ids))
    out: list[np.ndarray] = [np.empty(0)] * len(windows)
    at = 0
    while at < len(order):
        size = max(1, tokens // max(1, len(windows[order[min(at + 15, len(order) - 1)]].ids)))
        part = order[at : at + size]
        arrays = {k: torch.from_numpy(v) for k, v in collate([windows[i] for i in part], PAD).items()}
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            sent = model(**arrays)[0].float().numpy()
        for row, i in enumerate(part):
            out[i] = sent[row, : windows[i].n_sent]
        at += size
    return out


def validate(
    model: Reader, data: Data, items: list[Item], enc: Encoder, bf16: bool, limit: int = 700
) -> dict[str, float]:
    """Right sentence first on held-out titles, and AUROC gold passage against answer-free gold passage."""
    from sklearn.metrics import roc_auc_score

    items = items[:limit]
    wins: list[Encoded] = []
    owner: list[tuple[int, int]] = []
    for k, it in enumerate(items):
        sents = [data.texts[it.article][a:b] for a, b in data.sents[it.article]]
        rest = [s for i, s in enumerate(sents) if i not in it.gold and i not in it.spare]
        for kind, texts in ((0, sents), (1, rest)):
            for w in enc.windows(it.question, "", texts):
                wins.append(w)
                owner.append((k, kind))
    best: dict[tuple[int, int], tuple[float, int]] = {}
    for w, key, s in zip(wins, owner, predict(model, wins, bf16)):
        j = int(s.argmax())
        best[key] = max(best.get(key, (-1e9, -1)), (float(s[j]), j + w.first))
    hits = [best[(k, 0)][1] in it.gold for k, it in enumerate(items)]
    keys = [key for key in best if (key[0], 1) in best]
    auc = roc_auc_score([1 - k[1] for k in keys], [best[k][0] for k in keys])
    return {"hit": float(np.mean(hits)), "auroc_removed": float(auc), "n": float(len(items))}


def groups(model: Reader, lr: float, head_lr: float, decay: float) -> list[dict]:
    """Parameter groups: encoder and new heads, no decay for vectors."""
    fresh = ("span", "null", "mix", "cues", "match")
    out = []
    for is_head in (False, True):
        for is_vector in (False, True):
            params = [
                p for n, p in model.named_parameters() if n.startswith(fresh) == is_head and (p.ndim < 2) == is_vector
            ]
            out.append(
                {"params": params, "peak": head_lr if is_head else lr, "weight_decay": 0.0 if is_vector else decay}
            )
    return out


def train(args: argparse.Namespace) -> None:
    """The training loop."""
    random.seed(args.seed), np.random.seed(args.seed), torch.manual_seed(args.seed)
    torch.set_num_threads(args.threads)
    out = Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    data = load_data(Path(args.data))
    held = split_titles(data)
    train_items = [i for i in data.items if data.titles[i.article] not in held]
    valid_items = [i for i in data.items if data.titles[i.article] in held]
    random.Random(1).shuffle(valid_items)
    enc = Encoder(Path(args.base) / "tokenizer.json")
    allowed = {i for i, t in enumerate(data.titles) if t not in held}
    sampler = Sampler(data, train_items, enc, allowed, args.seed)
    model = Reader(drop=args.drop)
    model.load_base(Path(args.base))
    model.set_words(enc.tok, [data.texts[i] for i in sorted(allowed)])
    if args.init:
        model.load_state_dict(load_file(args.init))
    plan = [sampler.batches(args.first_share if e == 0 else args.neg_share, args.tokens) for e in range(args.epochs)]
    total = sum(len(p) for p in plan)
    opt = torch.optim.AdamW(groups(model, args.lr, args.head_lr, args.decay), lr=args.lr, betas=(0.9, 0.98), eps=1e-6)
    print(f"{len(train_items)} train, {len(valid_items)} valid ({sorted(held)}), {total} steps", flush=True)
    print("before", validate(model, data, valid_items, enc, False, 300), flush=True)
    step, began, seen, smooth = 0, time.time(), 0, 0.0
    for epoch, batches in enumerate(plan):
        for batch in batches:
            model.train()
            ratio = min(step / (args.warmup * total), (total - step) / ((1 - args.warmup) * total))
            for g in opt.param_groups:
                g["lr"] = g["peak"] * max(ratio, 0.0)
            loss = pair_loss(model, batch, args.bf16)
            opt.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            opt.step()
            step += 1
            seen += sum(len(p.pos.ids) + (len(p.neg.ids) if p.neg else 0) for p in batch)
            smooth = 0.98 * smooth + 0.02 * float(loss.detach())
            if step % 50 == 0:
                rate = seen / (time.time() - began)
                print(
                    f"{step}/{total} epoch {epoch} loss {smooth / (1 - 0.98**step):.3f} {rate:.0f} tok/s "
                    f"{(time.time() - began) / 60:.1f} min",
                    flush=True,
                )
            if step % args.every == 0 or step == total:
                print(step, validate(model, data, valid_items, enc, False, 300 if step < total else 10_000), flush=True)
                save_file({k: v.contiguous() for k, v in model.state_dict().items()}, out / "reader.safetensors")
            if args.stop and step >= args.stop:
                return


def main() -> None:
    """Command line."""
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--data", required=True)
    p.add_argument("--base", required=True)
    p.add_argument("--out", required=True)
    p.add_argument("--init", default="", help="start from this reader.safetensors")
    p.add_argument("--epochs", type=int, default=4)
    p.add_argument("--lr", type=float, default=1.5e-4)
    p.add_argument("--head-lr", type=float, default=1e-3)
    p.add_argument("--decay", type=float, default=0.01)
    p.add_argument("--drop", type=float, default=0.05)
    p.add_argument("--warmup", type=float, default=0.06)
    p.add_argument("--first-share", type=float, default=0.5, help="share of questions with a negative in epoch 1")
    p.add_argument("--neg-share", type=float, default=1.0)
    p.add_argument("--tokens", type=int, default=3200)
    p.add_argument("--every", type=int, default=250)
    p.add_argument("--stop", type=int, default=0, help="stop after this step (debug)")
    p.add_argument("--seed", type=int, default=7)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--bf16", action=argparse.BooleanOptionalAction, default=True)
    train(p.parse_args())


if __name__ == "__main__":
    main()
