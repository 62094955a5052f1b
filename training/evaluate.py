"""Voxel and flow figures on a held-out root, beside trivial baselines: the ground plane and no flow at all."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import torch

from .constants import DEPTH_BINS, FREE, IMAGE_CLASSES, OCC3D_CLASSES, depth_centres
from .export import load_networks, measure_cost
from .lifted import LiftInput
from .metrics import FlowScore, Variability, VoxelScore, ground_plane
from .phaseDepth import raised_cells
from .predictor import Predictor, Sight
from .rootReader import FrameData
from .store import Store, depth_target


class _ImageScore:
    """Segmentation IoU per class and depth errors of the lift cells' medians."""

    def __init__(self) -> None:
        self.histogram = np.zeros((len(IMAGE_CLASSES),) * 2, np.int64)
        self.errors: dict[str, dict[str, list[float]]] = {}

    def add(self, frame: FrameData, maps: np.ndarray, depths: dict[str, np.ndarray]) -> None:
        """`depths`: what each way of running the network made of the frame."""
        count = len(IMAGE_CLASSES)
        index = frame.segmentation.astype(np.int64).ravel() * count + maps.argmax(1).ravel()
        self.histogram += np.bincount(index, minlength=count**2).reshape(count, count)
        target, _ = depth_target(frame.depth, frame.segmentation)
        solid = target[:, :DEPTH_BINS].sum(1) > 0.7
        raised = raised_cells(frame.segmentation, frame.depth)
        truth = self._median(target[:, :DEPTH_BINS])
        for name, depth in depths.items():
            error = np.abs(self._median(depth.astype(np.float32)) - truth) / truth
            errors = self.errors.setdefault(name, {"ground": [], "raised": []})
            errors["ground"].append(float(error[solid & ~raised].mean()))
            errors["raised"].append(float(error[solid & raised].mean()))

    @staticmethod
    def _median(share: np.ndarray) -> np.ndarray:
        total = np.cumsum(share, 1)
        return depth_centres()[(total >= total[:, -1:] / 2).argmax(1)]

    def summary(self) -> dict:
        hits = np.diag(self.histogram)
        union = self.histogram.sum(0) + self.histogram.sum(1) - hits
        present = self.histogram.sum(1) > 0
        return {
            "segmentationIoU": float((hits[present] / union[present]).mean()),
            "segmentationAccuracy": float(hits.sum() / max(self.histogram.sum(), 1)),
            "depthAbsRel": {name: {kind: float(np.mean(e)) for kind, e in errors.items()} for name, errors in self.errors.items()},
            "segmentationIoUByClass": {
                name: round(float(hits[k] / union[k]), 3) for k, name in enumerate(IMAGE_CLASSES) if present[k]
            },
        }


class _Run:
    """One way of running the network over the drives, and how well it did."""

    def __init__(self, predictor: Predictor, forgets: bool):
        self.predictor, self.forgets = predictor, forgets
        self.voxels, self.flow, self.shares = VoxelScore(), FlowScore(), []

    def enter(self, scene: list[FrameData]) -> None:
        self.predictor.reset()
        self.variability = Variability([frame.world_from_ego for frame in scene])

    def add(self, frame: FrameData, sight: Sight) -> LiftInput:
        """Runs the network on the frame; returns what was lifted."""
        if self.forgets:
            self.predictor.reset()
        seen = self.predictor.place(frame, sight)
        labels, motion = self.predictor.predict(frame, seen)
        if frame.labels is not None:
            self.voxels.add(frame.labels, labels)
            self.variability.add(frame.world_from_ego, frame.labels, labels, frame.flow)
            if frame.flow is not None:
                self.flow.add(frame.flow, motion, frame.labels, labels)
        return seen

    def leave(self) -> None:
        self.shares += self.variability.shares

    def summary(self) -> dict[str, float]:
        return self.voxels.summary() | {"mSTCV": float(np.mean(self.shares)) if self.shares else float("nan")}


def evaluate(root: Path, run: Path, limit: int | None) -> dict:
    """All figures of a run on a root, with the memory and without (`networkForgets` starts anew at every frame)."""
    store = Store([root], limit)
    store.refresh()
    networks = load_networks(run)
    runs = {"network": _Run(Predictor(*networks), False), "networkForgets": _Run(Predictor(*networks), True)}
    plane, images, count = VoxelScore(), _ImageScore(), 0
    for scene in store.scenes:
        for one in runs.values():
            one.enter(scene)
        for frame in scene:
            sight = runs["network"].predictor.look(frame)
            seen = {name: one.add(frame, sight) for name, one in runs.items()}
            count += 1
            if frame.labels is not None:
                plane.add(frame.labels, ground_plane())
            if frame.exact:
                images.add(frame, sight.maps, {name: one.depth for name, one in seen.items()})
        for one in runs.values():
            one.leave()
    result: dict = {"frames": count, "drives": len(store.scenes), **{name: one.summary() for name, one in runs.items()}}
    result["groundPlane"] = plane.summary()
    result["cost"] = measure_cost(*networks)
    result["flow"] = runs["network"].flow.summary()
    result["images"] = images.summary() if images.errors else {}
    shares = runs["network"].voxels.class_iou()[:FREE]
    result["classIoU"] = {name: None if np.isnan(v) else round(float(v), 3) for name, v in zip(OCC3D_CLASSES, shares)}
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--run", type=Path, default=Path("training/runs/base"))
    parser.add_argument("--scenes", type=int)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    print(json.dumps(evaluate(arguments.root, arguments.run, arguments.scenes), indent=1))


if __name__ == "__main__":
    main()
