"""Resampling to a fixed size; pooling either by PyTorch (training) or by constant matrices and convolutions (export).

Adaptive pooling to sizes that do not divide has no ONNX operator; as a separable linear map it is two matrix products, or, from three
to two, a strided convolution whose four outputs are interleaved.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

_state = {"matrices": False}


class exporting:
    """Within this context pooling to sizes that do not divide uses matrix products."""

    def __enter__(self) -> None:
        _state["matrices"] = True

    def __exit__(self, *_: object) -> None:
        _state["matrices"] = False


# Made on a plain forward pass before tracing, so that the trace sees constants.
_matrices: dict[tuple, Tensor] = {}


def _rows(function, length: int, size: int) -> Tensor:
    """[size, length] matrix of a linear resampling along one axis."""
    key = (function, length, size)
    if key not in _matrices:
        eye = torch.eye(length).reshape(1, length, length, 1)
        _matrices[key] = function(eye, (size, 1)).reshape(length, size).t().contiguous()
    return _matrices[key]


def resize_bilinear(x: Tensor, size: tuple[int, int]) -> Tensor:
    """Bilinear resize of [N,C,h,w] with aligned corners."""
    return F.interpolate(x, (int(size[0]), int(size[1])), mode="bilinear", align_corners=True)


_halves = torch.tensor([[0.5, 0.5, 0], [0, 0.5, 0.5]])
_HALVES_OF_THREE = torch.einsum("ai,bj->abij", _halves, _halves).reshape(4, 1, 3, 3).contiguous()


def _three_to_two(x: Tensor) -> Tensor:
    """Three rows and columns to two: the first two are averaged, and the last two; about a fiftieth of the arithmetic of the matrices."""
    count, channels, height, width = (int(n) for n in x.shape)
    phases = F.conv2d(x.reshape(count * channels, 1, height, width), _HALVES_OF_THREE, stride=3)
    return F.pixel_shuffle(phases, 2).reshape(count, channels, height // 3 * 2, width // 3 * 2)


def pool_to(x: Tensor, size: tuple[int, int]) -> Tensor:
    """Adaptive average pooling of [N,C,h,w]."""
    height, width = int(x.shape[2]), int(x.shape[3])
    if height % size[0] == 0 and width % size[1] == 0:
        return F.avg_pool2d(x, (height // size[0], width // size[1]))
    if not _state["matrices"]:
        return F.adaptive_avg_pool2d(x, size)
    if height * 2 == size[0] * 3 and width * 2 == size[1] * 3:
        return _three_to_two(x)
    down = _rows(F.adaptive_avg_pool2d, height, int(size[0]))
    across = _rows(F.adaptive_avg_pool2d, width, int(size[1])).t().contiguous()
    return torch.matmul(down, torch.matmul(x, across))
