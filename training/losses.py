"""Training losses."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .bevNet import group_columns
from .constants import CITYSCAPES_KIN, FREE, IGNORED

_FREE_SAMPLES = 16000
# Columns that move faster (m/s) are not expected to stay as they were.
_STILL_SPEED = 0.3


def depth_loss(logits: Tensor, target: Tensor, known: Tensor, raised: Tensor) -> Tensor:
    """Cross entropy against the depth histogram of each cell, plus the expected log-depth error that keeps mistakes small.

    logits, target [N,D+1,h,w]; known, raised [N,h,w]; cells with raised things count three times.
    """
    weights = known.float() * (1 + 2 * raised.float())
    scores, wanted = (t.permute(0, 2, 3, 1).reshape(-1, t.shape[1]) for t in (logits, target))
    logs = F.log_softmax(scores, 1)
    # Distance between cumulative distributions: near misses cost less than far ones. A product of matrices: sums along rows are slow.
    sums = torch.ones(logits.shape[1], logits.shape[1], device=logits.device).triu()
    spread = ((logs.exp() - wanted) @ sums).abs().mean(1)
    losses = 4 * spread - (wanted * logs).sum(1)
    return (losses * weights.reshape(-1)).sum() / weights.sum().clamp(min=1)


def segmentation_loss(logits: Tensor, target: Tensor, weights: Tensor) -> Tensor:
    return F.cross_entropy(logits, target, weight=weights, ignore_index=IGNORED)


def distillation_loss(logits: Tensor, teacher: Tensor) -> Tensor:
    """Divergence from the probabilities [N,19,h,w] of a teacher that knows only Cityscapes; classes it lacks count as their kin."""
    mine = torch.zeros_like(teacher).index_add(1, torch.tensor(CITYSCAPES_KIN, device=logits.device), logits.softmax(1))
    return F.kl_div(mine.clamp(min=1e-6).log(), teacher, reduction="none").sum(1).mean()


class VoxelTarget:
    """Index tensors of one frame's truth for the losses. labels u8 [x,y,z] with 255 = not seen by a camera."""

    def __init__(self, labels: np.ndarray, flow: np.ndarray, generator: np.random.Generator):
        grid = np.ascontiguousarray(labels.transpose(2, 1, 0))
        self.visible = torch.from_numpy(grid != IGNORED)
        self.occupied = torch.from_numpy(grid < FREE)
        z, y, x = np.nonzero(grid < FREE)
        self.rows, order = group_columns(z, y, x)
        self.labels = torch.from_numpy(grid[z, y, x][order].astype(np.int64))
        self.voxels = torch.from_numpy(np.ravel_multi_index((z, y, x), grid.shape)[order])
        free = np.flatnonzero(grid == FREE)
        chosen = generator.choice(free, min(_FREE_SAMPLES, len(free)), replace=False) if len(free) else free
        self.free_rows, order = group_columns(*np.unravel_index(chosen, grid.shape))
        self.free_voxels = torch.from_numpy(chosen[order])
        self.free_scale = len(free) / max(len(chosen), 1)
        vectors = flow.astype(np.float32).transpose(2, 1, 0)
        self.flow = torch.from_numpy(np.ascontiguousarray(vectors))
        columns = (grid < FREE).any(0)
        self.columns = torch.from_numpy(columns)


def voxel_loss(occupancy: Tensor, table: Tensor, free_table: Tensor, target: VoxelTarget, weights: Tensor) -> Tensor:
    """Occupancy cross entropy and Dice on seen voxels, class cross entropy on occupied ones, Dice per class. One frame.

    occupancy [16,Y,X] logits; class scores [n,17] of `target.rows` and [m,17] of `target.free_rows`; weights [17] per class.
    """
    visible = target.visible
    truth = target.occupied.float()
    mask = visible.float()
    bce = F.binary_cross_entropy_with_logits(occupancy, truth, weight=mask * (1 + truth), reduction="sum") / mask.sum().clamp(min=1)
    probability = occupancy.sigmoid()
    # Over everything, and height by height: the ground, half of all that is occupied, would drown the heights above it.
    overlap, claimed, wanted = ((a.sum((1, 2))) for a in (probability * truth, probability * mask, truth))
    levels = 1 - (2 * overlap + 1) / (claimed + wanted + 1)
    dice = 0.5 * (1 - (2 * overlap.sum() + 1) / (claimed.sum() + wanted.sum() + 1)) + 0.5 * levels.mean()

    scores = F.log_softmax(table, 1)
    cross = F.nll_loss(scores, target.labels, weight=weights)

    flat = probability.reshape(-1)
    held = scores.exp() * flat.index_select(0, target.voxels)[:, None]
    leaked = free_table.softmax(1) * flat.index_select(0, target.free_voxels)[:, None]
    counts = torch.bincount(target.labels, minlength=FREE).float()
    hits = torch.zeros(FREE).index_add_(0, target.labels, held.gather(1, target.labels[:, None])[:, 0])
    predicted = held.sum(0) + leaked.sum(0) * target.free_scale
    present = (counts > 0).float()
    per_class = 1 - (2 * hits + 1) / (predicted + counts + 1)
    class_dice = (per_class * present).sum() / present.sum().clamp(min=1)
    return bce + dice + 0.5 * cross + class_dice


def flow_loss(flow: Tensor, target: VoxelTarget) -> Tensor:
    """Huber loss on occupied columns; moving ones weigh as much as all still ones together. flow [2,Y,X] m/s."""
    error = F.smooth_l1_loss(flow, target.flow, reduction="none").sum(0)
    moving = (target.flow.norm(dim=0) > _STILL_SPEED) & target.columns
    still = target.columns & ~moving
    parts = [error[moving].sum() / (moving.sum() + 20), error[still].sum() / (still.sum() + 20)]
    return parts[0] + parts[1]


def change_loss(occupancy: Tensor, before: Tensor, belief: Tensor, target: VoxelTarget) -> Tensor:
    """How much of what stands still is said otherwise than a frame ago, as a share of what is occupied.

    occupancy, before [16,Y,X]: logits of now and of the frame before, seen from the present ego; what has no belief is left out.
    """
    moving = target.flow.norm(dim=0) > _STILL_SPEED
    known = target.visible & ~moving & (belief != 0)
    change = (occupancy.sigmoid() - before.sigmoid()).abs()
    return (change * known).sum() / target.occupied.sum().clamp(min=1)
