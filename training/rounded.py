"""A linear layer that can compute as the exported reader does: in seven and eight bits."""

import torch.nn.functional as F
from torch import Tensor, nn

_WEIGHTS, _INPUTS = 63, 255
"""Steps of a weight to either side, and of the inputs: those of the export (`reduce_range`, dynamic uint8)."""


class Rounded(nn.Linear):
    """A linear layer. While `rounding` is true its weights and inputs are rounded, and gradients pass as if they were not."""

    rounding = False

    def forward(self, x: Tensor) -> Tensor:
        """Return the product."""
        return F.linear(_inputs(x), _weights(self.weight), self.bias) if self.rounding else super().forward(x)


def _weights(weight: Tensor) -> Tensor:
    """Return the weights, rounded with a scale for each output."""
    scale = weight.detach().abs().amax(1, keepdim=True).clamp(min=1e-8) / _WEIGHTS
    return weight + ((weight / scale).round() * scale - weight).detach()


def _inputs(x: Tensor) -> Tensor:
    """Return the inputs, rounded between the least and the greatest of the batch."""
    values = x.detach().float()
    low, high = values.amin().clamp(max=0), values.amax().clamp(min=0)
    step = (high - low).clamp(min=1e-8) / _INPUTS
    return x + (((values - low) / step).round() * step + low - values).to(x.dtype)
