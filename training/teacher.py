"""The larger network that the reader learns from: all-mpnet-base-v2 with the reader's inputs and heads.

Its tokenizer has the reader's word pieces, four places further on, so both see the same tokens.
"""

import math
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from training.model import Network, Shape

MPNET = Shape(30527, 514, 768, 12, 12, 3072, 1e-5)
_SHIFT, _FIRST_PLACE = 4, 2
_MARKS = {101: 0, 102: 2, 0: 1}
"""The reader's [CLS], [SEP] and [PAD], and what MPNet has for them."""
_DISTANCES, _FURTHEST = 32, 128


class Teacher(Network):
    """Gives what `Network` gives, with five times its parameters."""

    def __init__(self, drop: float = 0.0) -> None:
        super().__init__(drop, MPNET)
        self.distance = nn.Embedding(_DISTANCES, MPNET.heads)

    def load_base(self, folder: Path) -> None:
        """Take the weights of all-mpnet-base-v2."""
        w = load_file(folder / "model.safetensors")
        with torch.no_grad():
            self.word.weight.copy_(w["embeddings.word_embeddings.weight"])
            self.pos.weight.copy_(w["embeddings.position_embeddings.weight"])
            self.segment.weight.zero_()
            self.match.weight.mul_(0.05)
            self.norm.weight.copy_(w["embeddings.LayerNorm.weight"])
            self.norm.bias.copy_(w["embeddings.LayerNorm.bias"])
            self.distance.weight.copy_(w["encoder.relative_attention_bias.weight"])
            for number, layer in enumerate(self.layers):
                for name, value in _layer(w, f"encoder.layer.{number}."):
                    layer.get_parameter(name).copy_(value)

    def _embedded(self, ids: Tensor) -> Tensor:
        theirs = ids + _SHIFT
        for ours, mark in _MARKS.items():
            theirs = torch.where(ids == ours, mark, theirs)
        places = torch.arange(ids.shape[1], device=ids.device) + _FIRST_PLACE
        return self.word(theirs) + self.pos(places) + self.segment.weight[0]  # type: ignore[no-any-return]

    def _bias(self, mask: Tensor) -> Tensor:
        distances = self.distance(_distance(mask.shape[1], mask.device)).permute(2, 0, 1)
        return super()._bias(mask) + distances.unsqueeze(0)


def _distance(length: int, device: torch.device) -> Tensor:
    """Return the class of the distance from each place to each other: exact when near, coarser further away."""
    places = torch.arange(length, device=device)
    behind = places[:, None] - places[None, :]
    half = _DISTANCES // 2
    near = half // 2
    far = near + (
        torch.log(behind.abs().clamp(min=1) / near) / math.log(_FURTHEST / near) * (half - near)
    ).long().clamp(max=half - near - 1)
    return torch.where(behind.abs() < near, behind.abs(), far) + (behind < 0) * half


def _layer(w: dict[str, Tensor], prefix: str) -> list[tuple[str, Tensor]]:
    """Return the parameters of a layer by our names."""
    named = {"proj": "attention.attn.o", "norm1": "attention.LayerNorm", "up": "intermediate.dense",
             "down": "output.dense", "norm2": "output.LayerNorm"}  # fmt: skip
    kinds = ("weight", "bias")
    found = [(f"{ours}.{kind}", w[f"{prefix}{theirs}.{kind}"]) for ours, theirs in named.items() for kind in kinds]
    return found + [
        (f"qkv.{kind}", torch.cat([w[f"{prefix}attention.attn.{part}.{kind}"] for part in "qkv"])) for kind in kinds
    ]
