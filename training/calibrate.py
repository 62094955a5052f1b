"""Lowers how sure the network must be of a voxel above the ground, by as much as held-back drives say is best.

The ground is certain and makes up most of what is occupied, so a network trained on all of it stays too shy about the rest:
a voxel of a wall 20 m away is rarely more likely occupied than free, yet leaving every such voxel free loses the wall
(Lipton et al. 2014, arXiv 1402.1892: the best threshold of an F score lies near half of the score).
The shifts go into the head's bias, so that the exported network still decides at 0.
"""

from __future__ import annotations

import argparse
import itertools
from pathlib import Path

import numpy as np
import torch

from .bevNet import HEIGHTS, BevNet, decode_factored
from .export import load_networks
from .metrics import VoxelScore
from .predictor import Predictor
from .rootReader import FrameData
from .store import Store

# Heights from 0.2 m hold kerbs and the feet of things, those from 0.6 m on nothing of the ground.
_FOOT, _RAISED = 3, 4
_FOOT_SHIFTS = (0.0, 0.5, 1.0, 1.5)
_RAISED_SHIFTS = (0.0, 1.0, 1.5, 2.0, 2.5, 3.0)
# The product is flat near its top; what is invented in front of things grows with the shift all the same.
_NEARLY = 0.99


def make_shift(foot: float, raised: float) -> np.ndarray:
    """What is added to the occupancy logits: [16]."""
    shift = np.zeros(HEIGHTS, np.float32)
    shift[_FOOT], shift[_RAISED:] = foot, raised
    return shift


def find_shift(predictor: Predictor, scenes: list[list[FrameData]]) -> tuple[np.ndarray, dict[str, float]]:
    """The shyest shift whose product of IoU and IoU without ground is nearly the largest, and its scores with the memory running.

    The product is the mean of two: with the memory running and with every frame as a first one, since belief that adds up makes the
    network bolder and a person who opens a single frame sees the shyer half.
    """
    pairs = list(itertools.product(_FOOT_SHIFTS, _RAISED_SHIFTS))
    running, anew = ({pair: VoxelScore() for pair in pairs} for _ in range(2))
    for scene in scenes:
        predictor.reset()
        for frame in scene:
            first = Predictor(predictor.encoder, predictor.depth, predictor.bev)
            for scores, (occupancy, classes, _) in ((running, predictor.infer(frame)), (anew, first.infer(frame))):
                for pair, score in scores.items():
                    moved = occupancy + torch.from_numpy(make_shift(*pair))[:, None, None]
                    score.add(frame.labels, decode_factored(moved, classes).numpy().transpose(2, 1, 0))
    products = {pair: np.mean([_product(scores[pair]) for scores in (running, anew)]) for pair in pairs}
    best = min((pair for pair, product in products.items() if product >= _NEARLY * max(products.values())), key=sum)
    return make_shift(*best), running[best].summary()


def _product(score: VoxelScore) -> float:
    found = score.summary()
    return found["IoU"] * found["nonGroundIoU"]


def apply_shift(net: BevNet, shift: np.ndarray) -> None:
    with torch.no_grad():
        net.head.bias[:HEIGHTS] += torch.from_numpy(shift)


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
    shift, scores = find_shift(Predictor(encoder, depth, bev), scenes)
    apply_shift(bev, shift)
    state = torch.load(arguments.run / "bev.pt", map_location="cpu", weights_only=True)
    torch.save(state | {"model": bev.state_dict()}, arguments.run / "bev.pt")
    print(f"shift by height, from the lowest: {shift.tolist()}; on these drives {scores}")


if __name__ == "__main__":
    main()
