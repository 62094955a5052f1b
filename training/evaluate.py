"""Voxel and flow figures on a held-out root, beside trivial baselines: the ground plane and no flow at all."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import torch

from .constants import CITYSCAPES_CLASSES, DEPTH_BINS, FREE, OCC3D_CLASSES, depth_centres
from .export import load_networks
from .metrics import FlowScore, VoxelScore, ground_plane
from .phaseDepth import raised_cells
from .predictor import Predictor
from .store import Store, depth_target


class _ImageScore:
    """Segmentation IoU per class and depth errors of the lift cells' medians."""

    def __init__(self) -> None:
        self.histogram = np.zeros((len(CITYSCAPES_CLASSES),) * 2, np.int64)
        self.errors: dict[str, list[float]] = {"ground": [], "raised": []}

    def add(self, frame, maps: np.ndarray, depth: np.ndarray) -> None:  # noqa: ANN001
        count = len(CITYSCAPES_CLASSES)
        index = frame.segmentation.astype(np.int64).ravel() * count + maps.argmax(1).ravel()
        self.histogram += np.bincount(index, minlength=count**2).reshape(count, count)
        target, _ = depth_target(frame.depth, frame.segmentation)
        solid = target[:, :DEPTH_BINS].sum(1) > 0.7
        raised = raised_cells(frame.segmentation, frame.depth)
        truth = self._median(target[:, :DEPTH_BINS])
        guess = self._median(depth.astype(np.float32))
        error = np.abs(guess - truth) / truth
        self.errors["ground"].append(float(error[solid & ~raised].mean()))
        self.errors["raised"].append(float(error[solid & raised].mean()))

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
            "groundDepthAbsRel": float(np.mean(self.errors["ground"])),
            "raisedDepthAbsRel": float(np.mean(self.errors["raised"])),
            "segmentationIoUByClass": {
                name: round(float(hits[k] / union[k]), 3) for k, name in enumerate(CITYSCAPES_CLASSES) if present[k]
            },
        }


def evaluate(root: Path, run: Path, limit: int | None, use_memory: bool = True) -> dict:
    """All figures of a run on a root."""
    store = Store([root], limit)
    store.refresh()
    predictor = Predictor(*load_networks(run))
    scores = {name: VoxelScore() for name in ("network", "groundPlane")}
    flow, images = FlowScore(), _ImageScore()
    plane, count = ground_plane(), 0
    for scene in store.scenes:
        predictor.reset()
        for frame in scene:
            if not use_memory:
                predictor.reset()
            maps, seen = predictor.see(frame)
            labels, motion = predictor.predict(frame, seen)
            count += 1
            if frame.labels is not None:
                scores["network"].add(frame.labels, labels)
                scores["groundPlane"].add(frame.labels, plane)
                if frame.flow is not None:
                    flow.add(frame.flow, motion, frame.labels)
            if frame.exact:
                images.add(frame, maps, seen.depth)
    result: dict = {"frames": count, "memory": use_memory, **{name: score.summary() for name, score in scores.items()}}
    result["flow"] = flow.summary()
    result["images"] = images.summary() if images.errors["ground"] else {}
    result["classIoU"] = {OCC3D_CLASSES[k]: round(float(v), 3) for k, v in enumerate(scores["network"].class_iou()[:FREE])}
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--run", type=Path, default=Path("training/runs/base"))
    parser.add_argument("--scenes", type=int)
    parser.add_argument("--no-memory", action="store_true", help="forget after every frame")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    print(json.dumps(evaluate(arguments.root, arguments.run, arguments.scenes, not arguments.no_memory), indent=1))


if __name__ == "__main__":
    main()
