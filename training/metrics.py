"""Voxel metrics as in Occ3D: one confusion matrix over all frames, camera-visible voxels only."""

from __future__ import annotations

import numpy as np

from .constants import FREE, GROUND_CLASSES, GRID_SIZE, IGNORED

CLASS_TOTAL = FREE + 1
_PLANE_ROW = 2


class VoxelScore:
    def __init__(self) -> None:
        self.histogram = np.zeros((CLASS_TOTAL, CLASS_TOTAL), np.int64)

    def add(self, labels: np.ndarray, predicted: np.ndarray) -> None:
        """labels u8 [x,y,z] with 255 = not seen; predicted u8 [x,y,z]."""
        seen = labels != IGNORED
        index = labels[seen].astype(np.int64) * CLASS_TOTAL + predicted[seen]
        self.histogram += np.bincount(index, minlength=CLASS_TOTAL**2).reshape(CLASS_TOTAL, CLASS_TOTAL)

    def class_iou(self) -> np.ndarray:
        """[18], NaN where a class is absent from truth and prediction."""
        hits = np.diag(self.histogram).astype(np.float64)
        union = self.histogram.sum(0) + self.histogram.sum(1) - hits
        return np.where(union > 0, hits / np.maximum(union, 1), np.nan)

    def _binary_iou(self, chosen: np.ndarray) -> float:
        hits = self.histogram[np.ix_(chosen, chosen)].sum()
        union = self.histogram[chosen].sum() + self.histogram[:, chosen].sum() - hits
        return float(hits / max(union, 1))

    def summary(self) -> dict[str, float]:
        """mIoU (classes 0..16), IoU (occupied) and IoU of everything that is not ground."""
        solid = np.arange(CLASS_TOTAL) != FREE
        raised = solid & ~np.isin(np.arange(CLASS_TOTAL), GROUND_CLASSES)
        return {
            "mIoU": float(np.nanmean(self.class_iou()[:FREE])),
            "IoU": self._binary_iou(solid),
            "nonGroundIoU": self._binary_iou(raised),
        }


class FlowScore:
    """Mean end-point error over moving columns, and the same for saying zero."""

    def __init__(self) -> None:
        self.error = self.zero = 0.0
        self.count = 0

    def add(self, flow: np.ndarray, predicted: np.ndarray, labels: np.ndarray) -> None:
        """flow, predicted [x,y,2] m/s; labels [x,y,z]. Columns with a seen occupied voxel that move faster than 0.5 m/s."""
        speed = np.linalg.norm(flow.astype(np.float32), axis=-1)
        moving = (speed > 0.5) & (labels < FREE).any(-1)
        self.error += float(np.linalg.norm(flow.astype(np.float32) - predicted, axis=-1)[moving].sum())
        self.zero += float(speed[moving].sum())
        self.count += int(moving.sum())

    def summary(self) -> dict[str, float]:
        count = max(self.count, 1)
        return {"flowError": self.error / count, "flowErrorOfZero": self.zero / count, "movingColumns": self.count}


def ground_plane() -> np.ndarray:
    """The trivial guess: driveable surface at z = 0 everywhere."""
    labels = np.full(GRID_SIZE, FREE, np.uint8)
    labels[:, :, _PLANE_ROW] = 11
    return labels
