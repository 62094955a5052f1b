"""Temporal stereo: how alike every lift cell, put at every depth, and the place where the previous frame saw that point are.

The same numbers as the `plane-sweep` stage (Collins 1996, CVPR, "A space-sweep approach to true multi-image matching"):
what stands still shows its depth by how it moved from frame to frame while the car did.
"""

from __future__ import annotations

from typing import Protocol

import numba
import numpy as np
import torch
from torch import Tensor

from .constants import DEPTH_BINS, IMAGE_SIZE, LIFT_SIZE, depth_centres

# Metres in front of a camera of the previous frame; nearer points are not looked up.
NEAREST = 0.5


class Rig(Protocol):
    """How the cameras of a frame stand: intrinsics [N,3,3] of the network image, poses [N,4,4] in ego axes, the ego's pose [4,4]."""

    intrinsics: np.ndarray
    ego_from_camera: np.ndarray
    world_from_ego: np.ndarray


def sweep_maps(current: Rig, previous: Rig) -> np.ndarray:
    """Where the lift cell (x, y) of camera n at depth d lies in camera m of the previous frame: f32 [N,M,3,4].

    maps[n,m] @ (d x, d y, d, 1) = (z u, z v, z): the cell (u, v) there, and its depth z in metres.
    """
    step = IMAGE_SIZE[0] / LIFT_SIZE[0]
    # Pixel centres have whole numbers, and so have cell centres.
    pixel_from_cell = np.array([[step, 0, step / 2 - 0.5], [0, step, step / 2 - 0.5], [0, 0, 1]])
    cell_from_pixel = np.linalg.inv(pixel_from_cell)
    motion = np.linalg.inv(previous.world_from_ego) @ current.world_from_ego
    maps = np.empty((len(current.intrinsics), len(previous.intrinsics), 3, 4), np.float32)
    for n, (own, placed) in enumerate(zip(current.intrinsics, current.ego_from_camera)):
        for m, (other, standing) in enumerate(zip(previous.intrinsics, previous.ego_from_camera)):
            moved = np.linalg.inv(standing) @ motion @ placed
            shown = cell_from_pixel @ other
            maps[n, m, :, :3] = shown @ moved[:3, :3] @ np.linalg.inv(own) @ pixel_from_cell
            maps[n, m, :, 3] = shown @ moved[:3, 3]
    return maps


@numba.njit(cache=True)
def _look_up(map_, dx, dy, d, width, height):
    """Cell and shares of its right and lower neighbours where the point is seen; the cell is -1 where it is not."""
    z = map_[2, 0] * dx + map_[2, 1] * dy + map_[2, 2] * d + map_[2, 3]
    if z <= np.float32(NEAREST):
        return -1, np.float32(0), np.float32(0)
    u = (map_[0, 0] * dx + map_[0, 1] * dy + map_[0, 2] * d + map_[0, 3]) / z
    v = (map_[1, 0] * dx + map_[1, 1] * dy + map_[1, 2] * d + map_[1, 3]) / z
    if not (u >= 0 and v >= 0 and u < width - 1 and v < height - 1):
        return -1, np.float32(0), np.float32(0)
    x, y = int(u), int(v)
    return y * width + x, u - np.float32(x), v - np.float32(y)


@numba.njit(cache=True, fastmath=True)
def _sweep(current, previous, maps, depths, out):
    cameras, height, width, channels = current.shape
    others = previous.shape[0]
    rows = previous.reshape(others, height * width, channels)
    for n in range(cameras):
        for y in range(height):
            for x in range(width):
                for k in range(len(depths)):
                    d = depths[k]
                    dx, dy = d * np.float32(x), d * np.float32(y)
                    total, seen = np.float32(0), np.float32(0)
                    for m in range(others):
                        cell, right, down = _look_up(maps[n, m], dx, dy, d, width, height)
                        if cell < 0:
                            continue
                        a, b = (1 - right) * (1 - down), right * (1 - down)
                        e, f = (1 - right) * down, right * down
                        alike = np.float32(0)
                        for c in range(channels):
                            value = a * rows[m, cell, c] + b * rows[m, cell + 1, c]
                            value += e * rows[m, cell + width, c] + f * rows[m, cell + width + 1, c]
                            alike += value * current[n, y, x, c]
                        total += alike
                        seen += 1
                    if seen > 0:
                        out[n, k, y, x] = total / seen


@numba.njit(cache=True, fastmath=True)
def _sweep_backward(current, previous, maps, depths, gradient, to_current, to_previous):
    cameras, height, width, channels = current.shape
    others = previous.shape[0]
    rows, targets = previous.reshape(others, height * width, channels), to_previous.reshape(others, height * width, channels)
    for n in range(cameras):
        for y in range(height):
            for x in range(width):
                for k in range(len(depths)):
                    g = gradient[n, k, y, x]
                    d = depths[k]
                    dx, dy = d * np.float32(x), d * np.float32(y)
                    seen = np.float32(0)
                    for m in range(others):
                        if _look_up(maps[n, m], dx, dy, d, width, height)[0] >= 0:
                            seen += 1
                    for m in range(others):
                        cell, right, down = _look_up(maps[n, m], dx, dy, d, width, height)
                        if cell < 0:
                            continue
                        a, b = (1 - right) * (1 - down) * g / seen, right * (1 - down) * g / seen
                        e, f = (1 - right) * down * g / seen, right * down * g / seen
                        for c in range(channels):
                            own = current[n, y, x, c]
                            value = a * rows[m, cell, c] + b * rows[m, cell + 1, c]
                            value += e * rows[m, cell + width, c] + f * rows[m, cell + width + 1, c]
                            to_current[n, y, x, c] += value
                            targets[m, cell, c] += a * own
                            targets[m, cell + 1, c] += b * own
                            targets[m, cell + width, c] += e * own
                            targets[m, cell + width + 1, c] += f * own


class _Sweep(torch.autograd.Function):
    @staticmethod
    def forward(context, current: Tensor, previous: Tensor, maps: Tensor) -> Tensor:
        context.save_for_backward(current, previous, maps)
        cameras, height, width, _ = current.shape
        out = np.zeros((cameras, DEPTH_BINS, height, width), np.float32)
        _sweep(current.detach().numpy(), previous.detach().numpy(), maps.numpy(), depth_centres(), out)
        return torch.from_numpy(out)

    @staticmethod
    def backward(context, gradient: Tensor) -> tuple[Tensor, Tensor, None]:
        current, previous, maps = context.saved_tensors
        sums = np.zeros(current.shape, np.float32), np.zeros(previous.shape, np.float32)
        _sweep_backward(current.numpy(), previous.numpy(), maps.numpy(), depth_centres(), gradient.contiguous().numpy(), *sums)
        return torch.from_numpy(sums[0]), torch.from_numpy(sums[1]), None


def plane_sweep(current: Tensor, previous: Tensor, maps: np.ndarray) -> Tensor:
    """Descriptors [N,h,w,C] of this frame and [M,h,w,C] of the previous one, `sweep_maps` [N,M,3,4] -> [N,D,h,w].

    The mean product over the cameras that saw the point, 0 where none did. Differentiable in both descriptors.
    """
    return _Sweep.apply(current.contiguous().cpu(), previous.contiguous().cpu(), torch.from_numpy(maps)).to(current.device)
