"""Runs the whole network frame by frame, memory included, as the browser does."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .bevNet import BevNet, decode_factored
from .constants import FLOW_CLASSES
from .depthNet import DepthNet
from .encoder import StreetEncoder
from .lifted import LiftInput, lift_input
from .phaseBev import Kept
from .rootReader import FrameData
from .store import normalise


class Predictor:
    """Keeps the memory between frames of one drive; call `reset` at the start of another."""

    def __init__(self, encoder: StreetEncoder, depth: DepthNet, bev: BevNet):
        self.encoder, self.depth, self.bev = encoder.eval(), depth.eval(), bev.eval()
        self.reset()

    def reset(self) -> None:
        self.kept = Kept.nothing()
        self.previous: np.ndarray | None = None

    def see(self, frame: FrameData) -> tuple[np.ndarray, LiftInput]:
        """Class probabilities f32 [6,23,64,176] and the lift input."""
        with torch.no_grad():
            maps = F.softmax(self.encoder(normalise(frame.images)), 1).numpy()
        return maps, lift_input(self.depth, frame, maps, "cpu")

    def infer(self, frame: FrameData, seen: LiftInput | None = None) -> tuple[Tensor, Tensor, Tensor]:
        """Occupancy [16,200,200], class scores [102,200,200] and flow [2,200,200] of the frame; moves the memory on."""
        seen = seen or self.see(frame)[1]
        motion = None if self.previous is None else np.linalg.inv(self.previous) @ frame.world_from_ego
        self.previous = frame.world_from_ego
        with torch.no_grad():
            past = self.kept.moved(motion)
            occupancy, classes, flow, *after = self.bev(*seen.lift().tensors(), past.memory, past.belief)
            self.kept = Kept(*after)
        return occupancy[0], classes[0], flow[0]

    def predict(self, frame: FrameData, seen: LiftInput | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Labels u8 [x,y,z] and flow f32 [x,y,2] of the frame; moves the memory on."""
        occupancy, classes, flow = self.infer(frame, seen)
        labels = decode_factored(occupancy, classes, self.bev.thresholds).numpy().transpose(2, 1, 0)
        moving = np.isin(labels, FLOW_CLASSES).any(-1) & (flow.norm(dim=0) >= self.bev.slowest).numpy().T
        return labels, flow.numpy().transpose(2, 1, 0) * moving[..., None]
