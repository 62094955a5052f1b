"""Phase 3: the bird's-eye network on streams of frames, two frames back-propagated at a time, memory carried on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from .bevNet import BevNet
from .constants import FREE, GRID_SIZE, GROUP_COUNT, HEIGHT_GROUPS, IGNORED, KEPT_CHANNELS, LIFT_GRID
from .geometry import warp_grid
from .lifted import LiftInput
from .losses import VoxelTarget, change_loss, flow_loss, voxel_loss
from .raySight import Sights, cast_sights, sight_loss
from .rootReader import FrameData
from .schedule import Phase, prepare_ahead
from .workers import worker_rank

# Streams of one worker, and frames back-propagated together.
_STREAMS, _CHUNK = 1, 2
_RARE_WEIGHT = 6.0
# How many of the frames are lifted with a surer or less sure depth than the depth network's.
_VARIED_SHARE = 0.5
# The gates of the memory move slowly by themselves: their gradient is small.
_TRUST_RATE = 5.0
_STEADY_WEIGHT = 0.3
_SIGHT_WEIGHT = 0.5


@dataclass
class Moment:
    """One stream's input at one step; `motion` (previous ego from current) is None at the start of a drive."""

    seen: tuple[torch.Tensor, torch.Tensor]
    motion: np.ndarray | None
    target: VoxelTarget
    sights: Sights


def warp_memory(memory: torch.Tensor, previous_from_current: np.ndarray) -> torch.Tensor:
    """The `memory-warp` stage: memory [1,C,ny,nx] of the previous frame as seen from the current ego."""
    grid = torch.from_numpy(warp_grid(previous_from_current, (memory.shape[3], memory.shape[2]))).to(memory.device)
    return F.grid_sample(memory, grid[None], mode="bilinear", padding_mode="zeros", align_corners=False)


@dataclass
class Kept:
    """What one frame leaves for the next: memory [1,126,100,100] and belief [1,16,200,200]."""

    memory: torch.Tensor
    belief: torch.Tensor

    @staticmethod
    def nothing(device: str = "cpu") -> Kept:
        return Kept(
            torch.zeros(1, KEPT_CHANNELS, LIFT_GRID[1], LIFT_GRID[0], device=device),
            torch.zeros(1, len(HEIGHT_GROUPS), GRID_SIZE[1], GRID_SIZE[0], device=device),
        )

    def moved(self, previous_from_current: np.ndarray | None) -> Kept:
        """Seen from the current ego; nothing at the start of a drive."""
        if previous_from_current is None:
            return Kept.nothing(str(self.memory.device))
        return Kept(warp_memory(self.memory, previous_from_current), warp_memory(self.belief, previous_from_current))

    def detached(self) -> Kept:
        return Kept(self.memory.detach(), self.belief.detach())


def class_statistics(frames: list[FrameData]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Loss weight per class [17], occupancy prior logits [16], class log frequencies [6*17]."""
    counts = np.zeros((GROUP_COUNT, FREE))
    occupied, seen = np.zeros(len(HEIGHT_GROUPS)), np.zeros(len(HEIGHT_GROUPS))
    for frame in frames[:: max(len(frames) // 150, 1)]:
        for z, group in enumerate(HEIGHT_GROUPS):
            plane = np.bincount(frame.labels[:, :, z].ravel(), minlength=IGNORED + 1)
            counts[group] += plane[:FREE]
            occupied[z] += plane[:FREE].sum()
            seen[z] += plane[: FREE + 1].sum()
    share = counts.sum(0) / max(counts.sum(), 1)
    weights = np.clip(np.sqrt(share.max() / np.maximum(share, 1e-6)) / 2, 0.5, _RARE_WEIGHT)
    rate = np.clip(occupied / np.maximum(seen, 1), 1e-3, 0.9)
    prior = np.log(rate / (1 - rate))
    logs = np.log((counts + 1e-4 * counts.sum(1, keepdims=True) + 1) / (counts.sum(1, keepdims=True) + FREE))
    return tuple(torch.from_numpy(a.astype(np.float32)) for a in (weights, prior, logs.ravel()))


class _Stream:
    """Walks through random drives; every drive may be mirrored left-right."""

    def __init__(self, scenes: list[list[FrameData]], lifts: dict[str, LiftInput], generator: np.random.Generator):
        self.scenes, self.lifts, self.generator = scenes, lifts, generator
        self.frames: list[FrameData] = []
        self.position = 0
        self.mirrored = False

    def next(self, true_share: float) -> Moment:
        generator = self.generator
        if self.position >= len(self.frames):
            self.frames = self.scenes[generator.integers(len(self.scenes))]
            start = int(generator.integers(0, max(len(self.frames) - 6, 1)))
            self.frames, self.position = self.frames[start:], 0
            self.mirrored = bool(generator.random() < 0.5)
        frame = self.frames[self.position]
        stored = self.lifts[frame.token]
        exact = frame.exact and frame.depth is not None and generator.random() < true_share
        if exact:
            seen = stored.true_lift(frame)
        else:
            seen = (stored.varied(generator) if generator.random() < _VARIED_SHARE else stored).lift()
        labels, flow = frame.labels, frame.flow if frame.flow is not None else np.zeros((*frame.labels.shape[:2], 2), np.float16)
        motion = None
        if self.position > 0:
            motion = np.linalg.inv(self.frames[self.position - 1].world_from_ego) @ frame.world_from_ego
            if self.mirrored:
                mirror = np.diag([1.0, -1.0, 1.0, 1.0])
                motion = mirror @ motion @ mirror
        if self.mirrored:
            seen, labels, flow = seen.mirrored(), labels[:, ::-1], flow[:, ::-1] * np.array([1, -1], np.float16)
        self.position += 1
        return Moment(seen.tensors(), motion, VoxelTarget(labels, flow, generator), cast_sights(labels, generator))


def train_bev(
    net: BevNet, scenes: list[list[FrameData]], lifts: dict[str, LiftInput], folder: Path, seconds: float, rate: float, device: str
) -> None:
    """Trains `net` in place on scenes whose frames all have truth and a lift input."""
    usable = [scene for scene in scenes if all(f.labels is not None and f.token in lifts for f in scene)]
    if not usable:
        raise ValueError("no scene has both voxel truth and lift inputs")
    weights, prior, logs = class_statistics([frame for scene in usable for frame in scene])
    phase = Phase("bev", folder, net, rate, seconds, faster={"trust": _TRUST_RATE, "class_trust": _TRUST_RATE})
    net.start_from_prior(prior, logs)
    if phase.restore():
        return
    generator = np.random.default_rng((phase.step, worker_rank()))
    streams = [_Stream(usable, lifts, generator) for _ in range(_STREAMS)]
    kept = [Kept.nothing(device) for _ in streams]

    def make() -> list[list[Moment]]:
        share = max(0.0, 0.4 * (1 - phase.progress / 0.4))
        return [[stream.next(share) for stream in streams] for _ in range(_CHUNK)]

    def step(item: list[list[Moment]]) -> tuple[torch.Tensor, dict[str, float]]:
        nonlocal kept
        total, figures = torch.zeros(()), {"voxels": 0.0, "flow": 0.0, "sight": 0.0}
        carried = [one.detached() for one in kept]
        for moments in item:
            aligned = [one.moved(moment.motion) for moment, one in zip(moments, carried)]
            lifted = [torch.cat(part).to(device).contiguous(memory_format=torch.channels_last) for part in zip(*(m.seen for m in moments))]
            seen = net.look(*lifted, torch.cat([a.memory for a in aligned]), torch.cat([a.belief for a in aligned]))
            carried = [Kept(*parts) for parts in zip(seen.memory.split(1), seen.belief.split(1))]
            for k, moment in enumerate(moments):
                chosen = moment.target.rows, moment.target.free_rows
                tables = [net.class_scores(seen.fine[k], seen.said[k], rows).cpu() for rows in chosen]
                voxels = voxel_loss(seen.occupancy[k].cpu(), *tables, moment.target, weights)
                if moment.motion is not None:
                    past = aligned[k].belief[0].detach()
                    voxels = voxels + _STEADY_WEIGHT * change_loss(seen.occupancy[k], net.occupancy_of(past), past, moment.target)
                motion = flow_loss(seen.flow[k].cpu(), moment.target)
                sight = sight_loss(seen.occupancy[k].cpu(), moment.sights)
                share = 1 / (len(item) * len(moments))
                total = total + (voxels + 0.3 * motion + _SIGHT_WEIGHT * sight) * share
                for name, value in (("voxels", voxels), ("flow", motion), ("sight", sight)):
                    figures[name] += float(value.detach()) * share
        kept = carried
        return total, figures

    phase.run(prepare_ahead(make, depth=2), step)


