"""Sets from which occupancy a voxel counts as occupied, height by height, as measured on given drives.

A voxel of a wall 20 m away is rarely more likely occupied than free, because its depth is uncertain, yet leaving every such voxel
free loses the wall. A voxel is worth showing where voxels like it are occupied at least as often as the share `--certainty`;
half is best for the count of right voxels, less is better for IoU (Lipton et al. 2014, arXiv 1402.1892).
The thresholds go into the head's bias, so that the exported network still decides at 0.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch

from .bevNet import HEIGHTS, BevNet
from .constants import FREE, IGNORED
from .export import load_networks
from .predictor import Predictor
from .store import Store

# Logits are counted in bins of 0.1 from -8 to 8.
_EDGES = np.linspace(-8, 8, 161)
# A height is left alone where fewer voxels than this are occupied.
_FEWEST = 500


def count_logits(predictor: Predictor, scenes: list) -> np.ndarray:
    """Seen voxels by height, free or occupied, and bin of the occupancy logit: [16,2,160]."""
    counts = np.zeros((HEIGHTS, 2, len(_EDGES) - 1), np.int64)
    for scene in scenes:
        predictor.reset()
        for frame in scene:
            occupancy = predictor.infer(frame)[0].numpy()
            labels = frame.labels.transpose(2, 1, 0)
            bins = np.clip(np.digitize(occupancy, _EDGES) - 1, 0, len(_EDGES) - 2)
            for z in range(HEIGHTS):
                for state, chosen in enumerate((labels[z] == FREE, labels[z] < FREE)):
                    counts[z, state] += np.bincount(bins[z][chosen & (labels[z] != IGNORED)], minlength=len(_EDGES) - 1)
    return counts


def best_thresholds(counts: np.ndarray, certainty: float) -> np.ndarray:
    """The logit per height above which voxels are occupied at least in the share `certainty`; 0 where there is too little to tell."""
    wrong, right = (counts[:, state, ::-1].cumsum(1)[:, ::-1] for state in (0, 1))
    gain = right * (1 - certainty) - wrong * certainty
    enough = counts[:, 1].sum(1) >= _FEWEST
    return np.where(enough, _EDGES[gain.argmax(1)], 0.0)


def apply_thresholds(net: BevNet, thresholds: np.ndarray) -> None:
    with torch.no_grad():
        net.head.bias[:HEIGHTS] -= torch.from_numpy(thresholds.astype(np.float32))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, required=True, help="drives that are neither trained on nor evaluated on")
    parser.add_argument("--run", type=Path, default=Path("training/runs/base"))
    parser.add_argument("--scenes", type=int, help="use the last ones only")
    parser.add_argument("--certainty", type=float, default=0.2)
    arguments = parser.parse_args()
    store = Store([arguments.root], None)
    store.refresh()
    scenes = store.scenes[-arguments.scenes :] if arguments.scenes else store.scenes
    encoder, depth, bev = load_networks(arguments.run)
    thresholds = best_thresholds(count_logits(Predictor(encoder, depth, bev), scenes), arguments.certainty)
    apply_thresholds(bev, thresholds)
    path = arguments.run / "bev.pt"
    state = torch.load(path, map_location="cpu", weights_only=True)
    state["model"] = bev.state_dict()
    torch.save(state, path)
    print("logit thresholds by height, from the lowest:", " ".join(f"{t:.1f}" for t in thresholds))


if __name__ == "__main__":
    main()
