"""Command line: train the network on a data root within a time budget; run it again to resume.

python3 -m training.train --root DATA --minutes 60 --out training/runs/base --start-weights espnetv2.pth [--real-images DIR]
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

import numpy as np
import torch

from .bevNet import BevNet
from .depthNet import DepthNet
from .encoder import StreetEncoder, load_start_encoder
from .inference import begin_encoder
from .lifted import encode_frames, lift_frames
from .phaseBev import train_bev
from .phaseDepth import train_depth
from .phaseEncoder import find_real_images, train_encoder
from .schedule import restore_finished
from .startPackage import write_checkpoints
from .store import Store, label_by_network
from .workers import run_workers, worker_rank

# Shares of the total time: encoder, depth, bird's-eye (encoding the frames comes on top).
_SHARES = {"encoder": 0.2, "depth": 0.15, "bev": 0.65}
# Learning rates of networks that begin from nothing (the encoder from its start weights).
_RATES = {"encoder": 4e-4, "depth": 2e-3, "bev": 2e-3}


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, required=True, nargs="+", help="data roots in nuScenes format")
    parser.add_argument("--out", type=Path, default=Path("training/runs/base"))
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--start-weights", type=Path, required=True, help="ESPNetv2 s=2.0 Cityscapes weights (MIT)")
    parser.add_argument("--start-package", type=Path, help="go on from a shipped package's weights, e.g. public/models/street-base")
    parser.add_argument("--real-images", type=Path, default=os.environ.get("OCCUSCOPE_REAL_DATA"), help="unlabelled real street images")
    parser.add_argument("--phases", default="encoder,encode,depth,bev", help="which to run; finished ones are loaded either way")
    parser.add_argument("--minutes-encoder", type=float)
    parser.add_argument("--minutes-encode", type=float, help="default: as long as it takes; frames left over use imperfect class maps")
    parser.add_argument("--minutes-depth", type=float)
    parser.add_argument("--minutes-bev", type=float)
    for name, rate in _RATES.items():
        parser.add_argument(f"--rate-{name}", type=float, default=rate, help="learning rate at its highest; half of it from settled weights")
    parser.add_argument("--scenes", type=int, help="use at most this many scenes")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="processes of one thread each; 1 with a GPU")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def _evidence(arguments: argparse.Namespace, encoder: StreetEncoder, store: Store) -> dict[str, np.ndarray]:
    """The encoder's outputs, drive by drive until `--minutes-encode` is up; kept beside the checkpoints, to which new drives are added."""
    path, found = arguments.out / f"evidence-{worker_rank()}.npz", {}
    if path.exists():
        with np.load(path) as file:
            found = dict(file)
    missing = [frame for frame in store.frames if frame.token not in found]
    if missing:
        seconds = 60 * arguments.minutes_encode if arguments.minutes_encode else np.inf
        found |= encode_frames(encoder, missing, arguments.device, seconds)
        np.savez(path, **found)
    return found


def run(arguments: argparse.Namespace) -> None:
    """One worker's whole training."""
    torch.manual_seed(arguments.seed)
    phases = arguments.phases.split(",")
    seconds = {name: 60 * (getattr(arguments, f"minutes_{name}") or arguments.minutes * share) for name, share in _SHARES.items()}
    device, folder = arguments.device, arguments.out

    begun = time.monotonic()
    store = Store(arguments.root, arguments.scenes)
    while store.refresh() == 0 and not store.scenes:
        print("waiting for the first complete scene", flush=True)
        time.sleep(10)
    print(f"{len(store.scenes)} scenes, {len(store.frames)} frames loaded in {time.monotonic() - begun:.0f} s", flush=True)

    encoder = load_start_encoder(arguments.start_weights).to(device, memory_format=torch.channels_last)
    label_by_network(store.frames, encoder)
    if "encoder" in phases:
        real = find_real_images(Path(arguments.real_images) if arguments.real_images else None)
        print(f"{len(real)} real images for distillation", flush=True)
        train_encoder(encoder, store, real, folder, seconds["encoder"], arguments.rate_encoder, device)
    elif "encode" in phases:
        restore_finished(encoder, folder / "encoder.pt")
    if not {"depth", "bev"} & set(phases):
        return
    store.refresh()
    # Without the encoder's evidence the depth net learns from the exact class maps made imperfect.
    evidence = _evidence(arguments, encoder, store) if "encode" in phases else {}
    depth_net = DepthNet().to(device, memory_format=torch.channels_last)
    begin = begin_encoder(encoder)
    if "depth" in phases:
        train_depth(depth_net, begin, store, evidence, folder, seconds["depth"], arguments.rate_depth, device)
    else:
        restore_finished(depth_net, folder / "depth.pt")
    if "bev" not in phases:
        return
    begun = time.monotonic()
    lifts = lift_frames(depth_net, begin, store.scenes, evidence, device)
    print(f"[lift] {len(lifts)} frames in {time.monotonic() - begun:.0f} s", flush=True)
    del evidence
    # No longer needed, and half of the memory.
    for frame in store.frames:
        frame.images = frame.images[:, :1, :1].copy()
    bev_net = BevNet().to(device, memory_format=torch.channels_last)
    train_bev(bev_net, store.scenes, lifts, folder, seconds["bev"], arguments.rate_bev, device)


def main() -> None:
    arguments = parse_arguments()
    arguments.out.mkdir(parents=True, exist_ok=True)
    if arguments.start_package:
        write_checkpoints(arguments.start_package, arguments.out)
    run_workers(arguments.workers, run, arguments)


if __name__ == "__main__":
    main()
