"""Runs the whole network frame by frame, memory included, as the browser does."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .bevNet import BevNet, decode_factored
from .constants import FLOW_CLASSES, LIFT_GRID, MEMORY_CHANNELS
from .depthNet import DepthNet
from .encoder import StreetEncoder
from .geometry import warp_grid
from .lifted import LiftInput, lift_input
from .phaseBev import warp_memory
from .rootReader import FrameData
from .store import normalise


class Predictor:
    """Keeps the memory between frames of one drive; call `reset` at the start of another."""

    def __init__(self, encoder: StreetEncoder, depth: DepthNet, bev: BevNet):
        self.encoder, self.depth, self.bev = encoder.eval(), depth.eval(), bev.eval()
        self.reset()

    def reset(self) -> None:
        self.memory = torch.zeros(1, MEMORY_CHANNELS, LIFT_GRID[1], LIFT_GRID[0])
        self.previous: np.ndarray | None = None

    def see(self, frame: FrameData) -> tuple[np.ndarray, LiftInput]:
        """Class probabilities f32 [6,20,64,176] and the lift input."""
        with torch.no_grad():
            maps = F.softmax(self.encoder(normalise(frame.images)), 1).numpy()
        return maps, lift_input(self.depth, frame, maps, "cpu")

    def infer(self, frame: FrameData, seen: LiftInput | None = None) -> tuple[Tensor, Tensor, Tensor]:
        """Occupancy [16,200,200], class scores [102,200,200] and flow [2,200,200] of the frame; moves the memory on."""
        seen = seen or self.see(frame)[1]
        memory = torch.zeros_like(self.memory)
        if self.previous is not None:
            motion = np.linalg.inv(self.previous) @ frame.world_from_ego
            memory = warp_memory(self.memory, torch.from_numpy(warp_grid(motion)))
        self.previous = frame.world_from_ego
        with torch.no_grad():
            bev = torch.from_numpy(np.ascontiguousarray(seen.lift()))[None]
            occupancy, classes, flow, self.memory = self.bev(bev, memory)
        return occupancy[0], classes[0], flow[0]

    def predict(self, frame: FrameData, seen: LiftInput | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Labels u8 [x,y,z] and flow f32 [x,y,2] of the frame; moves the memory on."""
        occupancy, classes, flow = self.infer(frame, seen)
        labels = decode_factored(occupancy, classes).numpy().transpose(2, 1, 0)
        movable = np.isin(labels, FLOW_CLASSES).any(-1)
        return labels, flow.numpy().transpose(2, 1, 0) * movable[..., None]
