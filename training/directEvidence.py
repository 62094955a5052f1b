"""What the cameras say directly: lifted evidence of raised classes, without the bird's-eye network.

A cell counts as seen when its share of the pixels that would cover it is large enough; the shares' thresholds are measured, not learnt.
It adds raised things that a briefly trained bird's-eye network is too unsure to name, people, posts and cones above all.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .constants import CONTEXT_CHANNELS, DIRECT_SHARPNESS, DIRECT_THRESHOLDS, FREE, LIFT_GRID, LIFT_VOXEL

# Cityscapes train id (and 20.. = strongest evidence of people, posts, two-wheelers, cones) -> Occ3D label, weight.
_MEANING = {
    2: (15, 1.0), 3: (15, 1.0), 4: (15, 1.0), 5: (15, 1.0), 6: (15, 1.0), 7: (15, 1.0), 8: (16, 1.0), 11: (7, 1.0), 12: (2, 1.0),
    13: (4, 1.0), 14: (10, 1.0), 15: (3, 1.0), 16: (10, 1.0), 17: (6, 1.0), 18: (2, 1.0), 19: (8, 1.0),
    20: (7, 0.3), 22: (2, 0.2), 23: (8, 0.3),
}
# Lift pixels across one 0.8 m cell at a distance of one metre (focal length 278 of 352, stride 8).
_PIXELS_AT_ONE_METRE = 27.8
_BELOW = -20.0


def cell_norm() -> np.ndarray:
    """Inverse of the lift pixels that a cell fills at its distance, [ny,nx]."""
    x = (np.arange(LIFT_GRID[0]) + 0.5) * LIFT_VOXEL - 40
    distance = np.maximum(np.hypot(x[None], x[:, None]), 4)
    return (1 / (_PIXELS_AT_ONE_METRE / distance) ** 2).astype(np.float32)


class DirectEvidence(nn.Module):
    """bev [1,192,100,100] -> logits of the 17 classes [16,17,200,200]: positive where the cameras see a raised thing."""

    def __init__(self, thresholds: tuple[float, ...] = DIRECT_THRESHOLDS):
        super().__init__()
        weight = torch.zeros(FREE, CONTEXT_CHANNELS, 1, 1)
        for channel, (label, strength) in _MEANING.items():
            weight[label, channel] = strength
        self.register_buffer("weight", weight, persistent=False)
        self.register_buffer("norm", torch.from_numpy(cell_norm())[None, None] * DIRECT_SHARPNESS, persistent=False)
        offset = torch.full((LIFT_GRID[2], FREE, 1, 1), _BELOW)
        for label, threshold in enumerate(thresholds):
            # Nothing stands wholly below the ground: the lowest cells stay with the network.
            if threshold > 0:
                offset[1:, label] = -threshold * DIRECT_SHARPNESS
        self.register_buffer("offset", offset, persistent=False)
        self.register_buffer("levels", torch.arange(LIFT_GRID[2]).repeat_interleave(2), persistent=False)

    def forward(self, bev: Tensor) -> Tensor:
        cells = F.conv2d(bev.reshape(LIFT_GRID[2], CONTEXT_CHANNELS, LIFT_GRID[1], LIFT_GRID[0]), self.weight)
        logits = cells * self.norm + self.offset
        return F.interpolate(logits, scale_factor=2, mode="nearest").index_select(0, self.levels)


def join_direct(logits: Tensor, direct: Tensor) -> Tensor:
    """The stronger of both: logits [16,18,200,200] of the network, direct [16,17,200,200]."""
    classes = logits[:, :FREE]
    return torch.cat([classes + torch.relu(direct - classes), logits[:, FREE:]], 1)
