"""How far one sees along rays through voxels: the first occupied one against the truth's, as a loss.

Voxel by voxel, a layer of ground that is 0.4 m too high costs little; a ray that grazes it ends metres too early.
The chance that a ray ends in a voxel is the voxel's occupancy times the chance that all before it are free, as in volume rendering
(Max 1995, doi 10.1109/2945.468400; for occupancy RenderOcc, Pan et al. 2024, arXiv 2309.09502).
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .constants import FREE, GRID_LOWER, GRID_SIZE, GRID_VOXEL, IGNORED

_RAYS = 1200
# Where a roof lidar sits in ego axes, how far it is moved at random (metres), and the slopes of its beams: mostly those that meet
# walls and far ground.
_ORIGIN, _SHIFT = (0.94, 0.0, 1.84), 0.2
_SLOPES = (-0.28, 0.14)
# A ray is followed for so many metres behind what it meets, and through at most so many voxels.
_BEHIND, _LONGEST = 2.0, 160
# A ray that passes more unseen voxels than these, farther away than the ego's blind zone, may have ended there.
_UNSEEN, _BLIND = 2, 5.0
_TOLERANCES = (1.0, 2.0, 4.0)
_LEAST = 1e-3


@dataclass
class Sights:
    """Rays of one frame. voxels i64 [R,K] index into [16,Y,X] (one past its end: none), offsets f32 [R,K] metres from where the truth
    is met, met bool [R]: whether it is met at all.
    """

    voxels: Tensor
    offsets: Tensor
    met: Tensor


@numba.njit(cache=True, nogil=True)
def _trace(labels, origin, directions, lower, size, voxels, distances, ends):
    """Walks every ray voxel by voxel; ends: where the first occupied voxel begins, inf when the grid is left before, -1 when unknown."""
    nx, ny, nz = labels.shape
    for ray in range(len(directions)):
        cell, step = np.zeros(3, np.int64), np.zeros(3, np.int64)
        crossing, stride = np.zeros(3), np.zeros(3)
        for axis in range(3):
            start = (origin[axis] - lower[axis]) / size
            along = directions[ray, axis]
            cell[axis] = int(np.floor(start))
            step[axis] = 1 if along > 0 else -1
            stride[axis] = size / max(abs(along), 1e-9)
            edge = cell[axis] + 1 - start if along > 0 else start - cell[axis]
            crossing[axis] = edge * stride[axis]
        distance, count, unseen, end = 0.0, 0, 0, np.inf
        while count < voxels.shape[1] and distance <= end + _BEHIND:
            i, j, k = cell[0], cell[1], cell[2]
            if i < 0 or j < 0 or k < 0 or i >= nx or j >= ny or k >= nz:
                break
            label = labels[i, j, k]
            if label == IGNORED and end == np.inf:
                if distance > _BLIND:
                    unseen += 1
            else:
                voxels[ray, count] = (k * ny + j) * nx + i
                distances[ray, count] = distance
                count += 1
                if label < FREE and end == np.inf:
                    end = distance
            axis = np.argmin(crossing)
            distance = crossing[axis]
            crossing[axis] += stride[axis]
            cell[axis] += step[axis]
        ends[ray] = -1 if unseen > _UNSEEN or count == voxels.shape[1] else end


def cast_sights(labels: np.ndarray, generator: np.random.Generator) -> Sights:
    """Random rays of a lidar through the truth u8 [x,y,z] with 255 = not seen by a camera."""
    origin = np.array(_ORIGIN) + generator.uniform(-_SHIFT, _SHIFT, 3)
    azimuth, slope = generator.uniform(0, 2 * np.pi, _RAYS), generator.uniform(*_SLOPES, _RAYS)
    directions = np.stack([np.cos(azimuth), np.sin(azimuth), slope], 1)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    voxels = np.full((_RAYS, _LONGEST), np.prod(GRID_SIZE), np.int64)
    distances, ends = np.full((_RAYS, _LONGEST), 1e3, np.float32), np.zeros(_RAYS)
    _trace(np.ascontiguousarray(labels), origin, directions, np.array(GRID_LOWER), GRID_VOXEL, voxels, distances, ends)
    known = ends >= 0
    voxels, distances, ends = voxels[known], distances[known], ends[known]
    longest = int((distances < 1e3).sum(1).max(initial=1))
    met = np.isfinite(ends)
    offsets = distances[:, :longest] - np.where(met, ends, 0)[:, None].astype(np.float32)
    return Sights(torch.from_numpy(voxels[:, :longest]), torch.from_numpy(offsets), torch.from_numpy(met))


def sight_loss(occupancy: Tensor, sights: Sights) -> Tensor:
    """Mean surprise that rays end within 1, 2 and 4 m of where the truth is met, or nowhere. occupancy [16,Y,X] logits."""
    logits = torch.cat([occupancy.reshape(-1), occupancy.new_full((1,), -40.0)]).index_select(0, sights.voxels.reshape(-1))
    logits = logits.reshape(sights.voxels.shape)
    blocked = F.softplus(logits)
    passed = torch.cumsum(blocked, 1)
    ends_here = torch.sigmoid(logits) * torch.exp(blocked - passed)
    away = sights.offsets.abs()
    surprise = sum(-torch.log((ends_here * (away <= t)).sum(1) + _LEAST) for t in _TOLERANCES) / len(_TOLERANCES)
    nowhere = -torch.log(torch.exp(-passed[:, -1]) + _LEAST)
    return torch.where(sights.met, surprise, nowhere).mean() if len(surprise) else occupancy.sum() * 0
