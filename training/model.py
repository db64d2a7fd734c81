"""The reader's network: MiniLM that reads a question with a passage, exact matches marked, and its four heads."""

import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn

from training.lexical import STOP_WORDS, stem, words
from training.rounded import Rounded

PIECES = 30522
"""Word pieces of the tokenizer."""
NOWHERE = -1e4
_SHORTEST_PIECE = 3


class Shape(NamedTuple):
    """How large a network is."""

    vocabulary: int
    positions: int
    width: int
    layers: int
    heads: int
    hidden: int
    epsilon: float


MINILM = Shape(PIECES, 512, 384, 6, 12, 1536, 1e-12)


class Logits(NamedTuple):
    """What the network says of B windows. 0 is "this passage does not answer" for sentences, starts and ends."""

    sentences: Tensor
    """(B, S)"""
    answerable: Tensor
    """(B,)"""
    starts: Tensor
    """(B, T)"""
    ends: Tensor
    """(B, T)"""


class Layer(nn.Module):
    """One BERT layer: attention and a feed-forward net, each added and then normed."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        width, self._heads = shape.width, shape.heads
        self.qkv, self.proj = Rounded(width, 3 * width), Rounded(width, width)
        self.up, self.down = Rounded(width, shape.hidden), nn.Linear(shape.hidden, width)
        self.norm1, self.norm2 = nn.LayerNorm(width, eps=shape.epsilon), nn.LayerNorm(width, eps=shape.epsilon)

    def forward(self, x: Tensor, bias: Tensor, drop: float) -> Tensor:
        """Return the next states; `bias` is added to the attention scores."""
        batch, length, width = x.shape
        parts = self.qkv(x).view(batch, length, 3, self._heads, width // self._heads).permute(2, 0, 3, 1, 4)
        q, k, v = parts[0], parts[1], parts[2]
        scores = q @ k.transpose(-1, -2) * (width // self._heads) ** -0.5 + bias.to(q.dtype)
        attended = scores.softmax(-1, dtype=q.dtype).to(v.dtype) @ v
        x = self.norm1(x + self._dropped(self.proj(attended.transpose(1, 2).reshape(batch, length, width)), drop))
        return self.norm2(x + self._dropped(self.down(F.gelu(self.up(x))), drop))  # type: ignore[no-any-return]

    def _dropped(self, x: Tensor, drop: float) -> Tensor:
        """Apply dropout with one mask for a whole sequence, which is cheap on a CPU."""
        return x * F.dropout(torch.ones_like(x[:, :1]), drop) if self.training and drop else x


class Network(nn.Module):
    """Gives every sentence, the passage, and every token as start or end of the answer, a logit."""

    stems: Tensor
    idf: Tensor

    def __init__(self, drop: float = 0.0, shape: Shape = MINILM) -> None:
        super().__init__()
        width = shape.width
        self.word, self.pos = nn.Embedding(shape.vocabulary, width), nn.Embedding(shape.positions, width)
        self.segment = nn.Embedding(2, width)
        self.match = nn.Linear(2, width, bias=False)
        self.norm = nn.LayerNorm(width, eps=shape.epsilon)
        self.layers = nn.ModuleList([Layer(shape) for _ in range(shape.layers)])
        self.span, self.null = nn.Linear(width, 3), nn.Linear(width, 2)
        self.mix = nn.Sequential(nn.Linear(4 * width + 4, 256), nn.GELU(), nn.Linear(256, 1))
        self.cues = nn.Parameter(torch.tensor([3.0, 1.0, 0.0, 0.3]))
        self.answer = nn.Sequential(nn.Linear(4 * width + 3, 128), nn.GELU(), nn.Linear(128, 1))
        self.answer_cues = nn.Parameter(torch.tensor([0.5, 0.0, 0.0]))
        nn.init.zeros_(self.answer[2].get_parameter("weight"))  # it begins as the sentences' own opinion
        self.register_buffer("stems", torch.zeros(PIECES, dtype=torch.int32))
        self.register_buffer("idf", torch.zeros(PIECES))
        self.drop = drop

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor, sentence_mask: Tensor
    ) -> Logits:
        """Return the logits of windows. The inputs are those of `training.encode.collate`."""
        mask, passage = attention_mask.float(), token_type_ids.float()
        stems, idf = self.stems[input_ids], self.idf[input_ids]
        same = (stems.unsqueeze(1) == stems.unsqueeze(2)) & (stems > 0).unsqueeze(1)
        across = (passage.unsqueeze(1) != passage.unsqueeze(2)).float()
        matches = same.float() * across * mask.unsqueeze(1) * mask.unsqueeze(2)
        hit = matches.amax(-1)
        x = (
            self.word(input_ids)
            + self.pos(torch.arange(input_ids.shape[1], device=input_ids.device))
            + self.segment.weight[0]
        )
        x = x + self.match(torch.stack([hit, hit * idf], -1)) + passage.unsqueeze(-1) * self.segment.weight[1]
        x = self.norm(x)
        bias = ((1 - mask) * NOWHERE)[:, None, None, :]
        for layer in self.layers:
            x = layer(x, bias, self.drop)
        with torch.autocast(x.device.type, enabled=False):
            question = mask * (1 - passage)
            content = question * (stems > 0).float() * idf
            return self._heads(x.float(), question, sentence_mask, matches, content)

    def round(self, on: bool) -> None:
        """Compute as the exported network does, or not."""
        for module in self.modules():
            if isinstance(module, Rounded):
                module.rounding = on

    def _embedded(self, ids: Tensor) -> Tensor:
        """Return the states of pieces at their places, (B, T, width)."""
        places = torch.arange(ids.shape[1], device=ids.device)
        return self.word(ids) + self.pos(places) + self.segment.weight[0]  # type: ignore[no-any-return]

    def _bias(self, mask: Tensor) -> Tensor:
        """Return what is added to the attention scores, for (B, heads, T, T)."""
        return ((1 - mask) * NOWHERE)[:, None, None, :]

    def _heads(self, x: Tensor, question: Tensor, sentences: Tensor, matches: Tensor, content: Tensor) -> Logits:
        asked = (x * question.unsqueeze(-1)).sum(1) / question.sum(1, keepdim=True)
        size = sentences.sum(-1, keepdim=True).clamp(min=1)
        mean = sentences @ x / size
        start, end, gate = self.span(x).unbind(-1)
        null = self.null(x[:, 0])
        start, end = start - null[:, :1], end - null[:, 1:]
        outside = (1 - sentences) * NOWHERE
        pooled = (gate.unsqueeze(1) + outside).softmax(-1) @ x
        cos = F.cosine_similarity(asked.unsqueeze(1), mean, dim=-1)
        covered = (((sentences @ matches) > 0).float() @ content.unsqueeze(-1)).squeeze(-1)
        overlap = covered / content.sum(1, keepdim=True).clamp(min=1.0)
        best = (start.unsqueeze(1) + outside).amax(-1) + (end.unsqueeze(1) + outside).amax(-1)
        cues = torch.stack([cos, overlap, torch.log(size.squeeze(-1)), best.clamp(min=-30.0, max=30.0)], -1)
        states = torch.cat([pooled, mean, asked.unsqueeze(1) * pooled, x[:, :1].expand_as(mean), cues], -1)
        exists = (sentences.sum(-1) > 0).float()
        logits = self.mix(states).squeeze(-1) + (cues * self.cues).sum(-1) + (1 - exists) * NOWHERE
        return Logits(logits, self._answerable(x, asked, pooled, logits, cues), start, end)

    def _answerable(self, x: Tensor, asked: Tensor, pooled: Tensor, logits: Tensor, cues: Tensor) -> Tensor:
        """Return whether the passage answers, from its best sentences and the state of the whole."""
        weight = logits.softmax(-1).unsqueeze(1)
        found = (weight @ pooled).squeeze(1)
        own = torch.stack(
            [torch.logsumexp(logits, -1), (weight @ cues[..., 3:]).flatten(), (weight @ cues[..., 1:2]).flatten()], -1
        )
        deep = self.answer(torch.cat([found, asked, found * asked, x[:, 0], own], -1)).squeeze(-1)
        return deep + (own * self.answer_cues).sum(-1)  # type: ignore[no-any-return]

    def load(self, file: Path) -> None:
        """Take the weights of a file; the head that older files do not have stays as it is."""
        missing, unknown = self.load_state_dict(load_file(file), strict=False)
        if unknown or any(not name.startswith("answer") for name in missing):
            raise ValueError(f"{file} holds other weights than the reader's: {missing} {unknown}")

    def load_base(self, folder: Path) -> None:
        """Take the weights of all-MiniLM-L6-v2."""
        w = {name.removeprefix("bert."): value for name, value in load_file(folder / "model.safetensors").items()}
        with torch.no_grad():
            self.word.weight.copy_(w["embeddings.word_embeddings.weight"])
            self.pos.weight.copy_(w["embeddings.position_embeddings.weight"])
            self.segment.weight[0].copy_(w["embeddings.token_type_embeddings.weight"][0])
            self.segment.weight[1].zero_()
            self.match.weight.mul_(0.1)
            self.norm.weight.copy_(w["embeddings.LayerNorm.weight"])
            self.norm.bias.copy_(w["embeddings.LayerNorm.bias"])
            for number, layer in enumerate(self.layers):
                for name, value in _layer(w, f"encoder.layer.{number}."):
                    layer.get_parameter(name).copy_(value)

    def set_words(self, tokenizer: Tokenizer, texts: Sequence[str]) -> None:
        """Fill the tables of stems and idf, which the exact matches use."""
        frequency = Counter(word for text in texts for word in set(words(text)))
        numbers: dict[str, int] = {}
        for piece, id_ in tokenizer.get_vocab().items():
            word = piece.removeprefix("##")
            short = piece.startswith("##") and len(word) < _SHORTEST_PIECE
            if piece.startswith("[") or word in STOP_WORDS or not word.isalnum() or short:
                continue
            key = stem(word)
            self.stems[id_] = numbers.setdefault(key, len(numbers) + 1)
            self.idf[id_] = math.log(1 + len(texts) / (1 + frequency[key])) / math.log(1 + len(texts))


def _layer(w: dict[str, Tensor], prefix: str) -> list[tuple[str, Tensor]]:
    """Return the parameters of a layer by our names."""
    named = {"proj": "attention.output.dense", "norm1": "attention.output.LayerNorm", "up": "intermediate.dense",
             "down": "output.dense", "norm2": "output.LayerNorm"}  # fmt: skip
    found = [
        (f"{ours}.{kind}", w[f"{prefix}{theirs}.{kind}"])
        for ours, theirs in named.items()
        for kind in ("weight", "bias")
    ]
    for kind in ("weight", "bias"):
        parts = [w[f"{prefix}attention.self.{part}.{kind}"] for part in ("query", "key", "value")]
        found.append((f"qkv.{kind}", torch.cat(parts)))
    return found
