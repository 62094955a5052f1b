"""Phase 2: depth from class evidence: mostly the encoder's own, the rest the exact class maps made imperfect."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from .constants import DEPTH_BINS, LIFT_SIZE, MAP_SIZE, SKY
from .depthNet import DepthNet
from .losses import depth_loss
from .schedule import Phase, prepare_ahead
from .store import Store, collapse_classes, depth_target, frame_rays, simulated_evidence
from .workers import worker_rank

_FRAMES = 1
_REFRESH_STEPS = 60
# Shares of samples with the encoder's evidence, and with all classes of raised things made one.
_ENCODED_SHARE, _COLLAPSED_SHARE = 0.75, 0.15
_AZIMUTH_SIN = 4
_GROUND_IDS = (0, 1, 9, SKY)


def raised_cells(segmentation: np.ndarray | None, depth: np.ndarray) -> np.ndarray:
    """Lift cells mostly covered by neither ground nor sky: [N,32,88]."""
    columns, rows = LIFT_SIZE
    if segmentation is None:
        return np.zeros((len(depth), rows, columns), bool)
    raised = ~np.isin(segmentation, _GROUND_IDS)
    return raised.reshape(len(depth), rows, MAP_SIZE[1] // rows, columns, MAP_SIZE[0] // columns).mean((2, 4)) > 0.4


def train_depth(
    net: DepthNet, store: Store, evidence: dict[str, np.ndarray], folder: Path, seconds: float, rate: float, device: str
) -> None:
    """Trains `net` in place. `evidence` holds u8 [6,23,64,176] (255 = 1) of some frames by token."""
    phase = Phase("depth", folder, net, rate, seconds)
    if phase.restore():
        return
    generator = np.random.default_rng((phase.step, worker_rank()))
    frames = store.frames
    encoded = [frame for frame in frames if frame.token in evidence]
    made = 0

    def sample() -> tuple[np.ndarray, ...]:
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
        if generator.random() < 0.5:
            maps, rays, target, known, raised = (a[..., ::-1].copy() for a in (maps, rays, target, known, raised))
            rays[:, _AZIMUTH_SIN] *= -1
        return maps, rays, target, known, raised

    def make() -> list[torch.Tensor]:
        nonlocal made, frames
        made += 1
        if made % _REFRESH_STEPS == 0 and store.refresh(1):
            frames = store.frames
        parts = [sample() for _ in range(_FRAMES)]
        tensors = [torch.from_numpy(np.concatenate(column)) for column in zip(*parts)]
        if generator.random() < _COLLAPSED_SHARE:
            tensors[0] = collapse_classes(tensors[0])
        return tensors

    def step(item: list[torch.Tensor]) -> tuple[torch.Tensor, dict[str, float]]:
        maps, rays, target, known, raised = (t.to(device) for t in item)
        layout = torch.channels_last
        logits = net(maps.contiguous(memory_format=layout), rays.contiguous(memory_format=layout))
        loss = depth_loss(logits, target, known, raised)
        with torch.no_grad():
            near = (logits[:, :DEPTH_BINS].argmax(1) - target[:, :DEPTH_BINS].argmax(1)).abs() <= 2
            solid = known & (target[:, :DEPTH_BINS].sum(1) > 0.5)
            figures = {
                "near": float(near[solid].float().mean()),
                "nearRaised": float(near[solid & raised].float().mean()) if bool((solid & raised).any()) else 0.0,
            }
        return loss, figures

    phase.run(prepare_ahead(make), step)


