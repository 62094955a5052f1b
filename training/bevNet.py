"""Bird's-eye network: lifted evidence and aligned memory -> occupancy, classes, flow and the next memory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .constants import (
    CONTEXT_CHANNELS,
    ECHO_CHANNELS,
    FINE_CHANNELS,
    FINE_GRID,
    FINE_VOXEL,
    FREE,
    GRID_SIZE,
    GROUP_COUNT,
    HEIGHT_GROUPS,
    LIFT_GRID,
    LIFT_SIZE,
    LIFT_VOXEL,
    LIFTED_CHANNELS,
    MEMORY_CHANNELS,
    SHAPE_CHANNELS,
    SIZE,
)
from .depthNet import ResidualBlock, double_size
from .pointConvolution import PointConvolution, convolve_points

HEIGHTS = len(HEIGHT_GROUPS)
FINE = SIZE.fine
_CLASS_END = HEIGHTS + FREE * GROUP_COUNT
_LEARNED = MEMORY_CHANNELS - ECHO_CHANNELS
# How sure the memory may be of a voxel or a class, as log odds: what was certain can be doubted again within a few frames.
_SUREST = 5.0
# Lift pixels per radian: nuScenes' focal length is 0.79 of the image's width.
_PIXELS_PER_RADIAN = 0.79 * LIFT_SIZE[0]
# Context channels that the echo sums over the heights: cars, heavy vehicles, people, strongest small things, two-wheelers, riders,
# what stands still, posts and obstacles.
_ECHOES = ((11,), (12, 13, 14, 15), (7,), (19,), (9, 10), (8,), (3, 4, 6), (5, 16, 17, 18))
# Echoes that move together, and how many cells of 1.6 m they may move between two frames.
_MOVERS = ((0, 1), (2, 3), (4, 5))
_REACH = 4
MATCH_CHANNELS = len(_MOVERS) * (2 * _REACH + 1) ** 2
assert len(_ECHOES) == ECHO_CHANNELS and LIFT_GRID[2] == HEIGHTS
# The lowest two levels hold the ground.
_GROUND_LEVELS = 2


def cell_norm(count: int, size: float) -> np.ndarray:
    """Inverse of the lift pixels that a cell `size` metres wide fills at its distance, [count,count]: turns lifted sums into shares."""
    x = (np.arange(count) + 0.5) * size - 40
    distance = np.maximum(np.hypot(x[None], x[:, None]), 4)
    return ((distance / (_PIXELS_PER_RADIAN * size)) ** 2).astype(np.float32)


@dataclass
class GroupedColumns:
    """Voxels ordered by height group: column y*200+x, lift cell (group*100+y)*100+x, and how many voxels each group has."""

    columns: Tensor
    cells: Tensor
    counts: list[int]


def group_columns(z: np.ndarray, y: np.ndarray, x: np.ndarray) -> tuple[GroupedColumns, np.ndarray]:
    """The voxels and the order in which they now stand."""
    order = np.argsort(HEIGHT_GROUPS[z], kind="stable")
    z, y, x = z[order], y[order], x[order]
    columns = y * GRID_SIZE[0] + x
    cells = (HEIGHT_GROUPS[z] * LIFT_GRID[1] + y // 2) * LIFT_GRID[0] + x // 2
    counts = np.bincount(HEIGHT_GROUPS[z], minlength=GROUP_COUNT).tolist()
    return GroupedColumns(torch.from_numpy(columns), torch.from_numpy(cells), counts), order


class Presence(nn.Module):
    """Lifted sums -> how surely a cell holds each class: log(1 + 20 share), about 0 to 3 at every distance."""

    def __init__(self, count: int, size: float) -> None:
        super().__init__()
        self.register_buffer("gain", torch.from_numpy(cell_norm(count, size))[None, None] * 20, persistent=False)

    def forward(self, bev: Tensor) -> Tensor:
        return torch.log(bev * self.gain + 1)


class Match(nn.Module):
    """Where what moves now was a frame before: products of the present echo and the past one, shifted by every step up to 6.4 m.

    In: echoes [B,8,100,100], both seen from the present ego. Out: [B,3*81,50,50], movers outermost, then rows and columns of the shift
    (the cost volume of optical flow networks, Dosovitskiy et al. 2015, arXiv 1504.06852, on the ground plane).
    """

    def __init__(self) -> None:
        super().__init__()
        self.movers = PointConvolution(ECHO_CHANNELS, len(_MOVERS), bias=False)
        groups = torch.tensor([[float(k in mover) for k in range(ECHO_CHANNELS)] for mover in _MOVERS])
        with torch.no_grad():
            self.movers.weight.copy_(groups[:, :, None, None])
        width = 2 * _REACH + 1
        self.register_buffer("shifts", torch.eye(width**2).reshape(width**2, 1, width, width), persistent=False)

    def forward(self, now: Tensor, before: Tensor) -> Tensor:
        batch = len(now)
        now, before = (self.movers(F.avg_pool2d(echo, 2)).reshape(-1, 1, LIFT_GRID[1] // 2, LIFT_GRID[0] // 2) for echo in (now, before))
        shifted = F.conv2d(before, self.shifts, padding=_REACH)
        return (shifted * now).reshape(batch, MATCH_CHANNELS, *now.shape[2:])


@dataclass
class Look:
    """What the network thinks before the wide part of its head.

    fine [B,FINE,200,200] features; said [B,118,100,100] what cells say of occupancy and classes by themselves and from memory;
    occupancy [B,16,200,200] logits; flow [B,2,200,200] m/s; memory [B,126,100,100] and belief [B,16,200,200] for the next frame.
    """

    fine: Tensor
    said: Tensor
    occupancy: Tensor
    flow: Tensor
    memory: Tensor
    belief: Tensor


class BevNet(nn.Module):
    """In: bev [B,320,100,100], shapes [B,80,200,200], and memory [B,126,100,100] and belief [B,16,200,200] moved to the present.

    Out: occupancy, class scores and flow at 200x200, the next memory and belief.
    Besides learnt features the network remembers what it believed: log odds of every voxel and of the classes of every cell
    (the occupancy filter of Elfes 1989, with learnt trust). What is said now is added to what was believed, times a gate that
    looks at both, so that evidence from several places adds up and things that move are let go.
    """

    def __init__(self) -> None:
        super().__init__()
        a, b, c = SIZE.bird_widths
        self.presence, self.fine_presence = Presence(LIFT_GRID[0], LIFT_VOXEL[0]), Presence(FINE_GRID[0], FINE_VOXEL[0])
        self.stem = PointConvolution(LIFTED_CHANNELS, a)
        self.remember = PointConvolution(MEMORY_CHANNELS, a, bias=False)
        self.mix = nn.Conv2d(a, a, 3, padding=1)
        self.down1 = nn.Conv2d(a, b, 3, stride=2, padding=1)
        self.block1 = ResidualBlock(b)
        self.down2 = nn.Conv2d(b, c, 3, stride=2, padding=1)
        self.block2a = ResidualBlock(c)
        self.block2b = ResidualBlock(c)
        self.up1 = PointConvolution(c, b)
        self.merge1 = nn.Conv2d(b, b, 3, padding=1)
        self.up0 = PointConvolution(b, a)
        self.merge0 = nn.Conv2d(a, a, 3, padding=1)
        self.fine = PointConvolution(a, FINE * 4)
        # What is heard of the surfaces: features, and what they say of voxels directly.
        self.hear_shapes = PointConvolution(FINE_CHANNELS, FINE + HEIGHTS, bias=False)
        self.update = PointConvolution(a, 2 * _LEARNED)
        self.head = PointConvolution(FINE, _CLASS_END + 2)
        # What the evidence of a column says of its voxels, and that of a height group of its class, past the U-Net.
        self.hear = PointConvolution(LIFTED_CHANNELS, HEIGHTS, bias=False)
        self.identify = PointConvolution(CONTEXT_CHANNELS, FREE, bias=False)
        members = torch.from_numpy(HEIGHT_GROUPS[None] == np.arange(GROUP_COUNT)[:, None]).float()
        self.register_buffer("mean_of_group", members / members.sum(1, keepdim=True), persistent=False)
        # What the next frame is told of this one as it was seen: where movable things stood.
        self.echo = PointConvolution(LIFTED_CHANNELS, ECHO_CHANNELS, bias=False)
        self.match, self.moved = Match(), PointConvolution(MATCH_CHANNELS, b, bias=False)
        self.recall = PointConvolution(HEIGHTS, a, bias=False)
        # How far the belief about a voxel, and about the classes of a cell, still holds.
        self.trust = PointConvolution(FINE + HEIGHTS, HEIGHTS)
        self.class_trust = PointConvolution(a, GROUP_COUNT)
        # Set by calibration, used where labels and flow are decoded: above which occupancy logit a voxel of each class is occupied,
        # and below which speed (m/s) it stands still.
        self.register_buffer("thresholds", torch.zeros(FREE), persistent=False)
        self.register_buffer("slowest", torch.zeros(()), persistent=False)
        self._start_echo()
        self._start_belief()

    def forward(self, bev: Tensor, shapes: Tensor, memory: Tensor, belief: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        seen = self.look(bev, shapes, memory, belief)
        out = self.head(seen.fine)
        classes = out[:, HEIGHTS:_CLASS_END] + double_size(seen.said[:, HEIGHTS:])
        return seen.occupancy, classes, seen.flow, seen.memory, seen.belief

    def look(self, bev: Tensor, shapes: Tensor, memory: Tensor, belief: Tensor) -> Look:
        """Everything but the wide part of the head."""
        evidence = self.presence(bev)
        features, believed = memory.split([MEMORY_CHANNELS, GROUP_COUNT * FREE], 1)
        x = self.stem(evidence) + self.remember(features) + self.recall(F.avg_pool2d(belief, 2))
        x = F.leaky_relu(x, 0.1)
        x = F.leaky_relu(x + self.mix(x), 0.1)
        past, kept = features.split([ECHO_CHANNELS, _LEARNED], 1)
        echo = self.echo(evidence)
        one = self.block1(F.leaky_relu(self.down1(x) + self.moved(self.match(echo, past)), 0.1))
        two = self.block2b(self.block2a(F.leaky_relu(self.down2(one), 0.1)))
        one = F.leaky_relu(one + double_size(self.up1(two)), 0.1)
        one = F.leaky_relu(self.merge1(one), 0.1)
        x = F.leaky_relu(x + double_size(self.up0(one)), 0.1)
        x = F.leaky_relu(x + self.merge0(x), 0.1)
        gate, candidate = self.update(x).split(_LEARNED, 1)
        gate = torch.sigmoid(gate)
        learnt = gate * kept + (1 - gate) * torch.tanh(candidate)
        surfaces, standing = self.hear_shapes(self.fine_presence(shapes)).split([FINE, HEIGHTS], 1)
        fine = F.leaky_relu(F.pixel_shuffle(self.fine(x), 2) + surfaces, 0.1)
        heard, named = self.hear(evidence), self._name_directly(evidence)
        still = torch.sigmoid(self.class_trust(x)).unsqueeze(2)
        batch, _, rows, columns = believed.shape
        named = named + (still * believed.reshape(batch, GROUP_COUNT, FREE, rows, columns)).reshape(believed.shape)
        weight = self.head.weight
        gain = convolve_points(fine, weight[:HEIGHTS]) + standing + double_size(heard)
        gain = gain + torch.sigmoid(self.trust(torch.cat([fine, belief / _SUREST], 1))) * belief
        classes = convolve_points(F.avg_pool2d(fine, 2), weight[HEIGHTS:_CLASS_END]) + named
        after = torch.cat([echo, learnt, classes.clamp(-_SUREST, _SUREST)], 1)
        flow = self._flow(fine)
        belief = gain.clamp(-_SUREST, _SUREST)
        belief = belief - F.relu(belief) * self._leaves(flow.detach())
        return Look(fine, torch.cat([heard, named], 1), self.occupancy_of(gain), flow, after, belief)

    def occupancy_of(self, belief: Tensor) -> Tensor:
        """Occupancy logits of a belief: the prior added. Both [...,16,Y,X]."""
        return belief + self.head.bias[:HEIGHTS].reshape(-1, 1, 1)

    def _flow(self, fine: Tensor) -> Tensor:
        return convolve_points(fine, self.head.weight[_CLASS_END:], self.head.bias[_CLASS_END:])

    def _leaves(self, flow: Tensor) -> Tensor:
        """How far what stands somewhere now will have left it in the next frame: 0 below 0.7 m/s, 1 above 1.6 m/s. [B,1,200,200]."""
        x, y = flow.split(1, 1)
        return torch.clamp(0.5 * (x * x + y * y) - 0.25, 0, 1)

    def class_scores(self, fine: Tensor, said: Tensor, where: GroupedColumns) -> Tensor:
        """Class scores [n,17] of chosen voxels of one frame; fine [FINE,200,200], said [118,100,100]."""
        features = fine.permute(1, 2, 0).reshape(-1, FINE).index_select(0, where.columns).split(where.counts)
        _, classes = said.split([HEIGHTS, GROUP_COUNT * FREE])
        heard = classes.reshape(GROUP_COUNT, FREE, -1).transpose(1, 2).reshape(-1, FREE).index_select(0, where.cells)
        weights = self.head.weight[HEIGHTS:_CLASS_END, :, 0, 0].split(FREE)
        biases = self.head.bias[HEIGHTS:_CLASS_END].split(FREE)
        return torch.cat([F.linear(*parts) for parts in zip(features, weights, biases)]) + heard

    def _name_directly(self, evidence: Tensor) -> Tensor:
        """[B,320,100,100] -> 17 class scores of each height group, heard as the mean of its levels: [B,102,100,100]."""
        batch, _, rows, columns = evidence.shape
        # A product of matrices instead of slices: sixteen pieces are more than a WebGPU kernel may bind.
        means = self.mean_of_group @ evidence.reshape(batch, HEIGHTS, -1)
        grouped = means.reshape(batch * GROUP_COUNT, CONTEXT_CHANNELS, rows, columns)
        return self.identify(grouped).reshape(batch, GROUP_COUNT * FREE, rows, columns)

    def _start_echo(self) -> None:
        weight = torch.zeros(ECHO_CHANNELS, HEIGHTS, CONTEXT_CHANNELS)
        for out, channels in enumerate(_ECHOES):
            for channel in channels:
                weight[out, _GROUND_LEVELS:, channel] = 0.15
        with torch.no_grad():
            self.echo.weight.copy_(weight.reshape(ECHO_CHANNELS, -1, 1, 1))
            self.hear.weight.mul_(0.1)
            self.hear_shapes.weight.mul_(0.3)
            standing = self.hear_shapes.weight[FINE:].reshape(HEIGHTS, HEIGHTS, SHAPE_CHANNELS)
            for level in range(_GROUND_LEVELS + 1, HEIGHTS):
                standing[level, level, 1:] = 0.3
            self.identify.weight.mul_(0.1)

    def _start_belief(self) -> None:
        with torch.no_grad():
            self.recall.weight.mul_(0.1)
            self.moved.weight.mul_(0.3)
            self.trust.weight.mul_(0.1)
            self.class_trust.weight.mul_(0.1)
            # What was believed holds unless something speaks against it.
            self.trust.bias.fill_(1.0)
            self.class_trust.bias.fill_(1.0)

    def start_from_prior(self, occupancy: Tensor, classes: Tensor) -> None:
        """Sets the head's bias to log priors: occupancy [16] logits, classes [6*17] log frequencies (group outermost)."""
        with torch.no_grad():
            self.head.bias.zero_()
            self.head.weight.mul_(0.3)
            self.head.bias[:HEIGHTS] = occupancy
            self.head.bias[HEIGHTS:_CLASS_END] = classes
            self.head.weight[_CLASS_END:] *= 0.1
            # Keep most of the memory's gate undecided and open to the present at first.
            self.update.bias[:_LEARNED] = -1.0


def decode_factored(occupancy: Tensor, classes: Tensor, thresholds: Tensor) -> Tensor:
    """The `decode` stage for logits in two factors, one frame: labels u8 [16,Y,X].

    occupancy [16,Y,X] logits, free unless above the threshold [17] of the voxel's class; classes [6*17,Y,X] scores per height group.
    """
    named = name_voxels(classes)
    return torch.where(occupancy > thresholds[named], named, torch.full_like(named, FREE)).to(torch.uint8)


def name_voxels(classes: Tensor) -> Tensor:
    """The likeliest class of every voxel, occupied or not: [6*17,Y,X] scores -> [16,Y,X]."""
    best = classes.reshape(GROUP_COUNT, FREE, *classes.shape[-2:]).argmax(1)
    return best.index_select(0, torch.from_numpy(HEIGHT_GROUPS).to(best.device))
