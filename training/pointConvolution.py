"""1x1 convolutions that are products of matrices while training: PyTorch's own are slow for one frame on one CPU thread."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def convolve_points(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """x [N,C,h,w] (channels last in memory is fastest), weight [O,C,1,1], bias [O] -> [N,O,h,w]."""
    if not torch.is_grad_enabled():
        return F.conv2d(x, weight, bias)
    return F.linear(x.permute(0, 2, 3, 1), weight.flatten(1), bias).permute(0, 3, 1, 2)


class PointConvolution(nn.Conv2d):
    """A 1x1 convolution with the weights and name of `nn.Conv2d`."""

    def __init__(self, inputs: int, outputs: int, bias: bool = True):
        super().__init__(inputs, outputs, 1, bias=bias)

    def forward(self, x: Tensor) -> Tensor:
        return convolve_points(x, self.weight, self.bias)
