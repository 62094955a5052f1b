"""Voxel pooling: the same sum as the `voxel-pool` stage (pixels 'centres', index 'floor', filling 'nearest')."""

from __future__ import annotations

import numba
import numpy as np
import torch
from torch import Tensor

from .constants import COMMITMENT, GRID_LOWER, LIFT_GRID, LIFT_SIZE, LIFT_VOXEL, depth_centres
from .geometry import pixel_rays


def pool_voxels(depth: Tensor, context: Tensor, voxels: Tensor, size: tuple[int, int, int] = LIFT_GRID) -> Tensor:
    """Differentiable lift of one frame.

    depth [N,D,h,w], context [N,C,h,w], voxels i64 [N,D,h,w] (-1 = outside) -> [nz*C,ny,nx], channel = z*C + c.
    """
    channels = context.shape[1]
    weights = depth.reshape(-1)
    index = voxels.reshape(-1)
    keep = torch.nonzero((index >= 0) & (weights > 0))[:, 0]
    pixel_count = depth.shape[2] * depth.shape[3]
    pixels = torch.arange(depth.shape[0], device=depth.device)[:, None] * pixel_count + torch.arange(pixel_count, device=depth.device)
    pixels = pixels[:, None].expand(-1, depth.shape[1], -1).reshape(-1)
    rows = context.permute(0, 2, 3, 1).reshape(-1, channels)
    values = rows[pixels[keep]] * weights[keep, None]
    nx, ny, nz = size
    out = torch.zeros(nz * ny * nx, channels, device=depth.device, dtype=values.dtype).index_add_(0, index[keep], values)
    return out.reshape(nz, ny, nx, channels).permute(0, 3, 1, 2).reshape(nz * channels, ny, nx)


@numba.njit(cache=True)
def _accumulate(depth, context, rays, origins, depths, lower, cell, size, out):
    cameras, bins, height, width = depth.shape
    channels = context.shape[3]
    for n in range(cameras):
        for y in range(height):
            for x in range(width):
                for d in range(bins):
                    weight = depth[n, d, y, x]
                    if weight < 1e-4:
                        continue
                    i = int(np.floor((depths[d] * rays[n, y, x, 0] + origins[n, 0] - lower[0]) / cell[0]))
                    j = int(np.floor((depths[d] * rays[n, y, x, 1] + origins[n, 1] - lower[1]) / cell[1]))
                    k = int(np.floor((depths[d] * rays[n, y, x, 2] + origins[n, 2] - lower[2]) / cell[2]))
                    if i < 0 or j < 0 or k < 0 or i >= size[0] or j >= size[1] or k >= size[2]:
                        continue
                    row = ((j * size[0] + i) * size[2] + k) * channels
                    for c in range(channels):
                        out[row + c] += weight * context[n, y, x, c]


@numba.njit(cache=True)
def commit_depth_fast(depth):
    """`commit_depth` of depthNet.py for one frame, f32 [N,D,h,w], without gradients."""
    cameras, bins, height, width = depth.shape
    out = np.empty_like(depth)
    for n in range(cameras):
        for y in range(height):
            column = np.empty((bins + 2, width), np.float32)
            column[0], column[-1] = 0, 0
            column[1:-1] = depth[n, :, y]
            near = column[:-2] + np.float32(2) * column[1:-1] + column[2:]
            for x in range(width):
                most, total, mass = np.float32(1e-6), np.float32(0), np.float32(0)
                for d in range(bins):
                    most = max(most, near[d, x])
                    total += column[d + 1, x]
                for d in range(bins):
                    share = near[d, x] / most
                    for _ in range(COMMITMENT):
                        share *= share
                    near[d, x] = share
                    mass += share
                out[n, :, y, x] = near[:, x] * (total / max(mass, np.float32(1e-6)))
    return out


def pool_voxels_fast(
    depth: np.ndarray, context: np.ndarray, intrinsics: np.ndarray, ego_from_camera: np.ndarray,
    voxel: tuple[float, float, float] = LIFT_VOXEL, size: tuple[int, int, int] = LIFT_GRID,
) -> np.ndarray:
    """The same lift from calibration, without gradients: depth [N,D,h,w], context [N,h,w,C] -> [nz*C,ny,nx].

    Weights below 1e-4 are skipped. Channels are innermost in memory, as PyTorch's convolutions on a CPU like them.
    """
    channels = context.shape[3]
    rays = np.stack([pixel_rays(k, LIFT_SIZE) @ t[:3, :3].T for k, t in zip(intrinsics, ego_from_camera)])
    nx, ny, nz = size
    out = np.zeros(ny * nx * nz * channels, np.float32)
    _accumulate(
        np.ascontiguousarray(depth, np.float32), np.ascontiguousarray(context, np.float32), rays,
        np.ascontiguousarray(ego_from_camera[:, :3, 3]), depth_centres().astype(np.float64),
        np.array(GRID_LOWER), np.array(voxel), np.array(size), out,
    )
    return out.reshape(ny, nx, nz * channels).transpose(2, 0, 1)
