"""Image encoder: street segmentation with the ESPNetv2 topology (Mehta et al. 2019, arXiv 1811.11431), written from the paper.

Parameter names follow the published checkpoint so that the start weights load strictly.
Input f32 [N,3,H,W] (RGB/255, ImageNet normalised), output class logits f32 [N,23,H/2,W/2] in the order of IMAGE_CLASSES.
The published decoder squeezes everything through ten channels; three thin outputs of our own let the levels speak past it.
"""

from __future__ import annotations

import math
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .constants import CITYSCAPES_KIN, IMAGE_CLASSES
from .resample import pool_to, resize_bilinear

CLASS_COUNT = len(IMAGE_CLASSES)
# The last layer of the published decoder, one row per class.
_OUTPUT = "bu_dec_l4.merge_layer.3"
_WIDTHS = (32, 128, 256, 512)
SECOND_LEVEL_CHANNELS = _WIDTHS[1]
# Largest receptive field (pixels) of the dilated branches in each level of the pyramid.
_LIMITS = {"level2_0": 13, "level3_0": 11, "level3": 9, "level4_0": 9, "level4": 7}
_PYRAMID_SCALES = (2.0, 1.5, 1.0, 0.5, 0.1)


def _conv(inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1, dilation: int = 1, bias: bool = False) -> nn.Conv2d:
    padding = dilation * (kernel - 1) // 2
    return nn.Conv2d(inputs, outputs, kernel, stride, padding, dilation, groups, bias)


class ConvNormAct(nn.Module):
    """Convolution, batch norm and optionally PReLU; attribute names as in the encoder half of the checkpoint."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1, act: bool = True):
        super().__init__()
        self.conv = _conv(inputs, outputs, kernel, stride, groups)
        self.bn = nn.BatchNorm2d(outputs)
        if act:
            self.act = nn.PReLU(outputs)
        self.has_act = act

    def forward(self, x: Tensor) -> Tensor:
        x = self.bn(self.conv(x))
        return self.act(x) if self.has_act else x


class NormAct(nn.Module):
    def __init__(self, channels: int):
        super().__init__()
        self.bn = nn.BatchNorm2d(channels)
        self.act = nn.PReLU(channels)

    def forward(self, x: Tensor) -> Tensor:
        return self.act(self.bn(x))


class Bare(nn.Module):
    """A lone convolution under the name `conv`."""

    def __init__(self, conv: nn.Conv2d):
        super().__init__()
        self.conv = conv

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x)


class DilatedPyramidUnit(nn.Module):
    """EESP unit: reduce, four depth-wise dilated branches summed hierarchically, expand in groups."""

    def __init__(self, inputs: int, outputs: int, stride: int, limit: int, branches: int = 4):
        super().__init__()
        width = outputs // branches
        sizes = sorted(size if (size := 3 + 2 * k) <= limit else 3 for k in range(branches))
        self.proj_1x1 = ConvNormAct(inputs, width, 1, groups=branches)
        self.spp_dw = nn.ModuleList(
            Bare(_conv(width, width, 3, stride, groups=width, dilation=(size - 1) // 2)) for size in sizes
        )
        self.conv_1x1_exp = ConvNormAct(outputs, outputs, 1, groups=branches, act=False)
        self.br_after_cat = NormAct(outputs)
        self.module_act = nn.PReLU(outputs)
        self.down = stride == 2

    def forward(self, x: Tensor) -> Tensor:
        reduced = self.proj_1x1(x)
        sums = [self.spp_dw[0](reduced)]
        for branch in self.spp_dw[1:]:
            sums.append(branch(reduced) + sums[-1])
        expanded = self.conv_1x1_exp(self.br_after_cat(torch.cat(sums, 1)))
        if self.down:
            # The activation is applied after the shortcut has been joined.
            return expanded
        return self.module_act(expanded + x)


class DownUnit(nn.Module):
    """Strided EESP unit beside an average pool, plus a long-range shortcut from the image."""

    def __init__(self, inputs: int, outputs: int, limit: int):
        super().__init__()
        self.eesp = DilatedPyramidUnit(inputs, outputs - inputs, 2, limit)
        self.inp_reinf = nn.Sequential(ConvNormAct(3, 3, 3), ConvNormAct(3, outputs, 1, act=False))
        self.act = nn.PReLU(outputs)

    def forward(self, x: Tensor, image: Tensor) -> Tensor:
        joined = torch.cat([F.avg_pool2d(x, 3, 2, 1), self.eesp(x)], 1)
        while image.shape[2] > joined.shape[2]:
            image = F.avg_pool2d(image, 3, 2, 1)
        return self.act(joined + self.inp_reinf(image))


class EncoderHalf(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        w1, w2, w3, w4 = _WIDTHS
        self.level1 = ConvNormAct(3, w1, 3, stride=2)
        self.level2_0 = DownUnit(w1, w2, _LIMITS["level2_0"])
        self.level3_0 = DownUnit(w2, w3, _LIMITS["level3_0"])
        self.level3 = nn.ModuleList(DilatedPyramidUnit(w3, w3, 1, _LIMITS["level3"]) for _ in range(3))
        self.level4_0 = DownUnit(w3, w4, _LIMITS["level4_0"])
        self.level4 = nn.ModuleList(DilatedPyramidUnit(w4, w4, 1, _LIMITS["level4"]) for _ in range(7))

    def forward(self, image: Tensor) -> list[Tensor]:
        one, two = self.begin(image)
        three = self.level3_0(two, image)
        for unit in self.level3:
            three = unit(three)
        four = self.level4_0(three, image)
        for unit in self.level4:
            four = unit(four)
        return [one, two, three, four]

    def begin(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """The first two levels, which training leaves as they are."""
        one = self.level1(image)
        return one, self.level2_0(one, image)


class Named(nn.Module):
    """A sequence stored under one attribute name (`cbr` or `br`), as in the decoder half of the checkpoint."""

    def __init__(self, name: str, *layers: nn.Module):
        super().__init__()
        self.name = name
        self.add_module(name, nn.Sequential(*layers))

    def forward(self, x: Tensor) -> Tensor:
        return getattr(self, self.name)(x)


def _norm_act(channels: int) -> list[nn.Module]:
    return [nn.BatchNorm2d(channels), nn.PReLU(channels)]


class Interleave(nn.Module):
    """Reorders channels from [group, k] to [k, group]."""

    def __init__(self, groups: int):
        super().__init__()
        self.groups = groups

    def forward(self, x: Tensor) -> Tensor:
        n, c, h, w = x.shape
        return x.reshape(n, self.groups, c // self.groups, h, w).transpose(1, 2).reshape(n, c, h, w)


class PyramidPool(nn.Module):
    """Efficient pyramid pooling: depth-wise filters at five scales, merged by grouped convolution."""

    def __init__(self, inputs: int, width: int, outputs: int, last: bool):
        super().__init__()
        self.projection_layer = Named("cbr", _conv(inputs, width, 1), *_norm_act(width))
        self.stages = nn.ModuleList(_conv(width, width, 3, groups=width) for _ in _PYRAMID_SCALES)
        count = len(_PYRAMID_SCALES)
        self.merge_layer = nn.Sequential(
            Named("br", *_norm_act(width * count)),
            Interleave(count),
            Named("cbr", _conv(width * count, width, 3, groups=width), *_norm_act(width)),
            _conv(width, outputs, 1, bias=last),
        )
        if not last:
            self.br = Named("br", *_norm_act(outputs))
        self.last = last

    def forward(self, x: Tensor) -> Tensor:
        x = self.projection_layer(x)
        height, width = x.shape[2:]
        outputs = []
        for scale, stage in zip(_PYRAMID_SCALES, self.stages):
            size = (max(math.ceil(height * scale), 5), max(math.ceil(width * scale), 5))
            if scale < 1:
                outputs.append(resize_bilinear(stage(pool_to(x, size)), (height, width)))
            elif scale > 1:
                outputs.append(pool_to(stage(resize_bilinear(x, size)), (height, width)))
            else:
                outputs.append(stage(x))
        merged = self.merge_layer(torch.cat(outputs, 1))
        return merged if self.last else self.br(merged)


class SkipGate(nn.Module):
    """Brings an encoder level to the decoder's width, weighted per channel by its global mean."""

    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        self.wt_layer = nn.Sequential(nn.AdaptiveAvgPool2d(1), _conv(inputs, outputs, 1), nn.Sigmoid())
        self.expansion_layer = Named(
            "cbr", _conv(inputs, outputs, 3, groups=math.gcd(inputs, outputs)), *_norm_act(outputs)
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.expansion_layer(x) * self.wt_layer(x)


class StreetEncoder(nn.Module):
    """The whole segmentation network; logits at half the input size."""

    def __init__(self) -> None:
        super().__init__()
        w1, w2, w3, w4 = _WIDTHS
        d1, d2, d3, d4 = 64, 48, 32, CLASS_COUNT
        self.base_net = EncoderHalf()
        self.bu_dec_l1 = PyramidPool(w4, 10, d1, last=False)
        self.bu_dec_l2 = PyramidPool(d1, 10, d2, last=False)
        self.bu_dec_l3 = PyramidPool(d2, 10, d3, last=False)
        self.bu_dec_l4 = PyramidPool(d3, 10, d4, last=True)
        self.merge_enc_dec_l2 = SkipGate(w3, d1)
        self.merge_enc_dec_l3 = SkipGate(w2, d2)
        self.merge_enc_dec_l4 = SkipGate(w1, d3)
        self.bu_br_l2 = nn.Sequential(*_norm_act(d1))
        self.bu_br_l3 = nn.Sequential(*_norm_act(d2))
        self.bu_br_l4 = nn.Sequential(*_norm_act(d3))
        self.say_coarse, self.say_middle, self.say_fine = _conv(w4, d4, 1), _conv(w3, d4, 1), _conv(d3, d4, 1, bias=True)
        # Layers that the published network does not have: they say nothing until they are trained.
        for layer in (self.say_coarse, self.say_middle, self.say_fine):
            for parameter in layer.parameters():
                nn.init.zeros_(parameter)

    def forward(self, image: Tensor) -> Tensor:
        return self.see(image)[0]

    def see(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Class logits, and the second level f32 [N,128,H/4,W/4]."""
        one, two, three, four = self.base_net(image)
        x = self.bu_dec_l1(four)
        steps = (
            (self.merge_enc_dec_l2, three, self.bu_br_l2, self.bu_dec_l2),
            (self.merge_enc_dec_l3, two, self.bu_br_l3, self.bu_dec_l3),
            (self.merge_enc_dec_l4, one, self.bu_br_l4, self.bu_dec_l4),
        )
        for gate, skip, norm, decode in steps:
            x = resize_bilinear(x, (skip.shape[2], skip.shape[3]))
            last = norm(x + gate(skip))
            x = decode(last)
        said = self.say_middle(three) + resize_bilinear(self.say_coarse(four), (three.shape[2], three.shape[3]))
        return x + self.say_fine(last) + resize_bilinear(said, (x.shape[2], x.shape[3])), two


def load_start_encoder(path: Path) -> StreetEncoder:
    """Reads the published start weights strictly; raises when a key or a shape differs. New classes start as their kin."""
    encoder = StreetEncoder()
    state = torch.load(path, map_location="cpu", weights_only=True)
    for part in ("weight", "bias"):
        state[f"{_OUTPUT}.{part}"] = state[f"{_OUTPUT}.{part}"][list(CITYSCAPES_KIN)]
    own = encoder.state_dict()
    for key in own:
        # Old checkpoints do not count batches; the counter is unused.
        if key.endswith("num_batches_tracked") or key.startswith("say_"):
            state.setdefault(key, own[key])
    encoder.load_state_dict(state, strict=True)
    return encoder.eval()
