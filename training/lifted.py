"""What the bird's-eye phase reads: depth and context of every frame, computed once by the frozen image half."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import onnxruntime
import torch
import torch.nn.functional as F
from torch import Tensor

from .constants import CAMERAS, CONTEXT_CHANNELS, DEPTH_BINS, FINE_GRID, FINE_VOXEL, IMAGE_SIZE, LIFT_SIZE, MAP_SIZE, SHAPES
from .depthNet import DepthNet, depth_and_context
from .encoder import CLASS_COUNT, StreetEncoder
from .inference import plain_encoder
from .lift import commit_depth_fast, pool_voxels_fast
from .planeSweep import plane_sweep, sweep_maps
from .resample import exporting
from .rootReader import FrameData
from .store import depth_target, frame_rays, normalise, simulated_evidence

# Spread of the logarithm of the power that depth probabilities are raised to.
_SHARPNESS = 0.3
# How many of the frames are lifted without regard to the frame before.
_ALONE_SHARE = 0.25


def encode_frames(encoder: StreetEncoder, frames: list[FrameData], device: str, seconds: float = np.inf) -> dict[str, np.ndarray]:
    """Class probabilities u8 [6,23,64,176] by token of as many frames as the time allows, in the order given."""
    begun = time.monotonic()
    run = _session_of(encoder) if device == "cpu" else lambda images: encoder(images.to(device)).cpu()
    found: dict[str, np.ndarray] = {}
    # One block for all, as in `lift_frames`.
    block = np.empty((len(frames), len(CAMERAS), CLASS_COUNT, *MAP_SIZE[::-1]), np.uint8)
    for frame, maps in zip(frames, block):
        if time.monotonic() - begun > seconds:
            break
        with torch.no_grad():
            probabilities = F.softmax(run(normalise(frame.images)), 1)
        maps[:] = probabilities.numpy() * 255 + 0.5
        found[frame.token] = maps
    print(f"[encode] {len(found)} of {len(frames)} frames in {time.monotonic() - begun:.0f} s", flush=True)
    return found


def _session_of(encoder: StreetEncoder) -> Callable[[Tensor], Tensor]:
    """The encoder in ONNX Runtime, whose depth-wise convolutions are several times faster than PyTorch's on a CPU."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    data = io.BytesIO()
    with torch.no_grad(), exporting():
        plain, image = plain_encoder(encoder), torch.zeros(1, 3, IMAGE_SIZE[1], IMAGE_SIZE[0])
        plain(image)
        torch.onnx.export(plain, (image,), data, input_names=["images"], opset_version=17, dynamo=False)
    session = onnxruntime.InferenceSession(data.getvalue(), options, providers=["CPUExecutionProvider"])
    # One image at a time: the pooling matrices of the traced graph hold for that.
    return lambda images: torch.from_numpy(
        np.concatenate([session.run(None, {"images": image[None].contiguous().numpy()})[0] for image in images])
    )


@dataclass
class Lifted:
    """What the bird's-eye network sees of one frame: bev f32 [320,100,100] by class, wherever it may be; fine f32 [80,200,200] by
    shape, where its surface most likely is.
    """

    bev: np.ndarray
    fine: np.ndarray

    def mirrored(self) -> Lifted:
        """Left and right exchanged."""
        return Lifted(self.bev[:, ::-1], self.fine[:, ::-1])

    def tensors(self) -> tuple[Tensor, Tensor]:
        """Both as a batch of one, channels last in memory."""
        rows = (np.ascontiguousarray(part.transpose(1, 2, 0)) for part in (self.bev, self.fine))
        bev, fine = (torch.from_numpy(part)[None].permute(0, 3, 1, 2) for part in rows)
        return bev, fine


@dataclass
class LiftInput:
    """Depth f16 [6,D,32,88] and context f16 [6,32,88,20] of one frame, and its calibration."""

    depth: np.ndarray
    context: np.ndarray
    intrinsics: np.ndarray
    ego_from_camera: np.ndarray

    def lift(self, depth: np.ndarray | None = None) -> Lifted:
        """The lift with the predicted depth, or with another [6,D,32,88]."""
        depth = self.depth if depth is None else depth
        depth = depth.astype(np.float32)
        surface = commit_depth_fast(depth)
        shapes = np.stack([self.context[..., a:b].sum(-1) for a, b in SHAPES], -1)
        calibration = self.intrinsics, self.ego_from_camera
        return Lifted(
            pool_voxels_fast(depth, self.context, *calibration), pool_voxels_fast(surface, shapes, *calibration, FINE_VOXEL, FINE_GRID)
        )

    def varied(self, generator: np.random.Generator) -> LiftInput:
        """As a surer or less sure depth network would have given it: on other streets than its own it is less sure."""
        depth = self.depth.astype(np.float32)
        changed = depth ** np.float32(np.exp(generator.normal(0, _SHARPNESS)))
        changed *= depth.sum(1, keepdims=True) / np.maximum(changed.sum(1, keepdims=True), 1e-6)
        return replace(self, depth=changed)

    def true_lift(self, frame: FrameData) -> Lifted:
        """The lift with the exact depth."""
        target, _ = depth_target(frame.depth, frame.segmentation)
        return self.lift(target[:, :DEPTH_BINS])


class DepthSeer:
    """Runs the depth net on the frames of a drive, one after the other; each is compared with the one before."""

    def __init__(self, net: DepthNet, device: str = "cpu"):
        self.net, self.device = net, device
        self.reset()

    def reset(self) -> None:
        """The next frame is the first of a drive."""
        self._before: tuple[FrameData, Tensor] | None = None

    def see(self, frame: FrameData, maps: np.ndarray, second: Tensor, alone: bool = False) -> LiftInput:
        """Class probabilities f32 [6,23,64,176] and the encoder's second level [6,128,32,88] -> the lift's input.

        `alone`: as if there were no frame before.
        """
        with torch.no_grad():
            descriptors = self.net.describe(second.to(self.device))
            if self._before is None or alone:
                matches = torch.zeros(len(maps), DEPTH_BINS, *LIFT_SIZE[::-1], device=self.device)
            else:
                before, past = self._before
                matches = plane_sweep(descriptors, past, sweep_maps(frame, before))
            self._before = frame, descriptors
            evidence = torch.from_numpy(maps).to(self.device).contiguous(memory_format=torch.channels_last)
            depth, context = depth_and_context(self.net, evidence, torch.from_numpy(frame_rays(frame)).to(self.device), matches)
        halves = depth.cpu().numpy().astype(np.float16), context.permute(0, 2, 3, 1).cpu().numpy().astype(np.float16)
        return LiftInput(*halves, frame.intrinsics, frame.ego_from_camera)


def lift_frames(
    net: DepthNet, begin: Callable[[Tensor], Tensor], scenes: list[list[FrameData]], evidence: dict[str, np.ndarray], device: str, seed: int = 0
) -> dict[str, LiftInput]:
    """Lift inputs by token; frames without encoder evidence use their class maps made imperfect. Takes `evidence` apart as it goes.

    Some frames are seen as if they were the first of a drive.
    """
    generator = np.random.default_rng(seed)
    seer = DepthSeer(net, device)
    # One block for all: small arrays kept between large passing ones would scatter over several times their size.
    count = sum(len(scene) for scene in scenes)
    depths = np.empty((count, len(CAMERAS), DEPTH_BINS, *LIFT_SIZE[::-1]), np.float16)
    contexts = np.empty((count, len(CAMERAS), *LIFT_SIZE[::-1], CONTEXT_CHANNELS), np.float16)
    blocks, found = zip(depths, contexts), {}
    for scene in scenes:
        seer.reset()
        for frame in scene:
            stored = evidence.pop(frame.token, None)
            if stored is None and frame.segmentation is None:
                seer.reset()
                continue
            maps = simulated_evidence(frame.segmentation, generator) if stored is None else stored.astype(np.float32) / 255
            depth, context = next(blocks)
            made = seer.see(frame, maps, begin(normalise(frame.images).to(device)), generator.random() < _ALONE_SHARE)
            depth[:], context[:] = made.depth, made.context
            found[frame.token] = LiftInput(depth, context, frame.intrinsics, frame.ego_from_camera)
    return found
