"""Runs the whole network frame by frame, memory included, as the browser does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .bevNet import BevNet, decode_factored
from .constants import FLOW_CLASSES
from .depthNet import DepthNet
from .encoder import StreetEncoder
from .lifted import DepthSeer, LiftInput
from .phaseBev import Kept
from .rootReader import FrameData
from .store import normalise


@dataclass
class Sight:
    """Class probabilities f32 [6,23,64,176] and the encoder's second level f32 [6,128,32,88] of one frame."""

    maps: np.ndarray
    second: Tensor


class Predictor:
    """Keeps the memory between frames of one drive; call `reset` at the start of another."""

    def __init__(self, encoder: StreetEncoder, depth: DepthNet, bev: BevNet):
        self.encoder, self.bev = encoder.eval(), bev.eval()
        self.seer = DepthSeer(depth.eval())
        self.reset()

    def reset(self) -> None:
        self.kept = Kept.nothing()
        self.previous: np.ndarray | None = None
        self.seer.reset()

    def look(self, frame: FrameData) -> Sight:
        """What the encoder says of the frame; changes nothing that is remembered."""
        with torch.no_grad():
            logits, second = self.encoder.see(normalise(frame.images))
            return Sight(F.softmax(logits, 1).numpy(), second)

    def place(self, frame: FrameData, sight: Sight) -> LiftInput:
        """Depth, from the frame before too; this one is then the frame before."""
        return self.seer.see(frame, sight.maps, sight.second)

    def infer(self, frame: FrameData, seen: LiftInput) -> tuple[Tensor, Tensor, Tensor]:
        """Occupancy [16,200,200], class scores [102,200,200] and flow [2,200,200] of the frame; moves the memory on."""
        motion = None if self.previous is None else np.linalg.inv(self.previous) @ frame.world_from_ego
        self.previous = frame.world_from_ego
        with torch.no_grad():
            past = self.kept.moved(motion)
            occupancy, classes, flow, *after = self.bev(*seen.lift().tensors(), past.memory, past.belief)
            self.kept = Kept(*after)
        return occupancy[0], classes[0], flow[0]

    def predict(self, frame: FrameData, seen: LiftInput) -> tuple[np.ndarray, np.ndarray]:
        """Labels u8 [x,y,z] and flow f32 [x,y,2] of the frame; moves the memory on."""
        occupancy, classes, flow = self.infer(frame, seen)
        labels = decode_factored(occupancy, classes, self.bev.thresholds).numpy().transpose(2, 1, 0)
        moving = np.isin(labels, FLOW_CLASSES).any(-1) & (flow.norm(dim=0) >= self.bev.slowest).numpy().T
        return labels, flow.numpy().transpose(2, 1, 0) * moving[..., None]
