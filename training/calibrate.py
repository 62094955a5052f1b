"""Sets how sure the network must be of a voxel of each class before it shows it, and how fast a thing must be to count as moving.

Both are measured on held-back drives, and kept beside the weights for the `decode` stage.
The ground is certain and makes up most of what is occupied, so a network trained on all of it stays too shy about the rest:
a voxel of a wall 20 m away is rarely more likely occupied than free, yet leaving every such voxel free loses the wall
(Lipton et al. 2014, arXiv 1402.1892: the best threshold of an F score lies near half of the score).
Raised things get their best threshold. The ground, whose false kerbs end every view, gets the highest of those that are nearly the best.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from .bevNet import name_voxels
from .constants import FLOW_CLASSES, FREE, GROUND_CLASSES, IGNORED, OCC3D_CLASSES
from .export import load_networks
from .predictor import Predictor
from .rootReader import FrameData
from .store import Store

# Bins of the occupancy logit and their middles; thresholds are their borders.
_STEP, _LOWEST, _BINS = 0.1, -8.0, 160
_LEVELS = _LOWEST + _STEP * (np.arange(_BINS) + 0.5)
# None above 2: roads would gain there, and less of all that is occupied be shown.
_THRESHOLDS = np.arange(-35, 21) / 10
_NEARLY = 0.95
# Metres per second; who walks must not be said to stand.
_SLOWEST = (0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8)
_STILL_SPEED = 0.5
# Classes seen in fewer voxels than this, or never found, keep even odds.
_FEW_VOXELS, _FOUND = 500, 0.005


class OddsTable:
    """How often a voxel of each named class and occupancy logit was free, that class, or another."""

    def __init__(self) -> None:
        self.counts = np.zeros((FREE, _BINS, 3), np.int64)
        self.truth = np.zeros(FREE, np.int64)

    def add(self, labels: np.ndarray, occupancy: Tensor, classes: Tensor) -> None:
        """labels u8 [x,y,z] with 255 = not seen; occupancy [16,Y,X] logits, classes [6*17,Y,X] scores."""
        truth = labels.transpose(2, 1, 0)
        seen = truth != IGNORED
        truth, named = truth[seen], name_voxels(classes).numpy()[seen]
        level = np.clip(np.floor((occupancy.numpy()[seen] - _LOWEST) / _STEP), 0, _BINS - 1).astype(np.int64)
        state = np.select([truth == FREE, truth == named], [0, 1], 2)
        index = (named * _BINS + level) * 3 + state
        self.counts += np.bincount(index, minlength=self.counts.size).reshape(self.counts.shape)
        self.truth += np.bincount(truth, minlength=FREE + 1)[:FREE]

    def shown(self, threshold: float) -> np.ndarray:
        """What is shown above a threshold, as counts [17,3]."""
        return self.counts[:, _LEVELS > threshold].sum(1)

    def class_iou(self, shown: np.ndarray) -> np.ndarray:
        """IoU of every class [17] of counts that `shown` gave."""
        hits = shown[:, 1]
        return hits / np.maximum(shown.sum(1) + self.truth - hits, 1)

    def iou(self, shown: np.ndarray) -> float:
        """IoU of what is occupied."""
        hits = shown[:, 1:].sum()
        return float(hits / max(shown.sum() + self.truth.sum() - hits, 1))


class SpeedTable:
    """Flow errors on columns of movable things, for each speed below which a prediction counts as standing still."""

    def __init__(self) -> None:
        # Sums of errors and counts of columns that stand still, then that move.
        self.errors, self.columns = np.zeros((2, len(_SLOWEST))), np.zeros(2)

    def add(self, labels: np.ndarray, flow: np.ndarray, predicted: Tensor) -> None:
        """labels u8 [x,y,z], flow [x,y,2] m/s; predicted [2,Y,X]."""
        movable = np.isin(labels, FLOW_CLASSES).any(-1)
        truth, said = flow[movable].astype(np.float32), predicted.numpy().transpose(2, 1, 0)[movable]
        moves = np.linalg.norm(truth, axis=-1) > _STILL_SPEED
        speed = np.linalg.norm(said, axis=-1)
        for k, slowest in enumerate(_SLOWEST):
            error = np.linalg.norm(truth - said * (speed >= slowest)[:, None], axis=-1)
            self.errors[:, k] += error[~moves].sum(), error[moves].sum()
        self.columns += (~moves).sum(), moves.sum()

    def find_slowest(self) -> float:
        """Where what stands still and what moves, weighing the same, are wrong the least."""
        return _SLOWEST[int((self.errors / np.maximum(self.columns, 1)[:, None]).sum(0).argmin())]


def find_thresholds(tables: list[OddsTable]) -> tuple[np.ndarray, dict[str, float]]:
    """The threshold of every class [17] by its IoU averaged over the tables; mIoU and IoU with them."""
    shown = [[table.shown(t) for t in _THRESHOLDS] for table in tables]
    scores = np.mean([[table.class_iou(one) for one in row] for table, row in zip(tables, shown)], 0)
    chosen = scores.argmax(0)
    ground = list(GROUND_CLASSES)
    near = scores >= _NEARLY * scores.max(0)
    chosen[ground] = len(_THRESHOLDS) - 1 - near[::-1, ground].argmax(0)
    unknown = (tables[0].truth < _FEW_VOXELS) | (scores.max(0) < _FOUND)
    chosen[unknown] = np.argmin(np.abs(_THRESHOLDS))
    together = [np.stack([row[k][c] for c, k in enumerate(chosen)]) for row in shown]
    miou = float(scores[chosen, np.arange(FREE)][tables[0].truth > 0].mean())
    return _THRESHOLDS[chosen], {"mIoU": miou, "IoU": float(np.mean([t.iou(one) for t, one in zip(tables, together)]))}


def measure(predictor: Predictor, scenes: list[list[FrameData]]) -> tuple[list[OddsTable], SpeedTable]:
    """Odds with the memory running, then with every frame as a first one; speeds with the memory running.

    Belief that adds up makes the network bolder, and a person who opens a single frame sees the shyer half.
    """
    running, anew, speeds = OddsTable(), OddsTable(), SpeedTable()
    first = Predictor(predictor.encoder, predictor.seer.net, predictor.bev)
    for scene in scenes:
        predictor.reset()
        for frame in scene:
            sight = predictor.look(frame)
            first.reset()
            occupancy, classes, flow = predictor.infer(frame, predictor.place(frame, sight))
            running.add(frame.labels, occupancy, classes)
            anew.add(frame.labels, *first.infer(frame, first.place(frame, sight))[:2])
            if frame.flow is not None:
                speeds.add(frame.labels, frame.flow, flow)
    return [running, anew], speeds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, required=True, help="holds drives that are neither trained on nor evaluated on")
    parser.add_argument("--run", type=Path, default=Path("training/runs/base"))
    parser.add_argument("--scenes", type=int, help="use only this many, the last ones")
    arguments = parser.parse_args()
    store = Store([arguments.root], None)
    store.refresh()
    scenes = store.scenes[-arguments.scenes :] if arguments.scenes else store.scenes
    encoder, depth, bev = load_networks(arguments.run)
    tables, speeds = measure(Predictor(encoder, depth, bev), scenes)
    thresholds, scores = find_thresholds(tables)
    slowest = speeds.find_slowest()
    state = torch.load(arguments.run / "bev.pt", map_location="cpu", weights_only=True)
    state |= {"thresholds": torch.from_numpy(thresholds.astype(np.float32)), "slowest": torch.tensor(slowest)}
    torch.save(state, arguments.run / "bev.pt")
    print("thresholds by class:", {name: round(float(t), 2) for name, t in zip(OCC3D_CLASSES, thresholds)})
    still, moving = (speeds.errors / np.maximum(speeds.columns, 1)[:, None]).round(2).tolist()
    print(f"slowest {slowest} m/s; of {list(_SLOWEST)}: errors of what stands still {still}, of what moves {moving}")
    print(f"on these drives, mean of running and first frames: {scores}")


if __name__ == "__main__":
    main()
