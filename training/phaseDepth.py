"""Phase 2: depth from class evidence, mostly the encoder's own, the rest the exact class maps made imperfect; and from the frame before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from .constants import DEPTH_BINS, LIFT_SIZE, MAP_SIZE, SKY
from .depthNet import DepthNet
from .losses import depth_loss
from .planeSweep import plane_sweep, sweep_maps
from .rootReader import FrameData
from .schedule import Phase, prepare_ahead
from .store import Store, collapse_classes, depth_target, frame_rays, normalise, simulated_evidence
from .workers import worker_rank

_REFRESH_STEPS = 60
# How many of the samples are told nothing of the frame before, as the first one of a drive is.
_FIRST_SHARE = 0.35
# Shares of samples with the encoder's evidence, and with all classes of raised things made one.
_ENCODED_SHARE, _COLLAPSED_SHARE = 0.75, 0.15
# How many of the cameras are made to doubt what sizes and layouts say, without and with a frame before, and by how many bins at most:
# on real streets those priors of an invented world are wrong more often than here, and where things stand is not.
_DOUBTED_SHARES, _DOUBT = (0.5, 0.2), 8
_AZIMUTH_SIN = 4
# Frames of one worker whose second level is kept: 4.3 MB each.
_KEPT_LEVELS = 1000
_GROUND_IDS = (0, 1, 9, SKY)


def raised_cells(segmentation: np.ndarray | None, depth: np.ndarray) -> np.ndarray:
    """Lift cells mostly covered by neither ground nor sky: [N,32,88]."""
    columns, rows = LIFT_SIZE
    if segmentation is None:
        return np.zeros((len(depth), rows, columns), bool)
    raised = ~np.isin(segmentation, _GROUND_IDS)
    return raised.reshape(len(depth), rows, MAP_SIZE[1] // rows, columns, MAP_SIZE[0] // columns).mean((2, 4)) > 0.4


@dataclass
class _Sample:
    """Network inputs and truth of one frame; `pair` holds this and the previous frame and the maps between them."""

    tensors: list[Tensor]
    pair: tuple[FrameData, FrameData, np.ndarray] | None
    mirrored: bool


class _SecondLevels:
    """The encoder's second level of frames, kept for as many as memory allows: training never changes it."""

    def __init__(self, begin: Callable[[Tensor], Tensor], device: str):
        self.begin, self.device = begin, device
        self.halves: dict[str, Tensor] = {}

    def of(self, frame: FrameData) -> Tensor:
        """f32 [6,128,32,88], rounded to halves."""
        found = self.halves.get(frame.token)
        if found is None:
            found = self.begin(normalise(frame.images).to(self.device)).half()
            if len(self.halves) < _KEPT_LEVELS:
                self.halves[frame.token] = found
        return found.float()


def find_previous(scenes: list[list[FrameData]]) -> dict[str, FrameData]:
    """The frame before each, by token."""
    return {after.token: before for scene in scenes for before, after in zip(scene, scene[1:])}


def train_depth(
    net: DepthNet, begin: Callable[[Tensor], Tensor], store: Store, evidence: dict[str, np.ndarray], folder: Path, seconds: float,
    rate: float, device: str,
) -> None:
    """Trains `net` in place.

    `begin` gives the encoder's second level of images, `evidence` holds u8 [6,23,64,176] (255 = 1) of some frames by token.
    """
    phase = Phase("depth", folder, net, rate, seconds)
    if phase.restore():
        return
    generator = np.random.default_rng((phase.step, worker_rank()))
    frames, previous = store.frames, find_previous(store.scenes)
    encoded = [frame for frame in frames if frame.token in evidence]
    levels, made = _SecondLevels(begin, device), 0

    def make() -> _Sample:
        nonlocal made, frames, previous
        made += 1
        if made % _REFRESH_STEPS == 0 and store.refresh(1):
            frames, previous = store.frames, find_previous(store.scenes)
        use_encoder = bool(encoded) and generator.random() < _ENCODED_SHARE
        pool = encoded if use_encoder else frames
        frame = pool[generator.integers(len(pool))]
        if use_encoder:
            maps = evidence[frame.token].astype(np.float32) / 255
        else:
            maps = simulated_evidence(frame.segmentation, generator)
        target, known = depth_target(frame.depth, frame.segmentation if frame.exact else None)
        raised = raised_cells(frame.segmentation, frame.depth)
        rays = frame_rays(frame)
        mirrored = bool(generator.random() < 0.5)
        if mirrored:
            maps, rays, target, known, raised = (a[..., ::-1].copy() for a in (maps, rays, target, known, raised))
            rays[:, _AZIMUTH_SIN] *= -1
        before, pair = previous.get(frame.token), None
        if before is not None and generator.random() >= _FIRST_SHARE:
            pair = frame, before, sweep_maps(frame, before)
        tensors = [torch.from_numpy(a) for a in (maps, rays, target, known, raised)]
        if generator.random() < _COLLAPSED_SHARE:
            tensors[0] = collapse_classes(tensors[0])
        return _Sample(tensors, pair, mirrored)

    def match(sample: _Sample) -> Tensor:
        if sample.pair is None:
            count, _, height, width = sample.tensors[2].shape
            return torch.zeros(count, DEPTH_BINS, height, width, device=device)
        frame, before, maps = sample.pair
        matches = plane_sweep(net.describe(levels.of(frame)), net.describe(levels.of(before)), maps)
        # Descriptors of a mirrored image are no mirrored descriptors, so the matches are mirrored.
        return matches.flip(3) if sample.mirrored else matches

    def step(sample: _Sample) -> tuple[Tensor, dict[str, float]]:
        maps, rays, target, known, raised = (t.to(device) for t in sample.tensors)
        inputs = (t.contiguous(memory_format=torch.channels_last) for t in (maps, rays, match(sample)))
        count = len(target)
        doubted = torch.rand(count) < _DOUBTED_SHARES[sample.pair is not None]
        doubt = torch.where(doubted, torch.randint(-_DOUBT, _DOUBT + 1, (count,)), 0)
        logits = net(*inputs, doubt.to(device))
        loss = depth_loss(logits, target, known, raised)
        with torch.no_grad():
            near = (logits[:, :DEPTH_BINS].argmax(1) - target[:, :DEPTH_BINS].argmax(1)).abs() <= 2
            solid = known & (target[:, :DEPTH_BINS].sum(1) > 0.5)
            figures = {"near": float(near[solid].float().mean())}
            if bool((solid & raised).any()):
                kind = "nearRaisedFirst" if sample.pair is None else "nearRaised"
                figures[kind] = float(near[solid & raised].float().mean())
        return loss, figures

    phase.run(prepare_ahead(make), step)
