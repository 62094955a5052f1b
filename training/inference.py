"""The encoder as plain operators that every ONNX backend has."""

from __future__ import annotations

import copy
from collections.abc import Callable

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


def ungroup(conv: nn.Conv2d) -> nn.Conv2d:
    """The same convolution with one group and zeros between the former groups.

    ONNX Runtime Web 1.30 on WebGPU computes four neighbouring output channels with the group of the first of them,
    which is wrong where a group's channels are no multiple of four.
    """
    dense = nn.Conv2d(
        conv.in_channels, conv.out_channels, conv.kernel_size, conv.stride, conv.padding, conv.dilation, bias=conv.bias is not None
    )
    inputs, outputs = conv.in_channels // conv.groups, conv.out_channels // conv.groups
    with torch.no_grad():
        dense.weight.zero_()
        for k in range(conv.groups):
            rows = slice(k * outputs, (k + 1) * outputs)
            dense.weight[rows, k * inputs : (k + 1) * inputs] = conv.weight[rows]
        if conv.bias is not None:
            dense.bias.copy_(conv.bias)
    return dense


def _crosses_groups(conv: nn.Conv2d) -> bool:
    outputs = conv.out_channels // conv.groups
    return conv.groups > 1 and outputs >= 4 and outputs % 4 != 0


def spelled_softmax(x: Tensor) -> Tensor:
    """Softmax over channels from plain operators: ONNX Runtime Web's own is wrong on WebGPU past 65,535 rows."""
    shifted = torch.exp(x - x.amax(1, keepdim=True))
    return shifted / shifted.sum(1, keepdim=True)


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
            elif isinstance(child, nn.Conv2d) and _crosses_groups(child):
                setattr(module, name, ungroup(child))
    return plain


def begin_encoder(encoder: StreetEncoder) -> Callable[[Tensor], Tensor]:
    """The encoder up to its second level, without gradients: normalised images [N,3,H,W] -> [N,128,H/4,W/4]."""
    half = plain_encoder(encoder).base_net.to(memory_format=torch.channels_last)

    def begin(images: Tensor) -> Tensor:
        with torch.no_grad():
            return half.begin(images.contiguous(memory_format=torch.channels_last))[1]

    return begin
