"""Voxel metrics as in Occ3D: one confusion matrix over all frames, camera-visible voxels only."""

from __future__ import annotations

import numpy as np

from .constants import FLOW_CLASSES, FREE, GRID_LOWER, GRID_SIZE, GRID_VOXEL, GROUND_CLASSES, IGNORED

CLASS_TOTAL = FREE + 1
_PLANE_ROW = 2
# Metres of ground kept around the poses, and the speed from which a column counts as moving.
_MARGIN, _STILL_SPEED = 150.0, 0.5


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
    """Mean end-point error on what moves faster than 0.5 m/s, and the same for saying zero.

    Over all moving columns, where what was not found counts as still, and over moving voxels whose class was named rightly
    (the true positives of OpenOcc's velocity error).
    """

    def __init__(self) -> None:
        # Error, error of zero and count: of columns, then of rightly named voxels.
        self.sums = np.zeros((2, 3))

    def add(self, flow: np.ndarray, predicted: np.ndarray, labels: np.ndarray, named: np.ndarray) -> None:
        """flow, predicted [x,y,2] m/s; labels (255 = not seen) and what the network named u8 [x,y,z]."""
        speed = np.linalg.norm(flow.astype(np.float32), axis=-1)
        error = np.linalg.norm(flow.astype(np.float32) - predicted, axis=-1)
        moving = (speed > 0.5) & (labels < FREE).any(-1)
        right = ((labels == named) & np.isin(labels, FLOW_CLASSES)).sum(-1) * moving
        for sums, weight in zip(self.sums, (moving, right)):
            sums += (error * weight).sum(), (speed * weight).sum(), weight.sum()

    def summary(self) -> dict[str, float]:
        (error, zero, columns), (right_error, right_zero, voxels) = self.sums.tolist()
        return {
            "flowError": error / max(columns, 1), "flowErrorOfZero": zero / max(columns, 1), "movingColumns": int(columns),
            "rightFlowError": right_error / max(voxels, 1), "rightFlowErrorOfZero": right_zero / max(voxels, 1),
            "movingRightVoxels": int(voxels),
        }


class Variability:
    """Temporal variability (mSTCV of ST-Occ): how often the label of a still place changes beyond what the truth changes.

    One object per drive. As in the page's own metric, but what moves is left out by column.
    """

    def __init__(self, poses: list[np.ndarray]):
        places = np.stack([pose[:2, 3] for pose in poses])
        low, high = places.min(0), places.max(0)
        self.centre = np.append((low + high) / 2, 0)
        across = 2 * np.ceil((high - low + _MARGIN) / (2 * GRID_VOXEL)).astype(int)
        self.cells = np.append(across, GRID_SIZE[2])
        self.bias = np.append(self.cells[:2] / 2, -GRID_LOWER[2] / GRID_VOXEL)
        # Label + 1 of the truth, so that 0 means nothing; predictions as they are.
        self.truth, self.predicted = (np.zeros(int(np.prod(self.cells)), np.uint8) for _ in range(2))
        self.shares: list[float] = []

    def add(self, pose: np.ndarray, labels: np.ndarray, predicted: np.ndarray, flow: np.ndarray | None) -> None:
        """Frames in order: world from ego [4,4]; labels (255 = not seen) and predicted u8 [x,y,z]; flow [x,y,2] m/s of the truth."""
        seen = labels != IGNORED
        occupied = int((seen & (labels != FREE)).sum())
        if flow is not None:
            seen &= (np.linalg.norm(flow.astype(np.float32), axis=-1) <= _STILL_SPEED)[..., None]
        corners = np.argwhere(seen)
        world = (corners * GRID_VOXEL + GRID_LOWER) @ pose[:3, :3].T + pose[:3, 3]
        cell = np.clip(np.trunc((world - self.centre) / GRID_VOXEL + self.bias).astype(np.int64), 0, self.cells - 1)
        place = (cell[:, 0] * self.cells[1] + cell[:, 1]) * self.cells[2] + cell[:, 2]
        now, truth = predicted[seen], labels[seen] + 1
        changed = (self.predicted[place] != 0) & (self.predicted[place] != now)
        truth_changed = (self.truth[place] != 0) & (self.truth[place] != truth)
        if occupied:
            self.shares.append((int(changed.sum()) - int(truth_changed.sum())) / occupied)
        # The last voxel of a cell in the order y, x, z is remembered.
        order = np.lexsort((corners[:, 2], corners[:, 0], corners[:, 1]))
        self.truth[place[order]], self.predicted[place[order]] = truth[order], now[order]


def ground_plane() -> np.ndarray:
    """The trivial guess: driveable surface at z = 0 everywhere."""
    labels = np.full(GRID_SIZE, FREE, np.uint8)
    labels[:, :, _PLANE_ROW] = 11
    return labels
