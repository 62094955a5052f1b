"""The encoder as plain operators that every ONNX backend has."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from .encoder import ConvNormAct, Named, StreetEncoder


class PlainSlope(nn.Module):
    """PReLU from operators that every GPU backend has: a*x + (1-a)*relu(x)."""

    def __init__(self, source: nn.PReLU):
        super().__init__()
        slope = source.weight.detach().reshape(1, -1, 1, 1)
        self.register_buffer("slope", slope)
        self.register_buffer("rest", 1 - slope)

    def forward(self, x: Tensor) -> Tensor:
        return x * self.slope + torch.relu(x) * self.rest


class PlainNorm(nn.Module):
    """A batch norm that follows no convolution, as scale and shift."""

    def __init__(self, source: nn.BatchNorm2d):
        super().__init__()
        scale = source.weight / torch.sqrt(source.running_var + source.eps)
        self.register_buffer("scale", scale.detach().reshape(1, -1, 1, 1))
        self.register_buffer("shift", (source.bias - source.running_mean * scale).detach().reshape(1, -1, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        return x * self.scale + self.shift


def plain_encoder(encoder: StreetEncoder) -> StreetEncoder:
    """A copy with norms folded into convolutions and PReLU spelled out."""
    plain = copy.deepcopy(encoder).eval()
    for module in list(plain.modules()):
        if isinstance(module, ConvNormAct):
            module.conv, module.bn = fuse_conv_bn_eval(module.conv, module.bn), nn.Identity()
        elif isinstance(module, Named) and module.name == "cbr":
            module.cbr[0], module.cbr[1] = fuse_conv_bn_eval(module.cbr[0], module.cbr[1]), nn.Identity()
    for module in list(plain.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, nn.PReLU):
                setattr(module, name, PlainSlope(child))
            elif isinstance(child, nn.BatchNorm2d):
                setattr(module, name, PlainNorm(child))
    return plain
