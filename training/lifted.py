"""What the bird's-eye phase reads: depth and context of every frame, computed once by the frozen image half."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F

from .depthNet import DepthNet, depth_and_context
from .encoder import StreetEncoder
from .lift import pool_voxels_fast
from .rootReader import FrameData
from .store import depth_target, frame_rays, normalise, simulated_evidence
from .constants import DEPTH_BINS


def encode_frames(encoder: StreetEncoder, frames: list[FrameData], seconds: float, device: str) -> dict[str, np.ndarray]:
    """Class probabilities u8 [6,20,64,176] by token, for as many frames as the time allows, in the order given."""
    found: dict[str, np.ndarray] = {}
    begun = time.monotonic()
    for frame in frames:
        if time.monotonic() - begun > seconds:
            break
        with torch.no_grad():
            images = normalise(frame.images).to(device)
            probabilities = F.softmax(encoder(images), 1)
        found[frame.token] = (probabilities.cpu().numpy() * 255 + 0.5).astype(np.uint8)
    print(f"[encode] {len(found)} of {len(frames)} frames in {time.monotonic() - begun:.0f} s", flush=True)
    return found


@dataclass
class LiftInput:
    depth: np.ndarray
    context: np.ndarray
    intrinsics: np.ndarray
    ego_from_camera: np.ndarray

    def lift(self) -> np.ndarray:
        """[192,100,100] f32."""
        return pool_voxels_fast(self.depth, self.context, self.intrinsics, self.ego_from_camera)


def lift_input(net: DepthNet, frame: FrameData, maps: np.ndarray, device: str) -> LiftInput:
    """Runs the depth net on class probabilities f32 [6,20,64,176]."""
    with torch.no_grad():
        evidence = torch.from_numpy(maps).to(device).contiguous(memory_format=torch.channels_last)
        depth, context = depth_and_context(net, evidence, torch.from_numpy(frame_rays(frame)).to(device))
    halves = depth.cpu().numpy().astype(np.float16), context.permute(0, 2, 3, 1).cpu().numpy().astype(np.float16)
    return LiftInput(*halves, frame.intrinsics, frame.ego_from_camera)


def lift_frames(
    net: DepthNet, frames: list[FrameData], evidence: dict[str, np.ndarray], device: str, seed: int = 0
) -> dict[str, LiftInput]:
    """Lift inputs by token; frames without encoder evidence use their class maps made imperfect."""
    generator = np.random.default_rng(seed)
    found = {}
    for frame in frames:
        stored = evidence.get(frame.token)
        if stored is None and frame.segmentation is None:
            continue
        maps = simulated_evidence(frame.segmentation, generator) if stored is None else stored.astype(np.float32) / 255
        found[frame.token] = lift_input(net, frame, maps, device)
    return found


def true_lift(frame: FrameData, context: np.ndarray) -> np.ndarray:
    """The lift with the exact depth instead of the predicted one: [192,100,100]."""
    target, _ = depth_target(frame.depth, frame.segmentation)
    return pool_voxels_fast(target[:, :DEPTH_BINS], context, frame.intrinsics, frame.ego_from_camera)
