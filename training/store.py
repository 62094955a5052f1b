"""Frames in memory: loads the scenes of a data root as they become complete and hands out network-ready arrays."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from .constants import CLASS_SPREAD, DEPTH_BINS, IMAGE_MEAN, IMAGE_STD, LIFT_SIZE, MAP_SIZE, SKY, depth_centres, depth_edges
from .encoder import StreetEncoder
from .geometry import camera_rays, frustum_voxels
from .rootReader import FrameData, FrameRecord, load_frame, read_finished, read_records
from .workers import worker_count, worker_rank

_SMALL_IDS = (5, 6, 7, 11, 12, 17, 18, 19, 22)
_MEAN = np.array(IMAGE_MEAN, np.float32) * 255
_STD = np.array(IMAGE_STD, np.float32) * 255


class Store:
    """Scenes of some roots; `refresh` adds scenes that were not there before. Each worker holds its own part of the scenes."""

    def __init__(self, roots: list[Path], limit: int | None = None):
        self.roots = roots
        self.limit = limit
        self.part, self.parts = worker_rank(), worker_count()
        self.scenes: list[list[FrameData]] = []
        self._known: set[str] = set()

    def refresh(self, at_most: int | None = None) -> int:
        """Loads up to `at_most` new complete scenes; returns how many."""
        added = 0
        for root, records in self._unknown():
            name = records[0].scene
            full = self.limit is not None and len(self.scenes) >= self.limit
            if full or (at_most is not None and added >= at_most):
                break
            self._known.add(name)
            self.scenes.append([load_frame(root, record) for record in records])
            added += 1
        return added

    def _unknown(self) -> Iterator[tuple[Path, list[FrameRecord]]]:
        for root in self.roots:
            for records in list_scenes(root, self._known):
                name = records[0].scene
                if zlib.crc32(name.encode()) % self.parts == self.part and name not in self._known and len(records) > 1:
                    yield root, records

    @property
    def frames(self) -> list[FrameData]:
        return [frame for scene in self.scenes for frame in scene]


def list_scenes(root: Path, known: set[str]) -> list[list[FrameRecord]]:
    """Scenes that can be read now: those a running world tool has finished, else those of the tables; none where nothing is yet."""
    if not root.exists():
        return []
    return read_finished(root, known) if (root / ".scenes").exists() else read_records(root)[0]


def normalise(images: np.ndarray) -> Tensor:
    """RGB u8 [N,h,w,3] -> network input f32 [N,3,h,w], channels last in memory."""
    values = (images.astype(np.float32) - _MEAN) / _STD
    return torch.from_numpy(values).permute(0, 3, 1, 2)


def label_by_network(frames: list[FrameData], encoder: StreetEncoder) -> None:
    """Gives frames without class maps those of `encoder`, so that roots without a sidecar can be used."""
    for frame in frames:
        if frame.segmentation is None:
            with torch.no_grad():
                frame.segmentation = encoder(normalise(frame.images)).argmax(1).numpy().astype(np.uint8)


def frame_rays(frame: FrameData) -> np.ndarray:
    return np.stack([camera_rays(k, t) for k, t in zip(frame.intrinsics, frame.ego_from_camera)])


def frame_voxels(frame: FrameData) -> np.ndarray:
    """Lift voxels i32 [6,D,32,88]."""
    centres = depth_centres()
    return np.stack([frustum_voxels(k, t, centres) for k, t in zip(frame.intrinsics, frame.ego_from_camera)])


def depth_target(depth: np.ndarray, segmentation: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """Histogram of the map's depths in every lift cell: [N,D+1,32,88] summing to 1, and which cells have any depth [N,32,88].

    With class maps, 0 and beyond the last edge count as far, and pixels of small things weigh more; without (lidar), 0 means unknown.
    """
    count, (width, height) = depth.shape[0], LIFT_SIZE
    step = MAP_SIZE[0] // LIFT_SIZE[0]
    metres = depth.astype(np.float32) / 100
    bins = np.searchsorted(depth_edges(), metres, side="right") - 1
    bins = np.clip(bins, 0, DEPTH_BINS)
    known = metres > 0
    if segmentation is not None:
        bins[~known] = DEPTH_BINS
        known = np.ones_like(known)
    cells = np.arange(count * height * width).reshape(count, height, 1, width, 1)
    cells = np.broadcast_to(cells, (count, height, step, width, step)).reshape(depth.shape)
    weights = np.ones(depth.shape, np.float32)
    if segmentation is not None:
        weights[np.isin(segmentation, _SMALL_IDS)] = 4
    total_bins = count * height * width * (DEPTH_BINS + 1)
    flat = np.bincount(cells[known] * (DEPTH_BINS + 1) + bins[known], weights[known], minlength=total_bins)
    histogram = flat.reshape(count, height, width, DEPTH_BINS + 1).astype(np.float32)
    total = histogram.sum(-1)
    histogram /= np.maximum(total, 1e-6)[..., None]
    return histogram.transpose(0, 3, 1, 2), total > 0


def simulated_evidence(segmentation: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Class probabilities as a good segmentation network would give them: soft edges, some doubt, a few wrong patches."""
    count, height, width = segmentation.shape
    noisy = segmentation
    if generator.random() < 0.7:
        jitter = generator.integers(-1, 2, (2, count, height, width))
        rows = np.clip(np.arange(height)[None, :, None] + jitter[0], 0, height - 1)
        columns = np.clip(np.arange(width)[None, None] + jitter[1], 0, width - 1)
        noisy = segmentation[np.arange(count)[:, None, None], rows, columns]
    confidence = generator.uniform(0.75, 1.0)
    evidence = CLASS_SPREAD[noisy] * (1 - confidence)
    np.put_along_axis(evidence, noisy[..., None].astype(np.int64), confidence, -1)
    for camera in range(count):
        for _ in range(generator.integers(0, 5)):
            _mistake_patch(evidence[camera], noisy[camera], generator)
    return evidence.transpose(0, 3, 1, 2).astype(np.float32)


def _mistake_patch(evidence: np.ndarray, classes: np.ndarray, generator: np.random.Generator) -> None:
    """Somewhere the network takes one class for another that looks alike. evidence [h,w,23] is changed in place."""
    height, width = classes.shape
    y, x = int(generator.integers(height)), int(generator.integers(width))
    h, w = int(generator.integers(2, 14)), int(generator.integers(3, 40))
    window = (slice(max(y - h, 0), y + h), slice(max(x - w, 0), x + w))
    actual = classes[y, x]
    said = generator.choice(len(CLASS_SPREAD), p=CLASS_SPREAD[actual] / CLASS_SPREAD[actual].sum())
    chosen = classes[window] == actual
    share = generator.uniform(0.3, 0.95)
    part = evidence[window]
    part[chosen] *= 1 - share
    part[chosen, said] += share


def collapse_classes(evidence: Tensor) -> Tensor:
    """Only ground, sky and other remain: breaks the size priors of single classes."""
    ground = evidence[:, [0, 1, 9]].sum(1)
    sky = evidence[:, SKY]
    out = torch.zeros_like(evidence)
    out[:, 0], out[:, SKY], out[:, 2] = ground, sky, 1 - ground - sky
    return out
